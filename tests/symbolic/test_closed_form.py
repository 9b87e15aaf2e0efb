"""Formulas that users bring: solutions of ODEs, and wrong variants of them."""

import numpy as np
import pytest
import sympy as sp
from scipy.interpolate import BarycentricInterpolator, KroghInterpolator

from flowdln.errors import InputError
from flowdln.exact.hyperbolic import growth
from flowdln.symbolic import functions, verify_solution

v, w = sp.symbols("v w")  # of any sign
t, s, u, u_0, L, X, Y = sp.symbols("t s u u_0 L X Y", positive=True)
Y_0 = (s - u_0) / u_0


def logistic(rate=2, sign=-1):
    return s / (1 + (s / u_0 + sign) * sp.exp(-rate * s * t))


def logistic_ode(strength):
    return 2 * strength * (s - strength)


def hyperbolic(sums=X, differences=Y, factor=1):
    """``u`` of a two-layer mode from the shipped growth, with ``X = (a_0 + b_0)^2`` and ``Y = (a_0 - b_0)^2``."""
    squared = growth(factor * t, s, sums, differences, functions).factor ** 2
    return (sums * squared - differences / squared) / 4


def hyperbolic_ode(strength, power=1):
    """``(a^2 + b^2) (s - u)``, where ``a^2 - b^2`` is conserved and its square is ``X Y``."""
    return sp.sqrt((X * Y) ** power + 4 * strength**2) * (s - strength)


GROWTH = growth(t, s, X, Y, functions).factor ** 2


def growth_ode(squared):
    """Of ``g^2``, with ``4 u = X g^2 - Y / g^2``."""
    return 2 * squared * (s - (X * squared - Y / squared) / 4)


def lambert(power=2, sign=-1):
    return s / (1 + sp.LambertW(Y_0 * sp.exp(Y_0 + sign * s**power * t)))


def infinite_depth_ode(strength):
    return strength**2 * (s - strength)


def hypergeometric(factor=1, swapped=False):
    power = 2 / L - 1

    def clock(strength):
        ratio = s / strength if swapped else strength / s
        return factor * strength**power / power * sp.hyper([1, power], [power + 1], ratio) / (L * s)

    return clock(u) - clock(u_0)


def balanced_ode(strength, power=2):
    return L * strength ** (2 - power / L) * (s - strength)


HYPERBOLIC_START = (X - Y) / 4
FORWARD, INVERSE = {}, {"inverse": True}


@pytest.mark.parametrize(
    ("solution", "ode", "start", "way", "outcome"),
    [
        pytest.param(logistic(), logistic_ode, u_0, FORWARD, "proved", id="logistic"),
        pytest.param(hyperbolic(), hyperbolic_ode, HYPERBOLIC_START, FORWARD, "holds numerically", id="hyperbolic"),
        pytest.param(GROWTH, growth_ode, 1, FORWARD, "proved", id="hyperbolic, as growth"),
        pytest.param(lambert(), infinite_depth_ode, u_0, FORWARD, "proved", id="Lambert W"),
        pytest.param(hypergeometric(), balanced_ode, u_0, INVERSE, "holds numerically", id="hypergeometric"),
        pytest.param(
            hypergeometric().subs(L, 3), lambda v: balanced_ode(v).subs(L, 3), u_0, INVERSE, "holds numerically", id="3"
        ),
    ],
)
def test_the_solutions_of_the_theory_hold(solution, ode, start, way, outcome):
    result = verify_solution(solution, ode, initial=start, **way)
    assert result.outcome == outcome
    assert result
    assert not result.residual
    assert not result.instance


@pytest.mark.parametrize(
    ("solution", "ode", "start", "way"),
    [
        pytest.param(logistic(rate=1), logistic_ode, u_0, FORWARD, id="logistic, factor"),
        pytest.param(logistic(sign=1), logistic_ode, u_0, FORWARD, id="logistic, sign"),
        pytest.param(logistic().subs({s: u_0, u_0: s}, simultaneous=True), logistic_ode, u_0, FORWARD, id="swapped"),
        pytest.param(hyperbolic(factor=2), hyperbolic_ode, HYPERBOLIC_START, FORWARD, id="hyperbolic, factor"),
        pytest.param(hyperbolic(Y, X), hyperbolic_ode, HYPERBOLIC_START, FORWARD, id="hyperbolic, swapped roles"),
        pytest.param(
            hyperbolic(), lambda v: hyperbolic_ode(v, 2), HYPERBOLIC_START, FORWARD, id="hyperbolic, a square too many"
        ),
        pytest.param(2 * GROWTH, growth_ode, 2, FORWARD, id="hyperbolic, growth doubled"),
        pytest.param(lambert(power=1), infinite_depth_ode, u_0, FORWARD, id="Lambert W, missing square"),
        pytest.param(lambert(sign=1), infinite_depth_ode, u_0, FORWARD, id="Lambert W, sign"),
        pytest.param(hypergeometric(factor=L), balanced_ode, u_0, INVERSE, id="hypergeometric, factor"),
        pytest.param(hypergeometric(factor=-1), balanced_ode, u_0, INVERSE, id="hypergeometric, sign"),
        pytest.param(hypergeometric(swapped=True), balanced_ode, u_0, INVERSE, id="hypergeometric, swapped roles"),
        pytest.param(hypergeometric(), lambda v: balanced_ode(v, 1), u_0, INVERSE, id="hypergeometric, missing square"),
    ],
)
def test_control_a_wrong_variant_is_refuted_with_residual_and_numbers(solution, ode, start, way):
    result = verify_solution(solution, ode, initial=start, **way)
    assert result.outcome == "refuted"
    assert not result
    assert result.residual
    shown = repr(result)
    assert shown.startswith("refuted\n")
    assert "residual: " in shown
    assert "for example, " in shown


