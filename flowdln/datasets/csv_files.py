"""Data sets in tables of text, such as comma-separated values."""

import re
import reprlib
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from flowdln.datasets.columns import chosen_columns
from flowdln.datasets.contents import content_of
from flowdln.datasets.dataset import Dataset
from flowdln.datasets.table_format import TableFormat, require_separator, without_excel_line
from flowdln.errors import DatasetError, InputError
from flowdln.memory import memory_limit
from flowdln.validation import Array

if TYPE_CHECKING:
    import pandas as pd

TEXT_SHARE = 0.25  # of the limit on memory: text is held three times, as bytes, characters and numbers
WITH_POINT = {".": {}, ",": str.maketrans(",.", ".,")}  # so that a point is no decimal one where a comma is
NAMELESS = re.compile(r"(Unnamed: \d+)?")  # pandas' name for a column without one
NOT_FINITE = re.compile(r"\s*[+-]?(nan|inf(inity)?)\s*", re.IGNORECASE)
NUMBER = re.compile(r"\s*[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?\s*")


def read_csv(file: Path, inputs: Any, targets: Any, form: TableFormat) -> Dataset:
    """Data set of a table: the columns ``targets``, and the columns ``inputs`` or all others."""
    table = _table(file, form)
    columns = table.columns.tolist()
    input_names, target_names = chosen_columns(file, columns, inputs, targets)
    values = {column: _numbers(file, column, table[column], form) for column in (*input_names, *target_names)}
    return Dataset(
        Path(file.stem).stem if file.suffix.lower() == ".gz" else file.stem,
        np.column_stack([values[column] for column in input_names]),
        np.column_stack([values[column] for column in target_names]),
        features=tuple(name if isinstance(name, str) else f"column {name}" for name in target_names),
    )


def _table(file: Path, form: TableFormat) -> "pd.DataFrame":
    """All columns, under the names of the header or their positions."""
    import pandas as pd  # noqa: PLC0415  # half a second, so only where it is used

    text, sep = without_excel_line(_text(file, form), form.sep)
    sep = sep or ("\t" if file.name.lower().endswith((".tsv", ".tsv.gz")) else ",")
    lines = [line for line in text.splitlines()[form.skiprows :][:9] if line.strip()][:2]
    require_separator(file, lines, sep, form.decimal)
    layout: dict[str, Any] = {"sep": sep, "skiprows": form.skiprows, "skipinitialspace": True}
    try:
        # two rows, so that surplus entries below a header are an error; pandas would take them for row labels
        first = pd.read_csv(StringIO(text), **layout, header=None, nrows=2, dtype=str, keep_default_na=False)
        header = 0 if form.header else None
        table = pd.read_csv(StringIO(text), **layout, header=header, decimal=form.decimal, low_memory=False)
    except (OSError, ValueError, OverflowError) as error:  # pandas' errors of parsing are ValueErrors
        raise DatasetError(
            f"file '{file.as_posix()}' cannot be read ({str(error).strip()}); expected as many entries in every row "
            f"as in the first, separated by {sep!r}. Name every column; pass sep or skiprows if the first lines differ."
        ) from error
    if table.empty:
        raise _bad_table(file, "has no rows below its header", "samples", "The first line holds the column names.")
    return table.set_axis(_valid_names(file, first.iloc[0].tolist()), axis="columns") if form.header else table


def _text(file: Path, form: TableFormat) -> str:
    content = content_of(file, TEXT_SHARE * memory_limit(), advice="Save a part of the data, or an undamaged copy.")
    try:
        text = content.decode(form.encoding)
    except ValueError as error:
        raise DatasetError(
            f"file '{file.as_posix()}' cannot be read as text ({error}); expected UTF-8. Save it so, or pass its "
            "encoding, such as encoding='utf-16' or encoding='latin-1'."
        ) from error
    if "\0" in text:
        raise DatasetError(
            f"file '{file.as_posix()}' has null characters; expected text. It is damaged, no table, or needs "
            "encoding='utf-16'."
        )
    return text.removeprefix("\ufeff")


def _valid_names(file: Path, names: list[str]) -> list[str]:
    """The names of the header, different, none of them empty, and not all of them numbers."""
    if all(NUMBER.fullmatch(name) or NOT_FINITE.fullmatch(name) for name in names):
        advice = "Pass header=None, and positions from 0 as targets; if they are names, skip them by skiprows=1 too."
        raise _bad_table(file, "has only numbers in its first line", "column names", advice)
    seen: set[str] = set()
    for place, name in enumerate(names):
        if NAMELESS.fullmatch(name):
            index = "If it numbers the rows, save the table without it: to_csv(path, index=False)."
            advice = "Remove the separator if nothing follows it." if place else index
            raise _bad_table(file, f"has no name for column {place + 1}", "a name for every column", advice)
        if name in seen:
            raise _bad_table(file, f"has two columns called {name!r}", "different names", "Rename one of them.")
        seen.add(name)
    return names


def _bad_table(file: Path, received: str, expected: str, advice: str) -> InputError:
    return InputError(f"file '{file.as_posix()}' {received}; expected {expected}. {advice}")


def _numbers(file: Path, name: str | int, column: "pd.Series", form: TableFormat) -> Array:
    """The entries of a column as float64, all finite."""
    import pandas as pd  # noqa: PLC0415

    entries = column
    if not pd.api.types.is_numeric_dtype(column):
        text = column.map(str, na_action="ignore").str.translate(WITH_POINT[form.decimal])
        entries = pd.to_numeric(text, errors="coerce")
    numbers = entries.to_numpy(np.float64)
    bad = np.flatnonzero(~np.isfinite(numbers))
    if len(bad):
        entry = column.iloc[bad[0]]
        state = "has no entry" if pd.isna(entry) else f"is {reprlib.repr(str(entry))}"
        other = "," if form.decimal == "." else "."
        advice = "fill them in, or remove the rows or the column."
        if other in str(entry) and NUMBER.fullmatch(str(entry)):
            advice = f"pass decimal={other!r} if that is the decimal point, or remove separators of thousands."
        raise InputError(
            f"column {name!r} of file '{file.as_posix()}' {state} in row {bad[0] + 1}"
            f"{' below the header' if form.header else ''}; expected a finite number. {len(bad)} of its {len(column)} "
            f"entries are not: {advice}"
        )
    return numbers
