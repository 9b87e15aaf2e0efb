r"""Newton's method for a mode.

At equal strengths the gradient is $f$ times $(1, \dots, 1)$, and the Hessian maps $(1, \dots, 1)$ to $\lambda_1$ times
itself, so a Newton step stays on the line of equal strengths, $a \to a - f / \lambda_1$. With $L = N_l - 1$ layers and
$u = a^L$ it multiplies $a$ by $\frac{(2 L - 2) u - (L - 2) s}{(2 L - 1) u - (L - 1) s}$. Where $\lambda_1 < 0$ Newton's
method looks for a maximum or a saddle, and small strengths go to the saddle at zero. What decides is this one
eigenvalue, not all of them: beyond the optimum the Hessian is not positive definite either, and there the method
converges.
"""

from functools import partial

import sympy as sp

from derivations.curvature_of_a_mode import on_line
from derivations.energy_of_a_mode import N, a, s
from derivations.invariant_hyperbolas import saxe
from flowdln.exact.balanced_curvature import balanced_curvature, balanced_newton_step
from flowdln.symbolic import Correction, Evidence, conjunction, prove_identity, prove_inverse

TITLE = "Newton's method"

n, y = sp.symbols("n y", positive=True)
h, g = sp.symbols("h g", positive=True)
DEPTHS = (sp.Integer(2), 3 + n)  # two layers, and three or more


def prove_newton_step(lost: int) -> Evidence:
    """Whether ``H^-1 (1, ..., 1) = (1, ..., 1) / lambda_1``, and the shipped step is that (less ``lost``)."""
    along = h + (N - 2 - lost) * g
    diagonal, beside = (1 - g / along) / (h - g), -g / (along * (h - g))
    inverse = prove_inverse((h, g), (diagonal, beside), N - 1)
    row = prove_identity(diagonal + (N - 2) * beside - 1 / along)
    entries = on_line()
    tau = sp.Symbol("tau", positive=True)
    step = balanced_newton_step(a, s, N - 1) - a
    curvature = (entries["h"] + (N - 2) * entries["g"]) * tau
    shipped = prove_identity(sp.powsimp(sp.expand(sp.cancel(step * curvature + entries["f"] * tau))))
    holds = conjunction(inverse.holds, row.holds, shipped.holds)
    return Evidence(holds, True, f"{inverse.text}; a row of the inverse: {row.text}; the shipped step: {shipped.text}")


def quotient(depth: sp.Expr, share: sp.Expr) -> sp.Expr:
    """What a step multiplies ``a`` by at ``a^L = share s``."""
    return ((2 * depth - 2) * share - (depth - 2)) / ((2 * depth - 1) * share - (depth - 1))


def prove_quotient() -> bool | None:
    """Whether the quotient is that of the shipped step, for symbolic depth."""
    shipped = balanced_newton_step(a, a**n / y, n) * balanced_curvature(a, a**n / y, n).along / a
    stated = a ** (2 * n - 2) * ((2 * n - 2) * y - (n - 2)) / y
    return prove_identity(sp.powsimp(sp.expand(sp.cancel(shipped) - stated))).holds


def prove_retreat(near_optimum: bool) -> Evidence:
    """Whether small strengths go to zero, and the Hessian has a negative eigenvalue there.

    Small is ``a^L < s (2 L - 3) / (4 L - 3)``, where the quotient is between -1 and 1; so it is where ``a^L < 0``, to
    which an odd number of layers may jump. ``near_optimum`` asks the same where the Hessian is positive definite.
    """
    answers = [prove_quotient()]
    for depth in DEPTHS:
        edge = (2 * depth - 3) / (4 * depth - 3)
        definite = (depth - 1) / (2 * depth - 1)
        share = (definite + y) / (1 + y) if near_optimum else edge / (1 + y)
        factors = quotient(depth, share), quotient(depth, -y)
        answers += [sp.factor(gap).is_positive for factor in factors for gap in (1 - factor, 1 + factor)]
        answers.append(sp.factor((depth - 1) - (2 * depth - 1) * share).is_positive)  # minus lambda_1
    text = "whether the step shrinks a and lambda_1 < 0, for two layers and for any larger number"
    return Evidence(conjunction(*answers), True, text)


