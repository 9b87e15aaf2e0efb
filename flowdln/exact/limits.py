"""Where the exact flow ends: a minimum of the loss, or a saddle that an integrator may leave by rounding."""

from typing import NamedTuple

import numpy as np

from flowdln.exact.selection import solve_exactly
from flowdln.problem import Moments, Problem
from flowdln.spectra import graded_svd, principal_axes
from flowdln.validation import Array
from flowdln.vector_field import loss

FOREVER = 1e200  # in units of tau: past every plateau and every algebraic decay
TOLERANCE = 1e-12  # relative: what rounding leaves of a loss, or of a singular value


class Limit(NamedTuple):
    """The end of a trajectory."""

    product: Array  # (n_L, n_0)
    rank: int
    loss: float
    least_loss: float  # of any network of these widths
    kind: str  # "minimum" or "saddle"

    def __str__(self) -> str:
        start = f"The flow ends at a {self.kind} of rank {self.rank} with loss {self.loss:.6g}"
        if self.kind == "minimum":
            return f"{start}, the least that these widths allow."
        return (
            f"{start}, where {self.least_loss:.6g} could be had. An integrator may leave the saddle by rounding alone."
        )


def limit(problem: Problem) -> Limit:
    """Where the exact flow of a problem with a closed form ends as time goes to infinity.

    A square two-layer balanced network, for one, ends at a saddle of lower rank if ``det(W_2 W_1)`` and
    ``det(sigma_yx)`` have opposite signs: the sign of the determinant cannot change where both layers have the same
    singular values.

    Raises
    ------
    AssumptionError
        If no closed form applies, with the table of :func:`applicable`.

    Examples
    --------
    >>> import flowdln as fl
    >>> moments = fl.Moments(np.eye(2), np.diag([3.0, 1.0]), 10.0)
    >>> weights = (np.diag([0.1, 0.1]), np.diag([0.1, -0.1]))
    >>> print(limit(fl.Problem(moments, weights)))
    The flow ends at a saddle of rank 1 with loss 0.5, where 0 could be had. An integrator may leave the saddle by \
rounding alone.
    """
    moments = problem.moments
    (product,) = solve_exactly(problem, [FOREVER * problem.tau], product_only=True).product
    final, least = float(loss((product,), moments)), least_loss(moments, min(problem.widths))
    excess = final - least > TOLERANCE * max(float(moments.trace_yy), least)
    rank = int(np.linalg.matrix_rank(product, tol=TOLERANCE * max(np.linalg.norm(product, 2), np.finfo(float).tiny)))
    return Limit(product, rank, max(final, 0.0), max(least, 0.0), "saddle" if excess else "minimum")


def least_loss(moments: Moments, rank: int) -> float:
    """The least loss of all linear maps of at most this rank.

    Half of what is left of ``trace_yy`` by the largest ``rank`` squared singular values of ``sigma_yx
    sigma_xx^(-1/2)``. Source: reduced-rank regression, Izenman 1975; Baldi and Hornik 1989.
    """
    values = graded_svd(principal_axes(moments.sigma_xx, moments.sigma_yx).whitened).values[:rank]
    return float(moments.trace_yy - np.sum(values**2)) / 2
