"""The pages show every figure, number and claim, and lead from one to the other."""

import pytest
from exhibits import DOCUMENTS, PARTS, chapter, claim
from html_page import Page, write_pages
from markupsafe import escape

from flowdln.reproduction.ledger import Entry
from flowdln.reproduction.typesetting import sentences
from flowdln.symbolic import Evidence, decide


def test_a_page_for_the_gallery_the_ledger_each_chapter_and_the_errata_of_each_document(pages):
    assert set(pages) == {"index", "claims", "chapter-first", "chapter-second", "errata-basu", "errata-saxe"}


def test_every_figure_is_shown_with_a_text_for_those_who_cannot_see_it(pages, pictures):
    images = pages["index"].all("img")
    made = [picture for picture in pictures if not picture.error]
    assert [image["alt"] for image in images] == [f"{picture.caption} (Apollonius)" for picture in made]
    assert all(image["src"].startswith("data:image/png;base64,iVBOR") for image in images)


def test_every_figure_has_its_title_source_code_caption_and_parameters(pages, pictures):
    for picture in pictures:
        for text in (picture.title, picture.source, picture.caption):
            assert text in pages["index"].text
    assert pages["index"].text.count("with points = 20, height = 4.0.") == 2


def test_every_figure_tells_its_size_and_folds_its_code(folder, pages, pictures):
    assert pages["index"].text.count("default size, made by figures/") == 2
    html = (folder / "index.html").read_text(encoding="utf-8")
    opened = '<details><summary class="small">The code that makes it</summary><pre class="scroll"><code>'
    for picture in pictures:
        assert f"{opened}{escape(picture.listing)}</code></pre></details>" in html
    assert "def compute(points, height):" in pages["index"].text


def test_figures_stand_under_their_document_or_under_our_own(pages):
    text = pages["index"].text
    assert text.index("The authors of basu") < text.index("figures/parabola.py") < text.index("Of our own")


@pytest.mark.parametrize("extension", ["png", "svg", "pdf"])
def test_every_figure_is_linked_in_each_format(extension, pages, pictures):
    links = set(pages["index"].values("href"))
    assert {f"{p.name}.{extension}" for p in pictures if not p.error} <= links


def test_every_number_is_shown(pages, pictures):
    numbers = [check for picture in pictures for check in picture.checks]
    assert len(numbers) == 4
    for check in numbers:
        row = f"{check.name} {check.expected:.6g} {check.found:.6g} {check.tolerance:.6g}"
        assert f"{row} {'✓ pass' if check.passed else '✗ fail'}" in pages["index"].text


def test_failures_are_told(pages):
    text = pages["index"].text
    assert "(1 of 3 pass)" in text
    assert text.count("✗ failed") == 2
    assert text.count("✓ 2 numbers") == 1
    assert "ValueError: ink < paper" in text


def test_figures_and_claims_lead_to_each_other(pages):
    assert "chapter-first.html#two" in pages["index"].values("href")
    assert "index.html#basu_fig1" in pages["chapter-first"].values("href")


def test_every_claim_is_shown_with_its_verdict_in_the_ledger_and_in_its_chapter(pages, entries):
    for home, verdict in entries:
        found = verdict.decision
        assert f"{verdict.claim.id} {verdict.claim.title}" in pages["claims"].text
        page = pages[f"chapter-{home}"].text
        for text in (verdict.claim.title, verdict.outcome, verdict.claim.place, "Assumes: s > 0."):
            assert text in page
        assert sentences(found.evidence.text) in page
        assert sentences(found.control.text) in page


def test_what_cannot_be_relied_on_is_marked(pages):
    assert pages["claims"].text.count("⚠ refuted (not settled)") == 1
    assert "Not to be relied on: it is stated here first and not established." in pages["chapter-second"].text
    assert "Not to be relied on" not in pages["chapter-first"].text


def test_a_refutation_has_its_numbers_and_its_correction(pages):
    for name in ("chapter-second", "errata-basu"):
        text = pages[name].text
        assert "a 1 b [2, 3]" in text
        assert "Instead: The correction of four. ✓ proved" in text
        assert "why four fails" in text


def test_the_order_of_an_approximation_is_told(pages):
    assert "The error falls as the power 2." in pages["chapter-second"].text


def test_chapters_are_listed_by_part_and_lead_to_each_other(pages):
    assert "A part Chapter first Another Chapter second" in pages["claims"].text
    assert "Next: Chapter second" in pages["chapter-first"].text
    assert "Before: Chapter first" in pages["chapter-second"].text


def test_a_chapter_begins_with_its_introduction(pages):
    assert "A paragraph with" in pages["chapter-first"].text
    assert "The first line of" not in pages["chapter-first"].text


def test_chapters_without_a_decided_claim_are_left_out(tmp_path, chapters, entries):
    write_pages(tmp_path, [], chapters, entries[-1:], DOCUMENTS, PARTS)
    assert {file.stem for file in tmp_path.glob("chapter-*")} == {"chapter-second"}


@pytest.mark.parametrize(
    ("facts", "label"),
    [
        pytest.param({}, "Proof:", id="proof"),
        pytest.param({"symbolic": False}, "Test:", id="instances"),
        pytest.param({"order": 2.0}, "Measured:", id="order"),
        pytest.param({"holds": False}, "Refuted:", id="refuted"),
        pytest.param({"holds": None}, "Undecided:", id="open"),
    ],
)
def test_evidence_says_what_sort_it_is(facts, label, tmp_path):
    one = claim("one", **facts)
    write_pages(tmp_path, [], {"first": chapter("first", one)}, [Entry("first", decide(one))], DOCUMENTS, PARTS)
    assert f"{label} The check of one." in Page((tmp_path / "chapter-first.html").read_text(encoding="utf-8")).text


def test_what_is_technical_is_folded(tmp_path):
    one = claim("one")
    object.__setattr__(one, "check", lambda: Evidence(True, True, "it holds", detail="tr(A B) is left"))
    write_pages(tmp_path, [], {"first": chapter("first", one)}, [Entry("first", decide(one))], DOCUMENTS, PARTS)
    text = (tmp_path / "chapter-first.html").read_text(encoding="utf-8")
    assert '<details><summary class="small">How it was computed</summary><p class="small">tr(A B) is left.</p>' in text
