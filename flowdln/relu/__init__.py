"""Fully connected ReLU networks: their gradient flow from data, what it conserves, and which gates are open."""

from flowdln.backpropagation import Samples
from flowdln.relu.conserved import neuron_imbalance
from flowdln.relu.descent import descend
from flowdln.relu.gate_patterns import gate_agreement, gates
from flowdln.relu.losses import CROSS_ENTROPY, SQUARED, Loss
from flowdln.relu.problem import ReLUProblem
from flowdln.relu.solution import solve
from flowdln.relu.trajectory import ReLUTrajectory
from flowdln.relu.vector_field import outputs, preactivations, relu_flow

__all__ = [
    "CROSS_ENTROPY",
    "SQUARED",
    "Loss",
    "ReLUProblem",
    "ReLUTrajectory",
    "Samples",
    "descend",
    "gate_agreement",
    "gates",
    "neuron_imbalance",
    "outputs",
    "preactivations",
    "relu_flow",
    "solve",
]
