"""MNIST: files found, missing, damaged, out of reach; and the real ones where they are provided."""

import gzip
import hashlib
import os

import numpy as np
import pooch
import pytest

from flowdln.datasets import mnist, mnist_files
from flowdln.errors import DatasetError, InputError, MissingDataError

IMAGES = np.random.default_rng(0).integers(0, 256, (4, 28, 28), dtype=np.uint8)
LABELS = np.array([3, 0, 9, 3], dtype=np.uint8)
IMAGES_NAME, LABELS_NAME = mnist_files.FILES["test"]
IMAGE_FILE, LABEL_FILE = f"{IMAGES_NAME}.gz", f"{LABELS_NAME}.gz"


def idx(array):
    """``array`` in IDX format, of unsigned bytes."""
    header = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes()
    return header + array.tobytes()


def md5(content):
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with a small test split whose checksums are taken for the true ones."""
    for name, array in ((IMAGES_NAME, IMAGES), (LABELS_NAME, LABELS)):
        (tmp_path / f"{name}.gz").write_bytes(gzip.compress(idx(array)))
        monkeypatch.setitem(mnist_files.CONTENT, name, md5(idx(array)))
    return tmp_path


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    """Every download fails."""

    def fail(url, *_, **__):
        raise ConnectionError(f"no route to {url}")

    monkeypatch.setattr(pooch, "retrieve", fail)


def check_small_split(data):
    np.testing.assert_array_equal(data.inputs, IMAGES.reshape(4, 784) / 255)
    np.testing.assert_array_equal(data.targets.argmax(axis=1), LABELS)
    np.testing.assert_array_equal(data.targets.sum(axis=1), 1.0)


def test_files_in_the_folder(folder):
    check_small_split(mnist("test", folder=folder))


def test_files_in_the_subfolder_of_the_environment_variable(folder, monkeypatch):
    (folder / "mnist").mkdir()
    for name in (IMAGE_FILE, LABEL_FILE):
        (folder / name).rename(folder / "mnist" / name)
    monkeypatch.setenv("FLOWDLN_DATA", str(folder))
    check_small_split(mnist("test"))


def test_folder_goes_before_the_environment_variable(folder, monkeypatch):
    monkeypatch.setenv("FLOWDLN_DATA", "no/such/folder")
    check_small_split(mnist("test", folder=folder))
    with pytest.raises(DatasetError, match="folder 'no/such/folder' lacks"):
        mnist("test")


def test_missing_files_are_named(folder):
    (folder / LABEL_FILE).unlink()
    with pytest.raises(DatasetError) as caught:
        mnist("test", folder=folder)
    assert f"folder '{folder.as_posix()}' lacks {LABELS_NAME}; expected them there" in str(caught.value)
    assert f"lacks {IMAGES_NAME}" not in str(caught.value)
    assert "give no folder and unset FLOWDLN_DATA" in str(caught.value)


def test_damaged_file_is_named_with_both_checksums(folder):
    damaged = idx(255 - IMAGES)
    (folder / IMAGE_FILE).write_bytes(gzip.compress(damaged))
    checksums = f"checksum {md5(damaged)}; expected {md5(idx(IMAGES))}"
    with pytest.raises(DatasetError, match=f"{IMAGE_FILE}' holds data with the MD5 {checksums}. It is damaged"):
        mnist("test", folder=folder)


@pytest.mark.parametrize(
    "content",
    [gzip.compress(idx(LABELS))[:-9], idx(LABELS), gzip.compress(idx(LABELS))[:12] + bytes(20)],
    ids=["cut short", "not gzipped", "overwritten"],
)
def test_file_that_cannot_be_decompressed(folder, content):
    (folder / LABEL_FILE).write_bytes(content)
    with pytest.raises(DatasetError, match=r"cannot be decompressed .*It is damaged or another"):
        mnist("test", folder=folder)


def test_how_the_file_was_compressed_does_not_matter(folder):
    (folder / IMAGE_FILE).write_bytes(gzip.compress(idx(IMAGES), compresslevel=1))
    check_small_split(mnist("test", folder=folder))


@pytest.mark.parametrize("place", [".", "mnist", "raw", "MNIST/raw"])
@pytest.mark.parametrize("dotted", [False, True], ids=["hyphen", "dot"])
@pytest.mark.parametrize("zipped", [False, True], ids=["decompressed", "gzipped"])
def test_layouts_and_spellings(folder, place, dotted, zipped):
    home = folder / "data" / place
    home.mkdir(parents=True)
    for name in (IMAGES_NAME, LABELS_NAME):
        packed = (folder / f"{name}.gz").read_bytes()
        spelling = name.replace("-idx", ".idx") if dotted else name
        path = home / (f"{spelling}.gz" if zipped else spelling)
        path.write_bytes(packed if zipped else gzip.decompress(packed))
    check_small_split(mnist("test", folder=folder / "data"))


@pytest.mark.parametrize("name", [IMAGES_NAME, IMAGE_FILE])
def test_damage_is_noticed_gzipped_or_not(folder, name):
    (folder / IMAGE_FILE).unlink()
    content = idx(255 - IMAGES)
    (folder / name).write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    with pytest.raises(DatasetError, match=f"{name}' holds data with the MD5 checksum {md5(content)}; expected"):
        mnist("test", folder=folder)


@pytest.mark.parametrize("zipped", [False, True], ids=["decompressed", "gzipped"])
def test_content_larger_than_the_original_is_refused(folder, monkeypatch, zipped):
    (folder / IMAGE_FILE).unlink()
    content = idx(IMAGES) + bytes(1)
    (folder / (IMAGE_FILE if zipped else IMAGES_NAME)).write_bytes(gzip.compress(content) if zipped else content)
    monkeypatch.setattr(mnist_files, "LARGEST", len(content) - 1)
    with pytest.raises(DatasetError, match=f"holds more than {len(content) - 1} bytes; .*another data set"):
        mnist("test", folder=folder)


@pytest.mark.parametrize("given", [3, b"data", "a\0b"], ids=str)
def test_folders_of_other_types_are_refused(given):
    with pytest.raises(InputError, match=r"folder is .*; expected the path"):
        mnist("test", folder=given)


@pytest.mark.parametrize("value", [None, ""], ids=["unset", "empty"])
def test_failed_download_says_how_to_do_without(monkeypatch, value):
    monkeypatch.delenv("FLOWDLN_DATA", raising=False)
    if value is not None:
        monkeypatch.setenv("FLOWDLN_DATA", value)
    with pytest.raises(DatasetError) as caught:
        mnist("train")
    message = str(caught.value)
    assert "the train split of MNIST could not be downloaded from https://ossci-datasets" in message
    assert "no route to https://ossci-datasets.s3.amazonaws.com/mnist/train-images-idx3-ubyte.gz" in message
    assert "name it in the environment variable FLOWDLN_DATA" in message


def test_download_is_checked_and_cached(folder, monkeypatch):
    monkeypatch.delenv("FLOWDLN_DATA", raising=False)
    asked = []

    def retrieve(url, known_hash, *, fname, path):
        asked.append((url, known_hash))
        assert "flowdln" in str(path)
        return str(folder / fname)

    monkeypatch.setattr(pooch, "retrieve", retrieve)
    check_small_split(mnist("test"))
    assert asked == [
        (f"{mnist_files.URL}{name}.gz", "md5:" + mnist_files.PUBLISHED[name]) for name in (IMAGES_NAME, LABELS_NAME)
    ]


def test_unknown_split():
    with pytest.raises(InputError, match="split is 'validation'; expected one of train, test"):
        mnist("validation")


@pytest.mark.skipif(not os.environ.get("FLOWDLN_DATA"), reason="FLOWDLN_DATA names no folder with the MNIST files")
def test_real_test_split():
    data = mnist("test")
    assert data.inputs.shape == (10_000, 784)
    assert data.targets.sum(axis=0).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    assert data.inputs.mean() == pytest.approx(0.1325, abs=5e-5)


def test_folder_whose_name_is_too_long_lacks_the_files():
    with pytest.raises(MissingDataError, match=r"folder 'a+' lacks t10k-images-idx3-ubyte and"):
        mnist("test", folder="a" * 5000)


def test_missing_files_are_told_from_damaged_ones(folder):
    with pytest.raises(MissingDataError):
        mnist("train", folder=folder)
    (folder / IMAGE_FILE).write_bytes(b"junk")
    with pytest.raises(DatasetError) as caught:
        mnist("test", folder=folder)
    assert not isinstance(caught.value, MissingDataError)
