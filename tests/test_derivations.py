"""Every claim of every chapter, and what becomes of them when the shipped functions are wrong."""

import inspect
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from mutants import mutant

from flowdln import vector_field
from flowdln.reproduction.checkout import load_chapters
from flowdln.reproduction.typesetting import formula, prose
from flowdln.symbolic import Claim, decide

CHAPTERS = load_chapters()
CLAIMS = {claim.id: claim for chapter in CHAPTERS.values() for claim in chapter.CLAIMS}
NO_CHAPTERS = {"__init__", "mutations", "relu_instances"}

each_chapter = pytest.mark.parametrize("chapter", CHAPTERS.values(), ids=CHAPTERS)
each_claim = pytest.mark.parametrize("claim", CLAIMS.values(), ids=CLAIMS)


@pytest.mark.slow
@each_claim
def test_claim_holds_and_its_control_fails(claim):
    verdict = decide(claim)
    assert verdict.settled, f"{verdict.outcome}: {verdict.decision}, correction: {verdict.correction}"


def test_ids_are_unique_and_none_is_a_chapter():
    ids = [claim.id for chapter in CHAPTERS.values() for claim in chapter.CLAIMS]
    assert len({*ids, *CHAPTERS}) == len(ids) + len(CHAPTERS)


def test_every_file_is_a_chapter():
    folder = Path(next(iter(CHAPTERS.values())).__file__).parent
    assert {file.stem for file in folder.glob("*.py")} - NO_CHAPTERS == set(CHAPTERS)


@each_chapter
def test_chapter_has_a_title_and_claims(chapter):
    assert chapter.TITLE.strip()
    assert chapter.CLAIMS
    assert all(isinstance(claim, Claim) for claim in chapter.CLAIMS)


@each_chapter
def test_introduction_is_text_with_formulas_that_a_browser_shows(chapter):
    _, *paragraphs = chapter.__doc__.strip().split("\n\n")
    assert paragraphs
    shown = prose("\n\n".join(paragraphs))
    assert "$" not in shown
    assert_shown(f"<p>{shown}</p>")


@each_claim
def test_statement_is_a_formula_that_a_browser_shows(claim):
    assert_shown(formula(claim.statement))


@each_claim
def test_claim_says_what_it_is_and_where_it_comes_from(claim):
    assert claim.title.endswith(".")
    assert claim.place.strip()
    assert all(assumption.strip() for assumption in claim.assumptions)


@pytest.mark.parametrize(
    "latex", [pytest.param(r"\notacommand x", id="unknown command"), pytest.param(r"\fraction{a}{b}", id="misspelt")]
)
def test_control_what_is_no_formula_is_noticed(latex):
    with pytest.raises(AssertionError):
        assert_shown(formula(latex))


def assert_shown(text):
    """MathML that parses, without commands that were not understood and are shown as they stand."""
    ET.fromstring(text)  # noqa: S314 (our own text)
    assert "\\" not in text


@pytest.mark.parametrize(
    ("claim", "layer"),
    [
        pytest.param("gradient", 0, id="gradient, first layer"),
        pytest.param("gradient", 1, id="gradient, second layer"),
        pytest.param("gradient", -1, id="gradient, last layer"),
        pytest.param("basu-4", 0, id="basu-4, first layer"),
        pytest.param("basu-4", 1, id="basu-4, second layer"),
        pytest.param("basu-4", -1, id="basu-4, last layer"),
        pytest.param("basu-14", 0, id="basu-14, first layer"),
        pytest.param("basu-17", 0, id="basu-17, first layer"),
        pytest.param("gradient-any-depth", 1, id="gradient-any-depth, second layer"),
        pytest.param("gradient-contraction", 0, id="gradient-contraction, first layer"),
        pytest.param("gradient-contraction", -1, id="gradient-contraction, last layer"),
        pytest.param("basu-7", 0, id="basu-7, first layer"),
        pytest.param("basu-5", 0, id="basu-5, first layer"),
        pytest.param("basu-5", -1, id="basu-5, last layer"),
        pytest.param("single-layer-decoupling", 0, id="single-layer-decoupling, its layer"),
        pytest.param("schaeffer-4", 0, id="schaeffer-4, first layer"),
        pytest.param("schaeffer-7", 0, id="schaeffer-7, first layer"),
        pytest.param("schaeffer-7", 1, id="schaeffer-7, second layer"),
        pytest.param("neuromatch-9", 0, id="neuromatch-9, first layer"),
        pytest.param("hyperbolic-directions", 0, id="hyperbolic-directions, first layer"),
        pytest.param("hyperbolic-directions", 1, id="hyperbolic-directions, second layer"),
    ],
)
def test_control_a_reversed_layer_of_the_shipped_flow_refutes(claim, layer, monkeypatch):
    shipped = vector_field.flow_from_output

    def reversed_layer(weights, moments):
        velocity = list(shipped(weights, moments))
        if layer < len(velocity):
            velocity[layer] = -velocity[layer]
        return tuple(velocity)

    monkeypatch.setattr(vector_field, "flow_from_output", reversed_layer)
    monkeypatch.setattr(CHAPTERS["gradients"], "flow_from_output", reversed_layer)
    assert not decide(CLAIMS[claim]).decision.established


@pytest.mark.parametrize("claim", ["gradient", "gradient-contraction"])
def test_control_a_reversed_layer_of_the_other_half_of_the_shipped_flow_refutes(claim, monkeypatch):
    def reversed_first(weights, moments):
        first, *rest = vector_field.flow_from_input(weights, moments)
        return (-first, *rest)

    monkeypatch.setattr(vector_field, "flow_from_output", reversed_first)
    monkeypatch.setattr(CHAPTERS["gradients"], "flow_from_input", reversed_first)
    assert not decide(CLAIMS[claim]).decision.established


