"""Initial weights: the property that each is named for."""

from functools import partial

import numpy as np
import pytest

import flowdln as fl
from flowdln import initial

ROUNDING = 1e-13

WIDTHS = [
    pytest.param((4, 3), id="one layer"),
    pytest.param((3, 5, 2), id="wide"),
    pytest.param((5, 2, 4), id="narrow"),
    pytest.param((4, 4, 4), id="square"),
    pytest.param((2, 6, 1, 3, 5), id="bottleneck"),
]
MOMENTS = fl.Moments.from_modes([3.0, 1.0], 4, 3)

INITIALISERS = [
    pytest.param(partial(initial.small_random, (4, 5, 3), scale=0.1), id="small_random"),
    pytest.param(partial(initial.glorot, (4, 5, 3)), id="glorot normal"),
    pytest.param(partial(initial.glorot, (4, 5, 3), distribution="uniform"), id="glorot uniform"),
    pytest.param(partial(initial.orthogonal, (4, 5, 3)), id="orthogonal"),
    pytest.param(partial(initial.balanced, (4, 5, 3), scale=0.1), id="balanced"),
    pytest.param(partial(initial.lambda_balanced, (4, 3, 3), 0.5, scale=0.1), id="lambda positive"),
    pytest.param(partial(initial.lambda_balanced, (4, 3, 3), -0.5, scale=0.1), id="lambda negative"),
    pytest.param(partial(initial.aligned, MOMENTS, (4, 5, 3), 0.1), id="aligned"),
]


class TestSeeds:
    @pytest.mark.parametrize("initialiser", INITIALISERS)
    def test_an_integer_and_its_generator_give_the_same(self, initialiser):
        by_integer, by_generator = initialiser(seed=3), initialiser(seed=np.random.default_rng(3))
        for one, other in zip(by_integer, by_generator, strict=True):
            np.testing.assert_array_equal(one, other)

    @pytest.mark.parametrize("initialiser", INITIALISERS)
    def test_different_seeds_give_different_layers(self, initialiser):
        for one, other in zip(initialiser(seed=3), initialiser(seed=4), strict=True):
            assert np.abs(one - other).max() > 0.01

    @pytest.mark.parametrize("initialiser", INITIALISERS)
    def test_a_generator_goes_on(self, initialiser):
        generator = np.random.default_rng(3)
        for one, other in zip(initialiser(seed=generator), initialiser(seed=generator), strict=True):
            assert np.abs(one - other).max() > 0.01


@pytest.mark.parametrize(
    "initialiser",
    [
        pytest.param(partial(initial.small_random, scale=0.1), id="small_random"),
        pytest.param(initial.glorot, id="glorot"),
        pytest.param(initial.orthogonal, id="orthogonal"),
        pytest.param(partial(initial.balanced, scale=0.1), id="balanced"),
    ],
)
@pytest.mark.parametrize("widths", WIDTHS)
def test_weights_fit_the_widths(initialiser, widths):
    weights = initialiser(widths)
    assert isinstance(weights, tuple)
    assert [weight.shape for weight in weights] == list(zip(widths[1:], widths[:-1], strict=True))


class TestRandomEntries:
    """Statistics of 300,000 entries: a mean within five standard errors, a variance within two per cent."""

    @pytest.mark.parametrize(
        ("initialiser", "deviations"),
        [
            pytest.param(partial(initial.small_random, scale=1e-3), [1e-3, 1e-3], id="small_random"),
            pytest.param(initial.glorot, [np.sqrt(2 / 800), np.sqrt(2 / 1100)], id="glorot normal"),
            pytest.param(
                partial(initial.glorot, distribution="uniform"),
                [np.sqrt(2 / 800), np.sqrt(2 / 1100)],
                id="glorot uniform",
            ),
        ],
    )
    def test_have_the_mean_and_the_deviation(self, initialiser, deviations):
        weights = initialiser((300, 500, 600), seed=1)
        scaled = [weight / deviation for weight, deviation in zip(weights, deviations, strict=True)]
        assert [abs(weight.mean()) < 5 / np.sqrt(weight.size) for weight in scaled] == [True, True]
        assert [weight.var() for weight in scaled] == pytest.approx([1, 1], rel=0.02)

    @pytest.mark.parametrize(
        ("distribution", "kurtosis", "largest"),
        [("normal", 3.0, np.inf), ("uniform", 1.8, np.sqrt(6 / 800))],
        ids=["normal", "uniform"],
    )
    def test_of_glorot_have_the_shape_of_their_distribution(self, distribution, kurtosis, largest):
        (weight,) = initial.glorot((300, 500), distribution=distribution, seed=1)
        assert np.mean(weight**4) / np.mean(weight**2) ** 2 == pytest.approx(kurtosis, rel=0.03)
        assert np.abs(weight).max() <= largest

    def test_of_orthogonal_have_no_preferred_direction(self):
        draws = np.stack([initial.orthogonal((3, 2), seed=seed)[0] for seed in range(2000)])
        np.testing.assert_allclose(draws.mean(axis=0), 0, atol=5 / np.sqrt(3 * 2000))
        np.testing.assert_allclose((draws**2).mean(axis=0), 1 / 3, rtol=0.08)


