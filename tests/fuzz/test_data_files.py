"""Malformed files of data and problems: a clear error or a finite answer, never a raw error."""

import gzip
import io
import time

import numpy as np
import pytest

from flowdln.datasets import from_file
from flowdln.errors import FlowdlnError
from flowdln.problem_file import EXAMPLE, read_problem

SECONDS = 5.0  # most for one file
BUDGET, WHOLE = 25, 400  # files of each kind by default, and with those that are slow

INPUTS, TARGETS = np.arange(12.0).reshape(4, 3), np.arange(8.0).reshape(4, 2)
TABLE = "a,b,y\n" + "".join(f"{i},{i / 7:.6f},{-i}\n" for i in range(12))
TYPES = ["[]", "{}", "true", "''", "'\\u0000'", "'digits'", "[[1], [2, 3]]", "1979-05-27", "07:32:00"]
SIZES = ["-1", "0", "3", "2.5", "nan", "inf", "1e308", "1e160", "1e-320", "0x7fffffffffffffff", "9" * 400]
PIECES = [
    ";",
    '"',
    "\r",
    "\n",
    "sep=;\n",
    "1,5",
    "1.234,5",
    "nan",
    "1e400",
    "9" * 400,
    "0x1",
    "1_0",
    "\ufeff",
    "\u2028",
    "\u0663",
]
VALUES = [*TYPES, *SIZES, "[" * 300 + "]" * 300]


def archive(save):
    stream = io.BytesIO()
    save(stream, inputs=INPUTS, targets=TARGETS, features=np.array(["one", "two"]))
    return stream.getvalue()


CONTENTS = {
    "data.npz": archive(np.savez),
    "compressed.npz": archive(np.savez_compressed),
    "data.csv": TABLE.encode(),
    "data.tsv": TABLE.replace(",", "\t").encode(),
    "data.csv.gz": gzip.compress(TABLE.encode(), mtime=0),
    "problem.toml": EXAMPLE.encode(),
}


ORIGINAL = dict.fromkeys(["data.npz", "compressed.npz"], TARGETS) | {"data.csv.gz": -np.arange(12.0).reshape(-1, 1)}


def damaged(content, rng):
    """``content`` with flipped bytes, cut short, with garbage, a piece doubled, or a piece left out."""
    data = bytearray(content)
    start, length = rng.integers(len(data)), rng.integers(1, 40)
    match rng.choice(["flip", "cut", "insert", "double", "omit"]):
        case "flip":
            for _ in range(rng.choice([1, 1, 8])):
                data[rng.integers(len(data))] ^= 1 << rng.integers(8)
        case "cut":
            del data[start:]
        case "insert":
            data[start:start] = rng.bytes(length)
        case "double":
            data[start:start] = data[start : start + length]
        case "omit":
            del data[start : start + length]
    return bytes(data)


def other_entry(content, rng):
    """A table in which one or two pieces of text stand in some places, over the text there or beside it."""
    text = content.decode()
    for _ in range(rng.choice([1, 2])):
        start, length = rng.integers(len(text)), rng.choice([0, 1, 3])
        text = f"{text[:start]}{rng.choice(PIECES)}{text[start + length :]}"
    return text.encode()


def other_value(content, rng):
    """A problem file in which one or two values are of another type or size."""
    lines = content.decode().splitlines()
    for _ in range(rng.choice([1, 2])):
        place = rng.choice([i for i, line in enumerate(lines) if "=" in line and not line.startswith("#")])
        lines[place] = f"{lines[place].split('=')[0]}= {rng.choice(VALUES)}"
    return "\n".join(lines).encode()


def arrays_of(path):
    if path.suffix == ".toml":
        problem = read_problem(path).problem
        return [*problem.moments, *problem.weights]
    data = from_file(path, targets="targets" if path.suffix == ".npz" else "y")
    return [data.inputs, data.targets]


def check(path, content):
    """Assert that reading ``content`` ends in time, in one of our errors or in finite arrays."""
    path.write_bytes(content)
    started = time.perf_counter()
    try:
        arrays = arrays_of(path)
    except FlowdlnError:
        arrays = []
    assert time.perf_counter() - started < SECONDS
    assert all(np.isfinite(array).all() for array in arrays)
    if path.name in ORIGINAL and arrays:  # formats with checksums
        np.testing.assert_array_equal(arrays[1], ORIGINAL[path.name])


def cases(budget, start=0):
    for name in CONTENTS:
        for seed in range(start, budget):
            yield pytest.param(name, damaged, seed, id=f"{name}-{seed}")
    for seed in range(start, budget):
        yield pytest.param("problem.toml", other_value, seed, id=f"values-{seed}")
        yield pytest.param("data.csv", other_entry, seed, id=f"entries-{seed}")


@pytest.mark.parametrize(("name", "change", "seed"), [*cases(BUDGET)])
def test_malformed_files_end_in_an_error_or_an_answer(name, change, seed, tmp_path):
    check(tmp_path / name, change(CONTENTS[name], np.random.default_rng(seed)))


@pytest.mark.slow
@pytest.mark.parametrize(("name", "change", "seed"), [*cases(WHOLE, BUDGET)])
def test_many_malformed_files_end_in_an_error_or_an_answer(name, change, seed, tmp_path):
    check(tmp_path / name, change(CONTENTS[name], np.random.default_rng(seed)))


@pytest.mark.parametrize("name", CONTENTS)
def test_undamaged_files_are_read(name, tmp_path):
    (tmp_path / name).write_bytes(CONTENTS[name])
    assert all(np.isfinite(array).all() for array in arrays_of(tmp_path / name))


def raises_raw(_):
    raise KeyError("raw")


@pytest.mark.parametrize(
    ("reader", "error"),
    [
        pytest.param(raises_raw, KeyError, id="raw error"),
        pytest.param(lambda _: [INPUTS, TARGETS * np.nan], AssertionError, id="NaN"),
        pytest.param(lambda _: [INPUTS, TARGETS + 1], AssertionError, id="wrong numbers"),
    ],
)
def test_control_faults_are_noticed(reader, error, tmp_path, monkeypatch):
    monkeypatch.setitem(globals(), "arrays_of", reader)
    with pytest.raises(error):
        check(tmp_path / "data.npz", b"")
