"""Numbers are written so that a reader can copy them."""

import numpy as np
import pytest

from flowdln.symbolic import instance


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param(np.array([[1.0, -0.5], [1e-12, 1 / 3]]), "[[1, -0.5], [1e-12, 0.333333]]", id="matrix"),
        pytest.param((np.eye(1), np.zeros((1, 1))), "[[[1]], [[0]]]", id="several matrices"),
        pytest.param(np.float64(2.5), "2.5", id="NumPy number"),
        pytest.param(3, "3", id="integer"),
        pytest.param("any t", "any t", id="words"),
    ],
)
def test_values_as_text(value, text):
    assert instance(a=value) == {"a": text}
