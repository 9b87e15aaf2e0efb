"""Handwritten digits by the name of their source."""

import numpy as np
import pytest

from flowdln.datasets import Dataset, digits, handwriting
from flowdln.errors import DatasetError, InputError, MissingDataError


def images(name):
    rng = np.random.default_rng(0)
    return Dataset(name, rng.random((5, 3)), rng.random((5, 2)), features=("even", "odd"))


def refuse(split):
    raise MissingDataError(f"{split} is not there; expected files. Get them.")


def damaged(split):
    raise DatasetError(f"{split} has another checksum; expected its own. Get it again.")


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


def test_test_images_stand_in_for_training_images_that_are_not_there_and_a_warning_says_so(splits, caplog):
    splits(train=refuse, test=images)
    assert handwriting("mnist").name == "test"
    (record,) = caplog.records
    assert record.levelname == "WARNING"
    assert "train is not there" in record.getMessage()


@pytest.mark.parametrize("outcomes", [{"train": damaged, "test": images}, {"train": refuse, "test": damaged}])
def test_damaged_files_are_an_error_whatever_else_is_there(outcomes, splits):
    splits(**outcomes)
    with pytest.raises(DatasetError, match="has another checksum"):
        handwriting("mnist")


def test_nothing_to_be_had_is_an_error_that_names_the_files_of_both_splits(splits):
    splits(train=refuse, test=refuse)
    with pytest.raises(MissingDataError, match=r"train-images.*t10k-images.*train is not there"):
        handwriting("mnist")


def test_another_source_is_refused():
    with pytest.raises(InputError, match=r"'cifar'.*'digits' needs no files"):
        handwriting("cifar")


def test_a_misspelt_source_is_recognised():
    with pytest.raises(InputError, match="Did you mean 'mnist'"):
        handwriting("MNIST")
