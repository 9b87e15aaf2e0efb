"""Pages of a small gallery and two small chapters."""

import pytest
from exhibits import DOCUMENTS, PARTS, chapter, claim, figure, refuted
from html_page import Page, write_pages

from flowdln.reproduction.gallery import described, make_figure
from flowdln.reproduction.ledger import Entry
from flowdln.symbolic import decide


@pytest.fixture(scope="package")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("pages")


@pytest.fixture(scope="package")
def pictures(folder):
    good, off = figure(folder), figure(folder, "off", right="height * x**2", wrong="2 * height * x**2")
    lost = described("lost", good, "quick")._replace(error="ValueError: ink < paper")
    return [make_figure("basu_fig1", good, folder)._replace(claims=("two",)), make_figure("off", off, folder), lost]


@pytest.fixture(scope="package")
def chapters():
    return {
        "first": chapter("first", claim("one"), claim("two", document="basu", unstated=("n < m",))),
        "second": chapter("second", claim("three", holds=False), refuted("four"), claim("five", order=2.0)),
    }


@pytest.fixture(scope="package")
def entries(chapters):
    return [Entry(name, decide(claim)) for name, module in chapters.items() for claim in module.CLAIMS]


@pytest.fixture(scope="package")
def pages(folder, pictures, chapters, entries):
    write_pages(folder, pictures, chapters, entries, DOCUMENTS, PARTS)
    return {path.stem: Page(path.read_text(encoding="utf-8")) for path in folder.glob("*.html")}
