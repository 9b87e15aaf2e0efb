"""Formulas and sentences of the pages."""

import xml.etree.ElementTree as ET

import pytest

from flowdln.reproduction.typesetting import formula, prose, sentences


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("the sides agree", "The sides agree.", id="a clause"),
        pytest.param("one; two; one", "One. Two.", id="clauses, each once"),
        pytest.param("a row is 0; s - u is 0", "A row is 0. s - u is 0.", id="symbols stay small"),
        pytest.param("d/dt x = 0: holds", "d/dt x = 0: holds.", id="a formula"),
        pytest.param("it ends.", "It ends.", id="a sentence"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_clauses_become_sentences(text, shown):
    assert sentences(text) == shown


def test_text_is_escaped_and_formulas_are_not():
    shown = prose("if a < b then $x^2$ & more")
    assert shown.startswith("if a &lt; b then <math")
    assert shown.endswith("</math> &amp; more")


def test_a_formula_stands_on_its_own_line_which_scrolls_if_it_is_too_wide():
    shown = formula("x = 1")
    assert shown.startswith('<div class="formula"><math')
    assert 'display="block"' in shown


@pytest.mark.parametrize("show", [formula, lambda latex: prose(f"${latex}$")], ids=["formula", "prose"])
def test_text_within_a_formula_is_escaped_too(show):
    shown = show(r"x \le y \text{<b>if} a & b}")
    assert "<b>" not in shown
    assert "&lt;b&gt;" in shown
    assert "&#x02264;" in shown


THIN = '<mspace width="0.17em" />'
INVERSE = "<msup><mi>sinh</mi><mrow><mo>&#x02212;</mo><mn>1</mn></mrow></msup>"


@pytest.mark.parametrize(
    ("latex", "function"),
    [
        pytest.param(r"s \ln x", "<mi>ln</mi>", id="plain"),
        pytest.param(r"s \sinh^{-1} x", INVERSE, id="with an exponent"),
        pytest.param(r"\frac{s \ln x}{2}", "<mi>ln</mi>", id="in a fraction"),
    ],
)
def test_functions_stand_apart_from_what_they_are_of(latex, function):
    assert f"<mi>s</mi>{THIN}{function}{THIN}<mi>x</mi>" in prose(f"${latex}$")


def test_what_is_no_function_stands_as_it_is():
    assert "mspace" not in prose(r"$s x^{-1} \frac{a}{b}$")


@pytest.mark.parametrize("latex", [r"\ln^2 x", r"x_{\ln y}", r"\frac{\ln}{\ln}", r"\sqrt[n]{\ln x}"])
def test_no_space_is_put_where_it_would_be_taken_for_an_exponent(latex):
    fixed = {"msup": 2, "msub": 2, "mfrac": 2, "mroot": 2}
    for element in ET.fromstring(prose(f"${latex}$")).iter():  # noqa: S314 (our own text)
        name = element.tag.partition("}")[2]
        assert len(element) == fixed.get(name, len(element))
