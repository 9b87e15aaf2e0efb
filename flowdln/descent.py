"""Gradient descent: the discrete dynamics that the flow idealises."""

from collections.abc import Callable, Iterator
from functools import cache
from itertools import islice
from typing import Any, TypeVar

import numpy as np
from tqdm import tqdm

from flowdln.errors import SolveError
from flowdln.problem import Problem, require_problem
from flowdln.schedule import Schedule, descent_schedule
from flowdln.trajectory import Trajectory
from flowdln.validation import Weights
from flowdln.vector_field import gradient_flow

Flow = Callable[[Any, Any, Any], tuple[Any, ...]]  # of time, weights and data
Result = TypeVar("Result")
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
        For a learning rate, ``steps`` or ``every`` that is not positive, or not an integer where it must be; more than
        a billion steps, or a result of more than 16 GB.
    SolveError
        If the weights overflow, as they do when ``learning_rate`` times the sharpness stays above 2; the kept steps
        before are its ``trajectory``.

    Examples
    --------
    >>> import flowdln as fl
    >>> problem = fl.Problem(fl.Moments.from_modes([2.0], 1, 1), ([[0.5]], [[0.5]]))
    >>> descend(problem, learning_rate=0.1, steps=100, every=50).modes[:, 0].round(3)
    array([0.25, 2.  , 2.  ])
    """
    require_problem(problem)
    schedule = descent_schedule(learning_rate, steps, every, problem.tau, problem.weights)
    if steps >= COMPILE_FROM if compiled is None else compiled:
        states = _compiled_states(problem, schedule)
    else:
        states = schedule.states(descent_path(problem.weights, problem.moments, schedule.rate))
    story = f"gradient descent with learning rate {schedule.rate:g}, on the clock t = tau * learning_rate * step."

    def trajectory(weights: Weights) -> Trajectory:
        made = schedule.first(len(weights[0]))
        return Trajectory(problem, made.times, weights, "gradient descent", story, {"steps": int(made.kept[-1])})

    return recorded(states, schedule, trajectory, progress=progress)


def descent_step(weights: Any, data: Any, learning_rate: float, flow: Flow = gradient_flow) -> tuple[Any, ...]:
    """Weights after one step of gradient descent: of Euler's method on the flow ``flow(t, weights, data)``."""
    velocity = flow(0.0, weights, data)
    return tuple(weight + learning_rate * change for weight, change in zip(weights, velocity, strict=True))


def descent_path(weights: Any, data: Any, learning_rate: float, flow: Flow = gradient_flow) -> Iterator[Any]:
    """The initial weights, then those after each step of gradient descent, without end."""
    while True:
        yield weights
        weights = descent_step(weights, data, learning_rate, flow)


def recorded(
    states: Iterator[Weights], schedule: Schedule, trajectory: Callable[[Weights], Result], *, progress: bool
) -> Result:
    """Result of ``trajectory`` for the weights that a schedule keeps, stacked, ``L`` arrays ``(K, n_l, n_{l-1})``.

    Raises
    ------
    SolveError
        If they overflow; its ``trajectory`` is that of the steps before.
    """
    stacks: Weights = ()
    kept = schedule.kept
    bar = tqdm(total=kept[-1], desc="descent", disable=not progress)
    with np.errstate(over="ignore", invalid="ignore"), bar:
        for index, state in enumerate(states):
            if not all(np.isfinite(weight).all() for weight in state):
                error = _diverged(schedule.rate, kept[index - 1], kept[index])
                error.trajectory = trajectory(tuple(stack[:index] for stack in stacks))
                raise error
            stacks = stacks or tuple(np.empty((len(kept), *weight.shape)) for weight in state)
            for stack, weight in zip(stacks, state, strict=True):
                stack[index] = weight
            bar.update(kept[index] - bar.n)
    return trajectory(stacks)


def _diverged(rate: float, before: int, step: int) -> SolveError:
    return SolveError(
        f"gradient descent with learning rate {rate:g} diverged between steps {before} and {step}; expected "
        "finite weights. Lower the learning rate: it must stay below 2 / (largest Hessian eigenvalue along "
        "the way)."
    )


@cache
def _compiled_strides() -> Any:
    """A compiled function that makes strides of given numbers of steps ``(B,)``: weights at the end, and after each."""
    import jax  # noqa: PLC0415 (half a second, and a compilation)

    def advance(weights: Any, moments: Any, rate: Any, strides: Any) -> Any:
        def one(_: Any, state: Any) -> Any:
            return descent_step(state, moments, rate)

        def stride(state: Any, count: Any) -> Any:
            after = jax.lax.fori_loop(0, count, one, state)
            return after, after

        return jax.lax.scan(stride, weights, strides)

    return jax.jit(advance)


def _compiled_states(problem: Problem, schedule: Schedule) -> Iterator[Weights]:
    """The weights that are kept, with the steps of up to 1024 strides in one compiled loop.

    Blocks are filled up with strides of no steps to a power of 2, since each length is compiled anew.
    """
    import jax  # noqa: PLC0415

    weights = problem.weights
    yield weights
    strides = np.diff(schedule.kept)
    for block in np.split(strides, range(1024, len(strides), 1024)):
        filled = np.pad(block, (0, 2 ** (len(block) - 1).bit_length() - len(block)))
        with jax.enable_x64(True):
            weights, stacks = _compiled_strides()(weights, problem.moments, schedule.rate, filled)
        yield from islice(zip(*(np.asarray(stack) for stack in stacks), strict=True), len(block))
