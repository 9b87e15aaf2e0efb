"""The user's own data, from a file."""

import os
from collections.abc import Sequence
from pathlib import Path

from flowdln.datasets.contents import path_to
from flowdln.datasets.csv_files import read_csv
from flowdln.datasets.dataset import Dataset
from flowdln.datasets.npz_files import read_npz
from flowdln.datasets.table_format import TableFormat, valid_format
from flowdln.errors import DatasetError, InputError

TABLES = (".csv", ".tsv", ".csv.gz", ".tsv.gz")

Columns = str | int | Sequence[str] | Sequence[int]


def from_file(
    path: str | os.PathLike[str],
    *,
    inputs: Columns | None = None,
    targets: Columns | None = None,
    sep: str | None = None,
    decimal: str = ".",
    header: bool | int | None = True,
    skiprows: int = 0,
    encoding: str = "utf-8",
) -> Dataset:
    r"""Inputs ``(P, n_0)`` and targets ``(P, n_L)`` of a ``.npz`` file or a table, named after it.

    A table is a ``.csv`` or ``.tsv`` file, gzipped or not, with one sample a row below a row of column names.
    Arguments from ``sep`` on are for tables; they have the names and meanings of those of :func:`pandas.read_csv`.

    Parameters
    ----------
    path
        A file whose name ends in ``.npz``, ``.csv``, ``.tsv``, ``.csv.gz`` or ``.tsv.gz``. A ``.npz`` file may hold
        text arrays ``items`` and ``features`` where the samples and outputs have names.
    inputs, targets
        For ``.npz``: the names of the arrays, ``"inputs"`` and ``"targets"`` by default; rows are samples.
        For a table: the name or names of columns, in order; their positions from 0 if there are no names. Tables need
        ``targets``; all other columns are inputs by default.
    sep
        Separator of columns, or ``r"\s+"`` for any white space. By default a comma, or a tab in a ``.tsv`` file.
        A first line such as ``sep=;``, which Excel reads and writes, overrides the default.
    decimal
        Decimal point or comma. The other one is refused in numbers, since it may separate thousands.
    header
        None or False for a table without a row of column names.
    skiprows
        Number of lines to skip before the table.
    encoding
        Of the text. A byte order mark is skipped.

    Raises
    ------
    DatasetError
        For a file that is not there, is damaged or cannot be read.
    InputError, ShapeError
        For another kind of file; arrays or columns that are missing, or that do not fit together; entries that
        are not finite real numbers (column and row are named, rows counted from 1); data that would take more than
        half of the machine's memory; a table that seems to have another separator or no row of names. Python objects
        in a ``.npz`` file are refused, since unpickling could run code.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "rooms.csv"
    ...     _ = path.write_text("width;area;length\n2,5;7,5;3\n4;20;5\n")
    ...     data = from_file(path, targets="area", sep=";", decimal=",")
    >>> data.inputs.tolist(), data.targets.tolist(), data.features
    ([[2.5, 3.0], [4.0, 5.0]], [[7.5], [20.0]], ('area',))
    """
    file = path_to("path", path)
    options = TableFormat(sep, decimal, header, skiprows, encoding)
    name = file.name.lower()
    if not name.endswith((".npz", *TABLES)):
        raise InputError(
            f"file '{file.as_posix()}' has the suffix {file.suffix!r}; expected one of .npz, {', '.join(TABLES)}. "
            "Save arrays with numpy.savez(path, inputs=inputs, targets=targets), and tables as text under such a name."
        )
    if not os.path.isfile(file):  # noqa: PTH113  # Path.is_file raises for names that are too long
        raise DatasetError(
            f"file '{file.as_posix()}' is not there; expected a file that exists. Relative paths start at "
            f"{Path.cwd().as_posix()}."
        )
    if name.endswith(TABLES):
        return read_csv(file, inputs, targets, valid_format(options))
    if options != TableFormat():
        raise InputError(
            "sep, decimal, header, skiprows and encoding are for tables; expected none of them for a .npz file. "
            "Leave them out."
        )
    return read_npz(file, inputs, targets)
