r"""The curvature of a mode at any depth.

One unit a layer and $L = N_l - 1$ layers of strengths $a_i$: the loss is $\frac12 (s - \prod_k a_k)^2$. Two of the
strengths are written out below, and the product of all others is one symbol, so that what is shown holds for any depth;
on the line of equal strengths this symbol is $a^{L - 2}$. There the Hessian has one number $h$ on its diagonal and one
number $g$ beside it, so it has two eigenvalues: $\lambda_1 = h + (L - 1) g$ along the line, and $L - 1$ times
$\lambda_2 = h - g = a^{L - 2} (s - a^L)$ across it. Which one is larger changes at half of the strength.
"""

from functools import partial
from typing import Any

import sympy as sp

from derivations.hyperbolic_coordinates import saxe
from flowdln import Moments, gradient_flow, loss
from flowdln.exact import balanced_sharpness
from flowdln.exact.balanced_curvature import balanced_curvature
from flowdln.symbolic import (
    Correction,
    Evidence,
    conjunction,
    decide_zero,
    instance,
    prove_derivatives,
    prove_identity,
    prove_spectrum,
)

TITLE = "The curvature of a mode"

a_i, a_j, rest, a, s, tau = sp.symbols("a_i a_j A a s tau", positive=True)
N = sp.Symbol("N", positive=True)  # layers of units; there are N - 1 of weights
EQUAL = {a_i: a, a_j: a, rest: a ** (N - 3)}
SMALL = {a_i: 1, a_j: 1, a: 1, rest: 1, s: 3, tau: 1, N: 3}


def slopes() -> tuple[sp.Expr, sp.Expr]:
    """``dE/da_i`` and ``dE/da_j``, minus the velocity along the shipped flow, among any number of layers."""
    chain = [sp.Matrix([[strength]]) for strength in (a_i, a_j, rest)]
    velocity = gradient_flow(0, chain, Moments(sp.eye(1), sp.Matrix([[s]]), s**2))
    return -velocity[0][0] / tau, -velocity[1][0] / tau


def energy(product: Any, power: int) -> sp.Expr:
    """``(s - product)^power / (2 tau)``; the supplement has the power 1."""
    return (s - product) ** power / (2 * tau)


def prove_energy(power: int, factor: int = 1) -> Evidence:
    """Whether the flow descends this energy, times ``factor``: in two of any number of layers."""
    descended = factor * energy(a_i * a_j * rest, power)
    found = prove_derivatives(descended, dict(zip((a_i, a_j), slopes(), strict=True)))
    sides = {"slope_printed": sp.diff(descended, a_i).subs(SMALL), "slope_of_the_flow": slopes()[0].subs(SMALL)}
    return found._replace(instance=instance(a_1=1, a_2=1, s=3, **sides) if found.holds is False else {})


def prove_hessian(sign: int) -> Evidence:
    """Whether the second derivatives are those of the supplement; ``sign`` reverses a term off the diagonal."""
    first, error = slopes()[0], s - a_i * a_j * rest
    beside = (a_j * rest) * (a_i * rest) - sign * error * rest
    return prove_derivatives(first, {a_i: (a_j * rest) ** 2 / tau, a_j: beside / tau})


def prove_energy_on_line(power: int) -> Evidence:
    """Whether the shipped loss of equal strengths is ``(s - a^(N - 1))^power / 2``."""
    layers = [sp.Matrix([[a]]), sp.Matrix([[a ** (N - 2)]])]
    shipped = loss(layers, Moments(sp.eye(1), sp.Matrix([[s]]), s**2)) / tau
    stated = energy(a ** (N - 1), power)
    found = prove_identity(sp.powsimp(sp.expand(shipped)), sp.powsimp(sp.expand(stated)))
    sides = {"printed": stated.subs(SMALL), "loss": shipped.subs(SMALL)}
    return found._replace(instance=instance(N=3, a=1, s=3, **sides) if found.holds is False else {})


def on_line() -> dict[str, sp.Expr]:
    """Slope ``f`` and Hessian entries ``g`` and ``h`` at equal strengths, by differentiation."""
    first = slopes()[0]
    entries = {"f": first, "g": sp.diff(first, a_j), "h": sp.diff(first, a_i)}
    return {name: sp.powsimp(sp.expand(entry.subs(EQUAL))) for name, entry in entries.items()}


