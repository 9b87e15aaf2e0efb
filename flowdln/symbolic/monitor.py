"""An inequality watched along trajectories of the flow."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from flowdln.problem import Problem
from flowdln.solution import solve
from flowdln.symbolic.evidence import Evidence
from flowdln.symbolic.inequality import Sides
from flowdln.symbolic.instances import instance
from flowdln.trajectory import Trajectory
from flowdln.validation import Array

ACCURACY = 1e-10  # of the integration
ROUNDING = 1e-7  # what remains of it in the sides, relative to their size


class Course(NamedTuple):
    """The two sides of ``smaller <= larger`` along a trajectory, ``(T,)`` each."""

    smaller: Array
    larger: Array
    scale: ArrayLike = 0.0  # of the terms, where a side is their difference

    def sides(self) -> list[Sides]:
        """The two sides at each time."""
        return [Sides(*(float(x) for x in entry)) for entry in np.broadcast(*self)]


def monitor_flow(
    inequality: Callable[[Trajectory], Course], problems: Iterable[Problem], ts: Array, *, method: str = "auto"
) -> Evidence:
    """Whether an inequality held at the times ``ts`` of the flow of every problem; otherwise, where it failed most.

    Parameters
    ----------
    inequality
        Takes a :class:`flowdln.Trajectory` and returns :class:`Course`, for every time or for the first of them.
    problems
        One at least; small ones are readable where it fails.
    ts : (T,)
        Times, and the ``method`` of :func:`flowdln.solve`.

    Raises
    ------
    InputError
        If a side is not finite.

    Examples
    --------
    >>> import flowdln as fl
    >>> moments = fl.Moments.from_modes([2.0, 1.0], 3, 2)
    >>> problems = [fl.Problem(moments, fl.initial.glorot((3, 2, 2), seed=seed)) for seed in range(3)]
    >>> def learning(trajectory, sign=1):
    ...     return Course(sign * trajectory.loss[1:], sign * trajectory.loss[:-1], trajectory.loss[0])
    >>> monitor_flow(learning, problems, np.linspace(0, 5, 20)).holds
    True
    >>> monitor_flow(lambda trajectory: learning(trajectory, sign=-1), problems, np.linspace(0, 5, 20)).holds
    False
    """
    count, worst = 0, None
    for problem in problems:
        count += 1
        course = inequality(solve(problem, ts, method=method, rtol=ACCURACY))
        for t, sides in zip(ts, course.sides(), strict=False):
            if worst is None or sides.margin < worst[0].margin:
                worst = (sides, float(t), problem)
    if worst is None or worst[0].margin == np.inf:
        return Evidence(None, False, f"nothing was tested: in {count} trajectories both sides are zero throughout")
    sides, t, problem = worst
    where = f"at t = {t:.4g} in a network of widths {problem.widths}"
    if sides.margin >= -ROUNDING:
        text = (
            f"it held along {count} trajectories; its margin is least, {sides.margin:.1g} of the size of the sides, "
            f"{where}"
        )
        return Evidence(holds=True, symbolic=False, text=text)
    return Evidence(
        holds=False,
        symbolic=False,
        text=f"{where} the left side is {sides.smaller:.6g} and the right side {sides.larger:.6g}",
        instance=instance(**_numbers(problem), t=t, left=sides.smaller, right=sides.larger),
    )


def _numbers(problem: Problem) -> dict[str, Any]:
    weights = {f"W_{i}": weight for i, weight in enumerate(problem.weights, start=1)}
    return weights | {"sigma_xx": problem.moments.sigma_xx, "sigma_yx": problem.moments.sigma_yx}
