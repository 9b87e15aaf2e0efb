"""Functions of arrays along gradient flow, differentiated at random networks by differences of order 8."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np

from flowdln.errors import InputError
from flowdln.problem import Moments
from flowdln.symbolic.instances import instance
from flowdln.symbolic.numeric_solution import AGREE_FLOAT, difference
from flowdln.symbolic.verification import Finding
from flowdln.validation import Array, Weights
from flowdln.vector_field import gradient_flow

ROUNDING = 1e-12  # of a derivative, relative to the function: 1e-16 / STEP with room
STEP = 1e-3
WIDTHS = (2, 3)  # alternate from layer to layer
NETWORKS = 3


def conserved_numerically(quantity: Callable[[Weights], Any], depth: int) -> Finding:
    """Finding on whether the derivative of ``quantity`` along gradient flow is zero at a few networks.

    It is zero if it is small beside the derivative along a random step as long as the flow's, so that a quantity
    may be in any unit.
    """
    subject = "d/dt of the quantity = 0"
    rng = np.random.default_rng(0)
    for weights, moments in _networks(depth):
        moving = gradient_flow(0, weights, moments)
        elsewhere = tuple(np.linalg.norm(velocity) * rng.standard_normal(velocity.shape) for velocity in moving)
        rate, other = (_along(lambda w: _joined(quantity(w)), weights, step) for step in (moving, elsewhere))
        if not other.any():
            raise _still()
        size = np.abs(_joined(quantity(weights))).max(initial=0)
        allowed = AGREE_FLOAT * np.abs(other).max(initial=0) + ROUNDING * size
        if np.abs(_finite(rate)).max(initial=0) > allowed:
            return _refuted(subject, weights, moments, rate)
    return Finding(subject, True, False, f"holds to 7 digits of float64 at {NETWORKS} random networks")


def gradient_numerically(loss: Callable[..., Any], velocity: Callable[..., Any], depth: int) -> Finding:
    """Finding on whether ``velocity`` is minus the gradient of ``loss`` at a few networks."""
    subject = "velocity = -gradient of the loss"
    for weights, moments in _networks(depth):
        moving = velocity(0, weights, moments)
        rng = np.random.default_rng(0)
        for _ in range(sum(weight.size for weight in weights)):
            step = tuple(rng.standard_normal(weight.shape) for weight in weights)
            slope = _along(partial(_swapped, loss, moments), weights, step)
            paired = sum(float(np.sum(v * d)) for v, d in zip(moving, step, strict=True))
            allowed = AGREE_FLOAT * (abs(slope) + abs(paired)) + ROUNDING * abs(loss(weights, moments))
            if abs(_finite(slope + paired)) > allowed:
                return _refuted(subject, weights, moments, slope + paired)
    return Finding(subject, True, False, f"holds to 7 digits of float64 at {NETWORKS} random networks")


def _still() -> InputError:
    return InputError(
        "the quantity does not change with the weights; expected a function of them. Along any flow it is constant."
    )


def _along(function: Callable[[Weights], Any], weights: Weights, step: Sequence[Array]) -> Any:
    def moved(size: float) -> Any:
        return function(tuple(weight + size * change for weight, change in zip(weights, step, strict=True)))

    return difference(moved, 0.0, STEP)


def _networks(depth: int) -> Iterator[tuple[Weights, Moments]]:
    rng = np.random.default_rng(0)
    widths = [WIDTHS[i % 2] for i in range(depth + 1)]
    for _ in range(NETWORKS):
        weights = tuple(rng.standard_normal((widths[i + 1], widths[i])) for i in range(depth))
        inputs, targets = rng.standard_normal((5, widths[0])), rng.standard_normal((5, widths[-1]))
        yield weights, Moments.from_data(inputs, targets)


def _swapped(loss: Callable[..., Any], moments: Moments, weights: Weights) -> Any:
    return loss(weights, moments)


def _joined(values: Any) -> Array:
    parts = values if isinstance(values, (tuple, list)) else (values,)
    return np.concatenate([np.ravel(part) for part in parts])


def _finite(values: Any) -> Any:
    """The values, or an error where one is not a number: it would be neither zero nor not."""
    if not np.isfinite(values).all():
        raise InputError(
            "the function is not finite, or has no derivative, at random weights; expected finite numbers. Give "
            "one that is defined for all weights, or write it in symbols."
        )
    return values


def _refuted(subject: str, weights: Weights, moments: Moments, residual: Any) -> Finding:
    named = {f"W{i}": weight for i, weight in enumerate(weights, start=1)}
    numbers = instance(**named, Sxx=moments.sigma_xx, Syx=moments.sigma_yx)
    return Finding(subject, False, False, "does not hold", instance(residual=np.asarray(residual))["residual"], numbers)