def prove_entries(doubled: int) -> Evidence:
    """Whether ``f``, ``g`` and ``h`` at equal strengths are as printed, with ``doubled`` for the 2 in ``g``."""
    stated = {
        "f": -(s - a ** (N - 1)) * a ** (N - 2) / tau,
        "g": doubled * a ** (2 * N - 4) / tau - s * a ** (N - 3) / tau,
        "h": a ** (2 * N - 4) / tau,
    }
    found = {name: decide_zero(sp.powsimp(sp.expand(entry - stated[name]))) for name, entry in on_line().items()}
    text = "; ".join(f"{name}: {answer.text}" for name, answer in found.items())
    return Evidence(conjunction(*(answer.zero for answer in found.values())), True, text)


def prove_eigenvalues(lost: int) -> Evidence:
    """Whether the Hessian of ``N - 1`` layers has the shipped eigenvalues, the first as printed (less ``lost``)."""
    entries = on_line()
    along, across = (sp.powsimp(sp.expand(value / tau)) for value in balanced_curvature(a, s, N - 1))
    spectrum = prove_spectrum(entries["h"], entries["g"], N - 1, {along: 1, across: N - 2})
    printed = (2 * N - 3 - lost) * a ** (2 * N - 4) / tau - (N - 2) * s * a ** (N - 3) / tau
    same = decide_zero(sp.powsimp(sp.expand(along - printed)))
    return Evidence(conjunction(spectrum.holds, same.zero), True, f"{spectrum.text}; against (15): {same.text}")


def prove_largest(share: sp.Rational) -> Evidence:
    """Whether ``lambda_1 >= lambda_2`` where ``a^L >= share s``: their difference is ``L a^(L - 2) (2 a^L - s)``."""
    along, across = balanced_curvature(a, s, N - 1)
    gap = (N - 1) * a ** (N - 3) * (2 * a ** (N - 1) - s)
    found = decide_zero(sp.powsimp(sp.expand(along - across - gap)))
    holds = conjunction(found.zero, share >= sp.Rational(1, 2))
    along, across = balanced_curvature(1, 4, 2)
    shown = instance(N=3, a=1, s=4, hessian="[[1, -2], [-2, 1]]", lambda_1=along, lambda_2=across)
    text = f"lambda_1 - lambda_2 less the stated difference: {found.text}; it is positive where a^L > s/2"
    return Evidence(holds, True, text, shown if holds is False else {})


def prove_end_is_steepest(beyond: bool, all_eigenvalues: bool) -> Evidence:
    r"""Whether eigenvalues at ``a^L = x s`` stay below ``lambda_1(a_opt) = L s^(2 - 2/L)`` for ``x < 1``; or above.

    With ``L = 2 + n`` they are ``x^(1 - 2/L)`` times ``(2 L - 1) x - (L - 1)`` and ``1 - x``. The power is at most 1
    for ``x < 1``, so it is enough to bound the brackets: above by ``L``, and for the magnitude below by ``-L``.
    """
    n, y = sp.symbols("n y", positive=True)
    for depth in (2 + n, sp.Integer(2)):
        x = 1 + y if beyond else 1 / (1 + y)
        along, across = (2 * depth - 1) * x - (depth - 1), 1 - x
        gaps = [depth - along, *([depth - across, depth + along, depth + across] if all_eigenvalues else [])]
        if not all(sp.factor(gap).is_positive for gap in gaps):
            return Evidence(False, True, f"L minus the bracket is {sp.factor(gaps[0])} at L = {depth}, a^L = {x} s")
    shipped = balanced_curvature(a, a ** (N - 1) / y, N - 1).along  # at s = a^L / y
    bracket = a ** (2 * N - 4) * ((2 * N - 3) * y - (N - 2)) / y
    written = decide_zero(sp.powsimp(sp.expand(shipped - bracket)))
    return Evidence(written.zero, True, f"all gaps are positive; the bracket against the shipped one: {written.text}")


