"""What one step of gradient descent does, exactly, and the changes that it does not make."""

import numpy as np
import pytest
from mutants import mutant

import flowdln as fl
from flowdln import descent
from flowdln.symbolic import descent_step as prover
from flowdln.symbolic import pointwise_network, prove_step, symbolic_network

NETWORKS = [pytest.param(symbolic_network, id="squared error"), pytest.param(pointwise_network, id="any loss")]


def second_order(weights, moments, eta, *, power=2, sign=1):
    return [sign * eta**power * change for change in fl.imbalance(fl.gradient_flow(0, weights, moments))]


def nothing(weights, moments, eta):
    return second_order(weights, moments, eta, sign=0)


def transposed_order(weights, moments, eta):
    first, second = fl.gradient_flow(0, weights, moments)
    return [eta**2 * (first @ first.T - second.T @ second)]


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("depth", [2, 3])
def test_a_step_adds_the_imbalance_of_the_velocity_at_second_order(depth, network):
    evidence = prove_step(fl.imbalance, second_order, [depth], network)
    assert evidence.holds
    assert evidence.symbolic


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize(
    "change",
    [
        pytest.param(nothing, id="nothing"),
        pytest.param(lambda *a: second_order(*a, sign=-1), id="sign"),
        pytest.param(lambda *a: second_order(*a, sign=2), id="factor"),
        pytest.param(lambda *a: second_order(*a, power=1), id="order"),
        pytest.param(transposed_order, id="swapped layers"),
    ],
)
def test_control_another_change_is_rejected_with_numbers(change, network):
    evidence = prove_step(fl.imbalance, change, [2], network)
    assert evidence.holds is False
    assert float(evidence.instance["remainder"]) != 0


def test_control_a_change_in_the_shipped_step_is_noticed(tmp_path, monkeypatch):
    changed = mutant(descent, "weight + learning_rate * change", "weight - learning_rate * change", tmp_path)
    monkeypatch.setattr(prover, "descent_step", changed.descent_step)
    assert prove_step(lambda w: w, lambda w, m, eta: [eta * v for v in fl.gradient_flow(0, w, m)], [2]).holds is False


def test_the_velocity_is_what_a_step_adds_to_the_weights():
    assert prove_step(lambda w: w, lambda w, m, eta: [eta * v for v in fl.gradient_flow(0, w, m)], [1, 2]).holds


def test_the_identity_holds_for_numbers():
    rng = np.random.default_rng(0)
    moments = fl.Moments.from_data(rng.standard_normal((9, 3)), rng.standard_normal((9, 2)))
    weights = fl.initial.glorot((3, 4, 3, 2), seed=1)
    after = fl.imbalance(descent.descent_step(weights, moments, 0.3))
    for before, later, change in zip(fl.imbalance(weights), after, second_order(weights, moments, 0.3), strict=True):
        np.testing.assert_allclose(later - before, change, atol=1e-14)
