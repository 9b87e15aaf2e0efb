"""Initial weights. Every function returns a tuple ``(W_1, ..., W_L)``, ``W_l`` of shape ``(n_l, n_{l-1})``.

``widths`` is ``(n_0, ..., n_L)``; ``seed`` is an integer or a :class:`numpy.random.Generator`.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from flowdln.errors import AssumptionError, InputError, ShapeError
from flowdln.modes import svd_frame
from flowdln.problem import Moments
from flowdln.validation import Array, Weights, positive_number, real_array

Seed = int | np.random.Generator


def small_random(widths: Sequence[int], *, scale: float, seed: Seed = 0) -> Weights:
    """Independent normal entries with standard deviation ``scale``.

    Examples
    --------
    >>> [weight.shape for weight in small_random((8, 16, 15), scale=1e-3)]
    [(16, 8), (15, 16)]
    """
    rng = np.random.default_rng(seed)
    scale = positive_number("scale", scale, advice="Zero weights are a fixed point of the flow.")
    return tuple(scale * rng.standard_normal(shape) for shape in _shapes(widths))


def glorot(widths: Sequence[int], *, distribution: str = "normal", seed: Seed = 0) -> Weights:
    """Independent entries of mean 0 and variance ``2 / (n_{l-1} + n_l)``, ``"normal"`` or ``"uniform"``.

    Source: Glorot and Bengio 2010, eq. (12) and (16). (Basu et al., Corollary 2.3, call another scheme by this name.)

    Examples
    --------
    >>> float(abs(glorot((400, 600))[0].var() - 2 / 1000)) < 2e-5
    True
    """
    rng = np.random.default_rng(seed)
    if distribution not in {"normal", "uniform"}:
        raise InputError(
            what="distribution",
            received=f"is {distribution!r}",
            expected="'normal' or 'uniform'",
            advice="The variance is the same.",
        )
    deviations = [(shape, np.sqrt(2 / sum(shape))) for shape in _shapes(widths)]
    if distribution == "normal":
        return tuple(rng.normal(0, deviation, shape) for shape, deviation in deviations)
    return tuple(rng.uniform(-1, 1, shape) * np.sqrt(3) * deviation for shape, deviation in deviations)


def orthogonal(widths: Sequence[int], *, scale: float = 1.0, seed: Seed = 0) -> Weights:
    """Semi-orthogonal weights: all ``min(n_l, n_{l-1})`` singular values equal ``scale``.

    Uniformly distributed (Haar). Source: Saxe et al. 2014, section 3.

    Examples
    --------
    >>> (weight,) = orthogonal((3, 5), scale=2.0)
    >>> bool(np.allclose(weight.T @ weight, 4 * np.eye(3)))
    True
    """
    rng = np.random.default_rng(seed)
    scale = positive_number("scale", scale, advice="Zero weights are a fixed point of the flow.")
    return tuple(scale * _semi_orthogonal(rng, shape) for shape in _shapes(widths))


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
    rng = np.random.default_rng(seed)
    shapes = _shapes(widths)
    values = _random_singular_values(rng, min(widths), scale)
    frames = [_semi_orthogonal(rng, (width, len(values))) for width in widths]
    return tuple(frames[i + 1] * values @ frames[i].T for i in range(len(shapes)))


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
    if len(widths) != 3:
        raise ShapeError(
            what="widths",
            received=f"is {tuple(widths)}",
            expected="(n_0, h, n_2)",
            advice="A lambda-balanced network has two layers.",
        )
    _shapes(widths)
    lam = float(real_array("lam", lam, 0))
    n_in, hidden, n_out = widths
    heavier_end = n_out if lam > 0 else n_in
    if lam != 0 and hidden > heavier_end:
        layer, name = (2, "n_2") if lam > 0 else (1, "n_0")
        raise AssumptionError(
            what=f"lam = {lam:g} with widths {tuple(widths)}",
            received=f"needs {hidden} non-zero singular values of W_{layer}, which has {heavier_end}",
            expected=f"a hidden width h <= {name} = {heavier_end}",
            advice=f"Narrow the hidden layer, raise {name}, change the sign of lam, or take lam = 0.",
        )
    if lam < 0:
        second, first = lambda_balanced(tuple(reversed(widths)), -lam, scale=scale, seed=seed)
        return first.T, second.T
    rng = np.random.default_rng(seed)
    rank = min(n_in, hidden, n_out)
    values = _random_singular_values(rng, rank, scale)
    rotation = _semi_orthogonal(rng, (hidden, hidden))
    first = rotation[:, :rank] * values @ _semi_orthogonal(rng, (n_in, rank)).T
    used = hidden if lam > 0 else rank
    heavier = np.sqrt(np.pad(values, (0, used - rank)) ** 2 + lam)
    second = _semi_orthogonal(rng, (n_out, used)) * heavier @ rotation[:, :used].T
    return first, second


def aligned(moments: Moments, widths: Sequence[int], strengths: ArrayLike, *, seed: Seed = 0) -> Weights:
    """Weights whose singular vectors match the data's and each other's: ``W_l = R_l diag(strengths[l]) R_{l-1}^T``.

    ``R_0`` and ``R_L`` hold the right and left singular vectors of ``sigma_yx``, the inner ``R_l`` are random with
    orthonormal columns. The modes then learn independently of each other.

    Parameters
    ----------
    moments
        Second moments of the data.
    widths
        ``(n_0, ..., n_L)``.
    strengths
        One number for all; ``(L,)``, one for each layer; or ``(L, k)``, one for each layer and mode, with ``k``
        at most the rank of ``sigma_yx`` and every width. With fewer axes all possible modes are set.
    seed
        Of the inner ``R_l``.

    Raises
    ------
    ShapeError
        For more modes than the network or the data have, or another number of layers.
    InputError
        For strengths that are not finite numbers.

    Source: Saxe et al. 2014, section 1.3; Basu et al., Corollary 2.2.

    Examples
    --------
    >>> moments = Moments.from_modes([3.0, 1.0], 4, 3)
    >>> weights = aligned(moments, (4, 5, 3), 0.1)
    >>> bool(np.allclose(np.linalg.svd(weights[1] @ weights[0]).S, [0.01, 0.01, 0]))
    True
    """
    depth, frame = len(_shapes(widths)), svd_frame(moments)
    if (widths[0], widths[-1]) != moments.sigma_yx.shape[::-1]:
        raise ShapeError(
            what="widths",
            received=f"is {tuple(widths)}",
            expected=f"({moments.sigma_yx.shape[1]}, ..., {moments.sigma_yx.shape[0]})",
            advice="Those are the numbers of inputs and outputs of the data.",
        )
    most = min(*widths, len(frame.strengths))
    values = real_array("strengths", strengths, np.ndim(strengths))
    if values.ndim < 2:
        values = np.broadcast_to(values.reshape(-1, 1), (values.size if values.ndim else depth, most))
    if values.ndim != 2 or len(values) != depth or values.shape[1] > most:
        raise ShapeError(
            what="strengths",
            received=f"has shape {np.shape(strengths)}",
            expected=f"(), ({depth},) or ({depth}, k) with k at most {most}",
            advice=f"There are {depth} layers, and {most} modes that the data and all widths have room for.",
        )
    rng = np.random.default_rng(seed)
    count = values.shape[1]
    inner = [_semi_orthogonal(rng, (width, count)) for width in widths[1:-1]]
    frames = [frame.right[:, :count], *inner, frame.left[:, :count]]
    return tuple(frames[i + 1] * values[i] @ frames[i].T for i in range(depth))


def _shapes(widths: Sequence[int]) -> list[tuple[int, int]]:
    """Shapes ``(n_l, n_{l-1})`` of the weights."""
    if len(widths) < 2 or not all(isinstance(width, (int, np.integer)) and width > 0 for width in widths):
        raise ShapeError(
            what="widths",
            received=f"is {tuple(widths)}",
            expected="two or more positive integers (n_0, ..., n_L)",
            advice="The first is the number of inputs, the last the number of outputs.",
        )
    return [(n_out, n_in) for n_in, n_out in pairwise(widths)]


def _semi_orthogonal(rng: np.random.Generator, shape: tuple[int, int]) -> Array:
    """Haar distributed, with orthonormal columns or rows, whichever are fewer."""
    rows, columns = max(shape), min(shape)
    q, r = np.linalg.qr(rng.standard_normal((rows, columns)))
    q = q * np.sign(np.diag(r))  # makes the factorisation unique, hence q uniform (Mezzadri 2007)
    return q if shape[0] >= shape[1] else q.T


def _random_singular_values(rng: np.random.Generator, count: int, scale: float) -> Array:
    """Singular values of a square normal matrix, scaled to the root mean square ``scale``."""
    scale = positive_number("scale", scale, advice="Zero weights are a fixed point of the flow.")
    values = np.linalg.svd(rng.standard_normal((count, count)), compute_uv=False)
    return scale * values / np.sqrt(np.mean(values**2))
