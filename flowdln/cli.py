"""The command line: parsing and printing only."""

import json
import logging
import sys
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flowdln.errors import FlowdlnError, InputError

if TYPE_CHECKING:
    from flowdln.problem_file import ProblemFile
    from flowdln.reproduction.gallery import Size

REPRODUCE_EXTRA = ("jinja2", "latex2mathml", "threadpoolctl")

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

ProblemPath = Annotated[
    Path | None, typer.Argument(help="A TOML problem file; --example prints one.", show_default=False)
]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="Write the results to this netCDF file.")]
Plot = Annotated[Path | None, typer.Option("--plot", help="Draw a picture: .png, .pdf or .svg.")]
Example = Annotated[bool, typer.Option("--example", help="Print a commented problem file and stop.")]
Folder = Annotated[Path, typer.Option("--output", "-o", help="Folder for pictures and the page.")]
Quick = Annotated[bool, typer.Option("--quick", help="Smaller sizes, the same checks.")]
Full = Annotated[bool, typer.Option("--full", help="The sizes of the papers; may take half an hour.")]
Jobs = Annotated[
    int | None, typer.Option("--jobs", "-j", min=1, help="Processes; one a core if left out.", show_default=False)
]


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


@app.command()
def solve(problem: ProblemPath = None, output: Output = None, plot: Plot = None, example: Example = False) -> None:
    """Solve gradient flow for a problem file, by a closed form where one applies."""
    from flowdln.exact.limits import least_loss
    from flowdln.modes import mode_targets
    from flowdln.solution import solve as solve_flow

    given = _read(problem, example=example)
    _check_targets(output, plot)
    trajectory = solve_flow(
        given.problem, given.flow.ts, method=given.flow.method, rtol=given.flow.rtol, progress=_tty()
    )
    typer.echo(trajectory.explain())
    least = least_loss(given.problem.moments, min(given.problem.widths))
    end = f"{trajectory.loss[-1]:.6g} at t = {trajectory.ts[-1]:g}"
    typer.echo(f"loss: {trajectory.loss[0]:.6g} -> {end} (least possible: {max(least, 0.0):.6g})")
    typer.echo("mode  start        end          least squares")
    for i, target in enumerate(mode_targets(given.problem.moments)[:10]):
        start, end = trajectory.modes[[0, -1], i]
        typer.echo(f"{i + 1:4d}  {start:<11.4g}  {end:<11.6g}  {target:.6g}")
    if len(trajectory.frame.strengths) > 10:
        typer.echo(f"      and {len(trajectory.frame.strengths) - 10} more modes")
    if output:
        _write(trajectory.save, output)
    if plot:
        from flowdln import plot as pictures

        _draw(
            plot,
            [
                lambda ax: pictures.learning_curves(trajectory, ax=ax),
                lambda ax: pictures.modes(trajectory, ax=ax),
            ],
        )


@app.command()
def compare(problem: ProblemPath = None, output: Output = None, plot: Plot = None, example: Example = False) -> None:
    """Compare gradient descent with gradient flow, and with the leading-order prediction of their distance."""
    from flowdln.comparison import compare as compare_descent

    given = _read(problem, example=example)
    _check_targets(output, plot)
    if given.descent is None:
        raise InputError(
            what=str(problem), received="has no section [descent]", expected="learning_rate and steps", advice="Add it."
        )
    result = compare_descent(given.problem, **given.descent._asdict(), progress=_tty())
    largest = int(result.gap.argmax())
    typer.echo(
        f"learning rate {given.descent.learning_rate:g}, {given.descent.steps} steps, up to t = {result.ts[-1]:g}"
    )
    typer.echo(f"largest distance in the weights: {result.gap[largest]:.6g} at t = {result.ts[largest]:g}")
    typer.echo(f"predicted to leading order:      {result.predicted_gap[largest]:.6g}")
    if result.gap.any():
        typer.echo(f"order measured by halving the learning rate: {result.order:.3f} (theory: 1)")
    if output:
        _write(lambda path: result.to_xarray().to_netcdf(path, engine="scipy"), output)
    if plot:
        from flowdln import plot as pictures

        curves = {"flow": result.flow, "descent": result.descent}
        _draw(plot, [lambda ax: pictures.learning_curves(curves, ax=ax), lambda ax: pictures.gap(result, ax=ax)])


