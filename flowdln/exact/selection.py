"""The closed forms in the order they are tried, and which of them apply."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from flowdln.errors import AssumptionError
from flowdln.exact import aligned, lambda_balanced, single_layer, tied_weights
from flowdln.exact.assumptions import Assumption, ClosedForm
from flowdln.problem import Problem
from flowdln.trajectory import Trajectory

CLOSED_FORMS = (
    ClosedForm(single_layer.NAME, single_layer.single_layer_assumptions, single_layer.solve_single_layer),
    ClosedForm(aligned.NAME, aligned.aligned_assumptions, aligned.solve_aligned),
    ClosedForm(tied_weights.NAME, tied_weights.tied_assumptions, tied_weights.solve_tied),
    ClosedForm(
        lambda_balanced.NAME,
        lambda_balanced.lambda_balanced_assumptions,
        lambda_balanced.solve_lambda_balanced,
        lambda_balanced.solve_lambda_balanced_product,
    ),
)


class Row(NamedTuple):
    """A closed form and how far a problem is from what it assumes."""

    name: str
    assumptions: tuple[Assumption, ...]

    @property
    def applies(self) -> bool:
        """Whether every assumption holds up to rounding."""
        return all(assumption.holds for assumption in self.assumptions)


class Applicability(tuple[Row, ...]):
    """Every closed form with yes or no; prints as a table."""

    __slots__ = ()

    def __str__(self) -> str:
        lines = []
        for row in self:
            lines.append(f"{'yes' if row.applies else 'no ':<4} {row.name}")
            for assumption in row.assumptions:
                change = "" if assumption.holds else f"  {assumption.advice}"
                lines.append(f"       {assumption.residual:8.1e}  {assumption.name}{change}")
        return "\n".join(lines)


def applicable(problem: Problem) -> Applicability:
    """Every closed form, with the measured residual of each of its assumptions and what would make it hold.

    Examples
    --------
    >>> import flowdln as fl
    >>> moments = fl.Moments.from_modes([3.0, 1.0], 4, 3)
    >>> problem = fl.Problem(moments, fl.initial.aligned(moments, (4, 5, 3), 0.1))
    >>> [row.name for row in applicable(problem) if row.applies]
    ['aligned modes', 'lambda-balanced']
    """
    return Applicability(Row(form.name, tuple(form.assumptions(problem))) for form in CLOSED_FORMS)


def find_closed_form(problem: Problem) -> ClosedForm | None:
    """The first closed form whose assumptions hold, or None."""
    for form in CLOSED_FORMS:
        if all(assumption.holds for assumption in form.assumptions(problem)):
            return form
    return None


def solve_exactly(problem: Problem, ts: ArrayLike, *, product_only: bool = False) -> Trajectory:
    """Trajectory by the first closed form that applies; without weights if the product alone costs less.

    Raises
    ------
    AssumptionError
        If none applies, with the table of :func:`applicable`.

    Examples
    --------
    >>> import flowdln as fl
    >>> moments = fl.Moments.from_modes([3.0, 1.0], 4, 3)
    >>> problem = fl.Problem(moments, fl.initial.aligned(moments, (4, 5, 3), 0.1))
    >>> solve_exactly(problem, [0.0, 100.0]).modes.round(3)
    array([[0.01, 0.01],
           [3.  , 1.  ]])
    """
    form = find_closed_form(problem)
    if form is None:
        raise AssumptionError(
            f"the problem meets the assumptions of no closed form:\n{applicable(problem)}\n; expected rounding in "
            "all rows of one of them. Use method='auto' to integrate numerically instead."
        )
    solve = form.product if form.product and product_only else form.solve
    return solve(problem, np.asarray(ts, dtype=float))
