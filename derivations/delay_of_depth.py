r"""The delay of depth.

Let the learning rate be $\alpha = 1 / (c \lambda_1)$ with the curvature at the optimum,
$\lambda_1 = L s^{2 - 2/L} / \tau$, and one constant $c$ for all depths. Counted in steps of descent, a balanced mode
with $u = a^L$ then moves by $\frac{du}{dk} = \frac1c (u / s)^{2 - 2/L} (s - u)$: depth enters through the exponent
alone. The number of steps is $c \int (s / u)^{2 - 2/L} \frac{du}{s - u}$, which grows with depth, from
$c \ln \frac{u_f (s - u_0)}{u_0 (s - u_f)}$ for two layers to that plus $c s (1 / u_0 - 1 / u_f)$ for infinitely many: a
finite delay if $u_0$ is the same for all depths.
"""

from functools import partial

import mpmath as mp
import sympy as sp

from derivations.depth_and_learning_rate import L, curvature, epsilon, speed
from derivations.energy_of_a_mode import a, s
from derivations.invariant_hyperbolas import saxe
from flowdln.exact.infinite_depth import ratio_time
from flowdln.symbolic import (
    Correction,
    Evidence,
    compare_digits,
    conjunction,
    measure_order,
    prove_identity,
    prove_integral,
    prove_leading_order,
    prove_limit,
)

TITLE = "The delay of depth"

c, u, u_0, u_f, y = sp.symbols("c u u_0 u_f y", positive=True)
T_3 = c * sp.log(u_f * (s - u_0) / (u_0 * (s - u_f)))
T_INFINITE = c * (sp.log(u_f * (u_0 - s) / (u_0 * (u_f - s))) + s / u_0 - s / u_f)
POINTS = [{"s": "2", "u_0": "0.3", "u_f": "1.7"}, {"s": "0.5", "u_0": "0.1", "u_f": "0.2"}]


def pace(depth: sp.Expr) -> sp.Expr:
    """Steps per change of ``u``, with the learning rate ``1 / (c lambda_1)``."""
    moved = depth * a ** (depth - 1) * speed(a, depth)
    return (c * curvature(depth) / moved).subs(a, u ** (1 / depth))


def prove_steps(time: sp.Expr, depth: int, factor: int = 1) -> Evidence:
    """Whether ``factor`` times this is the number of steps of so many layers from ``u_0`` to ``u_f``."""
    return prove_integral(factor * time, pace(sp.Integer(depth)).subs(u, u_f), u_f, u_0)


def prove_infinite_steps(factor: int) -> Evidence:
    """The same for infinitely many layers: of the limit of the pace, and of the shipped time."""
    limiting = c * s / u * s / u / (s - u)
    paces = prove_limit(pace(L).subs(u, s / (1 + y)), L, sp.oo, limiting.subs(u, s / (1 + y)))
    steps = prove_integral(factor * T_INFINITE, limiting.subs(u, u_f), u_f, u_0)
    shipped = prove_identity(
        sp.diff(c * s**2 * ratio_time((s - u_f) / u_f, (s - u_0) / u_0, s, sp.log), u_f), sp.diff(T_INFINITE, u_f)
    )
    numbers = compare_digits(sp.lambdify([s, u_0, u_f], factor * T_INFINITE.subs(c, 1), "mpmath"), integral, POINTS)
    text = f"the pace: {paces.text}; the time: {steps.text}; shipped: {shipped.text}; quadrature: {numbers.text}"
    return Evidence(conjunction(paces.holds, steps.holds, shipped.holds, numbers.holds), True, text)


def integral(s: mp.mpf, u_0: mp.mpf, u_f: mp.mpf) -> mp.mpf:
    """Steps of infinitely many layers over ``c``, by quadrature."""
    return mp.quad(lambda u: s**2 / (u**2 * (s - u)), [u_0, u_f])


def prove_difference(factor: int) -> Evidence:
    """Whether the infinitely deep network is later by ``c s / u_0 - c s / u_f``, times ``factor``."""
    return prove_integral(T_INFINITE - T_3 - factor * (c * s / u_0 - c * s / u_f), sp.S.Zero, u_f, u_0)


def prove_delay_of_small_start(factor: int) -> Evidence:
    """Whether the delay from ``epsilon`` to ``s - epsilon`` is ``factor c s / epsilon`` to a relative order 1."""
    exact = prove_difference(1)
    share = (c * s / u_0 - c * s / u_f).subs({u_0: epsilon, u_f: s - epsilon}) * epsilon / (factor * c * s)
    leading = prove_leading_order(share - 1, epsilon, -1 / s, 1)
    measured = measure_order(lambda x: abs(float(share.subs({s: 1, epsilon: x})) - 1), 0.01, expected=1)
    holds = conjunction(exact.holds, leading.holds, measured.holds)
    text = f"the exact difference: {exact.text}; the relative error: {leading.text}; {measured.text}"
    return Evidence(holds, True, text, order=measured.order)


def prove_exact_delay(factor: int) -> Evidence:
    """Whether the share ``factor epsilon / (s - epsilon)`` is missing from ``c s / epsilon``."""
    found = (c * s / u_0 - c * s / u_f).subs({u_0: epsilon, u_f: s - epsilon})
    same = prove_identity(found, c * s / epsilon * (1 - factor * epsilon / (s - epsilon)))
    return same._replace(holds=conjunction(same.holds, prove_difference(1).holds))


