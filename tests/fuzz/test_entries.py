"""Numbers of valid arguments replaced or scaled, shapes kept: one clear error, or a finite answer without warnings."""

import numpy as np
import pytest

from tests.fuzz.test_arguments import MALFORMED, RECIPES, fault

NUMBERS = (np.nan, np.inf, -np.inf, 1e300, 1e160, 1e20, 1e-160, 1e-300, -1.0)


def is_array(value):
    return isinstance(value, (float, np.ndarray)) or (isinstance(value, list) and np.array(value).dtype.kind == "f")


def is_network(value):
    return isinstance(value, tuple) and isinstance(value[0], np.ndarray) and not hasattr(value, "_fields")


def first_entry(array, number):
    return np.concatenate([[number], array.ravel()[1:]]).reshape(array.shape)


def every_entry(array, number):
    return np.full(array.shape, number)


def scaled(array, number):
    return np.where(array == 0, 0.0, array * np.where(array == 0, 1.0, number))


def altered(value, alteration, number):
    """``value`` with its numbers altered, of the same type."""
    if is_network(value):
        return (altered(value[0], alteration, number), *value[1:])
    array = alteration(np.array(value), number)
    return float(array) if isinstance(value, float) else array


CALLS = [
    (path, argument, alteration, number)
    for path, recipe in RECIPES.items()
    for argument, value in recipe.items()
    if is_array(value) or is_network(value)
    for alteration in (first_entry, every_entry, scaled)
    for number in NUMBERS
]


@pytest.fixture
def fault_of(monkeypatch):
    def found(path, argument, alteration, number):
        label = f"{alteration.__name__} {number}"
        monkeypatch.setitem(MALFORMED, label, altered(RECIPES[path][argument], alteration, number))
        return fault(path, argument, label)

    return found


def test_sampled_entries_are_answered(fault_of):
    chosen = np.random.default_rng(0).choice(len(CALLS), size=200, replace=False)
    assert [sentence for sentence in (fault_of(*CALLS[i]) for i in chosen) if sentence] == []


@pytest.mark.slow
@pytest.mark.parametrize("path", dict.fromkeys(call[0] for call in CALLS))
def test_entries_are_answered(path, fault_of):
    assert [sentence for sentence in (fault_of(*call) for call in CALLS if call[0] == path) if sentence] == []


def test_control_alterations_change_numbers_and_keep_shapes():
    first, second = altered((np.ones((2, 3)), np.ones((1, 2))), first_entry, 7.0)
    np.testing.assert_array_equal(first, [[7, 1, 1], [1, 1, 1]])
    np.testing.assert_array_equal(second, np.ones((1, 2)))
    np.testing.assert_array_equal(altered([0.0, 2.0], scaled, 3.0), [0, 6])
    assert altered(2.0, every_entry, np.inf) == np.inf
