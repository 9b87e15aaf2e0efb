"""Names to choose among, and what is suggested for those that are misspelt."""

import pytest
from refusal import refused

from flowdln.choices import chosen, suggested
from flowdln.errors import InputError

NAMES = ("single_layer", "single-layer", "RK45", "holds numerically", "hierarchy")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        pytest.param("heirarchy", "Did you mean 'hierarchy'?", id="letters swapped"),
        pytest.param("rk45", "Did you mean 'RK45'?", id="case"),
        pytest.param("holds-numerically", "Did you mean 'holds numerically'?", id="hyphen"),
        pytest.param("single layer", "Did you mean 'single_layer' or 'single-layer'?", id="two of them"),
        pytest.param("mnist", "Choose one.", id="none close"),
        pytest.param(None, "Choose one.", id="no text"),
    ],
)
def test_a_name_that_is_none_of_the_choices(value, words):
    begin = f"what is {value!r}; expected one of single_layer"
    refused(InputError, [begin, words], lambda: chosen("what", value, NAMES, advice="Choose one."))


def test_many_choices_may_be_described():
    described = ["expected a name. Did you mean"]
    refused(InputError, described, lambda: chosen("what", "RK44", NAMES, advice="", expected="a name"))


def test_one_of_the_choices_is_returned():
    assert chosen("what", "RK45", NAMES, advice="") == "RK45"


def test_at_most_three_kinds_of_names_are_suggested():
    assert suggested("basu_fig9", [f"basu_fig{i}" for i in range(9)]).count(" or ") == 2
