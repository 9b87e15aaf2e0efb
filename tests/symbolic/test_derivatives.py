"""Gradients, Hessians and integrals by differentiation, and what is none."""

import pytest
import sympy as sp

from flowdln.symbolic import prove_derivatives, prove_integral

a, b, rest, s = sp.symbols("a b rest s", positive=True)
error = s - a * b * rest
potential = error**2 / 2
GRADIENT = {a: -error * b * rest, b: -error * a * rest}


def test_a_gradient_is_proved():
    evidence = prove_derivatives(potential, GRADIENT)
    assert evidence.holds
    assert evidence.symbolic
    assert evidence.text.count("simplifies to 0") == 2


def test_a_row_of_a_hessian_is_proved():
    assert prove_derivatives(GRADIENT[a], {a: (b * rest) ** 2, b: a * b * rest**2 - error * rest}).holds


@pytest.mark.parametrize(
    ("energy", "gradient"),
    [
        pytest.param(error / 2, GRADIENT, id="square lost"),
        pytest.param(error**2, GRADIENT, id="factor lost"),
        pytest.param(-potential, GRADIENT, id="sign flipped"),
        pytest.param(potential, {a: GRADIENT[b], b: GRADIENT[a]}, id="roles swapped"),
        pytest.param(potential, {a: GRADIENT[a], b: GRADIENT[b] + rest}, id="one of two wrong"),
    ],
)
def test_control_what_is_no_gradient_is_rejected(energy, gradient):
    evidence = prove_derivatives(energy, gradient)
    assert evidence.holds is False
    assert "does not hold for " in evidence.text


u, u_0 = sp.symbols("u u_0", positive=True)
clock = sp.log(u / (s - u)) - sp.log(u_0 / (s - u_0))


def test_an_integral_is_proved():
    assert prove_integral(clock, s / (u * (s - u)), u, u_0).holds


@pytest.mark.parametrize(
    ("integral", "integrand", "lower"),
    [
        pytest.param(clock, 1 / (u * (s - u)), u_0, id="factor"),
        pytest.param(clock, -s / (u * (s - u)), u_0, id="sign"),
        pytest.param(clock, s / (u * (s + u)), u_0, id="sign inside"),
        pytest.param(clock + s, s / (u * (s - u)), u_0, id="constant of integration"),
        pytest.param(clock, s / (u * (s - u)), 2 * u_0, id="another lower limit"),
    ],
)
def test_control_what_is_no_integral_is_rejected(integral, integrand, lower):
    assert prove_integral(integral, integrand, u, lower).holds is False


def test_what_sympy_cannot_decide_is_unknown():
    hidden = sp.Function("f")(a)
    assert prove_derivatives(hidden, {a: sp.Function("g")(a)}).holds is None
