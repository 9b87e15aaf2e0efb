"""What a verification tells a claim: that something is proved, or holds numerically, or does not."""

import pytest
import sympy as sp

from flowdln.symbolic import verify_solution

t, s, u_0 = sp.symbols("t s u_0", positive=True)
decay = sp.exp(-2 * s * t)
logistic = s / (1 + (s / u_0 - 1) * decay)


def velocity(u):
    return 2 * u * (s - u)


def test_what_is_proved_is_evidence_and_a_proof():
    verification = verify_solution(logistic, velocity, initial=u_0)
    assert verification.evidence == verification.proof
    assert verification.proof[:2] == (True, True)
    assert verification.proof.text.count("simplifies to 0") == 2


def test_what_holds_numerically_is_evidence_and_no_proof():
    angle = sp.atan(t) + sp.atan(1 / t)
    verification = verify_solution(angle * sp.exp(t), lambda u: u + sp.atan(1 / t) + sp.atan(t) - sp.pi / 2)
    assert verification.outcome == "holds numerically"
    assert verification.evidence[:2] == (True, False)
    assert verification.proof[:2] == (None, True)
    assert "SymPy finds no proof" in verification.proof.text


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
    verification = verify_solution(solution, velocity, initial=initial)
    assert verification.evidence == verification.proof
    assert verification.proof[:2] == (False, True)
    assert "does not hold for " in verification.proof.text
    assert verification.proof.instance
