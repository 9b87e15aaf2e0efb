r"""Two layers, one mode: the hyperbolic solution, for numbers and for vectors.

A mode of a network of two layers obeys $\tau \dot a = b (s - u)$, $\tau \dot b = a (s - u)$, $u = a \cdot b$. In
$p = a + b$ and $m = a - b$ this reads $\tau \dot p = p (s - u)$, $\tau \dot m = -m (s - u)$ with
$4u = |p|^2 - |m|^2$: both keep their directions, and what $p$ gains as a factor $g$, $m$ loses, so that $|p| |m|$ is
conserved: for numbers, the motion stays on a hyperbola $a^2 - b^2 = c$. One number is left to be found, $g(t)$, from
$\tau \frac{d}{dt} g^2 = 2 g^2 (s - u)$ with $4u = X g^2 - Y / g^2$, $X = |p_0|^2$, $Y = |m_0|^2$: a Riccati equation
for $g^2$, whose solution has only non-negative terms when written with $R = \sqrt{4 s^2 + X Y}$. For $a = b$ it is
the logistic curve.
"""

from functools import partial

import sympy as sp

from flowdln import Moments, gradient_flow
from flowdln.exact.hyperbolic import growth
from flowdln.symbolic import Claim, Evidence, functions, prove_identity, verify_solution

TITLE = "The hyperbolic solution"

t, size, X, q, u_0 = sp.symbols("t s X q u_0", positive=True)
Y = q * (q + 4 * size) / X  # so that R = sqrt(4 s^2 + X Y) = 2 |s| + q: no roots, and all signs are known


def prove_growth(sign: int, swapped: bool = False) -> Evidence:
    """Whether the shipped growth factor solves its ODE, for ``s = sign * size``; ``swapped`` exchanges X and Y."""
    s = sign * size
    squared = growth(t, s, *((Y, X) if swapped else (X, Y)), functions).factor ** 2
    strength = (X * squared - Y / squared) / 4
    return verify_solution(squared, lambda grown: 2 * grown * (s - strength), t=t, initial=1).proof


def prove_error(sign: int, lost: int = 1) -> Evidence:
    """Whether the shipped error factor is ``(s - u) / (s - u_0)``; ``lost`` divides it on purpose."""
    s = sign * size
    solution = growth(t, s, X, Y, functions)
    strength = (X * solution.factor**2 - Y / solution.factor**2) / 4
    return prove_identity(s - strength, (s - (X - Y) / 4) * solution.error / lost)


def prove_logistic(rate: int) -> Evidence:
    """Whether the shipped solution with ``a = b`` is the logistic curve of rate ``rate * s``."""
    factor = growth(t, size, 4 * u_0, sp.S.Zero, functions).factor
    strength = u_0 * factor**2
    logistic = size / (1 + (size / u_0 - 1) * sp.exp(-rate * size * t))
    same = prove_identity(strength, logistic)
    solved = verify_solution(strength, lambda u: 2 * u * (size - u), t=t, initial=u_0).proof
    return Evidence(
        same.holds and solved.holds, symbolic=True, text=f"shipped against logistic, {same.text}; {solved.text}"
    )


def prove_directions(sign: int) -> Evidence:
    """Whether ``p' = p (s - u)`` and ``m' = -m (s - u)`` along the shipped flow; ``sign`` reverses the second.

    One input, one output and three hidden units, so that ``a`` and ``b`` are vectors.
    """
    s = sp.Symbol("s", real=True)
    a, b = sp.Matrix(sp.symbols("a_1:4")), sp.Matrix(sp.symbols("b_1:4"))
    moments = Moments(sp.Matrix([[1]]), sp.Matrix([[s]]), s**2)
    a_velocity, b_velocity = gradient_flow(0, (a, b.T), moments)
    error = s - a.dot(b)
    sums = a_velocity + b_velocity.T - (a + b) * error
    differences = a_velocity - b_velocity.T + sign * (a - b) * error
    left = sum(entry != 0 for entry in [*sums.expand(), *differences.expand()])
    return Evidence(left == 0, symbolic=True, text=f"{left} of 6 components differ after expansion")


CLAIMS = [
    Claim(
        id="hyperbolic-directions",
        title="Sum and difference of a mode's two vectors keep their directions; one grows as the other shrinks.",
        statement=r"\tau \dot p = p \, (s - u), \quad \tau \dot m = -m \, (s - u), \quad p = a + b, \; m = a - b",
        place="Saxe et al., supplement, eq. (1) and (2), where a and b are numbers and a^2 - b^2 is constant",
        check=lambda: prove_directions(sign=1),
        control=lambda: prove_directions(sign=-1),
    ),
    *(
        Claim(
            id=f"hyperbolic-{name}",
            title=f"The general solution of a two-layer mode, for {name} s.",
            statement=r"g^2 = \frac{2 E + \varphi (r_+ + Y)}{2 E + \varphi (r_- + X)}, \quad E = e^{-R t / \tau}, \; "
            r"\varphi = \frac{1 - E}{R}, \; r_\pm = R \pm 2 s",
            assumptions=(f"s {relation} 0", "a_0 + b_0 not zero (where it is, it stays zero)"),
            place="the shipped closed form; half of Saxe et al., supplement, eq. (4), with c_0 = |a^2 - b^2| / 2",
            check=partial(prove_growth, sign),
            control=partial(prove_growth, sign, swapped=True),
        )
        for name, relation, sign in (("positive", ">", 1), ("negative", "<", -1))
    ),
    Claim(
        id="hyperbolic-error",
        title="The distance to the target, without subtraction.",
        statement=r"\frac{s - u}{s - u_0} = \frac{4 E}{(2 E + \varphi (r_+ + Y)) (2 E + \varphi (r_- + X))}",
        assumptions=("s > 0", "a_0 + b_0 not zero"),
        place="the shipped closed form",
        check=lambda: prove_error(sign=1),
        control=lambda: prove_error(sign=1, lost=2),
    ),
    Claim(
        id="summary-11",
        document="summary",
        title="Equal layers learn along a logistic curve.",
        statement=r"u(t) = \frac{s}{1 + e^{-2 s (t - t_0)}}, \quad t_0 = \frac{1}{2 s} \ln \frac{s - u_0}{u_0}, "
        r"\text{ solves } \dot u = 2 u (s - u)",
        assumptions=("a = b", "s > 0"),
        unstated=("0 < u_0 < s",),
        place="speed of learning; Saxe et al. 2014, eq. (8)",
        derivation=r"With $Y = 0$ and $X = 4 u_0$ the general solution is $u_0 g^2 = s / (1 + (s / u_0 - 1) e^{-2 s "
        r"t})$, and $s / u_0 - 1 = e^{2 s t_0}$. Above the target, $u_0 > s$, this factor is negative: there is no "
        r"such $t_0$, and the curve is $s / (1 - e^{-2 s (t - t_0)})$.",
        check=lambda: prove_logistic(rate=2),
        control=lambda: prove_logistic(rate=1),
    ),
]