class TestOrthogonal:
    @pytest.mark.parametrize("widths", WIDTHS)
    def test_all_singular_values_equal_the_scale(self, widths):
        for weight in initial.orthogonal(widths, scale=0.5):
            np.testing.assert_allclose(np.linalg.svd(weight).S, 0.5, rtol=ROUNDING)

    def test_scale_is_one_unless_given(self):
        (weight,) = initial.orthogonal((3, 3))
        np.testing.assert_allclose(weight @ weight.T, np.eye(3), atol=ROUNDING)


class TestBalanced:
    @pytest.mark.parametrize("widths", WIDTHS)
    def test_imbalance_is_zero(self, widths):
        for matrix in fl.imbalance(initial.balanced(widths, scale=1.0)):
            np.testing.assert_allclose(matrix, 0, atol=ROUNDING)

    @pytest.mark.parametrize("widths", WIDTHS)
    def test_layers_share_singular_values_of_the_scale(self, widths):
        rank = min(widths)
        spectra = np.stack([np.linalg.svd(weight).S[:rank] for weight in initial.balanced(widths, scale=0.2)])
        np.testing.assert_allclose(spectra, np.broadcast_to(spectra[0], spectra.shape), rtol=0, atol=ROUNDING)
        assert np.sqrt(np.mean(spectra[0] ** 2)) == pytest.approx(0.2, rel=ROUNDING)
        assert spectra[0, -1] > 0

    @pytest.mark.parametrize("widths", WIDTHS)
    def test_rank_is_the_largest_that_the_widths_allow(self, widths):
        product = fl.end_to_end(initial.balanced(widths, scale=1.0))
        assert np.linalg.matrix_rank(product) == min(widths)

    def test_control_random_weights_are_not_balanced(self):
        (matrix,) = fl.imbalance(initial.small_random((3, 5, 2), scale=1.0))
        assert np.abs(matrix).max() > 1e-3


class TestLambdaBalanced:
    @pytest.mark.parametrize(
        ("widths", "lam"),
        [
            pytest.param((5, 3, 4), 0.7, id="positive, narrow"),
            pytest.param((5, 4, 4), 0.7, id="positive, as wide as the outputs"),
            pytest.param((2, 3, 4), 0.7, id="positive, wider than the inputs"),
            pytest.param((4, 3, 5), -0.7, id="negative, narrow"),
            pytest.param((4, 4, 5), -0.7, id="negative, as wide as the inputs"),
            pytest.param((4, 3, 2), -0.7, id="negative, wider than the outputs"),
            pytest.param((4, 3, 5), 0.0, id="zero, narrow"),
            pytest.param((3, 6, 2), 0.0, id="zero, wide"),
            pytest.param((3, 3, 3), 40.0, id="large"),
            pytest.param((3, 3, 3), -1e-6, id="small"),
            pytest.param((4, 1, 2), -2, id="one hidden unit, an integer"),
        ],
    )
    def test_imbalance_is_lam_times_the_identity(self, widths, lam):
        first, second = weights = initial.lambda_balanced(widths, lam, scale=0.3)
        assert (first.shape, second.shape) == ((widths[1], widths[0]), (widths[2], widths[1]))
        (matrix,) = fl.imbalance(weights)
        np.testing.assert_allclose(matrix, lam * np.eye(widths[1]), rtol=0, atol=ROUNDING * max(1, abs(lam)))

    def test_control_weights_for_another_lam_are_not_balanced_for_this_one(self):
        (matrix,) = fl.imbalance(initial.lambda_balanced((5, 3, 4), 0.6, scale=0.3))
        assert np.abs(matrix - 0.7 * np.eye(3)).max() > 1e-3

    @pytest.mark.parametrize(("lam", "smaller"), [(0.7, 0), (-0.7, 1)], ids=["positive", "negative"])
    def test_scale_is_that_of_the_smaller_layer(self, lam, smaller):
        values = np.linalg.svd(initial.lambda_balanced((4, 3, 3), lam, scale=0.1)[smaller]).S
        assert np.sqrt(np.mean(values**2)) == pytest.approx(0.1, rel=ROUNDING)


