r"""Effect of small departures from alignment.

Around an aligned solution the linearised flow decouples into pairs of modes ``(i, j)``, with
:math:`x_l = \delta W_l[i, j]` and :math:`y_l = \delta W_l[j, i]`. With the products of strengths below a layer,
:math:`h_l`, above it, :math:`t_l`, and between two layers, :math:`m_{lk}`, and the error :math:`e` of each mode,

.. math::
    \dot x_l = -c_j q_l \sum_k q_k x_k + \sum_{k > l} m^i_{lk} t^j_k e_j h^j_l \, y_k
        + \sum_{k < l} t^i_l e_i h^i_k m^j_{kl} \, y_k, \qquad q_l = t^i_l h^j_l

and the same for ``y`` with the modes exchanged. The matrix is symmetric; its largest eigenvalue is the rate of growth.
Source: derived here.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from flowdln.exact.aligned import follow_modes
from flowdln.exact.alignment import Alignment, align
from flowdln.exact.neglected import Neglected, Nodes, amplify, mesh, product_scale
from flowdln.problem import Problem
from flowdln.validation import Array

Rates = Callable[[Array, Array, Array], Array]


class Departures(NamedTuple):
    """Sizes ``(R, R)`` of what is neglected between two modes; the last of ``R = r + 1`` is all outside the frames."""

    weights: Array
    task: Array
    inputs: Array


def neglected_by_alignment(problem: Problem, ts: Array, rtol: float) -> Neglected:
    """Effect of misaligned weights, and of data that mix the modes, at the times ``ts``.

    A bound by the fastest of all rates serves where it is below ``rtol``.
    """
    alignment = align(problem)
    departures, nodes = _departures(alignment), mesh(ts / problem.tau, _speed(alignment))
    modes = follow_modes(nodes.times, alignment)
    outside = np.array([0.0, *(np.linalg.norm(rest, 2) for rest in alignment.rest), 0.0])
    modes = np.append(modes, np.broadcast_to(outside[:, None, None], (*modes.shape[:2], 1)), axis=2)
    floor = product_scale(problem) if alignment.rounded else 0.0
    for rates in (fastest_rate, pair_rates):
        sizes = _grown(alignment, nodes, modes, departures, rates)
        effect = _effect(modes[:, nodes.asked], sizes[nodes.asked], floor)
        distance = max(alignment.weight_residual, alignment.input_residual)
        neglected = Neglected(distance, alignment.rounded, effect)
        if neglected.harmless(rtol):
            break
    return neglected


def fastest_rate(modes: Array, errors: Array, powers: Array) -> Array:
    """Bound ``(N, 1, 1)`` on the growth of any departure: the largest error times the strengths of ``L - 2`` layers."""
    del powers
    depth = len(modes)
    largest = np.abs(modes).max(axis=(0, 2)) ** (depth - 2)
    return ((depth - 1) * np.abs(errors).max(axis=1) * largest)[:, None, None]


def pair_rates(modes: Array, errors: Array, powers: Array) -> Array:
    """Rate ``(N, R, R)`` at which a departure between two modes grows, from strengths ``(L, N, R)``.

    Examples
    --------
    The rate of a mode that is not learned beside one that is, and the neutral directions of the learned one:

    >>> modes = np.array([[[1.0, 0.0]], [[3.0, 0.0]]])
    >>> pair_rates(modes, errors=np.array([[0.0, 2.0]]), powers=np.ones(2))[0, :, 1]
    array([0., 2.])
    """
    depth, count = len(modes), modes.shape[2]
    rates = np.zeros((modes.shape[1], count, count))
    first, second = np.triu_indices(count, 1)
    matrices = pair_matrices(modes, errors, powers, first, second)
    rates[:, first, second] = rates[:, second, first] = np.linalg.eigvalsh(matrices)[..., -1]
    own = np.arange(count)
    matrices = pair_matrices(modes, errors, powers, own, own)[..., :depth, :]
    rates[:, own, own] = np.linalg.eigvalsh(matrices[..., :depth] + matrices[..., depth:])[..., -1]
    return rates


def pair_matrices(modes: Array, errors: Array, powers: Array, first: Any, second: Any) -> Array:
    """Matrices ``(N, p, 2 L, 2 L)`` of the linearised flow of ``(x, y)``, for ``p`` pairs of modes."""
    depth, pairs = len(modes), (first, second)
    below, above = _products_below(modes), _products_below(modes[::-1])[::-1]
    matrices = np.zeros((modes.shape[1], len(first), 2 * depth, 2 * depth), dtype=modes.dtype)
    reach = _reach(below, above)
    for side in (0, 1):
        here, there = pairs[side], pairs[1 - side]
        block, moved = slice(side * depth, (side + 1) * depth), reach[..., here, there]
        matrices[:, :, block, block] = -np.einsum("lnp,knp,p->nplk", moved, moved, powers[there])
    ends = above[:, None] * errors * below[None]  # [k, l]: above k, below l
    for low in range(depth):
        for high in range(low + 1, depth):
            between = modes[low + 1 : high].prod(axis=0)
            matrices[:, :, low, depth + high] = between[:, first] * ends[high, low][:, second]
            matrices[:, :, high, depth + low] = ends[high, low][:, first] * between[:, second]
    matrices[:, :, depth:, :depth] = matrices[:, :, :depth, depth:].swapaxes(-1, -2)
    return matrices


def _products_below(modes: Array) -> Array:
    """Products ``(L, N, R)`` of the strengths of all layers below each."""
    return np.cumprod(np.concatenate([np.ones((1, *modes.shape[1:])), modes[:-1]]), axis=0)


def _reach(below: Array, above: Array) -> Array:
    """``q_l``, ``(L, N, R, R)``: change of the product between modes ``i`` and ``j`` with ``W_l[i, j]``."""
    return above[..., :, None] * below[..., None, :]


def _grown(alignment: Alignment, nodes: Nodes, modes: Array, departures: Departures, rates: Rates) -> Array:
    """Sizes ``(N, R, R)`` of the departures over time."""
    products, powers = modes.prod(axis=0), np.append(alignment.powers, alignment.powers.max(initial=0.0))
    errors = np.append(alignment.targets, 0.0) - powers * products
    pushes = departures.task + np.abs(products)[:, :, None] * departures.inputs
    forcing = np.linalg.norm(_reach(_products_below(modes), _products_below(modes[::-1])[::-1]), axis=0) * pushes
    start, forcing = (np.hypot(part, part.swapaxes(-1, -2)) for part in (departures.weights, forcing))
    return amplify(nodes.times, rates(modes, errors, powers), start, forcing)


def _effect(modes: Array, sizes: Array, floor: float) -> Array:
    """Relative error ``(T,)`` of weights and mode strengths; a strength of zero counts as ``floor``."""
    depth, products = len(modes), np.abs(modes.prod(axis=0))[:, :-1]
    own = np.einsum("tkk->tk", sizes)[:, :-1]
    others = np.where(np.eye(sizes.shape[1]), 0.0, sizes)[:, :-1]
    reach = _reach(_products_below(modes), _products_below(modes[::-1])[::-1])
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        first = np.linalg.norm(np.einsum("ltkk->ltk", reach), axis=0)[:, :-1] * own
        second = depth**2 * np.sum(others**2, axis=2) * np.abs(modes).max(axis=(0, 2))[:, None] ** (depth - 2)
        changed, total = first + second, np.linalg.norm(modes, axis=(0, 2))
        relative = np.where(changed == 0, 0.0, changed / np.where(products > 0, products, floor))
        spread = np.linalg.norm(sizes, axis=(1, 2))
        return np.nan_to_num(
            np.maximum(relative.max(axis=1, initial=0.0), np.where(spread == 0, 0.0, spread / total)), nan=np.inf
        )


def _departures(alignment: Alignment) -> Departures:
    frames, (*layers, task) = alignment.frames, alignment.misfits
    parts = [lump(frames[i + 1], layer, frames[i]) for i, layer in enumerate(layers)]
    weights = np.linalg.norm(parts, axis=0)
    rank = len(alignment.targets)
    weights[range(rank), range(rank)] += np.linalg.norm(alignment.rounding, axis=0) / 100
    right, mixing = frames[0], alignment.mixing
    inputs = np.zeros_like(weights)
    inputs[:rank, :rank] = np.abs(right.T @ mixing)
    inputs[:rank, rank] = np.linalg.norm(mixing - right @ (right.T @ mixing), axis=0)
    return Departures(weights, lump(frames[-1], task, right), inputs)


def lump(left: Array, matrix: Array, right: Array) -> Array:
    """Sizes ``(r + 1, r + 1)`` of ``left^T matrix right``, the last row and column for all outside of the frames."""
    rank = left.shape[1]
    across, sizes = matrix @ right, np.zeros((rank + 1, rank + 1))
    aside = matrix - across @ right.T
    sizes[:rank, :rank] = np.abs(left.T @ across)
    sizes[rank, :rank] = np.linalg.norm(across - left @ (left.T @ across), axis=0)
    sizes[:rank, rank] = np.linalg.norm(left.T @ aside, axis=1)
    sizes[rank, rank] = np.linalg.norm(aside - left @ (left.T @ aside))
    return sizes


def _speed(alignment: Alignment) -> float:
    """Fastest rate of any mode, from its strengths now or at its target."""
    depth, targets = len(alignment.strengths), np.abs(alignment.targets)
    powers = np.where(alignment.powers > 0, alignment.powers, 1.0)
    size = max(np.abs(alignment.strengths).max(initial=0.0), ((targets / powers) ** (1 / depth)).max(initial=0.0))
    return float(targets.max(initial=0.0) * size ** (depth - 2) + powers.max(initial=0.0) * size ** (2 * depth - 2))
