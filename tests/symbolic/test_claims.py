"""Verdicts are computed from what check and control return."""

import pytest

from flowdln.symbolic import Claim, Correction, Evidence, Kind, combined, conjunction, decide

PROVED, TESTED = (Evidence(holds=True, symbolic=symbolic, text="yes") for symbolic in (True, False))
MEASURED = Evidence(holds=True, symbolic=False, text="yes", order=2.0)
REFUTED, MISSED = (
    Evidence(holds=False, symbolic=symbolic, text="no", instance={"a": "1"}) for symbolic in (True, False)
)
OPEN = Evidence(holds=None, symbolic=True, text="neither")


def claim(check, control=REFUTED, **more):
    return Claim(
        id="id", title="A title.", statement="1 = 1", place="here", check=lambda: check, control=lambda: control, **more
    )


def correction(check, control=REFUTED, assumptions=()):
    return Correction("Another.", "1 = 1", lambda: check, lambda: control, assumptions)


@pytest.mark.parametrize(
    ("check", "more", "outcome"),
    [
        pytest.param(PROVED, {}, "proved", id="proof"),
        pytest.param(PROVED, {"assumptions": ("s > 0",)}, "proved under assumptions", id="proof with assumptions"),
        pytest.param(PROVED, {"unstated": ("s > 0",)}, "proved under assumptions", id="proof with unstated ones"),
        pytest.param(TESTED, {}, "holds numerically", id="instances"),
        pytest.param(TESTED, {"assumptions": ("s > 0",)}, "holds numerically", id="instances with assumptions"),
        pytest.param(MEASURED, {}, "approximate", id="measured order"),
        pytest.param(REFUTED, {}, "refuted", id="no proof"),
        pytest.param(REFUTED, {"assumptions": ("s > 0",)}, "refuted", id="no proof with assumptions"),
        pytest.param(MISSED, {}, "refuted", id="instance that fails"),
        pytest.param(OPEN, {}, "open", id="neither"),
    ],
)
@pytest.mark.parametrize("control", [REFUTED, MISSED], ids=["control without proof", "control on instances"])
def test_outcome_where_the_control_fails(check, more, outcome, control):
    verdict = decide(claim(check, control, **more))
    assert verdict.outcome == outcome
    assert (verdict.decision.evidence, verdict.decision.control) == (check, control)
    assert verdict.seconds >= 0


@pytest.mark.parametrize("control", [PROVED, TESTED, OPEN], ids=["proved", "on instances", "unknown"])
@pytest.mark.parametrize("check", [PROVED, TESTED, REFUTED, OPEN], ids=["proof", "instances", "no proof", "neither"])
@pytest.mark.parametrize("document", ["flowdln", "basu"])
def test_a_claim_whose_control_is_not_rejected_is_not_settled(check, control, document):
    verdict = decide(claim(check, control, document=document))
    assert verdict.outcome == "control not rejected"
    assert not verdict.settled


@pytest.mark.parametrize(
    ("check", "settled"),
    [
        pytest.param(PROVED, True, id="proved"),
        pytest.param(TESTED, True, id="on instances"),
        pytest.param(MEASURED, False, id="approximate"),
        pytest.param(REFUTED, False, id="refuted"),
        pytest.param(OPEN, False, id="open"),
    ],
)
def test_our_own_statements_have_to_be_established(check, settled):
    assert decide(claim(check)).settled is settled


@pytest.mark.parametrize("check", [PROVED, TESTED, MEASURED, OPEN], ids=["proved", "instances", "approximate", "open"])
def test_others_statements_may_also_be_approximate_or_open(check):
    assert decide(claim(check, document="basu")).settled


