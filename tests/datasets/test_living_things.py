"""The semantic data: the table itself, and the modes that make it famous."""

import numpy as np
import pytest

from flowdln.datasets import semantic
from flowdln.datasets.living_things import LIVING_THINGS

PLANTS = {"pine", "oak", "rose", "daisy"}
BIRDS = {"robin", "canary"}


def items_with(feature):
    data = semantic()
    return {item for item, has in zip(data.items, data.targets[:, data.features.index(feature)], strict=True) if has}


def test_eight_things_with_36_properties():
    data = semantic()
    np.testing.assert_array_equal(data.inputs, np.eye(8))
    assert data.targets.shape == (8, 36)
    assert set(np.unique(data.targets)) == {0.0, 1.0}
    assert len(set(data.features)) == 36


def test_every_statement_of_the_table_is_a_one():
    words = sum(len(clause.split()) - 1 for text in LIVING_THINGS.values() for clause in text.split(";"))
    assert semantic().targets.sum() == words


@pytest.mark.parametrize(
    ("feature", "items"),
    [
        ("isa living thing", set(LIVING_THINGS)),
        ("isa plant", PLANTS),
        ("has skin", set(LIVING_THINGS) - PLANTS),
        ("can fly", BIRDS),
        ("has bark", {"pine", "oak"}),
        ("has leaves", {"oak", "rose", "daisy"}),
        ("is yellow", {"daisy", "canary", "sunfish"}),
        ("can sing", {"canary"}),
        ("isa salmon", {"salmon"}),
    ],
)
def test_who_has_it(feature, items):
    assert items_with(feature) == items


def test_modes_part_kingdoms_then_kinds():
    data = semantic()
    plant = np.array([item in PLANTS for item in data.items])
    bird = np.array([item in BIRDS for item in data.items])
    everything, kingdom, kind = np.linalg.svd(data.moments().sigma_yx).Vh[:3]
    assert abs(np.sign(everything).sum()) == 8
    assert set(np.sign(kingdom[plant])) == {-np.sign(kingdom[~plant][0])}
    assert len(set(np.sign(kingdom[~plant]))) == 1
    assert len(set(np.sign(kind[~plant]))) == 2  # the control: the third mode splits the animals
    assert len(set(np.sign(kind[bird]))) == 1


def test_leading_centred_mode_parts_plants_from_animals():
    data = semantic()
    plant = np.array([item in PLANTS for item in data.items])
    leading = np.linalg.svd(data.targets - data.targets.mean(axis=0)).U[:, 0]
    assert abs(np.sign(leading[plant]).sum() - np.sign(leading[~plant]).sum()) == 8
