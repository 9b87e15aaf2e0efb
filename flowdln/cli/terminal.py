"""How a command shows that it works, and how it ends."""

import sys

import typer


def tty() -> bool:
    """Whether somebody watches: progress is shown then."""
    return sys.stderr.isatty()


def end(*, stopped: bool, failed: bool) -> None:
    """Exit code 130 after Ctrl-C, as shells have it, and 1 after a failure."""
    if stopped or failed:
        raise typer.Exit(130 if stopped else 1)
