"""What the errata of a document list, and in which order."""

from exhibits import DOCUMENTS, PARTS, chapter, refuted
from html_page import Page, write_pages

from flowdln.reproduction.ledger import Entry
from flowdln.symbolic import Kind, decide


def test_errata_count_what_is_wrong_silent_and_approximate(pages):
    text = pages["errata-basu"].text
    assert "Of 2 statements 1 does not hold as printed: 1 misprint. Besides, 1 needs an assumption" in text
    assert "Assumes n < m." in text
    assert pages["errata-saxe"].text.count("Nothing.") == 3


def test_errata_stand_by_kind_most_weighty_first_each_kind_with_what_it_means(tmp_path):
    kinds = {"a": Kind.READING, "b": Kind.SUBSTANCE, "c": Kind.READING, "d": Kind.ASSUMPTION}
    claims = [refuted(name, kind) for name, kind in kinds.items()]
    entries = [Entry("first", decide(claim)) for claim in claims]
    write_pages(tmp_path, [], {"first": chapter("first", *claims)}, entries, DOCUMENTS, PARTS)
    page = Page((tmp_path / "errata-basu.html").read_text(encoding="utf-8"))
    assert (
        "4 do not hold as printed: 1 error of substance, 1 unstated assumption and 2 matters of reading." in page.text
    )
    assert [article["id"] for article in page.all("article")] == ["b", "d", "a", "c"]
    counts = {Kind.SUBSTANCE: 1, Kind.ASSUMPTION: 1, Kind.READING: 2}
    headings = [f"{kind.name_of(2).capitalize()} ({count}) {kind.meaning}" for kind, count in counts.items()]
    places = [page.text.index(heading) for heading in headings]
    assert places == sorted(places)
    assert Kind.MISPRINT.meaning not in page.text


def test_a_refutation_without_a_kind_is_not_lost_from_the_errata(tmp_path):
    bad = refuted("bad", kind=None)
    write_pages(tmp_path, [], {"first": chapter("first", bad)}, [Entry("first", decide(bad))], DOCUMENTS, PARTS)
    page = Page((tmp_path / "errata-basu.html").read_text(encoding="utf-8"))
    assert "Of no kind yet" in page.text
    assert [article["id"] for article in page.all("article")] == ["bad"]


def test_the_kind_of_a_refutation_stands_with_its_verdict_and_in_the_counts(pages):
    for name in ("claims", "chapter-second"):
        assert "✗ refuted: misprint" in pages[name].text
    for name in ("claims", "index"):
        assert "2 refuted (1 misprint)." in pages[name].text
    assert "error of substance, unstated assumption, misprint or matter of reading" in pages["claims"].text
