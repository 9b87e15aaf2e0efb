"""Verdicts are computed from what check and control return."""

import pytest

from flowdln.symbolic import Claim, Evidence, Verdict, decide

PROVED, TESTED = (Evidence(holds=True, symbolic=symbolic, text="yes") for symbolic in (True, False))
REFUTED, MISSED = (Evidence(holds=False, symbolic=symbolic, text="no") for symbolic in (True, False))


def claim(check, control, assumptions=()):
    return Claim("id", "A title.", "1 = 1", assumptions, "here", lambda: check, lambda: control)


@pytest.mark.parametrize(
    ("check", "assumptions", "outcome", "holds"),
    [
        pytest.param(PROVED, (), "proved", True, id="proof"),
        pytest.param(PROVED, ("s > 0",), "proved under assumptions", True, id="proof with assumptions"),
        pytest.param(TESTED, (), "holds numerically", True, id="instances"),
        pytest.param(TESTED, ("s > 0",), "holds numerically", True, id="instances with assumptions"),
        pytest.param(REFUTED, (), "refuted", False, id="no proof"),
        pytest.param(REFUTED, ("s > 0",), "refuted", False, id="no proof with assumptions"),
        pytest.param(MISSED, (), "refuted", False, id="instance that fails"),
    ],
)
@pytest.mark.parametrize("control", [REFUTED, MISSED], ids=["control without proof", "control on instances"])
def test_outcome_where_the_control_fails(check, assumptions, outcome, holds, control):
    verdict = decide(claim(check, control, assumptions))
    assert verdict.outcome == outcome
    assert verdict.holds is holds
    assert (verdict.evidence, verdict.control) == (check, control)
    assert verdict.seconds >= 0


@pytest.mark.parametrize("control", [PROVED, TESTED], ids=["control proved", "control holds on instances"])
@pytest.mark.parametrize("check", [PROVED, TESTED, REFUTED, MISSED], ids=["proof", "instances", "no proof", "missed"])
def test_a_claim_whose_control_passes_does_not_hold(check, control):
    verdict = decide(claim(check, control))
    assert verdict.outcome == "control passed"
    assert not verdict.holds


def test_an_outcome_of_another_name_does_not_hold():
    assert not Verdict(claim(PROVED, REFUTED), "undecided", PROVED, REFUTED, 0.0).holds


def test_an_error_in_a_check_is_not_swallowed():
    def broken():
        message = "broken"
        raise ZeroDivisionError(message)

    with pytest.raises(ZeroDivisionError, match="broken"):
        decide(Claim("id", "A title.", "1 = 1", (), "here", broken, lambda: REFUTED))
