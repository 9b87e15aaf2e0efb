"""The closed forms in the order they are tried."""

from flowdln.errors import AssumptionError
from flowdln.exact.aligned import solve_aligned
from flowdln.exact.single_layer import solve_single_layer
from flowdln.problem import Problem
from flowdln.trajectory import Trajectory
from flowdln.validation import Array

CLOSED_FORMS = (solve_single_layer, solve_aligned)


def solve_exactly(problem: Problem, ts: Array) -> Trajectory:
    """Trajectory by the first closed form that applies.

    Raises
    ------
    AssumptionError
        If none applies, with the reason why each does not.
    """
    reasons = []
    for closed_form in CLOSED_FORMS:
        try:
            return closed_form(problem, ts)
        except AssumptionError as error:
            reasons.append(str(error))
    raise AssumptionError(
        what="the problem",
        received="meets the assumptions of no closed form:\n  " + "\n  ".join(reasons) + "\n",
        expected="one of them to hold",
        advice="Use method='auto' to integrate numerically instead.",
    )
