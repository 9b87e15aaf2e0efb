"""Writing the layers of a network in the singular vectors of the data, as far as that is possible."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from flowdln.exact.assumptions import TOLERANCE
from flowdln.modes import Frame, svd_frame
from flowdln.problem import Problem
from flowdln.rounding import ROUNDING, clean_product, picks_entries
from flowdln.spectra import numerical_rank
from flowdln.validation import Array, Weights, unit_scales
from flowdln.vector_field import end_to_end

FRAME_ROUNDING = 10 * np.finfo(float).eps  # of singular vectors
SHARE = 0.618  # of the network's product in a frame that is adapted to it; any number without a reason


class Alignment(NamedTuple):
    """Weights written as ``W_l = frames[l] diag(strengths[l-1]) frames[l-1]^T``, and how well that holds.

    Layers between other layers may have more, orthogonal to the frames on both sides: neither data nor error reach it.
    """

    targets: Array  # (r,), of sigma_yx in these modes
    powers: Array  # (r,), of sigma_xx
    frames: Weights  # (n_l, r) for l = 0 .. L
    strengths: Array  # (L, r)
    rounding: Array  # (L, r), bound on the rounding of the strengths
    rest: Weights  # (n_l, n_{l-1}) for l = 2 .. L - 1: the part that does not move
    misfits: Weights  # W_l minus the matrix it is written as, and the same of sigma_yx
    mixing: Array  # (n_0, r), sigma_xx V - V diag(powers)
    input_residual: float  # of sigma_xx V = V diag(powers), relative
    weight_residual: float  # largest relative error of a layer
    rounded: bool  # whether misfits and mixing are rounding of the given digits

    @property
    def holds(self) -> bool:
        """Whether both residuals are rounding."""
        return self.input_residual <= TOLERANCE and self.weight_residual <= TOLERANCE


@lru_cache(maxsize=1)  # the assumptions of a closed form are measured before it is solved
def align(problem: Problem) -> Alignment:
    """The best alignment of the network with its data.

    Where singular values of ``sigma_yx`` coincide, or the weights reach beyond its modes, its singular vectors are one
    choice of many; then those of a mixture with the product of the weights and with ``sigma_xx``, which share them if
    the network is aligned, decide.
    """
    plain = align_with(problem, svd_frame(problem.moments))
    if plain.holds:
        return plain
    adapted = align_with(problem, _adapted_frame(problem))
    return adapted if adapted.holds else plain


def align_with(problem: Problem, frame: Frame) -> Alignment:
    """Strengths of each layer in frames carried through the network from the right vectors of ``frame``.

    A mode that a layer does not pass on gets its further frame vectors from the left vectors, carried backwards.
    """
    weights, moments = problem.weights, problem.moments
    powers = np.diag(clean_product(frame.right, moments.sigma_xx, frame.right).matrix)
    mixing = moments.sigma_xx @ frame.right - frame.right * powers
    forwards = _carried(frame.right, weights)
    backwards = _carried(frame.left, [weight.T for weight in reversed(weights)])[::-1]
    inner = [np.where(np.any(near, axis=0), near, far) for near, far in zip(forwards, backwards, strict=True)]
    frames = [frame.right, *inner, frame.left]
    read = [clean_product(frames[i + 1], weight, frames[i]) for i, weight in enumerate(weights)]
    strengths, rounding = (np.stack([np.diag(part) for part in parts]) for parts in zip(*read, strict=True))
    layers = [frames[i + 1] * strengths[i] @ frames[i].T for i in range(len(weights))]
    rest = tuple(_outside(frames[i + 1], weights[i], frames[i]) for i in range(1, len(weights) - 1))
    for i, constant in enumerate(rest, start=1):
        layers[i] = layers[i] + constant
    pairs = [*zip(weights, layers, strict=True), (moments.sigma_yx, frame.left * frame.strengths @ frame.right.T)]
    errors = [_relative(matrix, written) for matrix, written in pairs]
    errors += [_overlap(frames[i + 1], strengths[i], rounding[i]) for i in range(len(weights) - 1)]
    misfits = tuple(matrix - written for matrix, written in pairs)
    sides = [*((frames[i + 1], frames[i]) for i in range(len(weights))), (frame.left, frame.right)]
    units = unit_scales(moments.sigma_xx)
    rounded = bool((np.abs(mixing) <= ROUNDING * np.outer(units, units @ np.abs(frame.right))).all()) and all(
        _is_rounding(misfit, left, matrix, right)
        for misfit, (matrix, _), (left, right) in zip(misfits, pairs, sides, strict=True)
    )
    input_residual = float(np.linalg.norm(mixing) / (np.linalg.norm(powers) or 1))
    return Alignment(
        targets=frame.strengths,
        powers=powers,
        frames=tuple(frames),
        strengths=strengths,
        rounding=rounding,
        rest=rest,
        misfits=misfits,
        mixing=mixing,
        input_residual=input_residual,
        weight_residual=max(errors),
        rounded=rounded,
    )


def _is_rounding(misfit: Array, left: Array, matrix: Array, right: Array) -> bool:
    """Whether a matrix equals its part in two frames, to the digits that its entries and the frames hold."""
    known = np.abs(left) @ clean_product(left, matrix, right).rounding @ np.abs(right).T + ROUNDING * np.abs(matrix)
    turned = 0.0 if picks_entries(left) and picks_entries(right) else FRAME_ROUNDING * np.linalg.norm(matrix, 2)
    return bool((np.abs(misfit) <= known + turned).all())


def _outside(left: Array, weight: Array, right: Array) -> Array:
    """The part of ``weight`` that is orthogonal to both frames."""
    outside = weight - left @ (left.T @ weight)
    return np.asarray(outside - (outside @ right) @ right.T)


def _overlap(frame: Array, strengths: Array, rounding: Array) -> float:
    """Largest cosine between two vectors of an inner frame, beyond what rounding of the weights leaves."""
    cosines = np.abs(frame.T @ frame - np.diag(np.sum(frame**2, axis=0)))
    known = rounding / np.where(strengths > 0, strengths, np.inf)
    return float(np.max(cosines - known - known[:, None], initial=0.0))


def _carried(vectors: Array, weights: Sequence[Array]) -> list[Array]:
    """Unit vectors between the layers, from ``vectors`` on; zero from where a layer does not pass one on."""
    carried = []
    for weight in weights[:-1]:
        image = clean_product(None, weight, vectors).matrix
        largest = np.abs(image).max(axis=0)
        image = image / np.where(largest > 0, largest, 1)
        lengths = np.linalg.norm(image, axis=0)
        vectors = image / np.where(lengths > 0, lengths, 1)
        carried.append(vectors)
    return carried


def _adapted_frame(problem: Problem) -> Frame:
    """Singular vectors of a mixture of ``sigma_yx`` and the product, with the strengths of ``sigma_yx`` in them."""
    sigma_xx, sigma_yx, _ = problem.moments
    parts = _unit(sigma_yx), _unit(end_to_end(problem.weights))
    mixture = parts[0] + SHARE * parts[1] + SHARE**2 * _unit((parts[0] + SHARE * parts[1]) @ sigma_xx)
    left, values, right = np.linalg.svd(mixture, full_matrices=False)
    rank = numerical_rank(values)
    left, right = left[:, :rank], right[:rank].T
    return Frame(left, np.einsum("ia,ij,ja->a", left, sigma_yx, right), right)


def _relative(matrix: Array, written: Array) -> float:
    """Relative distance of two matrices, however small their entries."""
    size = np.abs(matrix).max() or 1.0
    return float(np.linalg.norm((matrix - written) / size) / (np.linalg.norm(matrix / size) or 1.0))


def _unit(matrix: Array) -> Array:
    """The matrix with norm one, however small its entries; zero if it is zero."""
    scaled = matrix / (np.abs(matrix).max() or 1.0)
    return scaled / (np.linalg.norm(scaled) or 1.0)