def prove_finite_delay(fixed_product: bool) -> Evidence:
    """Whether the number of steps grows with depth to a finite limit: at fixed ``u_0``, or at fixed ``a_0``.

    Numbers of steps that grow with depth are bounded by their limit ``T_INFINITE``. Those from ``u_0 = a_0^L`` are
    bounded from below, with ``1 / s`` in place of the larger ``1 / (s - u)``.
    """
    if not fixed_product:
        fewest = c * s ** (1 - 2 / L) * (u_0 ** (2 / L - 1) - u_f ** (2 / L - 1)) / (1 - 2 / L)
        bound = prove_integral(fewest, sp.powsimp(pace(L) * (s - u) / s).subs(u, u_f), u_f, u_0)
        least = sp.limit(fewest.subs(u_0, (1 + y) ** (-L)), L, sp.oo)
        text = f"a lower bound: {bound.text}; from a_0 = 1 / (1 + y) it tends to {least}"
        return Evidence(conjunction(bound.holds, least.is_finite), True, text)
    slower = sp.factor(sp.expand_log(sp.diff(sp.log(pace(L).subs(u, s / (1 + y))), L), force=True))
    slower = sp.simplify(slower.subs(y, sp.exp(y) - 1))
    last = prove_difference(1)
    text = f"d ln(pace) / dL is {slower} at u = s exp(-y); the delay at infinite depth: {last.text}"
    return Evidence(conjunction(slower.is_positive, last.holds), True, text)


def prove_relative_delay(power: int) -> Evidence:
    """Whether the delay over ``t_3`` grows as ``s / u_0`` over this power of its logarithm, as ``u_0`` vanishes."""
    quotient = (c * s / u_0 - c * s / u_f) / T_3
    stated = s / (u_0 * sp.log(s / u_0) ** power)
    return prove_limit((quotient / stated).subs(u_f, s / (1 + y)), u_0, 0, 1)


CLAIMS = [
    saxe(
        30,
        place="eq. (21)",
        title="The learning time of a network of three layers of units, in steps.",
        statement=r"t_3 = c \ln \frac{u_f (s - u_0)}{u_0 (s - u_f)}, \quad \alpha = \frac{1}{c \lambda_1}",
        assumptions=("equal layers", "0 < u_0 < u_f < s"),
        unstated=("steps so small that they follow the flow: c is large",),
        derivation=r"For $L = 2$, $\frac{dk}{du} = \frac{c s}{u (s - u)}$: the target cancels from the time but for "
        r"the logarithm.",
        check=partial(prove_steps, T_3, 2),
        control=partial(prove_steps, T_3, 2, 2),
    ),
    saxe(
        31,
        place="eq. (22)",
        title="The learning time of an infinitely deep network, in steps.",
        statement=r"t_\infty = c \left[ \ln \frac{u_f (u_0 - s)}{u_0 (u_f - s)} + \frac{s}{u_0} - \frac{s}{u_f} "
        r"\right]",
        assumptions=("equal layers", "0 < u_0 < u_f < s", "the limit of many layers at fixed u_0"),
        unstated=("steps so small that they follow the flow: c is large",),
        derivation=r"$\frac{dk}{du} \to \frac{c s^2}{u^2 (s - u)} = c \left( \frac1u + \frac{1}{s - u} + "
        r"\frac{s}{u^2} \right)$. Both "
        r"differences in the logarithm are negative, so it is that of a positive number.",
        check=partial(prove_infinite_steps, 1),
        control=partial(prove_infinite_steps, 2),
    ),
    saxe(
        32,
        place="eq. (23)",
        title="The delay of infinite depth, and its size from a small start.",
        statement=r"t_\infty - t_3 = \frac{c s}{u_0} - \frac{c s}{u_f} \approx \frac{c s}{\epsilon}, \quad "
        r"u_0 = \epsilon, \; u_f = s - \epsilon",
        derivation=r"The logarithms cancel. The relative error of the approximation is $\epsilon / (s - \epsilon)$, "
        r"of first order; "
        r"the absolute error does not vanish, it tends to $c$.",
        check=partial(prove_delay_of_small_start, 1),
        control=partial(prove_delay_of_small_start, 2),
        correction=Correction(
            title="Sharper: with its error.",
            statement=r"t_\infty - t_3 = \frac{c s}{\epsilon} \left( 1 - \frac{\epsilon}{s - \epsilon} \right)",
            check=partial(prove_exact_delay, 1),
            control=partial(prove_exact_delay, 2),
        ),
    ),
    saxe(
        33,
        place="section 2.1, end",
        title="Very deep networks are later than shallow ones by a finite time.",
        statement=r"\sup_L t_L - t_3 = \frac{c s}{u_0} - \frac{c s}{u_f} < \infty",
        unstated=(
            "the product u_0 of all layers is the same for all depths, not the strength of a layer",
            "one c for all depths",
        ),
        derivation=r"$t_L = c \int (s / u)^{2 - 2/L} \frac{du}{s - u}$ grows with $L$ since $s / u > 1$, so the "
        r"limit (22) bounds it. With "
        r"layers of a fixed strength $a_0 < 1$, $u_0 = a_0^L$, and the delay is without bound: the control.",
        check=partial(prove_finite_delay, fixed_product=True),
        control=partial(prove_finite_delay, fixed_product=False),
        correction=Correction(
            title="Sharper: finite, but many times the time of the shallow network if the start is small.",
            statement=r"\frac{t_\infty - t_3}{t_3} \sim \frac{s / u_0}{\ln (s / u_0)} \text{ as } u_0 \to 0",
            check=partial(prove_relative_delay, 1),
            control=partial(prove_relative_delay, 2),
        ),
    ),
]
