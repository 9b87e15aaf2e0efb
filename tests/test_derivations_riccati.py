"""What becomes of the claims about two layers when the shipped closed form is wrong."""

import inspect

import pytest
from mutants import mutant

from flowdln.reproduction.checkout import load_chapters
from flowdln.symbolic import decide

CHAPTERS = load_chapters()
pytestmark = pytest.mark.slow
EIGENVECTORS = ("riccati_factor", "riccati-eigenvectors", "eigenvectors_of_modes")
COLUMNS = ("riccati_factor", "riccati-columns", "columns")
SPIN = ("matrix_riccati", "riccati-rotation", "spin")
TIED = ("matrix_riccati", "tied-weights", "factor_of_tied")
ROOT = ("riccati_factor", "riccati-root", "inverse_root")


@pytest.mark.parametrize(
    ("place", "right", "wrong"),
    [
        pytest.param(EIGENVECTORS, "arctan2(strengths, -lam / 2)", "arctan2(strengths, lam / 2)", id="sign in angle"),
        pytest.param(EIGENVECTORS, "-lam / 2) / 2", "-lam / 2)", id="half the angle"),
        pytest.param(EIGENVECTORS, "-inputs * across", "inputs * across", id="sign in a vector"),
        pytest.param(EIGENVECTORS, "hypot(strengths, lam / 2)", "hypot(strengths, lam)", id="factor in the speed"),
        pytest.param(EIGENVECTORS, "[speed, -speed", "[speed, speed", id="sign of a rate"),
        pytest.param(EIGENVECTORS, "n_in - count, -lam / 2", "n_in - count, lam / 2", id="rate of idle inputs"),
        pytest.param(EIGENVECTORS, "n_out - count, lam / 2", "n_out - count, -lam / 2", id="rate of idle outputs"),
        pytest.param(COLUMNS, "2 * abs(rate)", "abs(rate)", id="factor in the integral"),
        pytest.param(COLUMNS, "-xp.expm1(-slope * t)", "xp.expm1(-slope * t)", id="sign of the integral"),
        pytest.param(COLUMNS, "xp.sqrt(elapsed(t, rates, xp))", "elapsed(t, rates, xp)", id="root of phi"),
        pytest.param(COLUMNS, "xp.maximum(rates, 0) - fastest", "rates - fastest", id="decay of phi"),
        pytest.param(COLUMNS, "0) - fastest, 0)", "0) + fastest, 0)", id="sign of the fastest rate"),
        pytest.param(COLUMNS, "xp.exp(-fastest * t)", "xp.exp(-2 * fastest * t)", id="scale of the start"),
        pytest.param(COLUMNS, "xp.exp(xp.minimum(rates, 0) * t)", "xp.exp(rates * t)", id="what the rows decay by"),
        pytest.param(ROOT, "start**2", "start**3", id="power of the start"),
        pytest.param(ROOT, "swapaxes(-1, -2) @ lived + start", "swapaxes(-1, -2) @ lived - start", id="sign of start"),
        pytest.param(ROOT, "cholesky(past).swapaxes(-1, -2)", "cholesky(past)", id="the other triangle"),
        pytest.param(
            ("matrix_riccati", "riccati-rotation", "spin"), "(upper.T - upper)", "(upper - upper.T)", id="spin"
        ),
        pytest.param(SPIN, "upper) / 2", "upper)", id="factor of the spin"),
        pytest.param(
            ("matrix_riccati", "tied-weights", "factor_of_tied"), "xp.sqrt(2)", "xp.sqrt(3)", id="tied factor"
        ),
    ],
)
def test_control_a_change_in_the_shipped_closed_form_refutes(place, right, wrong, tmp_path, monkeypatch):
    name, claim, function = place
    chapter = CHAPTERS[name]
    changed = mutant(inspect.getmodule(getattr(chapter, function)), right, wrong, tmp_path)
    monkeypatch.setattr(chapter, function, getattr(changed, function))
    (stated,) = (row for row in chapter.CLAIMS if row.id == claim)
    assert decide(stated).outcome == "refuted"
