"""Data sets in NumPy's ``.npz`` files."""

from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.lib.npyio import NpzFile

from flowdln.datasets.dataset import Dataset
from flowdln.errors import DatasetError, InputError


def read_npz(file: Path) -> Dataset:
    """Data set of the arrays ``inputs``, ``targets``, and ``items`` and ``features`` where present."""
    try:
        archive = np.load(file, allow_pickle=False)
    except (OSError, EOFError, ValueError, BadZipFile) as error:
        raise _unreadable(file, error) from error
    if not isinstance(archive, NpzFile):
        raise _unreadable(file, "it holds a single array")
    with archive:
        return Dataset(
            file.stem,
            _array(file, archive, "inputs"),
            _array(file, archive, "targets"),
            items=_names(file, archive, "items"),
            features=_names(file, archive, "features"),
        )


def _unreadable(file: Path, reason: object) -> DatasetError:
    return DatasetError(
        f"file '{file.as_posix()}' cannot be read ({reason}); expected a .npz archive of arrays. Save it with "
        "numpy.savez(path, inputs=inputs, targets=targets)."
    )


def _array(file: Path, archive: NpzFile, name: str) -> np.ndarray:
    if name not in archive.files:
        raise InputError(
            f"file '{file.as_posix()}' has the arrays {', '.join(archive.files) or 'none'}; expected one called "
            f"{name}. Save it with numpy.savez(path, inputs=inputs, targets=targets)."
        )
    try:
        return archive[name]
    except ValueError as error:  # NumPy's refusal to unpickle
        raise InputError(
            f"array {name} of file '{file.as_posix()}' holds Python objects; expected numbers or text. Unpickling "
            "could run code. Save it again with .astype(float), or .astype(str) for names."
        ) from error


def _names(file: Path, archive: NpzFile, name: str) -> tuple[str, ...]:
    if name not in archive.files:
        return ()
    names = _array(file, archive, name)
    if names.dtype.kind != "U" or names.ndim != 1:
        raise InputError(
            f"array {name} of file '{file.as_posix()}' has entries of type {names.dtype} and shape {names.shape}; "
            "expected text, with one axis. Write names as numpy.array(['one', 'two']), or leave them out."
        )
    return tuple(names.tolist())
