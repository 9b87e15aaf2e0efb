"""What is taken for an array of numbers, and what is said of anything else."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from refusal import refused

from flowdln.errors import FlowdlnError, InputError, ShapeError
from flowdln.validation import positive_number, real_array

HOLED = np.arange(6.0).reshape(2, 3)
HOLED[1, 2], HOLED[0, 1] = np.inf, np.nan


@pytest.mark.parametrize(
    ("values", "error", "words"),
    [
        pytest.param(
            [[1j, 2]], InputError, ["x has entries of type complex128", "expected real numbers", ".real"], id="complex"
        ),
        pytest.param(
            np.array([[1.0, None]]), InputError, ["x has entries of type object", ".astype(float)"], id="object"
        ),
        pytest.param([["1", "2"]], InputError, ["x has entries of type <U1", "expected real numbers"], id="text"),
        pytest.param(
            np.array([["2026-01-01"]], dtype="datetime64[D]"),
            InputError,
            ["x has entries of type datetime64[D]", "expected real numbers"],
            id="dates",
        ),
        pytest.param(None, InputError, ["x has entries of type object", "expected real numbers"], id="nothing"),
        pytest.param(
            [[1, 2], [3]],
            ShapeError,
            ["x has rows of different lengths", "rectangular array with 2 axes", "same number of entries"],
            id="ragged",
        ),
        pytest.param(
            [1, 2, 3],
            ShapeError,
            ["x has shape (3,)", "expected 2 axes", "array.reshape(-1, 1)", "array.reshape(1, -1)"],
            id="one axis",
        ),
        pytest.param(5.0, ShapeError, ["x has shape ()", "expected 2 axes", "reshape it to 2 axes"], id="a number"),
        pytest.param(
            np.ones((2, 3, 1)), ShapeError, ["x has shape (2, 3, 1)", "expected 2 axes", "reshape it"], id="three axes"
        ),
        pytest.param(
            np.ones((0, 3)), ShapeError, ["x has shape (0, 3)", "expected at least one entry", "sliced"], id="no rows"
        ),
        pytest.param([[], []], ShapeError, ["x has shape (2, 0)", "expected at least one entry"], id="no columns"),
        pytest.param(
            HOLED,
            InputError,
            ["x has 2 entries that are NaN or infinite", "the first at (0, 1)", "expected finite numbers", "Remove"],
            id="NaN and infinity",
        ),
    ],
)
def test_what_is_no_array_of_numbers_is_refused(values, error, words):
    refused(error, words, lambda: real_array("x", values, 2))


@pytest.mark.parametrize(
    "values",
    [
        pytest.param([[1, 0], [0, 1]], id="lists of integers"),
        pytest.param(np.eye(2, dtype=np.uint8), id="bytes"),
        pytest.param(np.eye(2, dtype=bool), id="booleans"),
        pytest.param(np.eye(2, dtype=np.float32), id="single precision"),
        pytest.param(np.eye(2, dtype=np.float16), id="half precision"),
        pytest.param(np.asfortranarray(np.eye(2)), id="columns first"),
        pytest.param(np.eye(2, dtype=">f8"), id="other byte order"),
    ],
)
def test_real_numbers_of_any_kind_become_float64(values):
    array = real_array("x", values, 2)
    assert array.dtype == np.float64
    assert array.dtype.isnative
    np.testing.assert_array_equal(array, np.eye(2))


def test_result_is_a_copy():
    values = np.ones((2, 2))
    assert not np.shares_memory(real_array("x", values, 2), values)


@pytest.mark.parametrize(
    "value", [3, 2.5, np.float32(0.5), np.int64(7)], ids=["integer", "float", "NumPy float", "NumPy integer"]
)
def test_a_positive_number_becomes_a_float(value):
    number = positive_number("tau", value, advice="")
    assert type(number) is float
    assert number == value


@pytest.mark.parametrize(
    ("value", "written"),
    [
        pytest.param(0, "is 0;", id="zero"),
        pytest.param(-1.5, "is -1.5;", id="negative"),
        pytest.param(np.nan, "is nan;", id="NaN"),
        pytest.param(np.inf, "is inf;", id="infinity"),
        pytest.param("1", "is '1';", id="text"),
        pytest.param(None, "is None;", id="nothing"),
        pytest.param(1j, "is 1j;", id="complex"),
        pytest.param([1.0], "is [1.0];", id="list"),
    ],
)
def test_what_is_no_positive_number_is_refused(value, written):
    words = ["tau", written, "expected a positive number", "A clock."]
    refused(InputError, words, lambda: positive_number("tau", value, advice="A clock."))


@given(st.floats(min_value=1e-300, max_value=1e300))
def test_every_positive_float_passes_unchanged(value):
    assert positive_number("tau", value, advice="") == value


def test_errors_can_be_caught_as_those_of_python():
    assert issubclass(ShapeError, InputError)
    assert issubclass(InputError, FlowdlnError)
    assert issubclass(InputError, ValueError)
