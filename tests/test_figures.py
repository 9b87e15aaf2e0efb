"""Every figure in its quick mode: computed, checked, drawn, saved; and each checked number can fail."""

from contextlib import suppress
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.figure import Figure
from threadpoolctl import threadpool_limits

from flowdln.errors import InputError
from flowdln.reproduction.cache import cached
from flowdln.reproduction.checkout import load_chapters, load_figures
from flowdln.reproduction.gallery import FORMATS, make_figure

FIGURES = load_figures()
pytestmark = pytest.mark.slow


@pytest.fixture(params=FIGURES)
def name(request):
    return request.param


@pytest.fixture(scope="session")
def gallery(tmp_path_factory):
    """The folder of the pictures, whose cache lets every figure be computed once."""
    return tmp_path_factory.mktemp("gallery")


@pytest.fixture
def data(name, gallery):
    """What the figure shows, as fresh arrays."""
    module = FIGURES[name]
    with threadpool_limits(1):
        return cached(module.compute, module.PARAMETERS | module.QUICK, Path(module.__file__), gallery / "cache")


@pytest.fixture
def drawn(name, data):
    figure = FIGURES[name].draw(data)
    yield figure
    plt.close(figure)


@pytest.mark.usefixtures("data")
def test_is_made_and_saved_with_all_numbers_within_tolerance(name, gallery):
    picture = make_figure(name, FIGURES[name], gallery, "quick")
    off = [check for check in picture.checks if not check.passed]
    assert not off
    assert picture.passed
    assert (picture.name, picture.title, picture.source) == (name, FIGURES[name].TITLE, FIGURES[name].SOURCE)
    assert [(gallery / f"{name}.{extension}").stat().st_size > 5000 for extension in FORMATS] == [True] * 3


def test_data_are_finite_arrays(data):
    assert all(np.isfinite(array).all() for array in data.values())


def test_numbers_checked_have_names_and_positive_tolerances(name, data):
    checks = FIGURES[name].check(data)
    names = [check.name for check in checks]
    assert len(set(names)) == len(names) > 0
    assert all(check.tolerance > 0 for check in checks)


def test_control_each_number_checked_is_off_for_some_change_of_the_data(name, data):
    off = set()
    for key, array in data.items():
        stretched = array * np.linspace(2, 3, array.size).reshape(array.shape) if array.size > 1 else 2 * array
        checks = FIGURES[name].check(data | {key: stretched})
        off |= {check.name for check in checks if not check.passed}
    assert off == {check.name for check in FIGURES[name].check(data)}


def test_control_data_that_are_not_numbers_are_refused_or_pass_no_check(name, data):
    checks = []
    with np.errstate(invalid="ignore"), suppress(InputError):  # by which NaN is refused
        checks = FIGURES[name].check({key: np.full_like(array, np.nan) for key, array in data.items()})
    assert not any(check.passed for check in checks)


def test_panels_have_labelled_axes_and_something_in_them(drawn):
    assert isinstance(drawn, Figure)
    for axes in drawn.axes:
        assert axes.get_xlabel()
        assert axes.get_ylabel()
        assert axes.lines or axes.collections or axes.images


def test_drawing_does_not_change_the_data(name, data):
    before = {key: array.copy() for key, array in data.items()}
    plt.close(FIGURES[name].draw(data))
    assert all(np.array_equal(before[key], array) for key, array in data.items())


def test_caption_is_sentences(name, data):
    caption = FIGURES[name].caption(data)
    assert len(caption) > 100
    assert caption.endswith(".")
    assert "nan" not in caption


def test_every_file_is_listed():
    folder = Path(next(iter(FIGURES.values())).__file__).parent
    assert {file.stem for file in folder.glob("*.py")} - {"__init__"} == set(FIGURES)


def test_quick_mode_changes_parameters_that_exist(name):
    assert set(FIGURES[name].QUICK) <= set(FIGURES[name].PARAMETERS)


def test_full_mode_changes_parameters_that_exist(name):
    assert set(getattr(FIGURES[name], "FULL", {})) <= set(FIGURES[name].PARAMETERS)


def test_claims_that_a_figure_illustrates_exist(name):
    known = {claim.id for chapter in load_chapters().values() for claim in chapter.CLAIMS}
    assert set(getattr(FIGURES[name], "CLAIMS", ())) <= known
