"""One figure: computed, checked, drawn, saved."""

import json

import matplotlib.pyplot as plt
import pytest
from exhibits import figure

from flowdln.errors import InputError
from flowdln.replacement import replacing
from flowdln.reproduction import checkout, gallery
from flowdln.reproduction.gallery import make_by_name, make_figure, recall_picture
from flowdln.seal import sealed, unsealed

NAMES = ["parabola.pdf", "parabola.png", "parabola.svg"]


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


@pytest.fixture
def module(tmp_path):
    return figure(tmp_path)


def test_picture_tells_what_the_module_says(module, folder):
    picture = make_figure("parabola", module, folder)
    assert picture.passed
    assert picture.title == module.TITLE
    assert picture.source == "Apollonius"
    assert picture.caption == "A curve through 20 points."
    assert picture.code == "figures/parabola.py"
    assert picture.listing == (folder.parent / "parabola.py").read_text(encoding="utf-8")
    assert picture.size == "default"
    assert [check.name for check in picture.checks] == ["height of the parabola", "lowest point"]
    assert picture.seconds > 0
    assert picture.error == ""


def test_quick_mode_changes_the_parameters(module, folder):
    assert make_figure("parabola", module, folder, "quick").caption == "A curve through 5 points."


@pytest.mark.parametrize(
    ("extension", "start"), [("png", b"\x89PNG"), ("pdf", b"%PDF"), ("svg", b"<?xml")], ids=["png", "pdf", "svg"]
)
def test_saved_in_each_format(extension, start, module, folder):
    make_figure("parabola", module, folder)
    assert (folder / f"parabola.{extension}").read_bytes().startswith(start)


def test_the_full_size_changes_the_parameters(tmp_path, folder):
    module = figure(tmp_path, right='QUICK = {"points": 5}', wrong='QUICK = {}\nFULL = {"points": 50}')
    assert make_figure("parabola", module, folder, "full").caption == "A curve through 50 points."


def test_the_same_files_every_time(module, folder):
    made = []
    for _ in range(2):
        make_figure("parabola", module, folder)
        made.append([(folder / name).read_bytes() for name in NAMES])
        (folder / "parabola.png").unlink()
    assert made[0] == made[1]


def test_what_is_there_is_not_drawn_again(module, folder, monkeypatch):
    first = make_figure("parabola", module, folder)
    monkeypatch.setattr(module, "draw", None)
    assert make_figure("parabola", module, folder) == first


@pytest.mark.parametrize("lost", NAMES)
def test_a_lost_file_is_drawn_again(lost, module, folder):
    make_figure("parabola", module, folder)
    (folder / lost).unlink()
    make_figure("parabola", module, folder)
    assert (folder / lost).exists()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("alter", [lambda _: b"", lambda content: content[:-1]], ids=["empty", "cut short"])
def test_altered_file_is_drawn_again(alter, name, module, folder):
    make_figure("parabola", module, folder)
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(alter(content))
    make_figure("parabola", module, folder)
    assert (folder / name).read_bytes() == content


def test_picture_interrupted_between_its_files_is_made_again(module, folder, monkeypatch):
    make_figure("parabola", module, folder)
    written = []

    def interrupted(path):
        if written:
            raise KeyboardInterrupt
        written.append(path)
        return replacing(path)

    monkeypatch.setattr(gallery, "replacing", interrupted)
    with pytest.raises(KeyboardInterrupt):
        make_figure("parabola", module, folder, "quick")
    monkeypatch.undo()
    assert recall_picture("parabola", module, folder) is None
    assert make_figure("parabola", module, folder).caption == "A curve through 20 points."


def test_an_interrupt_while_a_picture_is_drawn_leaves_the_old_one(module, folder, monkeypatch):
    first = make_figure("parabola", module, folder)

    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("matplotlib.figure.Figure.savefig", interrupted)
    with pytest.raises(KeyboardInterrupt):
        make_figure("parabola", module, folder, "quick")
    assert recall_picture("parabola", module, folder) == first


