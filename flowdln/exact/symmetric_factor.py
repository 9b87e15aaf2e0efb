r"""The flow ``Q' = (M - Q Q^T / 2) Q``, which factorises a symmetric matrix: ``Q Q^T`` tends to twice its growing part.

``Q Q^T`` has a closed form; the frame of the columns of ``Q`` is a rotation that obeys a linear ODE.
"""

from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from scipy.integrate import solve_ivp

from flowdln.errors import SolveError
from flowdln.exact.matrix_riccati import Riccati
from flowdln.exact.riccati_factor import factor
from flowdln.validation import Array

SAME_RATES = 1e-10  # relative difference of sums of rates that counts as rounding
TOLERANCE = 1e-13  # of the rotation, whose entries are at most 1
ROUNDING = 10 * np.finfo(float).eps  # of its speed, relative to the rates: after a long time, that is its accuracy
NEGLIGIBLE = 1e-30  # turn; the error estimate of DOP853 squares it
LARGEST_STEP = 0.25  # in the logarithm of time: growth from a start of size e lasts 1 / log e of the time it takes
DECADE = np.log(10.0)


class FactorFlow(NamedTuple):
    """Solution at the times asked for."""

    matrices: Array  # (T, n, h)
    evaluations: int  # of the velocity of the rotation


def solve_symmetric_factor(problem: Riccati, ts: Array) -> FactorFlow:
    r"""``Q(t)`` with ``Q Q^T`` exact, and the frame of its columns integrated to about 1e-12, or 1e-15 times rates * t.

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
        If the rotation cannot be integrated.

    Source: derived here.
    """
    rotations, evaluations = _rotations(problem, ts)
    return FactorFlow(factor(problem, ts) @ rotations.transpose(0, 2, 1) @ problem.rotation.T, evaluations)


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


def _rotations(problem: Riccati, ts: Array) -> tuple[Array, int]:
    """``O(t)``, ``(T, k, k)``, integrated decade by decade in ``log(1 + speed t)``, and the number of evaluations."""
    size = problem.rows.shape[1]
    speed = np.abs(problem.rates).max() + np.sum(problem.rows**2) / 2 or 1.0
    logs, places = np.unique(np.log1p(speed * ts), return_inverse=True)
    current, evaluations = np.eye(size).ravel(), 0
    found = [current[None]] if logs[0] == 0 else []

    def velocity(log: float, entries: Array) -> Array:
        t = np.expm1(log) / speed
        (frame,) = factor(problem, np.array([t]))
        turn = (t + 1 / speed) * spin(np.triu(frame.T @ frame))
        return (entries.reshape(size, size) @ np.where(np.abs(turn) > NEGLIGIBLE, turn, 0.0)).ravel()

    for begin, end in pairwise([*np.arange(0.0, logs[-1], DECADE), logs[-1]]):
        stops = np.union1d(logs[(logs > begin) & (logs < end)], end)
        tolerance = max(TOLERANCE, ROUNDING * np.exp(end))
        options = {"rtol": tolerance, "atol": tolerance, "max_step": LARGEST_STEP}
        result = solve_ivp(velocity, (begin, end), current, "DOP853", t_eval=stops, **options)
        if not result.success:
            raise SolveError(
                what="the rotation of the hidden units",
                received=f"cannot be integrated: {result.message}",
                expected=f"a solution up to t = {ts[-1]:g}",
                advice="The product and the Gram matrices do not need it: ask for these.",
            )
        current, evaluations = result.y[:, -1], evaluations + int(result.nfev)
        found.append(result.y.T[np.isin(stops, logs)])
    left, _, right = np.linalg.svd(np.concatenate(found).reshape(-1, size, size))
    return (left @ right)[places], evaluations  # the rotations nearest to what was found
