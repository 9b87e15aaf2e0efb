"""Limits on the number of steps, partial results, and no trace of a solve in the state of the process."""

import pickle
import time
import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from refusal import refused

import flowdln as fl
from flowdln.integrate import SCIPY
from flowdln.integrate import scipy as integrate_scipy

TIMES = np.array([0.0, 0.1, 0.2, 1e9])
MOMENTS = fl.Moments.from_modes([3.0, 1.0], n_in=4, n_out=3)
GENERIC = fl.Problem(MOMENTS, fl.initial.glorot((4, 5, 3), seed=0), tau=2.0)
ALIGNED = fl.Problem(MOMENTS, fl.initial.aligned(MOMENTS, (4, 3, 3), 0.1))
WIDE = fl.Problem(MOMENTS, fl.initial.glorot((4, 50, 3), seed=0))
EXPLOSIVE = fl.Problem(MOMENTS, fl.initial.small_random((4, 3, 3), scale=1e100))


@pytest.mark.parametrize("method", [*SCIPY, "auto", pytest.param("Tsit5", marks=pytest.mark.slow)])
def test_the_number_of_steps_is_limited(method):
    with pytest.raises(fl.SolveError, match=r"it has made 30 steps.*Raise max_steps") as caught:
        fl.solve(GENERIC, TIMES, method=method, max_steps=30, rtol=1e-4)
    part = caught.value.trajectory
    whole = fl.solve(GENERIC, TIMES[: len(part)], method=method, rtol=1e-4)
    assert 1 <= len(part) < len(TIMES)
    np.testing.assert_array_equal(part.ts, whole.ts)
    np.testing.assert_allclose(part.product, whole.product, atol=1e-3)


@pytest.mark.parametrize("method", ["DOP853", pytest.param("Tsit5", marks=pytest.mark.slow)])
def test_a_sufficient_limit_changes_nothing(method):
    limited, free = (fl.solve(GENERIC, [3.0], method=method, **options) for options in ({"max_steps": 200}, {}))
    np.testing.assert_array_equal(limited.product, free.product)


def test_a_limit_holds_without_being_asked_for(monkeypatch):
    monkeypatch.setitem(integrate_scipy.MAX_STEPS, "RK45", 50)
    refused(fl.SolveError, ["it has made 50 steps"], lambda: fl.solve(GENERIC, TIMES, method="RK45"))


@pytest.mark.parametrize("save", ["weights", "product", lambda weights: weights[0]])
def test_a_partial_result_is_of_the_original_problem(save):
    with pytest.raises(fl.SolveError) as caught:
        fl.solve(WIDE, [0.1, 0.2, 5.0], save=save, max_steps=10)
    part, whole = caught.value.trajectory, fl.solve(WIDE, [0.1, 0.2], save=save)
    assert part.problem is WIDE
    kept = part.kept or {"product": part.product}
    for name, values in kept.items():
        np.testing.assert_allclose(values, (whole.kept or {"product": whole.product})[name], rtol=1e-7)


def test_a_failure_before_the_first_output_time_has_no_trajectory():
    with pytest.raises(fl.SolveError) as caught:
        fl.solve(GENERIC, [5.0], method="RK45", max_steps=2)
    assert caught.value.trajectory is None


def test_a_partial_result_survives_pickling():
    with pytest.raises(fl.SolveError) as caught:
        fl.solve(GENERIC, TIMES, method="RK45", max_steps=30)
    copy = pickle.loads(pickle.dumps(caught.value))  # noqa: S301
    np.testing.assert_array_equal(copy.trajectory.product, caught.value.trajectory.product)


@pytest.mark.parametrize("max_steps", [0, -1, 2.5, True, np.nan, "many"])
@pytest.mark.parametrize("method", ["auto", "RK45", "Tsit5", "exact"])
def test_a_limit_that_is_not_a_positive_integer_is_refused(method, max_steps):
    words = [f"max_steps is {max_steps!r}", "a positive integer"]
    refused(fl.InputError, words, lambda: fl.solve(ALIGNED, [1.0], method=method, max_steps=max_steps))


@pytest.mark.parametrize("method", ["auto", "exact", "RK45", "Tsit5"])
def test_times_that_overflow_in_units_of_tau_are_refused(method):
    problem = fl.Problem(MOMENTS, ALIGNED.weights, tau=1e-300)
    refused(fl.InputError, ["ts / tau overflows", "shorter times"], lambda: fl.solve(problem, [0, 1e10], method=method))


def test_a_time_beyond_all_patience_is_reached_by_auto():
    start = time.perf_counter()
    assert fl.solve(GENERIC, [1e10]).loss[0] < 1e-12
    assert time.perf_counter() - start < 20


@pytest.mark.parametrize("method", ["LSODA", "BDF", "DOP853"])
def test_failures_and_threads_leave_no_trace(method):
    filters, errors = list(warnings.filters), np.geterr()

    def solve(seed):
        if seed % 2:
            return fl.solve(fl.Problem(MOMENTS, fl.initial.glorot((4, 5, 3), seed=seed)), [1.0], method=method)
        with pytest.raises(fl.SolveError):
            return fl.solve(EXPLOSIVE, [1.0], method=method)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(solve, range(16)))
    assert warnings.filters == filters
    assert np.geterr() == errors
