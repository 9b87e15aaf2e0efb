"""Second moments: what they are of, and what bad data are told."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from instances import random_moments, random_weights
from refusal import refused

import flowdln as fl
from flowdln.errors import InputError, ShapeError

INPUTS = np.array([[1.0, 2.0, 0.0], [0.0, 1.0, 1.0], [3.0, 1.0, 2.0], [1.0, 1.0, 1.0]])
TARGETS = np.array([[1.0, 0.0], [2.0, 1.0], [0.0, 3.0], [1.0, 1.0]])


class TestMomentsFromData:
    @pytest.mark.parametrize(("reduction", "count"), [("mean", 4), ("sum", 1)])
    def test_are_means_or_sums_of_products(self, reduction, count):
        moments = fl.Moments.from_data(INPUTS, TARGETS, reduction=reduction)
        products_xx = sum(np.outer(x, x) for x in INPUTS)
        products_yx = sum(np.outer(y, x) for x, y in zip(INPUTS, TARGETS, strict=True))
        np.testing.assert_allclose(moments.sigma_xx, products_xx / count, rtol=1e-15)
        np.testing.assert_allclose(moments.sigma_yx, products_yx / count, rtol=1e-15)
        assert moments.trace_yy == pytest.approx(np.sum(TARGETS**2) / count, rel=1e-15)

    def test_are_means_by_default(self):
        default, mean = fl.Moments.from_data(INPUTS, TARGETS), fl.Moments.from_data(INPUTS, TARGETS, reduction="mean")
        np.testing.assert_array_equal(default.sigma_yx, mean.sigma_yx)

    @pytest.mark.parametrize("dtype", [np.float32, np.int16, bool], ids=["single", "integer", "boolean"])
    def test_are_formed_in_float64(self, dtype):
        rows = np.full((3, 1), 200, dtype=dtype)  # squares overflow int16
        moments = fl.Moments.from_data(rows, rows, reduction="sum")
        assert moments.sigma_xx.dtype == np.float64
        assert moments.sigma_xx.item() == 3 * float(rows[0, 0]) ** 2

    def test_of_one_sample_have_rank_one(self):
        problem = fl.Problem(
            fl.Moments.from_data(INPUTS[:1], TARGETS[:1]), random_weights(np.random.default_rng(0), (3, 4, 2))
        )
        assert np.linalg.matrix_rank(problem.moments.sigma_xx) == 1

    @given(samples=st.integers(1, 6), n_in=st.integers(1, 6), n_out=st.integers(1, 4), seed=st.integers(0, 1000))
    def test_of_any_data_make_a_problem(self, samples, n_in, n_out, seed):
        draw = np.random.default_rng(seed)
        inputs, targets = draw.standard_normal((samples, n_in)), draw.standard_normal((samples, n_out))
        problem = fl.Problem(fl.Moments.from_data(inputs, targets), random_weights(draw, (n_in, n_out)))
        assert problem.widths == (n_in, n_out)

    @pytest.mark.parametrize(
        ("change", "error", "words"),
        [
            pytest.param(
                {"targets": TARGETS[:3]},
                ShapeError,
                ["targets has shape (3, 2)", "expected 4 rows", "inputs, which has shape (4, 3)", "Rows are samples."],
                id="fewer targets",
            ),
            pytest.param(
                {"inputs": INPUTS.T, "targets": TARGETS.T},
                ShapeError,
                ["targets has shape (2, 4)", "expected 3 rows", "(3, 4)", "in columns", "inputs.T and targets.T"],
                id="samples in columns",
            ),
            pytest.param(
                {"targets": TARGETS[:, 0]},
                ShapeError,
                ["targets has shape (4,)", "expected 2 axes", "array.reshape(-1, 1)"],
                id="one axis",
            ),
            pytest.param(
                {"inputs": np.empty((0, 3))},
                ShapeError,
                ["inputs has shape (0, 3)", "expected at least one entry"],
                id="no samples",
            ),
            pytest.param(
                {"inputs": [[1, 2, 3], [4, 5]]},
                ShapeError,
                ["inputs has rows of different lengths", "Give every row"],
                id="ragged rows",
            ),
            pytest.param(
                {"inputs": np.where(INPUTS == 3, np.nan, INPUTS)},
                InputError,
                ["inputs has 1 entries that are NaN or infinite", "at (2, 0)", "Remove or fill"],
                id="NaN",
            ),
            pytest.param(
                {"targets": np.where(TARGETS == 3, -np.inf, TARGETS)},
                InputError,
                ["targets has 1 entries that are NaN or infinite", "at (2, 1)"],
                id="infinity",
            ),
            pytest.param(
                {"targets": TARGETS + 0j},
                InputError,
                ["targets has entries of type complex128", "expected real numbers"],
                id="complex",
            ),
            pytest.param(
                {"inputs": INPUTS.astype(object)}, InputError, ["inputs has entries of type object"], id="object"
            ),
            pytest.param({"targets": TARGETS.astype(str)}, InputError, ["targets has entries of type <U32"], id="text"),
            pytest.param(
                {"reduction": "total"},
                InputError,
                ["reduction is 'total'", "expected one of mean, sum", "default"],
                id="reduction",
            ),
        ],
    )
    def test_of_bad_data_are_refused(self, change, error, words):
        refused(error, words, lambda: fl.Moments.from_data(**{"inputs": INPUTS, "targets": TARGETS, **change}))


class TestMomentsFromModes:
    @pytest.mark.parametrize(
        ("singular_values", "n_in", "n_out"),
        [([3.0, 1.0], 4, 2), ([3.0, 1.0], 2, 5), ([2.0], 3, 3), ([0.0, 1.0], 3, 2)],
        ids=["fewer outputs", "fewer inputs", "rank one", "a zero"],
    )
    def test_have_the_singular_values_and_no_noise(self, singular_values, n_in, n_out):
        moments = fl.Moments.from_modes(singular_values, n_in, n_out)
        found = np.linalg.svd(moments.sigma_yx).S
        wanted = np.zeros(min(n_in, n_out))
        wanted[: len(singular_values)] = np.sort(singular_values)[::-1]
        np.testing.assert_allclose(found, wanted, atol=1e-14)
        np.testing.assert_array_equal(moments.sigma_xx, np.eye(n_in))
        assert fl.loss((moments.sigma_yx,), moments) == pytest.approx(0, abs=1e-14)

    def test_depend_on_the_seed_and_nothing_else(self):
        by_integer = fl.Moments.from_modes([2, 1], 4, 3, seed=5)
        by_generator = fl.Moments.from_modes([2, 1], 4, 3, seed=np.random.default_rng(5))
        other = fl.Moments.from_modes([2, 1], 4, 3, seed=6)
        np.testing.assert_array_equal(by_integer.sigma_yx, by_generator.sigma_yx)
        assert np.abs(by_integer.sigma_yx - other.sigma_yx).max() > 0.1

    @pytest.mark.parametrize(
        ("singular_values", "error", "words"),
        [
            pytest.param(
                [1, -2], InputError, ["singular_values has the entry -2", "expected non-negative"], id="negative"
            ),
            pytest.param(
                [1, 2, 3], ShapeError, ["singular_values has 3 entries", "min(n_in, n_out) = 2", "Widen"], id="too many"
            ),
            pytest.param([], ShapeError, ["singular_values has shape (0,)", "at least one entry"], id="none"),
            pytest.param([[1.0]], ShapeError, ["singular_values has shape (1, 1)", "expected 1 axes"], id="matrix"),
            pytest.param([np.nan], InputError, ["singular_values has 1 entries that are NaN"], id="NaN"),
        ],
    )
    def test_that_cannot_be_are_refused(self, singular_values, error, words):
        refused(error, words, lambda: fl.Moments.from_modes(singular_values, 4, 2))


class TestWhitenedMoments:
    @pytest.mark.parametrize("rank", [4, 2, 0], ids=["full rank", "rank 2", "no inputs"])
    def test_have_the_projector_on_the_span_of_the_inputs(self, rank):
        moments = random_moments(np.random.default_rng(0), 4, 2, input_rank=rank)
        white = moments.whitened()
        np.testing.assert_allclose(white.sigma_xx @ white.sigma_xx, white.sigma_xx, atol=1e-14)
        np.testing.assert_allclose(white.sigma_xx @ moments.sigma_xx, moments.sigma_xx, atol=1e-14)
        assert np.trace(white.sigma_xx) == pytest.approx(rank, abs=1e-13)

    def test_are_those_of_whitened_samples(self):
        powers, axes = np.linalg.eigh(INPUTS.T @ INPUTS / len(INPUTS))
        samples = INPUTS @ (axes / np.sqrt(powers)) @ axes.T
        expected, white = fl.Moments.from_data(samples, TARGETS), fl.Moments.from_data(INPUTS, TARGETS).whitened()
        np.testing.assert_allclose(white.sigma_yx, expected.sigma_yx, atol=1e-13)
        np.testing.assert_allclose(white.sigma_xx, expected.sigma_xx, atol=1e-13)
        assert white.trace_yy == expected.trace_yy


@pytest.mark.parametrize(
    ("size", "words"),
    [
        pytest.param(1e200, ["second moment of the data is beyond float64", "Use other units"], id="overflow"),
        pytest.param(1e-200, ["a feature whose second moment is below", "smaller units"], id="underflow"),
    ],
)
def test_data_whose_moments_leave_float64_are_refused(size, words):
    inputs = INPUTS * [1.0, size, 1.0]
    refused(InputError, words, lambda: fl.Moments.from_data(inputs, TARGETS))


def test_masked_data_are_refused():
    inputs = np.ma.masked_equal([[1.0, 2.0], [-999.0, 3.0]], -999.0)
    words = ["inputs has 1 masked entries", ".filled(value)"]
    refused(InputError, words, lambda: fl.Moments.from_data(inputs, [[1.0], [2.0]]))


def test_masked_arrays_without_masked_entries_are_data():
    moments = fl.Moments.from_data(np.ma.masked_array(INPUTS), TARGETS)
    np.testing.assert_array_equal(moments.sigma_xx, fl.Moments.from_data(INPUTS, TARGETS).sigma_xx)


def test_long_doubles_beyond_float64_are_refused():
    inputs = np.array([[np.longdouble("1e400")]])
    words = ["inputs has 1 entries that are NaN or infinite in float64"]
    refused(InputError, words, lambda: fl.Moments.from_data(inputs, [[1.0]]))
