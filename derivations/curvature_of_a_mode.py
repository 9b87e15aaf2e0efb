r"""The curvature of a mode at any depth.

On the line of equal strengths $a$ the product of all but two of them is $a^{L - 2}$, with $L = N_l - 1$ layers. There
the Hessian has one number $h$ on its diagonal and one number $g$ beside it, so it has two eigenvalues:
$\lambda_1 = h + (L - 1) g$ along the line, and $L - 1$ times $\lambda_2 = h - g = a^{L - 2} (s - a^L)$ across it. Which
one is larger changes at half of the strength.
"""

from functools import partial

import sympy as sp

from derivations.energy_of_a_mode import N, a, a_i, a_j, rest, s, slopes, tau
from derivations.invariant_hyperbolas import saxe
from flowdln.exact import balanced_sharpness
from flowdln.exact.balanced_curvature import balanced_curvature
from flowdln.symbolic import Correction, Evidence, Kind, conjunction, instance, prove_identity, prove_spectrum

TITLE = "The curvature of a mode"

EQUAL = {a_i: a, a_j: a, rest: a ** (N - 3)}


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
    found = {name: prove_identity(sp.powsimp(sp.expand(entry - stated[name]))) for name, entry in on_line().items()}
    text = "; ".join(f"{name}: {answer.text}" for name, answer in found.items())
    return Evidence(conjunction(*(answer.holds for answer in found.values())), True, text)


def prove_eigenvalues(lost: int) -> Evidence:
    """Whether the Hessian of ``N - 1`` layers has the shipped eigenvalues, the first as printed (less ``lost``)."""
    entries = on_line()
    along, across = (sp.powsimp(sp.expand(value / tau)) for value in balanced_curvature(a, s, N - 1))
    spectrum = prove_spectrum(entries["h"], entries["g"], N - 1, {along: 1, across: N - 2})
    printed = (2 * N - 3 - lost) * a ** (2 * N - 4) / tau - (N - 2) * s * a ** (N - 3) / tau
    same = prove_identity(sp.powsimp(sp.expand(along - printed)))
    return Evidence(conjunction(spectrum.holds, same.holds), True, f"{spectrum.text}; against (15): {same.text}")


def prove_largest(share: sp.Rational) -> Evidence:
    """Whether ``lambda_1 >= lambda_2`` where ``a^L >= share s``: their difference is ``L a^(L - 2) (2 a^L - s)``."""
    along, across = balanced_curvature(a, s, N - 1)
    gap = (N - 1) * a ** (N - 3) * (2 * a ** (N - 1) - s)
    found = prove_identity(sp.powsimp(sp.expand(along - across - gap)))
    holds = conjunction(found.holds, share >= sp.Rational(1, 2))
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
    written = prove_identity(sp.powsimp(sp.expand(shipped - bracket)))
    return Evidence(written.holds, True, f"all gaps are positive; the bracket against the shipped one: {written.text}")


def prove_sharpness(lost: int) -> Evidence:
    """Whether ``lambda_1`` at the optimum is ``(N - 1 - lost) s^((2 N - 4) / (N - 1))``, as the shipped one."""
    optimum = balanced_curvature(a, a ** (N - 1), N - 1).along
    stated = (N - 1 - lost) * s ** ((2 * N - 4) / (N - 1))
    found = prove_identity(sp.powsimp(sp.expand(optimum - stated.subs(s, a ** (N - 1)))))
    pairs = [(float(stated.subs({s: 3, N: n})), float(balanced_sharpness(3.0, n - 1))) for n in (3, 4, 7)]
    same = all(abs(left / right - 1) < 1e-14 for left, right in pairs)
    text = f"{found.text}; the shipped sharpness of 2, 3 and 6 layers {'agrees' if same else 'differs'}"
    return Evidence(conjunction(found.holds, same), True, text)


CLAIMS = [
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
        kind=Kind.READING,
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
