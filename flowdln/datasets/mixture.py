"""A mixture of Gaussians, labelled by a linear teacher."""

import numpy as np

from flowdln.datasets.dataset import Dataset
from flowdln.errors import InputError
from flowdln.memory import FLOAT_BYTES, require_memory
from flowdln.validation import Array, valid_seed, whole_number

SCALES = (0.5, 1.5)  # range of the standard deviations along a cluster's axes


def gaussian_mixture(
    n_in: int = 10,
    n_out: int = 3,
    *,
    clusters: int = 3,
    samples_per_cluster: int = 400,
    whiten: bool = False,
    seed: int | np.random.Generator = 0,
) -> Dataset:
    r"""Samples ``(P, n_in)`` of ``clusters`` Gaussians and noiseless linear targets ``(P, n_out)``.

    Each cluster has a mean with standard normal entries and the covariance :math:`R \, diag(s^2) R^T`, with a rotation
    or reflection :math:`R` uniform on the orthogonal group (Haar) and scales :math:`s` uniform on [0.5, 1.5], all
    independent. The source doesn't give its distributions: these are ours. Targets are ``x @ teacher.T``, with standard
    normal entries of ``teacher (n_out, n_in)``. Rows are ordered by cluster.

    Parameters
    ----------
    n_in, n_out
        Numbers of inputs and outputs.
    clusters
        Number of Gaussians, equally weighted.
    samples_per_cluster
        ``P = clusters * samples_per_cluster``.
    whiten
        Apply :math:`\langle x x^T \rangle^{-1/2}` to the inputs before the teacher, so that ``sigma_xx`` is the
        identity up to rounding, as Basu et al., eq. (14), assume. The samples are not centred.
    seed
        An integer or a :class:`numpy.random.Generator`.

    Raises
    ------
    InputError
        For a number below 1, for ``whiten`` with fewer samples than inputs, and for more data than half of the
        machine's memory holds.

    Source: Basu et al., section 4.

    Examples
    --------
    >>> data = gaussian_mixture(4, 2, samples_per_cluster=50, whiten=True)
    >>> data.inputs.shape, bool(np.allclose(data.moments().sigma_xx, np.eye(4)))
    ((150, 4), True)
    """
    n_in = whole_number("n_in", n_in, least=1, advice="It counts the inputs.")
    n_out = whole_number("n_out", n_out, least=1, advice="It counts the outputs.")
    clusters = whole_number("clusters", clusters, least=1, advice="It counts the Gaussians.")
    count = whole_number("samples_per_cluster", samples_per_cluster, least=1, advice="It counts a cluster's samples.")
    size = FLOAT_BYTES * (clusters * count + n_in) * (n_in + n_out)
    advice = "Lower n_in, n_out, clusters or samples_per_cluster."
    require_memory(f"a mixture of {clusters} x {count} samples with {n_in} inputs", size, advice=advice)
    rng = valid_seed(seed)
    inputs = np.concatenate([_cluster(rng, n_in, count) for _ in range(clusters)])
    if whiten:
        inputs = _whitened(inputs)
    teacher = rng.standard_normal((n_out, n_in))
    return Dataset("Gaussian mixture", inputs, inputs @ teacher.T)


def _cluster(rng: np.random.Generator, n_in: int, count: int) -> Array:
    """Samples ``(count, n_in)`` of one Gaussian with a random mean and covariance."""
    mean = rng.standard_normal(n_in)
    scales = rng.uniform(*SCALES, n_in)
    q, r = np.linalg.qr(rng.standard_normal((n_in, n_in)))
    rotation = q * np.sign(np.diag(r))  # makes the factorisation unique, hence uniform (Mezzadri 2007)
    return mean + rng.standard_normal((count, n_in)) * scales @ rotation.T


def _whitened(inputs: Array) -> Array:
    """``inputs @ <x x^T>^{-1/2}``: the orthonormal factor of their polar decomposition, times ``sqrt(P)``."""
    samples, n_in = inputs.shape
    if samples < n_in:
        raise InputError(
            f"whiten is True with {samples} samples of {n_in} inputs; expected at least {n_in} samples. Raise "
            "samples_per_cluster or clusters: fewer samples than inputs cannot have <x x^T> = I."
        )
    left, _, right = np.linalg.svd(inputs, full_matrices=False)
    return np.sqrt(samples) * left @ right
