"""Figures of data that are looked for on this machine: made again when these change, and not without them."""

import numpy as np
import pytest
from exhibits import figure

from flowdln.datasets import Dataset
from flowdln.reproduction import checkout, sources
from flowdln.reproduction.gallery import make_by_name, make_figure


def parabola(points, height):
    x = np.linspace(-1, 1, points)
    return {"x": x, "y": height * x**2}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


@pytest.fixture
def module(tmp_path):
    return figure(tmp_path, right='PARAMETERS = {"points"', wrong='PARAMETERS = {"data": "mnist", "points"')


def test_another_data_set_of_the_same_name_makes_the_picture_again(module, folder, monkeypatch):
    calls = []
    monkeypatch.setattr(module, "compute", lambda data, **rest: calls.append(data) or parabola(**rest))
    for name, pixel in (("train", 1.0), ("train", 1.0), ("test", 1.0), ("test", 2.0)):
        samples = Dataset(name, [[pixel]], [[1.0]])
        monkeypatch.setattr(sources, "handwriting", lambda _, samples=samples: samples)
        make_figure("parabola", module, folder)
    assert len(calls) == 3


def test_a_picture_is_not_taken_for_good_once_its_data_are_gone(module, folder, tmp_path, monkeypatch):
    monkeypatch.setattr(checkout, "load_figures", lambda: {"parabola": module})
    monkeypatch.setattr(module, "compute", lambda data, **rest: parabola(**rest) | {"name": np.array(data)})
    monkeypatch.setattr(sources, "handwriting", lambda _: Dataset("train", [[1.0]], [[1.0]]))
    assert make_by_name("parabola", folder, "default").passed
    monkeypatch.undo()
    monkeypatch.setattr(checkout, "load_figures", lambda: {"parabola": module})
    monkeypatch.setenv("FLOWDLN_DATA", str(tmp_path))
    assert "MissingDataError: MNIST has neither" in make_by_name("parabola", folder, "default").error
