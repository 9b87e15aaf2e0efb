"""The front door: a trajectory of gradient flow by the best route there is."""

from dataclasses import replace
from typing import Any

from numpy.typing import ArrayLike

from flowdln.errors import InputError
from flowdln.exact.selection import find_closed_form, solve_selected
from flowdln.integrate import Equation, Integration, Tolerance, default_atol, integrate
from flowdln.keeping import Keeping, Save, valid_save
from flowdln.problem import Problem, require_problem
from flowdln.reduction import Reduction, reduce
from flowdln.resolution import refinement, unresolved_start, unresolved_strengths
from flowdln.trajectory import Trajectory
from flowdln.validation import Array, in_units_of, positive_integer, positive_number, valid_times
from flowdln.vector_field import gradient_flow

DEFAULT_SOLVER = "DOP853"
SMALLEST_RTOL = 1e-13  # below it the error of a step is rounding, and a solver would report an accuracy it has not


def solve(
    problem: Problem,
    ts: ArrayLike,
    *,
    method: str = "auto",
    rtol: float = 1e-8,
    atol: float | None = None,
    save: Save = "weights",
    max_steps: int | None = None,
    progress: bool = False,
) -> Trajectory:
    """Trajectory of ``tau dW_l/dt = -dE/dW_l`` from ``problem.weights`` at time 0, reported at the times ``ts``.

    Parameters
    ----------
    problem
        Data, initial weights and ``tau``.
    ts : (T,)
        Increasing times, not negative, in the unit of ``tau``; they need not start at 0.
    method
        ``"auto"``: a closed form if one applies; else the network is reduced by its symmetries, integrated by DOP853,
        continued by Radau where it is stiff (up to 1000 parameters), and lifted back. A closed form is taken also where
        integrating is faster, since it is as accurate whatever ``rtol`` is, and does not leave a saddle by rounding.
        That is so for the weights of two lambda-balanced or tied layers that are not aligned, from a width of about 30
        on: their hidden frame takes time, at width 64 three times that of DOP853. The product of lambda-balanced layers
        (``save="product"``) needs no frame.
        ``"exact"``: a closed form or an error. Or a solver's name, without reduction: SciPy's RK23, RK45, DOP853
        (explicit), LSODA, BDF, Radau (implicit, with the exact Jacobian);
        diffrax's Tsit5, Dopri5, Dopri8 (explicit), Kvaerno3, Kvaerno5 (implicit), compiled on first use.
    rtol, atol
        Local error allowed in a weight ``w``: ``atol + rtol |w|``. ``atol`` is by default ``rtol`` times the
        smallest root-mean-square entry of the initial layers (but at most ``rtol``), so that plateaus at initial
        scales of 1e-6 or 1e-12 are not stepped over. No tolerance helps where rounding of the modes learned first
        seeds the later ones: a mode of strength ``s`` that starts at ``u_0``, beside a first one of strength ``s_1``,
        is right while ``u_0^(1 - s / s_1)`` is well above 1e-16. Closed forms have no such limit.
    save
        What to keep at each time: ``"weights"``, ``"product"``, or a function of the weights ``(W_1, ..., W_L)`` that
        returns an array, found in ``trajectory.saved``; so that large networks need not be kept ``T`` times. It is
        called once with the initial weights before the solve; with diffrax's solvers it is traced by JAX.
    max_steps
        Limit on the steps of a solver; by default as many as take about a minute for a small network, 100,000 of
        DOP853.
    progress
        Show a progress bar.

    Raises
    ------
    InputError
        Times that are negative or do not increase, an unknown method, ``rtol`` below ``1e-13`` or above ``0.1``; a
        function ``save`` that does not return finite arrays of one shape.
    AssumptionError
        ``method="exact"`` where no closed form applies.
    SolveError
        An integration that fails, diverges, or makes ``max_steps`` steps; the part up to the last time that was
        reached is its ``trajectory``.

    Examples
    --------
    >>> import flowdln as fl
    >>> moments = fl.Moments.from_modes([3.0, 1.0], n_in=4, n_out=3)
    >>> problem = fl.Problem(moments, fl.initial.small_random((4, 5, 3), scale=1e-3, seed=0))
    >>> fl.solve(problem, [0, 5, 20]).modes.round(3)
    array([[0.   , 0.   ],
           [3.   , 0.026],
           [3.   , 1.   ]])
    """
    require_problem(problem)
    times, keeping, tolerance = valid_times(ts), valid_save(save, problem.weights), valid_tolerance(problem, rtol, atol)
    in_units_of(problem.tau, times)
    if max_steps is not None:
        positive_integer(
            "max_steps", max_steps, advice="It limits the steps of a solver; leave it out for the default."
        )
    if not (isinstance(method, str) and method in {"auto", "exact"}):
        solved = _integrate(problem, times, method, tolerance, keeping, max_steps=max_steps, progress=progress)
        return replace(solved, story=f"asked for by name; {solved.story}")
    wide = any(
        n > below + above
        for below, n, above in zip(problem.widths, problem.widths[1:], problem.widths[2:], strict=False)
    )
    reduction = reduce(problem) if wide else Reduction(problem, problem, (None,) * len(problem.widths))
    selection = find_closed_form(reduction.problem, times, rtol=tolerance.rtol)
    if method == "exact" or selection.form:
        product_only = keeping.name == "product" and not wide
        solved = solve_selected(selection, reduction.problem, times, product_only=product_only)
        solved = keeping.lifted(reduction).thinned(solved) if solved.weights else solved
    else:
        reduction = reduction if wide else reduce(problem)
        kept = keeping.lifted(reduction)
        options: dict[str, Any] = {"max_steps": max_steps, "progress": progress, "reduction": reduction}
        finer = tolerance.scaled(refinement(problem))
        solved = _integrate(reduction.problem, times, "auto", finer, kept, **options)
        solved = replace(
            solved, story=f"{selection.reason}; {solved.story} {unresolved_start(problem, tolerance.rtol)}"
        )
    lifted = _lift(solved, reduction)
    return replace(lifted, story=f"{lifted.story} {unresolved_strengths(lifted, tolerance.rtol)}".strip())