@app.command()
def verify(
    names: Annotated[list[str] | None, typer.Argument(help="Documents, chapters or ids; all if none is named.")] = None,
    outcome: Annotated[str | None, typer.Option("--verdict", help="Show only these, e.g. refuted.")] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the verdicts to this file.")] = None,
    jobs: Jobs = None,
) -> None:
    """Decide the claims of derivations/, each with a control that must fail; one that is named alone is told in full.

    Ends with exit code 1 if a check crashes, a control passes, a refutation has no correction, or one of our own
    statements does not hold.
    """
    from tqdm import tqdm

    from flowdln.reproduction import checkout, story
    from flowdln.reproduction.ledger import decide_claims, ledger, select_claims

    story.check_outcome(outcome)
    _check_targets(json_file, None)
    claims = select_claims(checkout.load_chapters(), names or (), checkout.load_documents())
    with tqdm(total=len(claims), desc="verify", disable=not _tty(), leave=False) as bar:
        entries = decide_claims(claims, bar, jobs)
    if json_file:
        text = json.dumps(ledger(entries), indent=1, ensure_ascii=False)
        _write(lambda path: path.write_text(text + "\n", encoding="utf-8"), json_file)
    shown = [entry.verdict for entry in entries if outcome in {None, entry.verdict.outcome}]
    typer.echo(story.tell(shown[0]) if len(claims) == len(shown) == 1 else "\n".join(map(story.row, shown)))
    typer.echo(story.summary([entry.verdict for entry in entries]))
    if len(entries) > 1:
        typer.echo(story.durations([entry.verdict for entry in entries]))
    _end(stopped=len(entries) < len(claims), failed=not all(entry.verdict.settled for entry in entries))


@app.command()
def figures(
    names: Annotated[list[str] | None, typer.Argument(help="Figures; all if none is named.")] = None,
    output: Folder = Path("reproduction"),
    quick: Quick = False,
    full: Full = False,
    jobs: Jobs = None,
) -> None:
    """Make figures of figures/ and check their numbers; exit code 1 if one is off."""
    from tqdm import tqdm

    from flowdln.reproduction import checkout
    from flowdln.reproduction.run import make_figures, prepare_folder

    wanted = names or list(checkout.load_figures())
    prepare_folder(output)
    with tqdm(total=len(wanted), desc="figures", disable=not _tty()) as bar:
        pictures = make_figures(wanted, output, bar, size=_size(quick=quick, full=full), jobs=jobs)
    for picture in pictures:
        typer.echo(
            f"{'ok    ' if picture.passed else 'FAILED'}  {output / picture.name}.png  ({picture.seconds:.1f} s)"
        )
        for check in picture.checks:
            if not check.passed:
                typer.echo(
                    f"        {check.name}: {check.found:.6g}, expected {check.expected:g} +- {check.tolerance:g}"
                )
    _end(stopped=len(pictures) < len(wanted), failed=not all(picture.passed for picture in pictures))


@app.command()
def reproduce(
    output: Folder = Path("reproduction"), quick: Quick = False, full: Full = False, jobs: Jobs = None
) -> None:
    """Decide every claim, make every figure, and write the pages that show them; what has not changed is kept."""
    from flowdln.reproduction import story
    from flowdln.reproduction.run import reproduce as run

    result = run(output, size=_size(quick=quick, full=full), jobs=jobs, progress=_tty())
    passing = sum(picture.passed for picture in result.pictures)
    typer.echo(story.summary([entry.verdict for entry in result.entries]))
    typer.echo(f"{passing} of {len(result.pictures)} figures pass")
    typer.echo(f"The page is {result.page.resolve()}")
    _end(stopped=not result.complete, failed=not result.passed)


def _size(*, quick: bool, full: bool) -> "Size":
    if quick and full:
        raise InputError(
            what="the size", received="is both --quick and --full", expected="one of them", advice="Leave one out."
        )
    return "quick" if quick else "full" if full else "default"


def _end(*, stopped: bool, failed: bool) -> None:
    """Exit code 130 after Ctrl-C, as shells have it, and 1 after a failure."""
    if stopped or failed:
        raise typer.Exit(130 if stopped else 1)


def _read(path: Path | None, *, example: bool) -> "ProblemFile":
    from flowdln.problem_file import EXAMPLE, read_problem

    if example:
        typer.echo(EXAMPLE, nl=False)
        raise typer.Exit
    if path is None:
        raise InputError(
            what="PROBLEM",
            received="is missing",
            expected="a TOML file",
            advice="`flowdln solve --example > problem.toml` writes one to start from.",
        )
    return read_problem(path)


def _check_targets(output: Path | None, plot: Path | None) -> None:
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


def _write(save: Any, path: Path) -> None:
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


def _draw(path: Path, panels: list[Any]) -> None:
    import matplotlib as mpl
    import matplotlib.pyplot as plt

    from flowdln.plot import STYLE

    with mpl.rc_context(STYLE | {"backend": "agg"}):
        figure, axes = plt.subplots(1, len(panels), figsize=(3.5 * len(panels), 2.8))
        for panel, ax in zip(panels, axes, strict=True):
            panel(ax)
        _write(figure.savefig, path)


def _tty() -> bool:
    return sys.stderr.isatty()
