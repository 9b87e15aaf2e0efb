"""What becomes of the claims on conservation, norms and initial weights when the shipped functions are wrong."""

import inspect

import pytest
from mutants import mutant

from flowdln import conserved, descent, initial
from flowdln.reproduction.checkout import load_chapters
from flowdln.symbolic import decide, descent_step

CHAPTERS = load_chapters()
pytestmark = pytest.mark.slow
CLAIMS = {claim.id: claim for chapter in CHAPTERS.values() for claim in chapter.CLAIMS}


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        pytest.param("above.T @ above - below", "above.T @ above + below", id="sign"),
        pytest.param("above.T @ above - below", "2 * above.T @ above - below", id="factor"),
    ],
)
@pytest.mark.parametrize(("claim", "chapter"), [("basu-5", "conservation"), ("basu-17", "balanced_start")])
def test_control_a_change_in_the_shipped_imbalance_refutes(claim, chapter, right, wrong, tmp_path, monkeypatch):
    changed = mutant(conserved, right, wrong, tmp_path)
    monkeypatch.setattr(CHAPTERS[chapter], "imbalance", changed.imbalance)
    assert not decide(CLAIMS[claim]).decision.established


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        pytest.param("weight + learning_rate * change", "weight - learning_rate * change", id="sign"),
        pytest.param("weight + learning_rate * change", "weight + learning_rate**2 * change", id="square"),
    ],
)
def test_control_a_change_in_the_shipped_step_is_noticed(right, wrong, tmp_path, monkeypatch):
    """What a step adds to the imbalance is even in the learning rate: of its sign nothing is seen, as should be."""
    changed = mutant(descent, right, wrong, tmp_path)
    monkeypatch.setattr(descent_step, "descent_step", changed.descent_step)
    correction = decide(CLAIMS["basu-6"]).correction
    assert correction.established is ("**2" not in wrong)


@pytest.mark.parametrize("claim", ["basu-20", "basu-22"])
def test_control_a_change_in_the_shipped_initial_weights_refutes(claim, tmp_path, monkeypatch):
    changed = mutant(inspect.getmodule(initial.glorot), "np.sqrt(2 / sum(shape))", "np.sqrt(1 / sum(shape))", tmp_path)
    monkeypatch.setattr(initial, "glorot", changed.glorot)
    assert not decide(CLAIMS[claim]).correction.established


def test_control_a_balanced_start_that_is_not_balanced_refutes(monkeypatch):
    monkeypatch.setattr(initial, "balanced", initial.orthogonal)
    assert not decide(CLAIMS["basu-17"]).decision.established
