r"""Depth and the learning rate.

The steps of descent cannot be much larger than one over the curvature at the optimum,
$\lambda_1 = L s^{2 - 2/L} / \tau$: at $1 / \lambda_1$ the last phase is fastest, and at twice that descent ceases to
converge. So the learning rate has to fall with the number of layers as $\tau / (N_l s^2)$.
"""

from functools import partial

import sympy as sp

from derivations.energy_of_a_mode import a, s, tau
from derivations.invariant_hyperbolas import saxe
from flowdln import Moments, gradient_flow
from flowdln.exact.balanced_curvature import balanced_curvature
from flowdln.symbolic import (
    Correction,
    Evidence,
    conjunction,
    prove_homogeneous,
    prove_identity,
    prove_leading_order,
    prove_limit,
)

TITLE = "Depth and the learning rate"

L, alpha, epsilon = sp.symbols("L alpha epsilon", positive=True)


def speed(strength: sp.Expr, depth: sp.Expr) -> sp.Expr:
    """``tau da/dt`` of one layer among ``depth`` equal ones, along the shipped flow."""
    others = [sp.Matrix([[strength]]), sp.Matrix([[strength ** (depth - 1)]])]
    return gradient_flow(0, others, Moments(sp.eye(1), sp.Matrix([[s]]), 0))[0][0]


def curvature(depth: sp.Expr) -> sp.Expr:
    """``tau lambda_1`` at the optimum."""
    return sp.powsimp(sp.expand(balanced_curvature(a, a**depth, depth).along)).subs(a, s ** (1 / depth))


def prove_scaling(power: int) -> Evidence:
    """Whether the best rate ``1 / lambda_1`` tends to ``tau / (N s^power)`` for many layers, ``N = L + 1``."""
    return prove_limit((L + 1) * s**power / curvature(L), L, sp.oo, 1)


def prove_next_order(factor: int) -> Evidence:
    """Whether the relative error of ``tau / (N s^2)`` is ``(1 + factor ln s) / N`` to leading order."""
    error = ((L + 1) * s**2 / curvature(L) - 1).subs(L, 1 / epsilon - 1)  # epsilon = 1 / N
    return prove_leading_order(error, epsilon, 1 + factor * sp.log(s), 1)


def prove_rate(multiple: sp.Rational, slope: int) -> Evidence:
    """Whether descent at ``multiple / lambda_1`` has this slope at the optimum: 0 is best, -1 the limit of stability.

    And whether a step keeps its form if ``a``, ``s`` and the rate are scaled by powers 1, ``L`` and ``2 - 2 L``: then
    best rates of one depth are as ``s^(2/L - 2)``, whatever best means.
    """
    step = alpha * speed(a, L) / tau
    scaled = prove_homogeneous(a + step, a, {a: 1, s: L, alpha: 2 - 2 * L}, degree=1)
    at_optimum = (1 + sp.diff(step, a)).subs(alpha, multiple * tau / (L * a ** (2 * L - 2))).subs(s, a**L)
    found = prove_identity(sp.powsimp(sp.expand(at_optimum)) - slope)
    named = prove_identity(sp.powsimp(sp.expand(curvature(L).subs(s, a**L) - L * a ** (2 * L - 2))))
    text = f"slope of the step minus {slope}: {found.text}; {scaled.text}"
    return Evidence(conjunction(scaled.holds, found.holds, named.holds), True, text)


def prove_both_rates(multiple: sp.Rational) -> Evidence:
    """Whether the slope vanishes at ``multiple / lambda_1`` and is -1 at twice that."""
    best, last = prove_rate(multiple, 0), prove_rate(2 * multiple, -1)
    return Evidence(conjunction(best.holds, last.holds), True, f"{best.text}; {last.text}")


CLAIMS = [
    saxe(
        28,
        place="eq. (20)",
        title="For many layers the learning rate has to fall as one over their number.",
        statement=r"\alpha = \frac{1}{\lambda_1(a_{opt})} \sim O \left( \frac{1}{N_l s^2} \right)",
        unstated=("s is held fixed",),
        derivation=r"$N_l s^2 / \lambda_1 = \tau \frac{N_l}{N_l - 1} s^{2 / (N_l - 1)} \to \tau$, so the constant is "
        r"$\tau$.",
        check=partial(prove_scaling, 2),
        control=partial(prove_scaling, 1),
        correction=Correction(
            title="Sharper: the constant, and the first correction.",
            statement=r"\frac{1}{\lambda_1(a_{opt})} = \frac{\tau}{N_l s^2} \left( 1 + \frac{1 + 2 \ln s}{N_l} + "
            r"O(N_l^{-2}) \right)",
            check=partial(prove_next_order, 2),
            control=partial(prove_next_order, 1),
        ),
    ),
    saxe(
        29,
        place="before eq. (20)",
        title="The best learning rate is proportional to one over the curvature at the optimum.",
        statement=r"\alpha_{opt} \propto \frac{1}{\lambda_1(a_{opt})}",
        unstated=(
            "over depths: best for the last phase, not for the number of steps up to a fixed cutoff",
            "over modes of one depth: starts and cutoffs in proportion to s",
        ),
        derivation=r"A step $a \to a + \alpha a^{L - 1} (s - a^L) / \tau$ has the slope $1 - \alpha \lambda_1$ at "
        r"the optimum, which "
        r"is zero at $\alpha = 1 / \lambda_1$: the error then falls quadratically. At one depth, scaling $a$, $s$ "
        r"and $\alpha$ by the "
        r"powers $1$, $L$ and $2 - 2 L$ changes nothing, so best rates are proportional to $s^{2/L - 2}$, however "
        r"best is "
        r"defined. Across depths there is no such symmetry: a rate above $1 / \lambda_1$ shortens the plateau.",
        check=partial(prove_rate, sp.S.One, 0),
        control=partial(prove_rate, sp.Integer(2), 0),
        correction=Correction(
            title="Sharper: it is equal to it in the last phase, and at twice it descent ceases to converge.",
            statement=r"\frac{\partial a_{t + 1}}{\partial a_t} = 1 - \alpha \lambda_1 = 0 \text{ at } \alpha = "
            r"\frac{1}{\lambda_1}, "
            r"\quad = -1 \text{ at } \alpha = \frac{2}{\lambda_1}",
            check=partial(prove_both_rates, sp.S.One),
            control=partial(prove_both_rates, sp.Rational(1, 2)),
        ),
    ),
]