def prove_sharpness(lost: int) -> Evidence:
    """Whether ``lambda_1`` at the optimum is ``(N - 1 - lost) s^((2 N - 4) / (N - 1))``, as the shipped one."""
    optimum = balanced_curvature(a, a ** (N - 1), N - 1).along
    stated = (N - 1 - lost) * s ** ((2 * N - 4) / (N - 1))
    found = decide_zero(sp.powsimp(sp.expand(optimum - stated.subs(s, a ** (N - 1)))))
    pairs = [(float(stated.subs({s: 3, N: n})), float(balanced_sharpness(3.0, n - 1))) for n in (3, 4, 7)]
    same = all(abs(left / right - 1) < 1e-14 for left, right in pairs)
    text = f"{found.text}; the shipped sharpness of 2, 3 and 6 layers {'agrees' if same else 'differs'}"
    return Evidence(conjunction(found.zero, same), True, text)


CLAIMS = [
    saxe(
        17,
        place="eq. (5)",
        title="The energy that a mode descends.",
        statement=r"E = \frac{1}{2 \tau} \left( s - \prod_k a_k \right)",
        derivation=r"The slope of this is $-\frac{1}{2 \tau} \prod_{k \neq i} a_k$: it does not vanish at the "
        r"target, and $E$ has no "
        r"minimum. The flow has the further factor $s - \prod_k a_k$, which is that of the square.",
        check=partial(prove_energy, 1),
        control=partial(prove_energy, 1, -1),
        correction=Correction(
            title="It is the square.",
            statement=r"E = \frac{1}{2 \tau} \left( s - \prod_k a_k \right)^2",
            check=partial(prove_energy, 2),
            control=partial(prove_energy, 2, 2),
        ),
    ),
    saxe(
        18,
        place="eq. (6)",
        title="The gradient of the energy.",
        statement=r"\frac{\partial E}{\partial a_i} = -\frac1\tau \left( s - \prod_k a_k \right) \prod_{k \neq i} a_k",
        unstated=("E is the squared error, not (5) as it is printed",),
        derivation=r"Differentiate the square; this is minus the velocity of the flow. The gradient of (5) as "
        r"printed is "
        r"another one, which is the control.",
        check=partial(prove_energy, 2),
        control=partial(prove_energy, 1),
    ),
    saxe(
        19,
        place="eq. (7) and (9)",
        title="The Hessian of the energy.",
        statement=r"\frac{\partial^2 E}{\partial a_i \partial a_j} = \frac1\tau \prod_{k \neq j} a_k \prod_{k \neq "
        r"i} a_k - "
        r"\frac1\tau \left( s - \prod_k a_k \right) \prod_{k \neq i, j} a_k, \quad "
        r"\frac{\partial^2 E}{\partial a_i^2} = \frac1\tau \left( \prod_{k \neq i} a_k \right)^2",
        assumptions=("i != j in the first",),
        derivation=r"Differentiate (6): the product without $a_i$ does not depend on $a_i$, and its derivative by "
        r"$a_j$ is the "
        r"product without both. Two strengths are written out, and the product of the others is one symbol.",
        check=partial(prove_hessian, 1),
        control=partial(prove_hessian, -1),
    ),
    saxe(
        20,
        place="eq. (10)",
        title="The energy of equal strengths.",
        statement=r"E(a) = \frac{1}{2 \tau} (s - a^{N_l - 1})",
        derivation=r"The square of (saxe-17) is missing here too.",
        check=partial(prove_energy_on_line, 1),
        control=partial(prove_energy_on_line, 3),
        correction=Correction(
            title="It is the square.",
            statement=r"E(a) = \frac{1}{2 \tau} (s - a^{N_l - 1})^2",
            check=partial(prove_energy_on_line, 2),
            control=partial(prove_energy_on_line, 3),
        ),
    ),
    saxe(
        21,
        place="eq. (11) to (13)",
        title="Slope and curvatures of equal strengths.",
        statement=r"f = -\frac1\tau (s - a^{N_l - 1}) a^{N_l - 2}, \; g = \frac2\tau a^{2 N_l - 4} - \frac1\tau s "
        r"a^{N_l - 3}, "
        r"\; h = \frac1\tau a^{2 N_l - 4}",
        assumptions=("a_i = a for all i",),
        derivation=r"Put $a_i = a$ into (6), (7) and (9); the product of all but two is $a^{N_l - 3}$. In $g$ the term "
        r"$a^{N_l - 1} a^{N_l - 3}$ of the error joins the first, hence the 2. $f$ is a component of the gradient; the "
        r"derivative of $E(a)$ along the line is $(N_l - 1) f$.",
        check=partial(prove_entries, 2),
        control=partial(prove_entries, 1),
    ),
    saxe(
        22,
        place="eq. (14) and (15)",
        title="The eigenvalue of the Hessian along the line of equal strengths.",
        statement=r"\lambda_1 = h + (N_l - 2) g = \frac1\tau \left( (2 N_l - 3) a^{2 N_l - 4} - (N_l - 2) s a^{N_l - "
        r"3} \right)",
        derivation=r"The Hessian is $(h - g) I + g J$ with the matrix of ones $J$, $J^2 = (N_l - 1) J$. On $(1, "
        r"\dots, 1)$ it is "
        r"$h - g + (N_l - 1) g$, and on the $N_l - 2$ directions orthogonal to that, $h - g$.",
        check=partial(prove_eigenvalues, 0),
        control=partial(prove_eigenvalues, 1),
    ),
    saxe(
        23,
        place="section 2, implied",
        title="The eigenvalue along the line is the largest one on the way to the optimum.",
        statement=r"\lambda_1(a) \geq \lambda_2(a) = h - g \text{ for } 0 \leq a \leq a_{opt}",
        derivation=r"$\lambda_1 - \lambda_2 = (N_l - 1) g$ has the sign of $2 a^{N_l - 1} - s$: before half of the "
        r"strength is "
        r"learned, the curvature across the line is the larger one. What is derived from it stands, since no "
        r"eigenvalue on "
        r"the way exceeds $\lambda_1$ at its end (saxe-26).",
        check=lambda: prove_largest(sp.S.Zero),
        control=lambda: prove_largest(sp.Rational(1, 4)),
        correction=Correction(
            title="It is the largest from half of the strength on, and not before.",
            statement=r"\lambda_1 - \lambda_2 = \frac{N_l - 1}{\tau} a^{N_l - 3} (2 a^{N_l - 1} - s) \geq 0 "
            r"\;\Leftrightarrow\; a^{N_l - 1} \geq \frac{s}{2}",
            check=lambda: prove_largest(sp.Rational(1, 2)),
            control=lambda: prove_largest(sp.Rational(1, 4)),
        ),
    ),
    saxe(
        26,
        place="before eq. (19)",
        title="On the way to the optimum the eigenvalue is largest at its end.",
        statement=r"\max_{0 \leq a \leq a_{opt}} \lambda_1(a) = \lambda_1(a_{opt}), \quad a_{opt} = s^{1 / (N_l - 1)}",
        assumptions=("a start below the optimum",),
        derivation=r"At $a^L = x s$ it is $s^{2 - 2/L} x^{1 - 2/L} ((2 L - 1) x - (L - 1))$ over $\tau$. The power "
        r"of $x \leq 1$ is at most "
        r"1, and the bracket is at most $L$, its value at $x = 1$. Beyond the optimum it is larger: the control.",
        check=partial(prove_end_is_steepest, beyond=False, all_eigenvalues=False),
        control=partial(prove_end_is_steepest, beyond=True, all_eigenvalues=False),
        correction=Correction(
            title="Sharper: all eigenvalues on the way are at most as large, in magnitude too.",
            statement=r"\max_{0 \leq a \leq a_{opt}} \max (|\lambda_1|, |\lambda_2|) = \lambda_1(a_{opt})",
            check=partial(prove_end_is_steepest, beyond=False, all_eigenvalues=True),
            control=partial(prove_end_is_steepest, beyond=True, all_eigenvalues=True),
        ),
    ),
    saxe(
        27,
        place="eq. (19)",
        title="The curvature at the optimum.",
        statement=r"\lambda_1(a_{opt}) = \frac{N_l - 1}{\tau} s^{(2 N_l - 4) / (N_l - 1)}",
        derivation=r"With $s = a^{N_l - 1}$ the two terms of (15) are both multiples of $a^{2 N_l - 4}$, and $2 N_l "
        r"- 3 - "
        r"(N_l - 2) = N_l - 1$.",
        check=partial(prove_sharpness, 0),
        control=partial(prove_sharpness, 1),
    ),
]
