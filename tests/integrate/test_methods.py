"""Every solver against closed forms, and what all share: output times, the scale of tolerances, progress, failure."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.integrate
from instances import largest_gap, random_problem, relative_error
from refusal import refused

import flowdln as fl
from flowdln.integrate import DIFFRAX, SCIPY, Equation, Tolerance, integrate
from flowdln.integrate import scipy as integrate_scipy

QUICK = (*SCIPY, "Tsit5")  # of diffrax's methods, which compile for seconds, one; the others are slow tests
METHODS = (*QUICK, *(pytest.param(name, marks=pytest.mark.slow) for name in DIFFRAX if name not in QUICK))
IMPLICIT = ("LSODA", "BDF", "Radau")
MULTIPLE = 10  # of rtol: the errors of the steps add up
TIMES = np.array([0.3, 0.5, 1.0, 2.0, 5.0])
MOMENTS = fl.Moments.from_modes([3.0, 1.0], n_in=4, n_out=3)
ALIGNED = fl.Problem(MOMENTS, fl.initial.aligned(MOMENTS, (4, 3, 3), [[0.1, 0.05], [0.2, 0.1]], seed=1))
DEEP = fl.Problem(MOMENTS, fl.initial.aligned(MOMENTS, (4, 5, 2, 6, 3), 0.5, seed=1))
SINGLE = random_problem(3, (4, 3), input_rank=3)
EXPLOSIVE = Equation(lambda _, y, __: (y[0] @ y[0],), (np.ones((1, 1)),), None)  # y' = y^2: infinite at t = 1


def error(problem, ts, **options):
    """Largest error in a weight, against the closed form."""
    return largest_gap(fl.solve(problem, ts, **options).weights, fl.solve(problem, ts, method="exact").weights)


@pytest.mark.parametrize("method", METHODS)
def test_errors_follow_the_tolerance(method):
    coarse, fine = (error(ALIGNED, TIMES, method=method, rtol=rtol) for rtol in (1e-5, 1e-8))
    assert coarse < MULTIPLE * 1e-5
    assert fine < MULTIPLE * 1e-8
    assert fine < coarse / 100


@pytest.mark.parametrize("method", METHODS)
def test_a_wrong_time_constant_is_seen_at_both_tolerances(method):
    slower = fl.Problem(MOMENTS, ALIGNED.weights, tau=1.001)
    solution = fl.solve(slower, TIMES, method=method, rtol=1e-5)
    assert largest_gap(solution.weights, fl.solve(ALIGNED, TIMES, method="exact").weights) > MULTIPLE * 1e-5


@pytest.mark.parametrize(
    "problem",
    [
        pytest.param(SINGLE, id="single layer, singular inputs"),
        pytest.param(ALIGNED, id="two layers"),
        pytest.param(DEEP, id="four balanced layers"),
    ],
)
def test_dop853_meets_the_closed_forms(problem):
    ts = np.linspace(0, 20, 41)
    assert error(problem, ts, method="DOP853", rtol=1e-12) < 1e-10


@pytest.mark.parametrize("method", [pytest.param("Dopri8", marks=pytest.mark.slow), "DOP853"])
def test_output_between_the_steps_is_as_accurate_as_asked_for(method):
    assert error(ALIGNED, np.linspace(0, 10, 41), method=method, rtol=1e-12) < MULTIPLE * 1e-12


def stiff(depth, seed):
    """Layers of unlike strengths, whose curvature after learning is many times the speed of the slowest mode."""
    moments = fl.Moments.from_modes([3.0, 2.0, 1.0], 5, 4, seed=seed)
    strengths = np.random.default_rng(seed).uniform(0.35, 0.9, (depth, 3))
    return fl.Problem(moments, fl.initial.aligned(moments, (5, *[4] * (depth - 1), 4), strengths, seed=seed))


@pytest.mark.parametrize("rtol", [1e-9, 1e-12])
@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("depth", [2, 6, 8])
def test_dop853_is_accurate_between_large_steps_of_a_stiff_flow(depth, seed, rtol):
    assert error(stiff(depth, seed), np.linspace(0, 20, 401), method="DOP853", rtol=rtol) < 50 * rtol


def test_control_steps_beyond_stability_lose_accuracy(monkeypatch):
    ts = np.linspace(0, 20, 5)
    within = error(stiff(8, 1), ts, method="DOP853", rtol=1e-12)
    monkeypatch.setattr(integrate_scipy, "STABLE_STEP", {})
    assert error(stiff(8, 1), ts, method="DOP853", rtol=1e-12) > 10 * within


@pytest.mark.parametrize("method", ["LSODA", "Tsit5"])
@pytest.mark.parametrize(
    "ts",
    [
        pytest.param(np.geomspace(1e-3, 10, 5), id="log-spaced"),
        pytest.param(np.array([0.0, 0.5, 0.6, 4.0, 30.0]), id="from zero, uneven"),
        pytest.param(np.array([7.0, 7.5, 8.0, 8.5, 9.0]), id="late start"),
        pytest.param(np.array([2.0]), id="one time"),
    ],
)
def test_any_output_times(method, ts):
    solution = fl.solve(ALIGNED, ts, method=method)
    np.testing.assert_array_equal(solution.ts, ts)
    assert solution.product.shape == (len(ts), 3, 4)
    assert error(ALIGNED, ts, method=method) < MULTIPLE * 1e-8


@pytest.mark.parametrize("method", ["RK45", "BDF", "Tsit5"])
def test_time_zero_alone_gives_the_initial_weights(method):
    solution = fl.solve(ALIGNED, [0.0], method=method)
    assert largest_gap([stack[0] for stack in solution.weights], ALIGNED.weights) == 0
    assert len(solution) == 1


@pytest.mark.parametrize("method", ["RK45", "Tsit5"])
def test_tau_scales_time_exactly(method):
    slow = fl.Problem(MOMENTS, ALIGNED.weights, tau=4.0)
    slow_weights = fl.solve(slow, 4 * TIMES, method=method).weights
    assert largest_gap(slow_weights, fl.solve(ALIGNED, TIMES, method=method).weights) == 0


def plateau(scale):
    """A problem that starts at ``scale``, and times around its exit from the plateau, at ``-ln(scale) / s``."""
    problem = fl.Problem(MOMENTS, fl.initial.aligned(MOMENTS, (4, 3, 3), scale, seed=1))
    return problem, -np.log(scale) / 3 * np.array([0.5, 0.9, 1.0, 1.1, 1.5])


@pytest.mark.parametrize("scale", [1e-6, 1e-12])
@pytest.mark.parametrize("method", ["RK45", "DOP853", "LSODA", "BDF", "Tsit5"])
def test_the_exit_from_a_plateau_is_on_time(method, scale):
    problem, ts = plateau(scale)
    assert error(problem, ts, method=method) < 1e-5


@pytest.mark.parametrize("scale", [1e-6, 1e-12])
@pytest.mark.parametrize("method", ["RK45", "LSODA", "BDF", "Tsit5"])
def test_a_fixed_absolute_tolerance_misses_the_exit(method, scale):
    problem, ts = plateau(scale)
    assert error(problem, ts, method=method, atol=1e-6) > 1e-2


@pytest.mark.parametrize("method", ["DOP853", "Tsit5"])
def test_progress_is_shown_on_request_only(method, capsys):
    fl.solve(ALIGNED, TIMES, method=method)
    jax.effects_barrier()
    assert capsys.readouterr().err == ""
    fl.solve(ALIGNED, TIMES, method=method, progress=True)
    jax.effects_barrier()
    assert "100" in capsys.readouterr().err


@pytest.mark.parametrize("method", [*SCIPY, "Tsit5"])
def test_a_solution_that_explodes_is_an_error_with_advice(method):
    def call():
        integrate(EXPLOSIVE, np.array([0.5, 2.0]), method=method, tolerance=Tolerance(1e-6, 1e-6), max_steps=10_000)

    refused(fl.SolveError, [f"method '{method}'", "up to t / tau = 2", "a larger rtol", "stiff"], call)


def test_a_failure_says_how_far_it_came():
    def call():
        integrate(EXPLOSIVE, np.array([0.5, 0.7, 2.0]), method="RK45", tolerance=Tolerance(1e-6, 1e-6))

    refused(fl.SolveError, ["stopped at t / tau = ", "step size"], call)


def test_a_failure_before_the_first_time_is_an_error_with_advice():
    def call():
        integrate(EXPLOSIVE, np.array([2.0]), method="DOP853", tolerance=Tolerance(1e-6, 1e-6))

    refused(fl.SolveError, ["method 'DOP853' stopped at", "step size", "Try a larger rtol"], call)


@pytest.mark.parametrize("method", ["RK45", "Tsit5"])
def test_weights_that_overflow_the_velocity_are_an_error_with_advice(method):
    problem = fl.Problem(MOMENTS, fl.initial.small_random((4, 3, 3), scale=1e200))
    words = ["the velocity at t = 0", "overflows", "smaller initial weights"]
    refused(fl.SolveError, words, lambda: fl.solve(problem, TIMES, method=method))


class Scripted:
    """A solver that makes one step, to ``t = 0.6`` and ``VALUE``, and then ends as ``STATUS``."""

    STATUS, VALUE = "failed", 1.0
    nfev, njev, nlu = 9, 0, 0

    def __init__(self, _, t, *__, **___):
        self.t, self.status = t, "running"

    def step(self):
        self.status = self.STATUS if self.t else "running"
        self.t = 0.6
        return "It gave up." if self.status == "failed" else None

    def dense_output(self):
        return lambda ts: np.full((21, len(ts)), self.VALUE)


def test_what_a_solver_says_reaches_the_message_once(monkeypatch):
    monkeypatch.setattr(scipy.integrate, "BDF", Scripted)
    words = ["method 'BDF' stopped at t / tau = 0.6: It gave up.; expected"]
    refused(fl.SolveError, words, lambda: fl.solve(ALIGNED, TIMES, method="BDF"))


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_result_that_is_not_finite_is_an_error(monkeypatch, value):
    monkeypatch.setattr(scipy.integrate, "BDF", type("Broken", (Scripted,), {"VALUE": value, "STATUS": "finished"}))
    refused(fl.SolveError, ["method 'BDF' stopped", "overflows"], lambda: fl.solve(ALIGNED, [0.5], method="BDF"))


def test_an_unknown_method_is_told_all_names():
    words = ["method is 'Euler'", "'auto', 'exact'", *SCIPY, *DIFFRAX]
    refused(fl.InputError, words, lambda: fl.solve(ALIGNED, TIMES, method="Euler"))


@pytest.fixture
def options(monkeypatch, method):
    """The options that SciPy's solver is made with."""
    seen = {}
    original = getattr(scipy.integrate, method)

    def spy(*arguments, **keywords):
        seen.update(keywords)
        return original(*arguments, **keywords)

    monkeypatch.setattr(scipy.integrate, method, spy)
    return seen


