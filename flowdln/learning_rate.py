"""The learning rate with which gradient descent needs the fewest epochs."""

from collections.abc import Callable, Iterable
from itertools import islice
from typing import NamedTuple

import numpy as np

from flowdln.validation import positive_integer, positive_number

DIVERGED = 1e3  # times the first loss: beyond it, a run is given up
ROUNDING = 1e-12  # of the loss: a rise that is none
FINER = 1.25  # ratio of two rates of the search


class FewestEpochs(NamedTuple):
    """What the best learning rate reaches."""

    epochs: float  # infinite if no rate is quick enough
    learning_rate: float  # nan then


def fewest_epochs(
    losses: Callable[[float], Iterable[float]], *, goal: float, largest: float, most: int
) -> FewestEpochs:
    """Fewest epochs of gradient descent until the loss is ``goal``, and the learning rate that needs them.

    The search goes from large rates down, by a quarter each. It ends at the first rate that is no better though the
    loss only falls: descent then follows the flow, and with smaller rates only more slowly. A run is cut where it can
    no longer win.

    Parameters
    ----------
    losses
        The loss before each epoch, without end, for a learning rate.
    goal
        Loss at which a network has learned.
    largest
        Learning rate with which the search begins; one above the edge of stability, 2 over the sharpness.
    most
        Epochs after which a run counts as one that does not learn.

    Raises
    ------
    InputError
        Unless ``goal`` and ``largest`` are positive numbers and ``most`` is a positive integer.

    Examples
    --------
    Of the loss ``w^2 / 2``, a step multiplies ``w`` by ``1 - learning_rate``.

    >>> from itertools import count
    >>> def losses(rate):
    ...     return ((1 - rate) ** (2 * epoch) / 2 for epoch in count())
    >>> epochs, rate = fewest_epochs(losses, goal=1e-3, largest=4.0, most=100)
    >>> epochs, round(rate, 3)
    (2.0, 1.049)
    """
    goal = positive_number("goal", goal, advice="It is a loss.")
    largest = positive_number("largest", largest, advice="Take one above 2 over the sharpness.")
    most = positive_integer("most", most, advice="It counts epochs.")
    best, rate, searching = FewestEpochs(np.inf, np.nan), largest, True
    while searching:
        epochs, falls = _train(losses(rate), goal, int(min(most, best.epochs - 1)))
        searching = epochs < best.epochs or not falls
        if epochs < best.epochs:
            best = FewestEpochs(epochs, rate)
        rate /= FINER
    return best


def _train(losses: Iterable[float], goal: float, most: int) -> tuple[float, bool]:
    """Epochs until the loss is ``goal``, infinite if it takes more than ``most``; and whether it only fell."""
    first = before = np.inf
    falls = True
    with np.errstate(over="ignore", invalid="ignore"):
        for epoch, loss in enumerate(islice(losses, most + 1)):
            first = loss if epoch == 0 else first
            falls = falls and loss <= before * (1 + ROUNDING)
            if loss <= goal:
                return float(epoch), falls
            if not loss < DIVERGED * first:
                return np.inf, False
            before = loss
    return np.inf, falls
