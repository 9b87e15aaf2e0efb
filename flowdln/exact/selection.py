"""The closed forms in the order they are tried, and which of them apply."""

from dataclasses import replace
from typing import NamedTuple

from numpy.typing import ArrayLike

from flowdln.errors import AssumptionError
from flowdln.exact import aligned, lambda_balanced, single_layer, tied_weights
from flowdln.exact.assumptions import Assumption, ClosedForm, posed
from flowdln.exact.misalignment import neglected_by_alignment
from flowdln.problem import Problem, require_problem
from flowdln.trajectory import Trajectory
from flowdln.validation import Array

DEFAULT_RTOL = 1e-8
CLOSED_FORMS = (
    ClosedForm(
        single_layer.NAME,
        single_layer.single_layer_assumptions,
        single_layer.neglected_by_single_layer,
        single_layer.solve_single_layer,
    ),
    ClosedForm(aligned.NAME, aligned.aligned_assumptions, neglected_by_alignment, aligned.solve_aligned),
    ClosedForm(
        tied_weights.NAME, tied_weights.tied_assumptions, tied_weights.neglected_by_tied, tied_weights.solve_tied
    ),
    ClosedForm(
        lambda_balanced.NAME,
        lambda_balanced.lambda_balanced_assumptions,
        lambda_balanced.neglected_by_lambda_balanced,
        lambda_balanced.solve_lambda_balanced,
        lambda_balanced.solve_lambda_balanced_product,
    ),
)


class Selection(NamedTuple):
    """The closed form for a problem and its times, if there is one, and the reason."""

    form: ClosedForm | None
    reason: str


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
    require_problem(problem)
    return Applicability(Row(form.name, tuple(form.assumptions(problem))) for form in CLOSED_FORMS)


def find_closed_form(problem: Problem, ts: ArrayLike, *, rtol: float = DEFAULT_RTOL) -> Selection:
    """The first closed form that answers to ``rtol`` at all times ``ts``.

    A closed form solves an idealised problem. What it neglects of the given one is followed along the solution
    (:mod:`flowdln.exact.neglected`), and the form is taken if the effect on weights and mode strengths stays below
    ``rtol``; or if it neglects no more than the rounding of the given digits, which is taken not to be meant.
    """
    ts, measured = posed(problem, ts), []
    for form in CLOSED_FORMS:
        if all(row.holds for row in form.assumptions(problem)):
            neglected = form.neglected(problem, ts, rtol)
            if neglected.harmless(rtol):
                return Selection(form, neglected.harmless_reason(form.name))
            measured.append((form, neglected))
    for form, neglected in measured:
        if neglected.rounding:
            return Selection(form, neglected.rounding_reason(form.name, ts, rtol))
    refusals = [neglected.refusal(form.name, ts, rtol) for form, neglected in measured]
    return Selection(None, "; ".join(refusals) or "no closed form applies to these weights")


def solve_exactly(
    problem: Problem, ts: ArrayLike, *, product_only: bool = False, rtol: float = DEFAULT_RTOL
) -> Trajectory:
    """Trajectory by the first closed form that applies; without weights if the product alone costs less.

    Raises
    ------
    AssumptionError
        If none applies, with the table of :func:`applicable`, or none to ``rtol`` up to the last time.

    Examples
    --------
    >>> import flowdln as fl
    >>> moments = fl.Moments.from_modes([3.0, 1.0], 4, 3)
    >>> problem = fl.Problem(moments, fl.initial.aligned(moments, (4, 5, 3), 0.1))
    >>> solve_exactly(problem, [0.0, 100.0]).modes.round(3)
    array([[0.01, 0.01],
           [3.  , 1.  ]])
    """
    times = posed(problem, ts)
    return solve_selected(find_closed_form(problem, times, rtol=rtol), problem, times, product_only=product_only)


def solve_selected(selection: Selection, problem: Problem, ts: Array, *, product_only: bool = False) -> Trajectory:
    """Trajectory by a selected closed form, with the reason in its story.

    Raises
    ------
    AssumptionError
        As :func:`solve_exactly`.
    """
    form, reason = selection
    if form is None:
        raise AssumptionError(f"{reason}:\n{applicable(problem)}\nUse method='auto' to integrate numerically instead.")
    trajectory = (form.product if form.product and product_only else form.solve)(problem, ts)
    return replace(trajectory, story=f"{trajectory.story} {reason}".strip())