def kept_of(folder):
    (path,) = (folder / "cache").glob("*.json")
    return path, json.loads(unsealed(path.read_bytes()))


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"seconds": "x"}, id="seconds"),
        pytest.param({"caption": None}, id="caption"),
        pytest.param({"checks": [["height", "4", "4", "1"]]}, id="numbers as text"),
        pytest.param({"checks": [["height", 4]]}, id="numbers missing"),
        pytest.param({"checks": None}, id="no checks"),
        pytest.param({"files": {}}, id="no files"),
        pytest.param({"files": {"../../x": ""}}, id="another file"),
    ],
)
def test_what_was_kept_in_another_shape_is_made_again(changes, module, folder):
    first = make_figure("parabola", module, folder)
    path, kept = kept_of(folder)
    path.write_bytes(sealed(json.dumps(kept | changes).encode()))
    assert recall_picture("parabola", module, folder) is None
    assert make_figure("parabola", module, folder).checks == first.checks


def test_checks_that_were_removed_are_made_again(module, folder, caplog):
    first = make_figure("parabola", module, folder)
    path, kept = kept_of(folder)
    digest = path.read_bytes().partition(b"\n")[0]
    path.write_bytes(digest + b"\n" + json.dumps(kept | {"checks": []}).encode())
    assert make_figure("parabola", module, folder).checks == first.checks
    assert "cannot be read" in caplog.text


@pytest.mark.parametrize("text", ["{}", "[]", "null"])
def test_what_was_kept_of_no_picture_is_made_again(text, module, folder):
    make_figure("parabola", module, folder)
    path, _ = kept_of(folder)
    path.write_bytes(sealed(text.encode()))
    assert make_figure("parabola", module, folder).passed


@pytest.mark.parametrize("size", ["quick", "full"])
def test_a_picture_tells_the_size_asked_for_also_where_another_has_the_same_parameters(size, tmp_path, folder):
    module = figure(tmp_path, right='QUICK = {"points": 5}', wrong="QUICK = {}")
    first = make_figure("parabola", module, folder)
    assert make_figure("parabola", module, folder, size) == first._replace(size=size)


def test_an_animation_is_saved_as_gif(tmp_path, folder):
    code = """
def animate(data):
    from matplotlib.animation import FuncAnimation

    figure, axes = plt.subplots(figsize=(1, 1))
    (line,) = axes.plot(data["x"], data["y"])
    return FuncAnimation(figure, lambda i: line.set_alpha(1 / (1 + i)), frames=2)


def check("""
    picture = make_figure("parabola", figure(tmp_path, right="\ndef check(", wrong=code), folder)
    assert picture.animated
    assert (folder / "parabola.gif").read_bytes().startswith(b"GIF8")


def test_no_figure_is_left_open(module, folder):
    before = plt.get_fignums()
    make_figure("parabola", module, folder)
    assert plt.get_fignums() == before


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        pytest.param("height * x**2", "1.1 * height * x**2", id="first number off"),
        pytest.param("height * x**2", "height * (x**2).clip(0.2)", id="second number off"),
        pytest.param("height * x**2", "np.nan * x", id="NaN"),
    ],
)
def test_a_number_that_is_off_fails(right, wrong, tmp_path, folder):
    picture = make_figure("parabola", figure(tmp_path, right=right, wrong=wrong), folder)
    assert not picture.passed
    assert picture.error == ""
    assert (folder / "parabola.png").exists()


def test_a_figure_that_could_not_be_made_has_its_place(module, folder, monkeypatch, caplog):
    def broken(*_):
        message = "no ink"
        raise ValueError(message)

    monkeypatch.setattr(checkout, "load_figures", lambda: {"parabola": module})
    monkeypatch.setattr(gallery, "make_figure", broken)
    picture = make_by_name("parabola", folder, "default")
    assert not picture.passed
    assert picture.error == "ValueError: no ink"
    assert (picture.title, picture.code) == (module.TITLE, "figures/parabola.py")
    (record,) = caplog.records
    assert record.getMessage() == "figure parabola failed"
    assert record.exc_info


def test_an_error_of_ours_is_told_without_a_traceback(module, folder, monkeypatch, caplog):
    def refuse(*_):
        raise InputError("x is 0; expected 1. Add one.")

    monkeypatch.setattr(checkout, "load_figures", lambda: {"parabola": module})
    monkeypatch.setattr(module, "compute", lambda **_: refuse())
    assert make_by_name("parabola", folder, "quick").error == "InputError: x is 0; expected 1. Add one."
    (record,) = caplog.records
    assert not record.exc_info
