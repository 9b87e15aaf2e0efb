"""How alike items are to a layer, and to the task."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import rankdata

from flowdln.choices import chosen
from flowdln.errors import ShapeError
from flowdln.observe.networks import matrices_of
from flowdln.spectra import of_unit_size
from flowdln.validation import Array, within_float64

MEASURES = ("product", "cosine", "correlation")
ACTIVITIES = "Write hidden, outputs = observe.representations(network, inputs), and take one of them."
SIMILARITIES = "Write observe.similarity(hidden), and for the task observe.similarity(targets)."
CONSTANT = 1e-14  # relative to the entries: what varies by less is constant but for rounding


@within_float64("a similarity")
def similarity(activities: ArrayLike, *, measure: str = "product") -> Array:
    """Similarity of items, ``(..., P, P)``, from activities ``(..., P, n)``, such as :func:`representations`.

    Parameters
    ----------
    activities : (..., P, n)
        One item a row; targets ``(P, n_L)`` give the task's similarity.
    measure
        ``"product"``: ``h_i . h_j``, the matrix in which linear theory speaks. ``"cosine"``: of rows of norm one.
        ``"correlation"``: of rows with mean zero and norm one. In both, an item without any activity (or variation)
        has similarity 0 with all.

    Raises
    ------
    InputError, ShapeError
        For an unknown measure; a trajectory, or several layers, in place of activities; arrays with one axis.

    Source: Kriegeskorte, Mur and Bandettini 2008 (representational similarity); Saxe et al. 2019 (product).

    Examples
    --------
    >>> similarity([[3.0, 4.0], [0.0, 2.0]], measure="cosine")
    array([[1. , 0.8],
           [0.8, 1. ]])
    """
    chosen("measure", measure, MEASURES, advice="The default is 'product'.")
    given = matrices_of("activities", activities, advice=ACTIVITIES)
    rows = given
    if measure != "product":
        rows = given = of_unit_size(given)
    if measure == "correlation":
        rows = rows - rows.mean(-1, keepdims=True)
    if measure != "product":
        rows = _normalised(rows, given, otherwise=0)
    return np.asarray(rows @ rows.swapaxes(-1, -2))


@within_float64("a distance")
def distances(activities: ArrayLike) -> Array:
    """Euclidean distances between items, ``(..., P, P)``, from activities ``(..., P, n)``.

    From the differences themselves, so that items that have just begun to part are told apart.

    Raises
    ------
    InputError, ShapeError
        For a trajectory, or several layers, in place of activities; arrays with one axis.

    Examples
    --------
    >>> distances([[0.0, 0.0], [3.0, 4.0]])
    array([[0., 5.],
           [5., 0.]])
    """
    rows = matrices_of("activities", activities, advice=ACTIVITIES)
    size = np.abs(rows).max() or 1.0
    result = np.empty((*rows.shape[:-1], rows.shape[-2]))
    for i in range(rows.shape[-2]):
        result[..., i, :] = size * np.linalg.norm((rows - rows[..., i : i + 1, :]) / size, axis=-1)
    return result


def similarity_correlation(similarities: ArrayLike, reference: ArrayLike, *, ranks: bool = False) -> Array:
    """Correlation of similarity matrices ``(..., P, P)`` with the task's, ``(P, P)``: an array ``(...)``.

    Pearson's correlation of the entries above the diagonal, since those below repeat them and the diagonal compares
    nothing. ``nan`` where the entries of one matrix are all equal (up to rounding), for then there is none.

    Parameters
    ----------
    similarities
        Of a layer over time, say; distances will do as well.
    reference
        Of the task.
    ranks
        Correlate ranks (Spearman's correlation).

    Raises
    ------
    InputError, ShapeError
        For matrices of different sizes, or fewer than 3 items; a trajectory in place of similarities.

    Source: Kriegeskorte, Mur and Bandettini 2008.

    Examples
    --------
    >>> task = similarity([[1, 1, 0], [1, 0, 0], [0, 0, 1]])
    >>> similarity_correlation([task, -task], task).round(12)
    array([ 1., -1.])
    """
    ours = matrices_of("similarities", similarities, advice=SIMILARITIES)
    theirs = matrices_of("reference", reference, advice=SIMILARITIES)
    items = theirs.shape[-1]
    if ours.shape[-2:] != theirs.shape or theirs.shape != (items, items) or items < 3:
        raise ShapeError(
            f"similarities has shape {ours.shape}, reference has shape {theirs.shape}; expected (..., P, P) and "
            "(P, P) with at least 3 items. The task's come second. Two items have only one similarity, which "
            "correlates with nothing."
        )
    above = np.triu_indices(items, 1)
    return np.asarray(np.sum(_standardised(ours[..., *above], ranks) * _standardised(theirs[above], ranks), -1))


def _standardised(entries: Array, ranks: bool) -> Array:
    """Entries, or their ranks, with mean zero and norm one; nan if they are constant."""
    entries = rankdata(entries, axis=-1) if ranks else of_unit_size(entries)
    return _normalised(entries - entries.mean(-1, keepdims=True), entries, otherwise=np.nan)


def _normalised(varying: Array, entries: Array, *, otherwise: float) -> Array:
    """Rows with norm one; ``otherwise`` where what varies is but the rounding of the entries that it is taken from."""
    norms = np.linalg.norm(varying, axis=-1, keepdims=True)
    constant = norms <= CONSTANT * np.linalg.norm(entries, axis=-1, keepdims=True)
    return np.where(constant, otherwise, varying / np.where(constant, 1, norms))
