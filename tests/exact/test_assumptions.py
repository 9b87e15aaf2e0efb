"""What is measured of a problem before a closed form is used, and what is said where one does not apply."""

import numpy as np
import pytest
from instances import random_moments, random_problem, random_rotation
from refusal import refused

import flowdln as fl
from flowdln.exact import applicable, solve_exactly
from flowdln.exact.assumptions import TOLERANCE, Assumption, depth_is, require, whitened

MOMENTS = fl.Moments.from_modes([2.0, 1.0], 4, 3)


def with_spectrum(spectrum, scale=1.0):
    """Moments of inputs with these eigenvalues of ``sigma_xx``, in random directions."""
    axes = random_rotation(np.random.default_rng(3), len(spectrum))
    sigma_xx = scale * (axes * spectrum @ axes.T)
    return fl.Moments((sigma_xx + sigma_xx.T) / 2, np.zeros((2, len(spectrum))), 1.0)


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
@pytest.mark.parametrize(
    ("spectrum", "power"),
    [
        pytest.param([1.0, 1.0, 1.0], 1.0, id="I"),
        pytest.param([2.5, 2.5, 2.5], 2.5, id="c I"),
        pytest.param([2.5, 2.5, 0.0, 0.0], 2.5, id="c I on the span of the data"),
        pytest.param([0.0, 0.3, 0.0], 0.3, id="one direction"),
    ],
)
def test_whitened_inputs_have_their_power_and_no_residual(spectrum, power, scale):
    measured, assumption = whitened(with_spectrum(spectrum, scale))
    assert measured == pytest.approx(power * scale, rel=1e-12)
    assert assumption.residual < 1e-14
    assert assumption.holds


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
@pytest.mark.parametrize(
    "spectrum",
    [
        pytest.param([1.0, 1.0, 1.0 + 1e-8], id="a hundred-millionth"),
        pytest.param([1.0, 1.0, 0.5], id="one half"),
        pytest.param([1.0, 1.0, 1e-6], id="an almost empty direction"),
    ],
)
def test_inputs_that_are_not_white_have_the_residual_of_their_spectrum(spectrum, scale):
    squares = np.square(spectrum)
    power = np.sum(squares) / np.sum(spectrum)
    expected = np.linalg.norm(squares - power * np.array(spectrum)) / np.linalg.norm(squares)
    _, assumption = whitened(with_spectrum(spectrum, scale))
    assert assumption.residual == pytest.approx(expected, rel=1e-5)
    assert not assumption.holds
    assert (assumption.name, assumption.advice) == ("inputs whitened", "Whiten them: moments.whitened().")


def test_inputs_without_power_are_white():
    assert whitened(with_spectrum([0.0, 0.0]))[1].holds


def test_following_the_advice_whitens():
    moments = random_moments(np.random.default_rng(0), 4, 3)
    assert whitened(moments)[1].residual > 0.1
    assert whitened(moments.whitened())[1].holds


@pytest.mark.parametrize(
    ("depth", "residual", "name"), [(1, 2, "one layer"), (2, 1, "2 layers"), (3, 0, "3 layers"), (5, 2, "5 layers")]
)
def test_the_residual_of_a_depth_is_the_difference(depth, residual, name):
    assumption = depth_is(random_problem(0, (4, 3, 3, 2)), depth)
    assert assumption[:2] == (name, residual)
    assert assumption.holds == (depth == 3)
    assert f"should have {depth}, not 3" in assumption.advice


@pytest.mark.parametrize(
    ("residual", "holds"), [(0.0, True), (TOLERANCE, True), (1.01 * TOLERANCE, False), (np.inf, False), (np.nan, False)]
)
def test_an_assumption_holds_up_to_rounding(residual, holds):
    assert Assumption("a property", residual, "Make it so.").holds is holds


def test_what_holds_is_not_refused():
    require("a form", [Assumption("one", 0.0, "One."), Assumption("two", 1e-12, "Two.")])


def test_every_assumption_that_fails_is_named_with_its_residual_and_advice():
    rows = [
        Assumption("first", 0.25, "Change one."),
        Assumption("second", 1e-12, "Change two."),
        Assumption("third", 3.14159e-5, "Change three."),
    ]
    words = [
        "the closed form 'a form' does not apply: first (residual 0.25); third (residual 3.1e-05)",
        "expected residuals of at most 1e-10",
        "Change one. Change three.",
    ]
    refused(fl.AssumptionError, words, lambda: require("a form", rows))
    with pytest.raises(fl.AssumptionError) as caught:
        require("a form", rows)
    assert "two" not in str(caught.value)
    assert "second" not in str(caught.value)


def forms(problem):
    return {row.name: row for row in applicable(problem)}


def test_the_table_says_yes_and_no_with_the_residuals():
    problem = fl.Problem(MOMENTS, fl.initial.aligned(MOMENTS, (4, 5, 3), [0.3, 0.4]))
    lines = str(applicable(problem)).splitlines()
    headings = [" ".join(line.split()) for line in lines if not line.startswith(" ")]
    assert headings == [f"{'yes' if row.applies else 'no'} {row.name}" for row in applicable(problem)]
    assert "yes aligned modes" in headings
    assert "no single layer" in headings
    assert "        1.0e+00  one layer  The network should have 1, not 2." in lines


def test_what_holds_gets_no_advice():
    problem = fl.Problem(MOMENTS, fl.initial.aligned(MOMENTS, (4, 5, 3), 0.3))
    row = forms(problem)["aligned modes"]
    assert row.applies
    assert all(assumption.advice not in str(applicable(problem)) for assumption in row.assumptions[2:])


@pytest.mark.parametrize(
    ("widths", "applies"),
    [((4, 3), {"single layer"}), ((4, 5, 3), {"aligned modes", "lambda-balanced"}), ((4, 5, 5, 3), {"aligned modes"})],
    ids=["one layer", "two layers", "three layers"],
)
def test_balanced_aligned_networks_have_these_forms(widths, applies):
    problem = fl.Problem(MOMENTS, fl.initial.aligned(MOMENTS, widths, 0.3))
    assert {name for name, row in forms(problem).items() if row.applies} == applies


@pytest.mark.parametrize("how", ["directly", "by method"])
def test_where_none_applies_the_table_is_the_message(how):
    problem = random_problem(0, (4, 4, 3))
    solve = {
        "directly": lambda: solve_exactly(problem, [0.0, 1.0]),
        "by method": lambda: fl.solve(problem, [0, 1], method="exact"),
    }
    with pytest.raises(fl.AssumptionError) as caught:
        solve[how]()
    message = str(caught.value)
    assert message.startswith("no closed form applies to these weights:\nno   single layer\n")
    assert message.endswith("Use method='auto' to integrate numerically instead.")
    assert [row.name for row in applicable(problem) if f"no   {row.name}\n" not in message] == []
