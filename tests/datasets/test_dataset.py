"""The record that every data set is."""

import subprocess
import sys

import numpy as np
import pytest

from flowdln.datasets import Dataset
from flowdln.errors import InputError, ShapeError

INPUTS = np.array([[1.0, 2.0], [3.0, 5.0], [0.0, 1.0]])
TARGETS = np.array([[1.0], [0.0], [2.0]])


@pytest.mark.parametrize(("reduction", "count"), [("mean", 3), ("sum", 1)])
def test_moments_are_those_of_the_samples(reduction, count):
    moments = Dataset("three", INPUTS, TARGETS).moments(reduction)
    np.testing.assert_allclose(moments.sigma_xx, INPUTS.T @ INPUTS / count)
    np.testing.assert_allclose(moments.sigma_yx, TARGETS.T @ INPUTS / count)
    assert moments.trace_yy == pytest.approx(5 / count)


def test_arrays_are_copied_and_read_only():
    inputs = INPUTS.copy()
    data = Dataset("three", inputs, TARGETS)
    inputs[0, 0] = 7
    assert data.inputs[0, 0] == 1
    with pytest.raises(ValueError, match="read-only"):
        data.inputs[0, 0] = 7


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        pytest.param(
            {"targets": TARGETS[:2]}, ShapeError, "targets has 2 rows; expected 3, one for each row", id="rows"
        ),
        pytest.param(
            {"items": ("a", "b")}, ShapeError, "items has 2 names; expected 3, one for each sample", id="items"
        ),
        pytest.param({"features": ("a", "b")}, ShapeError, "features has 2 names; expected 1, one for", id="features"),
        pytest.param(
            {"targets": TARGETS[:, 0]}, ShapeError, r"targets has shape \(3,\); expected 2 axes", id="one axis"
        ),
        pytest.param({"inputs": INPUTS * np.nan}, InputError, "inputs has 6 entries that are NaN", id="NaN"),
        pytest.param({"items": "abc"}, InputError, "items is 'abc'; expected a list of names", id="text for items"),
        pytest.param({"items": 3}, InputError, "items is 3; expected a list of names", id="number for items"),
        pytest.param({"items": [1, 2, 3]}, InputError, r"items is \[1, 2, 3\]; expected a list", id="numbers in items"),
        pytest.param({"features": None}, InputError, "features is None; expected a list of names", id="no features"),
    ],
)
def test_what_does_not_fit_is_refused(change, error, message):
    fitting = {"inputs": INPUTS, "targets": TARGETS, "items": ("a", "b", "c"), "features": ("y",)}
    assert Dataset("three", **fitting).features == ("y",)
    with pytest.raises(error, match=message):
        Dataset("three", **{**fitting, **change})


@pytest.mark.parametrize("items", [["a", "b", "c"], np.array(["a", "b", "c"]), iter("abc")], ids=type)
def test_names_become_a_tuple_of_strings(items):
    data = Dataset("three", INPUTS, TARGETS, items=items)
    assert data.items == ("a", "b", "c")
    assert {type(item) for item in data.items} == {str}


def test_import_loads_nothing_heavy():
    heavy = "{'scipy', 'sklearn', 'pandas', 'pooch', 'jax', 'sympy', 'matplotlib'}"
    script = f"import sys, flowdln.datasets; print(sorted({heavy} & set(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)  # noqa: S603
    assert loaded.stdout.strip() == "[]"
