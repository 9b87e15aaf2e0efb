"""Networks whose singular vectors match the data's and each other's: the modes learn independently."""

import numpy as np
from numpy.typing import ArrayLike

from flowdln.exact.alignment import Alignment, align
from flowdln.exact.assumptions import Assumption, posed, require
from flowdln.exact.hyperbolic import two_layer_modes
from flowdln.exact.unbalanced import deep_mode
from flowdln.problem import Problem
from flowdln.trajectory import Trajectory
from flowdln.validation import Array

NAME = "aligned modes"
FOREVER = 1e200  # in units of tau: where modes are that do not move any more
SHORT = 1e-6  # relative distance from the target that counts as not reached


def aligned_assumptions(problem: Problem) -> list[Assumption]:
    """What :func:`solve_aligned` assumes, with relative residuals."""
    layers = Assumption("two or more layers", max(0, 2 - problem.depth), "One layer has its own closed form.")
    alignment = align(problem)
    return [
        layers,
        Assumption("sigma_xx V = V diag(c)", alignment.input_residual, "Whiten the inputs: moments.whitened()."),
        Assumption(
            "W_l = R_l diag(a_l) R_{l-1}^T", alignment.weight_residual, "Make the weights with initial.aligned."
        ),
    ]


def solve_aligned(problem: Problem, ts: ArrayLike) -> Trajectory:
    r"""Exact trajectory of an aligned network: each layer keeps its singular vectors, each mode its own ODE.

    With ``W_l = R_l diag(a_l) R_{l-1}^T``, ``R_0 = V``, ``R_L = U`` of ``sigma_yx = U diag(s) V^T`` and
    ``sigma_xx V = V diag(c)``, as for whitened inputs,

    .. math:: \tau \dot a_{l,k} = \prod_{j \neq l} a_{j,k} \, (s_k - c_k \prod_j a_{j,k})

    solved by :func:`two_layer_modes` for two layers and :func:`deep_mode` for more, from any strengths of any signs.
    Layers between other layers may have more than that, orthogonal to the modes on both sides, which does not move.

    Raises
    ------
    AssumptionError
        For one layer, or if ``sigma_xx`` does not share the right singular vectors of ``sigma_yx``, or the weights are
        not aligned; with the measured residuals.

    Source: Saxe et al. 2014, eq. (14) and section 2; Basu et al., eq. (13).

    Examples
    --------
    >>> import flowdln as fl
    >>> moments = fl.Moments.from_modes([3.0, 1.0], 4, 3)
    >>> problem = fl.Problem(moments, fl.initial.aligned(moments, (4, 5, 5, 3), [[0.1, 0.2], [0.3, 0.3], [0.2, 0.1]]))
    >>> solve_aligned(problem, np.array([0.0, 5.0, 100.0])).modes.round(3)
    array([[0.006, 0.006],
           [3.   , 0.892],
           [3.   , 1.   ]])
    """
    ts = posed(problem, ts)
    require(NAME, aligned_assumptions(problem))
    alignment, time = align(problem), ts / problem.tau
    strengths = follow_modes(np.append(time, FOREVER), alignment)
    final, strengths = strengths[:, -1].prod(axis=0), strengths[:, :-1]
    frames = alignment.frames
    first, *inner, last = (compose_modes(frames[i + 1], strengths[i], frames[i]) for i in range(problem.depth))
    weights = (first, *(layer + rest for layer, rest in zip(inner, alignment.rest, strict=True)), last)
    story = (
        f"the weights are aligned with the data (residual {alignment.weight_residual:.1e}), so the {len(final)} modes "
        "learn independently, each by its closed form."
    )
    short = np.count_nonzero(np.abs(alignment.targets - alignment.powers * final) > SHORT * np.abs(alignment.targets))
    if short:
        story += f" {short} of them cannot reach the data: the flow ends at a saddle."
    return Trajectory(problem, ts, weights, f"exact: {NAME}", story)


def compose_modes(left: Array, strengths: Array, right: Array) -> Array:
    """``left diag(strengths) right^T`` at all times, ``(T, n, m)``, from ``(n, r)``, ``(T, r)`` and ``(m, r)``.

    One product of two matrices, if the modes ``(r, n, m)`` take no more memory than the result.

    Examples
    --------
    >>> compose_modes(np.eye(2), np.array([[2.0, 3.0]]), np.eye(2))
    array([[[2., 0.],
            [0., 3.]]])
    """
    times, rank = strengths.shape
    if times < rank:
        return left * strengths[:, None, :] @ right.T
    modes = left.T[:, :, None] * right.T[:, None, :]
    return np.tensordot(strengths, modes, axes=1)


def follow_modes(t: Array, alignment: Alignment) -> Array:
    """Strengths ``(L, T, r)`` of all modes at times in units of tau; where the data have no power, nothing moves.

    Two layers whose sum (or difference, for a negative target) is rounding are on the stable manifold of the saddle.
    """
    start, powers, rounding = alignment.strengths, alignment.powers, alignment.rounding
    moving = powers > 0
    strengths = np.repeat(start[:, None, :], len(t), axis=1)
    powers, targets = powers[moving], alignment.targets[moving] / powers[moving]
    if len(start) == 2:
        first, second = tie(start[:, moving], targets, rounding[:, moving])
        strengths[:, :, moving] = two_layer_modes(t[:, None] * powers, first, second, targets)
    else:
        for k, power, target in zip(np.flatnonzero(moving), powers, targets, strict=True):
            mode = deep_mode(t * power, start[:, k], target, rounding=rounding[:, k])
            strengths[:, :, k] = mode.strengths
    return strengths


def tie(start: Array, targets: Array, rounding: Array) -> Array:
    """Strengths ``(2, r)`` of two layers, of the same size where what would grow apart from the saddle is rounding."""
    side = np.where(targets < 0, -1.0, 1.0)
    growing, other = start[0] + side * start[1], start[0] - side * start[1]
    tied = np.abs(growing) <= rounding.sum(axis=0)
    return np.where(tied, np.stack([other / 2, -side * other / 2]), start)
