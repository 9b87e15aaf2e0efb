r"""Symmetry: what a network can do without.

Rotate the units of a hidden layer, and the network computes the same map: its weights become $R W_l$ and
$W_{l+1} R^T$, and so do their velocities. This needs only $R^T R = I$, so $R$ may be tall: a layer of few units that
is laid into a wide one by $R$ stays there. Any wide network is one of those. Let the columns of $R_l$ span those of
$[W_l, W_{l+1}^T]$; then $W_l = R_l W_l'$ and $W_{l+1} = W_{l+1}' R_l^T$, and the layer needs no more than
$n_{l-1} + n_{l+1}$ units, at all times.

At the ends the data take the place of the missing layer. Let the columns of $R_L$ span those of $[W_L, \Sigma_{yx}]$.
Write $W_L = U A + U_\perp B$ with the left singular vectors $U$ of $\Sigma_{yx}$: all other layers feel $B$ through
$B^T B$ alone, so $B$ may be replaced by $B' = \Omega^T B$ with $B = \Omega B'$, $\Omega^T \Omega = I$, and
$R_L = [U, U_\perp \Omega]$. The same holds for the inputs if $\Sigma_{xx}$ maps the span of $R_0$ to itself, as
$\Sigma_{xx} = c I$ does any: $W_1 = A V^T + B V_\perp^T$ enters through $A$ and $B B^T$. Where $\Sigma_{xx}$ vanishes,
nothing enters and nothing moves.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import sympy as sp

from flowdln import Moments, gradient_flow
from flowdln.symbolic import Claim, Evidence, Rules, polynomial, symbolic_network

TITLE = "Symmetry"
SYMMETRIC = frozenset({"Sxx", "N"})


class Network(NamedTuple):
    """Weights and data."""

    weights: tuple[Any, ...]
    moments: Moments


def frame(layer: int, rows: Any, columns: Any) -> Any:
    """``R_l``, a matrix symbol whose columns are orthonormal under the rules of :func:`orthonormal`."""
    return sp.MatrixSymbol(f"R{layer}", rows, columns)


def laid_out(network: Network, layers: Sequence[int]) -> tuple[Network, Callable[[Sequence[Any]], list[Any]]]:
    """``network`` laid into wider layers, and the map that does the same to a tuple of velocities.

    At the inputs, ``sigma_xx`` gets an arbitrary part ``N`` on the other directions.
    """
    weights, (sigma_xx, sigma_yx, trace_yy) = network
    depth = len(weights)
    sizes = [weights[0].shape[1], *(weight.shape[0] for weight in weights)]
    wide = sp.symbols(f"m_0:{depth + 1}", positive=True, integer=True)
    frames = {layer: frame(layer, wide[layer], sizes[layer]) for layer in layers}

    def lay(matrices: Sequence[Any]) -> list[Any]:
        laid = [frames[i] * m if i in frames else m for i, m in enumerate(matrices, start=1)]
        return [m * frames[i].T if i in frames else m for i, m in enumerate(laid)]

    if depth in frames:
        sigma_yx = frames[depth] * sigma_yx
    if 0 in frames:
        others = sp.Identity(wide[0]) - frames[0] * frames[0].T
        rest = others * sp.MatrixSymbol("N", wide[0], wide[0]) * others
        sigma_xx, sigma_yx = frames[0] * sigma_xx * frames[0].T + rest, sigma_yx * frames[0].T
    return Network(tuple(lay(weights)), Moments(sigma_xx, sigma_yx, trace_yy)), lay


def orthonormal(layers: Sequence[int]) -> Rules:
    """``R_l^T R_l = I`` for these layers."""
    return Rules(symmetric=SYMMETRIC, orthonormal=frozenset(f"R{layer}" for layer in layers))


def prove_laid_out(choose: Callable[[int], list[list[int]]], depths: Sequence[int], *, rules: bool = True) -> Evidence:
    """Whether the velocity of a network laid into wider layers is its own velocity, laid out in the same way.

    ``choose`` gives the sets of layers to widen at a depth; without ``rules``, the frames need not be orthonormal.
    """
    count, left = 0, 0
    for depth in depths:
        small = Network(*symbolic_network(depth))
        for layers in choose(depth):
            large, lay = laid_out(small, layers)
            pairs = zip(gradient_flow(0, *large), lay(gradient_flow(0, *small)), strict=True)
            known = orthonormal(layers) if rules else Rules(symmetric=SYMMETRIC)
            left += sum(len(polynomial(a - b, known)) for a, b in pairs)
            count += 1
    return report(left, f"{count} networks of depth {depths[0]} to {depths[-1]}, each layer of symbolic size")


def prove_frozen(depths: Sequence[int], *, seen: bool = False) -> Evidence:
    """Whether ``K (I - R_0 R_0^T)`` in ``W_1`` neither moves nor acts, where all data are in the span of ``R_0``.

    ``seen`` lets the data have power ``N`` outside the span.
    """
    left = 0
    for depth in depths:
        small = Network(*symbolic_network(depth))
        large, lay = laid_out(small, [0])
        n_in = large.weights[0].shape[1]
        R = frame(0, n_in, small.weights[0].shape[1])
        frozen = sp.MatrixSymbol("K", large.weights[0].shape[0], n_in) * (sp.Identity(n_in) - R * R.T)
        sigma_xx = large.moments.sigma_xx if seen else R * small.moments.sigma_xx * R.T
        weights = (large.weights[0] + frozen, *large.weights[1:])
        velocity = gradient_flow(0, weights, large.moments._replace(sigma_xx=sigma_xx))
        pairs = zip(velocity, lay(gradient_flow(0, *small)), strict=True)
        left += sum(len(polynomial(a - b, orthonormal([0]))) for a, b in pairs)
    return report(left, f"{len(depths)} networks of depth {depths[0]} to {depths[-1]}")


def report(left: int, what: str) -> Evidence:
    """Evidence that holds if no terms are left."""
    return Evidence(left == 0, symbolic=True, text=f"{left} terms are left for {what}")


def symmetry(name: str, title: str, statement: str, choose: Callable[[int], list[list[int]]], shallowest: int) -> Claim:
    """The claim that these layers may be widened by orthonormal frames; not so by frames that are not."""
    depths = range(shallowest, 5)
    return Claim(
        id=f"symmetry-{name}",
        title=title,
        statement=statement,
        assumptions=("R^T R = I",),
        place="flowdln.reduction",
        check=lambda: prove_laid_out(choose, depths),
        control=lambda: prove_laid_out(choose, depths, rules=False),
    )


CLAIMS = [
    symmetry(
        name="hidden",
        title="A hidden layer needs no more directions than its two layers of weights have.",
        statement=r"W_l = R W_l', \; W_{l+1} = W_{l+1}' R^T \;\Rightarrow\; "
        r"\dot W_l = R \dot W_l', \; \dot W_{l+1} = \dot W_{l+1}' R^T",
        choose=lambda depth: [[layer] for layer in range(1, depth)],
        shallowest=2,
    ),
    symmetry(
        name="inputs",
        title="Inputs outside the task enter through a Gram matrix, if the input moments do not couple them to others.",
        statement=r"W_1 = W_1' R^T, \; \Sigma_{yx} = \Sigma_{yx}' R^T, \; \Sigma_{xx} R = R \Sigma_{xx}' "
        r"\;\Rightarrow\; \dot W_1 = \dot W_1' R^T",
        choose=lambda _: [[0]],
        shallowest=1,
    ),
    symmetry(
        name="outputs",
        title="Outputs outside the task enter through a Gram matrix.",
        statement=r"W_L = R W_L', \; \Sigma_{yx} = R \Sigma_{yx}' \;\Rightarrow\; \dot W_L = R \dot W_L'",
        choose=lambda depth: [[depth]],
        shallowest=1,
    ),
    symmetry(
        name="everywhere",
        title="All layers may be reduced at once.",
        statement=r"W_l = R_l W_l' R_{l-1}^T \;\Rightarrow\; \dot W_l = R_l \dot W_l' R_{l-1}^T",
        choose=lambda depth: [list(range(depth + 1))],
        shallowest=1,
    ),
    Claim(
        id="symmetry-frozen",
        title="On input directions outside the data the first layer neither moves nor acts.",
        statement=r"\Sigma_{xx} = R \Sigma_{xx}' R^T, \; \Sigma_{yx} = \Sigma_{yx}' R^T, \; "
        r"W_1 = W_1' R^T + K (I - R R^T) \;\Rightarrow\; \dot W_1 = \dot W_1' R^T",
        assumptions=("R^T R = I", "no data outside the span of R"),
        place="flowdln.reduction",
        check=lambda: prove_frozen(range(1, 5)),
        control=lambda: prove_frozen(range(1, 5), seen=True),
    ),
]
