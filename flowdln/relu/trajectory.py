"""A ReLU network over time, and what is read off it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from flowdln.records import read_only, rebuilt
from flowdln.relu.conserved import neuron_imbalance
from flowdln.relu.gate_patterns import Gates, gate_agreement, gates
from flowdln.relu.problem import ReLUProblem
from flowdln.relu.vector_field import outputs
from flowdln.validation import Array, Weights


@dataclass(frozen=True, eq=False)
class ReLUTrajectory:
    """The layers of a ReLU network at the times ``ts``, with its observables computed when they are asked for.

    Parameters
    ----------
    problem
        What was solved.
    ts : (T,)
        Times, in the unit of ``problem.tau``.
    layers
        Tuple of ``L`` arrays ``[W_l, b_l]``, ``(T, n_l, n_{l-1} + 1)``, or ``W_l`` where there are no biases.
    method
        The solver that made it, or gradient descent.
    statistics
        What the computation cost, by name.
    """

    problem: ReLUProblem
    ts: Array
    layers: Weights
    method: str
    statistics: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        object.__setattr__(self, "ts", read_only(self.ts))
        object.__setattr__(self, "layers", tuple(map(read_only, self.layers)))

    __reduce__ = rebuilt

    def __len__(self) -> int:
        return len(self.ts)

    def __repr__(self) -> str:
        widths = self.problem.widths
        return f"ReLUTrajectory({self.method}, {len(self)} times up to {self.ts[-1]:g}, widths {widths})"

    @property
    def weights(self) -> Weights:
        """``(W_1, ..., W_L)``, each ``(T, n_l, n_{l-1})``."""
        return tuple(layer[..., :n] for layer, n in zip(self.layers, self.problem.widths[:-1], strict=True))

    @property
    def biases(self) -> Weights:
        """``(b_1, ..., b_L)``, each ``(T, n_l)``; empty where there are none."""
        return () if self.problem.biases is None else tuple(layer[..., -1] for layer in self.layers)

    def layers_at(self, index: int) -> Weights:
        """The layers at one time."""
        return tuple(layer[index] for layer in self.layers)

    @cached_property
    def outputs(self) -> Array:
        """Outputs for all samples, ``(T, P, n_L)``."""
        return read_only([outputs(self.layers_at(i), self.problem.samples.inputs) for i in range(len(self))])

    @cached_property
    def loss(self) -> Array:
        """Mean loss at each time, ``(T,)``."""
        return read_only(self.problem.loss_function.value(self.outputs, self.problem.samples.targets).mean(-1))

    @cached_property
    def gates(self) -> tuple[Gates, ...]:
        """Which gates are open, a tuple of ``L - 1`` arrays ``(T, P, n_l)``."""
        each = [gates(self.layers_at(i), self.problem.samples.inputs) for i in range(len(self))]
        return tuple(map(read_only, zip(*each, strict=True)))

    def gate_agreement(self, *, whole: bool = False) -> Array:
        """Agreement of gates in each hidden layer, ``(T, L - 1, 2)``: of samples of a class, and of different ones.

        A sample's class is the largest entry of its target. See :func:`gate_agreement`.
        """
        labels = self.problem.samples.targets.argmax(1)
        return np.stack([gate_agreement(layer, labels, whole=whole) for layer in self.gates], axis=1)

    @cached_property
    def layer_norms(self) -> Array:
        """Frobenius norms of the weights without biases, ``(T, L)``."""
        return read_only(np.stack([np.linalg.norm(weight, axis=(1, 2)) for weight in self.weights], axis=1))

    @cached_property
    def neuron_imbalance(self) -> Weights:
        """What the flow conserves of each hidden unit, a tuple of ``L - 1`` arrays ``(T, n_l)``."""
        return tuple(map(read_only, neuron_imbalance(self.layers)))
