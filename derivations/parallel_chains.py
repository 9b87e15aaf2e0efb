r"""A deep linear network as parallel chains.

Every map has a singular value decomposition $P = U S V^T$. That the map of a network keeps $U$ and $V$ while it learns
is another matter. In the frames of its layers, $W_l = R_l A_l R_{l-1}^T$ with diagonal $A_l$, and for inputs with
$\Sigma_{xx} = c I$, the error has the entries $T_{ab} = (R_D^T \Sigma_{yx} R_0)_{ab}$ off its diagonal, and pushes the
map out of the frames by $K_{ab} T_{ab}$, with $K_{ab} = \sum_j a_a^{2 (D - j)} a_b^{2 (j - 1)}$ for equal layers. So
the frames stay if and only if they are those of the data. From small weights this is what comes about, but not at
once: when a mode has been learned, the next one, weaker by the ratio $s_2 / s_1$, has grown from $\varepsilon$ to
$\varepsilon^{1 - s_2 / s_1}$, and turns it by that much.
"""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import permutations
from typing import Any

import numpy as np
import sympy as sp

from flowdln import Moments, Problem, end_to_end, gradient_flow, initial, solve
from flowdln.symbolic import Claim, Correction, Evidence, Kind, Rules, instance, polynomial
from flowdln.symbolic.words import replacing
from flowdln.tangent import directional_derivative

TITLE = "Parallel chains"
DOCUMENT = "neuromatch"
MODES = 3


def turning(a: sp.Expr, b: sp.Expr, depth: int, lost: int = 0) -> sp.Expr:
    """``sum_j a^(2 (D - j)) b^(2 (j - 1))`` for equal layers, without the first ``lost`` terms."""
    return sp.Add(*(a ** (2 * (depth - j)) * b ** (2 * (j - 1)) for j in range(1 + lost, depth + 1)))


def prove_turning(depths: Sequence[int], expected: Callable[..., Any]) -> Evidence:
    """Whether the shipped flow changes ``P_ab`` as ``expected(a_a, a_b, D) T_ab`` for equal diagonal layers.

    ``T`` is ``sigma_yx`` in the frames of the layers, ``sigma_xx = c I``, with three modes.
    """
    strengths, c = sp.symbols(f"a_1:{MODES + 1}", positive=True), sp.Symbol("c", positive=True)
    task, left = sp.Matrix(MODES, MODES, lambda i, j: sp.Symbol(f"T_{i + 1}{j + 1}")), 0
    moments = Moments(c * sp.eye(MODES), task, 0)
    for depth in depths:
        weights = [sp.diag(*strengths)] * depth
        (change,) = directional_derivative(lambda w: (end_to_end(w),), weights, gradient_flow(0, weights, moments))
        for i, j in permutations(range(MODES), 2):
            left += sp.expand(change[i, j] - expected(strengths[i], strengths[j], depth) * task[i, j]) != 0
    text = f"{left} of the entries off the diagonal differ, for {MODES} modes and {list(depths)} layers"
    return Evidence(left == 0, symbolic=True, text=text, instance=turned_frames() if left else {})


def turned_frames() -> dict[str, str]:
    """A balanced network whose ``P^T dP/dt`` is not symmetric, as it would be if ``U`` and ``V`` stayed."""
    weights, task = [np.array([[0, 1], [1, 0]]), np.eye(2, dtype=int)], np.diag([2, 1])
    velocity = gradient_flow(0, weights, Moments(np.eye(2, dtype=int), task, 5))
    (change,) = directional_derivative(lambda w: (end_to_end(w),), weights, velocity)
    product = end_to_end(weights)
    shown = {"W_1": weights[0], "W_2": weights[1], "sigma_xx": np.eye(2), "sigma_yx": task, "velocity_of_P": change}
    return dict(instance(**shown, P_transposed_times_it=product.T @ change))


