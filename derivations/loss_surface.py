r"""The maps of a deep network, and its loss.

Whatever the depth, the network computes one matrix, $P = W_L \cdots W_1$; and it computes any, as long as no hidden
layer is narrower than inputs and outputs both. The loss is convex in $P$ and not in the weights: turning the signs of
two layers changes nothing, and half-way between the two networks the map is zero. Still the squared error has no local
minimum that is not global. Where a mode is missing that the widths have room for, it can grow; where there is no room,
a mode that is learned can be rotated into a stronger one that is not, downhill all the way.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise, product
from typing import NamedTuple

import numpy as np
import sympy as sp

from flowdln import Moments, end_to_end, gradient_flow, loss
from flowdln.symbolic import Claim, Evidence, Rules, find_nonzero, instance, polynomial
from flowdln.validation import Weights

TITLE = "The maps and the loss of a deep network"
MODES = (3.0, 2.0, 1.0)
SIZES = (0.2, 0.1, 0.05)  # of the steps away from a critical point
ROUNDING = 1e-12


def prove_every_map(depths: Sequence[int], *, room: bool) -> Evidence:
    """Whether layers made of frames ``R_l`` and one matrix ``P`` have the product ``P``, from either end.

    ``R_l^T R_l = I`` needs ``n_l`` to be at least the number of inputs, or of outputs; without ``room`` it is dropped.
    """
    terms = []
    for depth in depths:
        n_in, n_out, *hidden = sp.symbols(f"n_in n_out n_1:{depth}", positive=True, integer=True)
        P = sp.MatrixSymbol("P", n_out, n_in)
        rules = Rules(orthonormal=frozenset(f"R{i}" for i in range(depth)) if room else frozenset())
        for narrow, first, last in ((n_in, sp.Identity(n_in), P), (n_out, P, sp.Identity(n_out))):
            frames = [sp.MatrixSymbol(f"R{i}", size, narrow) for i, size in enumerate(hidden, start=1)]
            inner = [above * below.T for below, above in pairwise(frames)]
            weights = [frames[0] * first, *inner, last * frames[-1].T]
            terms.append(polynomial(end_to_end(weights) - P, rules))
    left = sum(map(len, terms))
    found = next(filter(None, map(find_nonzero, terms)), None) or {}
    text = f"the product minus P has {left} terms, from both ends, for depth {list(depths)} and symbolic sizes"
    return Evidence(left == 0, symbolic=True, text=text, instance=found)


def prove_not_convex(depths: Sequence[int], turned: int) -> Evidence:
    """Whether turning the signs of ``turned`` layers leaves the map, and single units then show the excess half-way."""
    left = 0
    for depth in depths:
        sizes = sp.symbols(f"n_0:{depth + 1}", positive=True, integer=True)
        weights = [sp.MatrixSymbol(f"W{i}", sizes[i], sizes[i - 1]) for i in range(1, depth + 1)]
        signs = [-1] * turned + [1] * (depth - turned)
        other = [sign * weight for sign, weight in zip(signs, weights, strict=True)]
        left += len(polynomial(end_to_end(other) - end_to_end(weights)))
    moments = Moments(np.eye(1), np.eye(1), 1.0)
    ends = [float(loss([np.array([[sign * 1.0]])] * 2, moments)) for sign in (1, -1)]
    middle = float(loss([np.zeros((1, 1))] * 2, moments))
    text = f"the maps differ by {left} terms, for depth {list(depths)} and symbolic sizes; with target 1 the loss is "
    text += f"{ends} at the units (1, 1) and (-1, -1), and {middle} half-way"
    return Evidence(bool(left == 0 and middle > max(ends)), symbolic=True, text=text)


class Critical(NamedTuple):
    """Where the gradient of the loss vanishes."""

    modes: tuple[int, ...]  # learned, one hidden unit each
    hidden: int
    depth: int
    idle: bool  # the first layer also sends a mode that is not learned to a unit of which nothing comes out

    @property
    def best(self) -> bool:
        """Whether no network of its widths does better."""
        return self.modes == tuple(range(self.hidden))


def network(point: Critical) -> list[np.ndarray]:
    """Its aligned weights."""
    first, inner = np.zeros((point.hidden, len(MODES))), np.zeros((point.hidden, point.hidden))
    for unit, mode in enumerate(point.modes):
        first[unit, mode] = inner[unit, unit] = MODES[mode] ** (1 / point.depth)
    last = first.T.copy()
    if point.idle:
        first[len(point.modes), missing(point)] = 1.0
    return [first, *[inner] * (point.depth - 2), last]


def missing(point: Critical) -> int | None:
    """The strongest mode that is not learned."""
    return next((mode for mode in range(len(MODES)) if mode not in point.modes), None)


def lower(point: Critical, size: float) -> list[np.ndarray]:
    """A network a step of ``size`` away, downhill if possible: a missing mode grown, or one rotated into another."""
    weights, unit, free = [weight.copy() for weight in network(point)], len(point.modes), missing(point)
    if free is not None and unit < point.hidden:
        for layer in weights[1:-1]:
            layer[unit, unit] = size
        weights[0][unit, free] += size
        weights[-1][free, unit] = size
    elif free is not None:
        worst = point.modes[-1]
        turned = np.cos(size) * np.eye(len(MODES))[worst] + np.sin(size) * np.eye(len(MODES))[free]
        weights[0][unit - 1] = weights[-1][:, unit - 1] = MODES[worst] ** (1 / point.depth) * turned
    return weights


def in_other_coordinates(weights: Sequence[np.ndarray], seed: int) -> Weights:
    """The same map with the hidden layers in random coordinates, where it is critical still."""
    rng = np.random.default_rng(seed)
    changes = [np.eye(len(weight)) + 0.3 * rng.standard_normal((len(weight),) * 2) for weight in weights[:-1]]
    left = [*changes, np.eye(len(MODES))]
    right = [np.eye(len(MODES)), *(np.linalg.inv(change) for change in changes)]
    return tuple(a @ weight @ b for a, weight, b in zip(left, weights, right, strict=True))


def critical_points() -> Iterator[Critical]:
    """Those of networks of two to four layers; two layers have none with an idle unit."""
    for depth in (2, 3, 4):
        for hidden in (1, 2, 3):
            for count in range(hidden + 1):
                kinds = (False, True) if depth > 2 and count < hidden else (False,)
                every = product(combinations(range(len(MODES)), count), kinds)
                yield from (Critical(modes, hidden, depth, idle) for modes, idle in every)


def check_saddles(*, minima: bool) -> Evidence:
    """Whether lower points lie as near as one likes to each critical point that is not global, or to all of them."""
    moments = Moments(np.eye(3), np.diag(MODES), float(np.sum(np.square(MODES))))
    count, without = 0, []
    for seed, point in enumerate(critical_points()):
        if point.best and not minima:
            continue
        here = in_other_coordinates(network(point), seed)
        near = [in_other_coordinates(lower(point, size), seed) for size in SIZES]
        slope = max(np.abs(velocity).max() for velocity in gradient_flow(0, here, moments))
        falls = [float(loss(here, moments) - loss(weights, moments)) for weights in near]
        count += 1
        if slope > ROUNDING or min(falls) < ROUNDING:
            without.append(point)
    text = f"{len(without)} of {count} critical points of 2 to 4 layers, 1 to 3 hidden units and modes {MODES} have no "
    text += f"lower point at distances {SIZES}"
    shown = instance(**without[0]._asdict()) if without else {}
    return Evidence(not without, symbolic=False, text=text, instance=shown)


CLAIMS = [
    Claim(
        id="basu-2",
        title="A deep linear network has the expressivity of a single matrix.",
        statement=r"\{ W_L \cdots W_1 \} = \{ P \in \mathbb{R}^{n_L \times n_0} \}",
        document="basu",
        place="eq. (3)",
        unstated=("no hidden layer narrower than both the inputs and the outputs",),
        check=lambda: prove_every_map(range(2, 6), room=True),
        control=lambda: prove_every_map([2, 3], room=False),
        derivation=r"A product of matrices is a matrix. That every matrix is such a product is the other half: with "
        r"$R_l^T R_l = I$ put $W_1 = R_1$, $W_l = R_l R_{l-1}^T$ and $W_L = P R_{L-1}^T$; such $R_l$ exist if $n_l \ge "
        r"n_0$. From the other end the same works if $n_l \ge n_L$. In a narrower network the maps are the matrices of "
        "at most the rank of its narrowest layer.",
    ),
    Claim(
        id="basu-63",
        title="Products of several layers make the loss non-convex in the weights.",
        statement=r"E(-W_1, -W_2, W_3, \dots) = E(W_1, W_2, W_3, \dots) < E(0, 0, W_3, \dots)",
        document="basu",
        place="introduction",
        unstated=("the zero map is not the best",),
        check=lambda: prove_not_convex(range(2, 5), turned=2),
        control=lambda: prove_not_convex(range(2, 5), turned=1),
        derivation="Two networks that differ by the signs of two layers compute the same map, and half-way between "
        "them it is zero. A convex loss would be no larger there than at both ends, so any network that does better "
        "than the zero map shows that it is not, whatever the loss. With a single layer there is no pair of signs "
        r"to turn, and the loss is convex if $l(\hat y, y)$ is. For the squared error some input that is not zero "
        r"suffices: at the units $(a, 0)$ and $(0, a)$ the map is zero, half-way it is $\tfrac14 a^2$, too much if "
        "$a$ is large.",
    ),
    Claim(
        id="basu-64",
        title="With the squared error all local minima are global.",
        statement=r"\text{each critical point that is not a global minimum of } E \text{ has lower points "
        r"arbitrarily near}",
        document="basu",
        place="introduction, after Baldi and Hornik 1989; Kawaguchi 2016",
        check=lambda: check_saddles(minima=False),
        control=lambda: check_saddles(minima=True),
        derivation=r"At a critical point with whitened inputs the map is made of some of the modes, $P = \sum_{a \in "
        r"I} s_a u_a v_a^T$. If there is room for another mode, let it grow to $\varepsilon$ in every layer: the "
        r"loss falls by $\varepsilon^L (s_b - \tfrac12 \varepsilon^L)$. If there is none and a stronger mode $b$ is "
        r"missing, turn $u_a$ towards $u_b$ and $v_a$ towards $v_b$ by $\theta$: it falls by $s_a (s_b - s_a) \sin^2 "
        r"\theta$. With three layers or more the first descent is of an order that no Hessian sees. All "
        "critical points of two layers and this task are tried, in random coordinates of the hidden layer. Those of "
        "more layers are tried with an idle unit, too, which receives a missing mode and passes nothing on. There are "
        "others yet; that none of them is a minimum is the theorem of the sources.",
    ),
]
