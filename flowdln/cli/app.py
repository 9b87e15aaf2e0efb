"""The command ``flowdln`` and how it ends."""

import logging
import sys
from importlib.metadata import version
from typing import Annotated

import typer

from flowdln.cli.problems import compare, solve
from flowdln.cli.reproduction import figures, reproduce, verify
from flowdln.errors import FlowdlnError

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


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(version("flowdln"))
        raise typer.Exit


@app.callback()
def options(
    show: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Exact learning dynamics of deep linear networks.

    Start with: flowdln solve --example > problem.toml, then flowdln solve problem.toml --plot run.png
    """
    del show