def _integrate(
    problem: Problem,
    times: Array,
    method: str,
    tolerance: Tolerance,
    keeping: Keeping,
    *,
    reduction: Reduction | None = None,
    **options: Any,
) -> Trajectory:
    """Trajectory by a solver; what a :class:`SolveError` carries of it is lifted by ``reduction``."""

    def trajectory(part: Integration) -> Trajectory:
        story = f"integrated with rtol = {tolerance.rtol:.1e}, atol = {tolerance.atol:.1e}. {part.story}".strip()
        solver = DEFAULT_SOLVER if method == "auto" else method
        reached, fields = times[: len(part.kept[0])], keeping.fields(part.kept)
        return Trajectory(problem, reached, method=solver, story=story, statistics=part.statistics, **fields)

    def report(part: Integration) -> Trajectory:
        return _lift(trajectory(part), reduction) if reduction else trajectory(part)

    equation = Equation(gradient_flow, problem.weights, problem.moments, keeping.function, keeping.check)
    clock = in_units_of(problem.tau, times)
    return trajectory(integrate(equation, clock, method=method, tolerance=tolerance, report=report, **options))


def _lift(trajectory: Trajectory, reduction: Reduction) -> Trajectory:
    """The trajectory of the original problem; what was kept in place of weights is of the original already."""
    if trajectory.weights:
        return reduction.lift(trajectory)
    story = f"{trajectory.story} {reduction.story}".strip()
    return replace(trajectory, problem=reduction.original, story=story)


def valid_tolerance(problem: Problem, rtol: float, atol: float | None) -> Tolerance:
    """Tolerances checked, with the default ``atol`` for this problem."""
    advice = f"float64 allows {SMALLEST_RTOL:g} to 0.1; 1e-8 is the default."
    if not SMALLEST_RTOL <= positive_number("rtol", rtol, advice=advice) <= 0.1:
        raise InputError(f"rtol is {rtol:g}; expected a number from {SMALLEST_RTOL:g} to 0.1. {advice}")
    if atol is None:
        return Tolerance(float(rtol), default_atol(problem.weights, rtol))
    return Tolerance(float(rtol), positive_number("atol", atol, advice="Leave it out for one that fits the weights."))
