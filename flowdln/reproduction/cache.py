"""Results kept on disk until the parameters, the data or the code that made them change."""

import io
import json
import logging
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import methodcaller
from pathlib import Path
from typing import Any

import numpy as np

from flowdln.errors import printable
from flowdln.replacement import replacing
from flowdln.reproduction.sources import fingerprint
from flowdln.seal import sealed, unsealed

LOG = logging.getLogger("flowdln")
Data = dict[str, np.ndarray]
MARK = "[0-9a-f]" * 16  # a fingerprint, as a pattern for names of files


def cached(
    compute: Callable[..., Data],
    parameters: Mapping[str, Any],
    source: Path,
    folder: Path,
    data_set: Sequence[str] = (),
) -> Data:
    """``compute(**parameters)``, from disk where it has been computed before by the same code from the same data.

    Parameters
    ----------
    compute
        Returns arrays by name.
    parameters
        Its keyword arguments, JSON values.
    source
        The file that ``compute`` is written in; a change to it, or to what it imports, computes again.
    folder
        Where results are kept, one ``.npz`` each, after a line with its digest.
    data_set
        Name and checksum of the data that ``compute`` reads; see :func:`flowdln.reproduction.sources.data_set`.
    """
    mark = fingerprint({**parameters, "data_set": data_set}, source)
    path = folder / f"{source.stem}-{mark}.npz"
    kept = _read(path, _arrays)
    if kept is not None:
        return kept
    data = compute(**parameters)
    content = io.BytesIO()
    np.savez_compressed(content, **data)  # type: ignore[arg-type]
    _replace(path, source.stem, content.getvalue())
    return data


def remembered(stem: str, mark: str, folder: Path) -> Any:
    """JSON value kept under ``stem`` with the fingerprint ``mark``; None if there is none."""
    return _read(folder / f"{stem}-{mark}.json", json.loads)


def all_remembered(folder: Path) -> Iterator[tuple[str, Any]]:
    """Stems and JSON values of all that is kept, also of older fingerprints."""
    for path in sorted(folder.glob(f"*-{MARK}.json")):
        value = _read(path, json.loads)
        if value is not None:
            yield path.stem[:-17], value


def remember(value: Any, stem: str, mark: str, folder: Path) -> None:
    """Keep a JSON value for :func:`remembered`, in place of what was kept under ``stem``."""
    text = json.dumps(value, default=methodcaller("item"))  # of NumPy's numbers
    _replace(folder / f"{stem}-{mark}.json", stem, text.encode())


def _read(path: Path, parsed: Callable[[bytes], Any]) -> Any:
    """Value kept in a file; None if there is none, or it has changed since it was written."""
    try:
        return parsed(unsealed(path.read_bytes()))
    except FileNotFoundError:
        return None
    except (OSError, AttributeError, RecursionError, TypeError, ValueError, zipfile.BadZipFile) as error:
        LOG.warning("%s cannot be read (%s); computing it again", printable(path), printable(error))
        return None


def _arrays(content: bytes) -> Data:
    with np.load(io.BytesIO(content), allow_pickle=False) as stored:
        return dict(stored)


def _replace(path: Path, stem: str, content: bytes) -> None:
    """Write a file that takes the place of those of other fingerprints once it is complete."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as file:
        file.write(sealed(content))
    for outdated in path.parent.glob(f"{stem}-{MARK}{path.suffix}"):
        if outdated != path:
            outdated.unlink(missing_ok=True)  # another process may have been faster
