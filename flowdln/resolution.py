"""Limits of float64 on the modes of a trajectory, in words for the user."""

import numpy as np

from flowdln.modes import Frame, mode_strengths, svd_frame
from flowdln.problem import Problem
from flowdln.rounding import ROUNDING, clean_product, picks_entries
from flowdln.trajectory import Trajectory

SAFETY = 100  # between the bound of ``clean_product`` and a typical rounding


def unresolved_start(problem: Problem, rtol: float) -> str:
    """The modes that rounding of the others seeds, in the course of an integration; empty if there are none.

    A mode whose weights are smaller than ``eps / rtol`` times those that the network reaches does not grow from its own
    start alone, unless the frame of the modes are the axes and zeros stay zero.
    """
    frame = svd_frame(problem.moments)
    first, last = problem.weights[0], problem.weights[-1].T
    reached = max(float(np.linalg.norm(weight, 2)) for weight in problem.weights)
    shares = []
    for weight, vectors in ((first, frame.right), (last, frame.left)):
        image, rounding = clean_product(None, weight, vectors)
        size = np.linalg.norm(image, axis=0)
        noise = np.linalg.norm(rounding, axis=0) / SAFETY * (reached / (float(np.linalg.norm(weight, 2)) or 1.0))
        with np.errstate(divide="ignore", invalid="ignore"):
            shares.append(np.where(noise > 0, noise / size, 0.0))
    seeded = np.flatnonzero(np.max(shares, axis=0) > rtol)
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
