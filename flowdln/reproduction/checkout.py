"""Where the derivations and the figures are: in a checkout of the repository, beside the package."""

import importlib
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import flowdln
from flowdln.errors import InputError

FOLDERS = ("derivations", "figures")


class Document(NamedTuple):
    """A text whose statements are decided."""

    title: str
    authors: str
    where: str
    ids: tuple[str, ...]  # of its statements


def find_checkout() -> Path:
    """The folder that holds ``derivations/`` and ``figures/``: this one, one above it, or that of the package.

    Raises
    ------
    InputError
        If there is none.
    """
    here = Path.cwd()
    for folder in (here, *here.parents, Path(flowdln.__file__).parent.parent):
        if all((folder / name / "__init__.py").is_file() for name in FOLDERS):
            return folder
    raise InputError(
        f"{here} is not in a checkout of flowdln; expected a folder with derivations/ and figures/. Clone "
        "the repository and run this inside it."
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
    if root not in sys.path:
        sys.path.insert(0, root)
    return importlib.import_module(name)


def _load(package: str, listing: str) -> dict[str, ModuleType]:
    names: Sequence[str] = getattr(_package(package), listing)
    return {name: importlib.import_module(f"{package}.{name}") for name in names}
