r"""The flow ``Q' = (M - Q Q^T / 2) Q``, which factorises a symmetric matrix: ``Q Q^T`` tends to twice its growing part.

``Q Q^T`` has a closed form; the frame of the columns of ``Q`` is a rotation that obeys a linear ODE.
"""

from typing import Any, NamedTuple

import numpy as np

from flowdln.exact.collocation import Rotations, solve_rotation
from flowdln.exact.matrix_riccati import Riccati
from flowdln.exact.riccati_factor import rotated_factor
from flowdln.validation import Array

SAME_RATES = 1e-10  # relative difference of sums of rates that counts as rounding
TOLERANCE = 1e-13  # of the rotation, whose entries are at most 1
ROUNDING = 10 * np.finfo(float).eps  # of its speed, relative to the rates: after a long time, that is its accuracy


class FactorFlow(NamedTuple):
    """Solution at the times asked for."""

    matrices: Array  # (T, n, h)
    evaluations: int  # of the velocity of the rotation


def solve_symmetric_factor(problem: Riccati, ts: Array) -> FactorFlow:
    r"""``Q(t)`` with ``Q Q^T`` exact, and the frame of its columns to about 1e-13, or 1e-15 times rates * t.

    With ``C = I + Q_0^T \int_0^t e^{2 M s} ds Q_0 = T^T T``, ``T`` upper triangular,

    .. math::
        Q = F O^T, \quad F = e^{M t} Q_0 T^{-1}, \quad \dot O = O \Omega, \quad
        \Omega = \tfrac12 \left( \mathrm{tril}(F^T F) - \mathrm{triu}(F^T F) \right)

    A closed form of ``O`` is not to be had: ``O T`` is the parallel transport of ``C``. Already for two columns its
    angle is the integral of ``(C_11 C_12' - C_12 C_11') / (2 C_11 sqrt(det C))``, with the root of a sum of
    exponentials. Where the matrices ``Q_0^T M^k Q_0`` commute (one column; aligned weights), it is ``C^{1/2}``.

    Raises
    ------
    SolveError
        If rounding hides the speed of the rotation.

    Source: derived here.
    """
    turned = _rotations(problem, ts)
    hidden = turned.matrices.transpose(0, 2, 1) @ problem.rotation.T
    return FactorFlow(problem.frame @ (rotated_factor(problem, ts) @ hidden), turned.evaluations)


def spin(upper: Any) -> Any:
    """``Omega``, ``(k, k)``, from the upper triangle of ``F^T F``, whose diagonal does not count."""
    return (upper.T - upper) / 2


def saddle_story(problem: Riccati) -> str:
    """A sentence for the user if growing directions are left out for ever, in favour of slower ones or of none."""
    growing = problem.rates[problem.rates > 0]
    most, kept = growing[: problem.rows.shape[1]].sum(), problem.rates[problem.survivors].sum()
    if kept >= most * (1 - SAME_RATES):
        return ""
    return " The initial weights do not excite all modes that they have room for: the flow ends at a saddle."


def _rotations(problem: Riccati, ts: Array) -> Rotations:
    """``O(t)``, ``(T, k, k)``, found in ``log(1 + speed t)``.

    Growth from a start of size ``e`` lasts for ``1 / log e`` of the time until then, however small ``e`` is.
    """
    speed = np.abs(problem.rates).max() + np.sum(problem.rows**2) / 2 or 1.0

    def omega(logs: Array) -> Array:
        times = np.expm1(logs) / speed
        frame = rotated_factor(problem, times)
        gram = frame.transpose(0, 2, 1) @ frame
        known = np.where(np.abs(gram) > ROUNDING * speed, gram, 0.0)
        turning = np.array([spin(upper) for upper in np.triu(known)])
        return (times + 1 / speed)[:, None, None] * turning

    return solve_rotation(omega, np.log1p(speed * ts), lambda logs: np.maximum(TOLERANCE, ROUNDING * np.exp(logs)))
