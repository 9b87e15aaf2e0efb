"""Limits of float64 on the modes of a trajectory, in words for the user."""

from typing import NamedTuple

import numpy as np

from flowdln.modes import Frame, mode_strengths, svd_frame
from flowdln.problem import Problem
from flowdln.rounding import ROUNDING, clean_product, picks_entries
from flowdln.trajectory import Trajectory
from flowdln.validation import Array

FINEST = 1e-3  # of the tolerance that was asked for
SAFETY = 100  # between the bound of ``clean_product`` and a typical rounding


class Starts(NamedTuple):
    """Sizes of the modes in the first and in the last layer, relative to the layer, and their rounding."""

    shares: Array  # (2, r)
    rounding: Array  # (2, r)


def mode_starts(problem: Problem) -> Starts:
    """Initial sizes ``|W_1 v_k|`` and ``|u_k^T W_L|`` of all modes of the task, relative to ``|W_1|`` and ``|W_L|``."""
    frame, shares, known = svd_frame(problem.moments), [], []
    for weight, vectors in ((problem.weights[0], frame.right), (problem.weights[-1].T, frame.left)):
        image, rounding = clean_product(None, weight, vectors)
        whole = np.linalg.norm(weight) or 1.0
        shares.append(np.linalg.norm(image, axis=0) / whole)
        known.append(np.linalg.norm(rounding, axis=0) / (SAFETY * whole))
    return Starts(np.stack(shares), np.stack(known))


def refinement(problem: Problem) -> float:
    """Factor of the tolerance with which modes that start far below the others are resolved, 1 to 1e-3."""
    shares = mode_starts(problem).shares
    return float(np.clip(shares[shares > 0].min(initial=1.0) * 10, FINEST, 1.0))


def unresolved_start(problem: Problem, rtol: float) -> str:
    """The modes that rounding of the others seeds, in the course of an integration; empty if there are none.

    A mode whose weights are smaller than ``eps / rtol`` times those of the others does not grow from its own start
    alone, unless the frame of the modes are the axes and zeros stay zero.
    """
    shares, rounding = mode_starts(problem)
    seeded = np.flatnonzero((rounding > rtol * shares).any(axis=0))
    if len(seeded) == 0:
        return ""
    modes = ", ".join(str(k) for k in seeded)
    return (
        f"Modes {modes} start so small that rounding of the others seeds them: float64 does not resolve when they rise."
    )


def unresolved_strengths(trajectory: Trajectory, rtol: float) -> str:
    """The level below which mode strengths are rounding, where some are below it; empty otherwise."""
    if not (trajectory.weights or "product" in trajectory.kept):
        return ""
    frame = trajectory.frame
    if picks_entries(frame.left) and picks_entries(frame.right):
        return ""
    summed = mode_strengths(np.abs(trajectory.product), Frame(np.abs(frame.left), frame.strengths, np.abs(frame.right)))
    level, sizes = ROUNDING / (SAFETY * rtol) * summed, np.abs(trajectory.modes)
    short = (sizes < level) & (sizes > 0)
    if not short.any():
        return ""
    return (
        f"Mode strengths below {level[short].max():.0e} hold fewer digits than asked for, since they are read from the "
        "product, whose rounding they share."
    )
