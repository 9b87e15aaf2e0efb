r"""The bound on growth in deep networks.

The bound of Theorem 3 is derived for $V = U^{1/L}$, and stated for $U$. The chain rule leads from one to the other with
a factor $L \, U^{1 - 1/L}$, and the bound has $U^{2 - 2/L}$: the square of $U$ but for a factor $U^{-2/L}$. At a fixed
$U$ this factor tends to one with depth; at a fixed norm $f$ of a layer, with $U = f^L$, it is $f^{-2}$ at every depth.
"""

from functools import partial
from typing import Any

import sympy as sp

from flowdln.exact import growth_bound
from flowdln.symbolic import Claim, Correction, Evidence, combined, prove_identity

TITLE = "The bound on growth in deep networks"
length = sp.Symbol("f", positive=True)
S, U, L, k_1, k_2 = sp.symbols("S U L kappa_1 kappa_2", positive=True)  # S = |sigma_yx|


def prove_chain_rule(power: Any) -> Evidence:
    """Whether ``dU/dt = L U^power dV/dt`` for ``U = V^L``, and (21) times ``L U^power`` is the shipped bound."""
    t, slope, root = sp.symbols("t slope V", positive=True)
    V = sp.Function("V", positive=True)(t)
    derivative = sp.diff(V**L, t).subs(sp.Derivative(V, t), slope).subs(V, root)
    ceiling = (2 * k_1 + 1) * S
    bound = U ** ((L - 1) / L) * (ceiling - k_2 * U)
    return combined(
        prove_identity(derivative, L * (root**L) ** power * slope),
        prove_identity(L * U**power * bound, growth_bound(U, ceiling, L, k_2)),
    )


def excess(size: Any) -> Any:
    """The right side of (22) over that of (23) at ``U = size``."""
    ceiling = (2 * k_1 + 1) * S
    return sp.powsimp(sp.cancel(growth_bound(U, ceiling, L, k_2) / (ceiling - k_2 * U)) / (L * U**2)).subs(U, size)


def prove_limit(size: Any) -> Evidence:
    """Whether the right sides of (22) and (23) agree in the limit of infinite depth, at ``U = size``."""
    return prove_identity(sp.limit(sp.powdenest(excess(size)), L, sp.oo), 1)


def prove_excess(power: int) -> Evidence:
    """Whether the right side of (22) is that of (23) over ``|W_l|^power``, at every depth."""
    return prove_identity(sp.powdenest(excess(length**L)), length**-power)


CLAIMS = [
    Claim(
        id="basu-41",
        document="basu",
        title="The bound on the root of U is a bound on U by the chain rule.",
        statement=r"\frac{d U^{1/L}}{dt} \leq \frac{U^{(L-1)/L}}{\tau} [\dots] \;\Rightarrow\; "
        r"\frac{dU}{dt} \leq \frac{L}{\tau} U^{2 (1 - 1/L)} [\dots]",
        place="eq. (21) and (22)",
        assumptions=("U > 0",),
        derivation=r"With $U = V^L$, $\dot U = L V^{L-1} \dot V = L \, U^{(L-1)/L} \dot V$, and the factor is "
        r"positive. Multiplying the bound on $\dot V$ by it squares the power of $U$.",
        check=partial(prove_chain_rule, (L - 1) / L),
        control=partial(prove_chain_rule, 1 / L),
    ),
    Claim(
        id="basu-42",
        document="basu",
        title="For very deep networks the power of U in the bound is two.",
        statement=r"L \to \infty: \quad \tau \frac{dU}{dt} \leq L \, U^2 \left[ (2 \kappa_1 + 1) |\Sigma_{yx}|_F - "
        r"\kappa_2 U \right]",
        place="eq. (23)",
        unstated=("U is held fixed, so that the norms of the layers tend to one",),
        derivation=r"The right side of (22) is that of (23) times $U^{-2/L}$, which tends to 1 for a fixed $U$. But $U "
        r"= f^L$ with a layer's norm $f$, and $U^{-2/L} = f^{-2}$: for layers of a given size the two differ by a "
        r"factor that does not depend on depth. The control holds $f$ fixed in place of $U$.",
        check=partial(prove_limit, U),
        control=partial(prove_limit, length**L),
        correction=Correction(
            title="Sharper: (22) is (23) over the squared norm of a layer; below norm one (23) is no bound.",
            statement=r"L \, U^{2 - 2/L} (M - \kappa_2 U) = f^{-2} \, L \, U^2 (M - \kappa_2 U), \quad U = f^L",
            check=partial(prove_excess, 2),
            control=partial(prove_excess, 1),
        ),
    ),
]
