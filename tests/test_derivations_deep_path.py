"""What becomes of the claims about the path of a deep mode when the shipped integrands are wrong."""

import pytest
from mutants import mutant

from flowdln.exact import deep_pace
from flowdln.reproduction.checkout import load_chapters
from flowdln.symbolic import decide

CHAPTER = load_chapters()["deep_path"]
pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("claim", "right", "wrong"),
    [
        pytest.param("path-line", "target - y * xp.exp", "target + y * xp.exp", id="sign in the gap"),
        pytest.param("path-line", "xp.log(xp.hypot(", "2 * xp.log(xp.hypot(", id="power of G"),
        pytest.param("path-decay", "xp.log(-target), log_y + log_g", "xp.log(-target), log_g", id="y forgotten"),
        pytest.param("path-decay", "-log_g - xp.logaddexp", "log_g - xp.logaddexp", id="sign of ln G, decay"),
        pytest.param("path-decay", "log_y = xp.log(start) - v", "log_y = xp.log(start) + v", id="direction of decay"),
        pytest.param("path-departure-through-zero", "xp.cosh(v)", "xp.sinh(v)", id="slope of sinh"),
        pytest.param("path-departure-through-zero", "slope / gap", "slope * gap", id="gap in the denominator"),
        pytest.param("path-departure-tied", "if unit > 0 else y", "if unit > 0 else 1", id="slope of exp"),
        pytest.param("path-departure-tied", "xp), -log_others(y,", "xp), log_others(y,", id="sign of ln G, departure"),
        pytest.param("path-approach-below", "side * below /", "below**2 /", id="distance"),
        pytest.param("path-approach-below", "expm1(side * over)", "expm1(over / 2)", id="excess in the pace"),
        pytest.param("path-approach-above", "(1 - side) // 2 * over", "(1 + side) // 2 * over", id="side"),
        pytest.param("path-approach-above", "-log_others(root - below,", "-log_others(root,", id="place of G"),
        pytest.param("path-error", "2 * root - distance", "root - distance", id="factor in the change"),
        pytest.param("path-error", "@ others.counts / 2", "@ others.counts", id="root in the excess"),
        pytest.param("path-error", "xp.log1p(-below / root)", "xp.log1p(below / root)", id="sign in the excess"),
    ],
)
def test_control_a_change_in_a_shipped_integrand_refutes(claim, right, wrong, tmp_path, monkeypatch):
    changed = mutant(deep_pace, right, wrong, tmp_path)
    for name in ("approach_pace", "decay_pace", "departure_pace", "excess", "gap", "log_others"):
        monkeypatch.setattr(CHAPTER, name, getattr(changed, name))
    (stated,) = (row for row in CHAPTER.CLAIMS if row.id == claim)
    assert decide(stated).outcome == "refuted"
