"""The page: complete, well-formed, and readable without a network."""

from html.parser import HTMLParser

import pytest
from exhibits import chapter, claim, figure

from flowdln.reproduction.checkout import load_chapters
from flowdln.reproduction.gallery import failed_figure, make_figure
from flowdln.reproduction.page import formula, prose, write_page
from flowdln.symbolic import Decision, Evidence, Verdict, decide

VOID = {"meta", "img", "br"}


class Page(HTMLParser):
    """What is in a page: its elements, its text, and the faults of its nesting."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.open, self.words, self.faults = [], [], [], []
        self.feed(text)
        self.close()
        self.text = " ".join(" ".join(self.words).split())
        self.faults += [f"<{tag}> is never closed" for tag in self.open]

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> closes another")

    def handle_data(self, data):
        self.words.append(data)

    def values(self, attribute):
        return [attributes[attribute] for _, attributes in self.elements if attribute in attributes]

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("page")


@pytest.fixture(scope="module")
def pictures(folder):
    good = make_figure("good", figure(folder, "good"), folder)
    off = make_figure("off", figure(folder, "off", right="height * x", wrong="2 * height * x"), folder)
    return [good, off, failed_figure("broken", figure(folder, "broken"), ValueError("ink < paper"))]


@pytest.fixture(scope="module")
def chapters():
    claims = [claim("proved"), claim("refuted", holds=False), claim("careless", control=True)]
    return {"first": chapter("first", *claims), "second": chapter("second", claim("seen", symbolic=False))}


@pytest.fixture(scope="module")
def verdicts(chapters):
    return [(name, decide(claim)) for name, module in chapters.items() for claim in module.CLAIMS]


@pytest.fixture(scope="module")
def page(folder, pictures, chapters, verdicts):
    return Page(write_page(folder, pictures, chapters, verdicts).read_text(encoding="utf-8"))


def test_every_figure_is_shown_with_a_text_for_those_who_cannot_see_it(page, pictures):
    assert page.all("img") == [{"src": f"{p.name}.png", "alt": p.title} for p in pictures if not p.error]


def test_every_figure_has_its_title_source_code_and_caption(page, pictures):
    for picture in pictures:
        for text in (picture.title, picture.source, picture.code, picture.caption):
            assert text in page.text


@pytest.mark.parametrize("extension", ["png", "svg", "pdf"])
def test_every_figure_is_linked_in_each_format(extension, page, pictures):
    links = set(page.values("href"))
    assert {f"{p.name}.{extension}" for p in pictures if not p.error} <= links


def test_every_number_is_shown(page, pictures):
    numbers = [check for picture in pictures for check in picture.checks]
    assert len(numbers) == 4
    for check in numbers:
        row = f"{check.name} {check.expected:.6g} {check.found:.6g} {check.tolerance:.6g}"
        assert f"{row} {'✓ pass' if check.passed else '✗ fail'}" in page.text


def test_failures_are_told(page):
    assert "(1 of 3 pass)" in page.text
    assert page.text.count("✗ failed") == 2
    assert page.text.count("✓ all numbers within tolerance") == 1
    assert "ValueError: ink < paper" in page.text


def test_every_claim_is_shown_with_its_verdict(page, verdicts):
    for _, verdict in verdicts:
        mark = f"{'✓' if verdict.settled else '✗'} {verdict.outcome}"
        assert f"{verdict.claim.id} {verdict.claim.title} {mark}" in page.text, "in the table"
        assert f"{verdict.claim.title} {mark}" in page.text.split("Chapter first")[-1], "in its chapter"
        for text in (
            f"Source: {verdict.claim.place}.",
            "Assumes: s > 0.",
            verdict.decision.evidence.text,
            verdict.decision.control.text,
        ):
            assert text in page.text


def test_every_chapter_is_shown_with_its_introduction(page, chapters):
    for module in chapters.values():
        assert page.text.count(module.TITLE) == 2, "in the contents and over the chapter"
    assert page.text.count("A paragraph with") == 2
    assert "The first line of" not in page.text


def test_chapters_without_a_decided_claim_are_left_out(tmp_path, chapters, verdicts):
    text = write_page(tmp_path, [], chapters, verdicts[-1:]).read_text(encoding="utf-8")
    assert "Chapter second" in text
    assert "Chapter first" not in text


def test_elements_are_nested_properly(page):
    assert page.faults == []


@pytest.mark.parametrize("text", ["<p><b>x</p></b>", "<p>", "</p>"], ids=["crossed", "open", "closed only"])
def test_control_bad_nesting_is_noticed(text):
    assert Page(text).faults


def test_the_page_says_what_it_is(page):
    assert [tag for tag, _ in page.elements].count("title") == 1
    assert page.all("html") == [{"lang": "en"}]
    assert {"charset": "utf-8"} in page.all("meta")


def test_ids_are_unique_and_links_within_the_page_lead_to_them(page):
    ids = page.values("id")
    assert len(set(ids)) == len(ids)
    assert {link[1:] for link in page.values("href") if link.startswith("#")} <= set(ids)
    assert set(page.values("aria-labelledby")) <= set(ids)


def test_nothing_is_fetched_from_elsewhere(page, folder):
    assert not {"script", "link", "iframe", "base"} & {tag for tag, _ in page.elements}
    files = [name for name in page.values("src") + page.values("href") if not name.startswith("#")]
    assert all((folder / name).is_file() for name in files)
    assert "url(" not in page.text
    assert "@import" not in page.text


def test_formulas_of_all_chapters_make_a_well_formed_page(tmp_path):
    chapters = load_chapters()
    evidence = Evidence(holds=True, symbolic=True, text="")
    verdicts = [
        (name, Verdict(claim, Decision("proved", evidence, evidence)))
        for name, c in chapters.items()
        for claim in c.CLAIMS
    ]
    page = Page(write_page(tmp_path, [], chapters, verdicts).read_text(encoding="utf-8"))
    assert page.faults == []
    assert len(page.all("math")) >= len(verdicts)
    assert all(f"claim-{verdict.claim.id}" in page.values("id") for _, verdict in verdicts)
    assert "$" not in page.text
    assert "\\" not in page.text


def test_text_is_escaped_and_formulas_are_not():
    shown = prose("if a < b then $x^2$ & more")
    assert shown.startswith("if a &lt; b then <math")
    assert shown.endswith("</math> &amp; more")


def test_a_formula_stands_on_its_own_line():
    assert 'display="block"' in formula("x = 1")