def prove_chains(depths: Sequence[int], *, coupled: bool) -> Evidence:
    """Whether diagonal layers move as chains of one unit, each mode by itself; ``coupled`` adds a correlation."""
    left = 0
    for depth in depths:
        strengths = [sp.symbols(f"a_{layer}_1:{MODES + 1}") for layer in range(1, depth + 1)]
        targets, powers = sp.symbols(f"s_1:{MODES + 1}"), sp.symbols(f"c_1:{MODES + 1}")
        task = sp.diag(*targets)
        task[0, 1] = sp.Symbol("T_12") if coupled else 0
        together = gradient_flow(0, [sp.diag(*layer) for layer in strengths], Moments(sp.diag(*powers), task, 0))
        for mode, (s, c) in enumerate(zip(targets, powers, strict=True)):
            chain = [sp.Matrix([[layer[mode]]]) for layer in strengths]
            alone = gradient_flow(0, chain, Moments(sp.Matrix([[c]]), sp.Matrix([[s]]), 0))
            left += sum(sp.expand(v[mode, mode] - w[0]) != 0 for v, w in zip(together, alone, strict=True))
        left += sum(not velocity.is_diagonal() for velocity in together)
    text = f"{left} velocities differ from those of chains, for {MODES} modes and {list(depths)} layers"
    return Evidence(left == 0, symbolic=True, text=text)


def prove_decomposition(*, scaled: bool) -> Evidence:
    """Whether ``U = P V S^-1`` has ``U^T U = I`` and ``U S V^T = P``, given ``P^T P = V S^2 V^T``, for any rank.

    ``V`` has the eigenvectors of ``P^T P`` whose eigenvalues are not zero. First ``P = P V V^T``: the squared norm of
    the difference vanishes.
    """
    rows, columns, rank = sp.symbols("n_D n_0 r", positive=True, integer=True)
    product, right = sp.MatrixSymbol("P", rows, columns), sp.MatrixSymbol("V", columns, rank)
    values, inverse = (sp.MatrixSymbol(name, rank, rank) for name in ("S", "Sinv"))
    one = sp.Identity(rank)
    known = [(values * inverse, one), (inverse * values, one)]
    known += [(product.T * product, right * values * values * right.T)]
    rules = Rules(frozenset({"S", "Sinv"}), frozenset({"V"}), tuple(replacing(word, by) for word, by in known))
    outside = product - product * right * right.T
    spanned = rules._replace(replacements=(*rules.replacements, replacing(product * right * right.T, product)))
    left = product * right * inverse if scaled else product * right
    terms = [
        polynomial(outside.T * outside, rules),
        polynomial(left.T * left - one, rules),
        polynomial(left * values * right.T - product, spanned),
    ]
    text = f"|P - P V V^T|^2 has {len(terms[0])} terms, U^T U - I has {len(terms[1])}, U S V^T - P has {len(terms[2])}"
    return Evidence(not any(terms), symbolic=True, text=f"{text}, for symbolic sizes and rank")


def check_small_start(task: tuple[float, float], power: Callable[[float], float]) -> Evidence:
    """Whether the largest entry off the diagonal of the map falls as ``power(s_2 / s_1)`` of the initial scale."""
    moments, scales = Moments(np.eye(2), np.diag(task), float(np.sum(np.square(task)))), (1e-3, 1e-6)
    ts, largest = np.linspace(0, 30 / task[1], 2000), []
    for scale in scales:
        weights = initial.small_random((2, 6, 2), scale=scale, seed=0)
        product = solve(Problem(moments, weights), ts, save="product").product
        largest.append(np.abs(product[:, [0, 1], [1, 0]]).max())
    measured = np.log(largest[0] / largest[1]) / np.log(scales[0] / scales[1])
    expected = power(task[1] / task[0])
    text = f"strengths {task}, scales {scales}: measured power {measured:.3f}, expected {expected:.3f}"
    return Evidence(bool(abs(measured - expected) < 0.05), symbolic=False, text=text)


