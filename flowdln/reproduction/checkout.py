"""Derivations and figures, in a checkout of the repository."""

import importlib
import os
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import flowdln
from flowdln.errors import InputError

FOLDERS = ("derivations", "figures")
VARIABLE = "FLOWDLN_CHECKOUT"  # of the environment, which other processes inherit


class Document(NamedTuple):
    """A text whose statements are decided."""

    title: str
    authors: str
    where: str
    ids: tuple[str, ...]  # of its statements


def find_checkout() -> Path:
    """Folder that holds ``derivations/`` and ``figures/``: that of the package, or the one named by ``VARIABLE``.

    Their code is executed, so no other folder is searched.

    Raises
    ------
    InputError
        If they are not there.
    """
    folder = Path(os.environ.get(VARIABLE) or Path(flowdln.__file__).parent.parent).absolute()
    if all((folder / name / "__init__.py").is_file() for name in FOLDERS):
        return folder
    raise InputError(
        f"{folder} is no checkout of flowdln; expected a folder with derivations/ and figures/. Clone the repository "
        "and name its folder: flowdln --checkout FOLDER."
    )


def load_chapters() -> dict[str, ModuleType]:
    """The chapters of ``derivations/`` by name, in reading order."""
    return _load("derivations", "CHAPTERS")


def load_parts() -> dict[str, tuple[str, ...]]:
    """Names of the chapters by the title of the part that they are in, in reading order."""
    return dict(_package("derivations").PARTS)


def load_figures() -> dict[str, ModuleType]:
    """The figures of ``figures/`` by name, in the order of the gallery."""
    return _load("figures", "FIGURES")


def load_documents() -> dict[str, Document]:
    """The documents whose statements ``derivations/`` decides, by short name."""
    listing = tomllib.loads((find_checkout() / "derivations" / "documents.toml").read_text(encoding="utf-8"))
    return {
        name: Document(
            entry["title"], entry["authors"], entry["where"], tuple(f"{name}-{i}" for i in entry["statements"])
        )
        for name, entry in listing.items()
    }


def _package(name: str) -> ModuleType:
    root = str(find_checkout())
    if sys.path[0] != root:  # before the current folder, which Python may search too
        sys.path.insert(0, root)
    return importlib.import_module(name)


def _load(package: str, listing: str) -> dict[str, ModuleType]:
    names: Sequence[str] = getattr(_package(package), listing)
    return {name: importlib.import_module(f"{package}.{name}") for name in names}
