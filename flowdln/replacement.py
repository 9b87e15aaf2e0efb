"""Files that take the place of old ones only when they are complete."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flowdln.errors import InputError


@contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """Path of a new file, beside ``path``, that takes its place at the end of the block.

    An error or an interrupt within the block leaves the old file, if there is one, and nothing else. What is no file,
    such as ``/dev/stdout``, is written to itself; a link stays one.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     with replacing(Path(folder) / "run.txt") as partial:
    ...         _ = partial.write_text("complete")
    ...     [(file.name, file.read_text()) for file in Path(folder).iterdir()]
    [('run.txt', 'complete')]
    """
    if Path(path).exists() and not Path(path).is_file():
        yield Path(path)
        return
    target = Path(path).resolve()
    partial = _partial(target)
    try:
        yield partial
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def require_writable(path: str | Path) -> None:
    """Refuse a file that could not be written; for before the work whose result it is to hold.

    Raises
    ------
    InputError
        If its folder does not exist, it is a folder itself, or it may not be written.
    """
    target = Path(path)
    if not target.absolute().parent.is_dir():
        raise InputError(
            f"{path} is in a folder that does not exist; expected a file in an existing one. Make the folder."
        )
    try:
        if target.is_dir():
            raise unwritable(path, os.strerror(errno.EISDIR))
        if target.exists() and not os.access(target, os.W_OK):
            raise unwritable(path, os.strerror(errno.EACCES))
        if target.is_file() or not target.exists():
            probe = _partial(target.resolve())
            probe.touch()
            probe.unlink()
    except OSError as error:
        raise unwritable(path, error.strerror) from error


def unwritable(
    path: str | Path, reason: str | None, *, expected: str = "a file", advice: str = "Choose another."
) -> InputError:
    """The error to raise where a file, or what ``expected`` says, cannot be written."""
    return InputError(f"{path} cannot be written ({reason}); expected {expected}. {advice}")


def _partial(target: Path) -> Path:
    return target.with_name(f".{target.stem}.partial{target.suffix}")
