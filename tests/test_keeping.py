"""Functions given as ``save``: called once before the solve, and held to arrays of one shape and type."""

import numpy as np
import pytest
from instances import random_problem
from refusal import refused

import flowdln as fl
from flowdln.integrate import diffrax as integrate_diffrax

MOMENTS = fl.Moments.from_modes([2.0, 1.0], 3, 3)
ALIGNED = fl.Problem(MOMENTS, fl.initial.aligned(MOMENTS, (3, 4, 3), 0.1))
GENERIC = random_problem(0, (3, 4, 3))
ROUTES = [
    pytest.param(ALIGNED, "exact", id="exact"),
    pytest.param(GENERIC, "auto", id="auto"),
    pytest.param(GENERIC, "RK45", id="RK45"),
]
TRACED = pytest.param(GENERIC, "Tsit5", id="Tsit5", marks=pytest.mark.slow)
TIMES = [0.0, 0.5, 2.0]


@pytest.mark.parametrize(
    ("save", "words"),
    [
        pytest.param(lambda w: (w[0], w[1]), ["save returns a tuple"], id="layers"),
        pytest.param(lambda w: (w[0], w[0]), ["save returns a tuple"], id="layers of one shape"),
        pytest.param(lambda _: [[1.0], [1.0, 2.0]], ["save returns a list"], id="ragged"),
        pytest.param(lambda _: None, ["save returns a NoneType"], id="None"),
        pytest.param(lambda _: "loss", ["save returns a str"], id="text"),
        pytest.param(lambda _: {"loss": 1.0}, ["save returns a dict"], id="dictionary"),
        pytest.param(lambda _: np.array([None]), ["save returns an array of object"], id="objects"),
        pytest.param(lambda _: np.array(["a"]), ["save returns an array of <U1"], id="array of text"),
        pytest.param(lambda _: np.array(["2020-01-01"], dtype="M8[D]"), ["array of datetime64"], id="dates"),
        pytest.param(lambda w: w[0].astype(np.longdouble), ["array of float128"], id="long double"),
        pytest.param(lambda _: np.ma.masked_array([1.0, 2.0], [0, 1]), ["save returns a MaskedArray"], id="masked"),
        pytest.param(lambda _: np.zeros(0), ["save returns an empty array"], id="empty"),
        pytest.param(lambda w: np.log(w[0] * 0 - 1 + 0j).real * np.nan, ["save returns NaN or infinity"], id="NaN"),
        pytest.param(lambda _: np.inf, ["save returns NaN or infinity", "for the initial weights"], id="infinity"),
    ],
)
@pytest.mark.parametrize(("problem", "method"), [*ROUTES, TRACED])
def test_a_function_that_returns_no_finite_array_is_refused_before_the_solve(problem, method, save, words):
    calls = []

    def counted(weights):
        calls.append(weights)
        return save(weights)

    refused(fl.InputError, words, lambda: fl.solve(problem, TIMES, method=method, save=counted))
    assert len(calls) == 1


def later(value, otherwise):
    """A function that returns ``value`` once the weights have moved."""
    start = {id(problem): fl.end_to_end(problem.weights) for problem in (ALIGNED, GENERIC)}

    def save(weights):
        moved = min(np.abs(fl.end_to_end(weights) - product).max() for product in start.values())
        return value if moved > 1e-6 else otherwise

    return save


@pytest.mark.parametrize(
    ("value", "words"),
    [
        pytest.param(np.nan, ["save returns NaN or infinity at t / tau = 0.5", "finite numbers"], id="NaN"),
        pytest.param(np.ones(2), ["save returns float64 of shape (2,) at t / tau = 0.5", "shape ()"], id="shape"),
        pytest.param(1j, ["save returns complex128", "at t / tau = 0.5", "expected float64"], id="type"),
        pytest.param(None, ["save returns a NoneType at t / tau = 0.5"], id="None"),
    ],
)
@pytest.mark.parametrize(("problem", "method"), ROUTES)
def test_a_function_that_changes_its_mind_is_refused_with_the_time(problem, method, value, words):
    refused(fl.InputError, words, lambda: fl.solve(problem, TIMES, method=method, save=later(value, 1.0)))


@pytest.mark.slow
def test_nan_of_a_traced_function_is_blamed_on_it():
    import jax.numpy as jnp

    start = fl.end_to_end(GENERIC.weights)

    def save(weights):
        return jnp.where(jnp.abs(fl.end_to_end(weights) - start).max() > 1e-6, jnp.nan, 1.0)

    words = ["save returns NaN or infinity at t / tau = 0.5"]
    refused(fl.InputError, words, lambda: fl.solve(GENERIC, TIMES, method="Tsit5", save=save))


@pytest.mark.parametrize(
    ("save", "expected"),
    [
        pytest.param(lambda _: 3, np.full(3, 3), id="integer"),
        pytest.param(lambda _: True, np.full(3, True), id="boolean"),
        pytest.param(lambda _: 1 + 2j, np.full(3, 1 + 2j), id="complex"),
        pytest.param(lambda _: [1.0, 2.0], np.tile([1.0, 2.0], (3, 1)), id="list of numbers"),
        pytest.param(lambda _: (1.0, 2.0), np.tile([1.0, 2.0], (3, 1)), id="tuple of numbers"),
        pytest.param(lambda _: np.array([2**40]), np.full((3, 1), 2**40), id="large integers"),
    ],
)
@pytest.mark.parametrize(("problem", "method"), [*ROUTES, TRACED])
def test_numbers_of_all_types_are_kept(problem, method, save, expected):
    saved = fl.solve(problem, TIMES, method=method, save=save).saved
    np.testing.assert_array_equal(saved, expected)
    assert saved.dtype.kind == expected.dtype.kind


def test_weights_that_overflow_are_not_blamed_on_save():
    problem = fl.Problem(MOMENTS, fl.initial.small_random((3, 3, 3), scale=1e100))
    refused(fl.SolveError, ["method 'BDF' stopped"], lambda: fl.solve(problem, TIMES, method="BDF", save=np.sum))


def test_an_equal_function_is_compiled_once():
    def first(weights):
        return weights[0][0]

    integrate_diffrax._solve.clear_cache()
    for _ in range(3):
        fl.solve(GENERIC, TIMES, method="Tsit5", save=first)
    assert integrate_diffrax._solve._cache_size() == 1
