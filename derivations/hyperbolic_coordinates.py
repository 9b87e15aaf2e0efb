r"""Two layers, one mode: the hyperbolic coordinates.

A mode $\tau \dot a = b (s - ab)$, $\tau \dot b = a (s - ab)$ conserves $a^2 - b^2$, so that it moves on a hyperbola and
one coordinate is left. With $c_0 = |a^2 - b^2|$ the larger of the two strengths is $\sqrt{c_0} \cosh (\theta / 2)$ and
the smaller one $\sqrt{c_0} \sinh (\theta / 2)$; in other words $a + b = \sqrt{c_0} \, e^{\theta / 2}$ and
$|a - b| = \sqrt{c_0} \, e^{-\theta / 2}$. Everything below follows from these two. The product of the strengths is
$\frac{c_0}{2} \sinh \theta$; the supplement drops this half, and its equation of motion loses a factor 2 in another
place. With the symbol $g = e^{\theta / 2}$ all is rational.
"""

from functools import partial
from types import SimpleNamespace
from typing import Any

import sympy as sp

from derivations.hyperbolic_solution import X, Y, size
from flowdln import Moments, gradient_flow
from flowdln.exact.hyperbola import layers_on_hyperbola
from flowdln.exact.hyperbolic import growth
from flowdln.symbolic import (
    Claim,
    Correction,
    Evidence,
    conjunction,
    decide_zero,
    functions,
    instance,
    prove_derivatives,
    prove_identity,
)

TITLE = "The hyperbolic coordinates"

c_0, g, s, total, gap = sp.symbols("c_0 g s p m", positive=True)
theta = 2 * sp.log(g)
EXAMPLE = {c_0: 16, g: 2}  # a = 5, b = 3


def point(first_larger: bool = True) -> tuple[sp.Expr, sp.Expr]:
    """``a`` and ``b`` at ``(c_0, theta)``, in ``g = exp(theta / 2)``."""
    larger, smaller = (strength.rewrite(sp.exp) for strength in layers_on_hyperbola(theta, c_0, functions))
    return (larger, smaller) if first_larger else (smaller, larger)


def sinh_theta() -> sp.Expr:
    """``sinh(theta)``, in ``g``."""
    return sp.sinh(theta).rewrite(sp.exp)


def velocity(a: Any, b: Any, target: Any = s) -> tuple[Any, Any]:
    """``tau (da/dt, db/dt)`` along the shipped flow, one unit a layer."""
    first, second = gradient_flow(0, [sp.Matrix([[a]]), sp.Matrix([[b]])], Moments(sp.eye(1), sp.Matrix([[target]]), 0))
    return first[0], second[0]


def prove_invariant(sign: int) -> Evidence:
    """Whether ``a^2 - sign b^2`` is conserved."""
    a, b = sp.symbols("a b")
    a_velocity, b_velocity = velocity(a, b)
    return prove_identity(2 * a * a_velocity, sign * 2 * b * b_velocity)


def prove_chart(first_larger: bool, swapped: bool = False, side: int = 1) -> Evidence:
    """Whether ``a^2 - b^2 = +-c_0`` and each point with ``a + b > 0`` and this layer larger is met once.

    The point of sum ``p`` and difference ``m > 0`` has to come back from ``c_0 = p m``, ``exp(theta) = p / m``;
    ``side = -1`` takes its mirror image in the origin, ``swapped`` takes the other chart.
    """
    sign = 1 if first_larger else -1
    a, b = point(first_larger is not swapped)
    found = {c_0: total * gap, g: sp.sqrt(total / gap)}
    wanted = side * (total + sign * gap) / 2, side * (total - sign * gap) / 2
    answers = [
        decide_zero(a**2 - b**2 - sign * c_0),
        *(decide_zero(x.subs(found) - y) for x, y in zip((a, b), wanted, strict=True)),
        *(decide_zero(x) for x in ((a + b) * sign * (a - b) - c_0, (a + b) / (sign * (a - b)) - g**2)),
    ]
    text = "; ".join(sorted({answer.text for answer in answers}))
    return Evidence(conjunction(*(answer.zero for answer in answers)), True, f"on the hyperbola, onto, once: {text}")


def prove_cover(line: bool, swapped: bool = False) -> Evidence:
    """Whether the two charts meet all of ``a + b > 0`` but ``a = b``, and with ``line`` that too."""
    charts = [prove_chart(first_larger, swapped) for first_larger in (True, False)]
    answer = conjunction(*(chart.holds for chart in charts))
    if not line or answer is False:
        return Evidence(answer, True, f"each point with a > b and with a < b: {charts[0].text}")
    reached = point()[0].subs(c_0, 0)  # on the line, c_0 = 0
    found = decide_zero(reached - total / 2)
    text = f"on a = b = p/2 the charts have c_0 = 0 and a = {reached}; minus p/2, {found.text}"
    return Evidence(found.zero, True, text, instance(a=1, b=1, c_0=0, a_in_the_charts=reached))


