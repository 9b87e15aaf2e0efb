"""Which closed form is taken, and what is said where none applies."""

import numpy as np
import pytest
from instances import random_problem

import flowdln as fl
from flowdln.exact import applicable, solve_exactly
from flowdln.exact.selection import CLOSED_FORMS

TIMES = np.array([0.0, 1.0])
MOMENTS = fl.Moments.from_modes([2.0, 1.0], 3, 3)


def made(widths, strength):
    return fl.Problem(MOMENTS, fl.initial.aligned(MOMENTS, widths, strength))


@pytest.mark.parametrize(
    ("problem", "method"),
    [
        pytest.param(random_problem(0, (4, 3)), "exact: single layer", id="one layer, any data"),
        pytest.param(made((3, 3), 0.1), "exact: single layer", id="one aligned layer"),
        pytest.param(made((3, 4, 3), [0.1, 0.3]), "exact: aligned modes", id="two aligned layers"),
        pytest.param(made((3, 4, 4, 4, 3), 0.5), "exact: aligned modes", id="four balanced aligned layers"),
    ],
)
def test_the_first_that_applies_is_taken(problem, method):
    assert solve_exactly(problem, TIMES).method == method


def test_where_none_applies_every_reason_is_given():
    with pytest.raises(fl.AssumptionError) as caught:
        solve_exactly(random_problem(0, (4, 3, 2)), TIMES)
    reasons = [
        "no closed form applies to these weights",
        str(applicable(random_problem(0, (4, 3, 2)))),
        "method='auto'",
    ]
    assert [reason for reason in reasons if reason not in str(caught.value)] == []


def test_the_table_has_every_form_with_residuals_and_what_would_help():
    table = applicable(random_problem(0, (4, 3, 2)))
    assert [row.name for row in table] == [form.name for form in CLOSED_FORMS]
    assert not any(row.applies for row in table)
    text = str(table)
    assert text.count("no  ") == len(CLOSED_FORMS)
    assert "inputs whitened  Whiten them: moments.whitened()." in text
    residuals = {row.name: [assumption.residual for assumption in row.assumptions] for row in table}
    assert residuals["single layer"] == [1.0]
    assert min(max(values) for values in residuals.values()) > 0.1
