"""MNIST, from the user's own files or downloaded once; in both cases the checksums are verified."""

import hashlib
import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from flowdln.choices import chosen
from flowdln.datasets.contents import content_of, path_to
from flowdln.datasets.dataset import Dataset
from flowdln.errors import DatasetError, MissingDataError

URL = "https://ossci-datasets.s3.amazonaws.com/mnist/"
FILES = {
    "train": ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
    "test": ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"),
}
PUBLISHED = {
    "train-images-idx3-ubyte": "f68b3c2dcbeaaa9fbdd348bbdeb94873",
    "train-labels-idx1-ubyte": "d53e105ee54ea40749a09fcbcd1e9432",
    "t10k-images-idx3-ubyte": "9fb629c4189551a2d022fa330f9573f3",
    "t10k-labels-idx1-ubyte": "ec29112dd5afa0611ce80d1b7f02629c",
}  # MD5 of the gzipped files at URL
CONTENT = {
    "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
    "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
    "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
    "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
}  # MD5 of what they hold: the same data compressed by another program make another file
LARGEST = 47_040_016  # bytes: the training images, decompressed
FOLDERS = ("", "mnist", "raw", "MNIST/raw")  # the last is the layout of torchvision


def mnist(split: str = "train", *, folder: str | os.PathLike[str] | None = None) -> Dataset:
    """Handwritten digits: inputs ``(P, 784)``, 28 by 28 pixels from 0 to 1, with one-hot targets ``(P, 10)``.

    The original IDX files, gzipped or not, are looked for in ``folder``, else in the folder that the environment
    variable ``FLOWDLN_DATA`` names, there or in its subfolders ``mnist``, ``raw`` and ``MNIST/raw`` (the layout of
    torchvision). Both spellings, ``train-images-idx3-ubyte`` and ``train-images.idx3-ubyte``, are known. Where neither
    folder is given they are downloaded, once, to the user's cache. Pixels that are blank in every image make
    ``sigma_xx`` singular.

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
    flowdln.errors.MissingDataError: folder 'no/such/folder' lacks t10k-images-idx3-ubyte and ...
    """
    chosen("split", split, FILES, advice="MNIST has these two.")
    names = FILES[split]
    given = folder if folder is not None else os.environ.get("FLOWDLN_DATA") or None
    images, labels = _downloaded(split) if given is None else _found(split, path_to("folder", given))
    inputs = _array(_content(images, names[0])).reshape(-1, 784) / 255
    targets = np.eye(10)[_array(_content(labels, names[1]))]
    return Dataset(f"MNIST, {split}", inputs, targets, features=tuple(f"digit {digit}" for digit in range(10)))


def _found(split: str, folder: Path) -> list[Path]:
    """The images and labels of ``split`` in ``folder`` or its subfolder."""
    places = {name: list(filter(os.path.isfile, _candidates(folder, name))) for name in FILES[split]}
    missing = [name for name, paths in places.items() if not paths]
    if missing:
        raise MissingDataError(
            f"folder '{folder.as_posix()}' lacks {' and '.join(missing)}; expected them there or in a subfolder "
            f"mnist, raw or MNIST/raw, gzipped (.gz) or not. Put the files from {URL} there; to have them downloaded, "
            "give no folder and unset FLOWDLN_DATA."
        )
    return [path for path, *_ in places.values()]


def _candidates(folder: Path, name: str) -> list[Path]:
    """Paths at which a file may lie, in either spelling, gzipped or not."""
    spellings = (name, name.replace("-idx", ".idx"))
    return [
        folder / place / f"{spelling}{suffix}" for place in FOLDERS for spelling in spellings for suffix in (".gz", "")
    ]


def _downloaded(split: str) -> list[Path]:
    """The images and labels of ``split`` in the user's cache, downloaded where they are not there yet."""
    import pooch  # noqa: PLC0415  # needed only here

    cache = pooch.os_cache("flowdln")
    try:
        return [
            Path(pooch.retrieve(f"{URL}{name}.gz", f"md5:{PUBLISHED[name]}", fname=f"{name}.gz", path=cache))
            for name in FILES[split]
        ]
    except (OSError, ValueError) as error:  # no network or no disk; another checksum
        kind = DatasetError if isinstance(error, ValueError) else MissingDataError
        raise kind(
            f"the {split} split of MNIST could not be downloaded from {URL} ({error}); expected "
            f"{' and '.join(FILES[split])}. Without a network, put them in a folder and name it in the environment "
            "variable FLOWDLN_DATA."
        ) from error


def _content(path: Path, name: str) -> bytes:
    """Content of the file called ``name`` in ``FILES``, decompressed and verified."""
    advice = f"It is damaged or another data set: replace it by {URL}{name}.gz."
    content = content_of(path, LARGEST, advice=advice)
    checksum = hashlib.md5(content, usedforsecurity=False).hexdigest()
    if checksum != CONTENT[name]:
        raise DatasetError(
            f"file '{path.as_posix()}' holds data with the MD5 checksum {checksum}; expected {CONTENT[name]}. {advice}"
        )
    return content


def _array(content: bytes) -> NDArray[np.uint8]:
    """Array in IDX format, of unsigned bytes: two zeros, a type, the number of axes, sizes, entries."""
    axes = content[3]
    shape = np.frombuffer(content, ">u4", count=axes, offset=4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * axes).reshape(shape)