def prove_advance(below: bool) -> Evidence:
    """Whether slope and convexity of the gradient are positive where ``lambda_1 > 0``, or ``below``.

    Newton's method for a convex increasing function converges to its zero from all of such a half-line.
    """
    answers = []
    for depth in DEPTHS:
        edge = (depth - 1) / (2 * depth - 1)
        share = edge / (1 + y) if below else edge * (1 + y)
        bent = (2 * depth - 1) * 2 * share - (depth - 2)  # the derivative of lambda_1, over (L - 1) a^(L - 3) s
        answers += [sp.factor(x).is_positive for x in ((2 * depth - 1) * share - (depth - 1), bent)]
    stated = (n - 1) * a ** (n - 3) * ((2 * n - 1) * 2 * a**n - (n - 2) * s)
    slope = sp.diff(balanced_curvature(a, s, n).along, a)
    written = prove_identity(sp.powsimp(sp.expand(slope - stated)))
    beyond = balanced_curvature(2, 1, 2)
    text = (
        f"the derivative of lambda_1: {written.text}; for N = 3, s = 1 at a = 2 the eigenvalues are {beyond.along} and "
    )
    return Evidence(conjunction(written.holds, *answers), True, f"{text}{beyond.across}, and the step goes to 16/11")


CLAIMS = [
    saxe(
        24,
        place="eq. (16) to (18)",
        title="A Newton step stays on the line of equal strengths.",
        statement=r"a \mathbf{1} - H^{-1} f(a) \mathbf{1} = \left( a - \frac{f(a)}{\lambda_1(a)} \right) \mathbf{1}",
        unstated=("the Hessian can be inverted: lambda_1 and h - g are not zero",),
        derivation=r"$H \mathbf{1} = \lambda_1 \mathbf{1}$. But $h - g = a^{L - 2} (s - a^L)$ vanishes at the "
        r"optimum: there the step "
        r"(16) is not defined, while (18) is. In the control $\lambda_1$ has one layer too few.",
        check=partial(prove_newton_step, 0),
        control=partial(prove_newton_step, 1),
    ),
    saxe(
        25,
        place="after eq. (18)",
        title="From small strengths Newton's method does not reach the optimum; the Hessian is not positive definite "
        "there.",
        statement=r"0 < a^L < \frac{2 L - 3}{4 L - 3} s \;\Rightarrow\; a_t \to 0, \; \lambda_1 < 0",
        unstated=("how small: below this share of s", "s > 0"),
        derivation=r"Below this share the step multiplies $a$ by a number between $-1$ and $1$, and at it by $-1$: "
        r"two layers "
        r"start with $2 u / (3 u - s)$, from $u = s / 5$ down. Small strengths shrink to the saddle at zero, by the "
        r"factor "
        r"$(L - 2) / (L - 1)$ a step in the end. Both halves of the statement are true, but the second is not the "
        r"reason "
        r"for the first.",
        check=partial(prove_retreat, near_optimum=False),
        control=partial(prove_retreat, near_optimum=True),
        correction=Correction(
            title="Sharper: the sign of lambda_1 decides, not definiteness; from where it is positive the method "
            "converges.",
            statement=r"a^L > \frac{L - 1}{2 L - 1} s \;\Rightarrow\; a_t \to a_{opt}, \text{ also for } a > a_{opt} "
            r"\text{ where } h - g < 0",
            check=partial(prove_advance, below=False),
            control=partial(prove_advance, below=True),
            assumptions=("s > 0", "two or more layers"),
        ),
    ),
]
