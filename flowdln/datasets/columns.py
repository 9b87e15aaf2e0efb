"""Columns of a table that are inputs and targets."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from flowdln.choices import suggested
from flowdln.errors import InputError

Names = tuple[str, ...] | tuple[int, ...]


def chosen_columns(file: Path, columns: list[Any], inputs: Any, targets: Any) -> tuple[Names, Names]:
    """The columns ``inputs``, all others by default, and the columns ``targets``."""
    target_names = _names("targets", targets, columns)
    taken = set(target_names)
    others = tuple(column for column in columns if column not in taken)
    if not others:
        raise InputError(
            "targets has the names of all columns; expected at least one column left as an input. The columns of "
            f"'{file.as_posix()}' are {_listed(columns)}."
        )
    input_names = others if inputs is None else _names("inputs", inputs, columns)
    both = [name for name in input_names if name in taken]
    if both:
        raise InputError(
            f"inputs and targets both have the name {both[0]!r}; expected it in one of them. Leave one out."
        )
    return input_names, target_names


def _names(role: str, given: Any, columns: list[Any]) -> Names:
    """``given`` as a tuple of different columns."""
    names = _ordered(given)
    kind = "names" if isinstance(columns[0], str) else "positions"
    if not names:
        raise InputError(
            f"{role} is {given!r}; expected the {kind} of the {role.removesuffix('s')} columns, in order. The columns "
            f"are {_listed(columns)}."
        )
    known, seen = set(columns), set()
    for name in names:
        if isinstance(name, bool) or not isinstance(name, type(columns[0])) or name not in known:
            advice = (kind == "names" and suggested(name, columns)) or _advice(kind)
            raise InputError(f"{role} has the name {name!r}; expected {kind} among {_listed(columns)}. {advice}")
        if name in seen:
            raise InputError(f"{role} has the name {name!r} twice; expected every column once. Leave one out.")
        seen.add(name)
    return names


def _ordered(given: Any) -> tuple[Any, ...]:
    """One name, or names in the order given, as a tuple; empty for anything else, sets included."""
    if isinstance(given, (str, int, np.integer)):
        return (_plain(given),)
    if isinstance(given, (set, frozenset, Mapping)) or not np.iterable(given):
        return ()
    return tuple(map(_plain, given))


def _plain(name: Any) -> Any:
    """``name``, with a scalar of NumPy as one of Python."""
    return name.item() if isinstance(name, np.generic) else name


def _advice(kind: str) -> str:
    if kind == "names":
        return "They are those of the first line of the file; positions are for tables without one (header=None)."
    return "Without a header, columns are given by their positions, integers from 0."


def _listed(columns: list[Any]) -> str:
    return ", ".join(map(str, columns)) if len(columns) <= 12 else f"{columns[0]}, {columns[1]}, ..., {columns[-1]}"
