r"""The rotation ``O' = O Omega(x)``, ``O(0) = I``, for a skew ``Omega`` known beforehand: by collocation on panels.

On a panel from ``a``, ``O(x) = O(a) Phi(x)`` with

.. math:: \Phi(x) = I + \int_a^x \Phi(y) \, \Omega(y) \, dy

where ``Phi Omega`` is the polynomial through its values at Gauss points. Picard's iteration finds these on all panels
at once, since no panel needs to know how the one before it ends.
"""

from collections.abc import Callable
from operator import attrgetter
from typing import NamedTuple

import numpy as np
from numpy.polynomial.legendre import legint, legvander
from scipy.special import roots_legendre

from flowdln.errors import SolveError
from flowdln.validation import Array

POINTS = 32
NODES, GAUSS_WEIGHTS = roots_legendre(POINTS)
SERIES = (np.arange(POINTS)[:, None] + 0.5) * (legvander(NODES, POINTS - 1).T * GAUSS_WEIGHTS)  # Legendre's, of values
INTEGRALS = legint(SERIES, lbnd=-1)  # (33, 32), series of the integral from -1
LONGEST = 0.5
HALVED = 500  # panels at most: what they do not resolve is noise
ITERATIONS = 20  # at most: a panel on which more are needed is halved
CONVERGED = 1e-12  # change of a velocity by an iteration; the next would change it by a tenth of that or less


class Panel(NamedTuple):
    """A panel and the velocity of its rotation, with the panel's half length as unit."""

    start: float
    end: float
    velocity: Array  # (32, k, k), Phi Omega at the Gauss points

    def rotations(self, points: Array) -> Array:
        """``Phi``, ``(m, k, k)``, at the ``points`` ``(m,)`` of the panel."""
        places = (2 * points - self.start - self.end) / (self.end - self.start)
        integrals = legvander(places, POINTS) @ INTEGRALS
        return np.eye(self.velocity.shape[-1]) + np.tensordot(integrals, self.velocity, axes=1)


class Rotations(NamedTuple):
    """Solution at the points asked for."""

    matrices: Array  # (T, k, k)
    evaluations: int  # of Omega


def solve_rotation(omega: Callable[[Array], Array], points: Array, tolerance: Callable[[Array], Array]) -> Rotations:
    """``O``, ``(T, k, k)``, at the ``points >= 0``, in any order.

    A panel is as short as it takes for the last two coefficients of its velocity to be smaller than the tolerance; the
    error is well below that.

    Parameters
    ----------
    omega
        ``Omega``, ``(n, k, k)``, at points ``(n,)``.
    points : (T,)
        Where the solution is wanted.
    tolerance
        Of an entry of ``O`` on panels that end at points ``(n,)``.

    Raises
    ------
    SolveError
        If ``Omega`` has more noise than the tolerance allows, or is not finite.

    Examples
    --------
    >>> quarter = np.array([[0.0, -1.0], [1.0, 0.0]]) * np.pi / 2
    >>> found = solve_rotation(lambda x: np.tile(quarter, (len(x), 1, 1)), np.array([1.0]), lambda x: 1e-13 + 0 * x)
    >>> found.matrices.round(12) + 0.0
    array([[[ 0., -1.],
            [ 1.,  0.]]])
    """
    panels, evaluations = _resolved(omega, points.max() or 1.0, tolerance)
    place = np.searchsorted([panel.end for panel in panels[:-1]], points)
    current = np.eye(panels[0].velocity.shape[-1])
    matrices = np.empty((len(points), *current.shape))
    for i, panel in enumerate(panels):
        *inside, after = current @ panel.rotations(np.append(points[place == i], panel.end))
        matrices[place == i], current = np.reshape(inside, (-1, *current.shape)), after
    nearest = matrices @ (3 * np.eye(len(current)) - matrices.transpose(0, 2, 1) @ matrices) / 2  # Newton and Schulz
    return Rotations(nearest, evaluations)


def _resolved(
    omega: Callable[[Array], Array], end: float, tolerance: Callable[[Array], Array]
) -> tuple[list[Panel], int]:
    """Panels from 0 to ``end``, in order, and the number of evaluations of ``Omega``."""
    edges = np.linspace(0.0, end, int(np.ceil(end / LONGEST)) + 1)
    left, right, panels, evaluations = edges[:-1], edges[1:], list[Panel](), 0
    while len(panels) + len(left) < len(edges) + HALVED:
        middle, half = (left + right) / 2, (right - left) / 2
        points = middle[:, None] + half[:, None] * NODES
        turns = omega(points.ravel())
        evaluations += points.size
        velocities, change = _picard(turns.reshape(*points.shape, *turns.shape[1:]) * half[:, None, None, None])
        last = np.abs(np.tensordot(velocities, SERIES[-2:], axes=(1, 1))).max(axis=(1, 2, 3))
        good = (change < CONVERGED) & (last < tolerance(right))
        panels += map(Panel, left[good], right[good], velocities[good])
        if good.all():
            return sorted(panels, key=attrgetter("start")), evaluations
        left, right = np.append(left[~good], middle[~good]), np.append(middle[~good], right[~good])
    raise SolveError(
        f"the rotation of the hidden units is not resolved by {len(panels) + len(left)} panels in the logarithm "
        "of time; expected a smooth velocity. The product and the Gram matrices do not need it: ask for these."
    )


def _picard(turns: Array) -> tuple[Array, Array]:
    """``Phi Omega``, ``(P, 32, k, k)``, from ``Omega`` on ``P`` panels; its change by the last iteration, ``(P,)``."""
    panels, nodes, size, _ = turns.shape
    integrals = legvander(NODES, POINTS) @ INTEGRALS
    velocities = turns
    for _ in range(ITERATIONS):
        before = velocities
        velocities = (integrals @ before.reshape(panels, nodes, size**2)).reshape(turns.shape) @ turns
        velocities += turns
        change = np.abs(velocities - before).max(axis=(1, 2, 3))
        if (change < CONVERGED).all():
            break
    return velocities, change
