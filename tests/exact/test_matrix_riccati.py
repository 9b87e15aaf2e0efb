"""The matrix Riccati equation against its textbook form at hundreds of digits, and the stairs that keep zeros zero."""

import mpmath as mp
import numpy as np
import pytest
from instances import random_rotation

from flowdln.exact import riccati_factor
from flowdln.exact.matrix_riccati import ROUNDING, pose_riccati, stairs
from flowdln.exact.riccati_factor import elapsed, factor
from flowdln.exact.symmetric_factor import spin

TOLERANCE = 1e-12
TIMES = [1e-12, 1e-3, 0.5, 5.0, 17.0, 60.0, 200.0]

SPECTRA = [
    pytest.param([2.0, 1.0, -1.0, -2.0], 2, 0.5, id="as for balanced layers"),
    pytest.param([2.0, 1.999, -0.1, -2.0], 3, 1e-6, id="close rates, small start"),
    pytest.param([1.0, 1.0, 1e-3, -1e-3], 2, 1e-12, id="equal and slow rates, tiny start"),
    pytest.param([1.5, 0.7, 0.0, 0.0], 1, 1e-3, id="one column, zero rates"),
    pytest.param([1.5, 0.7, 0.2, -1.0], 6, 30.0, id="large start, more columns than rows"),
    pytest.param([-0.5, -1.0, -2.0], 2, 1.0, id="nothing grows"),
    pytest.param([3.0, 2.0, 1.0, 0.5, 0.1], 3, 1e-4, id="fewer columns than growing rows"),
]


def posed(rates, columns, scale, seed=0):
    rng = np.random.default_rng(seed)
    start = scale * rng.standard_normal((len(rates), columns))
    return pose_riccati(random_rotation(rng, len(rates)), np.array(rates), start)


def textbook(problem, t):
    """``d/dt`` is solved by ``E Q_0 (I + Q_0^T phi Q_0)^{-1} Q_0^T E``, in the eigenvectors, with enough digits."""
    exponent = np.abs(problem.rates).max() * t
    with mp.workdps(60 + int(2 * exponent)):
        rows, columns = mp.matrix(problem.rows.tolist()), problem.rows.shape[1]
        rates = [mp.mpf(rate) for rate in problem.rates]
        phi = mp.diag([mp.expm1(2 * rate * t) / (2 * rate) if rate else mp.mpf(t) for rate in rates])
        grown = mp.diag([mp.exp(rate * t) for rate in rates]) * rows
        inner = mp.eye(columns) + rows.T * phi * rows
        return np.array((grown * mp.inverse(inner) * grown.T).tolist(), dtype=float)


def solution(problem, t):
    """``F``, the root of the solution, at one time."""
    (root,) = factor(problem, np.array([t]))
    return root


def relative_gap(matrix, expected):
    return np.abs(matrix - expected).max() / np.abs(expected).max()


@pytest.fixture(params=["Cholesky", "pivoted"])
def route(request, monkeypatch):
    """Both ways to the triangular root, at every time."""
    limit = {"Cholesky": np.inf, "pivoted": 0.0}[request.param]
    monkeypatch.setattr(riccati_factor, "ILL_CONDITIONED", limit)


@pytest.mark.usefixtures("route")
@pytest.mark.parametrize("t", TIMES)
@pytest.mark.parametrize(("rates", "columns", "scale"), SPECTRA)
def test_against_the_textbook_form_at_many_digits(rates, columns, scale, t):
    problem = posed(rates, columns, scale)
    rotated = problem.frame.T @ solution(problem, t)
    assert relative_gap(rotated @ rotated.T, textbook(problem, t)) < TOLERANCE


def test_control_a_rate_off_by_a_millionth_shows():
    problem = posed([2.0, 1.0, -1.0, -2.0], 2, 0.5)
    other = problem._replace(rates=problem.rates * (1 + 1e-6))
    rotated = problem.frame.T @ solution(other, 1.0)
    assert relative_gap(rotated @ rotated.T, textbook(problem, 1.0)) > 1e-7


@pytest.mark.parametrize(("rates", "columns", "scale"), SPECTRA)
def test_at_time_zero_it_is_the_start(rates, columns, scale):
    problem, rng = posed(rates, columns, scale), np.random.default_rng(0)
    start = scale * rng.standard_normal((len(rates), columns))
    matrix = solution(problem, 0.0)
    assert relative_gap(matrix @ matrix.T, start @ start.T) < 1e-14


@pytest.mark.parametrize("t", [1e3, 1e6, 1e300])
@pytest.mark.parametrize("columns", [1, 2, 3, 5])
def test_it_ends_at_twice_the_fastest_growing_part(columns, t):
    rates = [3.0, 2.0, 1.0, 0.5, -0.1]
    problem = posed(rates, columns, 1e-4)
    matrix = solution(problem, t)
    growing = 2 * np.maximum(np.where(np.arange(5) < columns, rates, 0), 0)
    np.testing.assert_allclose(matrix @ matrix.T, problem.frame * growing @ problem.frame.T, atol=1e-13)


def test_many_separate_rates_do_not_overflow():
    rates = np.linspace(40, 1, 40)
    problem = posed(rates, 20, 1e-3)
    matrix = solution(problem, 1e6)
    expected = problem.frame[:, :20] * (2 * rates[:20]) @ problem.frame[:, :20].T
    assert relative_gap(matrix @ matrix.T, expected) < 1e-13


