"""Claims are chosen by name, decided, and written as JSON values."""

import json

import pytest
from exhibits import DOCUMENTS, chapter, claim, refuted
from refusal import refused
from tqdm import tqdm

from flowdln.errors import InputError
from flowdln.reproduction import checkout
from flowdln.reproduction.ledger import decide_claims, ledger, select_claims
from flowdln.reproduction.memory import keep_results, recall_results

CHAPTERS = {
    "first": chapter("first", claim("one", document="basu")),
    "second": chapter("second", claim("two"), refuted("three")),
}


@pytest.fixture
def decided(monkeypatch):
    """All claims of these chapters, or of others."""

    def decide_all(chapters=CHAPTERS):
        monkeypatch.setattr(checkout, "load_chapters", lambda: chapters)
        with tqdm(disable=True) as bar:
            return decide_claims(select_claims(chapters), bar, jobs=1)

    return decide_all


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        pytest.param((), ["one", "two", "three"], id="all"),
        pytest.param(("two",), ["two"], id="a claim"),
        pytest.param(("second",), ["two", "three"], id="a chapter"),
        pytest.param(("basu",), ["one", "three"], id="a document"),
        pytest.param(("flowdln",), ["two"], id="our own"),
        pytest.param(("saxe",), [], id="a document without claims"),
        pytest.param(("three", "one"), ["one", "three"], id="claims in reading order"),
        pytest.param(("second", "three"), ["two", "three"], id="a chapter and a claim of it"),
    ],
)
def test_claims_are_chosen_by_name(wanted, found):
    assert [claim.id for _, claim in select_claims(CHAPTERS, wanted, DOCUMENTS)] == found


def test_an_unknown_claim_is_refused():
    words = [
        "the claim is 'four'",
        "a document (basu, saxe, flowdln), a chapter, or an id",
        "Chapters are first, second",
        "`flowdln verify`",
    ]
    refused(InputError, words, lambda: select_claims(CHAPTERS, ["one", "four"], DOCUMENTS))


def test_claims_are_decided_in_their_order(decided):
    assert [(home, verdict.claim.id, verdict.outcome) for home, verdict in decided()] == [
        ("first", "one", "proved under assumptions"),
        ("second", "two", "proved under assumptions"),
        ("second", "three", "refuted"),
    ]


def test_a_check_that_crashes_is_told_and_the_others_are_decided(decided, caplog):
    def broken():
        message = "no such root"
        raise ArithmeticError(message)

    bad = chapter("bad", claim("good"), refuted("bad"))
    object.__setattr__(bad.CLAIMS[1], "check", broken)
    (_, good), (_, crashed) = decided({"bad": bad})
    assert good.settled
    assert (crashed.outcome, crashed.settled) == ("crashed", False)
    assert crashed.decision.evidence.text == "ArithmeticError: no such root"
    assert "the check of bad crashed" in caplog.text


def test_the_ledger_is_json_with_verdict_statement_correction_and_evidence(decided):
    written = json.loads(json.dumps(ledger(decided())))
    assert set(written) == {"one", "two", "three"}
    assert written["one"]["verdict"] == "proved under assumptions"
    assert written["one"]["correction"] is None
    three = written["three"]
    assert (three["document"], three["chapter"], three["verdict"]) == ("basu", "second", "refuted")
    assert three["statement"].startswith("\\dot W")
    assert three["evidence"] == {"text": "the check of three", "detail": "", "instance": {"a": "1", "b": "[2, 3]"}}
    assert three["correction"]["verdict"] == "proved"
    assert (three["kind"], written["one"]["kind"]) == ("misprint", None)
    assert three["settled"] is True
    assert three["doubt"] == ""


def test_the_order_of_an_approximation_is_in_the_ledger(decided):
    chapters = {"only": chapter("only", claim("one", order=1.5))}
    assert ledger(decided(chapters))["one"]["evidence"]["order"] == 1.5


@pytest.fixture
def kept(tmp_path, decided, monkeypatch):
    """Chapters with files, whose verdicts are kept in the folder beside them."""
    for name, module in CHAPTERS.items():
        (tmp_path / f"{name}.py").write_text("x = 1\n")
        monkeypatch.setattr(module, "__file__", str(tmp_path / f"{name}.py"), raising=False)
    keep_results(decided(), CHAPTERS, tmp_path / "cache")
    return tmp_path


def test_verdicts_are_recalled_as_they_were(kept, decided):
    found = recall_results(CHAPTERS, kept / "cache")
    assert {name: result[:2] for name, result in found.items()} == {
        verdict.claim.id: (verdict.decision, verdict.correction) for _, verdict in decided()
    }


def test_verdicts_of_a_changed_chapter_are_forgotten(kept):
    (kept / "first.py").write_text("x = 2\n")
    assert set(recall_results(CHAPTERS, kept / "cache")) == {"two", "three"}
