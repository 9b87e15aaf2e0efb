"""Expectations over random initial weights: a closed form beside Monte Carlo."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from flowdln.symbolic.evidence import Evidence
from flowdln.symbolic.instances import instance
from flowdln.validation import Array

ERRORS = 4  # half the width of the interval, in standard errors: left by chance once in 16000
BATCH = 1000
LARGEST = 100_000
CLEAR = 2  # so many times half the interval away, a value is refuted before the interval is tight


def compare_expectation(
    function: Callable[[Any], ArrayLike],
    initialise: Callable[[np.random.Generator], Sequence[Any]],
    value: float,
    *,
    tightness: float = 0.03,
    seed: int = 0,
    known: Mapping[str, Any] | None = None,
) -> Evidence:
    """Whether ``value`` is in the interval of four standard errors about the mean of ``function`` over initial weights.

    Weights are drawn until half the interval is ``tightness`` of ``value``, or of the root-mean-square of the function
    if ``value`` is zero: a value off by twice that is refuted. An interval that is still wider after 100,000 draws
    and has ``value`` in it decides nothing.

    Parameters
    ----------
    function
        Of the weights ``(W_1, ..., W_L)``, a number; or of stacks of them, one number for each independent draw.
    initialise
        Takes a generator of random numbers and returns weights, such as one of :mod:`flowdln.initial` with
        ``seed=rng``, or stacks of them.
    value
        The closed form.
    tightness, seed
        The width of the interval to reach, and where the random numbers start.
    known
        What else a reader needs to redo it, such as the widths, by name.

    Examples
    --------
    >>> from flowdln.initial import glorot
    >>> def squared_norm(weights):
    ...     return np.sum(weights[0] ** 2)
    >>> def initialise(rng):
    ...     return glorot((3, 5), seed=rng)
    >>> compare_expectation(squared_norm, initialise, 2 * 3 * 5 / (3 + 5)).holds
    True
    >>> compare_expectation(squared_norm, initialise, 1.07 * 2 * 3 * 5 / (3 + 5)).holds
    False
    """
    rng = np.random.default_rng(seed)
    values = np.empty(0)
    decided = False
    while not decided and len(values) < LARGEST:
        values = np.concatenate([values, _drawn(function, initialise, rng)])
        mean, half = values.mean(), ERRORS * values.std(ddof=1) / np.sqrt(len(values))
        tight = half <= tightness * (abs(value) or np.sqrt(np.mean(values**2)))
        decided = tight or abs(mean - value) > CLEAR * half
    text = (
        f"the mean of {len(values)} random draws is {mean:.6g}, within {half:.2g} ({ERRORS} standard errors), and the "
        f"formula gives {value:.6g}"
    )
    holds = False if abs(mean - value) > half else True if tight else None
    shown = instance(**(known or {}), closed_form=value, mean=mean, half_interval=half, draws=len(values))
    return Evidence(holds, symbolic=False, text=text, instance=shown)


def _drawn(
    function: Callable[[Any], ArrayLike],
    initialise: Callable[[np.random.Generator], Sequence[Any]],
    rng: np.random.Generator,
) -> Array:
    """At least ``BATCH`` values of the function."""
    values: list[Array] = []
    while sum(map(len, values)) < BATCH:
        values.append(np.ravel(np.asarray(function(initialise(rng)), dtype=float)))
    return np.concatenate(values)
