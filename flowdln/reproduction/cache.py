"""Results kept on disk until the parameters, the data or the code that made them change."""

import json
import logging
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from flowdln.replacement import replacing
from flowdln.reproduction.sources import fingerprint

LOG = logging.getLogger("flowdln")
Data = dict[str, np.ndarray]


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
        Where results are kept, one ``.npz`` each.
    data_set
        Name and checksum of the data that ``compute`` reads; see :func:`flowdln.reproduction.sources.data_set`.
    """
    mark = fingerprint({**parameters, "data_set": data_set}, source)
    path = folder / f"{source.stem}-{mark}.npz"
    if path.exists():
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
                return dict(stored)
        except (OSError, EOFError, ValueError, zipfile.BadZipFile, zlib.error) as error:
            LOG.warning("%s cannot be read (%s); computing it again", path, error)
    data = compute(**parameters)
    _replace(path, source.stem, lambda partial: np.savez_compressed(partial, **data))  # type: ignore[arg-type]
    return data


def remembered(stem: str, mark: str, folder: Path) -> Any:
    """The JSON value kept under ``stem`` with the fingerprint ``mark``; None if there is none."""
    path = folder / f"{stem}-{mark}.json"
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        LOG.warning("%s cannot be read (%s); computing it again", path, error)
        return None


def remember(value: Any, stem: str, mark: str, folder: Path) -> None:
    """Keep a JSON value for :func:`remembered`, in place of what was kept under ``stem``."""
    text = json.dumps(value, default=float)  # NumPy's numbers
    _replace(folder / f"{stem}-{mark}.json", stem, lambda partial: partial.write_text(text, encoding="utf-8"))


def forget(stem: str, folder: Path) -> None:
    """Drop what is kept under ``stem``, before what it describes is changed."""
    for outdated in _versions(folder / f"{stem}.json", stem):
        outdated.unlink()


def _replace(path: Path, stem: str, write: Callable[[Path], object]) -> None:
    """Write a file that takes the place of those of other fingerprints once it is complete."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as partial:
        write(partial)
    for outdated in _versions(path, stem):
        if outdated != path:
            outdated.unlink()


def _versions(path: Path, stem: str) -> list[Path]:
    """The files of all fingerprints that are kept beside ``path``."""
    return list(path.parent.glob(f"{stem}-{'[0-9a-f]' * 16}{path.suffix}"))
