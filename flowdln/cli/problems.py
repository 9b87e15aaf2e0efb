"""``flowdln solve`` and ``flowdln compare``: what becomes of a problem file."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flowdln.cli.files import check_targets, draw, write
from flowdln.cli.terminal import tty
from flowdln.errors import InputError

if TYPE_CHECKING:
    from flowdln.problem_file import ProblemFile

ProblemPath = Annotated[
    Path | None, typer.Argument(help="A TOML problem file; --example prints one.", show_default=False)
]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="Write the results to this netCDF file.")]
Plot = Annotated[Path | None, typer.Option("--plot", help="Draw a picture: .png, .pdf or .svg.")]
Example = Annotated[bool, typer.Option("--example", help="Print a commented problem file and stop.")]


def solve(problem: ProblemPath = None, output: Output = None, plot: Plot = None, example: Example = False) -> None:
    """Solve gradient flow for a problem file, by a closed form where one applies."""
    from flowdln.exact.limits import least_loss
    from flowdln.modes import mode_targets
    from flowdln.solution import solve as solve_flow

    check_targets(output, plot, problem)
    given = _read(problem, example=example)
    trajectory = solve_flow(
        given.problem, given.flow.ts, method=given.flow.method, rtol=given.flow.rtol, progress=tty()
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
        write(trajectory.save, output)
    if plot:
        from flowdln import plot as pictures

        draw(
            plot,
            [
                lambda ax: pictures.learning_curves(trajectory, ax=ax),
                lambda ax: pictures.modes(trajectory, ax=ax),
            ],
        )


def compare(problem: ProblemPath = None, output: Output = None, plot: Plot = None, example: Example = False) -> None:
    """Compare gradient descent with gradient flow, and with the leading-order prediction of their distance."""
    from flowdln.comparison import compare as compare_descent

    check_targets(output, plot, problem)
    given = _read(problem, example=example)
    if given.descent is None:
        raise InputError(f"{problem} has no section [descent]; expected learning_rate and steps. Add it.")
    result = compare_descent(given.problem, **given.descent._asdict(), progress=tty())
    largest = int(result.gap.argmax())
    typer.echo(
        f"learning rate {given.descent.learning_rate:g}, {given.descent.steps} steps, up to t = {result.ts[-1]:g}"
    )
    typer.echo(f"largest distance in the weights: {result.gap[largest]:.6g} at t = {result.ts[largest]:g}")
    typer.echo(f"predicted to leading order:      {result.predicted_gap[largest]:.6g}")
    if result.gap.any():
        typer.echo(f"order measured by halving the learning rate: {result.order:.3f} (theory: 1)")
    if output:
        write(lambda path: result.to_xarray().to_netcdf(path, engine="scipy"), output)
    if plot:
        from flowdln import plot as pictures

        curves = {"flow": result.flow, "descent": result.descent}
        draw(plot, [lambda ax: pictures.learning_curves(curves, ax=ax), lambda ax: pictures.gap(result, ax=ax)])


def _read(path: Path | None, *, example: bool) -> "ProblemFile":
    from flowdln.problem_file import EXAMPLE, read_problem

    if example:
        typer.echo(EXAMPLE, nl=False)
        raise typer.Exit
    if path is None:
        raise InputError(
            "PROBLEM is missing; expected a TOML file. `flowdln solve --example > problem.toml` writes one to "
            "start from."
        )
    return read_problem(path)
