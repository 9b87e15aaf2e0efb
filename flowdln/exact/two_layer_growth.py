r"""Growth of what the closed forms of two layers neglect.

For a perturbation of two layers, with the error :math:`E = \Sigma_{yx} - P \Sigma_{xx}`,

.. math:: \tfrac12 \frac{d}{dt} |\delta|^2 \le 2 \, \mathrm{tr}(E^T \delta W_2 \, \delta W_1)
    - c \, |W_2 \delta W_1 + \delta W_2 W_1|^2

so that in the mode ``j`` of the task it grows at most as fast as :math:`|E v_j|`, less the strength of the weakest
hidden unit where all of them are in use. Taken for each mode of the task by itself: an estimate, not a bound.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from flowdln.exact.assumptions import whitened
from flowdln.exact.neglected import amplify, mesh
from flowdln.exact.stacked_layers import data_span
from flowdln.modes import Frame, svd_frame
from flowdln.problem import Moments, Problem
from flowdln.rounding import ROUNDING
from flowdln.validation import Array, unit_scales


class Grams(NamedTuple):
    """Two layers at ``T`` times, whatever the frame of the hidden units."""

    product: Array  # (T, n_2, n_0), W_2 W_1
    first: Array  # (T, n_0, n_0), W_1^T W_1
    second: Array  # (T, n_2, n_2), W_2 W_2^T


class Departure(NamedTuple):
    """Distance of a problem from an idealised one, as sizes of matrices."""

    weights: float = 0.0
    task: float = 0.0  # of sigma_yx
    inputs: float = 0.0  # of sigma_xx
    imbalance: float = 0.0  # of W_2^T W_2 - W_1 W_1^T


class White(NamedTuple):
    """Departure of the inputs from white ones."""

    departure: Departure
    residual: float
    rounded: bool


def departure_from_white(moments: Moments) -> White:
    """Distance of ``sigma_xx`` from ``c`` times the projector on a span, and of the task from that span."""
    (power, assumption), span, units = whitened(moments), data_span(moments), unit_scales(moments.sigma_xx)
    inputs = moments.sigma_xx - power * span @ span.T
    outside = moments.sigma_yx - moments.sigma_yx @ span @ span.T
    task_known = ROUNDING * np.abs(moments.sigma_yx) @ np.abs(span) @ np.abs(span).T
    rounded = bool(
        (np.abs(inputs) <= ROUNDING * np.outer(units, units)).all() and (np.abs(outside) <= task_known).all()
    )
    sizes = Departure(task=float(np.linalg.norm(outside, 2)), inputs=float(np.linalg.norm(inputs, 2)))
    return White(sizes, assumption.residual, rounded)


def growth_of_departure(
    problem: Problem, ts: Array, solution: Callable[[Array], Grams], departure: Departure, floor: float
) -> Array:
    """Relative error ``(T,)`` of weights and mode strengths; strengths below ``floor`` count as that large."""
    moments, frame = problem.moments, svd_frame(problem.moments)
    power = float(np.linalg.norm(moments.sigma_xx, 2))
    size = float(np.linalg.norm(np.concatenate([weight.ravel() for weight in problem.weights])))
    nodes = mesh(ts / problem.tau, frame.strengths.max(initial=0.0) + power * size**2)
    grams = solution(nodes.times * problem.tau)
    lengths = np.sqrt(np.trace(grams.first, axis1=1, axis2=2) + np.trace(grams.second, axis1=1, axis2=2))
    products = np.linalg.norm(grams.product, axis=(1, 2))
    pushes = departure.task + departure.inputs * products + power * departure.imbalance / 2
    rates = _rates(moments.sigma_yx - grams.product @ moments.sigma_xx, grams.product, frame, problem.widths[1], power)
    grown = amplify(nodes.times, rates, np.full(rates.shape[1], departure.weights), (pushes * lengths)[:, None]).max(1)
    return _effect(grown, lengths, grams, frame, floor)[nodes.asked]


def _rates(errors: Array, products: Array, frame: Frame, hidden: int, power: float) -> Array:
    """Rate of growth ``(N, r + 1)`` in each mode of the task and outside of them."""
    right, left = errors @ frame.right, frame.left.T @ errors
    along = np.maximum(np.linalg.norm(right, axis=1), np.linalg.norm(left, axis=2))
    outside = errors - frame.left @ (left @ frame.right) @ frame.right.T
    rates = np.column_stack([along, np.linalg.norm(outside, axis=(1, 2))])
    if hidden > min(products.shape[1:]):
        return rates
    weakest = np.linalg.svd(products, compute_uv=False)[:, hidden - 1]
    return np.maximum(rates - power * weakest[:, None], 0.0)


def _effect(sizes: Array, lengths: Array, grams: Grams, frame: Frame, floor: float) -> Array:
    strengths = np.abs(np.einsum("ia,tij,ja->ta", frame.left, grams.product, frame.right))
    first = np.einsum("ia,tij,ja->ta", frame.right, grams.first, frame.right)
    second = np.einsum("ia,tij,ja->ta", frame.left, grams.second, frame.left)
    reach = np.sqrt(np.maximum(first, 0.0)) + np.sqrt(np.maximum(second, 0.0))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        changed = sizes[:, None] * (reach + sizes[:, None])
        of_modes = np.where(changed == 0, 0.0, changed / np.maximum(strengths, floor)).max(axis=1, initial=0.0)
        return np.nan_to_num(np.maximum(of_modes, np.where(sizes == 0, 0.0, sizes / lengths)), nan=np.inf)