@pytest.mark.parametrize("method", IMPLICIT)
def test_implicit_methods_get_the_jacobian_of_jax(method, options):
    problem = random_problem(5, (3, 4, 2))
    fl.solve(problem, [0.0, 0.1], method=method)
    vector = np.random.default_rng(0).standard_normal(20)

    def flow(y):
        velocity = fl.gradient_flow(0.0, (y[:12].reshape(4, 3), y[12:].reshape(2, 4)), problem.moments)
        return jnp.concatenate([layer.ravel() for layer in velocity])

    with jax.enable_x64(True):
        reference = np.asarray(jax.jit(jax.jacfwd(flow))(vector))
    assert relative_error([options["jac"](0.0, vector)], [reference]) < 1e-13
    assert relative_error([options["jac"](0.0, vector)], [reference.T]) < 1e-13  # minus a Hessian: symmetric
    assert relative_error([options["jac"](0.0, 1.001 * vector)], [reference]) > 1e-4


@pytest.mark.parametrize("method", ["RK23", "RK45", "DOP853"])
def test_explicit_methods_get_none(method, options):
    fl.solve(ALIGNED, TIMES, method=method)
    assert "jac" not in options


def test_jax_is_configured_as_before():
    before = dict(jax.config.values)
    fl.solve(ALIGNED, TIMES, method="Tsit5")
    assert dict(jax.config.values) == before
    assert jnp.ones(1).dtype == jnp.float32


