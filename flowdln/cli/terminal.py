"""Printing, progress and exit codes."""

import os
import sys

import typer

from flowdln.errors import InputError


def say(text: str) -> None:
    """Print a line to standard output.

    Raises
    ------
    InputError
        If it cannot be written, as on a full disk.
    """
    try:
        if sys.stdout is None:
            raise OSError(None, "it is closed")  # noqa: TRY301 (one message for both)
        typer.echo(text)
    except BrokenPipeError:  # whoever reads has read enough; Typer ends the command
        raise
    except OSError as error:
        if sys.stdout:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python fails again when it ends
        raise InputError(
            f"standard output cannot be written ({error.strerror}); expected a terminal, file or pipe. "
            "Change what it is redirected to."
        ) from error


def tty() -> bool:
    """Whether somebody watches: progress is shown then."""
    return sys.stderr.isatty()


def end(*, stopped: bool, failed: bool) -> None:
    """Exit code 130 after Ctrl-C, as shells have it, and 1 after a failure."""
    if stopped or failed:
        raise typer.Exit(130 if stopped else 1)
