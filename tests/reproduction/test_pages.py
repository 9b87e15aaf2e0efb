"""The pages: complete, well-formed, and readable without a network."""

import xml.etree.ElementTree as ET
from html.parser import HTMLParser

import pytest
from exhibits import DOCUMENTS, chapter, claim, figure, refuted

from flowdln.reproduction.checkout import load_chapters, load_documents, load_parts
from flowdln.reproduction.gallery import described, make_figure
from flowdln.reproduction.ledger import Entry
from flowdln.reproduction.pages import write_pages
from flowdln.reproduction.typesetting import formula, prose, sentences
from flowdln.symbolic import Decision, Evidence, Kind, Verdict, decide

PARTS = {"A part": ("first",), "Another": ("second",)}
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
    return tmp_path_factory.mktemp("pages")


@pytest.fixture(scope="module")
def pictures(folder):
    good, off = figure(folder), figure(folder, "off", right="height * x**2", wrong="2 * height * x**2")
    lost = described("lost", good)._replace(error="ValueError: ink < paper")
    return [make_figure("basu_fig1", good, folder)._replace(claims=("two",)), make_figure("off", off, folder), lost]


@pytest.fixture(scope="module")
def chapters():
    return {
        "first": chapter("first", claim("one"), claim("two", document="basu", unstated=("n < m",))),
        "second": chapter("second", claim("three", holds=False), refuted("four"), claim("five", order=2.0)),
    }


@pytest.fixture(scope="module")
def entries(chapters):
    return [Entry(name, decide(claim)) for name, module in chapters.items() for claim in module.CLAIMS]


@pytest.fixture(scope="module")
def pages(folder, pictures, chapters, entries):
    write_pages(folder, pictures, chapters, entries, DOCUMENTS, PARTS)
    return {path.stem: Page(path.read_text(encoding="utf-8")) for path in folder.glob("*.html")}


def test_a_page_for_the_gallery_the_ledger_each_chapter_and_the_errata_of_each_document(pages):
    assert set(pages) == {"index", "claims", "chapter-first", "chapter-second", "errata-basu", "errata-saxe"}


def test_every_figure_is_shown_with_a_text_for_those_who_cannot_see_it(pages, pictures):
    images = pages["index"].all("img")
    assert [image["alt"] for image in images] == [picture.title for picture in pictures if not picture.error]
    assert all(image["src"].startswith("data:image/png;base64,iVBOR") for image in images)


def test_every_figure_has_its_title_source_code_caption_and_parameters(pages, pictures):
    for picture in pictures:
        for text in (picture.title, picture.source, picture.caption):
            assert text in pages["index"].text
    assert pages["index"].text.count("with points = 20, height = 4.0.") == 2


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


