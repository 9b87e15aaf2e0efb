"""Which equations keep their form under rescaling, and which have sides of two dimensions."""

import pytest
import sympy as sp

from flowdln.symbolic import prove_dimensions, prove_homogeneous

a, b, s, t, tau = sp.symbols("a b s t tau", positive=True)
WEIGHTS = {a: 1, b: 1, s: 2, t: -2}
UNITS = {t: {"time": 1}, tau: {"time": 1, "weight": 2}, s: {"weight": 2}, a: {"weight": 1}, b: {"weight": 1}}
LOGISTIC = (tau / (2 * s) * sp.log(s / (a * b)), t)


def test_an_equation_of_the_flow_is_homogeneous():
    assert prove_homogeneous(a / t, b * (s - a * b), WEIGHTS, degree=3).holds


@pytest.mark.parametrize(
    ("right", "weights", "degree"),
    [
        pytest.param(b * (s - a * b), WEIGHTS, 2, id="another degree"),
        pytest.param(b * (s - a), WEIGHTS, 3, id="factor lost"),
        pytest.param(b * (s - a * b), WEIGHTS | {s: 1}, 3, id="weight of the target"),
        pytest.param(b * (s - a * b), WEIGHTS | {t: 2}, 3, id="sign of the weight of time"),
    ],
)
def test_control_what_is_not_homogeneous_is_rejected(right, weights, degree):
    evidence = prove_homogeneous(a / t, right, weights, degree)
    assert evidence.holds is False
    assert "does not hold for " in evidence.text


def test_both_sides_of_a_learning_time_are_times():
    assert prove_dimensions(*LOGISTIC, UNITS, of={"time": 1}).holds


@pytest.mark.parametrize(
    ("left", "of"),
    [
        pytest.param(s * LOGISTIC[0], {"time": 1}, id="a factor too many"),
        pytest.param(tau / s * sp.log(a * b), {"time": 1}, id="logarithm of a dimension"),
        pytest.param(tau / s**2, {"time": 1}, id="power"),
        pytest.param(LOGISTIC[0], {"time": 2}, id="another dimension"),
        pytest.param(LOGISTIC[0], {"time": 1, "weight": 1}, id="a dimension too many"),
    ],
)
def test_control_sides_of_other_dimensions_are_rejected(left, of):
    assert prove_dimensions(left, LOGISTIC[1], UNITS, of=of).holds is False
