"""Solutions that are functions of numbers, compared at numbers."""

import mpmath as mp
import numpy as np
import pytest

import flowdln as fl
from flowdln.symbolic import verify_solution


@pytest.mark.parametrize(("rate", "outcome"), [(4, "holds numerically"), (3, "refuted")])
@pytest.mark.parametrize(("library", "digits"), [(mp, "40 digits"), (np, "7 digits")], ids=["mpmath", "NumPy"])
def test_a_function_of_numbers_is_compared_at_numbers(library, digits, rate, outcome):
    result = verify_solution(
        lambda time: 2 / (1 + 19 * library.exp(-rate * time)), lambda v: 2 * v * (2 - v), initial=0.1
    )
    assert result.outcome == outcome
    if outcome == "holds numerically":
        assert digits in repr(result)
    else:
        assert result.instance


@pytest.mark.parametrize("library", [mp, np], ids=["mpmath", "NumPy"])
@pytest.mark.parametrize("size", [1e-12, 1.0, 1e12])
@pytest.mark.parametrize(
    ("rate", "start", "outcome"),
    [
        pytest.param(2, 1, "holds numerically", id="right"),
        pytest.param(1, 1, "refuted", id="rate"),
        pytest.param(2, 3, "refuted", id="start"),
    ],
)
def test_a_function_of_numbers_may_be_of_any_size(library, size, rate, start, outcome):
    result = verify_solution(lambda time: size * library.exp(rate * time), lambda v: 2 * v, initial=start * size)
    assert result.outcome == outcome


def test_a_shipped_time_is_a_solution_and_of_another_depth_is_not():
    def shipped(strength):
        return fl.exact.balanced_mode_time(float(strength), 0.1, 2.0, 3)

    right = verify_solution(shipped, lambda v: 3 * v ** (4 / 3) * (2 - v), initial=0.1, inverse=True)
    wrong = verify_solution(shipped, lambda v: 2 * v * (2 - v), initial=0.1, inverse=True)
    assert (right.outcome, wrong.outcome) == ("holds numerically", "refuted")
    assert not verify_solution(shipped, lambda v: 3 * v ** (4 / 3) * (2 - v), initial=0.2, inverse=True)


def test_a_formula_that_holds_early_only_is_refuted():
    verified = verify_solution(lambda time: np.where(time < 3, time, 3.0), lambda u: 1.0 + 0 * u)
    assert verified.outcome == "refuted"
    assert "t = 5.3" in str(verified)


def test_times_at_which_a_formula_is_no_number_are_passed_over():
    verified = verify_solution(lambda time: np.sqrt(2 - time), lambda u: -1 / (2 * u))
    assert verified.outcome == "holds numerically"
    assert "at 4 numbers, t from 0.3 to 1.9" in str(verified)


@pytest.mark.parametrize(
    ("solution", "ode", "outcome"),
    [
        pytest.param(lambda x: np.where(x < 3, 1.0, 2.0), lambda u: 0 * u, "refuted", id="jump"),
        pytest.param(lambda x: np.where(x < 3, x, x + 1e-3), lambda u: 1 + 0 * u, "refuted", id="small jump"),
        pytest.param(lambda x: mp.atan(mp.tan(x)), lambda _: 1, "refuted", id="tangent"),
        pytest.param(lambda x: np.where(x < 3, x, 2 * x - 3), lambda u: np.where(u < 3, 1, 2), None, id="kink"),
        pytest.param(lambda x: mp.fdiv(1, 3 - x), lambda u: u**2, None, id="without bound"),
    ],
)
def test_a_function_of_numbers_that_jumps_is_refuted(solution, ode, outcome):
    assert verify_solution(solution, ode).outcome == (outcome or "holds numerically")
