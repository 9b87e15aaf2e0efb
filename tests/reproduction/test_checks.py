"""Numbers that a figure asserts, and the worst of many."""

import numpy as np
import pytest

from flowdln.reproduction.checks import Check, farthest


@pytest.mark.parametrize(
    ("found", "passed"),
    [
        pytest.param(1.0, True, id="exact"),
        pytest.param(1.25, True, id="at the tolerance"),
        pytest.param(0.75, True, id="at the tolerance, below"),
        pytest.param(1.26, False, id="above"),
        pytest.param(0.74, False, id="below"),
        pytest.param(float("nan"), False, id="NaN"),
        pytest.param(float("inf"), False, id="infinite"),
    ],
)
def test_a_number_passes_within_its_tolerance(found, passed):
    assert Check("number", expected=1.0, found=found, tolerance=0.25).passed == passed


@pytest.mark.parametrize(
    ("values", "worst"),
    [
        pytest.param([1.1, 0.7, 1.2], 0.7, id="below"),
        pytest.param([[1.1, 0.9], [1.3, 1.2]], 1.3, id="above, in a matrix"),
        pytest.param([0.1, np.nan, 9.0], np.nan, id="not a number"),
    ],
)
def test_the_farthest_from_what_is_expected(values, worst):
    assert farthest(values, 1) == pytest.approx(worst, nan_ok=True)
