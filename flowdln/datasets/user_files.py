"""The user's own data, from a file."""

import os
from collections.abc import Sequence
from pathlib import Path

from flowdln.datasets.csv_files import read_csv
from flowdln.datasets.dataset import Dataset
from flowdln.datasets.npz_files import read_npz
from flowdln.errors import DatasetError, InputError


def from_file(path: str | os.PathLike[str], *, targets: str | Sequence[str] | None = None) -> Dataset:
    r"""Inputs ``(P, n_0)`` and targets ``(P, n_L)`` of a ``.npz`` or ``.csv`` file, named after it.

    Parameters
    ----------
    path
        A ``.npz`` file with the arrays ``inputs`` and ``targets``, and text arrays ``items`` and ``features`` where the
        samples and outputs have names; or a ``.csv`` file with one sample a row, below a row of column names.
    targets
        For ``.csv``, which needs it: the name or names of the target columns, in the order of the outputs. All other
        columns are inputs.

    Raises
    ------
    DatasetError
        For a file that is not there or cannot be read.
    InputError, ShapeError
        For another kind of file; arrays or columns that are missing, or that do not fit together; entries that
        are not finite real numbers (column and row are named, rows counted from 1). Python objects in a ``.npz`` file
        are refused, since unpickling could run code.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "rooms.csv"
    ...     _ = path.write_text("width,area,length\n2,6,3\n4,20,5\n")
    ...     data = from_file(path, targets="area")
    >>> data.inputs.tolist(), data.targets.tolist(), data.features
    ([[2.0, 3.0], [4.0, 5.0]], [[6.0], [20.0]], ('area',))
    """
    file = Path(path)
    suffix = file.suffix.lower()
    if suffix not in {".npz", ".csv"}:
        raise InputError(
            f"file '{file.as_posix()}' has the suffix {suffix!r}; expected '.npz' or '.csv'. Save arrays with "
            "numpy.savez(path, inputs=inputs, targets=targets)."
        )
    if not file.is_file():
        raise DatasetError(
            f"file '{file.as_posix()}' is not there; expected a file that exists. Relative paths start at "
            f"{Path.cwd().as_posix()}."
        )
    if suffix == ".csv":
        return read_csv(file, targets)
    if targets is not None:
        raise InputError(
            f"targets is {targets!r}; expected None for a .npz file. Its targets are the array of that name; "
            "columns are chosen by name only in .csv files."
        )
    return read_npz(file)