SOLUTION = "hyperbolic-positive"


@pytest.mark.parametrize(
    ("claim", "right", "wrong"),
    [
        pytest.param(SOLUTION, "rate + 2 * abs(s)", "rate - 2 * abs(s)", id="sign in r"),
        pytest.param(SOLUTION, "4 * s**2 + conserved**2", "4 * s**2 + 2 * conserved**2", id="factor of XY in R"),
        pytest.param(SOLUTION, "4 * s**2", "2 * s**2", id="factor of s in R"),
        pytest.param(SOLUTION, "-rate * t - log_scale", "rate * t - log_scale", id="sign in E"),
        pytest.param(SOLUTION, "upper + difference_squared", "upper - difference_squared", id="sign of Y"),
        pytest.param(SOLUTION, "lower + sum_squared", "lower", id="X forgotten"),
        pytest.param(SOLUTION, "2 * decay + elapsed * fall", "decay + elapsed * fall", id="factor of E"),
        pytest.param(SOLUTION, "xp.sqrt(numerator) / xp.sqrt(denominator)", "numerator / denominator", id="root of g"),
        pytest.param("hyperbolic-negative", "xp.where(s > 0, large, small)", "large", id="branch for negative s"),
        pytest.param("hyperbolic-error", "4 * decay / (numerator", "2 * decay / (numerator", id="factor of the error"),
        pytest.param("summary-11", "-rate * t) / xp", "-2 * rate * t) / xp", id="rate of phi"),
    ],
)
def test_control_a_change_in_the_shipped_hyperbolic_solution_refutes(claim, right, wrong, tmp_path, monkeypatch):
    chapter = CHAPTERS["hyperbolic_solution"]
    changed = mutant(inspect.getmodule(chapter.growth), right, wrong, tmp_path)
    monkeypatch.setattr(chapter, "growth", changed.growth)
    verdict = decide(CLAIMS[claim])
    assert verdict.outcome == "refuted"
    assert "does not hold for " in verdict.decision.evidence.text, "at a point that the verdict names"


@pytest.mark.parametrize(
    ("claim", "function", "right", "wrong"),
    [
        pytest.param("infinite-depth-time", "ratio_time", "ratio)) / s**2", "ratio)) / s", id="power of s in the time"),
        pytest.param(
            "infinite-depth-time", "ratio_time", "log(start / ratio)", "log(ratio / start)", id="sign of the log"
        ),
        pytest.param("infinite-depth-omega", "ratio_at", "log(start) - passed", "log(start) + passed", id="sign of t"),
        pytest.param("infinite-depth-omega", "from_ratio", "ratio / (1 + ratio)", "1 / (1 + ratio)", id="error"),
    ],
)
def test_control_a_change_in_the_shipped_solution_of_infinite_depth_refutes(
    claim, function, right, wrong, tmp_path, monkeypatch
):
    chapter = CHAPTERS["balanced_clock"]
    changed = mutant(inspect.getmodule(chapter.ratio_time), right, wrong, tmp_path)
    monkeypatch.setattr(chapter, function, getattr(changed, function))
    assert decide(CLAIMS[claim]).outcome == "refuted"


@pytest.mark.parametrize(
    ("chapter", "claim", "function", "right", "wrong"),
    [
        pytest.param(
            "invariant_hyperbolas",
            "saxe-6",
            "layers_on_hyperbola",
            "cosh(theta / 2)",
            "cosh(theta)",
            id="half of theta",
        ),
        pytest.param(
            "invariant_hyperbolas", "saxe-6", "layers_on_hyperbola", "xp.sqrt(c_0)", "c_0", id="root of the constant"
        ),
        pytest.param(
            "learning_time",
            "saxe-8",
            "hyperbola_clock",
            "c_0**2 + drive**2",
            "c_0**2 - drive**2",
            id="sign in the rate",
        ),
        pytest.param(
            "learning_time", "saxe-8", "hyperbola_clock", "c_0 + drive * ratio", "drive * ratio", id="constant lost"
        ),
        pytest.param("learning_time", "saxe-8", "hyperbola_clock", ")) / rate", "))", id="rate lost"),
        pytest.param(
            "curvature_of_a_mode", "saxe-22", "balanced_curvature", "2 * depth - 1", "2 * depth + 1", id="along"
        ),
        pytest.param(
            "curvature_of_a_mode", "saxe-22", "balanced_curvature", "(s - product)", "(s + product)", id="across"
        ),
        pytest.param(
            "curvature_of_a_mode", "saxe-27", "balanced_curvature", "(depth - 1) * s", "depth * s", id="at the optimum"
        ),
        pytest.param("newton", "saxe-24", "balanced_newton_step", "return a + a", "return a - a", id="uphill"),
        pytest.param(
            "newton",
            "saxe-24",
            "balanced_newton_step",
            "(depth - 1) * (s - a**depth) /",
            "depth * (s - a**depth) /",
            id="power of a",
        ),
    ],
)
def test_control_a_change_in_what_the_supplement_is_held_to_refutes(
    chapter, claim, function, right, wrong, tmp_path, monkeypatch
):
    changed = mutant(inspect.getmodule(getattr(CHAPTERS[chapter], function)), right, wrong, tmp_path)
    monkeypatch.setattr(CHAPTERS[chapter], function, getattr(changed, function))
    assert decide(CLAIMS[claim]).outcome == "refuted"
