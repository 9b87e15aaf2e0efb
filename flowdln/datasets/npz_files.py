"""Data sets in NumPy's ``.npz`` files."""

import math
from pathlib import Path
from typing import Any, BinaryIO, cast
from zipfile import ZipFile

import numpy as np
from numpy.lib import format as npy
from numpy.lib.npyio import NpzFile

from flowdln.datasets.dataset import Dataset
from flowdln.errors import DatasetError, FlowdlnError, InputError
from flowdln.memory import FLOAT_BYTES, require_memory

HEADERS = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}


def read_npz(file: Path, inputs: Any, targets: Any) -> Dataset:
    """Data set of the arrays called ``inputs`` and ``targets``, and ``items`` and ``features`` where present."""
    names = {"inputs": _array_name("inputs", inputs), "targets": _array_name("targets", targets)}
    try:
        stream = file.open("rb")
    except OSError as error:
        raise _unreadable(file, error) from error
    with stream, _archive(file, stream) as archive:
        arrays = {role: _array(file, archive, name, role) for role, name in names.items()}
        items, features = (_names(file, archive, name) for name in ("items", "features"))
    return Dataset(file.stem, **arrays, items=items, features=features)


def _archive(file: Path, stream: BinaryIO) -> NpzFile:
    try:
        archive = np.load(stream, allow_pickle=False)
    except Exception as error:  # whatever a damaged directory of an archive makes zipfile and NumPy raise
        raise _unreadable(file, error) from error
    if not isinstance(archive, NpzFile):
        raise _unreadable(file, "it holds a single array")
    return archive


def _array_name(role: str, name: Any) -> str:
    """The name of the array that holds the inputs or targets, ``role`` itself by default."""
    if name is None or isinstance(name, str):
        return name or role
    raise InputError(
        f"{role} is {name!r}; expected the name of an array for a .npz file. Columns are chosen in tables (.csv, .tsv)."
    )


def _unreadable(file: Path, reason: object) -> DatasetError:
    return DatasetError(
        f"file '{file.as_posix()}' cannot be read ({reason}); expected an undamaged .npz archive of arrays. Save it "
        "with numpy.savez(path, inputs=inputs, targets=targets)."
    )


def _array(file: Path, archive: NpzFile, name: str, role: str) -> np.ndarray:
    """The array called ``name``, once its header has shown that it holds numbers or text and fits into memory."""
    if name not in archive.files:
        raise InputError(
            f"file '{file.as_posix()}' has the arrays {', '.join(archive.files) or 'none'}; expected one called "
            f"{name}. Pass the name of yours as {role}=."
        )
    try:
        shape, dtype = _header(archive, name)
        size = math.prod(shape) * max(dtype.itemsize, FLOAT_BYTES)  # numbers become float64
        _require_plain(file, name, dtype)
        require_memory(f"array {name} of file '{file.as_posix()}'", size, advice="Save a part of the data.")
        return archive[name]
    except FlowdlnError:
        raise
    except Exception as error:  # a damaged archive raises errors of zipfile, zlib, struct, ast and NumPy
        raise _unreadable(file, f"array {name}: {error or type(error).__name__}") from error


def _header(archive: NpzFile, name: str) -> tuple[tuple[int, ...], np.dtype]:
    """Shape and type of an array, from its header alone."""
    with cast(ZipFile, archive.zip).open(f"{name}.npy") as stream:
        shape, _, dtype = HEADERS[npy.read_magic(stream)](stream)
    return shape, dtype


def _require_plain(file: Path, name: str, dtype: np.dtype) -> None:
    if dtype.hasobject:
        raise InputError(
            f"array {name} of file '{file.as_posix()}' holds Python objects; expected numbers or text. Unpickling "
            "could run code. Save it again with .astype(float), or .astype(str) for names."
        )


def _names(file: Path, archive: NpzFile, name: str) -> tuple[str, ...]:
    if name not in archive.files:
        return ()
    names = _array(file, archive, name, name)
    if names.dtype.kind != "U" or names.ndim != 1:
        raise InputError(
            f"array {name} of file '{file.as_posix()}' has entries of type {names.dtype} and shape {names.shape}; "
            "expected text, with one axis. Write names as numpy.array(['one', 'two']), or leave them out."
        )
    return tuple(names.tolist())
