"""Networks whose singular vectors match the data's and each other's: the modes learn independently."""

from typing import NamedTuple

import numpy as np

from flowdln.errors import AssumptionError
from flowdln.exact.balanced_mode import balanced_mode
from flowdln.exact.two_layer_mode import two_layer_mode
from flowdln.modes import svd_frame
from flowdln.problem import Problem
from flowdln.trajectory import Trajectory
from flowdln.validation import Array, Weights

NAME = "aligned modes"
TOLERANCE = 1e-10  # relative residual of an assumption that counts as rounding
ZERO_TOLERANCE = 1e-14  # relative to the layer: what rounding leaves of a strength that is zero


class Alignment(NamedTuple):
    """Weights written as ``W_l = frames[l] diag(strengths[l-1]) frames[l-1]^T``, and how well that holds."""

    frames: Weights  # (n_l, r) for l = 0 .. L
    strengths: Array  # (L, r)
    residual: float  # largest relative error of a layer


def solve_aligned(problem: Problem, ts: Array) -> Trajectory:
    r"""Exact trajectory of an aligned network: each layer keeps its singular vectors, each mode its own ODE.

    With ``W_l = R_l diag(a_l) R_{l-1}^T``, ``R_0 = V``, ``R_L = U`` of ``sigma_yx = U diag(s) V^T`` and
    ``sigma_xx V = V diag(c)``,

    .. math:: \tau \dot a_{l,k} = \prod_{j \neq l} a_{j,k} \, (s_k - c_k \prod_j a_{j,k})

    solved by :func:`two_layer_mode` for two layers, and by :func:`balanced_mode` for more, where all layers must
    have the same strengths, between 0 and the target.

    Raises
    ------
    AssumptionError
        If ``sigma_xx`` does not share ``sigma_yx``'s right singular vectors (as whitened inputs do), if the weights
        are not aligned, or not balanced where that is needed; with the measured residual.

    Source: Saxe et al. 2014, eq. (14) and section 2; Basu et al., eq. (13).
    """
    moments, frame = problem.moments, svd_frame(problem.moments)
    if problem.depth == 1 or not frame.strengths.size:
        raise AssumptionError(
            what=NAME,
            received=f"was asked for {problem.depth} layers and {frame.strengths.size} modes",
            expected="two or more layers, one or more modes",
            advice="One layer has its own closed form.",
        )
    powers = np.einsum("ia,ij,ja->a", frame.right, moments.sigma_xx, frame.right)
    mixing = np.linalg.norm(moments.sigma_xx @ frame.right - frame.right * powers)
    _require(mixing / np.linalg.norm(powers), "sigma_xx V - V diag(c)", "Whiten the inputs.")
    alignment = align(problem.weights, frame.right, frame.left)
    _require(alignment.residual, "W_l - R_l diag(a_l) R_{l-1}^T", "Make the weights with initial.aligned.")
    time = ts / problem.tau
    solve_mode = _two_layers if problem.depth == 2 else _balanced
    modes = [
        solve_mode(time * power, start, target / power)
        for start, target, power in zip(alignment.strengths.T, frame.strengths, powers, strict=True)
    ]
    strengths = np.stack(modes, axis=-1)  # (L, T, r)
    frames = alignment.frames
    weights = tuple(frames[i + 1] * strengths[i][:, None, :] @ frames[i].T for i in range(problem.depth))
    story = (
        f"the weights are aligned with the data (residual {alignment.residual:.1e}), so the {len(powers)} modes "
        f"learn independently, each by its closed form."
    )
    return Trajectory(problem, ts, weights, f"exact: {NAME}", story)


def align(weights: Weights, right: Array, left: Array) -> Alignment:
    """Strengths of each layer in frames carried through the network from the data's right singular vectors.

    A mode that a layer does not pass on gets its next frame vector from the output side, where two layers meet.
    """
    frames, strengths = [right], []
    for i, weight in enumerate(weights[:-1]):
        image = _without_rounding(weight @ frames[-1], weight)
        norms = np.linalg.norm(image, axis=0)
        if i == len(weights) - 2:
            image = np.where(norms > 0, image, _without_rounding(weights[-1].T @ left, weights[-1]))
        lengths = np.linalg.norm(image, axis=0)
        frames.append(image / np.where(lengths > 0, lengths, 1))
        strengths.append(norms)
    last = _without_rounding(weights[-1] @ frames[-1], weights[-1])
    strengths.append(np.einsum("ia,ia->a", left, last))
    frames.append(left)
    errors = [
        np.linalg.norm(weight - frames[i + 1] * strengths[i] @ frames[i].T) / (np.linalg.norm(weight) or 1)
        for i, weight in enumerate(weights)
    ]
    return Alignment(tuple(frames), np.stack(strengths), float(max(errors)))


def _without_rounding(images: Array, weight: Array) -> Array:
    """The columns of ``images``, those zero that ``weight`` maps to nothing but rounding."""
    small = np.linalg.norm(images, axis=0) <= ZERO_TOLERANCE * np.linalg.norm(weight)
    return np.where(small, 0.0, images)


def _require(residual: float | np.floating, name: str, advice: str) -> None:
    if not residual <= TOLERANCE:
        raise AssumptionError(
            what=f"{NAME}: the residual of {name}",
            received=f"is {residual:.3g}",
            expected=f"at most {TOLERANCE:g}",
            advice=advice,
        )


def _two_layers(t: Array, start: Array, target: float) -> Array:
    return np.stack(two_layer_mode(t, start[0], start[1], target))


def _balanced(t: Array, start: Array, target: float) -> Array:
    """Strengths ``(L, T)`` of one mode of equal layers; a mode that is zero stays zero."""
    spread = np.ptp(start) / (np.abs(start).max() or 1)
    _require(spread, "equal strengths in all layers (for three or more)", "Give all layers the same strengths.")
    if not start.any():
        return np.zeros((len(start), len(t)))
    depth, mean = len(start), float(np.mean(start))
    strength = balanced_mode(t, mean**depth, target, depth) ** (1 / depth)
    return np.tile(strength, (depth, 1))
