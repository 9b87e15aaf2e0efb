r"""The clock of a balanced mode.

If all layers of a mode are equal, their product obeys $\tau \dot u = L u^{2 - 2/L} (s - u)$. In
$z = \ln (u / (s - u))$ the integrand of time becomes $(1 + e^{-z})^\gamma$ with $\gamma = 1 - 2/L$, up to a factor: one
for $L = 2$, and elementary up to $L = 4$. On the clock $L t / \tau$ it has a limit as $L$ grows. There
$y = (s - u) / u$ obeys $y + \ln y = y_0 + \ln y_0 - s^2 L t / \tau$, and $y$ is Wright's omega function of the right
side.
"""

from collections.abc import Sequence
from functools import partial

import sympy as sp

from flowdln import Moments, end_to_end, gradient_flow
from flowdln.exact import balanced_mode_time
from flowdln.exact.infinite_depth import from_ratio, ratio_at, ratio_time
from flowdln.symbolic import Claim, Evidence, conjunction, prove_identity
from flowdln.tangent import directional_derivative

TITLE = "The clock of a balanced mode"
ROUNDING = 1e-12

s, u, u_0, q, size = sp.symbols("s u u_0 q sigma", positive=True)
ELEMENTARY = {  # time in units of tau / (L s^(1 + gamma)), with q^L = 1 + exp(-z) = s / u
    1: sp.log(q / (q - 1)),
    2: -sp.log(q**2 - 1),
    3: -3 * q - sp.log(q - 1) + sp.log(q**2 + q + 1) / 2 + sp.sqrt(3) * sp.atan((2 * q + 1) / sp.sqrt(3)),
    4: -2 * q**2 + sp.log((q**2 + 1) / (q**2 - 1)),
}


def passing(depth: int) -> sp.Expr:
    """``dq/dz`` for ``q^L = 1 + exp(-z)``."""
    return -(q**depth - 1) / (depth * q ** (depth - 1))


def prove_clock(depths: Sequence[int], lost: int) -> Evidence:
    """Whether ``dt/dz = (1 + e^-z)^gamma / (L s^(1 + gamma))`` along the shipped flow; ``lost`` changes the power.

    One unit a layer, each of strength ``sigma / q`` with ``sigma^L = s``, so that both sides are rational.
    """
    left = 0
    for depth in depths:
        weights = [sp.Matrix([[size / q]])] * depth
        moments = Moments(sp.eye(1), sp.Matrix([[size**depth]]), 0)
        (speed,) = directional_derivative(lambda w: (end_to_end(w),), weights, gradient_flow(0, weights, moments))
        pace = sp.diff((size / q) ** depth, q) * passing(depth) / speed[0, 0]
        left += not prove_identity(pace, q ** (depth - 2 - lost) / (depth * size ** (2 * depth - 2))).holds
    text = f"{left} of the depths {depths[0]} to {depths[-1]} have another clock, with one unit a layer"
    return Evidence(left == 0, symbolic=True, text=text)


def prove_elementary(factor: int) -> Evidence:
    """Whether the clocks up to depth 4 have ``factor (1 + e^-z)^gamma`` as their derivatives."""
    pairs = [(sp.diff(clock, q) * passing(depth), factor * q ** (depth - 2)) for depth, clock in ELEMENTARY.items()]
    left = sum(not prove_identity(*pair).holds for pair in pairs)
    return Evidence(left == 0, symbolic=True, text=f"{left} of {len(pairs)} derivatives with respect to z differ")


def compare_elementary(deeper: int) -> Evidence:
    """The elementary times at 30 digits beside the shipped ones, of networks ``deeper`` by so many layers."""
    start, end, target = sp.Rational(1, 10), sp.Rational(3, 2), sp.Rational(17, 10)
    worst = 0.0
    for depth, clock in ELEMENTARY.items():
        last, first = (clock.subs(q, (target / strength) ** sp.Rational(1, depth)) for strength in (end, start))
        exact = ((last - first) / (depth * target ** (2 - sp.Rational(2, depth)))).evalf(30)
        shipped = balanced_mode_time(float(end), float(start), float(target), depth + deeper)
        worst = max(worst, abs(float(shipped / float(exact)) - 1))
    text = f"from u = {start} to {end} with s = {target} the largest relative difference is {worst:.1e}, depth 1 to 4"
    return Evidence(worst < ROUNDING, symbolic=False, text=text)


def prove_infinite_time(factor: int) -> Evidence:
    """Whether the shipped time at infinite depth has the derivative ``1 / (factor u^2 (s - u))``."""
    passed = ratio_time((s - u) / u, (s - u_0) / u_0, s, sp.log)
    return prove_identity(sp.diff(passed, u), 1 / (factor * u**2 * (s - u)))


