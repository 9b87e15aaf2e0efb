"""Figures: computed, checked, drawn, saved."""

import time
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import matplotlib as mpl
import matplotlib.pyplot as plt

from flowdln.plot import STYLE
from flowdln.reproduction.cache import cached
from flowdln.reproduction.checks import Check

FORMATS = ("png", "pdf", "svg")


class Picture(NamedTuple):
    """A figure that has been made."""

    name: str
    title: str
    source: str
    caption: str
    checks: Sequence[Check]
    seconds: float
    code: str
    error: str = ""

    @property
    def passed(self) -> bool:
        """Whether it was made, with all its numbers within their tolerances."""
        return not self.error and all(check.passed for check in self.checks)


def make_figure(name: str, module: ModuleType, folder: Path, *, quick: bool = False) -> Picture:
    """Picture of a figure module, saved in ``folder`` as PNG, PDF and SVG.

    A figure module has ``TITLE``, ``SOURCE``, ``PARAMETERS``, ``QUICK`` (changes for a quick run), and
    ``compute(**parameters)`` -> arrays by name, ``check(data)`` -> checks, ``draw(data)`` -> Matplotlib figure,
    ``caption(data)`` -> text.
    """
    start = time.perf_counter()
    parameters = module.PARAMETERS | (module.QUICK if quick else {})
    source = Path(str(module.__file__))
    data = cached(module.compute, parameters, source, folder / "cache")
    checks = module.check(data)
    with mpl.rc_context(STYLE | {"backend": "agg", "svg.hashsalt": name}):  # the salt makes the file reproducible
        figure = module.draw(data)
        for extension in FORMATS:
            figure.savefig(folder / f"{name}.{extension}", metadata=_undated(extension))
        plt.close(figure)
    seconds = time.perf_counter() - start
    return Picture(name, module.TITLE, module.SOURCE, module.caption(data), checks, seconds, f"figures/{source.name}")


def failed_figure(name: str, module: ModuleType, error: Exception) -> Picture:
    """The place of a figure that could not be made."""
    code = f"figures/{Path(str(module.__file__)).name}"
    return Picture(name, module.TITLE, module.SOURCE, "", (), 0.0, code, f"{type(error).__name__}: {error}")


def _undated(extension: str) -> dict[str, None]:
    return {"png": {}, "pdf": {"CreationDate": None}, "svg": {"Date": None}}[extension]
