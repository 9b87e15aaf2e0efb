"""Random problems for the tests: moments from prescribed singular values, weights for given widths."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import strategies as st

import flowdln as fl

COMPLEX_STEP = 1e-30  # the imaginary part of p(w + i h v) is h times the derivative of a polynomial p, to rounding

ONE_TO_FOUR_LAYERS = [
    pytest.param((3, 2), id="depth 1"),
    pytest.param((2, 4, 3), id="depth 2, fewer inputs"),
    pytest.param((3, 5, 4, 2), id="depth 3, fewer outputs"),
    pytest.param((2, 3, 1, 3, 4), id="depth 4, bottleneck"),
]


def random_rotation(rng, size):
    """An orthogonal matrix, of determinant 1 or -1."""
    return np.linalg.qr(rng.standard_normal((size, size))).Q


def random_moments(rng, n_in, n_out, *, input_rank=None):
    """Moments of a noisy linear teacher; ``sigma_xx`` has ``input_rank`` eigenvalues in [0.5, 2], the others are 0."""
    input_rank = n_in if input_rank is None else input_rank
    spectrum = np.where(np.arange(n_in) < input_rank, rng.uniform(0.5, 2, n_in), 0)
    axes = random_rotation(rng, n_in)
    sigma_xx = axes * spectrum @ axes.T
    modes = min(n_in, n_out)
    left, right = random_rotation(rng, n_out)[:, :modes], random_rotation(rng, n_in)[:, :modes]
    teacher = left * np.linspace(2, 1, modes) @ right.T
    sigma_yx = teacher @ sigma_xx
    return fl.Moments((sigma_xx + sigma_xx.T) / 2, sigma_yx, np.trace(sigma_yx @ teacher.T) + 0.3)


def random_weights(rng, widths):
    """Weights with singular values of order one."""
    return tuple(rng.standard_normal((n, m)) / np.sqrt(max(n, m)) for m, n in pairwise(widths))


def random_problem(seed, widths, *, input_rank=None):
    """A valid problem of these widths."""
    rng = np.random.default_rng(seed)
    return fl.Problem(random_moments(rng, widths[0], widths[-1], input_rank=input_rank), random_weights(rng, widths))


@st.composite
def problems(draw, *, min_depth=1):
    """Problems of depth up to 4, widths 1 to 5, and inputs of any rank."""
    widths = draw(st.lists(st.integers(1, 5), min_size=min_depth + 1, max_size=5))
    rank = draw(st.integers(0, widths[0]))
    return random_problem(draw(st.integers(0, 2**32 - 1)), tuple(widths), input_rank=rank)


def relative_error(results, references):
    """Largest error of a tuple of arrays, relative to the largest entry of the references."""
    size = max(np.abs(reference).max() for reference in references)
    return largest_gap(results, references) / size


def largest_gap(results, references):
    """Largest difference between two tuples of arrays."""
    return max(np.abs(a - b).max() for a, b in zip(results, references, strict=True))


def ahead(weights, velocity):
    """Weights a complex step ahead in the direction ``velocity``."""
    return tuple(w + 1j * COMPLEX_STEP * v for w, v in zip(weights, velocity, strict=True))