CLAIMS = [
    Claim(
        id="neuromatch-1",
        title="The map of a deep linear network keeps its singular vectors, and is a sum of independent scalar chains.",
        statement=r"W^{tot}(t) = U \Sigma(t) V^T \text{ with } U, V \text{ that do not change}",
        document=DOCUMENT,
        place="decomposing the trajectory",
        check=lambda: prove_turning([2], lambda *_: 0),
        control=lambda: prove_turning([2], lambda a, b, depth: -turning(a, b, depth)),
        derivation="Read as a statement for any initial weights, since none are named and the tutorial has runs from "
        "small and from large ones, with the decomposition of the map at the start. If "
        r"$U$ and $V$ stay, $P^T \dot P = V \Sigma \dot \Sigma V^T$ is symmetric. For the balanced network with "
        r"$W_1$ exchanging two inputs and $W_2 = I$, on the task $\mathrm{diag}(2, 1)$, it is not. In the frames of "
        r"equal diagonal layers the entries off the diagonal move as $\dot P_{ab} = K_{ab} T_{ab}$, with $K_{ab} > "
        "0$ unless both strengths are zero.",
        kind=Kind.ASSUMPTION,
        correction=Correction(
            title="Equal layers keep the frames if and only if these are singular vectors of the task.",
            statement=r"\tau \dot P_{ab} = K_{ab} \, (U^T \Sigma_{yx} V)_{ab} \text{ for } a \ne b, \quad "
            r"K_{ab} = \sum_{j=1}^D a_a^{2 (D-j)} a_b^{2 (j-1)}",
            check=lambda: prove_turning(range(1, 6), turning),
            control=lambda: prove_turning(range(2, 4), partial(turning, lost=1)),
            assumptions=("balanced layers with P = U S V^T of full rank", "sigma_xx = c I"),
        ),
    ),
    Claim(
        id="frames-from-small-weights",
        title="From small random weights the singular vectors are off by a power of the initial scale.",
        statement=r"\max_t |(U^T P(t) V)_{12}| \propto \varepsilon^{1 - s_2 / s_1}",
        assumptions=("two layers of two modes, whitened inputs",),
        place="parallel chains",
        check=lambda: check_small_start((3.0, 1.0), lambda ratio: 1 - ratio),
        control=lambda: check_small_start((3.0, 1.0), lambda _: 1),
        derivation=r"The hidden vectors of the modes grow as $\varepsilon e^{s_a t}$ in random directions. When the "
        r"first is learned, at $t = \ln (1 / \varepsilon) / s_1$, the second has grown to $\varepsilon^{1 - s_2 / "
        "s_1}$, and so has its product with the first, until what the two share is taken out of it. Modes of nearly "
        "equal strength are not separated at any scale.",
    ),
    Claim(
        id="neuromatch-2",
        title="Under decoupling each mode obeys the equation of a narrow chain, so that what holds there carries over.",
        statement=r"\tau \dot a_l = \prod_{j \ne l} a_j \left( s - c \prod_j a_j \right) \text{ for each mode}",
        document=DOCUMENT,
        place="everything carries over",
        assumptions=("decoupled modes",),
        unstated=(
            "adjacent layers share their singular vectors, too",
            "the input power sigma_xx is diagonal in those of the inputs",
        ),
        check=partial(prove_chains, range(1, 5), coupled=False),
        control=partial(prove_chains, [2], coupled=True),
        derivation="Products of diagonal matrices are diagonal, entry by entry, so the velocity of a diagonal layer "
        "is that of as many chains of one unit. One correlation between two modes, the control, and they are "
        "coupled. What does not carry over is the freedom to choose a learning rate for each: there is one for all, "
        "and the strongest mode limits it.",
    ),
    Claim(
        id="neuromatch-3",
        title="The map has a singular value decomposition.",
        statement=r"W^{tot} = U \Sigma V^T, \quad U^T U = V^T V = I, \; \Sigma \text{ diagonal}",
        document=DOCUMENT,
        place="decomposing the trajectory",
        check=lambda: prove_decomposition(scaled=True),
        control=lambda: prove_decomposition(scaled=False),
        derivation="The matrix $P^T P$ is symmetric and not negative, so $P^T P = V S^2 V^T$ with orthonormal columns "
        r"$V$ and diagonal $S > 0$, as many as its rank. Then $|P - P V V^T|^2 = \mathrm{tr} \, (I - V V^T) P^T P (I "
        r"- V V^T) = 0$, and $U = P V S^{-1}$ has orthonormal columns and $U S V^T = P$. In general $U U^T \ne I$ and "
        r"$V V^T \ne I$. Where singular values are equal, as most are in a hierarchy, $U$ and $V$ are one choice of "
        "many.",
    ),
]
