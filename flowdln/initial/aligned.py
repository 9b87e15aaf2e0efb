"""Layers whose singular vectors match."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from flowdln.errors import ShapeError
from flowdln.initial.orthogonal import semi_orthogonal
from flowdln.initial.widths import Seed, layer_shapes
from flowdln.modes import svd_frame
from flowdln.problem import Moments, require_moments
from flowdln.validation import Weights, real_array, valid_seed, within_float64


@within_float64("a weight")
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
    moments = require_moments(moments)
    depth, frame = len(layer_shapes(widths)), svd_frame(moments)
    if (widths[0], widths[-1]) != moments.sigma_yx.shape[::-1]:
        raise ShapeError(
            f"widths is {tuple(widths)}; expected ({moments.sigma_yx.shape[1]}, ..., {moments.sigma_yx.shape[0]}). "
            "Those are the numbers of inputs and outputs of the data."
        )
    most = min(*widths, len(frame.strengths))
    values = given = real_array("strengths", strengths, None)
    if values.ndim < 2:
        values = np.broadcast_to(values.reshape(-1, 1), (values.size if values.ndim else depth, most))
    if values.ndim != 2 or len(values) != depth or values.shape[1] > most:
        raise ShapeError(
            f"strengths has shape {given.shape}; expected (), ({depth},) or ({depth}, k) with k at most "
            f"{most}. There are {depth} layers, and {most} modes that the data and all widths have room for."
        )
    rng = valid_seed(seed)
    count = values.shape[1]
    inner = [semi_orthogonal(rng, (width, count)) for width in widths[1:-1]]
    frames = [frame.right[:, :count], *inner, frame.left[:, :count]]
    return tuple(frames[i + 1] * values[i] @ frames[i].T for i in range(depth))