def prove_omega(factor: int) -> Evidence:
    """Whether ``y = omega(x)``, that is ``x = y + ln y``, for the ``x`` of the shipped solution at the shipped time."""
    ratio, start = sp.symbols("y y_0", positive=True)
    passed = factor * s**2 * ratio_time(ratio, start, s, sp.log)
    x = ratio_at(passed, start, sp.log, lambda argument: argument)
    inverse = prove_identity(sp.expand_log(x - ratio - sp.log(ratio)))
    strength, error = from_ratio(ratio, s)
    written = prove_identity(error / strength - ratio)
    text = f"x - y - ln y: {inverse.text}; (s - u) / u - y: {written.text}"
    return Evidence(conjunction(inverse.holds, written.holds), symbolic=True, text=text)


def prove_limit(power: int) -> Evidence:
    """Whether ``L^power dt/du`` of a balanced mode tends to ``dt/du`` of infinite depth."""
    depth = sp.Symbol("L", positive=True)
    pace = sp.limit(depth**power / (depth * u ** (2 - 2 / depth) * (s - u)), depth, sp.oo)
    return prove_identity(pace, 1 / (u**2 * (s - u)))


CLAIMS = [
    Claim(
        id="clock-integrand",
        title="The time of a balanced mode, in the logarithm of its odds.",
        statement=r"\frac{dt}{dz} = \frac{\tau \, (1 + e^{-z})^\gamma}{L s^{1 + \gamma}}, \quad "
        r"u = \frac{s}{1 + e^{-z}}, \; \gamma = 1 - \frac{2}{L}",
        assumptions=("0 < u < s", "equal layers"),
        place="flowdln.exact.balanced_clock",
        check=partial(prove_clock, range(1, 8), lost=0),
        control=partial(prove_clock, range(1, 4), lost=1),
    ),
    Claim(
        id="clock-elementary",
        title="Up to four layers the clock is elementary.",
        statement=r"\int (1 + e^{-z})^\gamma dz = \ln \frac{q}{q - 1}, \; -\ln (q^2 - 1), \; "
        r"-3 q + \frac12 \ln \frac{q^2 + q + 1}{(q - 1)^2} + \sqrt 3 \arctan \frac{2 q + 1}{\sqrt 3}, \; "
        r"-2 q^2 + \ln \frac{q^2 + 1}{q^2 - 1}, \quad q^L = 1 + e^{-z}",
        assumptions=("L = 1, 2, 3, 4",),
        place="derived here",
        check=lambda: prove_elementary(factor=1),
        control=lambda: prove_elementary(factor=2),
    ),
    Claim(
        id="clock-shipped",
        title="The shipped times of up to four layers are the elementary ones.",
        statement=r"t(u) - t(u_0) = \frac{\tau}{L s^{1 + \gamma}} \bigl[ F_L \bigr]_{u_0}^{u}",
        place="balanced_mode_time",
        check=lambda: compare_elementary(deeper=0),
        control=lambda: compare_elementary(deeper=1),
    ),
    Claim(
        id="infinite-depth-time",
        title="The shipped time of a mode of infinite depth solves its equation.",
        statement=r"\frac{L}{\tau} \frac{dt}{du} = \frac{1}{u^2 (s - u)}",
        assumptions=("0 < u < s",),
        place="infinite_depth_time; Saxe et al., supplement, eq. (22)",
        check=lambda: prove_infinite_time(factor=1),
        control=lambda: prove_infinite_time(factor=2),
    ),
    Claim(
        id="infinite-depth-omega",
        title="Wright's omega function inverts it.",
        statement=r"\frac{s - u}{u} = \omega(y_0 + \ln y_0 - s^2 L t / \tau), \quad \omega(x) + \ln \omega(x) = x",
        assumptions=("0 < u < s",),
        place="infinite_depth_mode",
        check=lambda: prove_omega(factor=1),
        control=lambda: prove_omega(factor=2),
    ),
    Claim(
        id="infinite-depth-limit",
        title="On the clock of its depth, a balanced mode has a limit of infinite depth.",
        statement=r"\lim_{L \to \infty} \frac{L}{L \, u^{2 - 2/L} (s - u)} = \frac{1}{u^2 (s - u)}",
        assumptions=("0 < u < s",),
        place="Saxe et al. 2014, section 2",
        check=lambda: prove_limit(power=1),
        control=lambda: prove_limit(power=0),
    ),
]
