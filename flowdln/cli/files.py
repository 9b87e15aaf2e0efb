"""Files that a command writes."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from flowdln.cli.terminal import say
from flowdln.errors import InputError, printable
from flowdln.replacement import replacing

PICTURES = (".pdf", ".png", ".svg")


def check_names(output: Path | None, plot: Path | None, source: Path | None) -> None:
    """Refuse one file for two purposes, and pictures of an unknown format."""
    if plot and plot.suffix not in PICTURES:
        raise InputError(f"{plot} ends in {plot.suffix!r}; expected {', '.join(PICTURES)}. Rename it.")
    paths = [path.resolve() for path in (source, output, plot) if path]
    for path in paths:
        if paths.count(path) > 1:
            raise InputError(f"{path} is named twice; expected a file for each purpose. Choose another.")


@contextmanager
def opened(path: Path | None) -> Iterator[BinaryIO | None]:
    """Open a file before the work; it is in its place, and this is said, after the block. None without a path."""
    if path is None:
        yield None
        return
    with replacing(path) as file:
        yield file
    say(f"wrote {printable(path)}")


def draw(file: BinaryIO, kind: str, panels: Sequence[Callable[..., Any]]) -> None:
    """Draw a picture with these panels side by side, each drawn on the axes that it is given."""
    import matplotlib as mpl
    import matplotlib.pyplot as plt

    from flowdln.plot import STYLE

    with mpl.rc_context(STYLE | {"backend": "agg"}):
        figure, axes = plt.subplots(1, len(panels), figsize=(3.5 * len(panels), 2.8))
        for panel, ax in zip(panels, axes, strict=True):
            panel(ax=ax)
        figure.savefig(file, format=kind.removeprefix("."))