@pytest.mark.parametrize("method", ["Tsit5", "RK45"])
def test_results_are_float64_arrays_of_numpy(method):
    for stack in fl.solve(ALIGNED, TIMES, method=method).weights:
        assert type(stack) is np.ndarray
        assert stack.dtype == np.float64


@pytest.mark.parametrize(
    ("method", "names"),
    [
        ("DOP853", {"evaluations"}),
        ("Radau", {"evaluations", "Jacobians", "factorisations"}),
        ("Tsit5", {"steps", "rejected steps"}),
    ],
)
def test_what_it_cost(method, names):
    solution = fl.solve(ALIGNED, TIMES, method=method)
    assert set(solution.statistics) == names
    assert all(name in solution.explain() for name in names)
    finer = fl.solve(ALIGNED, TIMES, method=method, rtol=1e-11)
    growing = names - {"Jacobians", "factorisations", "rejected steps"}  # these may well become fewer
    assert all(finer.statistics[name] > solution.statistics[name] for name in growing)


@pytest.mark.parametrize("method", ["DOP853", pytest.param("Tsit5", marks=pytest.mark.slow)])
def test_only_what_is_asked_for_is_kept(method):
    full = fl.solve(DEEP, TIMES, method=method)
    product = fl.solve(DEEP, TIMES, method=method, save="product")
    last = fl.solve(DEEP, TIMES, method=method, save=lambda weights: weights[-1])
    assert product.weights == last.weights == ()
    assert np.abs(product.product - full.product).max() < 1e-14
    assert np.array_equal(last.saved, full.weights[-1])


def test_a_matrix_that_overflows_in_an_implicit_step_is_an_error_with_advice():
    problem = fl.Problem(MOMENTS, fl.initial.small_random((4, 3, 3), scale=1e100))
    refused(fl.SolveError, ["method 'BDF' stopped", "stiff"], lambda: fl.solve(problem, TIMES, method="BDF"))
