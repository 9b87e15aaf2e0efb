"""Regular files, and the replacement of files by complete ones."""

import errno
import io
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

from flowdln.errors import InputError


@contextmanager
def replacing(path: str | Path) -> Iterator[BinaryIO]:
    """Open a new file that takes the place of ``path`` at the end of the block.

    After an error or an interrupt within the block the old file, if there is one, is as it was. Until the end the new
    file has a name of its own, and only its owner may read it if it replaces one; then it is flushed to disk and gets
    the mode and, where that is allowed, the owner of the old file. A device or a pipe is written to directly; a link
    stays one.

    Raises
    ------
    InputError
        If the file cannot be written; at the start of the block wherever that can be known by then.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     with replacing(Path(folder) / "run.txt") as file:
    ...         _ = file.write(b"complete")
    ...     [(file.name, file.read_text()) for file in Path(folder).iterdir()]
    [('run.txt', 'complete')]
    """
    with _refusals(path):
        old = _status(Path(path))
        target = Path(path).resolve()
    if old and not stat.S_ISREG(old.st_mode):
        with _opened(path, Path(path), os.O_WRONLY, 0) as file:
            yield file
        return
    partial = target.with_name(f".flowdln-{secrets.token_hex(8)}.partial")
    try:
        exclusive = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        with _opened(path, partial, exclusive, 0o600 if old else 0o666) as file:
            yield file
            with _refusals(path):
                _finish(file, old)
        with _refusals(path):
            partial.replace(target)
            _flush_folder(target.parent)
    finally:
        partial.unlink(missing_ok=True)


def require_regular(path: str | Path) -> None:
    """Refuse to read a pipe, which may never end, a device or a folder."""
    if os.path.exists(path) and not os.path.isfile(path):  # noqa: PTH110, PTH113  # Path raises for names too long
        raise InputError(f"{path} is no regular file; expected one. Name a file, not a folder, pipe or device.")


def unwritable(
    path: str | Path, reason: str | None, *, expected: str = "a file", advice: str = "Choose another."
) -> InputError:
    """Error for a file, or what ``expected`` says, that cannot be written."""
    return InputError(f"{path} cannot be written ({reason}); expected {expected}. {advice}")


@contextmanager
def _refusals(path: str | Path) -> Iterator[None]:
    """Raise errors of the operating system as :class:`InputError`."""
    try:
        yield
    except (FileNotFoundError, NotADirectoryError) as error:
        raise InputError(
            f"{path} is in a folder that does not exist; expected a file in an existing one. Make the folder."
        ) from error
    except OSError as error:
        raise unwritable(path, error.strerror) from error
    except (TypeError, ValueError) as error:  # no path, or a character that no path has
        raise unwritable(path, str(error)) from error


class _Part(io.FileIO):
    """File whose failing writes name the file that it is written for."""

    wanted: str | Path

    def write(self, data: Any, /) -> int:
        with _refusals(self.wanted):
            return super().write(data) or 0


@contextmanager
def _opened(wanted: str | Path, path: Path, flags: int, mode: int) -> Iterator[BinaryIO]:
    with _refusals(wanted):
        part = _Part(os.open(path, flags, mode), "wb")
    part.wanted = wanted
    with io.BufferedWriter(part) as file:
        yield file


def _status(path: Path) -> os.stat_result | None:
    """Status of the file there, or None without one; raises :class:`PermissionError` if it may not be written."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    if not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    return status


def _finish(file: BinaryIO, old: os.stat_result | None) -> None:
    """Flush a file to disk, with the owner and mode of the one that it replaces."""
    file.flush()
    if old:
        with suppress(PermissionError):  # only root may give a file away
            os.fchown(file.fileno(), old.st_uid, old.st_gid)
        os.fchmod(file.fileno(), stat.S_IMODE(old.st_mode))
    os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    """Flush the names in a folder to disk, where the file system and its permissions allow that."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
