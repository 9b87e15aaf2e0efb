"""The problem a network is trained on: second moments of the data, initial weights, a time constant.

Everything a user hands over is checked here, once; the rest of the package trusts it.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from flowdln.errors import InputError, ShapeError

Array = NDArray[np.float64]
Weights = tuple[Array, ...]

SYMMETRY_TOLERANCE = 1e-10  # relative: what rounding leaves of the symmetry of <x x^T>, with room
MOMENT_TOLERANCE = 1e-8  # relative: what the shift below leaves of tr(sigma_yx sigma_xx^+ sigma_yx^T) <= trace_yy


def real_array(name: str, values: ArrayLike, ndim: int) -> Array:
    """``values`` as a finite float64 array with ``ndim`` axes; integers and booleans are converted.

    Raises
    ------
    InputError
        For complex, object or text entries, and for NaN or infinity (the first place is named).
    ShapeError
        For a wrong number of axes, ragged rows, or no entries.
    """
    try:
        array = np.asarray(values)
    except ValueError as error:
        raise ShapeError(
            what=name,
            received="has rows of different lengths",
            expected=f"a rectangular array with {ndim} axes",
            advice="Give every row the same number of entries.",
        ) from error
    if array.dtype.kind not in "fiub":
        raise InputError(
            what=name,
            received=f"has entries of type {array.dtype}",
            expected="real numbers",
            advice="Convert it with .real or .astype(float) if that is what you mean.",
        )
    if array.ndim != ndim:
        raise ShapeError(
            what=name,
            received=f"has shape {array.shape}",
            expected=f"{ndim} axes",
            advice="Write one number per sample as a column: array.reshape(-1, 1)." if array.ndim == 1 else "",
        )
    if array.size == 0:
        raise ShapeError(what=name, received=f"has shape {array.shape}", expected="entries", advice="It is empty.")
    if not np.isfinite(array).all():
        places = np.argwhere(~np.isfinite(array))
        raise InputError(
            what=name,
            received=f"has {len(places)} entries that are NaN or infinite, the first at {tuple(places[0].tolist())}",
            expected="finite numbers",
            advice="Remove or fill in those entries.",
        )
    return array.astype(np.float64)


def positive_number(name: str, value: Any, *, advice: str) -> float:
    """``value`` as a float, checked to be finite and positive; ``advice`` ends the message otherwise."""
    if isinstance(value, (int, float, np.integer, np.floating)) and np.isfinite(value) and value > 0:
        return float(value)
    raise InputError(what=name, received=f"is {value!r}", expected="a positive number", advice=advice)


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
            As :func:`real_array`; and when the numbers of rows differ or ``reduction`` is unknown.

        Examples
        --------
        >>> Moments.from_data([[1, 0], [0, 1]], [[2], [4]]).sigma_yx
        array([[1., 2.]])
        """
        x, y = real_array("inputs", inputs, 2), real_array("targets", targets, 2)
        if len(x) != len(y):
            columns = x.shape[1] == y.shape[1]
            raise ShapeError(
                what="targets",
                received=f"has shape {y.shape}",
                expected=f"{len(x)} rows, one for each row of inputs, which has shape {x.shape}",
                advice="Both have their samples in columns, it seems: pass inputs.T and targets.T."
                if columns
                else "Rows are samples.",
            )
        if reduction not in {"mean", "sum"}:
            raise InputError(
                what="reduction",
                received=f"is {reduction!r}",
                expected="'mean' or 'sum'",
                advice="The default is 'mean'.",
            )
        count = len(x) if reduction == "mean" else 1
        return cls(x.T @ x / count, y.T @ x / count, np.sum(y * y) / count)

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
        if (strengths < 0).any():
            raise InputError(
                what="singular_values",
                received=f"has the entry {strengths.min()}",
                expected="non-negative numbers",
                advice="A sign belongs to a singular vector.",
            )
        if len(strengths) > min(n_in, n_out):
            raise ShapeError(
                what="singular_values",
                received=f"has {len(strengths)} entries",
                expected=f"at most min(n_in, n_out) = {min(n_in, n_out)}",
                advice="Widen the network or drop modes.",
            )
        rng = np.random.default_rng(seed)
        left = np.linalg.qr(rng.standard_normal((n_out, len(strengths)))).Q
        right = np.linalg.qr(rng.standard_normal((n_in, len(strengths)))).Q
        return cls(np.eye(n_in), left * strengths @ right.T, np.sum(strengths**2))


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
    >>> problem.widths
    (3, 4, 2)
    """

    moments: Moments
    weights: Weights
    tau: float = 1.0

    def __post_init__(self) -> None:
        """Validate, convert to float64, and make read-only."""
        moments = _valid_moments(self.moments)
        weights = _valid_weights(self.weights, moments)
        tau = positive_number("tau", self.tau, advice="Time is measured in it.")
        for array in (moments.sigma_xx, moments.sigma_yx, *weights):
            array.setflags(write=False)
        for name, value in (("moments", moments), ("weights", weights), ("tau", tau)):
            object.__setattr__(self, name, value)

    @property
    def depth(self) -> int:
        """Number of weight matrices ``L``."""
        return len(self.weights)

    @property
    def widths(self) -> tuple[int, ...]:
        """``(n_0, ..., n_L)``."""
        return (self.weights[0].shape[1], *(len(weight) for weight in self.weights))


def _valid_moments(moments: Moments) -> Moments:
    if not isinstance(moments, Moments):
        raise InputError(
            what="moments",
            received=f"is a {type(moments).__name__}",
            expected="flowdln.Moments",
            advice="Make it with Moments.from_data(inputs, targets).",
        )
    sigma_xx = real_array("sigma_xx", moments.sigma_xx, 2)
    sigma_yx = real_array("sigma_yx", moments.sigma_yx, 2)
    trace_yy = float(real_array("trace_yy", moments.trace_yy, 0))
    n_in = sigma_yx.shape[1]
    if sigma_xx.shape != (n_in, n_in):
        raise ShapeError(
            what="sigma_xx",
            received=f"has shape {sigma_xx.shape}",
            expected=f"{(n_in, n_in)}",
            advice=f"sigma_yx has shape {sigma_yx.shape}, so there are {n_in} inputs.",
        )
    asymmetry, size = np.abs(sigma_xx - sigma_xx.T).max(), np.abs(sigma_xx).max()
    if asymmetry > SYMMETRY_TOLERANCE * size:
        raise InputError(
            what="sigma_xx",
            received=f"differs from its transpose by {asymmetry:.3g}",
            expected="a symmetric matrix",
            advice="It is the second moment <x x^T>; symmetrise it as (sigma_xx + sigma_xx.T) / 2 if that is meant.",
        )
    sigma_xx = (sigma_xx + sigma_xx.T) / 2
    explained = _explained(sigma_xx, sigma_yx)
    if explained > trace_yy + MOMENT_TOLERANCE * max(abs(trace_yy), explained):
        raise InputError(
            what="trace_yy",
            received=f"is {trace_yy:.6g}",
            expected=f"at least tr(sigma_yx sigma_xx^+ sigma_yx^T) = {explained:.6g}, or the loss could be negative",
            advice="No data have these moments; make them with Moments.from_data(inputs, targets).",
        )
    return Moments(sigma_xx, sigma_yx, trace_yy)


def _explained(sigma_xx: Array, sigma_yx: Array) -> float:
    """``tr(sigma_yx sigma_xx^+ sigma_yx^T)``, infinite in effect where sigma_yx leaves the range of sigma_xx."""
    shift = SYMMETRY_TOLERANCE * max(np.abs(sigma_xx).max(), np.finfo(float).tiny)
    try:
        factor = np.linalg.cholesky(sigma_xx + shift * np.eye(len(sigma_xx)))
    except np.linalg.LinAlgError as error:
        raise InputError(
            what="sigma_xx",
            received=f"has the eigenvalue {np.linalg.eigvalsh(sigma_xx)[0]:.3g}",
            expected="none below zero",
            advice="It is the second moment <x x^T>, which is positive semidefinite.",
        ) from error
    return float(np.sum(np.linalg.solve(factor, sigma_yx.T) ** 2))


def _valid_weights(weights: Any, moments: Moments) -> Weights:
    if isinstance(weights, np.ndarray) and weights.ndim == 2:
        raise ShapeError(
            what="weights",
            received="is one array",
            expected="a tuple of arrays, one for each layer",
            advice="For a single layer write (W,).",
        )
    if len(weights) == 0:
        raise ShapeError(what="weights", received="has no layers", expected="some", advice="Pass (W_1, ..., W_L).")
    arrays = tuple(real_array(f"weights[{i}]", weight, 2) for i, weight in enumerate(weights))
    n_out, n_in = moments.sigma_yx.shape
    _check_width("weights[0]", arrays[0], 1, n_in, f"The data have {n_in} inputs.")
    for i, (below, above) in enumerate(pairwise(arrays), start=1):
        _check_width(f"weights[{i}]", above, 1, len(below), f"Layer {i} (weights[{i - 1}]) has {len(below)} outputs.")
    _check_width(f"weights[{len(arrays) - 1}]", arrays[-1], 0, n_out, f"The data have {n_out} outputs.")
    return arrays


def _check_width(name: str, weight: Array, axis: int, width: int, reason: str) -> None:
    if weight.shape[axis] != width:
        expected = (width, weight.shape[1]) if axis == 0 else (weight.shape[0], width)
        transposed = weight.shape[1 - axis] == width
        raise ShapeError(
            what=name,
            received=f"has shape {weight.shape}",
            expected=f"{expected}",
            advice=f"{reason} W_l has shape (outputs, inputs)" + (": transpose it?" if transposed else "."),
        )
