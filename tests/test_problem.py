"""Problems: what they hold, and what moments and weights that do not fit are told."""

import numpy as np
import pytest
from instances import random_moments, random_problem, random_weights
from refusal import refused

import flowdln as fl
from flowdln.errors import InputError, ShapeError

MOMENTS = random_moments(np.random.default_rng(0), 3, 2)
WEIGHTS = random_weights(np.random.default_rng(0), (3, 5, 4, 2))
EIGENVALUES = np.linalg.eigvalsh(MOMENTS.sigma_xx)


def outside_the_range():
    """Moments whose ``sigma_yx`` has a part on an input that is always zero."""
    sigma_xx = np.diag([1.0, 1.0, 0.0])
    return fl.Moments(sigma_xx, np.array([[0.1, 0.0, 1e-3], [0.0, 0.1, 0.0]]), 1e3)


class TestProblem:
    def test_holds_what_was_given(self):
        problem = fl.Problem(MOMENTS, WEIGHTS, tau=2)
        for held, given_weight in zip(problem.weights, WEIGHTS, strict=True):
            np.testing.assert_array_equal(held, given_weight)
        np.testing.assert_array_equal(problem.moments.sigma_xx, MOMENTS.sigma_xx)
        np.testing.assert_array_equal(problem.moments.sigma_yx, MOMENTS.sigma_yx)
        assert (problem.moments.trace_yy, problem.tau) == (MOMENTS.trace_yy, 2.0)
        assert (problem.depth, problem.widths) == (3, (3, 5, 4, 2))

    def test_arrays_are_read_only(self):
        problem = fl.Problem(MOMENTS, WEIGHTS)
        held = (*problem.weights, problem.moments.sigma_xx, problem.moments.sigma_yx)
        assert not any(array.flags.writeable for array in held)

    def test_arrays_of_the_user_stay_theirs(self):
        moments, weights = (
            random_moments(np.random.default_rng(0), 3, 2),
            random_weights(np.random.default_rng(0), (3, 2)),
        )
        problem = fl.Problem(moments, weights)
        theirs = (*weights, moments.sigma_xx, moments.sigma_yx)
        kept = (*problem.weights, problem.moments.sigma_xx, problem.moments.sigma_yx)
        before = [array.copy() for array in kept]
        for array in theirs:
            array[...] = 7
        for array, copy in zip(kept, before, strict=True):
            np.testing.assert_array_equal(array, copy)

    @pytest.mark.parametrize("name", ["moments", "weights", "tau"])
    def test_is_frozen(self, name):
        problem = random_problem(0, (3, 2))
        with pytest.raises(AttributeError, match=name):
            setattr(problem, name, None)

    @pytest.mark.parametrize(
        "convert",
        [
            pytest.param(lambda array: array.astype(np.float32), id="single precision"),
            pytest.param(lambda array: array.round().astype(int), id="integers"),
            pytest.param(lambda array: array > 0, id="booleans"),
            pytest.param(np.ndarray.tolist, id="lists"),
        ],
    )
    def test_weights_of_real_numbers_become_float64(self, convert):
        given_weights = [convert(weight) for weight in WEIGHTS]
        problem = fl.Problem(MOMENTS, given_weights)
        assert isinstance(problem.weights, tuple)
        assert {weight.dtype for weight in problem.weights} == {np.dtype(np.float64)}
        for held, given_weight in zip(problem.weights, given_weights, strict=True):
            np.testing.assert_array_equal(held, given_weight)

    @pytest.mark.parametrize(
        "moments",
        [
            pytest.param(fl.Moments(np.zeros((3, 3)), np.zeros((2, 3)), 0.0), id="no inputs, no targets"),
            pytest.param(fl.Moments(np.zeros((3, 3)), np.zeros((2, 3)), 1.0), id="no inputs"),
            pytest.param(random_moments(np.random.default_rng(1), 3, 2, input_rank=1), id="singular inputs"),
            pytest.param(MOMENTS, id="general inputs"),
            pytest.param(fl.Moments.from_modes([2.0, 1.0], 3, 2), id="no noise"),
            pytest.param(fl.Moments(*(1e-200 * field for field in MOMENTS)), id="tiny units"),
            pytest.param(fl.Moments(*(1e200 * field for field in MOMENTS)), id="huge units"),
        ],
    )
    def test_moments_that_data_have_are_accepted(self, moments):
        problem = fl.Problem(moments, WEIGHTS)
        np.testing.assert_allclose(problem.moments.sigma_xx, moments.sigma_xx, rtol=1e-15)

    def test_rounding_of_the_symmetry_is_removed(self):
        tilted = MOMENTS.sigma_xx.copy()
        tilted[0, 1] *= 1 + 1e-12
        sigma_xx = fl.Problem(MOMENTS._replace(sigma_xx=tilted), WEIGHTS).moments.sigma_xx
        np.testing.assert_array_equal(sigma_xx, sigma_xx.T)

    @pytest.mark.parametrize(
        ("moments", "error", "words"),
        [
            pytest.param(
                tuple(MOMENTS), InputError, ["moments is a tuple", "flowdln.Moments", "Moments.from_data"], id="tuple"
            ),
            pytest.param(
                MOMENTS._replace(sigma_xx=np.eye(4)),
                ShapeError,
                ["sigma_xx has shape (4, 4)", "expected (3, 3)", "sigma_yx has shape (2, 3)", "3 inputs"],
                id="other number of inputs",
            ),
            pytest.param(
                MOMENTS._replace(sigma_xx=np.ones((3, 2))),
                ShapeError,
                ["sigma_xx has shape (3, 2)", "expected (3, 3)"],
                id="not square",
            ),
            pytest.param(
                MOMENTS._replace(sigma_yx=np.ones(3)),
                ShapeError,
                ["sigma_yx has shape (3,)", "expected 2 axes", "array.reshape(1, -1)"],
                id="one axis",
            ),
            pytest.param(
                MOMENTS._replace(sigma_xx=MOMENTS.sigma_xx + np.triu(np.full((3, 3), 0.25), 1)),
                InputError,
                ["sigma_xx differs from its transpose by 0.25", "symmetric", "(sigma_xx + sigma_xx.T) / 2"],
                id="asymmetric",
            ),
            pytest.param(
                MOMENTS._replace(sigma_xx=MOMENTS.sigma_xx - (EIGENVALUES[0] + 0.125) * np.eye(3)),
                InputError,
                ["sigma_xx has the eigenvalue -0.125", "expected none below zero", "positive semidefinite"],
                id="indefinite",
            ),
            pytest.param(
                outside_the_range(),
                InputError,
                ["trace_yy is 1000;", "at least tr(sigma_yx sigma_xx^+ sigma_yx^T)", "Moments.from_data"],
                id="sigma_yx outside the range of sigma_xx",
            ),
            pytest.param(
                fl.Moments.from_modes([2.0, 1.0], 3, 2)._replace(trace_yy=4.9),
                InputError,
                ["trace_yy is 4.9;", "expected at least", "= 5,", "the loss could be negative", "from_data"],
                id="trace_yy too small",
            ),
            pytest.param(
                fl.Moments(np.eye(3), np.zeros((2, 3)), -1.0), InputError, ["trace_yy is -1;"], id="trace_yy negative"
            ),
            pytest.param(
                MOMENTS._replace(trace_yy=np.ones(2)),
                ShapeError,
                ["trace_yy has shape (2,)", "expected 0 axes"],
                id="trace_yy of each output",
            ),
            pytest.param(
                MOMENTS._replace(trace_yy=None), InputError, ["trace_yy has entries of type object"], id="no trace_yy"
            ),
            pytest.param(
                MOMENTS._replace(sigma_yx=MOMENTS.sigma_yx * np.nan),
                InputError,
                ["sigma_yx has 6 entries that are NaN", "first at (0, 0)"],
                id="NaN",
            ),
        ],
    )
    def test_moments_that_no_data_have_are_refused(self, moments, error, words):
        refused(error, words, lambda: fl.Problem(moments, WEIGHTS))

    @pytest.mark.parametrize(
        ("weights", "error", "words"),
        [
            pytest.param(
                np.ones((2, 3)),
                ShapeError,
                ["weights is of type ndarray", "expected a tuple of arrays", "(W,)"],
                id="a bare array",
            ),
            pytest.param(
                (weight for weight in WEIGHTS), ShapeError, ["weights is of type generator", "a tuple"], id="generator"
            ),
            pytest.param(None, ShapeError, ["weights is of type NoneType", "a tuple"], id="nothing"),
            pytest.param((), ShapeError, ["weights has no layers", "(W_1, ..., W_L)"], id="no layers"),
            pytest.param(
                (np.ones((5, 4)), *WEIGHTS[1:]),
                ShapeError,
                ["weights[0] has shape (5, 4)", "expected (5, 3)", "The data have 3 inputs"],
                id="inputs",
            ),
            pytest.param(
                (WEIGHTS[0], np.ones((4, 6)), WEIGHTS[2]),
                ShapeError,
                ["weights[1] has shape (4, 6)", "expected (4, 5)", "Layer 1 (weights[0]) has 5 outputs"],
                id="first hidden layer",
            ),
            pytest.param(
                (*WEIGHTS[:2], np.ones((2, 3))),
                ShapeError,
                ["weights[2] has shape (2, 3)", "expected (2, 4)", "Layer 2 (weights[1]) has 4 outputs"],
                id="second hidden layer",
            ),
            pytest.param(
                (*WEIGHTS[:2], np.ones((3, 4))),
                ShapeError,
                ["weights[2] has shape (3, 4)", "expected (2, 4)", "The data have 2 outputs"],
                id="outputs",
            ),
            pytest.param(
                (WEIGHTS[0].T, *WEIGHTS[1:]),
                ShapeError,
                ["weights[0] has shape (3, 5)", "W_l has shape (outputs, inputs): transpose it?"],
                id="first layer transposed",
            ),
            pytest.param(
                (WEIGHTS[0], WEIGHTS[1].T, WEIGHTS[2]),
                ShapeError,
                ["weights[1] has shape (5, 4)", "expected (5, 5)", "transpose it?"],
                id="middle layer transposed",
            ),
            pytest.param(
                tuple(reversed(WEIGHTS)),
                ShapeError,
                ["weights[0] has shape (2, 4)", "3 inputs"],
                id="output side first",
            ),
            pytest.param(
                (WEIGHTS[0], WEIGHTS[1][0], WEIGHTS[2]),
                ShapeError,
                ["weights[1] has shape (5,)", "expected 2 axes", "array.reshape(1, -1)"],
                id="one axis",
            ),
            pytest.param(
                (*WEIGHTS[:2], WEIGHTS[2] + 0j), InputError, ["weights[2] has entries of type complex128"], id="complex"
            ),
            pytest.param(
                (*WEIGHTS[:2], WEIGHTS[2] * np.inf),
                InputError,
                ["weights[2] has 8 entries that are NaN or infinite"],
                id="infinite",
            ),
        ],
    )
    def test_weights_that_do_not_fit_are_refused(self, weights, error, words):
        refused(error, words, lambda: fl.Problem(MOMENTS, weights))

    @pytest.mark.parametrize(
        ("tau", "written"),
        [(0, "0"), (-1.0, "-1.0"), (np.nan, "nan"), (np.inf, "inf"), ("1", "'1'"), (None, "None")],
        ids=["zero", "negative", "NaN", "infinite", "text", "nothing"],
    )
    def test_tau_that_is_no_time_is_refused(self, tau, written):
        words = [f"tau is {written}", "expected a positive number", "Time is measured in it"]
        refused(InputError, words, lambda: fl.Problem(MOMENTS, WEIGHTS, tau=tau))
