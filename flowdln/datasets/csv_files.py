"""Data sets in tables of comma-separated values."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from flowdln.choices import suggested
from flowdln.datasets.dataset import Dataset
from flowdln.errors import DatasetError, InputError
from flowdln.validation import Array

if TYPE_CHECKING:
    import pandas as pd


def read_csv(file: Path, targets: str | Sequence[str] | None) -> Dataset:
    """Data set of a table with a header: the columns ``targets``, and all others as inputs."""
    table = _table(file)
    columns = table.columns.tolist()
    names = _target_columns(columns, targets)
    values = {column: _numbers(file, table[column]) for column in columns}
    inputs = [column for column in columns if column not in names]
    if not inputs:
        raise InputError(
            "targets has the names of all columns; expected at least one column left as an input. The columns of "
            f"'{file.as_posix()}' are {', '.join(columns)}."
        )
    return Dataset(
        file.stem,
        np.column_stack([values[column] for column in inputs]),
        np.column_stack([values[column] for column in names]),
        features=names,
    )


def _table(file: Path) -> "pd.DataFrame":
    """All columns, under the names that the header gives them."""
    import pandas as pd  # noqa: PLC0415  # half a second, so only where it is used

    try:
        header = pd.read_csv(file, header=None, nrows=1, dtype=str, keep_default_na=False, skipinitialspace=True)
        table = pd.read_csv(file, low_memory=False, skipinitialspace=True)
    except (OSError, ValueError) as error:  # pandas's errors of parsing are ValueErrors
        raise DatasetError(
            f"file '{file.as_posix()}' cannot be read ({str(error).strip()}); expected a header and rows of as "
            "many entries, separated by commas. Save the table as UTF-8 text."
        ) from error
    if table.empty:
        raise _bad_table(file, "has no rows below its header", "samples", "The first line holds the column names.")
    if not isinstance(table.index, pd.RangeIndex):  # pandas takes surplus entries for row labels
        surplus = table.index.nlevels
        raise _bad_table(file, f"has rows with {surplus} more entries than its header", "as many", "Name every column.")
    names = header.iloc[0].tolist()
    for place, name in enumerate(names):
        if not name:
            advice = "If it numbers the rows, save the table without it: to_csv(path, index=False)."
            raise _bad_table(file, f"has no name for column {place + 1}", "a name for every column", advice)
        if name in names[:place]:
            raise _bad_table(file, f"has two columns called {name!r}", "different names", "Rename one of them.")
    return table.set_axis(names, axis="columns")


def _bad_table(file: Path, received: str, expected: str, advice: str) -> InputError:
    return InputError(f"file '{file.as_posix()}' {received}; expected {expected}. {advice}")


def _target_columns(columns: list[str], targets: str | Sequence[str] | None) -> tuple[str, ...]:
    """The names of the target columns, each of them a column."""
    names = (targets,) if isinstance(targets, str) else tuple(targets or ())
    if not names:
        raise InputError(
            f"targets is {targets!r}; expected the names of the target columns. The columns are {', '.join(columns)}."
        )
    for name in names:
        if name not in columns:
            advice = suggested(name, columns) or "They are those of the first line of the file."
            raise InputError(f"targets has the name {name!r}; expected names among {', '.join(columns)}. {advice}")
    return names


def _numbers(file: Path, column: "pd.Series") -> Array:
    """The entries of a column as float64, all finite."""
    import pandas as pd  # noqa: PLC0415

    numbers = pd.to_numeric(column, errors="coerce").to_numpy(np.float64)
    bad = np.flatnonzero(~np.isfinite(numbers))
    if len(bad):
        entry = column.iloc[bad[0]]
        state = "has no entry" if pd.isna(entry) else f"is {str(entry)!r}"
        raise InputError(
            f"column {column.name!r} of file '{file.as_posix()}' {state} in row {bad[0] + 1} below the header; "
            f"expected a finite number. {len(bad)} of its {len(column)} entries are not: fill them in, or remove "
            "the rows or the column."
        )
    return numbers
