"""Validation of user input."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from flowdln.errors import InputError, ShapeError

Array = NDArray[np.float64]
Weights = tuple[Array, ...]

SYMMETRY_TOLERANCE = 1e-10  # relative: what rounding leaves of the symmetry of <x x^T>, with room
RANK_TOLERANCE = 1e-12  # relative to the largest singular value: smaller ones are rounding
MOST_LAYERS = 10**6
SMALLEST_STRENGTH, LARGEST_STRENGTH = 1e-307, 1e100
MOMENT_TOLERANCE = 1e-8  # relative: what the shift below leaves of tr(sigma_yx sigma_xx^+ sigma_yx^T) <= trace_yy


def real_array(
    name: str, values: ArrayLike, ndim: int | None, *, stacked: bool = False, infinite: bool = False
) -> Array:
    """``values`` as a float64 array with ``ndim`` axes, or any number if None; integers and booleans are converted.

    ``stacked`` allows more axes in front, ``infinite`` positive and negative infinity.

    Raises
    ------
    InputError
        For complex, object, masked or text entries, and for NaN or infinity in float64 (the first place is named).
    ShapeError
        For a wrong number of axes, ragged rows, or no entries.
    """
    array = _as_array(name, values, ndim)
    if array.dtype.kind not in "fiub":
        raise InputError(
            f"{name} has entries of type {array.dtype}; expected real numbers. Convert it with .real or "
            ".astype(float) if that is what you mean."
        )
    if np.ma.is_masked(values):
        raise InputError(
            f"{name} has {np.ma.count_masked(values)} masked entries; expected numbers only. Fill them in with "
            ".filled(value), or drop these samples."
        )
    if ndim is not None and (array.ndim < ndim or (array.ndim > ndim and not stacked)):
        advice = (
            "For one column write array.reshape(-1, 1), for one row array.reshape(1, -1)."
            if (array.ndim, ndim) == (1, 2)
            else f"Index it or reshape it to {ndim} axes."
        )
        raise ShapeError(f"{name} has shape {array.shape}; expected {ndim} axes. {advice}")
    if array.size == 0:
        raise ShapeError(
            f"{name} has shape {array.shape}; expected at least one entry. It is empty: check how it was read or "
            "sliced."
        )
    with np.errstate(over="ignore"):
        numbers = array.astype(np.float64)
    wrong = np.isnan(numbers) | (np.isinf(numbers) & (not infinite))
    if wrong.any():
        places = np.argwhere(wrong)
        raise InputError(
            f"{name} has {len(places)} entries that are NaN or infinite in float64, the first at "
            f"{tuple(places[0].tolist())}; expected finite numbers. Remove or fill in those entries."
        )
    return numbers


def _as_array(name: str, values: ArrayLike, ndim: int | None) -> Any:
    try:
        return np.asarray(values)
    except ValueError as error:
        raise ShapeError(
            f"{name} has rows of different lengths; expected a rectangular array{f' with {ndim} axes' if ndim else ''}."
            " Give every row the same number of entries."
        ) from error
    except (TypeError, RecursionError, OverflowError) as error:
        raise InputError(
            f"{name} is no array ({error}); expected real numbers. Pass a list or a NumPy array."
        ) from error


def real_numbers(
    name: str,
    values: Any,
    *,
    at_least: float = -np.inf,
    above: float = -np.inf,
    below: float = np.inf,
    infinite: bool = False,
) -> Any:
    """``values`` as a float64 array of any shape, checked to be in a range; SymPy's expressions pass as they are.

    Raises
    ------
    InputError
        As :func:`real_array`, and for numbers outside the range.
    """
    if hasattr(values, "free_symbols"):
        return values
    numbers = real_array(name, values, None, infinite=infinite)
    wrong = (numbers < at_least) | (numbers <= above) | (numbers >= below) & (below < np.inf)
    if wrong.any():
        bounds = [(at_least, "at least"), (above, "above"), (below, "below")]
        expected = " and ".join(f"{word} {bound:g}" for bound, word in bounds if np.isfinite(bound))
        raise InputError(f"{name} has the value {numbers[wrong].flat[0]:g}; expected numbers {expected}.")
    return numbers


def real_number(name: str, value: Any, **bounds: Any) -> Any:
    """``value`` as one float, checked as by :func:`real_numbers`."""
    number = real_numbers(name, value, **bounds)
    if hasattr(number, "free_symbols"):
        return number
    if number.ndim:
        raise ShapeError(f"{name} has shape {number.shape}; expected one number. Call the function for each.")
    return float(number)


def broadcast_strengths(**values: Any) -> tuple[Any, ...]:
    """As :func:`broadcast_numbers`, for strengths whose powers float64 has to hold."""
    for name, value in values.items():
        sizes = np.abs(real_numbers(name, value))
        wrong = (sizes > 0) & ((sizes < SMALLEST_STRENGTH) | (sizes > LARGEST_STRENGTH))
        if wrong.any():
            mode_strength(name, sizes[wrong].flat[0])
    return broadcast_numbers(**values)


def broadcast_numbers(**values: Any) -> tuple[Any, ...]:
    """Numbers or arrays of the given names as float64 arrays of one shape, checked to be finite."""
    arrays = [real_numbers(name, value) for name, value in values.items()]
    try:
        return tuple(np.broadcast_arrays(*arrays))
    except ValueError as error:
        shapes = ", ".join(f"{name} of shape {np.shape(array)}" for name, array in zip(values, arrays, strict=True))
        raise ShapeError(f"the arguments do not fit together: {shapes}; expected one common shape.") from error


def time_points(t: Any) -> Any:
    """``t`` as float64 of any shape, checked not to be negative; infinity is the limit of late times."""
    return real_numbers("t", t, at_least=0.0, infinite=True)


def valid_depth(depth: Any) -> Any:
    """``depth`` as an int, checked to count layers; SymPy's expressions pass as they are."""
    if hasattr(depth, "free_symbols"):
        return depth
    count = whole_number("depth", depth, least=1, advice="It counts layers.")
    if count > MOST_LAYERS:
        raise InputError(
            f"depth has {len(str(count))} digits; expected at most {MOST_LAYERS:,}. Use the limit of infinite depth."
        )
    return count


