"""Random ReLU networks on random samples."""

from itertools import pairwise

import numpy as np

import flowdln as fl

WIDTHS = [(3, 2), (3, 5, 2), (2, 4, 3, 3), (3, 4, 2, 5, 2)]


def random_relu_problem(seed, widths, *, loss="squared", biased=False, count=6, scale=1.0, tau=1.0):
    """Normal inputs; targets from a nonlinear teacher, or one-hot classes."""
    rng = np.random.default_rng(seed)
    weights = tuple(scale * rng.standard_normal((n, m)) / np.sqrt(m) for m, n in pairwise(widths))
    biases = tuple(0.3 * rng.standard_normal(n) for n in widths[1:]) if biased else None
    inputs = rng.standard_normal((count, widths[0]))
    targets = np.tanh(inputs @ rng.standard_normal((widths[0], widths[-1])))
    if loss == "cross_entropy":
        targets = np.eye(widths[-1])[targets.argmax(1)]
    return fl.relu.ReLUProblem(inputs, targets, weights, loss, biases=biases, tau=tau)


def velocity_of(problem):
    return fl.relu.relu_flow(0.0, problem.layers, problem.samples, loss=problem.loss_function)