def with_decay(decay: Any, lost: Any) -> SimpleNamespace:
    """Functions in which closed forms are rational: the decaying exponential is a symbol, ``lost`` is one minus it."""
    return SimpleNamespace(
        exp=lambda _: decay, expm1=lambda _: -lost, sqrt=lambda x: sp.sqrt(sp.factor(x)), where=functions.where
    )


def prove_basin(sign: int) -> Evidence:
    """Whether all that starts in ``a + b > 0`` ends where ``a b = s`` and ``a, b > 0``, for ``s = sign |s|``."""
    target, answers = sign * size, []
    for difference in (Y, sp.S.Zero):
        last = growth(sp.oo, target, X, difference, with_decay(sp.S.Zero, sp.S.One)).factor ** 2
        answers += [decide_zero((X * last - difference / last) / 4 - target).zero if last else False, last.is_positive]
    text = f"for a != b and for a = b, whether the product tends to {target} > 0, and a + b keeps its sign"
    return Evidence(conjunction(*answers, target.is_positive), True, text)


def prove_product(factor: Any) -> Evidence:
    """Whether ``a b = factor c_0 sinh(theta)``."""
    return compare(point()[0] * point()[1], factor * c_0 * sinh_theta(), "ab")


def prove_squares(factor: Any) -> Evidence:
    """Whether ``a^2 + b^2 = factor c_0 cosh(theta)``."""
    a, b = point()
    return compare(a**2 + b**2, factor * c_0 * sp.cosh(theta).rewrite(sp.exp), "squares")


def compare(left: Any, right: Any, name: str, **others: Any) -> Evidence:
    """Whether the two are equal, with their values at ``a = 5``, ``b = 3`` (and at ``others``) if they are not."""
    found = prove_identity(left, right)
    if found.holds is not False:
        return found
    numbers = EXAMPLE | {sp.Symbol(key, positive=True): value for key, value in others.items()}
    a, b = (strength.subs(EXAMPLE) for strength in point())
    sides = {name: sp.sympify(left).subs(numbers), "stated": sp.sympify(right).subs(numbers)}
    return found._replace(instance=instance(a=a, b=b, c_0=16, **others, **sides))


def prove_motion(first_larger: bool, drive: Any) -> Evidence:
    """Whether ``tau theta' = drive - c_0 sinh(theta)`` moves both strengths as the shipped flow does."""
    a, b = point(first_larger)
    stated = drive - c_0 * sinh_theta()
    answers = []
    for strength, rate in zip((a, b), velocity(a, b), strict=True):
        found = prove_derivatives(strength, {g: 2 * rate / (g * stated)})  # d/dtheta = (g / 2) d/dg
        answers.append(found)
    holds = conjunction(*(answer.holds for answer in answers))
    numbers = EXAMPLE | {s: 16}
    true = 2 * velocity(*point())[0].subs(numbers) / (g * sp.diff(point()[0], g)).subs(numbers)
    shown = {} if holds is not False else instance(a=5, b=3, s=16, stated=stated.subs(numbers), found=true)
    return Evidence(holds, True, "; ".join(answer.text for answer in answers), shown)


def saxe(number: int, place: str = "section 1", **fields: Any) -> Claim:
    """A claim of the supplement of Saxe et al. 2014."""
    return Claim(id=f"saxe-{number}", document="saxe", place=place, **fields)


