"""Losses of single samples, and the errors that drive learning: squared, and softmax with cross-entropy."""

from collections.abc import Callable
from typing import Any, NamedTuple


class Loss(NamedTuple):
    """A loss of the outputs ``z`` and the targets ``y`` of one sample, for stacks ``(..., n_L)`` of them.

    ``error`` is minus the gradient: ``-d value / dz``.
    """

    name: str
    value: Callable[[Any, Any], Any]  # (...)
    error: Callable[[Any, Any], Any]  # (..., n_L)


def _squared_value(z: Any, y: Any) -> Any:
    return ((y - z) ** 2).sum(-1) / 2


def _squared_error(z: Any, y: Any) -> Any:
    return y - z


def _cross_entropy_value(z: Any, y: Any) -> Any:
    shifted = z - z.max(-1, keepdims=True)
    xp = z.__array_namespace__()
    return xp.log(xp.exp(shifted).sum(-1)) * y.sum(-1) - (y * shifted).sum(-1)


def _cross_entropy_error(z: Any, y: Any) -> Any:
    raised = z.__array_namespace__().exp(z - z.max(-1, keepdims=True))
    return y - raised / raised.sum(-1, keepdims=True) * y.sum(-1, keepdims=True)


SQUARED = Loss("squared", _squared_value, _squared_error)  # |y - z|^2 / 2
CROSS_ENTROPY = Loss("cross_entropy", _cross_entropy_value, _cross_entropy_error)  # -sum_c y_c log softmax(z)_c
LOSSES = {loss.name: loss for loss in (SQUARED, CROSS_ENTROPY)}
