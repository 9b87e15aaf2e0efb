"""From arrays that show something to the smallest and simplest ones that still show it."""

from collections.abc import Callable, Iterator
from itertools import chain

import numpy as np

from flowdln.symbolic.random_arrays import Arrays, Shapes
from flowdln.validation import Array

Complexity = tuple[float, ...]
SIMPLE = (0.0, 0.5, 1.0, 2.0, 3.0, -1.0)
DRAWS = 300


def shrink(arrays: Arrays, shapes: Shapes, shows: Callable[[Arrays], bool]) -> Arrays:
    """The simplest arrays reached for which ``shows`` holds, by steps to simpler ones; it holds for ``arrays``.

    Fewer rows and columns come first, then entries that are multiples of 1/2, zeros, integers, and small and
    positive numbers.

    Examples
    --------
    >>> shrink({"x": np.array([3.7, -2.9, 0.4])}, {"x": ("n",)}, lambda arrays: arrays["x"].min() < 0)
    {'x': array([-1.])}
    """
    complexity = _complexity(arrays)
    step = True
    while step:
        step = False
        steps = (_without_one_index(arrays, shapes), _rounded(arrays), _with_simpler_entry(arrays), _redrawn(arrays))
        for simpler in chain(*steps):
            if (found := _complexity(simpler)) < complexity and shows(simpler):
                arrays, complexity, step = simpler, found, True
                break
    return {name: array + 0.0 for name, array in arrays.items()}  # no zero with a sign


def _complexity(arrays: Arrays) -> Complexity:
    entries = np.concatenate([np.ravel(array) for array in arrays.values()])
    return (
        entries.size,
        int((2 * entries % 1 != 0).sum()),
        int(np.count_nonzero(entries)),
        int((entries % 1 != 0).sum()),
        float(np.abs(entries).sum()),
        int((entries < 0).sum()),
    )


def _without_one_index(arrays: Arrays, shapes: Shapes) -> Iterator[Arrays]:
    """The arrays with one row or column less, in all of those that share its size."""
    sizes = {name: n for key, shape in shapes.items() for name, n in zip(shape, arrays[key].shape, strict=True)}
    for name, n in sizes.items():
        for index in range(n if n > 1 else 0):
            yield {key: _delete(array, index, name, shapes[key]) for key, array in arrays.items()}


def _delete(array: Array, index: int, name: str, shape: tuple[str, ...]) -> Array:
    for axis, size_name in enumerate(shape):
        if size_name == name:
            array = np.delete(array, index, axis)
    return array


def _rounded(arrays: Arrays) -> Iterator[Arrays]:
    for key, array in arrays.items():
        largest = np.abs(array).max()
        for new in (np.sign(array), np.round(array), np.round(2 * array) / 2):
            yield arrays | {key: new}
        if largest > 0:
            yield arrays | {key: np.round(2 * array / largest) / 2}
            yield arrays | {key: array / largest}


def _with_simpler_entry(arrays: Arrays) -> Iterator[Arrays]:
    for key, array in arrays.items():
        for entry in np.ndindex(array.shape):
            x = array[entry]
            for new in (0.0, np.sign(x), abs(x), np.round(x), np.round(2 * x) / 2, np.sign(x) / 2, np.trunc(x / 2)):
                changed = np.array(array, dtype=float)
                changed[entry] = new
                yield arrays | {key: changed}


def _redrawn(arrays: Arrays) -> Iterator[Arrays]:
    """The arrays with all entries drawn anew from simple numbers, for what has to be changed together."""
    rng = np.random.default_rng(0)
    for _ in range(DRAWS):
        yield {key: rng.choice(SIMPLE, array.shape) for key, array in arrays.items()}