class TestAlmostParallelColumns:
    """Two rows grow at almost the same rate, and the stairs leave of the first next to nothing in the second column."""

    PROBLEM = pose_riccati(
        np.eye(3), np.array([2.0, 1.5, 1.4]), np.array([[1.0, 0.0, 0.0], [0.3, 1e-6, 0.0], [0.2, 1.0, 1e-6]])
    )
    TIMES = np.array([0.1, 3.0, 8.0, 20.0, 60.0, 150.0, 400.0])

    def gaps(self):
        pairs = zip(factor(self.PROBLEM, self.TIMES), self.TIMES, strict=True)
        return [relative_gap(root @ root.T, textbook(self.PROBLEM, t)) for root, t in pairs]

    def test_pivoting_takes_over(self):
        assert max(self.gaps()) < TOLERANCE

    def test_control_without_it_digits_are_lost(self, monkeypatch):
        monkeypatch.setattr(riccati_factor, "ILL_CONDITIONED", np.inf)
        assert max(self.gaps()) > 1e-7


@pytest.mark.parametrize(("rates", "columns", "scale"), SPECTRA)
def test_both_routes_give_the_same_root(rates, columns, scale, monkeypatch):
    problem, ts = posed(rates, columns, scale), np.array([1e-3, 1.0, 10.0])
    plain = factor(problem, ts)
    monkeypatch.setattr(riccati_factor, "ILL_CONDITIONED", 0.0)
    assert relative_gap(factor(problem, ts), plain) < 1e-13


@pytest.mark.usefixtures("route")
@pytest.mark.parametrize(("rates", "columns", "scale"), SPECTRA)
def test_the_root_moves_by_its_triangular_gauge(rates, columns, scale):
    """``F' = (M - F F^T / 2) F + F Omega`` with ``Omega`` skew, by central differences."""
    problem, t, step = posed(rates, columns, scale), 0.7, 1e-5
    below, root, above = factor(problem, np.array([t - step, t, t + step]))
    moved = problem.frame * problem.rates @ problem.frame.T @ root - root @ (root.T @ root) / 2
    turned = (above - below) / (2 * step) - moved
    np.testing.assert_allclose(turned, root @ spin(np.triu(root.T @ root)), atol=1e-8 * np.abs(moved).max())


class TestSurvivors:
    """Directions that the start does not excite, up to rounding, do not come up."""

    def test_a_dependent_row_is_left_out(self):
        rng = np.random.default_rng(1)
        rows = rng.standard_normal((4, 3))
        rows[1] = 0.7 * rows[0]
        frame = random_rotation(rng, 4)
        problem = pose_riccati(frame, np.array([4.0, 3.0, 2.0, 1.0]), frame @ rows)
        np.testing.assert_array_equal(problem.survivors, [0, 2, 3])
        at_end = solution(problem, 1e6)
        expected = frame * np.array([8.0, 0, 4.0, 2.0]) @ frame.T
        np.testing.assert_allclose(at_end @ at_end.T, expected, atol=1e-13)

    def test_control_a_thousand_times_rounding_is_not_left_out(self):
        rng = np.random.default_rng(1)
        rows = rng.standard_normal((4, 3))
        rows[1] = 0.7 * rows[0] + 1e3 * ROUNDING * rows[1]
        frame = random_rotation(rng, 4)
        problem = pose_riccati(frame, np.array([4.0, 3.0, 2.0, 1.0]), frame @ rows)
        np.testing.assert_array_equal(problem.survivors, [0, 1, 2])

    def test_a_row_that_is_small_but_certain_grows(self):
        problem = pose_riccati(np.eye(2), np.array([2.0, 1.0]), np.diag([1.0, 1e-200]))
        np.testing.assert_array_equal(problem.survivors, [0, 1])
        at_end = solution(problem, 1e6)
        np.testing.assert_allclose(at_end @ at_end.T, np.diag([4.0, 2.0]), rtol=1e-15)


@pytest.mark.parametrize("shape", [(0, 3), (2, 4), (5, 3), (4, 1)], ids=str)
def test_stairs_turn_rows_into_a_trapezoid(shape):
    rows = 1e9 * np.random.default_rng(2).standard_normal(shape)
    rotation, widths, _ = stairs(rows)
    np.testing.assert_allclose(rotation @ rotation.T, np.eye(shape[1]), atol=1e-14)
    np.testing.assert_array_equal(widths, np.minimum(np.arange(shape[0]) + 1, shape[1]))
    above = (rows @ rotation)[np.arange(shape[1]) >= widths[:, None]]
    np.testing.assert_allclose(above, 0, atol=1e-4)


@pytest.mark.parametrize("rate", [2.0, -2.0, 1e-9, 0.0])
def test_elapsed_times_its_exponential_is_the_integral(rate):
    t = np.array([1e-9, 0.3, 4.0])
    expected = [float(mp.quad(lambda s: mp.exp(2 * rate * s), [0, end])) for end in t]
    np.testing.assert_allclose(elapsed(t, rate) * np.exp(np.maximum(2 * rate * t, 0)), expected, rtol=1e-14)
