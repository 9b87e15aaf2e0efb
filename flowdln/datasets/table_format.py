r"""Layout of a table of text: separator, decimal point, header, encoding."""

import codecs
import re
from pathlib import Path
from typing import Any, NamedTuple

from flowdln.errors import InputError
from flowdln.validation import whole_number

WHITE_SPACE = r"\s+"
SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "vertical bars", ",": "commas", WHITE_SPACE: "white space"}
EXCEL = re.compile(r"sep=(.)\r?\n")


class TableFormat(NamedTuple):
    """Arguments of :func:`from_file` for tables, under pandas' names."""

    sep: str | None = None
    decimal: str = "."
    header: bool | int | None = True
    skiprows: int = 0
    encoding: str = "utf-8"


def valid_format(options: TableFormat) -> TableFormat:
    """``options``, validated; ``header`` becomes a bool."""
    sep = options.sep
    if sep is not None and sep != WHITE_SPACE and not _is_character(sep):
        raise InputError(
            f"sep is {sep!r}; expected a single ASCII character that is no letter, digit or quote, or '\\s+' for white "
            "space. Common ones are ',', ';' and '\\t'."
        )
    if options.decimal not in (".", ","):
        raise InputError(
            f"decimal is {options.decimal!r}; expected '.' or ','. Remove separators of thousands from the file."
        )
    skiprows = whole_number("skiprows", options.skiprows, least=0, advice="It counts the lines before the table.")
    return TableFormat(sep, options.decimal, _named(options.header), skiprows, _encoding(options.encoding))


def _named(header: Any) -> bool:
    """Whether the table has a row of names."""
    if header is None or isinstance(header, bool):
        return bool(header)
    if isinstance(header, int) and header == 0:  # pandas' number of the first row
        return True
    raise InputError(
        f"header is {header!r}; expected True for a row of column names, or None without one. Skip lines before it "
        "with skiprows."
    )


def _is_character(sep: Any) -> bool:
    return isinstance(sep, str) and len(sep) == 1 and sep.isascii() and not sep.isalnum() and sep not in "\"'\n\r\0.+-_"


def _encoding(name: Any) -> str:
    """The encoding of the text; UTF-8 with or without a byte order mark."""
    try:
        codec = codecs.lookup(name).name
        "".encode(codec)
    except (LookupError, TypeError, ValueError) as error:
        raise InputError(
            f"encoding is {name!r}; expected the name of an encoding of text. Common ones are 'utf-8', 'utf-16' and "
            "'latin-1'."
        ) from error
    return "utf-8-sig" if codec == "utf-8" else codec


def without_excel_line(text: str, sep: str | None) -> tuple[str, str | None]:
    """``text`` without a first line such as ``sep=;``, and the separator that it names unless one was given."""
    found = EXCEL.match(text)
    if found is None or not _is_character(found[1]):
        return text, sep
    return text[found.end() :], sep or found[1]


def require_separator(file: Path, lines: list[str], sep: str, decimal: str) -> None:
    """Refuse first lines that seem to have another separator than ``sep``, or a ``sep`` that is the decimal point."""
    for other, plural in SEPARATORS.items():
        if other in {sep, decimal} or (other in {",", WHITE_SPACE} and any(_count(line, sep) for line in lines)):
            continue
        counts = {_count(line, other) for line in lines}
        if len(counts) == 1 and counts != {0}:
            entries = re.split(other if other == WHITE_SPACE else re.escape(other), lines[-1])
            commas = decimal == "." and other != "," and any(re.fullmatch(r"\s*[+-]?\d+,\d+\s*", e) for e in entries)
            layout, arguments = (" with decimal commas", ", decimal=','") if commas else ("", "")
            raise InputError(
                f"file '{file.as_posix()}' seems to be separated by {plural}{layout}; expected {sep!r} as separator. "
                f"Pass sep={other!r}{arguments}."
            )
    if sep == decimal:
        raise InputError(
            f"sep and decimal are both {sep!r} for file '{file.as_posix()}'; expected different characters. Files with "
            "decimal commas often have sep=';'."
        )


def _count(line: str, sep: str) -> int:
    return len(re.findall(sep if sep == WHITE_SPACE else re.escape(sep), line.strip(" \r\n")))
