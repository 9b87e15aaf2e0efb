"""Files that a command writes."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import typer

from flowdln.errors import InputError


def check_targets(output: Path | None, plot: Path | None) -> None:
    """Refuse before the work what could not be written after it."""
    supported = {".png", ".pdf", ".svg"}
    if plot and plot.suffix not in supported:
        raise InputError(
            what=str(plot),
            received=f"ends in {plot.suffix!r}",
            expected=", ".join(sorted(supported)),
            advice="Rename it.",
        )
    for path in (output, plot):
        if path and not path.absolute().parent.is_dir():
            raise InputError(
                what=str(path),
                received="is in a folder that does not exist",
                expected="a file",
                advice="Make the folder.",
            )


def write(save: Callable[[Path], Any], path: Path) -> None:
    """Save to a file and say so, or raise :class:`InputError` if it cannot be written."""
    try:
        save(path)
    except OSError as error:
        raise InputError(
            what=str(path),
            received=f"cannot be written ({error.strerror})",
            expected="a file",
            advice="Choose another.",
        ) from error
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
