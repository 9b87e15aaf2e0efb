"""Multidimensional scaling: items as points of a plane, in frames that follow each other without a jump."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.linalg import orthogonal_procrustes

from flowdln.errors import ShapeError
from flowdln.memory import require_memory
from flowdln.observe.item_similarity import ACTIVITIES
from flowdln.observe.networks import matrices_of
from flowdln.validation import Array, positive_integer


def multidimensional_scaling(activities: ArrayLike, *, dimensions: int = 2) -> Array:
    """Points ``(..., P, dimensions)`` that keep the distances between items as far as so few axes can.

    Classical scaling of Euclidean distances: the projection of the centred items on their principal axes, exact where
    these hold all variation. With a leading axis of times, the last frame is that of the principal axes; every earlier
    one is rotated and reflected (orthogonal Procrustes) to be nearest to the frame after it, so that axes that swap or
    flip between times do not make points jump. Where the last axis kept is as strong as the next, which of them is
    shown is a choice.

    By an SVD of the items themselves: scikit-learn's ``ClassicalMDS``, which its versions from 1.8 on have, starts from
    squares of distances, and these hold no axis shorter than 1e-8 of the longest. SciPy has none.

    Parameters
    ----------
    activities : (P, n) or (T, P, n)
        One item a row.
    dimensions
        Of the picture; coordinates that the items do not need are 0.

    Raises
    ------
    InputError, ShapeError
        For a number of dimensions below 1, activities with another number of axes, a trajectory in place of them.

    Source: Torgerson 1952; Gower 1966. Saxe et al. 2019 show hidden layers so.

    Examples
    --------
    >>> points = multidimensional_scaling([[0.0, 0, 0], [0, 3, 4], [0, 6, 8]], dimensions=1)
    >>> (abs(points[:, 0] - points[0, 0])).round(12).tolist()
    [0.0, 5.0, 10.0]
    """
    rows = matrices_of("activities", activities, advice=ACTIVITIES)
    dimensions = positive_integer("dimensions", dimensions, advice="Two dimensions are the default.")
    require_memory("the points", 8.0 * dimensions, advice="Two dimensions are the default.")
    if rows.ndim > 3:
        raise ShapeError(
            f"activities has shape {rows.shape}; expected (P, n) or (T, P, n). Give those of one layer and one run."
        )
    if rows.ndim == 2:
        return _on_principal_axes(rows, dimensions)
    frames = [_on_principal_axes(items, dimensions) for items in rows]
    for earlier, later in zip(range(len(frames) - 2, -1, -1), range(len(frames) - 1, 0, -1), strict=True):
        frames[earlier] = frames[earlier] @ orthogonal_procrustes(frames[earlier], frames[later])[0]
    return np.stack(frames)


def _on_principal_axes(items: Array, dimensions: int) -> Array:
    """Coordinates ``(P, dimensions)`` on the axes of largest variation, each with its largest entry positive."""
    left, values, _ = np.linalg.svd(items - items.mean(0), full_matrices=False)
    points = (left * values)[:, :dimensions]
    largest = np.abs(points).argmax(0)
    points = points * np.where(points[largest, range(points.shape[1])] < 0, -1, 1)
    return np.pad(points, ((0, 0), (0, dimensions - points.shape[1])))
