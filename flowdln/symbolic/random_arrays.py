"""Random arrays that look for trouble: on many scales, with zeros, equal entries, few dimensions, and both signs."""

from collections.abc import Callable, Mapping

import numpy as np

from flowdln.problem import Moments
from flowdln.validation import Array

Arrays = dict[str, Array]
Shapes = Mapping[str, tuple[str, ...]]  # of each array, the names of its sizes: equal names are equal sizes
Shape = tuple[int, ...]
LARGEST_SIZE = 3
DECADES = 3  # scales from 1e-3 to 1e3


def network_shapes(depth: int) -> Shapes:
    """Shapes of the weights ``W_1 ... W_L`` and of ``sigma_yx``.

    Examples
    --------
    >>> network_shapes(1)
    {'W_1': ('n_1', 'n_0'), 'sigma_yx': ('n_1', 'n_0')}
    """
    layers = {f"W_{i}": (f"n_{i}", f"n_{i - 1}") for i in range(1, depth + 1)}
    return layers | {"sigma_yx": (f"n_{depth}", "n_0")}


def as_network(arrays: Arrays) -> tuple[tuple[Array, ...], Moments]:
    """Weights and moments from arrays of :func:`network_shapes`, with whitened inputs and noiseless targets."""
    weights = tuple(arrays[f"W_{i}"] for i in range(1, len(arrays)))
    sigma_yx = arrays["sigma_yx"]
    return weights, Moments(np.eye(sigma_yx.shape[1]), sigma_yx, np.sum(sigma_yx**2))


def random_arrays(shapes: Shapes, rng: np.random.Generator) -> Arrays:
    """An array for each name, with sizes up to 3, each on a scale of its own or all on scale 1."""
    sizes = {name: int(rng.integers(1, LARGEST_SIZE + 1)) for shape in shapes.values() for name in shape}
    spread = DECADES * rng.integers(0, 2)
    return {
        name: 10 ** rng.uniform(-spread, spread) * _of_a_kind(tuple(sizes[n] for n in shape), rng)
        for name, shape in shapes.items()
    }


def nearby_arrays(arrays: Arrays, rng: np.random.Generator) -> Arrays:
    """The arrays with one changed: a step of any size, another scale, or one entry to zero or to the other sign."""
    name = list(arrays)[rng.integers(len(arrays))]
    old = np.array(arrays[name], dtype=float)
    kind = rng.integers(4)
    if kind == 0:
        new = old + 10 ** rng.uniform(-2 * DECADES, 0) * np.abs(old).max(initial=0) * rng.standard_normal(old.shape)
    elif kind == 1:
        new = old * 10 ** rng.uniform(-1, 1)
    else:
        new = old.copy()
        entry = np.unravel_index(rng.integers(old.size), old.shape)
        new[entry] = 0 if kind == 2 else -old[entry]
    return arrays | {name: new}


def _of_a_kind(shape: Shape, rng: np.random.Generator) -> Array:
    return np.asarray(KINDS[rng.integers(len(KINDS))](shape, rng), dtype=float)


def _normal(shape: Shape, rng: np.random.Generator) -> Array:
    return rng.standard_normal(shape)


def _positive(shape: Shape, rng: np.random.Generator) -> Array:
    return np.abs(rng.standard_normal(shape))


def _integer(shape: Shape, rng: np.random.Generator) -> Array:
    return rng.integers(-2, 3, shape).astype(float)


def _sparse(shape: Shape, rng: np.random.Generator) -> Array:
    return (rng.integers(-1, 2, shape) * rng.integers(0, 2, shape)).astype(float)


def _rank_one(shape: Shape, rng: np.random.Generator) -> Array:
    return np.multiply.outer(*map(rng.standard_normal, shape)) if len(shape) == 2 else rng.standard_normal(shape)


def _diagonal(shape: Shape, rng: np.random.Generator) -> Array:
    return np.eye(*shape) * rng.standard_normal(shape) if len(shape) == 2 else np.ones(shape)


KINDS: tuple[Callable[[Shape, np.random.Generator], Array], ...] = (
    _normal,
    _positive,
    _integer,
    _sparse,
    _rank_one,
    _diagonal,
)
