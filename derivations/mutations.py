"""Vector fields that are wrong on purpose: what a check of the right one must reject."""

from typing import Any

from flowdln import gradient_flow


def flipped_sign(t: Any, weights: Any, moments: Any) -> tuple[Any, ...]:
    """The flow with the first layer's velocity reversed."""
    first, *rest = gradient_flow(t, weights, moments)
    return (-first, *rest)


def lost_factor(t: Any, weights: Any, moments: Any) -> tuple[Any, ...]:
    """The flow with the last layer twice as fast, as if a factor 1/2 had been dropped."""
    *rest, last = gradient_flow(t, weights, moments)
    return (*rest, 2 * last)


def unwhitened_ignored(t: Any, weights: Any, moments: Any) -> tuple[Any, ...]:
    """The flow for whitened inputs, used where they are not: ``sigma_xx`` forgotten in the first layer."""
    first, *rest = gradient_flow(t, weights, moments)
    correction = weights[0] @ moments.sigma_xx - weights[0]
    return (first + correction, *rest)
