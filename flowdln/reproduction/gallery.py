"""Figures: computed, checked, drawn, saved."""

import logging
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, Literal, NamedTuple

import matplotlib as mpl
import matplotlib.pyplot as plt

from flowdln.errors import FlowdlnError
from flowdln.plot import STYLE
from flowdln.replacement import replacing
from flowdln.reproduction import checkout
from flowdln.reproduction.cache import cached, forget, remember, remembered
from flowdln.reproduction.checks import Check
from flowdln.reproduction.sources import data_set, fingerprint

LOG = logging.getLogger("flowdln")
FORMATS = ("png", "pdf", "svg")
Size = Literal["quick", "default", "full"]


class Picture(NamedTuple):
    """A figure that has been made."""

    name: str
    title: str
    source: str
    caption: str
    checks: Sequence[Check]
    seconds: float  # that it took when it was made
    code: str  # the file that it is made by
    listing: str  # what that file holds
    size: Size
    parameters: Mapping[str, Any]
    claims: Sequence[str] = ()  # ids of those it illustrates
    animated: bool = False
    error: str = ""

    @property
    def passed(self) -> bool:
        """Whether it was made, with all its numbers within their tolerances."""
        return not self.error and all(check.passed for check in self.checks)


def figure_parameters(module: ModuleType, size: Size) -> dict[str, Any]:
    """Arguments of ``compute`` for a size: ``PARAMETERS``, with the changes of ``QUICK`` or ``FULL``."""
    changes = {"quick": module.QUICK, "default": {}, "full": getattr(module, "FULL", {})}
    return dict(module.PARAMETERS) | changes[size]


def make_figure(name: str, module: ModuleType, folder: Path, size: Size = "default") -> Picture:
    """Picture of a figure module, saved in ``folder`` as PNG, PDF and SVG, unless it is there already.

    A figure module has ``TITLE``, ``SOURCE``, ``PARAMETERS``, ``QUICK`` (changes for a quick run), and
    ``compute(**parameters)`` -> arrays by name, ``check(data)`` -> checks, ``draw(data)`` -> Matplotlib figure,
    ``caption(data)`` -> text. It may have ``FULL`` (changes for the size of the paper), ``CLAIMS`` (ids of the claims
    it illustrates) and ``animate(data)`` -> Matplotlib animation, saved as GIF. A parameter ``data`` is a name of
    :func:`~flowdln.datasets.handwriting`: the figure is made again where that is another data set by now.
    """
    source, parameters, kept = Path(str(module.__file__)), figure_parameters(module, size), folder / "cache"
    samples = data_set(parameters)
    mark = fingerprint({**parameters, "data_set": samples}, source, Path(__file__))
    before = _restored(remembered(name, mark, kept))
    if before and all((folder / file).exists() for file in _files(name, animated=before.animated)):
        return before._replace(size=size)  # another size may have the same parameters
    start = time.perf_counter()
    data = cached(module.compute, parameters, source, kept, samples)
    picture = described(name, module, size)._replace(
        caption=module.caption(data), checks=module.check(data), parameters=parameters
    )
    forget(name, kept)  # of another size, say: an interrupt from here on must not leave its numbers beside new pictures
    with mpl.rc_context(STYLE | {"backend": "agg", "svg.hashsalt": name}):  # the salt makes the file reproducible
        figure = module.draw(data)
        for extension in FORMATS:
            with replacing(folder / f"{name}.{extension}") as partial:
                figure.savefig(partial, metadata=_undated(extension))
        plt.close(figure)
        if picture.animated:
            with replacing(folder / f"{name}.gif") as partial:
                module.animate(data).save(partial, writer="pillow")
            plt.close("all")
    picture = picture._replace(seconds=time.perf_counter() - start)
    remember(picture._asdict(), name, mark, kept)
    return picture


def make_by_name(name: str, folder: Path, size: Size) -> Picture:
    """:func:`make_figure` for the figure of that name, also in another process; one that fails is reported as such."""
    module = checkout.load_figures()[name]
    try:
        return make_figure(name, module, folder, size)
    except Exception as error:  # whatever one figure does, the others are made, and the page says so
        unexpected = not isinstance(error, FlowdlnError)  # the message of one of ours says all
        LOG.exception("figure %s failed", name, exc_info=unexpected)
        return described(name, module, size)._replace(error=f"{type(error).__name__}: {error}")


def described(name: str, module: ModuleType, size: Size) -> Picture:
    """What is known of a figure before it is made."""
    file = Path(str(module.__file__))
    return Picture(
        name,
        module.TITLE,
        module.SOURCE,
        caption="",
        checks=(),
        seconds=0.0,
        code=f"figures/{file.name}",
        listing=file.read_text(encoding="utf-8"),
        size=size,
        parameters={},
        claims=getattr(module, "CLAIMS", ()),
        animated=hasattr(module, "animate"),
    )


def _restored(kept: Any) -> Picture | None:
    """A picture from what was kept of it; None if that is not a picture."""
    try:
        return Picture(
            **kept | {"checks": [Check(*check) for check in kept["checks"]], "claims": tuple(kept["claims"])}
        )
    except (KeyError, TypeError):
        return None


def _files(name: str, *, animated: bool) -> list[str]:
    return [f"{name}.{extension}" for extension in (*FORMATS, *(["gif"] if animated else []))]


def _undated(extension: str) -> dict[str, None]:
    return {"png": {}, "pdf": {"CreationDate": None}, "svg": {"Date": None}}[extension]
