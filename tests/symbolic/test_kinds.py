"""Kinds of refuted statements, as a reader meets them."""

import pytest

from flowdln.symbolic import Kind


def test_there_are_four_kinds_most_weighty_first():
    assert list(Kind) == [Kind.SUBSTANCE, Kind.ASSUMPTION, Kind.MISPRINT, Kind.READING]


@pytest.mark.parametrize("kind", Kind)
def test_a_kind_is_named_for_one_and_for_many_and_explained_in_a_sentence(kind):
    assert kind.name_of() == kind.name_of(1)
    assert kind.name_of(0) == kind.name_of(2) != kind.name_of(1)
    assert kind.meaning.endswith(".")


def test_no_two_kinds_share_a_name_or_a_meaning():
    words = [word for kind in Kind for word in (kind.name_of(1), kind.name_of(2), kind.meaning)]
    assert len(set(words)) == 3 * len(Kind)
