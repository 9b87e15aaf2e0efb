"""Limits of float64 on the modes of a trajectory, in words for the user."""

from typing import NamedTuple

import numpy as np

from flowdln.modes import Frame, mode_strengths, svd_frame
from flowdln.problem import Problem
from flowdln.rounding import ROUNDING, clean_product, picks_entries
from flowdln.spectra import graded_svd
from flowdln.trajectory import Trajectory
from flowdln.validation import Array

FINEST = 1e-3  # of the tolerance that was asked for
SAFETY = 100  # between the bound of ``clean_product`` and a typical rounding


class Starts(NamedTuple):
    """Sizes of parts of the initial weights, relative to their layer, and their rounding."""

    shares: Array  # (K,)
    rounding: Array  # (K,)


def starts(problem: Problem) -> Starts:
    """Sizes of all singular directions of each layer, and of the modes of the task in the first and last, if known.

    The parts that are small grow later than the others, from their own start.
    """
    frame, parts = svd_frame(problem.moments), []
    for weight in problem.weights:
        left, values, right = graded_svd(weight)
        parts.append((values, np.diag(clean_product(left, weight, right).rounding), values.max()))
    for weight, vectors in ((problem.weights[0], frame.right), (problem.weights[-1].T, frame.left)):
        image, rounding = clean_product(None, weight, vectors)
        parts.append((np.linalg.norm(image, axis=0), np.linalg.norm(rounding, axis=0), np.linalg.norm(weight)))
    sizes, rounding = (np.concatenate([part[i] / (part[2] or 1.0) for part in parts]) for i in (0, 1))
    known = (sizes > rounding) & (sizes > 0)
    return Starts(sizes[known], rounding[known] / SAFETY)


def refinement(problem: Problem) -> float:
    """Factor of the tolerance, 1 to 1e-3, that resolves parts of the weights which start far below the others."""
    return float(np.clip(10 * starts(problem).shares.min(initial=0.1), FINEST, 1.0))


def unresolved_start(problem: Problem, rtol: float) -> str:
    """A warning where parts of the initial weights are below ``eps / rtol`` of the others; empty otherwise.

    Rounding of the others seeds these parts, unless they lie along axes, where zeros stay zero.
    """
    shares, rounding = starts(problem)
    seeded = shares[rounding > rtol * shares]
    if len(seeded) == 0:
        return ""
    return (
        f"Parts of the initial weights are as small as {seeded.min():.0e} of their layer: rounding of the others seeds "
        "them, and float64 does not resolve when they grow."
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
