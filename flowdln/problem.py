"""The problem a network is trained on: second moments of the data, initial weights, a time constant.

Everything is validated here, once, when a :class:`Problem` is built; the rest of the package trusts it.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike

from flowdln.choices import chosen
from flowdln.errors import InputError, ShapeError
from flowdln.memory import require_memory
from flowdln.records import read_only, rebuilt
from flowdln.spectra import principal_axes
from flowdln.validation import (
    Weights,
    positive_number,
    real_array,
    valid_moments,
    valid_seed,
    valid_weights,
    whole_number,
    within_float64,
)


class Moments(NamedTuple):
    """Second moments of inputs ``x`` and targets ``y``: all that a linear network sees of its data.

    A named tuple, hence a JAX pytree; the fields may be arrays of any library, or symbols.
    Arrays that reach :class:`Problem` are validated there.

    Parameters
    ----------
    sigma_xx : (n_0, n_0)
        ``<x x^T>``.
    sigma_yx : (n_L, n_0)
        ``<y x^T>``.
    trace_yy
        ``<|y|^2>``.
    """

    sigma_xx: Any
    sigma_yx: Any
    trace_yy: Any

    @classmethod
    def from_data(cls, inputs: ArrayLike, targets: ArrayLike, *, reduction: str = "mean") -> Self:
        """Moments of samples, one sample a row.

        Parameters
        ----------
        inputs : (P, n_0)
        targets : (P, n_L)
        reduction
            ``"mean"`` over samples, or ``"sum"`` as in Saxe et al. 2014; the two differ by a factor ``P`` in time.

        Raises
        ------
        InputError, ShapeError
            As :func:`real_array`; when the numbers of rows differ or ``reduction`` is unknown; and for data whose
            second moments overflow or underflow in float64.

        Examples
        --------
        >>> Moments.from_data([[1, 0], [0, 1]], [[2], [4]]).sigma_yx
        array([[1., 2.]])
        """
        x, y = real_array("inputs", inputs, 2), real_array("targets", targets, 2)
        if len(x) != len(y):
            columns = x.shape[1] == y.shape[1]
            advice = (
                "Both have their samples in columns, it seems: pass inputs.T and targets.T."
                if columns
                else "Rows are samples."
            )
            raise ShapeError(
                f"targets has shape {y.shape}; expected {len(x)} rows, one for each row of inputs, which has "
                f"shape {x.shape}. {advice}"
            )
        chosen("reduction", reduction, ("mean", "sum"), advice="The default is 'mean'.")
        count = len(x) if reduction == "mean" else 1
        with within_float64("the second moment of the data"):
            moments = cls(x.T @ x / count, y.T @ x / count, np.sum(y * y) / count)
        if ((np.diag(moments.sigma_xx) == 0) & x.any(axis=0)).any():
            raise InputError(
                "inputs has a feature whose second moment is below the smallest number of float64; expected sizes "
                "above 1e-160. Use smaller units for that feature."
            )
        return moments

    @classmethod
    def from_modes(
        cls, singular_values: ArrayLike, n_in: int, n_out: int, *, seed: int | np.random.Generator = 0
    ) -> Self:
        """Moments of whitened inputs and noiseless targets, with prescribed singular values of ``sigma_yx``.

        ``sigma_xx = I``, ``sigma_yx = U diag(s) V^T`` with random orthonormal ``U`` and ``V``.

        Parameters
        ----------
        singular_values : (r,)
            Non-negative, ``r <= min(n_in, n_out)``.
        n_in, n_out
            Numbers of inputs and outputs.
        seed
            An integer or a :class:`numpy.random.Generator`.

        Raises
        ------
        InputError, ShapeError
            For a negative singular value, or more of them than the smaller of the two sizes.

        Examples
        --------
        >>> moments = Moments.from_modes([3.0, 1.0], n_in=4, n_out=2)
        >>> bool(np.allclose(np.linalg.svd(moments.sigma_yx).S, [3, 1]))
        True
        """
        strengths = real_array("singular_values", singular_values, 1)
        n_in = whole_number("n_in", n_in, least=1, advice="It counts the inputs.")
        n_out = whole_number("n_out", n_out, least=1, advice="It counts the outputs.")
        require_memory("sigma_xx and sigma_yx", 8 * n_in * (n_in + n_out), advice="Use fewer inputs or outputs.")
        if (strengths < 0).any():
            raise InputError(
                f"singular_values has the entry {strengths.min()}; expected non-negative numbers. A sign belongs "
                "to a singular vector."
            )
        if len(strengths) > min(n_in, n_out):
            raise ShapeError(
                f"singular_values has {len(strengths)} entries; expected at most min(n_in, n_out) = "
                f"{min(n_in, n_out)}. Widen the network or drop modes."
            )
        rng = valid_seed(seed)
        left = np.linalg.qr(rng.standard_normal((n_out, len(strengths)))).Q
        right = np.linalg.qr(rng.standard_normal((n_in, len(strengths)))).Q
        with within_float64("the power of the targets"):
            return cls(np.eye(n_in), left * strengths @ right.T, np.sum(strengths**2))

    def whitened(self) -> "Moments":
        """Moments of the inputs ``sigma_xx^(-1/2) x``: ``sigma_xx`` becomes the projector on the span of the data.

        Examples
        --------
        >>> Moments(np.diag([4.0, 0.0]), np.array([[2.0, 0.0]]), 1.0).whitened().sigma_yx
        array([[1., 0.]])
        """
        _, span, task = principal_axes(self.sigma_xx, self.sigma_yx)
        return Moments(span @ span.T, task @ span.T, self.trace_yy)


@dataclass(frozen=True, eq=False)
class Problem:
    """A network and what it is trained on: ``tau dW_l/dt = -dE/dW_l`` from ``weights`` at ``t = 0``.

    Parameters
    ----------
    moments
        Second moments of the data.
    weights
        Initial weights ``(W_1, ..., W_L)``, input side first, ``W_l`` of shape ``(n_l, n_{l-1})``.
    tau
        Time constant, in the unit of time of the caller.

    Raises
    ------
    InputError
        Entries that are not finite real numbers; ``sigma_xx`` not symmetric or not positive semidefinite;
        moments that no data have; ``tau`` not positive; no layers.
    ShapeError
        Widths that do not fit together.

    Examples
    --------
    >>> problem = Problem(Moments.from_modes([2.0], 3, 2), (np.ones((4, 3)), np.ones((2, 4))))
    >>> problem
    Problem(3-4-2, tau=1)
    """

    moments: Moments
    weights: Weights
    tau: float = 1.0

    def __repr__(self) -> str:
        return f"Problem({'-'.join(map(str, self.widths))}, tau={self.tau:g})"

    def __post_init__(self) -> None:
        """Validate, convert to float64, and make read-only."""
        sigma_xx, sigma_yx, trace_yy = require_moments(self.moments)
        moments = Moments(read_only(sigma_xx), read_only(sigma_yx), trace_yy)
        weights = tuple(map(read_only, valid_weights(self.weights, *sigma_yx.shape[::-1])))
        tau = positive_number("tau", self.tau, advice="Time is measured in it.")
        for name, value in (("moments", moments), ("weights", weights), ("tau", tau)):
            object.__setattr__(self, name, value)

    __reduce__ = rebuilt

    @property
    def depth(self) -> int:
        """Number of weight matrices ``L``."""
        return len(self.weights)

    @property
    def widths(self) -> tuple[int, ...]:
        """``(n_0, ..., n_L)``."""
        return (self.weights[0].shape[1], *(len(weight) for weight in self.weights))


def require_problem(problem: Any) -> Problem:
    """``problem``, checked to be one.

    Raises
    ------
    InputError
        For anything else.
    """
    if isinstance(problem, Problem):
        return problem
    raise InputError(
        f"problem is a {type(problem).__name__}; expected flowdln.Problem. Make it with Problem(moments, weights)."
    )


def require_moments(moments: Any) -> Moments:
    """Moments with their fields checked as those of a problem are.

    Raises
    ------
    InputError, ShapeError
        For anything else, and as :class:`Problem`.
    """
    if isinstance(moments, Moments):
        return Moments(*valid_moments(*moments))
    raise InputError(
        f"moments is a {type(moments).__name__}; expected flowdln.Moments. Make it with Moments.from_data(inputs, "
        "targets)."
    )
