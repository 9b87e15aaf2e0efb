"""Entries that are independent of each other."""

from collections.abc import Sequence

import numpy as np

from flowdln.choices import chosen
from flowdln.initial.widths import Seed, layer_shapes
from flowdln.validation import Weights, positive_number, valid_seed, within_float64


@within_float64("a weight")
def small_random(widths: Sequence[int], *, scale: float, seed: Seed = 0) -> Weights:
    """Independent normal entries with standard deviation ``scale``.

    Examples
    --------
    >>> [weight.shape for weight in small_random((8, 16, 15), scale=1e-3)]
    [(16, 8), (15, 16)]
    """
    rng = valid_seed(seed)
    scale = positive_number("scale", scale, advice="Zero weights are a fixed point of the flow.")
    return tuple(scale * rng.standard_normal(shape) for shape in layer_shapes(widths))


def glorot(widths: Sequence[int], *, distribution: str = "normal", seed: Seed = 0) -> Weights:
    """Independent entries of mean 0 and variance ``2 / (n_{l-1} + n_l)``, ``"normal"`` or ``"uniform"``.

    Source: Glorot and Bengio 2010, eq. (12) and (16). (Basu et al., Corollary 2.3, call another scheme by this name.)

    Examples
    --------
    >>> float(abs(glorot((400, 600))[0].var() - 2 / 1000)) < 2e-5
    True
    """
    rng = valid_seed(seed)
    chosen("distribution", distribution, ("normal", "uniform"), advice="The variance is the same.")
    deviations = [(shape, np.sqrt(2 / sum(shape))) for shape in layer_shapes(widths)]
    if distribution == "normal":
        return tuple(rng.normal(0, deviation, shape) for shape, deviation in deviations)
    return tuple(rng.uniform(-1, 1, shape) * np.sqrt(3) * deviation for shape, deviation in deviations)
