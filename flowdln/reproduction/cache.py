"""Arrays computed for a figure, kept on disk until the figure's parameters or the code that made them change."""

import hashlib
import json
import logging
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

import flowdln

LOG = logging.getLogger("flowdln")
Data = dict[str, np.ndarray]


def cached(compute: Callable[..., Data], parameters: Mapping[str, Any], source: Path, folder: Path) -> Data:
    """``compute(**parameters)``, from disk where it has been computed before by the same code.

    Parameters
    ----------
    compute
        Returns arrays by name.
    parameters
        Its keyword arguments, JSON values.
    source
        The file that ``compute`` is written in; a change to it, or to the package, computes again.
    folder
        Where results are kept, one ``.npz`` each.
    """
    path = folder / f"{source.stem}-{_fingerprint(parameters, source)}.npz"
    if path.exists():
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
                return dict(stored)
        except (OSError, EOFError, ValueError, zipfile.BadZipFile, zlib.error) as error:
            LOG.warning("%s cannot be read (%s); computing it again", path, error)
    data = compute(**parameters)
    folder.mkdir(parents=True, exist_ok=True)
    for outdated in folder.glob(f"{source.stem}-*.npz"):
        outdated.unlink()
    partial = path.with_suffix(".partial.npz")
    try:
        np.savez_compressed(partial, **data)  # type: ignore[arg-type]
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return data


def _fingerprint(parameters: Mapping[str, Any], source: Path) -> str:
    digest = hashlib.sha256(json.dumps(dict(parameters), sort_keys=True).encode())
    for file in [source, *sorted(Path(flowdln.__file__).parent.rglob("*.py"))]:
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]
