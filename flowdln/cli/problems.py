"""``flowdln solve`` and ``flowdln compare``: what becomes of a problem file."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flowdln.cli.files import check_names, draw, opened
from flowdln.cli.terminal import say, tty
from flowdln.errors import InputError

if TYPE_CHECKING:
    from flowdln.comparison import Comparison
    from flowdln.problem_file import ProblemFile
    from flowdln.trajectory import Trajectory

ProblemPath = Annotated[
    Path | None, typer.Argument(help="A TOML problem file; --example prints one.", show_default=False)
]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="Write the results to this netCDF file.")]
Plot = Annotated[Path | None, typer.Option("--plot", help="Draw a picture: .png, .pdf or .svg.")]
Example = Annotated[bool, typer.Option("--example", help="Print a commented problem file and stop.")]


def solve(problem: ProblemPath = None, output: Output = None, plot: Plot = None, example: Example = False) -> None:
    """Solve gradient flow for a problem file, by a closed form where one applies."""
    from flowdln import netcdf
    from flowdln.solution import solve as solve_flow

    check_names(output, plot, problem)
    with opened(plot) as picture:
        with opened(output) as results:
            given = _read(problem, example=example)
            flow = given.flow
            trajectory = solve_flow(given.problem, flow.ts, method=flow.method, rtol=flow.rtol, progress=tty())
            if results:
                netcdf.write(trajectory.to_xarray(observables=False), results)
        _tell(trajectory)
        if picture and plot:
            from flowdln import plot as pictures

            draw(
                picture,
                plot.suffix,
                [partial(panel, trajectory) for panel in (pictures.learning_curves, pictures.modes)],
            )


def compare(problem: ProblemPath = None, output: Output = None, plot: Plot = None, example: Example = False) -> None:
    """Compare gradient descent with gradient flow, and with the leading-order prediction of their distance."""
    from flowdln import netcdf
    from flowdln.comparison import compare as compare_descent

    check_names(output, plot, problem)
    with opened(plot) as picture:
        with opened(output) as results:
            given = _read(problem, example=example)
            if given.descent is None:
                raise InputError(f"{problem} has no section [descent]; expected learning_rate and steps. Add it.")
            result = compare_descent(given.problem, **given.descent._asdict(), progress=tty())
            if results:
                netcdf.write(result.to_xarray(), results)
        _tell_gap(result)
        if picture and plot:
            from flowdln import plot as pictures

            curves = {"flow": result.flow, "descent": result.descent}
            draw(picture, plot.suffix, [partial(pictures.learning_curves, curves), partial(pictures.gap, result)])


def _tell(trajectory: "Trajectory") -> None:
    """Print how a trajectory was computed, its loss and its modes."""
    from flowdln.exact.limits import least_loss
    from flowdln.modes import mode_targets

    problem = trajectory.problem
    say(trajectory.explain())
    least = least_loss(problem.moments, min(problem.widths))
    end = f"{trajectory.loss[-1]:.6g} at t = {trajectory.ts[-1]:g}"
    say(f"loss: {trajectory.loss[0]:.6g} -> {end} (least possible: {max(least, 0.0):.6g})")
    say("mode  start        end          least squares")
    for i, target in enumerate(mode_targets(problem.moments)[:10]):
        start, end = trajectory.modes[[0, -1], i]
        say(f"{i + 1:4d}  {start:<11.4g}  {end:<11.6g}  {target:.6g}")
    if len(trajectory.frame.strengths) > 10:
        say(f"      and {len(trajectory.frame.strengths) - 10} more modes")


def _tell_gap(result: "Comparison") -> None:
    """Print how far descent is from the flow."""
    largest, steps = int(result.gap.argmax()), int(result.descent.statistics["steps"])
    say(f"learning rate {result.learning_rate:g}, {steps} steps, up to t = {result.ts[-1]:g}")
    say(f"largest distance in the weights: {result.gap[largest]:.6g} at t = {result.ts[largest]:g}")
    say(f"predicted to leading order:      {result.predicted_gap[largest]:.6g}")
    if result.gap.any():
        say(f"order measured by halving the learning rate: {result.order:.3f} (theory: 1)")


def _read(path: Path | None, *, example: bool) -> "ProblemFile":
    from flowdln.problem_file import EXAMPLE, read_problem

    if example:
        say(EXAMPLE.rstrip("\n"))
        raise typer.Exit
    if path is None:
        raise InputError(
            "PROBLEM is missing; expected a TOML file. `flowdln solve --example > problem.toml` writes one to "
            "start from."
        )
    return read_problem(path)
