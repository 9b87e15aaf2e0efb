"""Matrices with one number on the diagonal and another beside it: for symbolic size, and against NumPy's."""

import numpy as np
import pytest
import sympy as sp

from flowdln.symbolic import prove_inverse, prove_spectrum

h, g, n = sp.symbols("h g n", positive=True)
along, across = h + (n - 1) * g, h - g


def test_the_spectrum_is_proved_for_symbolic_size():
    evidence = prove_spectrum(h, g, n, {along: 1, across: n - 1})
    assert evidence.holds
    assert evidence.symbolic


@pytest.mark.parametrize(
    "spectrum",
    [
        pytest.param({h + n * g: 1, across: n - 1}, id="one eigenvalue too large"),
        pytest.param({along: 1, h + g: n - 1}, id="sign"),
        pytest.param({along: n - 1, across: 1}, id="multiplicities swapped"),
        pytest.param({along: 1, across: n - 2}, id="one eigenvalue lost"),
        pytest.param({along: n}, id="one of two"),
        pytest.param({along: 1, across: n - 2, h: 1}, id="one too many"),
    ],
)
def test_control_another_spectrum_is_rejected(spectrum):
    evidence = prove_spectrum(h, g, n, spectrum)
    assert evidence.holds is False
    assert "does not hold for " in evidence.text


@pytest.mark.parametrize("size", [2, 3, 7])
def test_what_is_proved_is_what_numpy_finds(size):
    found = np.linalg.eigvalsh(np.full((size, size), 0.7) + (0.2 - 0.7) * np.eye(size))
    stated = [across] * (size - 1) + [along]
    assert found == pytest.approx([float(value.subs({h: 0.2, g: 0.7, n: size})) for value in stated])


INVERSE = ((1 - g / along) / across, -g / (along * across))


def test_an_inverse_is_proved_for_symbolic_size():
    assert prove_inverse((h, g), INVERSE, n).holds


@pytest.mark.parametrize(
    "inverse",
    [
        pytest.param((INVERSE[0], -INVERSE[1]), id="sign"),
        pytest.param((2 * INVERSE[0], 2 * INVERSE[1]), id="factor"),
        pytest.param(INVERSE[::-1], id="roles swapped"),
        pytest.param((1 / h, 1 / g), id="entry by entry"),
    ],
)
def test_control_what_is_no_inverse_is_rejected(inverse):
    assert prove_inverse((h, g), inverse, n).holds is False
