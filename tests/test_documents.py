"""Every statement of the documents is decided, once."""

import tomllib
from collections import Counter

from flowdln.reproduction.checkout import find_checkout, load_chapters, load_documents
from flowdln.symbolic.claims import OWN

CLAIMS = [claim for chapter in load_chapters().values() for claim in chapter.CLAIMS]
DOCUMENTS = load_documents()


def test_there_are_152_statements_in_five_documents():
    sizes = {name: len(document.ids) for name, document in DOCUMENTS.items()}
    assert sizes == {"schaeffer": 8, "basu": 64, "summary": 32, "saxe": 34, "neuromatch": 14}


def test_every_statement_is_in_a_chapter_once_and_no_other_is():
    found = Counter(claim.id for claim in CLAIMS if claim.document != OWN)
    assert found == Counter(name for document in DOCUMENTS.values() for name in document.ids)


def test_a_statement_is_of_the_document_that_its_id_names():
    assert all(claim.id.startswith(f"{claim.document}-") for claim in CLAIMS if claim.document != OWN)


def test_a_statement_of_a_document_is_explained():
    silent = [claim.id for claim in CLAIMS if claim.document != OWN and not claim.derivation]
    assert silent == []


def test_what_has_a_kind_is_of_a_document_and_corrected():
    assert all(claim.document != OWN and claim.correction for claim in CLAIMS if claim.kind)


def test_the_list_has_nothing_but_the_documents():
    listing = tomllib.loads((find_checkout() / "derivations" / "documents.toml").read_text(encoding="utf-8"))
    assert all(set(entry) == {"title", "authors", "where", "statements"} for entry in listing.values())
