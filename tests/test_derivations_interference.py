"""What becomes of the claims on two layers and on interference when the shipped flow or rate is wrong."""

import inspect

import pytest
from mutants import mutant

from flowdln import vector_field
from flowdln.exact import cosine_rate
from flowdln.reproduction.checkout import load_chapters
from flowdln.symbolic import decide

CHAPTERS = load_chapters()
pytestmark = pytest.mark.slow
CLAIMS = {claim.id: claim for chapter in CHAPTERS.values() for claim in chapter.CLAIMS}


@pytest.mark.parametrize("claim", ["summary-18", "summary-19", "summary-20"])
@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        pytest.param("2 * first * second", "first * second", id="factor"),
        pytest.param("first**2 + second**2", "first**2 - second**2", id="sign"),
        pytest.param("return -pull", "return pull", id="attraction"),
    ],
)
def test_control_a_change_in_the_shipped_rate_unsettles_the_correction(claim, right, wrong, tmp_path, monkeypatch):
    changed = mutant(inspect.getmodule(cosine_rate), right, wrong, tmp_path)
    for chapter in ("repulsion", "volume_of_directions"):
        monkeypatch.setattr(CHAPTERS[chapter], "cosine_rate", changed.cosine_rate)
    assert not decide(CLAIMS[claim]).correction.established


BOTH = ["summary-5", "summary-6", "summary-9", "summary-27", "summary-31"]


@pytest.mark.parametrize(
    ("claim", "layer"), [*((claim, layer) for claim in BOTH for layer in (0, 1)), ("summary-17", 0)]
)
def test_control_a_reversed_layer_of_the_shipped_flow_refutes(claim, layer, monkeypatch):
    shipped = vector_field.flow_from_output

    def reversed_layer(weights, moments):
        velocity = list(shipped(weights, moments))
        velocity[layer] = -velocity[layer]
        return tuple(velocity)

    monkeypatch.setattr(vector_field, "flow_from_output", reversed_layer)
    assert decide(CLAIMS[claim]).outcome == "refuted"