def test_an_interrupted_write_leaves_the_old_page(tmp_path, chapters, entries, monkeypatch):
    page = write_pages(tmp_path, [], chapters, entries, DOCUMENTS, PARTS)
    old, files = page.read_bytes(), sorted(tmp_path.iterdir())

    def interrupted(path, text, encoding):
        path.write_bytes(text.encode(encoding)[:100])
        raise KeyboardInterrupt

    monkeypatch.setattr(type(tmp_path), "write_text", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_pages(tmp_path, [], chapters, entries[:1], DOCUMENTS, PARTS)
    assert page.read_bytes() == old
    assert sorted(tmp_path.iterdir()) == files


def test_elements_are_nested_properly(pages):
    assert {name: page.faults for name, page in pages.items() if page.faults} == {}


@pytest.mark.parametrize("text", ["<p><b>x</p></b>", "<p>", "</p>"], ids=["crossed", "open", "closed only"])
def test_control_bad_nesting_is_noticed(text):
    assert Page(text).faults


def test_each_page_says_what_it_is_and_where_in_the_navigation(pages):
    for name, page in pages.items():
        assert [tag for tag, _ in page.elements].count("title") == 1
        assert page.all("html") == [{"lang": "en"}]
        assert {"charset": "utf-8"} in page.all("meta")
        assert [link["href"] for link in page.all("a") if "aria-current" in link] == [f"{name}.html"]


def test_ids_are_unique_and_links_lead_somewhere(pages, folder):
    for page in pages.values():
        ids = page.values("id")
        assert len(set(ids)) == len(ids)
        for link in page.values("href"):
            file, _, place = link.partition("#")
            assert not file or (folder / file).is_file()
            target = page if not file else pages.get(file.removesuffix(".html"))
            assert not place or place in target.values("id")


def test_nothing_is_fetched_from_elsewhere(pages, folder):
    for page in pages.values():
        assert not {"script", "link", "iframe", "base"} & {tag for tag, _ in page.elements}
        files = [name.partition("#")[0] for name in page.values("href") if not name.startswith("#")]
        assert all((folder / name).is_file() for name in files)
        assert all(source.startswith("data:") for source in page.values("src"))
        assert "url(" not in page.text
        assert "@import" not in page.text


def test_formulas_of_all_chapters_make_well_formed_pages(tmp_path):
    chapters = load_chapters()
    evidence = Evidence(holds=True, symbolic=True, text="")
    good = Decision("proved", evidence, evidence)
    entries = [
        Entry(name, Verdict(claim, good, good if claim.correction else None))
        for name, module in chapters.items()
        for claim in module.CLAIMS
    ]
    write_pages(tmp_path, [], chapters, entries, load_documents(), load_parts())
    for path in tmp_path.glob("*.html"):
        page = Page(path.read_text(encoding="utf-8"))
        assert page.faults == []
        assert "$" not in page.text, path.name
        assert "\\" not in page.text, path.name


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("the sides agree", "The sides agree.", id="a clause"),
        pytest.param("one; two; one", "One. Two.", id="clauses, each once"),
        pytest.param("a row is 0; s - u is 0", "A row is 0. s - u is 0.", id="symbols stay small"),
        pytest.param("d/dt x = 0: holds", "d/dt x = 0: holds.", id="a formula"),
        pytest.param("it ends.", "It ends.", id="a sentence"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_clauses_become_sentences(text, shown):
    assert sentences(text) == shown


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


def test_text_is_escaped_and_formulas_are_not():
    shown = prose("if a < b then $x^2$ & more")
    assert shown.startswith("if a &lt; b then <math")
    assert shown.endswith("</math> &amp; more")


def test_a_formula_stands_on_its_own_line_which_scrolls_if_it_is_too_wide():
    shown = formula("x = 1")
    assert shown.startswith('<div class="formula"><math')
    assert 'display="block"' in shown


def test_the_list_of_chapters_is_folded(pages):
    for page in pages.values():
        assert not any("open" in details for details in page.all("details"))


@pytest.mark.parametrize("show", [formula, lambda latex: prose(f"${latex}$")], ids=["formula", "prose"])
def test_text_within_a_formula_is_escaped_too(show):
    shown = show(r"x \le y \text{<b>if} a & b}")
    assert "<b>" not in shown
    assert "&lt;b&gt;" in shown
    assert "&#x02264;" in shown


THIN = '<mspace width="0.17em" />'
INVERSE = "<msup><mi>sinh</mi><mrow><mo>&#x02212;</mo><mn>1</mn></mrow></msup>"


@pytest.mark.parametrize(
    ("latex", "function"),
    [
        pytest.param(r"s \ln x", "<mi>ln</mi>", id="plain"),
        pytest.param(r"s \sinh^{-1} x", INVERSE, id="with an exponent"),
        pytest.param(r"\frac{s \ln x}{2}", "<mi>ln</mi>", id="in a fraction"),
    ],
)
def test_functions_stand_apart_from_what_they_are_of(latex, function):
    assert f"<mi>s</mi>{THIN}{function}{THIN}<mi>x</mi>" in prose(f"${latex}$")


def test_what_is_no_function_stands_as_it_is():
    assert "mspace" not in prose(r"$s x^{-1} \frac{a}{b}$")


@pytest.mark.parametrize("latex", [r"\ln^2 x", r"x_{\ln y}", r"\frac{\ln}{\ln}", r"\sqrt[n]{\ln x}"])
def test_no_space_is_put_where_it_would_be_taken_for_an_exponent(latex):
    fixed = {"msup": 2, "msub": 2, "mfrac": 2, "mroot": 2}
    for element in ET.fromstring(prose(f"${latex}$")).iter():  # noqa: S314 (our own text)
        name = element.tag.partition("}")[2]
        assert len(element) == fixed.get(name, len(element))
