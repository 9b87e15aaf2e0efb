"""Layers in balance, which the flow keeps."""

from collections.abc import Sequence

import numpy as np

from flowdln.errors import AssumptionError, ShapeError
from flowdln.initial.orthogonal import semi_orthogonal
from flowdln.initial.widths import Seed, layer_shapes
from flowdln.validation import Array, Weights, positive_number, real_array, valid_seed, within_float64


@within_float64("a weight")
def balanced(widths: Sequence[int], *, scale: float, seed: Seed = 0) -> Weights:
    """Weights with ``W_{l+1}^T W_{l+1} = W_l W_l^T`` for every ``l``, of the largest rank the widths allow.

    All layers have the same ``min(widths)`` non-zero singular values: those of a square normal matrix, divided by
    its root-mean-square singular value, times ``scale``. Their singular vectors are Haar distributed.

    Source: the condition is Basu et al., Corollary 2.2; Arora et al. 2018, Definition 1.

    Examples
    --------
    >>> first, second = balanced((3, 5, 2), scale=0.1)
    >>> bool(np.allclose(second.T @ second, first @ first.T))
    True
    """
    rng = valid_seed(seed)
    shapes = layer_shapes(widths)
    values = _random_singular_values(rng, min(widths), scale)
    frames = [semi_orthogonal(rng, (width, len(values))) for width in widths]
    return tuple(frames[i + 1] * values @ frames[i].T for i in range(len(shapes)))


@within_float64("a weight")
def lambda_balanced(widths: Sequence[int], lam: float, *, scale: float, seed: Seed = 0) -> Weights:
    """Two layers with ``W_2^T W_2 - W_1 W_1^T = lam I``; ``widths`` is ``(n_0, h, n_2)``.

    ``scale`` is the root-mean-square singular value of the layer that ``lam`` makes the smaller one.

    Raises
    ------
    AssumptionError
        Where the widths cannot have it: ``lam > 0`` needs ``h <= n_2``, ``lam < 0`` needs ``h <= n_0``.
    InputError
        For ``lam`` that is not a finite number.

    Source: Domine et al. 2024, "From lazy to rich", Definition 2.2 (the condition).

    Examples
    --------
    >>> first, second = lambda_balanced((4, 3, 5), 0.7, scale=0.1)
    >>> bool(np.allclose(second.T @ second - first @ first.T, 0.7 * np.eye(3)))
    True
    """
    layer_shapes(widths)
    if len(widths) != 3:
        raise ShapeError(
            f"widths is {tuple(widths)}; expected (n_0, h, n_2). A lambda-balanced network has two layers."
        )
    lam = float(real_array("lam", lam, 0))
    n_in, hidden, n_out = widths
    heavier_end = n_out if lam > 0 else n_in
    if lam != 0 and hidden > heavier_end:
        layer, name = (2, "n_2") if lam > 0 else (1, "n_0")
        raise AssumptionError(
            f"lam = {lam:g} with widths {tuple(widths)} needs {hidden} non-zero singular values of W_{layer}, "
            f"which has {heavier_end}; expected a hidden width h <= {name} = {heavier_end}. Narrow the hidden "
            f"layer, raise {name}, change the sign of lam, or take lam = 0."
        )
    if lam < 0:
        second, first = lambda_balanced(tuple(reversed(widths)), -lam, scale=scale, seed=seed)
        return first.T, second.T
    rng = valid_seed(seed)
    rank = min(n_in, hidden, n_out)
    values = _random_singular_values(rng, rank, scale)
    rotation = semi_orthogonal(rng, (hidden, hidden))
    first = rotation[:, :rank] * values @ semi_orthogonal(rng, (n_in, rank)).T
    used = hidden if lam > 0 else rank
    heavier = np.hypot(np.pad(values, (0, used - rank)), np.sqrt(lam))
    second = semi_orthogonal(rng, (n_out, used)) * heavier @ rotation[:, :used].T
    return first, second


def _random_singular_values(rng: np.random.Generator, count: int, scale: float) -> Array:
    """Singular values of a square normal matrix, scaled to the root mean square ``scale``."""
    scale = positive_number("scale", scale, advice="Zero weights are a fixed point of the flow.")
    values = np.linalg.svd(rng.standard_normal((count, count)), compute_uv=False)
    return scale * values / np.sqrt(np.mean(values**2))
