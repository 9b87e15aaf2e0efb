"""Proofs that a formula solves a scalar ODE, and that wrong formulas do not."""

import pytest
import sympy as sp

from flowdln.symbolic import prove_solution

t, s, u_0 = sp.symbols("t s u_0", positive=True)
decay = sp.exp(-2 * s * t)
logistic = s / (1 + (s / u_0 - 1) * decay)


def velocity(u):
    return 2 * u * (s - u)


def test_a_solution_is_proved():
    evidence = prove_solution(logistic, velocity(logistic), t, u_0)
    assert evidence.holds
    assert evidence.symbolic
    assert evidence.text.count("simplifies to 0") == 2


@pytest.mark.parametrize(
    ("solution", "initial"),
    [
        pytest.param(logistic.subs(t, t / 2), u_0, id="half as fast"),
        pytest.param(logistic.subs(t, -t), u_0, id="time reversed"),
        pytest.param(s / (1 + (s / u_0 + 1) * decay), u_0, id="sign of the constant"),
        pytest.param(logistic + t**2 / 10**6, u_0, id="a small drift"),
        pytest.param(2 * logistic, 2 * u_0, id="twice the solution"),
        pytest.param(logistic, 2 * u_0, id="another initial value"),
        pytest.param(logistic.subs(t, t + 1), u_0, id="another origin of time"),
    ],
)
def test_control_what_is_no_solution_is_rejected(solution, initial):
    evidence = prove_solution(solution, velocity(solution), t, initial)
    assert not evidence.holds
    assert "does not hold for " in evidence.text


def test_a_constant_solves_an_ode_at_rest():
    assert prove_solution(1, 0, t, 1).holds