def mode_strength(name: str, value: Any) -> Any:
    """A strength of a layer or mode as a float, checked to be 0 or of a size whose powers float64 holds."""
    number = real_number(name, value)
    if hasattr(number, "free_symbols") or number == 0 or SMALLEST_STRENGTH <= abs(number) <= LARGEST_STRENGTH:
        return number
    raise InputError(
        f"{name} is {number:g}; expected 0, or a size from {SMALLEST_STRENGTH:g} to {LARGEST_STRENGTH:g}. Use other "
        "units."
    )


def whole_number(name: str, value: Any, *, least: int, advice: str) -> int:
    """``value`` as an int of at least ``least``; ``advice`` ends the message otherwise."""
    if isinstance(value, (int, np.integer)) and not isinstance(value, bool) and value >= least:
        return int(value)
    raise InputError(f"{name} is {value!r}; expected an integer of at least {least}. {advice}")


def probability(name: str, value: Any, *, advice: str) -> float:
    """``value`` as a float between 0 and 1; ``advice`` ends the message otherwise."""
    if isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool) and 0 <= value <= 1:
        return float(value)
    raise InputError(f"{name} is {value!r}; expected a number between 0 and 1. {advice}")


def valid_seed(seed: Any) -> np.random.Generator:
    """Random generator from an integer or a generator.

    Raises
    ------
    InputError
        For anything else.
    """
    if isinstance(seed, np.random.Generator):
        return seed
    if isinstance(seed, (int, np.integer)) and not isinstance(seed, bool) and 0 <= seed < 2**128:
        return np.random.default_rng(int(seed))
    raise InputError(
        f"seed is {_shown(seed)}; expected an integer from 0 to 2**128 - 1, or a numpy.random.Generator. The default "
        "is 0."
    )


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def valid_times(ts: ArrayLike) -> Array:
    """``ts`` as float64, checked to be increasing and not negative."""
    times = real_array("ts", ts, 1)
    if times[0] < 0:
        raise InputError(
            f"ts starts at {times[0]:g}; expected times from 0 on. The initial weights are those at time 0."
        )
    if (np.diff(times) <= 0).any():
        place = int(np.argmax(np.diff(times) <= 0))
        raise InputError(
            f"ts has {times[place + 1]:g} after {times[place]:g} (at index {place + 1}); expected increasing times. "
            "Sort them and drop duplicates: numpy.unique(ts)."
        )
    return times


def positive_number(name: str, value: Any, *, advice: str) -> float:
    """``value`` as a float, checked to be finite and positive; ``advice`` ends the message otherwise."""
    number = isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)
    if number and 0 < value <= np.finfo(float).max:
        return float(value)
    raise InputError(f"{name} is {value!r}; expected a positive number. {advice}")


def positive_integer(name: str, value: Any, *, advice: str) -> int:
    """``value`` as an int, checked to be a positive one; ``advice`` ends the message otherwise."""
    if isinstance(value, (int, np.integer)) and not isinstance(value, bool) and value > 0:
        return int(value)
    raise InputError(f"{name} is {value!r}; expected a positive integer. {advice}")


@contextmanager
def within_float64(result: str) -> Iterator[None]:
    """Refuse products that overflow, as a context or a decorator; ``result`` is the quantity computed.

    Raises
    ------
    InputError
        If a number exceeds the largest of float64, or is the ratio of two that underflow.
    """
    try:
        with np.errstate(over="raise", invalid="raise", divide="raise"):
            yield
    except FloatingPointError as error:
        raise InputError(
            f"{result} is beyond float64; expected numbers below 1.8e308. Use other units, or arguments closer in size."
        ) from error


