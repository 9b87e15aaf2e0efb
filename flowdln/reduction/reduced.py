"""A smaller problem with the same dynamics, and the map that lifts its trajectory back."""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from flowdln.errors import ShapeError
from flowdln.problem import Moments, Problem, require_problem
from flowdln.reduction.frames import Frames, invariant_frames
from flowdln.rounding import clean_product
from flowdln.trajectory import Trajectory
from flowdln.validation import Array, Weights
from flowdln.vector_field import end_to_end


@dataclass(frozen=True, eq=False)
class Reduction:
    r"""A problem written in frames ``R_l`` of the directions that take part in its dynamics.

    .. math:: W_l(t) = R_l W_l'(t) R_{l-1}^T, \quad \text{and } W_1(t) \text{ plus } W_1(0) (I - R_0 R_0^T)

    Parameters
    ----------
    original
        The problem that was reduced.
    problem
        The smaller one, with weights ``W_l'`` of shape ``(r_l, r_{l-1})``; its loss is the same at all times.
        It is ``original`` itself if nothing can be left out.
    frames
        ``(R_0, ..., R_L)``, ``R_l`` of shape ``(n_l, r_l)`` with orthonormal columns; None for the identity.
    """

    original: Problem
    problem: Problem
    frames: Frames

    @property
    def widths(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Widths ``(n_0, ..., n_L)`` before and ``(r_0, ..., r_L)`` after."""
        return self.original.widths, self.problem.widths

    @property
    def story(self) -> str:
        """What was gained, as a sentence; empty if nothing."""
        if self.problem is self.original:
            return ""
        before, after = ("-".join(map(str, widths)) for widths in self.widths)
        return f"By symmetry the network {before} moves as one of {after}, exactly."

    @cached_property
    def frozen(self) -> Array | None:
        """The part of ``W_1``, ``(n_1, n_0)``, on input directions that have no data or nothing to do; None if none."""
        inputs, first = self.frames[0], self.original.weights[0]
        return None if inputs is None else first - first @ inputs @ inputs.T

    def lift_weights(self, weights: Weights) -> Weights:
        """Weights of the original network, ``(..., n_l, n_{l-1})``, from ``(..., r_l, r_{l-1})``."""
        first, *others = (
            _sandwich(a, weight, b) for weight, (b, a) in zip(weights, pairwise(self.frames), strict=True)
        )
        return (first if self.frozen is None else first + self.frozen, *others)

    def lift_product(self, weights: Weights) -> Array:
        """End-to-end map of the original network, ``(..., n_L, n_0)``, without lifting its hidden layers."""
        inputs, *hidden, outputs = self.frames
        product = _sandwich(outputs, end_to_end(weights), inputs)
        if self.frozen is None:
            return product
        if not hidden:
            return product + self.frozen
        seen = self.frozen if hidden[0] is None else hidden[0].T @ self.frozen
        return product + _sandwich(outputs, end_to_end(weights[1:]) @ seen, None)

    def lift(self, trajectory: Trajectory) -> Trajectory:
        """The trajectory of the original problem from one of the reduced problem, by the same method.

        Raises
        ------
        ShapeError
            For a trajectory of networks with other widths.
        """
        if trajectory.problem.widths != self.problem.widths:
            raise ShapeError(
                f"trajectory has widths {trajectory.problem.widths}; expected {self.problem.widths}. Solve "
                "reduction.problem, and lift what comes out."
            )
        if self.problem is self.original:
            return trajectory
        return Trajectory(
            self.original,
            trajectory.ts,
            self.lift_weights(trajectory.weights),
            trajectory.method,
            f"{trajectory.story} {self.story}".strip(),
            trajectory.statistics,
        )


def reduce(problem: Problem) -> Reduction:
    """The smallest problem with the same dynamics that a choice of frames gives; nothing is approximated but rounding.

    Four things go: input directions outside the data; input directions outside the task of which the network knows
    nothing (for inputs with ``sigma_xx = c I``, or wherever eigenvalues coincide); such output directions;
    and of each hidden layer all but the span of ``[W_l, W_{l+1}^T]``. Generic weights 10-1000-10 become 10-20-10.

    Left out is what is 1e-14 of a column or less: a flow that would amplify this to size one amplifies the rounding
    of the weights to one per cent of it. Eigenvalues of ``sigma_xx`` count as equal to 1e-13 of themselves,
    whatever the units of the inputs. Source: derived in ``derivations/symmetry.py``.

    Examples
    --------
    >>> from flowdln.initial import small_random
    >>> moments = Moments.from_modes([3.0, 2.0, 1.0], n_in=10, n_out=10)
    >>> reduce(Problem(moments, small_random((10, 1000, 10), scale=1e-3))).widths
    ((10, 1000, 10), (10, 20, 10))
    """
    frames = invariant_frames(require_problem(problem))
    if all(frame is None for frame in frames):
        return Reduction(problem, problem, frames)
    inputs, outputs = _transposed(frames[0]), _transposed(frames[-1])
    sigma_xx, span = problem.moments.sigma_xx, frames[0]
    if span is not None:
        sigma_xx = clean_product(span, sigma_xx, span).matrix
    sigma_yx = _sandwich(outputs, problem.moments.sigma_yx, inputs)
    moments = Moments((sigma_xx + sigma_xx.T) / 2, sigma_yx, problem.moments.trace_yy)
    weights = tuple(
        _sandwich(_transposed(above), weight, _transposed(below))
        for weight, (below, above) in zip(problem.weights, pairwise(frames), strict=True)
    )
    return Reduction(problem, Problem(moments, weights, problem.tau), frames)


def _sandwich(left: Array | None, matrix: Array, right: Array | None) -> Array:
    """``left @ matrix @ right.T``, None being the identity."""
    product = matrix if right is None else matrix @ right.T
    return product if left is None else np.asarray(left @ product)


def _transposed(frame: Array | None) -> Array | None:
    return None if frame is None else frame.T
