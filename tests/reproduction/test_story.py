"""Verdicts as a stranger reads them in a terminal."""

import pytest
from exhibits import claim, refuted
from refusal import refused

from flowdln.errors import InputError
from flowdln.reproduction.story import check_outcome, row, summary, tell
from flowdln.symbolic import Kind, decide

PROVED, REFUTED = decide(claim("one", unstated=("n < m",))), decide(refuted("two"))
DOUBTFUL = decide(claim("three", holds=False))


def test_a_row_has_verdict_id_and_title():
    assert row(PROVED) == "proved under assumptions  one                          The title of one, if a < b."
    assert row(REFUTED).startswith("refuted, misprint         two  ")
    assert row(DOUBTFUL).startswith("refuted (!) ")


def test_a_proof_is_told():
    lines = tell(PROVED).splitlines()
    assert lines[:3] == ["The title of one, if a < b.", "", r"  \dot W = \Sigma_{yx} - W \Sigma_{xx}"]
    assert "source:       flowdln, the source of one" in lines
    assert "assumptions:  s > 0" in lines
    assert "not stated:   n < m" in lines
    assert "verdict:      proved under assumptions" in lines
    assert "check:        the check of one" in lines
    assert "control:      rejected: the control of one" in lines


def test_a_refutation_is_told_with_its_numbers_its_reason_and_what_is_true_instead():
    text = tell(REFUTED)
    assert "source:       basu, the source of two" in text
    assert "                a = 1\n                b = [2, 3]\n" in text
    assert text.index("This is why two fails.") < text.index("instead:      The correction of two.")
    assert text.count("verdict:      ") == 2
    assert "kind:         misprint. A sign, a factor," in text


def test_what_cannot_be_relied_on_is_told():
    assert "verdict:      refuted, which cannot be relied on: it is stated here first" in tell(DOUBTFUL)


@pytest.mark.parametrize(
    ("verdicts", "text"),
    [
        pytest.param([], "0 claims: none", id="none"),
        pytest.param(
            [REFUTED, PROVED, PROVED], "3 claims: 2 proved under assumptions, 1 refuted (1 misprint)", id="good"
        ),
        pytest.param([DOUBTFUL], "1 claim: 1 refuted; 1 cannot be relied on (!)", id="doubtful"),
    ],
)
def test_summary_counts(verdicts, text):
    assert summary(verdicts) == text


def test_summary_counts_refutations_by_kind_most_weighty_first():
    kinds = [Kind.READING, Kind.MISPRINT, Kind.SUBSTANCE, Kind.READING]
    text = summary([decide(refuted(str(number), kind)) for number, kind in enumerate(kinds)])
    assert text == "4 claims: 4 refuted (1 error of substance, 1 misprint, 2 matters of reading)"


def test_an_outcome_that_does_not_exist_is_refused():
    check_outcome(None)
    check_outcome("refuted")
    refused(InputError, ["the verdict is 'wrong'", "holds numerically"], lambda: check_outcome("wrong"))
