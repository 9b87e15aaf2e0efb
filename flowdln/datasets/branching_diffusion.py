"""Hierarchically structured data: features that diffuse down a tree, and the modes they have on average."""

from itertools import product
from math import exp2, log2

import numpy as np

from flowdln.datasets.dataset import Dataset
from flowdln.memory import FLOAT_BYTES, require_memory
from flowdln.validation import Array, probability, valid_seed, whole_number


def hierarchy(
    levels: int, *, branching: int = 2, flip: float, features: int, seed: int | np.random.Generator = 0
) -> Dataset:
    """Leaves of a tree, ``P = branching**levels`` one-hot inputs, with targets ``(P, features)`` of +1 and -1.

    Each feature is +1 or -1 at the root with equal probability; each child copies its parent, and flips the value with
    probability ``flip``, independently for every feature. Leaves that part late are alike.

    Parameters
    ----------
    levels
        Levels of the tree below its root.
    branching
        Children of each node.
    flip
        Probability that a value changes from parent to child.
    features
        Number of outputs.
    seed
        An integer or a :class:`numpy.random.Generator`.

    Raises
    ------
    InputError
        For ``levels`` or ``features`` below 1, ``branching`` below 2, ``flip`` outside [0, 1], or more data than
        half of the machine's memory holds.

    Notes
    -----
    Items are named by their path from the root: ``"item 010"`` is the first child of the second child of the first.
    Source: Saxe et al. 2014, section 2; Saxe et al. 2019, "branching diffusion process".

    Examples
    --------
    >>> data = hierarchy(3, flip=0.1, features=50)
    >>> data.targets.shape, data.items[2]
    ((8, 50), 'item 010')
    """
    levels, branching, flip, features = _valid_arguments(levels, branching, flip, features)
    leaves = _leaves(levels, branching)
    _require_memory(levels, branching, FLOAT_BYTES * leaves * (leaves + 2.0 * min(features, exp2(400))))
    rng = valid_seed(seed)
    values = rng.choice([-1.0, 1.0], size=(1, features))
    for _ in range(levels):
        parents = np.repeat(values, branching, axis=0)
        values = np.where(rng.random(parents.shape) < flip, -parents, parents)
    separator = "" if branching <= 10 else "."
    paths = product(map(str, range(branching)), repeat=levels)
    items = tuple(f"item {separator.join(path)}" for path in paths)
    names = tuple(f"feature {i}" for i in range(features))
    return Dataset("hierarchy", np.eye(len(values)), values, items=items, features=names)


def hierarchy_singular_values(levels: int, *, branching: int = 2, flip: float, features: int) -> Array:
    r"""Singular values of ``sigma_yx`` of :func:`hierarchy`, ``(P,)`` and decreasing, in the limit of many features.

    They are under the *sum* convention, ``data.moments("sum")``; for the mean divide by ``P = branching**levels``.
    They are square roots of the eigenvalues of ``features`` times the expected product of two leaves' values.

    For leaves that part at level :math:`k` that product is :math:`q^{D-k}`, with :math:`q = (1 - 2\,flip)^2` and
    :math:`D` the number of levels. So its eigenvectors are contrasts between the children of one node at level
    :math:`k`, :math:`b^k (b - 1)` of them, with eigenvalue

    .. math:: \lambda_k = (1 - q) \sum_{i=0}^{D-k-1} (b q)^i,

    and the constant vector, with eigenvalue :math:`\lambda_0 + (b q)^D`.

    Raises
    ------
    InputError
        As :func:`hierarchy`.

    Notes
    -----
    Finitely many features scatter around these values, and split those that coincide.
    Source: the process is that of Saxe et al. 2014, section 2; the sums are written here for any ``branching``.

    Examples
    --------
    >>> hierarchy_singular_values(2, flip=0.1, features=1000).round(2)
    array([49.59, 28.65, 18.97, 18.97])
    """
    levels, branching, flip, features = _valid_arguments(levels, branching, flip, features)
    _require_memory(levels, branching, FLOAT_BYTES * _leaves(levels, branching))
    similarity = (1 - 2 * flip) ** 2  # q: of two siblings
    powers = (branching * similarity) ** np.arange(levels)
    contrasts = (1 - similarity) * np.cumsum(powers)[::-1]  # lambda_0, ..., lambda_{D-1}
    constant = contrasts[0] + (branching * similarity) ** levels
    multiplicities = [1, *((branching - 1) * branching**level for level in range(levels))]
    return np.sqrt(features * np.repeat([constant, *contrasts], multiplicities))


def _valid_arguments(levels: int, branching: int, flip: float, features: int) -> tuple[int, int, float, int]:
    return (
        whole_number("levels", levels, least=1, advice="It counts the levels below the root."),
        whole_number("branching", branching, least=2, advice="It counts the children of each node."),
        probability("flip", flip, advice="It is the probability that a feature changes from parent to child."),
        whole_number("features", features, least=1, advice="It counts the outputs."),
    )


def _leaves(levels: int, branching: int) -> float:
    """``branching**levels`` as a float, at most 2^400: its square and product with others are finite."""
    return exp2(min(min(levels, 400) * log2(branching), 400))


def _require_memory(levels: int, branching: int, size: float) -> None:
    advice = "Lower levels, branching or features."
    require_memory(f"a hierarchy with {branching}^{levels} leaves", size, advice=advice)
