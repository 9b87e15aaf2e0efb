"""The search for counterexamples finds those that exist, small ones, and no others."""

import time

import numpy as np
import pytest

from flowdln import InputError, end_to_end
from flowdln.symbolic import Sides, network_shapes, seek_counterexample

MATRICES = {"A": ("m", "n"), "B": ("n", "k")}
SQUARES = {"A": ("n", "n"), "B": ("n", "n")}
SCALARS = {"a": (), "b": ()}
norm, rank = np.linalg.norm, np.linalg.matrix_rank


def submultiplicative(arrays, factor=1.0):
    return Sides(factor * norm(arrays["A"] @ arrays["B"]), norm(arrays["A"]) * norm(arrays["B"]))


def mean_inequality(arrays, power=1.0):
    a, b = abs(arrays["a"]), abs(arrays["b"])
    return Sides((a * b) ** power, ((a**2 + b**2) / 2) ** 1.0)


def commuting(arrays, symmetric=False):
    a, b = arrays["A"], arrays["B"]
    if symmetric:
        a, b = a + a.T, a @ a + a.T @ a.T + 2 * a @ a.T
    return Sides(norm(a @ b - b @ a), 0.0, scale=2 * norm(a) * norm(b))


def product_of_norms(arrays):
    weights = [arrays[f"W_{i}"] for i in range(1, len(arrays))]
    return Sides(norm(end_to_end(weights)), np.prod([norm(w) for w in weights]))


@pytest.mark.parametrize(
    ("inequality", "shapes"),
    [
        pytest.param(submultiplicative, [MATRICES], id="norm of a product"),
        pytest.param(mean_inequality, [SCALARS], id="geometric and quadratic mean"),
        pytest.param(product_of_norms, [network_shapes(2), network_shapes(3)], id="several depths"),
        pytest.param(lambda arrays: Sides(-norm(arrays["A"]), 0.0), [MATRICES], id="one side zero"),
    ],
)
def test_a_true_inequality_holds(inequality, shapes):
    evidence = seek_counterexample(inequality, *shapes)
    assert evidence.holds
    assert not evidence.symbolic
    assert "2000 random instances" in evidence.text or "from the tightest" in evidence.text


@pytest.mark.parametrize(
    ("inequality", "shapes"),
    [
        pytest.param(lambda arrays: submultiplicative(arrays, factor=1.001), MATRICES, id="factor off by 1e-3"),
        pytest.param(lambda arrays: mean_inequality(arrays, power=2.0), SCALARS, id="not homogeneous: large scales"),
        pytest.param(lambda arrays: mean_inequality(arrays, power=0.5), SCALARS, id="not homogeneous: small scales"),
        pytest.param(commuting, SQUARES, id="order of a product"),
        pytest.param(lambda arrays: Sides(arrays["a"], abs(arrays["b"]) + 1), SCALARS, id="only large values"),
        pytest.param(lambda arrays: Sides(0.0, arrays["a"] + 2 * abs(arrays["a"]) - 1e-2), SCALARS, id="only near 0"),
        pytest.param(lambda arrays: Sides(int(rank(arrays["A"])) - 1, 0.5), MATRICES, id="only of rank above 1"),
        pytest.param(
            lambda arrays: Sides(min(arrays["A"].shape) - 0.5, int(rank(arrays["A"]))),
            MATRICES,
            id="only of low rank",
        ),
    ],
)
def test_control_a_false_inequality_is_refuted(inequality, shapes):
    evidence = seek_counterexample(inequality, shapes)
    assert evidence.holds is False
    assert {"left", "right", *shapes} == set(evidence.instance)
    assert float(evidence.instance["left"]) > float(evidence.instance["right"])


def test_what_it_finds_is_shrunk_to_a_few_small_integers():
    """The smallest matrices that do not commute have two entries that are not zero."""
    instance = seek_counterexample(commuting, SQUARES).instance
    a, b = (np.array(eval(instance[name])) for name in "AB")  # noqa: S307 (our own text)
    assert a.shape == (2, 2)
    assert np.count_nonzero(a) + np.count_nonzero(b) == 2
    assert set(np.unique([a, b])) == {0.0, 1.0}


def test_shared_sizes_stay_equal_while_shrinking():
    def only_wide(arrays):
        return Sides(float((arrays["A"] @ arrays["B"]).size), 3.5)

    instance = seek_counterexample(only_wide, MATRICES).instance
    a, b = (np.array(eval(instance[name])) for name in "AB")  # noqa: S307 (our own text)
    assert a.shape[1] == b.shape[0] == 1
    assert a.shape[0] * b.shape[1] == 4


def test_rounding_is_no_counterexample():
    """Associativity fails by rounding in most instances; relative to the terms that is nothing."""

    def associative(arrays):
        a, b = arrays["A"], arrays["B"]
        return Sides(norm((a @ b) @ b.T - a @ (b @ b.T)), 0.0, scale=norm(a) * norm(b) ** 2)

    assert seek_counterexample(associative, MATRICES).holds


def test_instances_outside_the_assumptions_are_left_out():
    def increasing(arrays, assumed):
        return Sides(arrays["a"], arrays["b"]) if not assumed or arrays["a"] < arrays["b"] else None

    assert seek_counterexample(lambda arrays: increasing(arrays, assumed=True), SCALARS).holds
    assert seek_counterexample(lambda arrays: increasing(arrays, assumed=False), SCALARS).holds is False


@pytest.mark.parametrize(
    "sides",
    [
        pytest.param(None, id="no instance meets the assumptions"),
        pytest.param(Sides(0.0, 0.0), id="nothing is compared"),
        pytest.param(Sides(np.nan, 1.0), id="not a number"),
    ],
)
def test_control_a_search_that_tests_nothing_is_refused(sides):
    with pytest.raises(InputError):
        seek_counterexample(lambda _: sides, SCALARS)


def test_an_assumption_that_hardly_any_instance_meets_is_refused():
    def rarely(arrays):
        return Sides(0.0, 1.0) if 1 < arrays["a"] < 1.001 else None

    with pytest.raises(InputError, match="expected at least 20"):
        seek_counterexample(rarely, SCALARS)


def test_it_is_repeatable():
    first, second = (seek_counterexample(commuting, SQUARES, seed=3) for _ in range(2))
    assert first == second


def test_thousands_of_small_instances_take_less_than_a_second():
    start = time.process_time()
    seek_counterexample(submultiplicative, MATRICES, count=3000)
    assert time.process_time() - start < 1
