"""Handwritten digits by the name of their source."""

import numpy as np
import pytest

from flowdln.datasets import Dataset, digits, handwriting
from flowdln.errors import DatasetError, InputError


def images(name):
    rng = np.random.default_rng(0)
    return Dataset(name, rng.random((5, 3)), rng.random((5, 2)), features=("even", "odd"))


def refuse(split):
    raise DatasetError(what=split, received="is not there", expected="files", advice="Get them.")


@pytest.fixture
def splits(monkeypatch):
    """Sets what ``mnist`` does for each split."""

    def install(**outcomes):
        monkeypatch.setattr("flowdln.datasets.digit_images.mnist", lambda split: outcomes[split](split))

    return install


def test_small_digits_are_centred_with_their_names():
    data, raw = handwriting("digits"), digits()
    np.testing.assert_allclose(data.inputs, raw.inputs - raw.inputs.mean(axis=0), atol=1e-14)
    np.testing.assert_allclose(data.targets, raw.targets - raw.targets.mean(axis=0), atol=1e-14)
    assert (data.name, data.features) == (raw.name, raw.features)


def test_training_images_come_first(splits):
    splits(train=images, test=refuse)
    data = handwriting("mnist")
    assert data.name == "train"
    np.testing.assert_allclose(data.inputs.mean(axis=0), 0, atol=1e-15)


def test_test_images_are_named_where_they_are_all_there_is(splits):
    splits(train=refuse, test=images)
    assert handwriting("mnist").name == "test"


def test_nothing_to_be_had_is_an_error(splits):
    splits(train=refuse, test=refuse)
    with pytest.raises(DatasetError, match="is not there"):
        handwriting("mnist")


def test_another_source_is_refused():
    with pytest.raises(InputError, match="'cifar'"):
        handwriting("cifar")
