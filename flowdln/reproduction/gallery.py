"""Figures: computed, checked, drawn, saved."""

import io
import logging
import time
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any, Literal, NamedTuple

import matplotlib as mpl
import matplotlib.pyplot as plt

from flowdln.errors import FlowdlnError
from flowdln.plot import STYLE
from flowdln.replacement import replacing
from flowdln.reproduction import checkout
from flowdln.reproduction.cache import cached, remember, remembered
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
    source, parameters, cache = Path(str(module.__file__)), figure_parameters(module, size), folder / "cache"
    samples = data_set(parameters)
    mark = _mark(source, parameters, samples)
    known = _recalled(described(name, module, size), mark, folder)
    if known:
        return known
    start = time.perf_counter()
    data = cached(module.compute, parameters, source, cache, samples)
    picture = described(name, module, size)._replace(caption=module.caption(data), checks=tuple(module.check(data)))
    files = _drawn(name, module, data)
    for file, content in files.items():
        with replacing(folder / file) as picture_file:
            picture_file.write(content)
    picture = picture._replace(seconds=time.perf_counter() - start)
    digests = {file: sha256(content).hexdigest() for file, content in files.items()}
    kept = {"caption": picture.caption, "seconds": picture.seconds, "checks": picture.checks, "files": digests}
    remember(kept, name, mark, cache)
    return picture


def recall_picture(name: str, module: ModuleType, folder: Path, size: Size = "default") -> Picture | None:
    """Picture that :func:`make_figure` has made in ``folder`` before; None if it would be another now."""
    parameters = figure_parameters(module, size)
    mark = _mark(Path(str(module.__file__)), parameters, data_set(parameters))
    return _recalled(described(name, module, size), mark, folder)


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
        parameters=figure_parameters(module, size),
        claims=getattr(module, "CLAIMS", ()),
        animated=hasattr(module, "animate"),
    )


def _mark(source: Path, parameters: Mapping[str, Any], samples: Sequence[str]) -> str:
    """Fingerprint of a figure: its file, this one, its parameters, and the data that it reads."""
    return fingerprint({**parameters, "data_set": samples}, source, Path(__file__))


def _recalled(picture: Picture, mark: str, folder: Path) -> Picture | None:
    """The picture with what was found when it was made; None if that is unknown, or a file is not as it was saved."""
    kept = remembered(picture.name, mark, folder / "cache")
    try:
        files = {file: sha256((folder / file).read_bytes()).hexdigest() for file in _files(picture)}
        caption, seconds, checks = kept["caption"], kept["seconds"], tuple(map(_check, kept["checks"]))
        valid = isinstance(caption, str) and isinstance(seconds, float) and kept["files"] == files
    except (OSError, KeyError, TypeError, ValueError):
        return None
    return picture._replace(caption=caption, seconds=seconds, checks=checks) if valid else None


def _drawn(name: str, module: ModuleType, data: Mapping[str, Any]) -> dict[str, bytes]:
    """Contents of the files of a figure, by name."""
    files = {}
    with mpl.rc_context(STYLE | {"backend": "agg", "svg.hashsalt": name}):  # the salt makes the file reproducible
        figure = module.draw(data)
        for extension in FORMATS:
            content = io.BytesIO()
            figure.savefig(content, format=extension, metadata=_undated(extension))
            files[f"{name}.{extension}"] = content.getvalue()
        plt.close(figure)
        if hasattr(module, "animate"):
            with TemporaryDirectory() as scratch:
                path = Path(scratch) / f"{name}.gif"
                module.animate(data).save(path, writer="pillow")
                files[path.name] = path.read_bytes()
            plt.close("all")
    return files


def _check(kept: Any) -> Check:
    """Check from what was kept of it; raises one of Python's errors if that is none."""
    name, *numbers = kept  # and not more: Check takes three numbers
    if not isinstance(name, str) or not all(isinstance(number, (int, float)) for number in numbers):
        message = f"{kept!r} is no check"
        raise TypeError(message)
    return Check(name, *numbers)


def _files(picture: Picture) -> list[str]:
    return [f"{picture.name}.{extension}" for extension in (*FORMATS, *(["gif"] if picture.animated else []))]


def _undated(extension: str) -> dict[str, None]:
    return {"png": {}, "pdf": {"CreationDate": None}, "svg": {"Date": None}}[extension]
