r"""Two layers, one mode: the invariant hyperbolas.

A mode $\tau \dot a = b (s - ab)$, $\tau \dot b = a (s - ab)$ conserves $a^2 - b^2$, so that it moves on a hyperbola and
one coordinate is left. With $c_0 = |a^2 - b^2|$ the larger of the two strengths is $\sqrt{c_0} \cosh (\theta / 2)$ and
the smaller one $\sqrt{c_0} \sinh (\theta / 2)$; in other words $a + b = \sqrt{c_0} \, e^{\theta / 2}$ and
$|a - b| = \sqrt{c_0} \, e^{-\theta / 2}$. Everything on these curves follows from these two. With the symbol
$g = e^{\theta / 2}$ all is rational.
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
    functions,
    instance,
    prove_identity,
    prove_zeros,
)

TITLE = "The invariant hyperbolas"

c_0, g, s, total, gap = sp.symbols("c_0 g s p m", positive=True)
theta = 2 * sp.log(g)


def point(first_larger: bool = True) -> tuple[sp.Expr, sp.Expr]:
    """``a`` and ``b`` at ``(c_0, theta)``, in ``g = exp(theta / 2)``."""
    larger, smaller = (strength.rewrite(sp.exp) for strength in layers_on_hyperbola(theta, c_0, functions))
    return (larger, smaller) if first_larger else (smaller, larger)


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
    differences = [
        a**2 - b**2 - sign * c_0,
        *(x.subs(found) - y for x, y in zip((a, b), wanted, strict=True)),
        (a + b) * sign * (a - b) - c_0,
        (a + b) / (sign * (a - b)) - g**2,
    ]
    return prove_zeros(differences, "on the hyperbola, onto, once")


def prove_cover(line: bool = False, swapped: bool = False, side: int = 1) -> Evidence:
    """Whether the two charts meet all of ``a + b > 0`` but ``a = b``, each point once, and with ``line`` that too."""
    charts = [prove_chart(first_larger, swapped, side) for first_larger in (True, False)]
    answer = conjunction(*(chart.holds for chart in charts))
    if not line or answer is False:
        return Evidence(answer, True, f"each point with a > b and with a < b: {charts[0].text}")
    reached = point()[0].subs(c_0, 0)  # on the line, c_0 = 0
    found = prove_identity(reached - total / 2)
    text = f"on a = b = p/2 the charts have c_0 = 0 and a = {reached}; minus p/2, {found.text}"
    return Evidence(found.holds, True, text, instance(a=1, b=1, c_0=0, a_in_the_charts=reached))


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
        reached = prove_identity((X * last - difference / last) / 4, target).holds if last else False
        answers += [reached, last.is_positive]
    text = f"for a != b and for a = b, whether the product tends to {target} > 0, and a + b keeps its sign"
    return Evidence(conjunction(*answers, target.is_positive), True, text)


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
        statement=r"(a, b) = \sqrt{c_0} \left( \cosh \frac{\theta}{2}, \, \sinh \frac{\theta}{2} \right): "
        r"a^2 - b^2 = c_0; \quad (a, b) = \sqrt{c_0} \left( \sinh \frac{\theta}{2}, \, \cosh \frac{\theta}{2} \right): "
        r"a^2 - b^2 = -c_0",
        assumptions=("the branch with a + b > 0 (the other is its image)",),
        unstated=("c_0 > 0 (at c_0 = 0 all theta are one point)",),
        derivation=r"$a + b = \sqrt{c_0} \, e^{\theta / 2}$ and $|a - b| = \sqrt{c_0} \, e^{-\theta / 2}$, so their "
        r"product is $c_0$ and their quotient $e^\theta$: each point of a branch with $a + b > 0$ has one $\theta$. "
        r"Read as a parametrisation of whole curves it fails, since the branches with $a + b < 0$ are not met; that "
        r"is the control.",
        check=prove_cover,
        control=partial(prove_cover, side=-1),
    ),
    saxe(
        3,
        place="after eq. (2)",
        title="The coordinates cover the half-plane a + b > 0.",
        statement=r"\{ (a, b)(c_0, \theta) \} = \{ a + b > 0 \}",
        unstated=("a and b differ: the line a = b is left out",),
        derivation=r"Sum and difference can be any two positive numbers, and give $c_0$ and $\theta$. But on the line "
        r"$a = b$ the constant $c_0$ is zero, and with it $\sqrt{c_0} \cosh (\theta / 2)$: the point $(1, 1)$ is not "
        r"covered, and that is the control. Equations (1) and (2) do not claim this line, but it is the case that the "
        r"main text solves. It is the limit $\theta \to \infty$ with $\sqrt{c_0} \, e^{\theta / 2} = a + b$ held "
        r"fixed.",
        check=prove_cover,
        control=partial(prove_cover, line=True),
        correction=Correction(
            title="Sharper: each point once, and the line a = b not at all.",
            statement=r"c_0 = |a^2 - b^2|, \; e^\theta = \frac{a + b}{|a - b|}: \text{ one to one from } "
            r"\{ a + b > 0, \, a \neq b \} \text{ to } c_0 > 0, \, \theta \in \mathbb{R} \text{ and a choice of chart}",
            check=prove_cover,
            control=partial(prove_cover, swapped=True),
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
]
