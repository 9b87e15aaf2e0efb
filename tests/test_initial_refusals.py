"""What is told of initial weights that cannot be made."""

from functools import partial

import numpy as np
import pytest
from refusal import refused

import flowdln as fl
from flowdln import initial
from flowdln.errors import AssumptionError, InputError, ShapeError

MOMENTS = fl.Moments.from_modes([3.0, 1.0], 4, 3)


@pytest.mark.parametrize(
    ("widths", "lam", "error", "words"),
    [
        pytest.param(
            (5, 4, 3),
            0.5,
            AssumptionError,
            ["lam = 0.5 with widths (5, 4, 3)", "4 non-zero singular values of W_2, which has 3", "h <= n_2 = 3"],
            id="positive, wider than the outputs",
        ),
        pytest.param(
            (3, 4, 5),
            -0.5,
            AssumptionError,
            ["lam = -0.5 with", "4 non-zero singular values of W_1, which has 3", "h <= n_0 = 3", "raise n_0"],
            id="negative, wider than the inputs",
        ),
        pytest.param((4, 3), 0.5, ShapeError, ["widths is (4, 3)", "(n_0, h, n_2)", "two layers"], id="one layer"),
        pytest.param((4, 3, 3, 2), 0.5, ShapeError, ["widths is (4, 3, 3, 2)", "two layers"], id="three layers"),
        pytest.param((4, 3, 3), np.nan, InputError, ["lam has 1 entries that are NaN"], id="NaN"),
        pytest.param((4, 3, 3), "1", InputError, ["lam has entries of type <U1", "real numbers"], id="text"),
    ],
)
def test_lam_that_the_widths_cannot_have_is_refused(widths, lam, error, words):
    refused(error, words, lambda: initial.lambda_balanced(widths, lam, scale=0.1))


@pytest.mark.parametrize(
    ("widths", "strengths", "error", "words"),
    [
        pytest.param(
            (3, 5, 3), 0.1, ShapeError, ["widths is (3, 5, 3)", "expected (4, ..., 3)", "of the data"], id="inputs"
        ),
        pytest.param((4, 5, 2), 0.1, ShapeError, ["widths is (4, 5, 2)", "expected (4, ..., 3)"], id="outputs"),
        pytest.param(
            (4, 5, 3),
            [0.1, 0.2, 0.3],
            ShapeError,
            ["strengths has shape (3,)", "(), (2,) or (2, k) with k at most 2", "There are 2 layers"],
            id="layers",
        ),
        pytest.param(
            (4, 5, 3),
            np.ones((2, 3)),
            ShapeError,
            ["strengths has shape (2, 3)", "k at most 2", "2 modes"],
            id="more modes than the data have",
        ),
        pytest.param(
            (4, 1, 3),
            np.ones((2, 2)),
            ShapeError,
            ["strengths has shape (2, 2)", "k at most 1", "room for"],
            id="more modes than a width",
        ),
        pytest.param((4, 5, 3), np.ones((2, 1, 1)), ShapeError, ["strengths has shape (2, 1, 1)"], id="three axes"),
        pytest.param((4, 5, 3), [0.1, np.nan], InputError, ["strengths has 1 entries that are NaN"], id="NaN"),
        pytest.param((4, 5, 3), "large", InputError, ["strengths has entries of type <U5"], id="text"),
    ],
)
def test_strengths_that_do_not_fit_are_refused(widths, strengths, error, words):
    refused(error, words, lambda: initial.aligned(MOMENTS, widths, strengths))


@pytest.mark.parametrize(
    "initialiser",
    [
        pytest.param(partial(initial.small_random, (3, 2)), id="small_random"),
        pytest.param(partial(initial.orthogonal, (3, 2)), id="orthogonal"),
        pytest.param(partial(initial.balanced, (3, 2)), id="balanced"),
        pytest.param(partial(initial.lambda_balanced, (3, 2, 3), 0.5), id="lambda_balanced"),
    ],
)
@pytest.mark.parametrize("scale", [0, -1.0, np.nan, "1"], ids=["zero", "negative", "NaN", "text"])
def test_a_scale_that_is_not_positive_is_refused(initialiser, scale):
    words = [f"scale is {scale!r}", "expected a positive number", "a fixed point of the flow"]
    refused(InputError, words, lambda: initialiser(scale=scale))


@pytest.mark.parametrize(
    "initialiser",
    [
        pytest.param(partial(initial.small_random, scale=0.1), id="small_random"),
        pytest.param(initial.glorot, id="glorot"),
        pytest.param(initial.orthogonal, id="orthogonal"),
        pytest.param(partial(initial.balanced, scale=0.1), id="balanced"),
        pytest.param(partial(initial.lambda_balanced, lam=0.5, scale=0.1), id="lambda_balanced"),
    ],
)
@pytest.mark.parametrize("widths", [(3, 0, 2), (3, -1, 2), (3, 2.5, 2)], ids=["a zero", "a negative", "a fraction"])
def test_widths_that_are_no_sizes_are_refused(initialiser, widths):
    refused(ShapeError, [f"widths is {widths}", "positive integers (n_0, ..., n_L)"], lambda: initialiser(widths))


@pytest.mark.parametrize("widths", [(), (3,)], ids=["none", "one"])
def test_fewer_than_two_widths_are_refused(widths):
    refused(ShapeError, [f"widths is {widths}", "two or more positive integers"], lambda: initial.glorot(widths))


def test_an_unknown_distribution_is_refused():
    words = ["distribution is 'cauchy'", "one of normal, uniform", "variance is the same"]
    refused(InputError, words, lambda: initial.glorot((3, 2), distribution="cauchy"))
