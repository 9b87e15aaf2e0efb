"""MNIST, from the user's own files or downloaded once; in both cases the checksums are verified."""

import gzip
import hashlib
import os
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from flowdln.choices import chosen
from flowdln.datasets.dataset import Dataset
from flowdln.errors import DatasetError, MissingDataError

URL = "https://ossci-datasets.s3.amazonaws.com/mnist/"
FILES = {
    "train": ("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"),
    "test": ("t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"),
}
PUBLISHED = {
    "train-images-idx3-ubyte.gz": "f68b3c2dcbeaaa9fbdd348bbdeb94873",
    "train-labels-idx1-ubyte.gz": "d53e105ee54ea40749a09fcbcd1e9432",
    "t10k-images-idx3-ubyte.gz": "9fb629c4189551a2d022fa330f9573f3",
    "t10k-labels-idx1-ubyte.gz": "ec29112dd5afa0611ce80d1b7f02629c",
}  # MD5 of the files at URL
CONTENT = {
    "train-images-idx3-ubyte.gz": "6bbc9ace898e44ae57da46a324031adb",
    "train-labels-idx1-ubyte.gz": "a25bea736e30d166cdddb491f175f624",
    "t10k-images-idx3-ubyte.gz": "2646ac647ad5339dbf082846283269ea",
    "t10k-labels-idx1-ubyte.gz": "27ae3e4e09519cfbb04c329615203637",
}  # MD5 of what they hold: the same data compressed by another program make another file


def mnist(split: str = "train", *, folder: str | os.PathLike[str] | None = None) -> Dataset:
    """Handwritten digits: inputs ``(P, 784)``, 28 by 28 pixels from 0 to 1, with one-hot targets ``(P, 10)``.

    The original gzipped IDX files are looked for in ``folder``, else in the folder that the environment variable
    ``FLOWDLN_DATA`` names, there or in its subfolder ``mnist``. Where neither is given they are downloaded, once, to
    the user's cache. Pixels that are blank in every image make ``sigma_xx`` singular.

    Parameters
    ----------
    split
        ``"train"``, ``P = 60000``, or ``"test"``, ``P = 10000``.
    folder
        Where the files are. Nothing is downloaded when it, or ``FLOWDLN_DATA``, is given.

    Raises
    ------
    InputError
        For another ``split``.
    DatasetError
        For files that differ from the original; as a ``MissingDataError`` for those that are missing from the folder
        or cannot be downloaded.

    Source: LeCun, Cortes and Burges, the MNIST database of handwritten digits.

    Examples
    --------
    >>> mnist("test", folder="no/such/folder")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    flowdln.errors.MissingDataError: folder 'no/such/folder' lacks t10k-images-idx3-ubyte.gz and ...
    """
    chosen("split", split, FILES, advice="MNIST has these two.")
    given = folder if folder is not None else os.environ.get("FLOWDLN_DATA") or None
    images, labels = _downloaded(split) if given is None else _found(split, Path(given))
    inputs = _array(_content(images)).reshape(-1, 784) / 255
    targets = np.eye(10)[_array(_content(labels))]
    return Dataset(f"MNIST, {split}", inputs, targets, features=tuple(f"digit {digit}" for digit in range(10)))


def _found(split: str, folder: Path) -> list[Path]:
    """The images and labels of ``split`` in ``folder`` or its subfolder."""
    places = {
        name: [path for path in (folder / name, folder / "mnist" / name) if path.is_file()] for name in FILES[split]
    }
    missing = [name for name, paths in places.items() if not paths]
    if missing:
        raise MissingDataError(
            f"folder '{folder.as_posix()}' lacks {' and '.join(missing)}; expected them there or in its subfolder "
            f"mnist. Put the files from {URL} there; to have them downloaded, give no folder and unset "
            "FLOWDLN_DATA."
        )
    return [path for path, *_ in places.values()]


def _downloaded(split: str) -> list[Path]:
    """The images and labels of ``split`` in the user's cache, downloaded where they are not there yet."""
    import pooch  # noqa: PLC0415  # needed only here

    try:
        return [
            Path(pooch.retrieve(URL + name, f"md5:{PUBLISHED[name]}", fname=name, path=pooch.os_cache("flowdln")))
            for name in FILES[split]
        ]
    except (OSError, ValueError) as error:  # no network or no disk; another checksum
        kind = DatasetError if isinstance(error, ValueError) else MissingDataError
        raise kind(
            f"the {split} split of MNIST could not be downloaded from {URL} ({error}); expected "
            f"{' and '.join(FILES[split])}. Without a network, put them in a folder and name it in the environment "
            "variable FLOWDLN_DATA."
        ) from error


def _content(path: Path) -> bytes:
    """What the gzipped file holds, verified."""
    expected, advice = CONTENT[path.name], f"It is damaged or another data set: replace it by {URL}{path.name}."
    try:
        content = gzip.decompress(path.read_bytes())
    except (OSError, EOFError, zlib.error) as error:
        raise DatasetError(
            f"file '{path.as_posix()}' cannot be decompressed ({error}); expected gzipped data with the MD5 "
            f"checksum {expected}. {advice}"
        ) from error
    checksum = hashlib.md5(content, usedforsecurity=False).hexdigest()
    if checksum != expected:
        raise DatasetError(
            f"file '{path.as_posix()}' holds data with the MD5 checksum {checksum}; expected {expected}. {advice}"
        )
    return content


def _array(content: bytes) -> NDArray[np.uint8]:
    """Array in IDX format, of unsigned bytes: two zeros, a type, the number of axes, sizes, entries."""
    axes = content[3]
    shape = np.frombuffer(content, ">u4", count=axes, offset=4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * axes).reshape(shape)
