r"""Two layers, one mode: the hyperbolic coordinates.

On the hyperbola $a^2 - b^2 = \pm c_0$ the product of the strengths is $\frac{c_0}{2} \sinh \theta$, and the coordinate
moves by $\tau \dot \theta = 2 (s - ab) = 2 s - c_0 \sinh \theta$. The supplement drops the half from the one and the
factor 2 from the other. No other meaning of $c_0$ mends both: if it stood for half of $|a^2 - b^2|$, the product would
be right as printed, and with it the place and the cutoff that are read off from it; but then the motion is twice as
fast as printed, and the sum of the squares is $2 c_0 \cosh \theta$.
"""

from typing import Any

import sympy as sp

from derivations.invariant_hyperbolas import c_0, g, point, s, saxe, theta, velocity
from flowdln.symbolic import Correction, Evidence, Kind, conjunction, instance, prove_derivatives, prove_identity

TITLE = "The hyperbolic coordinates"

EXAMPLE = {c_0: 16, g: 2}  # a = 5, b = 3, exp(theta) = 4


def sinh_theta() -> sp.Expr:
    """``sinh(theta)``, in ``g``."""
    return sp.sinh(theta).rewrite(sp.exp)


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
    return found._replace(instance=instance(a=a, b=b, c_0=16, sinh_theta=sinh_theta().subs(EXAMPLE), **others, **sides))


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
    sides = {"sinh_theta": sinh_theta().subs(EXAMPLE), "stated": stated.subs(numbers), "found": true}
    shown = {} if holds is not False else instance(a=5, b=3, c_0=16, s=16, **sides)
    return Evidence(holds, True, "; ".join(answer.text for answer in answers), shown)


CLAIMS = [
    saxe(
        5,
        place="after eq. (2)",
        title="The product of the strengths in the coordinate theta.",
        statement=r"ab = c_0 \sinh \theta",
        derivation=r"$ab = c_0 \cosh \frac{\theta}{2} \sinh \frac{\theta}{2}$, and that is $\frac{c_0}{2} \sinh "
        r"\theta$.",
        check=lambda: prove_product(1),
        control=lambda: prove_product(-1),
        kind=Kind.SUBSTANCE,
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
        r"\pm b) (s - ab)$: so $\tau \dot \theta = 2 (s - ab)$, and $2 ab = c_0 \sinh \theta$. The factor 2 on $s$ is "
        r"missing. Even the direction may be wrong: in the example $ab = 15$ is below $s = 16$ and grows, while (3) "
        r"lets $\theta$ fall. Half of the true speed is what (3) would be if the product were $c_0 \sinh \theta$, as "
        r"printed (saxe-5).",
        check=lambda: prove_motion(True, s),
        control=lambda: prove_motion(True, -s),
        kind=Kind.SUBSTANCE,
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
