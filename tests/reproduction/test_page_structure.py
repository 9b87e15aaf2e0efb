"""Pages are well-formed, lead somewhere, and need no network."""

import pytest
from html_page import Page, write_pages

from flowdln.reproduction.checkout import load_chapters, load_documents, load_parts
from flowdln.reproduction.ledger import Entry
from flowdln.symbolic import Decision, Evidence, Verdict


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


def test_the_list_of_chapters_is_folded(pages):
    for page in pages.values():
        assert not any("open" in details for details in page.all("details"))
