"""Gradient descent of a ReLU network."""

import numpy as np
from tqdm import tqdm

from flowdln.errors import SolveError
from flowdln.relu.problem import ReLUProblem
from flowdln.relu.trajectory import ReLUTrajectory
from flowdln.relu.vector_field import relu_flow
from flowdln.validation import positive_integer, positive_number


def descend(
    problem: ReLUProblem, *, learning_rate: float, steps: int, every: int = 1, progress: bool = False
) -> ReLUTrajectory:
    """Full-batch gradient descent ``W_l <- W_l - learning_rate dE/dW_l`` on the clock of the flow.

    Parameters
    ----------
    problem
        Samples, loss, initial weights and ``tau``.
    learning_rate
        Step ``k`` is the time ``t = tau * learning_rate * k``.
    steps
        Number of steps.
    every
        Keep every that many steps; the first and the last are always kept.
    progress
        Show a progress bar.

    Raises
    ------
    InputError
        For a learning rate, ``steps`` or ``every`` that is not positive, or not an integer where it must be.
    SolveError
        If the weights overflow.

    Examples
    --------
    >>> problem = ReLUProblem([[1.0]], [[2.0]], ([[1.0]], [[1.0]]), "squared")
    >>> descend(problem, learning_rate=0.1, steps=100, every=50).outputs[:, 0, 0].round(3)
    array([1., 2., 2.])
    """
    rate = positive_number("learning_rate", learning_rate, advice="It is the step of gradient descent.")
    for name, count in (("steps", steps), ("every", every)):
        positive_integer(name, count, advice="It counts steps of descent.")
    kept = np.unique([*range(0, steps, every), steps])
    layers = problem.layers
    stacks = [layers]
    with np.errstate(over="ignore", invalid="ignore"):
        for k in tqdm(range(1, steps + 1), desc="descent", disable=not progress):
            velocity = relu_flow(0.0, layers, problem.samples, loss=problem.loss_function)
            layers = tuple(layer + rate * change for layer, change in zip(layers, velocity, strict=True))
            if k == kept[len(stacks)]:
                stacks.append(layers)
    if not all(np.isfinite(layer).all() for layer in layers):
        raise SolveError(
            what=f"gradient descent with learning rate {rate:g}",
            received="diverged",
            expected="finite weights",
            advice="Lower the learning rate.",
        )
    weights = tuple(np.stack(layer) for layer in zip(*stacks, strict=True))
    return ReLUTrajectory(problem, problem.tau * rate * kept, weights, "gradient descent", {"steps": steps})