class TestAligned:
    @pytest.mark.parametrize(
        ("strengths", "expected"),
        [
            pytest.param(0.2, [[0.2, 0.2]] * 3, id="one for all"),
            pytest.param([0.1, 0.2, 0.3], [[0.1, 0.1], [0.2, 0.2], [0.3, 0.3]], id="one for each layer"),
            pytest.param(
                [[0.1, 0.4], [0.2, 0.5], [0.3, 0.6]], [[0.1, 0.4], [0.2, 0.5], [0.3, 0.6]], id="layers and modes"
            ),
            pytest.param([[0.1], [0.2], [0.3]], [[0.1], [0.2], [0.3]], id="the strongest mode only"),
            pytest.param([[-0.1, 0.4], [0.2, 0], [1, 2]], [[-0.1, 0.4], [0.2, 0], [1, 2]], id="signs and zeros"),
        ],
    )
    def test_layers_have_the_strengths_and_chain_to_the_frame_of_the_data(self, strengths, expected):
        weights = initial.aligned(MOMENTS, (4, 5, 2, 3), strengths)
        expected = np.array(expected)
        count = expected.shape[1]
        right, left = svd_vectors(count)
        for weight, values in zip(weights, expected, strict=True):
            spectrum = np.zeros(min(weight.shape))
            spectrum[:count] = np.sort(np.abs(values))[::-1]
            np.testing.assert_allclose(np.linalg.svd(weight).S, spectrum, atol=ROUNDING)
        product = left * expected.prod(axis=0) @ right.T
        np.testing.assert_allclose(fl.end_to_end(weights), product, rtol=0, atol=ROUNDING)

    def test_imbalance_of_equal_strengths_is_zero(self):
        for matrix in fl.imbalance(initial.aligned(MOMENTS, (4, 5, 2, 3), 0.4)):
            np.testing.assert_allclose(matrix, 0, atol=ROUNDING)

    @pytest.mark.parametrize(
        ("widths", "modes"), [((4, 1, 3), 1), ((4, 5, 3), 2)], ids=["as narrow as one", "as many as the data have"]
    )
    def test_all_modes_that_there_is_room_for_are_set(self, widths, modes):
        assert np.linalg.matrix_rank(fl.end_to_end(initial.aligned(MOMENTS, widths, 1.0))) == modes

    def test_one_layer_is_diagonal_in_the_frame_of_the_data(self):
        (weight,) = initial.aligned(MOMENTS, (4, 3), 0.5)
        right, left = svd_vectors(2)
        np.testing.assert_allclose(weight, 0.5 * left @ right.T, rtol=0, atol=ROUNDING)

    def test_a_task_without_modes_leaves_weights_at_zero(self):
        moments = fl.Moments(np.eye(4), np.zeros((3, 4)), 1.0)
        for weight in initial.aligned(moments, (4, 5, 3), 0.5):
            np.testing.assert_array_equal(weight, 0)


def svd_vectors(count):
    """The leading right and left singular vectors of the task, with the signs that the frame has."""
    left, _, right = np.linalg.svd(MOMENTS.sigma_yx, full_matrices=False)
    return right[:count].T, left[:, :count]


def test_widths_may_be_a_list_of_numpy_integers():
    assert initial.glorot(list(np.array([3, 4, 2])))[0].shape == (4, 3)
