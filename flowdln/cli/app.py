"""The command ``flowdln`` and how it ends."""

import logging
import os
import signal
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from flowdln.cli.problems import compare, solve
from flowdln.cli.reproduction import figures, reproduce, verify
from flowdln.cli.terminal import say
from flowdln.errors import FlowdlnError, InputError

REPRODUCE_EXTRA = ("jinja2", "latex2mathml", "threadpoolctl")

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in (solve, compare, verify, figures, reproduce):
    app.command()(command)


def main() -> None:
    """Run the command line; errors made on purpose end in one line and exit code 1."""
    logging.basicConfig(format="flowdln: %(message)s", level=logging.WARNING)
    before = signal.signal(signal.SIGTERM, _end)
    try:
        app()
    except FlowdlnError as error:
        typer.echo(f"flowdln: {error}", err=True)
        sys.exit(1)
    except ModuleNotFoundError as error:
        if error.name not in REPRODUCE_EXTRA:
            raise
        typer.echo(f"flowdln: this command needs {error.name}: pip install 'flowdln[reproduce]'", err=True)
        sys.exit(1)
    finally:
        signal.signal(signal.SIGTERM, before)


def _end(number: int, _: object) -> None:
    """End as shells have it after a signal, but remove files in progress and end other processes before."""
    sys.exit(128 + number)


def _version(wanted: bool) -> None:
    if wanted:
        say(version("flowdln"))
        raise typer.Exit


@app.callback()
def options(
    show: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
    checkout: Annotated[
        Path | None,
        typer.Option(help="Take derivations/ and figures/ from this folder, not from beside the package."),
    ] = None,
) -> None:
    """Exact learning dynamics of deep linear networks.

    Start with: flowdln solve --example > problem.toml, then flowdln solve problem.toml --plot run.png
    """
    from flowdln.reproduction.checkout import VARIABLE

    del show
    try:
        Path.cwd()
    except FileNotFoundError as error:
        raise InputError("the working folder was deleted; expected one that exists. Change to another.") from error
    if checkout:
        os.environ[VARIABLE] = str(checkout.absolute())
