"""Layers with equal singular values, and the random frames of all the others."""

from collections.abc import Sequence

import numpy as np

from flowdln.initial.widths import Seed, layer_shapes
from flowdln.validation import Array, Weights, positive_number, valid_seed, within_float64


@within_float64("a weight")
def orthogonal(widths: Sequence[int], *, scale: float = 1.0, seed: Seed = 0) -> Weights:
    """Semi-orthogonal weights: all ``min(n_l, n_{l-1})`` singular values equal ``scale``.

    Uniformly distributed (Haar). Source: Saxe et al. 2014, section 3.

    Examples
    --------
    >>> (weight,) = orthogonal((3, 5), scale=2.0)
    >>> bool(np.allclose(weight.T @ weight, 4 * np.eye(3)))
    True
    """
    rng = valid_seed(seed)
    scale = positive_number("scale", scale, advice="Zero weights are a fixed point of the flow.")
    return tuple(scale * semi_orthogonal(rng, shape) for shape in layer_shapes(widths))


def semi_orthogonal(rng: np.random.Generator, shape: tuple[int, int]) -> Array:
    """Haar distributed, with orthonormal columns or rows, whichever are fewer."""
    rows, columns = max(shape), min(shape)
    q, r = np.linalg.qr(rng.standard_normal((rows, columns)))
    q = q * np.sign(np.diag(r))  # makes the factorisation unique, hence q uniform (Mezzadri 2007)
    return q if shape[0] >= shape[1] else q.T
