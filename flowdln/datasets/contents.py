"""Contents of files, plain or gzipped, up to a limit of size."""

import gzip
import os
import zlib
from pathlib import Path
from typing import Any

from flowdln.errors import DatasetError, InputError


def path_to(name: str, value: Any) -> Path:
    """``value`` as a path; ``name`` begins the message otherwise."""
    if isinstance(value, (str, os.PathLike)) and isinstance(os.fspath(value), str) and "\0" not in os.fspath(value):
        return Path(value)
    raise InputError(f"{name} is {value!r}; expected the path of a file or folder. Pass a string or a pathlib.Path.")


def content_of(file: Path, limit: float, *, advice: str) -> bytes:
    """Bytes of a file, decompressed if its name ends in ``.gz``; at most ``limit`` of them are read.

    Raises
    ------
    DatasetError
        For a file that cannot be read or decompressed, or holds more than ``limit`` bytes; ``advice`` ends the message.
    """
    most = int(limit)
    opened = gzip.open if file.suffix.lower() == ".gz" else open
    try:
        with opened(file, "rb") as stream:
            content: bytes = stream.read(most + 1)
    except (OSError, EOFError, zlib.error) as error:
        action = "decompressed" if opened is gzip.open else "read"
        raise DatasetError(
            f"file '{file.as_posix()}' cannot be {action} ({error}); expected an undamaged file. {advice}"
        ) from error
    if len(content) > most:
        raise DatasetError(
            f"file '{file.as_posix()}' holds more than {most} bytes; expected at most that many. {advice}"
        )
    return content
