"""Archives with arrays of other names, damaged ones, and ones that do not fit into memory."""

import zipfile

import numpy as np
import pytest
from refusal import refused

from flowdln import memory
from flowdln.datasets import from_file
from flowdln.errors import DatasetError, InputError

INPUTS, TARGETS = np.arange(12.0).reshape(4, 3), np.arange(8.0).reshape(4, 2)


@pytest.fixture
def archive(tmp_path):
    path = tmp_path / "run.npz"
    np.savez(path, x_train=INPUTS, y_train=TARGETS)
    return path


def test_arrays_of_other_names(archive):
    data = from_file(archive, inputs="x_train", targets="y_train")
    np.testing.assert_array_equal(data.inputs, INPUTS)
    np.testing.assert_array_equal(data.targets, TARGETS)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param({}, ["has the arrays x_train, y_train; expected one called inputs", "as inputs="], id="default"),
        pytest.param({"inputs": "x_train"}, ["expected one called targets", "as targets="], id="only inputs"),
        pytest.param({"inputs": ["x_train"]}, ["inputs is ['x_train']; expected the name of an array"], id="list"),
        pytest.param({"targets": 1}, ["targets is 1; expected the name of an array"], id="position"),
        pytest.param({"sep": ";"}, ["sep, decimal, header, skiprows and encoding are for tables"], id="separator"),
    ],
)
def test_arrays_that_are_not_there_are_refused(archive, arguments, words):
    refused(InputError, words, lambda: from_file(archive, **arguments))


def test_samples_are_rows_in_the_summary(tmp_path):
    np.savez(tmp_path / "auto.npz", inputs=np.ones((784, 10)), targets=np.ones((784, 10)))
    summary = repr(from_file(tmp_path / "auto.npz"))
    assert summary == "Dataset('auto': 784 samples in rows, 10 inputs, 10 targets)"


def test_flipped_byte_is_noticed(tmp_path):
    path = tmp_path / "data.npz"
    np.savez(path, inputs=np.eye(6), targets=np.eye(6))
    content = bytearray(path.read_bytes())
    content[content.find(b"NUMPY") + 150] ^= 255
    path.write_bytes(content)
    refused(DatasetError, ["data.npz' cannot be read (array inputs: Bad CRC-32"], lambda: from_file(path))


def with_header(path, shape):
    """An archive whose array of inputs has little data and a header that promises ``shape``."""
    header = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape!r}, }}".ljust(117).encode() + b"\n"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("inputs.npy", b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + bytes(64))
        archive.writestr("targets.npy", b"")


@pytest.mark.parametrize("shape", [(10**9, 10**9), (10**30, 1), (2**62, 4)])
def test_header_that_promises_more_than_the_memory_is_refused(tmp_path, shape):
    with_header(tmp_path / "run.npz", shape)
    refused(InputError, ["array inputs", "GiB of memory; expected at most"], lambda: from_file(tmp_path / "run.npz"))


@pytest.mark.parametrize("shape", [(-1, 2), (8, 2), (1.5, 2), "many"], ids=str)
def test_header_that_contradicts_the_data_is_refused(tmp_path, shape):
    with_header(tmp_path / "run.npz", shape)
    refused(DatasetError, ["cannot be read (array inputs"], lambda: from_file(tmp_path / "run.npz"))


def test_compressed_array_beyond_the_limit_is_refused_unread(tmp_path, monkeypatch):
    path = tmp_path / "run.npz"
    np.savez_compressed(path, inputs=np.zeros((1000, 100), np.uint8), targets=np.zeros((1000, 1)))
    assert from_file(path).inputs.shape == (1000, 100)
    monkeypatch.setattr(memory, "memory_limit", lambda: 799_999.0)  # bytes: entries become float64
    refused(InputError, ["array inputs of file", "GiB of memory"], lambda: from_file(path))
