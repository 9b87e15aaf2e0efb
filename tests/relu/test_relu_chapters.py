"""The chapters on ReLU networks look at the shipped flow: a change in it is noticed."""

import importlib

import pytest

from derivations import relu_instances
from flowdln.relu.vector_field import gated_flow
from flowdln.symbolic import decide

CHAPTERS = ("relu_gates", "relu_sums", "relu_conservation")
CORRECTED = [
    claim
    for chapter in CHAPTERS
    for claim in importlib.import_module(f"derivations.{chapter}").CLAIMS
    if claim.id in {"basu-49", "basu-50", "basu-53", "basu-55"}
]


def without_gates(_, layers, samples, *, loss):
    opened = [pattern * 0 + 1 for pattern in relu_instances.preactivations(layers, samples.inputs)[:-1]]
    return gated_flow(layers, samples, opened, loss=loss)


@pytest.mark.parametrize("claim", CORRECTED, ids=lambda claim: claim.id)
def test_corrections_hold_for_the_shipped_flow(claim):
    assert decide(claim).correction.established


@pytest.mark.parametrize("claim", CORRECTED, ids=lambda claim: claim.id)
def test_control_a_flow_with_a_layer_too_fast_refutes_them(claim, monkeypatch):
    shipped = relu_instances.relu_flow

    def hurried(t, layers, samples, *, loss):
        first, *others = shipped(t, layers, samples, loss=loss)
        return (2 * first, *others)

    monkeypatch.setattr(relu_instances, "relu_flow", hurried)
    assert decide(claim).correction.outcome == "refuted"


@pytest.mark.parametrize("claim", CORRECTED[:3], ids=lambda claim: claim.id)
def test_control_a_flow_without_gates_refutes_what_they_say_of_gates(claim, monkeypatch):
    monkeypatch.setattr(relu_instances, "relu_flow", without_gates)
    assert decide(claim).correction.outcome == "refuted"