def in_units_of(tau: float, times: Array) -> Array:
    """``times / tau``, checked to be finite."""
    with np.errstate(over="ignore"):
        clock = times / tau
    if not np.isfinite(clock).all():
        raise InputError(f"ts / tau overflows, for tau = {tau:g}; expected finite numbers. Use shorter times.")
    return clock


def valid_moments(sigma_xx: ArrayLike, sigma_yx: ArrayLike, trace_yy: ArrayLike) -> tuple[Array, Array, float]:
    """Second moments as float64, checked to be ones that some data have; ``sigma_xx`` symmetric to the last bit."""
    sigma_xx = real_array("sigma_xx", sigma_xx, 2)
    sigma_yx = real_array("sigma_yx", sigma_yx, 2)
    total = float(real_array("trace_yy", trace_yy, 0))
    n_in = sigma_yx.shape[1]
    if sigma_xx.shape != (n_in, n_in):
        raise ShapeError(
            f"sigma_xx has shape {sigma_xx.shape}; expected {(n_in, n_in)}. sigma_yx has shape {sigma_yx.shape}, "
            f"so there are {n_in} inputs."
        )
    units = unit_scales(sigma_xx)
    asymmetry = np.abs(sigma_xx - sigma_xx.T) / np.outer(units, units)
    if asymmetry.max() > SYMMETRY_TOLERANCE:
        raise InputError(
            f"sigma_xx differs from its transpose by {np.abs(sigma_xx - sigma_xx.T).max():.3g}; expected a symmetric "
            "matrix. It is the second moment <x x^T>; symmetrise it as (sigma_xx + sigma_xx.T) / 2 if that is meant."
        )
    sigma_xx = (sigma_xx + sigma_xx.T) / 2
    explained = _explained(sigma_xx, sigma_yx)
    if explained > total + MOMENT_TOLERANCE * max(abs(total), explained):
        raise InputError(
            f"trace_yy is {total:.6g}; expected at least tr(sigma_yx sigma_xx^+ sigma_yx^T) = {explained:.6g}, or "
            "the loss could be negative. No data have these moments; make them with Moments.from_data(inputs, "
            "targets)."
        )
    return sigma_xx, sigma_yx, total


def unit_scales(second_moment: Array) -> Array:
    """Root-mean-square size ``(n,)`` of each feature, 1 for a feature that is zero."""
    power = np.abs(np.diag(second_moment))
    return np.where(power > 0, np.sqrt(power), 1.0)


def _explained(sigma_xx: Array, sigma_yx: Array) -> float:
    """``tr(sigma_yx sigma_xx^+ sigma_yx^T)``, infinite in effect where sigma_yx leaves the range of sigma_xx."""
    units = unit_scales(sigma_xx)
    correlation = sigma_xx / np.outer(units, units)
    try:
        factor = np.linalg.cholesky(correlation + SYMMETRY_TOLERANCE * np.eye(len(units)))
    except np.linalg.LinAlgError as error:
        raise InputError(
            f"sigma_xx has the eigenvalue {np.linalg.eigvalsh(sigma_xx)[0]:.3g}; expected none below zero. It is the "
            "second moment <x x^T>, which is positive semidefinite."
        ) from error
    return float(np.sum(np.linalg.solve(factor, (sigma_yx / units).T) ** 2))


def valid_weights(weights: Any, n_in: int, n_out: int) -> Weights:
    """Weights as float64, checked to lead from ``n_in`` inputs to ``n_out`` outputs."""
    if not isinstance(weights, (tuple, list)):
        raise ShapeError(
            f"weights is of type {type(weights).__name__}; expected a tuple of arrays, one for each layer. For a "
            "single layer write (W,)."
        )
    if len(weights) == 0:
        raise ShapeError("weights has no layers; expected some. Pass (W_1, ..., W_L).")
    arrays = tuple(real_array(f"weights[{i}]", weight, 2) for i, weight in enumerate(weights))
    _check_width("weights[0]", arrays[0], 1, n_in, f"The data have {n_in} inputs.")
    for i, (below, above) in enumerate(pairwise(arrays), start=1):
        _check_width(f"weights[{i}]", above, 1, len(below), f"Layer {i} (weights[{i - 1}]) has {len(below)} outputs.")
    _check_width(f"weights[{len(arrays) - 1}]", arrays[-1], 0, n_out, f"The data have {n_out} outputs.")
    return arrays


def _check_width(name: str, weight: Array, axis: int, width: int, reason: str) -> None:
    if weight.shape[axis] != width:
        expected = (width, weight.shape[1]) if axis == 0 else (weight.shape[0], width)
        transposed = weight.shape[1 - axis] == width
        advice = ": transpose it?" if transposed else "."
        raise ShapeError(
            f"{name} has shape {weight.shape}; expected {expected}. {reason} W_l has shape (outputs, inputs){advice}"
        )
