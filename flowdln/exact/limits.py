"""Where the exact flow ends: a minimum of the loss, or a saddle that an integrator may leave by rounding."""

from typing import NamedTuple

import numpy as np

from flowdln.errors import AssumptionError
from flowdln.exact.assumptions import ClosedForm
from flowdln.exact.selection import CLOSED_FORMS, applicable
from flowdln.problem import Moments, Problem, require_moments, require_problem
from flowdln.spectra import graded_svd, numerical_rank, principal_axes
from flowdln.validation import Array
from flowdln.vector_field import loss

FOREVER = 1e200  # in units of tau: past every plateau and every algebraic decay
REACHED = 1e-6  # relative distance of a mode of whitened data from its target that counts as reached
MESH = np.logspace(-6, 200, 1236)  # in units of tau, six times a decade


class Limit(NamedTuple):
    """The end of a trajectory."""

    product: Array  # (n_L, n_0)
    rank: int  # of the product on whitened data
    loss: float
    least_loss: float  # of any network of these widths
    kind: str  # "minimum" or "saddle"
    certain: bool  # False where the given digits do not tell whether the flow stays at the saddle

    def __str__(self) -> str:
        start = f"The flow ends at a {self.kind} of rank {self.rank} with loss {self.loss:.6g}"
        if self.kind == "minimum":
            return f"{start}, the least that these widths allow."
        if self.certain:
            return (
                f"{start}, where {self.least_loss:.6g} could be had. An integrator may leave the saddle by rounding "
                "alone."
            )
        return (
            f"To the digits given, {start[0].lower()}{start[1:]}. Digits that float64 does not hold decide whether it "
            "stays there: from almost all weights that round to these it goes on, to the loss "
            f"{self.least_loss:.6g}. An integrator may leave the saddle by rounding alone."
        )


def limit(problem: Problem) -> Limit:
    """The end of the exact flow of a problem with a closed form, as time goes to infinity.

    A square two-layer balanced network, for one, ends at a saddle of lower rank if ``det(W_2 W_1)`` and
    ``det(sigma_yx)`` have opposite signs: the sign of the determinant cannot change where both layers have the same
    singular values. Weights that lie on the stable manifold of a saddle up to their rounding are taken to be on it, as
    by :func:`find_closed_form`; ``certain`` is False then.

    Raises
    ------
    AssumptionError
        If no closed form applies, with the table of :func:`applicable`, or what it neglects decides about the end.

    Examples
    --------
    >>> import flowdln as fl
    >>> moments = fl.Moments(np.eye(2), np.diag([3.0, 1.0]), 10.0)
    >>> weights = (np.diag([0.1, 0.1]), np.diag([0.1, -0.1]))
    >>> print(limit(fl.Problem(moments, weights)))
    The flow ends at a saddle of rank 1 with loss 0.5, where 0 could be had. An integrator may leave the saddle by \
rounding alone.
    """
    require_problem(problem)
    reasons = []
    for form in CLOSED_FORMS:
        if not all(row.holds for row in form.assumptions(problem)):
            continue
        found = _end(problem, (form.product or form.solve)(problem, FOREVER * problem.tau * np.ones(1)).product[0])
        times = problem.tau * (MESH if found.kind == "saddle" else MESH[: _settled(problem, form, found)])
        neglected = form.neglected(problem, times, REACHED)
        if neglected.rounding:
            return found._replace(certain=found.kind == "minimum" or neglected.harmless(1.0))
        if found.kind == "minimum" and neglected.harmless(REACHED):
            return found
        reasons.append(neglected.refusal(form.name, times, REACHED))
    reason = "; ".join(reasons) or "no closed form applies to these weights"
    raise AssumptionError(f"{reason}:\n{applicable(problem)}\nIntegrate to a late time instead.")


def _end(problem: Problem, product: Array) -> Limit:
    """The limit at a product that does not move any more."""
    moments, width = problem.moments, min(problem.widths)
    axes = principal_axes(moments.sigma_xx, moments.sigma_yx)
    best = graded_svd(axes.whitened).values
    best = best[: min(width, numerical_rank(best))]
    reached = graded_svd(product @ (axes.directions * np.sqrt(axes.powers))).values
    rank = int(np.count_nonzero(reached > best.min(initial=np.inf) / 2))
    short = np.abs(best - reached[: len(best)]) > REACHED * best
    final, least = float(loss((product,), moments)), least_loss(moments, width)
    return Limit(product, rank, max(final, 0.0), max(least, 0.0), "saddle" if short.any() else "minimum", certain=True)


def _settled(problem: Problem, form: ClosedForm, end: Limit) -> int:
    """Number of times of the mesh until the product is as near its end as counts as reached, at least 1."""
    products = (form.product or form.solve)(problem, MESH * problem.tau).product
    gaps = np.linalg.norm(products - end.product, axis=(1, 2))
    return int(np.argmax(gaps <= REACHED * np.linalg.norm(end.product))) + 1


def least_loss(moments: Moments, rank: int) -> float:
    """The least loss of all linear maps of at most this rank.

    Half of what is left of ``trace_yy`` by the largest ``rank`` squared singular values of ``sigma_yx
    sigma_xx^(-1/2)``. Source: reduced-rank regression, Izenman 1975; Baldi and Hornik 1989.
    """
    moments = require_moments(moments)
    values = graded_svd(principal_axes(moments.sigma_xx, moments.sigma_yx).whitened).values[:rank]
    return float(moments.trace_yy - np.sum(values**2)) / 2
