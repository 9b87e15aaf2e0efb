"""Gradient descent: the discrete dynamics that the flow idealises."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from tqdm import tqdm

from flowdln.errors import SolveError
from flowdln.problem import Moments, Problem
from flowdln.trajectory import Trajectory
from flowdln.validation import Array, Weights, positive_integer, positive_number
from flowdln.vector_field import gradient_flow

COMPILE_FROM = 20_000  # steps: below, compiling takes longer than the loop saves


def descend(
    problem: Problem,
    *,
    learning_rate: float,
    steps: int,
    every: int = 1,
    compiled: bool | None = None,
    progress: bool = False,
) -> Trajectory:
    """Full-batch gradient descent ``W_l <- W_l - learning_rate dE/dW_l`` on the clock of the flow.

    Parameters
    ----------
    problem
        Data, initial weights and ``tau``.
    learning_rate
        Step ``k`` is the time ``t = tau * learning_rate * k``.
    steps
        Number of steps.
    every
        Keep every that many steps; the first and the last are always kept.
    compiled
        Run in a loop compiled by JAX; by default from 20,000 steps on. The results agree to rounding.
    progress
        Show a progress bar.

    Raises
    ------
    InputError
        For a learning rate, ``steps`` or ``every`` that is not positive, or not an integer where it must be.
    SolveError
        If the weights overflow, as they do when ``learning_rate`` times the sharpness stays above 2.

    Examples
    --------
    >>> problem = Problem(Moments.from_modes([2.0], 1, 1), (np.array([[0.5]]), np.array([[0.5]])))
    >>> descend(problem, learning_rate=0.1, steps=100, every=50).modes[:, 0].round(3)
    array([0.25, 2.  , 2.  ])
    """
    rate = positive_number("learning_rate", learning_rate, advice="It is the step of gradient descent.")
    for name, count in (("steps", steps), ("every", every)):
        positive_integer(name, count, advice="It counts steps of descent.")
    kept = np.unique([*range(0, steps, every), steps])
    use_jax = steps >= COMPILE_FROM if compiled is None else compiled
    stream = (_compiled_stream if use_jax else _stream)(problem, rate, np.diff(kept))
    weights = tuple(np.empty((len(kept), *weight.shape)) for weight in problem.weights)
    with np.errstate(over="ignore", invalid="ignore"), tqdm(total=steps, desc="descent", disable=not progress) as bar:
        for index, state in enumerate(stream):
            for stack, weight in zip(weights, state, strict=True):
                stack[index] = weight
            bar.update(kept[index] - bar.n)
            _check_finite(state, kept[max(index - 1, 0)], kept[index], rate)
    story = f"gradient descent with learning rate {rate:g}, on the clock t = tau * learning_rate * step."
    return Trajectory(problem, problem.tau * rate * kept, weights, "gradient descent", story, {"steps": steps})


def descent_step(weights: Any, moments: Moments, learning_rate: float) -> tuple[Any, ...]:
    """Weights after one step of gradient descent."""
    velocity = gradient_flow(0.0, weights, moments)
    return tuple(weight + learning_rate * change for weight, change in zip(weights, velocity, strict=True))


def _stream(problem: Problem, rate: float, strides: Array) -> Iterator[Weights]:
    """The initial weights, then those after each stride."""
    weights = problem.weights
    yield weights
    for stride in strides:
        for _ in range(stride):
            weights = descent_step(weights, problem.moments, rate)
        yield weights


def _compiled_stream(problem: Problem, rate: float, strides: Array) -> Iterator[Weights]:
    """As :func:`_stream`, with the steps of up to 1000 strides in one compiled loop."""
    import jax  # noqa: PLC0415 (half a second, and a compilation)

    @jax.jit
    def advance(weights: Any, moments: Any, block: Any) -> Any:
        def one(_: Any, state: Any) -> Any:
            return descent_step(state, moments, rate)

        def stride(state: Any, count: Any) -> Any:
            after = jax.lax.fori_loop(0, count, one, state)
            return after, after

        return jax.lax.scan(stride, weights, block)

    weights = problem.weights
    yield weights
    for block in np.split(strides, range(1000, len(strides), 1000)):
        with jax.enable_x64(True):
            weights, stacks = advance(weights, problem.moments, block)
        yield from zip(*(np.asarray(stack) for stack in stacks), strict=True)


def _check_finite(weights: Weights, before: int, step: int, rate: float) -> None:
    if not all(np.isfinite(weight).all() for weight in weights):
        raise SolveError(
            what=f"gradient descent with learning rate {rate:g}",
            received=f"diverged between steps {before} and {step}",
            expected="finite weights",
            advice="Lower the learning rate: it must stay below 2 / (largest Hessian eigenvalue along the way).",
        )
