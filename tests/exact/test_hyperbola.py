"""The hyperbola of a two-layer mode, and the time along it, against the solution in another form."""

import numpy as np
import pytest

from flowdln.exact import two_layer_mode_time
from flowdln.exact.hyperbola import hyperbola_clock, layers_on_hyperbola

RUNS = [(0.2, 0.1, 1.7), (0.2, -0.1, 1.7), (1.5, 0.0, 1.7), (2.0, -0.1, 0.5), (1.2, -1.0, 0.1)]
runs = pytest.mark.parametrize(("larger", "smaller", "s"), RUNS)


def places(larger, smaller, s):
    """``c_0``, and ``theta`` from the start to nine tenths of the way to the target."""
    c_0 = larger**2 - smaller**2
    start, end = (np.arcsinh(2 * u / c_0) for u in (larger * smaller, s))
    return c_0, start + np.linspace(0, 0.9, 5) * (end - start)


@runs
def test_the_place_gives_both_layers_back(larger, smaller, s):
    c_0, theta = places(larger, smaller, s)
    first, second = layers_on_hyperbola(theta, c_0)
    assert (first[0], second[0]) == pytest.approx((larger, smaller))
    np.testing.assert_allclose(first**2 - second**2, c_0)


@runs
@pytest.mark.parametrize("factor", [2, pytest.param(1, id="as printed", marks=pytest.mark.xfail(strict=True))])
def test_the_clock_of_twice_the_target_is_the_time(larger, smaller, s, factor):
    c_0, theta = places(larger, smaller, s)
    first, second = layers_on_hyperbola(theta, c_0)
    with np.errstate(invalid="ignore"):  # the printed drive has its fixed point before the target
        clock = hyperbola_clock(second / first, c_0, factor * s)
    np.testing.assert_allclose(
        clock[1:] - clock[0], two_layer_mode_time(first[1:] * second[1:], larger, smaller, s), atol=1e-13
    )
