"""ReLU networks on samples, small enough for a reader or drawn at random, and what moves in them."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from flowdln import imbalance
from flowdln.relu import CROSS_ENTROPY, SQUARED, Loss, ReLUProblem, Samples, gates, preactivations, relu_flow
from flowdln.symbolic import Evidence, instance
from flowdln.tangent import directional_derivative
from flowdln.validation import Array, Weights

ROUNDING = 1e-9  # relative
SMALL = 1e-3  # what the terms of a sum are larger than


def rectified(loss: Loss) -> Loss:
    """The loss behind a gate on every output, as the last gates in equation (24) of Basu et al. make it."""
    return Loss(
        f"{loss.name}, rectified",
        lambda z, y: loss.value(z.clip(min=0), y),
        lambda z, y: loss.error(z.clip(min=0), y) * (z > 0),
    )


@dataclass(frozen=True)
class Case:
    """A network without biases, its samples and its loss."""

    layers: Weights
    samples: Samples
    loss: Loss

    @property
    def gates(self) -> list[Array]:
        """Gates of all layers, those of the outputs included, ``L`` arrays ``(P, n_l)``."""
        return [(current > 0).astype(float) for current in preactivations(self.layers, self.samples.inputs)]

    @property
    def velocity(self) -> Weights:
        """The shipped flow."""
        return relu_flow(0.0, self.layers, self.samples, loss=self.loss)

    def rates(self, quantity: Callable[[Any], Any]) -> Weights:
        """Derivatives along the flow of matrices that ``quantity`` makes of the layers, gates being constant."""
        return directional_derivative(quantity, self.layers, self.velocity)

    @property
    def imbalance_rates(self) -> Weights:
        """Derivatives of the shipped imbalance, ``L - 1`` matrices."""
        return self.rates(imbalance)

    def growth_into(self, layer: int) -> Array:
        """Rate of ``W_l W_l^T``, ``layer`` counted from 0."""

        def gram(weights: Any) -> Any:
            return (weights[layer] @ weights[layer].T,)

        return self.rates(gram)[0]

    def growth_out_of(self, layer: int, gate: Array | None = None) -> Array:
        """Rate of ``W_{l+1}^T D W_{l+1}``, ``D`` the diagonal matrix of ``gate``, or all open."""

        def gram(weights: Any) -> Any:
            above = weights[layer + 1]
            return (above.T @ (np.eye(len(self.layers[layer + 1])) if gate is None else np.diag(gate)) @ above,)

        return self.rates(gram)[0]

    @property
    def numbers(self) -> dict[str, Array]:
        """What a reader needs to redo it."""
        weights = {f"W_{i}": layer for i, layer in enumerate(self.layers, start=1)}
        return {"x": self.samples.inputs, "y": self.samples.targets, **weights}


def case(inputs: Any, targets: Any, *layers: Any, loss: Loss = SQUARED) -> Case:
    """A case from nested lists."""
    arrays = tuple(np.array(layer, float) for layer in layers)
    return Case(arrays, Samples(np.array(inputs, float), np.array(targets, float)), loss)


def two_way_unit_pair() -> Case:
    """Two hidden units, each open for one of two samples: ``f(x) = |x|`` at ``1`` and ``-1``, both with ``y = 2``."""
    return case([[1], [-1]], [[2], [2]], [[1], [-1]], [[1, 1]])


def random_cases(count: int, *, samples: int | None = None, loss: Loss | None = None, seed: int = 0) -> Iterator[Case]:
    """Networks of 2 to 4 layers and 2 to 5 units, 2 to 5 samples, each with one of the losses; nothing is 0 in them."""
    rng = np.random.default_rng(seed)
    for i in range(count):
        widths = rng.integers(2, 6, 3 + i % 3)
        layers = tuple(rng.standard_normal((n, m)) for m, n in pairwise(widths))
        size = samples or int(rng.integers(2, 6))
        inputs, classes = rng.standard_normal((size, widths[0])), rng.integers(0, widths[-1], size)
        losses = (SQUARED, CROSS_ENTROPY, rectified(SQUARED), rectified(CROSS_ENTROPY))
        yield Case(layers, Samples(inputs, np.eye(widths[-1])[classes]), loss or losses[i % 4])


def decide_equal(sides: Callable[[Case], tuple[Any, Any]], cases: Iterable[Case]) -> Evidence:
    """Whether two tuples of matrices agree in every case; of the first case in which they do not, its numbers."""
    count, worst = 0, 0.0
    for count, example in enumerate(cases, start=1):  # noqa: B007 (read after the loop)
        for left, right in zip(*sides(example), strict=True):
            size = max(np.abs(left).max(), np.abs(right).max(), SMALL)
            gap = float(np.abs(left - right).max())
            worst = max(worst, gap / size)
            if gap > ROUNDING * size:
                numbers = instance(**example.numbers, left=left, right=right)
                return Evidence(False, symbolic=False, text="the sides differ in the network shown", instance=numbers)
    return Evidence(True, symbolic=False, text=f"the two sides agree to {worst:.0e} in {count} networks")


def opposite_chains(loss: str) -> ReLUProblem:
    """Two chains of units, one open for ``x = 1`` and one for ``x = -1``, two samples that have the same label."""
    weights = (np.array([[1.0], [-1.0]]), np.eye(2), np.array([[1.0, 1.0], [-1.0, -1.0]]))
    return ReLUProblem(np.array([[1.0], [-1.0]]), np.array([[1.0, 0.0]] * 2), weights, loss)


def case_of(problem: ReLUProblem, layers: Weights) -> Case:
    """The network of a problem with other layers."""
    return Case(layers, problem.samples, problem.loss_function)


def hidden_gates(example: Case) -> list[Array]:
    """The shipped gates of hidden layers, as numbers."""
    return [pattern.astype(float) for pattern in gates(example.layers, example.samples.inputs)]
