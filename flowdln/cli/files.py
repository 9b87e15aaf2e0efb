"""Files that a command writes."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import typer

from flowdln.errors import InputError
from flowdln.replacement import replacing, require_writable, unwritable


def check_targets(output: Path | None, plot: Path | None, source: Path | None = None) -> None:
    """Refuse before the work what could not be written after it, or would be written over what it reads."""
    supported = {".png", ".pdf", ".svg"}
    if plot and plot.suffix not in supported:
        raise InputError(f"{plot} ends in {plot.suffix!r}; expected {', '.join(sorted(supported))}. Rename it.")
    taken = [source.resolve()] if source else []
    for path in filter(None, (output, plot)):
        require_writable(path)
        if path.resolve() in taken:
            raise InputError(f"{path} is named twice; expected a file for each purpose. Choose another.")
        taken.append(path.resolve())


def write(save: Callable[[Path], Any], path: Path) -> None:
    """Save to a file, complete or not at all, and say so; or raise :class:`InputError` if it cannot be written."""
    try:
        with replacing(path) as partial:
            save(partial)
    except OSError as error:
        raise unwritable(path, error.strerror) from error
    typer.echo(f"wrote {path}")


def draw(path: Path, panels: Sequence[Callable[[Any], Any]]) -> None:
    """Save a picture with these panels side by side, each drawn on the axes that it is given."""
    import matplotlib as mpl
    import matplotlib.pyplot as plt

    from flowdln.plot import STYLE

    with mpl.rc_context(STYLE | {"backend": "agg"}):
        figure, axes = plt.subplots(1, len(panels), figsize=(3.5 * len(panels), 2.8))
        for panel, ax in zip(panels, axes, strict=True):
            panel(ax)
        write(figure.savefig, path)