def test_the_residual_is_the_difference_at_the_numbers_shown():
    result = verify_solution(logistic(rate=1), logistic_ode, initial=u_0)
    numbers = {name: sp.sympify(value) for name, value in result.instance.items()}
    point = {symbol: numbers[symbol.name] for symbol in (t, s, u_0)}
    left, right = (sp.diff(logistic(rate=1), t).subs(point), logistic_ode(logistic(rate=1)).subs(point))
    assert float(left) == pytest.approx(float(numbers["du/dt"]), rel=1e-7)
    assert float(right) == pytest.approx(float(numbers["f(u)"]), rel=1e-7)
    residual = sp.sympify(result.residual, locals={"s": s, "t": t, "u_0": u_0}).subs(point)
    assert float(residual) == pytest.approx(float(left - right), rel=1e-12)


@pytest.mark.parametrize(
    ("solution", "ode"),
    [
        pytest.param(logistic(), logistic_ode, id="expression and function"),
        pytest.param(lambda time: logistic().subs(t, time), logistic_ode, id="two functions"),
        pytest.param(logistic(), 2 * u * (s - u), id="two expressions"),
    ],
)
def test_expressions_and_functions_are_taken(solution, ode):
    assert verify_solution(solution, ode, t=t, u=u, initial=u_0).outcome == "proved"


def test_a_system_is_a_tuple_or_a_matrix():
    flow = (sp.cosh(t), sp.sinh(t))
    assert verify_solution(flow, lambda a, b: (b, a), initial=(1, 0)).outcome == "proved"
    assert verify_solution(flow, lambda a, b: (b, -a), initial=(1, 0)).outcome == "refuted"
    vector = sp.Matrix(flow)
    swap = sp.Matrix([[0, 1], [1, 0]])
    assert verify_solution(vector, lambda w: swap * w, initial=sp.Matrix([1, 0])).outcome == "proved"
    assert verify_solution(vector, lambda w: swap * w, initial=sp.Matrix([0, 1])).outcome == "refuted"


def test_decimals_mean_what_they_say():
    solution = 2 / (1 + (2 / sp.Float(0.1) - 1) * sp.exp(-4 * t))
    assert verify_solution(solution, lambda v: 2 * v * (2 - v), initial=0.1).outcome == "proved"


def test_a_symbol_without_a_sign_is_tried_with_both():
    x = sp.Symbol("x")
    assert verify_solution(sp.sqrt(x**2) * sp.exp(t), lambda v: v, initial=x).instance["x"].startswith("-")
    assert verify_solution(sp.sqrt(x**2).subs(x, u) * sp.exp(t), lambda v: v, initial=u)


@pytest.mark.parametrize(
    ("start", "same"),
    [
        pytest.param(sp.sqrt(v / w), sp.sqrt(v) / sp.sqrt(w), id="one negative"),
        pytest.param(sp.sqrt(v * w), sp.sqrt(v) * sp.sqrt(w), id="both negative"),
    ],
)
def test_symbols_without_a_sign_are_tried_with_all_combinations(start, same):
    assert verify_solution(start + t, 1, initial=same).outcome == "refuted"


@pytest.mark.parametrize("interpolated", [KroghInterpolator, BarycentricInterpolator])
@pytest.mark.parametrize(("pace", "outcome"), [(2, "holds numerically"), (3, "refuted")])
def test_a_polynomial_of_scipy_takes_numbers_only(interpolated, pace, outcome):
    assert verify_solution(interpolated([0.0, 1.0], [1.0, 3.0]), lambda _: pace, initial=1).outcome == outcome


def test_a_wrong_start_alone_is_refuted():
    result = verify_solution(logistic(), logistic_ode, initial=2 * u_0)
    assert [finding.zero for finding in result.findings] == [True, False]


def test_what_has_no_finite_value_is_open():
    time = sp.Symbol("t")
    result = verify_solution(sp.Piecewise((sp.exp(time), time < 0)), lambda v: 2 * v)
    assert result.outcome == "open"
    assert not result


@pytest.mark.parametrize(("rate", "outcome"), [(2, "proved"), (1, "refuted")])
def test_an_equation_is_taken_as_dsolve_takes_it(rate, outcome):
    tau, mode = sp.Symbol("tau", positive=True), sp.Function("u")(t)
    equation = sp.Eq(tau * mode.diff(t), 2 * mode * (s - mode))
    assert verify_solution(logistic(rate).subs(t, t / tau), equation, initial=u_0).outcome == outcome


def test_a_velocity_may_depend_on_time_or_on_nothing():
    assert verify_solution(u_0 * sp.exp(t**2), 2 * t * u, initial=u_0).outcome == "proved"
    assert verify_solution(u_0 + 2 * t, 2, initial=u_0).outcome == "proved"
    assert verify_solution(u_0 + 2 * t, 3, initial=u_0).outcome == "refuted"


def second_order(function):
    return sp.Eq(function.diff(t, 2), function)


@pytest.mark.parametrize(
    ("solution", "ode", "message"),
    [
        pytest.param(sp.exp(t), second_order(sp.Function("u")(t)), "one first derivative", id="second order"),
        pytest.param((sp.exp(t), sp.exp(t)), u, "a function of 2 strengths", id="system"),
        pytest.param(lambda time: (np.exp(time), 1.0), lambda a, _: (a, 0), "a number", id="system of numbers"),
    ],
)
def test_what_cannot_be_verified_is_refused_with_advice(solution, ode, message):
    with pytest.raises(InputError, match=message):
        verify_solution(solution, ode)


def test_a_solution_without_its_symbol_is_refused():
    with pytest.raises(InputError, match="does not contain t"):
        verify_solution(s / u_0, logistic_ode)
