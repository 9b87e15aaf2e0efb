"""Shrinking ends at the simplest arrays that still show what the first ones showed."""

import numpy as np
import pytest

from flowdln.symbolic.shrinking import shrink

SHAPES = {"A": ("m", "n"), "x": ("n",)}
ARRAYS = {"A": np.array([[3.2, -700.4, 0.013], [1.0, 2.0, 3.0]]), "x": np.array([0.2, -0.7, 5.0])}


@pytest.mark.parametrize(
    ("shows", "expected"),
    [
        pytest.param(lambda _: True, {"A": [[0]], "x": [0]}, id="always"),
        pytest.param(lambda arrays: (arrays["A"] @ arrays["x"]).max() > 0, {"A": [[1]], "x": [1]}, id="product"),
        pytest.param(lambda arrays: arrays["A"].size > 3, {"A": [[0, 0], [0, 0]], "x": [0, 0]}, id="size"),
        pytest.param(lambda arrays: arrays["A"].min() < -20, {"A": [[-21]], "x": [0]}, id="beyond a threshold"),
    ],
)
def test_arrays_are_simplified_as_far_as_they_show_it(shows, expected):
    assert shows(ARRAYS)
    small = shrink(ARRAYS, SHAPES, shows)
    assert shows(small)
    assert {name: array.tolist() for name, array in small.items()} == expected


def test_what_shows_nothing_simpler_is_left_as_it_is():
    kept = shrink(ARRAYS, SHAPES, lambda arrays: arrays is ARRAYS)
    assert all(np.array_equal(kept[name], array) for name, array in ARRAYS.items())


def test_numbers_that_depend_on_each_other_are_changed_together():
    numbers = {"x": np.array(0.37), "y": np.array(0.37**2), "z": np.array(0.37**3)}
    small = shrink(numbers, dict.fromkeys("xyz", ()), lambda a: bool(a["x"] ** 2 == a["y"] and a["x"] > 0))
    assert (float(small["x"]), float(small["y"])) == (1, 1)


def test_zero_has_no_sign():
    (small,) = shrink({"x": np.array([-0.2])}, {"x": ("n",)}, lambda _: True).values()
    assert not np.signbit(small[0])
