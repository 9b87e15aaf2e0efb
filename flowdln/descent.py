"""Gradient descent: the discrete dynamics that the flow idealises."""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from flowdln.errors import SolveError
from flowdln.problem import Problem
from flowdln.trajectory import Trajectory
from flowdln.validation import Array, Weights, positive_integer, positive_number
from flowdln.vector_field import gradient_flow

Flow = Callable[[Any, Any, Any], tuple[Any, ...]]  # of time, weights and data
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
    >>> import flowdln as fl
    >>> problem = fl.Problem(fl.Moments.from_modes([2.0], 1, 1), ([[0.5]], [[0.5]]))
    >>> descend(problem, learning_rate=0.1, steps=100, every=50).modes[:, 0].round(3)
    array([0.25, 2.  , 2.  ])
    """
    schedule = descent_schedule(learning_rate, steps, every)
    if steps >= COMPILE_FROM if compiled is None else compiled:
        states = _compiled_states(problem, schedule)
    else:
        states = schedule.states(descent_path(problem.weights, problem.moments, schedule.rate))
    weights = recorded(states, schedule, progress=progress)
    story = f"gradient descent with learning rate {schedule.rate:g}, on the clock t = tau * learning_rate * step."
    return Trajectory(problem, schedule.times(problem.tau), weights, "gradient descent", story, {"steps": steps})


def descent_step(weights: Any, data: Any, learning_rate: float, flow: Flow = gradient_flow) -> tuple[Any, ...]:
    """Weights after one step of gradient descent: of Euler's method on the flow ``flow(t, weights, data)``."""
    velocity = flow(0.0, weights, data)
    return tuple(weight + learning_rate * change for weight, change in zip(weights, velocity, strict=True))


def descent_path(weights: Any, data: Any, learning_rate: float, flow: Flow = gradient_flow) -> Iterator[Any]:
    """The initial weights, then those after each step of gradient descent, without end."""
    while True:
        yield weights
        weights = descent_step(weights, data, learning_rate, flow)


class Schedule(NamedTuple):
    """A learning rate, and the steps ``(K,)`` whose weights are kept, from 0 on."""

    rate: float
    kept: NDArray[np.int64]

    def times(self, tau: float) -> Array:
        """When these steps are, ``(K,)``, on the clock of the flow."""
        return np.asarray(tau * self.rate * self.kept)

    def states(self, path: Iterator[Any]) -> Iterator[Any]:
        """Those of the weights of a whole path that are kept."""
        return (next(islice(path, stride - 1, None)) for stride in np.diff(self.kept, prepend=-1))


def descent_schedule(learning_rate: float, steps: int, every: int) -> Schedule:
    """Every that many steps, with the first and the last; raises for what :func:`descend` raises for."""
    rate = positive_number("learning_rate", learning_rate, advice="It is the step of gradient descent.")
    for name, count in (("steps", steps), ("every", every)):
        positive_integer(name, count, advice="It counts steps of descent.")
    return Schedule(rate, np.unique([*range(0, steps, every), steps]))


def recorded(states: Iterator[Weights], schedule: Schedule, *, progress: bool) -> Weights:
    """The weights that a schedule keeps, stacked, ``L`` arrays ``(K, n_l, n_{l-1})``; raises where they overflow."""
    stacks: Weights = ()
    rate, kept = schedule
    bar = tqdm(total=kept[-1], desc="descent", disable=not progress)
    with np.errstate(over="ignore", invalid="ignore"), bar:
        for index, state in enumerate(states):
            stacks = stacks or tuple(np.empty((len(kept), *weight.shape)) for weight in state)
            for stack, weight in zip(stacks, state, strict=True):
                stack[index] = weight
            bar.update(kept[index] - bar.n)
            _check_finite(state, kept[max(index - 1, 0)], kept[index], rate)
    return stacks


def _compiled_states(problem: Problem, schedule: Schedule) -> Iterator[Weights]:
    """The weights that are kept, with the steps of up to 1000 strides in one compiled loop."""
    import jax  # noqa: PLC0415 (half a second, and a compilation)

    @jax.jit
    def advance(weights: Any, moments: Any, block: Any) -> Any:
        def one(_: Any, state: Any) -> Any:
            return descent_step(state, moments, schedule.rate)

        def stride(state: Any, count: Any) -> Any:
            after = jax.lax.fori_loop(0, count, one, state)
            return after, after

        return jax.lax.scan(stride, weights, block)

    weights = problem.weights
    yield weights
    strides = np.diff(schedule.kept)
    for block in np.split(strides, range(1000, len(strides), 1000)):
        with jax.enable_x64(True):
            weights, stacks = advance(weights, problem.moments, block)
        yield from zip(*(np.asarray(stack) for stack in stacks), strict=True)


def _check_finite(weights: Weights, before: int, step: int, rate: float) -> None:
    if not all(np.isfinite(weight).all() for weight in weights):
        raise SolveError(
            f"gradient descent with learning rate {rate:g} diverged between steps {before} and {step}; expected "
            "finite weights. Lower the learning rate: it must stay below 2 / (largest Hessian eigenvalue along "
            "the way)."
        )