CLAIMS = [
    saxe(
        1,
        title="The difference of the squares is conserved.",
        statement=r"\tau \dot a = b (s - ab), \; \tau \dot b = a (s - ab) \;\Rightarrow\; \frac{d}{dt} (a^2 - b^2) = 0",
        derivation=r"$a \dot a$ and $b \dot b$ are both $ab (s - ab) / \tau$. The sum of the squares is not conserved.",
        check=partial(prove_invariant, sign=1),
        control=partial(prove_invariant, sign=-1),
    ),
    saxe(
        2,
        place="eq. (1) and (2)",
        title="Hyperbolic functions of a coordinate theta parametrise the invariant curves.",
        statement=r"a = \sqrt{c_0} \cosh \frac{\theta}{2}, \; b = \sqrt{c_0} \sinh \frac{\theta}{2} "
        r"\;\Rightarrow\; a^2 - b^2 = c_0",
        unstated=("c_0 > 0 (at c_0 = 0 all theta are one point)", "the branch with a + b > 0 (the other is its image)"),
        derivation=r"$a + b = \sqrt{c_0} \, e^{\theta / 2}$ and $a - b = \sqrt{c_0} \, e^{-\theta / 2}$, so their "
        r"product is "
        r"$c_0$ and their quotient $e^\theta$: each point of the branch $a + b > 0$ has one $\theta$. Read as a "
        r"parametrisation of the whole curve it fails, since the branch $a + b < 0$ is not met; that is the control.",
        check=lambda: prove_chart(first_larger=True),
        control=lambda: prove_chart(first_larger=True, side=-1),
    ),
    saxe(
        3,
        place="after eq. (2)",
        title="The coordinates cover the half-plane a + b > 0.",
        statement=r"\{ (a, b)(c_0, \theta) \} = \{ a + b > 0 \}",
        derivation=r"On the line $a = b$ the constant $c_0$ is zero, and with it $a = \sqrt{c_0} \cosh (\theta / "
        r"2)$: the line "
        r"is not covered, and it is the case that the main text solves. It is the limit $\theta \to \infty$ with "
        r"$\sqrt{c_0} \, e^{\theta / 2} = a + b$ held fixed.",
        check=lambda: prove_cover(line=True),
        control=lambda: prove_cover(line=False, swapped=True),
        correction=Correction(
            title="They cover it without the line a = b, each point once.",
            statement=r"c_0 = |a^2 - b^2|, \; e^\theta = \frac{a + b}{|a - b|}: \text{ one to one from } "
            r"\{ a + b > 0, \, a \neq b \} \text{ to } c_0 > 0, \, \theta \in \mathbb{R} \text{ and a choice of chart}",
            check=lambda: prove_cover(line=False),
            control=lambda: prove_cover(line=False, swapped=True),
        ),
    ),
    saxe(
        4,
        place="after eq. (2)",
        title="What starts at a + b > 0 ends on the branch of ab = s in the upper right.",
        statement=r"a_0 + b_0 > 0 \;\Rightarrow\; ab \to s, \; a > 0, \; b > 0",
        unstated=("s > 0",),
        derivation=r"$a + b$ grows by the factor $g > 0$ and keeps its sign, so nothing enters or leaves the "
        r"half-plane, and "
        r"what starts on its edge goes to the saddle at zero. Inside it $ab \to s$: with $s > 0$ both strengths then "
        r"have "
        r"the sign of their sum. With $s < 0$ the product of the strengths ends negative, or for $a = b$ at zero.",
        check=partial(prove_basin, sign=1),
        control=partial(prove_basin, sign=-1),
    ),
    saxe(
        5,
        place="after eq. (2)",
        title="The product of the strengths in the coordinate theta.",
        statement=r"ab = c_0 \sinh \theta",
        derivation=r"$ab = c_0 \cosh \frac{\theta}{2} \sinh \frac{\theta}{2}$, and that is $\frac{c_0}{2} \sinh "
        r"\theta$.",
        check=lambda: prove_product(1),
        control=lambda: prove_product(-1),
        correction=Correction(
            title="It is half of that.",
            statement=r"ab = \frac{c_0}{2} \sinh \theta",
            check=lambda: prove_product(sp.Rational(1, 2)),
            control=lambda: prove_product(-sp.Rational(1, 2)),
        ),
    ),
    saxe(
        6,
        place="after eq. (2)",
        title="The sum of the squares in the coordinate theta.",
        statement=r"a^2 + b^2 = c_0 \cosh \theta",
        derivation=r"$\cosh^2 x + \sinh^2 x = \cosh 2 x$ at $x = \theta / 2$; here there is no half.",
        check=lambda: prove_squares(1),
        control=lambda: prove_squares(2),
    ),
    saxe(
        7,
        place="eq. (3)",
        title="The equation of motion of the coordinate theta.",
        statement=r"\tau \dot \theta = s - c_0 \sinh \theta",
        derivation=r"$\theta = \ln (a + b) - \ln (a - b)$ in the first chart, and $\tau (\dot a \pm \dot b) = \pm (a "
        r"\pm b) "
        r"(s - ab)$: so $\tau \dot \theta = 2 (s - ab)$, and $2 ab = c_0 \sinh \theta$. The factor 2 on $s$ is "
        r"missing, "
        r"even if (saxe-5) is read as printed: the sign may then be wrong, as in the example, where (3) lets "
        r"$\theta$ fall.",
        check=lambda: prove_motion(True, s),
        control=lambda: prove_motion(True, -s),
        correction=Correction(
            title="The target drives it twice as strongly.",
            statement=r"\tau \dot \theta = 2 s - c_0 \sinh \theta = 2 (s - ab)",
            check=lambda: prove_motion(True, 2 * s),
            control=lambda: prove_motion(True, -2 * s),
        ),
    ),
    saxe(
        16,
        place="eq. (2)",
        title="Where the second layer is the larger one, theta obeys the same equation.",
        statement=r"a = \sqrt{c_0} \sinh \frac{\theta}{2}, \; b = \sqrt{c_0} \cosh \frac{\theta}{2}: \quad "
        r"\tau \dot \theta = 2 s - c_0 \sinh \theta",
        derivation=r"Exchanging the layers exchanges their equations, and $ab$ stays. Same is read as: the same as in "
        r"the first chart, which is the corrected (3).",
        check=lambda: prove_motion(False, 2 * s),
        control=lambda: prove_motion(False, -2 * s),
    ),
]
