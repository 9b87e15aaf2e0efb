"""What a ReLU network is trained on, validated once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from flowdln.backpropagation import Samples
from flowdln.errors import InputError, ShapeError
from flowdln.records import rebuilt
from flowdln.relu.losses import LOSSES, Loss
from flowdln.validation import Array, Weights, positive_number, real_array, valid_weights

PROBABILITY_TOLERANCE = 1e-9  # of the sum of a target of cross-entropy


@dataclass(frozen=True, eq=False)
class ReLUProblem:
    """A ReLU network and its samples: ``tau dW_l/dt = -dE/dW_l`` from ``weights`` at time 0, ``E`` the mean loss.

    Parameters
    ----------
    inputs : (P, n_0)
        One sample a row.
    targets : (P, n_L)
        With cross-entropy, probabilities of the classes, such as one-hot rows.
    weights
        Initial weights ``(W_1, ..., W_L)``, input side first, ``W_l`` of shape ``(n_l, n_{l-1})``.
    loss
        ``"squared"``, half the squared error; ``"cross_entropy"``, after a softmax; or a :class:`Loss`.
    biases
        Initial biases ``(b_1, ..., b_L)``, ``b_l`` of shape ``(n_l,)``; without them the network has none.
    tau
        Time constant, in the unit of time of the caller.

    Raises
    ------
    InputError
        Entries that are not finite real numbers; an unknown loss; targets that are no probabilities; ``tau`` not
        positive.
    ShapeError
        Samples, widths and biases that do not fit together.

    Examples
    --------
    >>> problem = ReLUProblem([[1.0], [2.0]], [[1.0], [0.0]], ([[0.5], [0.5]], [[1.0, -1.0]]), "squared")
    >>> problem.depth, problem.widths
    (2, (1, 2, 1))
    """

    inputs: ArrayLike
    targets: ArrayLike
    weights: Sequence[ArrayLike]
    loss: str | Loss
    biases: Sequence[ArrayLike] | None = None
    tau: float = 1.0

    def __post_init__(self) -> None:
        """Validate, convert to float64, and make read-only."""
        inputs, targets = real_array("inputs", self.inputs, 2), real_array("targets", self.targets, 2)
        if len(inputs) != len(targets):
            raise ShapeError(
                f"targets has shape {targets.shape}; expected {len(inputs)} rows, one for each row of inputs. "
                "Rows are samples."
            )
        weights = valid_weights(self.weights, inputs.shape[1], targets.shape[1])
        loss = _valid_loss(self.loss, targets)
        biases = None if self.biases is None else _valid_biases(self.biases, weights)
        tau = positive_number("tau", self.tau, advice="Time is measured in it.")
        for array in (inputs, targets, *weights, *(biases or ())):
            array.setflags(write=False)
        names = ("inputs", "targets", "weights", "loss", "biases", "tau")
        for name, value in zip(names, (inputs, targets, weights, loss, biases, tau), strict=True):
            object.__setattr__(self, name, value)

    __reduce__ = rebuilt

    @property
    def depth(self) -> int:
        """Number of layers ``L``."""
        return len(self.weights)

    @property
    def widths(self) -> tuple[int, ...]:
        """``(n_0, ..., n_L)``."""
        return (np.shape(self.inputs)[1], *(len(np.asarray(weight)) for weight in self.weights))

    @property
    def loss_function(self) -> Loss:
        """The loss and its error."""
        return self.loss if isinstance(self.loss, Loss) else LOSSES[self.loss]

    @property
    def samples(self) -> Samples:
        """Inputs and targets, as the vector field takes them."""
        return Samples(self.inputs, self.targets)

    @property
    def layers(self) -> Weights:
        """Initial ``[W_l, b_l]``, or ``W_l`` where there are no biases, as the vector field takes them."""
        weights = tuple(np.asarray(weight) for weight in self.weights)
        if self.biases is None:
            return weights
        return tuple(np.column_stack(pair) for pair in zip(weights, self.biases, strict=True))


def _valid_loss(loss: str | Loss, targets: Array) -> Loss:
    if isinstance(loss, str) and loss in LOSSES:
        loss = LOSSES[loss]
    if not isinstance(loss, Loss):
        raise InputError(
            f"loss is {loss!r}; expected {' or '.join(map(repr, LOSSES))}. For another one, make a flowdln.relu.Loss."
        )
    sums = targets.sum(1)
    if loss.name == "cross_entropy" and ((targets < 0).any() or np.abs(sums - 1).max() > PROBABILITY_TOLERANCE):
        raise InputError(
            f"targets has entries from {targets.min():.3g}, and rows with sums {sums.min():.3g} to "
            f"{sums.max():.3g}; expected probabilities, with rows that sum to 1. Classes are one-hot rows: "
            "numpy.eye(classes)[labels]."
        )
    return loss


def _valid_biases(biases: Sequence[ArrayLike], weights: Weights) -> Weights:
    if len(biases) != len(weights):
        raise ShapeError(
            f"biases has {len(biases)} arrays; expected {len(weights)}, one for each layer. For a layer without "
            "biases write zeros; they will be learned too."
        )
    arrays = tuple(real_array(f"biases[{i}]", bias, 1) for i, bias in enumerate(biases))
    for i, (bias, weight) in enumerate(zip(arrays, weights, strict=True)):
        if len(bias) != len(weight):
            raise ShapeError(
                f"biases[{i}] has shape {bias.shape}; expected ({len(weight)},). Layer {i + 1} (weights[{i}]) has "
                f"{len(weight)} outputs."
            )
    return arrays


def require_relu_problem(problem: Any) -> ReLUProblem:
    """``problem``, checked to be one of a ReLU network.

    Raises
    ------
    InputError
        For anything else.
    """
    if isinstance(problem, ReLUProblem):
        return problem
    raise InputError(
        f"problem is a {type(problem).__name__}; expected flowdln.relu.ReLUProblem. Make it with ReLUProblem(inputs, "
        "targets, weights, loss); a flowdln.Problem is solved by flowdln.solve."
    )