@pytest.mark.parametrize(
    ("evidence", "mended", "doubt"),
    [
        pytest.param(REFUTED, correction(PROVED), "", id="with numbers and a proved correction"),
        pytest.param(REFUTED, correction(TESTED), "", id="with numbers and a tested correction"),
        pytest.param(REFUTED, None, "without a correction", id="without a correction"),
        pytest.param(REFUTED, correction(MISSED), "not established", id="with a wrong correction"),
        pytest.param(REFUTED, correction(MEASURED), "not established", id="with an approximate correction"),
        pytest.param(REFUTED, correction(OPEN), "not established", id="with an undecided correction"),
        pytest.param(REFUTED, correction(PROVED, PROVED), "not established", id="with a control that passes"),
        pytest.param(REFUTED._replace(instance={}), correction(PROVED), "no numbers", id="without numbers"),
    ],
)
def test_a_refutation_is_settled(evidence, mended, doubt):
    verdict = decide(claim(evidence, document="basu", correction=mended, kind=Kind.SUBSTANCE))
    assert verdict.outcome == "refuted"
    assert doubt in verdict.doubt
    assert verdict.settled is (not doubt)


@pytest.mark.parametrize("kind", Kind)
def test_a_refutation_needs_a_kind(kind):
    def doubt(**more):
        return decide(claim(REFUTED, document="basu", correction=correction(PROVED), **more)).doubt

    assert doubt(kind=kind) == ""
    assert doubt() == "its kind is not given (substance, assumption, misprint, reading)"


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("check", [PROVED, TESTED, MEASURED, OPEN], ids=["proved", "instances", "approximate", "open"])
def test_what_is_not_refuted_may_have_no_kind(check, kind):
    verdict = decide(claim(check, document="basu", kind=kind))
    assert not verdict.settled
    assert verdict.doubt == "it has the kind of a refuted statement and is not refuted"


def test_the_assumptions_of_a_correction_are_its_own():
    mended = correction(PROVED, assumptions=("s > 0",))
    verdict = decide(claim(REFUTED, document="basu", correction=mended))
    assert verdict.correction.outcome == "proved under assumptions"


def test_what_holds_may_be_sharpened_but_not_by_what_is_wrong():
    assert decide(claim(PROVED, document="basu", correction=correction(PROVED))).settled
    assert not decide(claim(PROVED, document="basu", correction=correction(REFUTED))).settled


@pytest.mark.parametrize("broken_part", ["check", "control"])
def test_an_error_in_a_check_is_not_swallowed(broken_part):
    def broken():
        message = "broken"
        raise ZeroDivisionError(message)

    parts = {"check": lambda: PROVED, "control": lambda: REFUTED} | {broken_part: broken}
    with pytest.raises(ZeroDivisionError, match="broken"):
        decide(Claim(id="id", title="A title.", statement="1 = 1", place="here", **parts))


@pytest.mark.parametrize(
    ("answers", "all_hold"),
    [((), None), ((True, True), True), ((True, None), None), ((None, False), False), ((True, False), False)],
)
def test_conjunction_of_answers(answers, all_hold):
    assert conjunction(*answers) is all_hold


@pytest.mark.parametrize(
    ("pieces", "outcome"),
    [
        pytest.param((PROVED, PROVED), (True, True), id="proved"),
        pytest.param((PROVED, REFUTED), (False, True), id="one refuted"),
        pytest.param((PROVED, OPEN), (None, True), id="one open"),
        pytest.param((PROVED, PROVED._replace(symbolic=False)), (True, False), id="one tested"),
        pytest.param((), (None, True), id="none"),
    ],
)
def test_combined_evidence_is_as_strong_as_its_weakest_piece(pieces, outcome):
    whole = combined(*pieces)
    assert (whole.holds, whole.symbolic) == outcome
    assert (whole.instance == REFUTED.instance) is (outcome[0] is False)


def test_a_combination_with_an_approximation_is_one_of_its_lowest_order():
    whole = combined(PROVED, MEASURED, MEASURED._replace(order=1.0))
    assert whole.order == 1
    assert decide(claim(whole)).outcome == "approximate"
    assert combined(PROVED, TESTED).order is None
