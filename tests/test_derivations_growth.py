"""What becomes of the claims on growth when the shipped rate and bounds are wrong."""

import inspect

import pytest
from mutants import mutant

from flowdln.exact import growth_bound
from flowdln.reproduction.checkout import load_chapters
from flowdln.symbolic import decide

CHAPTERS = load_chapters()
pytestmark = pytest.mark.slow
RATE = ("growth_of_norms", "basu-31", "squared_norm_rate")
BOUND = ("bound_on_growth", "basu-40", "growth_bound")
TIME = ("growth_times", "basu-44", "fastest_growth_time")
SHIPPED = inspect.getmodule(growth_bound)


def verdict_on(chapter, claim):
    return decide(next(found for found in CHAPTERS[chapter].CLAIMS if found.id == claim))


@pytest.mark.parametrize(
    ("place", "right", "wrong"),
    [
        pytest.param(RATE, "2 * trace", "trace", id="factor of the rate"),
        pytest.param(RATE, "product @ moments.sigma_xx)", "product)", id="inputs taken for whitened"),
        pytest.param(BOUND, "- kappa * U", "- 2 * kappa * U", id="kappa doubled"),
        pytest.param(TIME, "depth) / kappa", "depth + 1) / kappa", id="another depth"),
    ],
)
def test_control_a_change_in_what_is_shipped_unsettles_the_correction(place, right, wrong, tmp_path, monkeypatch):
    chapter, claim, function = place
    assert verdict_on(chapter, claim).correction.established
    changed = mutant(SHIPPED, right, wrong, tmp_path)
    monkeypatch.setattr(CHAPTERS[chapter], function, getattr(changed, function))
    assert not verdict_on(chapter, claim).correction.established


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        pytest.param("depth * U", "U", id="factor"),
        pytest.param("2 - 2 / depth", "2 - 1 / depth", id="power"),
    ],
)
@pytest.mark.parametrize("claim", ["basu-41", "basu-42"])
def test_control_a_change_in_the_bound_refutes(claim, right, wrong, tmp_path, monkeypatch):
    changed = mutant(SHIPPED, right, wrong, tmp_path)
    monkeypatch.setattr(CHAPTERS["bound_in_deep_networks"], "growth_bound", changed.growth_bound)
    verdict = verdict_on("bound_in_deep_networks", claim)
    assert not (verdict.decision.established and verdict.settled)
