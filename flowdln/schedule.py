"""Steps of gradient descent whose weights are kept, and their times."""

from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from flowdln.errors import InputError
from flowdln.validation import Array, Weights, positive_integer, positive_number

MAX_STEPS = 10**9  # about an hour for a small network, compiled
LARGEST_RESULT = 16e9  # bytes


class Schedule(NamedTuple):
    """Learning rate, time constant, and the steps ``(K,)`` whose weights are kept, from 0 on."""

    rate: float
    tau: float
    kept: NDArray[np.int64]

    @property
    def times(self) -> Array:
        """Times of the kept steps, ``(K,)``, on the clock of the flow."""
        return np.asarray(self.tau * self.rate * self.kept)

    def first(self, count: int) -> "Schedule":
        """The schedule up to its first ``count`` kept steps."""
        return self._replace(kept=self.kept[:count])

    def states(self, path: Iterator[Any]) -> Iterator[Any]:
        """Weights of the kept steps, from those of all steps."""
        return (next(islice(path, stride - 1, None)) for stride in np.diff(self.kept, prepend=-1))


def descent_schedule(learning_rate: float, steps: int, every: int, tau: float, weights: Weights) -> Schedule:
    """Schedule that keeps each ``every``-th step, the first and the last.

    Raises
    ------
    InputError
        As :func:`flowdln.descend`.
    """
    rate = positive_number("learning_rate", learning_rate, advice="It is the step of gradient descent.")
    for name, count in (("steps", steps), ("every", every)):
        positive_integer(name, count, advice="It counts steps of descent.")
    if steps > MAX_STEPS:
        raise InputError(f"steps is {steps}; expected at most {MAX_STEPS:,}. Raise the learning rate instead.")
    steps, every = int(steps), int(every)
    count, size = -(-steps // every) + 1, sum(weight.size for weight in weights)
    if 8 * count * size > LARGEST_RESULT:
        raise InputError(
            f"steps / every asks for {count:,} copies of {size:,} weights, {8e-9 * count * size:.3g} GB; expected at "
            f"most {1e-9 * LARGEST_RESULT:g} GB. Raise every."
        )
    for factor in (1, steps):
        advice = "Choose a learning rate whose steps are floating-point times."
        positive_number("tau * learning_rate * step", tau * rate * factor, advice=advice)
    return Schedule(rate, tau, np.append(np.arange(0, steps, min(every, steps)), steps))
