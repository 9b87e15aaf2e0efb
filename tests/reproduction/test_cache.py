"""Results on disk: used while nothing has changed, and never when they are damaged."""

import os

import numpy as np
import pytest
from altered import altered_contents
from tqdm import tqdm

from flowdln.errors import InputError
from flowdln.reproduction.cache import cached, remember, remembered
from flowdln.reproduction.processes import Task, run_tasks
from flowdln.seal import sealed

PARAMETERS = {"size": 3, "widths": [4, 5]}
DATA = {"a": np.arange(3000.0).reshape(3, 1000), "b": np.array(2.5)}


class Computation:
    """Counts how often it is carried out."""

    def __init__(self):
        self.calls = []

    def __call__(self, **parameters):
        self.calls.append(parameters)
        return DATA


@pytest.fixture
def compute():
    return Computation()


@pytest.fixture
def source(tmp_path):
    file = tmp_path / "figure.py"
    file.write_text("x = 1\n")
    return file


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "results" / "cache"


def assert_is_the_data(found):
    assert set(found) == set(DATA)
    for name, array in DATA.items():
        np.testing.assert_array_equal(found[name], array)
        assert found[name].dtype == array.dtype


def test_second_call_reads_what_the_first_computed(compute, source, folder):
    assert_is_the_data(cached(compute, PARAMETERS, source, folder))
    assert_is_the_data(cached(compute, dict(reversed(PARAMETERS.items())), source, folder))
    assert compute.calls == [PARAMETERS]


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"size": 4}, id="a number"),
        pytest.param({"widths": [4, 6]}, id="an entry of a list"),
        pytest.param({"more": None}, id="one more"),
    ],
)
def test_other_parameters_compute_again_and_replace_the_old_file(changed, compute, source, folder):
    cached(compute, PARAMETERS, source, folder)
    (old,) = folder.iterdir()
    cached(compute, PARAMETERS | changed, source, folder)
    assert compute.calls == [PARAMETERS, PARAMETERS | changed]
    (new,) = folder.iterdir()
    assert new != old


def test_another_source_computes_again_and_replaces_the_old_file(compute, source, folder):
    cached(compute, PARAMETERS, source, folder)
    source.write_text("x = 2\n")
    cached(compute, PARAMETERS, source, folder)
    assert len(compute.calls) == 2
    assert len(list(folder.iterdir())) == 1


def test_a_change_in_a_file_that_it_imports_computes_again(compute, source, folder):
    source.with_name("__init__.py").write_text("")
    source.write_text(f"from {source.parent.name} import shared\n")
    source.with_name("shared.py").write_text("y = 1\n")
    cached(compute, PARAMETERS, source, folder)
    cached(compute, PARAMETERS, source, folder)
    assert len(compute.calls) == 1
    source.with_name("shared.py").write_text("y = 2\n")
    cached(compute, PARAMETERS, source, folder)
    assert len(compute.calls) == 2


def test_results_of_other_figures_are_kept(compute, source, folder):
    other = source.with_name("figure_2.py")
    other.write_text("x = 1\n")
    cached(compute, PARAMETERS, other, folder)
    cached(compute, PARAMETERS, source, folder)
    cached(compute, PARAMETERS, other, folder)
    assert len(compute.calls) == 2


def flipped(place):
    """Damage that turns over forty bytes from ``place`` on."""
    return lambda content: content[:place] + bytes(255 - b for b in content[place : place + 40]) + content[place + 40 :]


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda _: b"", id="empty"),
        pytest.param(lambda _: b"not an archive", id="text"),
        pytest.param(lambda content: content[: len(content) // 2], id="cut off"),
        pytest.param(lambda content: content[:-10], id="last bytes lost"),
        pytest.param(flipped(100), id="cannot be decompressed"),
        pytest.param(flipped(2000), id="another checksum"),
    ],
)
def test_a_damaged_file_is_computed_again_with_a_warning(damage, compute, source, folder, caplog):
    cached(compute, PARAMETERS, source, folder)
    (file,) = folder.iterdir()
    file.write_bytes(damage(file.read_bytes()))
    assert_is_the_data(cached(compute, PARAMETERS, source, folder))
    assert len(compute.calls) == 2
    (record,) = caplog.records
    assert record.levelname == "WARNING"
    assert f"{file} cannot be read" in record.getMessage()
    assert_is_the_data(cached(compute, PARAMETERS, source, folder))
    assert len(compute.calls) == 2


def test_a_file_with_python_objects_is_not_unpickled(compute, source, folder, caplog):
    cached(compute, PARAMETERS, source, folder)
    (file,) = folder.iterdir()
    np.savez(file, a=np.array([{}], dtype=object))
    assert_is_the_data(cached(compute, PARAMETERS, source, folder))
    assert "cannot be read" in caplog.text


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError], ids=["interrupted", "disk full"])
def test_a_write_that_breaks_off_leaves_no_file(error, compute, source, folder, monkeypatch):
    def broken(_):
        raise error

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(InputError if error is OSError else error):
        cached(compute, PARAMETERS, source, folder)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError], ids=["interrupted", "disk full"])
def test_a_write_that_breaks_off_leaves_the_old_result(error, compute, source, folder, monkeypatch):
    def broken(*_, **__):
        raise error

    cached(compute, PARAMETERS, source, folder)
    old = list(folder.iterdir())
    monkeypatch.setattr(np, "savez_compressed", broken)
    with pytest.raises(error):
        cached(compute, PARAMETERS | {"size": 4}, source, folder)
    assert list(folder.iterdir()) == old


def test_a_computation_that_fails_leaves_no_file(source, folder):
    def broken():
        message = "diverged"
        raise ArithmeticError(message)

    with pytest.raises(ArithmeticError, match="diverged"):
        cached(broken, {}, source, folder)
    assert not folder.exists()


MARK, OTHER_MARK = "0123456789abcdef", "fedcba9876543210"


def test_a_value_is_remembered_under_its_mark(tmp_path):
    remember({"a": [1, np.float32(0.5), np.bool_(True)]}, "story", MARK, tmp_path / "new")
    assert repr(remembered("story", MARK, tmp_path / "new")) == repr({"a": [1, 0.5, True]})
    assert remembered("story", OTHER_MARK, tmp_path / "new") is None
    assert remembered("another", MARK, tmp_path / "new") is None


def test_a_new_value_replaces_the_old_one_but_no_other(tmp_path):
    remember(1, "story", MARK, tmp_path)
    remember(2, "story-two", MARK, tmp_path)
    remember(3, "story", OTHER_MARK, tmp_path)
    assert [remembered("story", mark, tmp_path) for mark in (MARK, OTHER_MARK)] == [None, 3]
    assert remembered("story-two", MARK, tmp_path) == 2


@pytest.mark.parametrize(
    "altered",
    [
        pytest.param(lambda content: content[:-1], id="cut short"),
        pytest.param(lambda content: content.replace(b"refuted", b"proved"), id="another verdict"),
        pytest.param(lambda content: content.split(b"\n")[1], id="no digest"),
        pytest.param(lambda _: b"", id="empty"),
        pytest.param(lambda _: sealed(b"[1, 2"), id="no JSON"),
        pytest.param(lambda _: sealed(b"[" * 100_000), id="nested too deeply"),
    ],
)
def test_an_altered_value_is_not_remembered(altered, tmp_path, caplog):
    remember(["refuted", 2], "story", MARK, tmp_path)
    (file,) = tmp_path.iterdir()
    file.write_bytes(altered(file.read_bytes()))
    assert remembered("story", MARK, tmp_path) is None
    assert f"{file} cannot be read" in caplog.text


def test_several_processes_may_remember_at_once(tmp_path):
    tasks = [Task(str(i), remember_often, (i, tmp_path)) for i in range(2)]
    with tqdm(disable=True) as bar:
        assert len(run_tasks(tasks, bar, jobs=2)) == 2
    assert len(list(tmp_path.iterdir())) <= 2


def remember_often(first, folder):
    for i in range(100):
        remember(i, "story", f"{2 * i + first:016x}", folder)


class TestFuzz:
    """Altered files: the result is computed again, or equal."""

    @pytest.mark.parametrize("seed", [*range(3), *(pytest.param(s, marks=pytest.mark.slow) for s in range(3, 30))])
    def test_arrays(self, seed, compute, source, folder):
        cached(compute, PARAMETERS, source, folder)
        (file,) = folder.iterdir()
        for content in altered_contents(file.read_bytes(), seed, 20):
            file.write_bytes(content)
            assert_is_the_data(cached(compute, PARAMETERS, source, folder))

    @pytest.mark.parametrize("seed", [*range(3), *(pytest.param(s, marks=pytest.mark.slow) for s in range(3, 30))])
    def test_values(self, seed, tmp_path):
        value = {"one": ["proved", [True, 0.5, "text"], None]}
        remember(value, "story", MARK, tmp_path)
        (file,) = tmp_path.iterdir()
        for content in altered_contents(file.read_bytes(), seed, 20):
            file.write_bytes(content)
            assert remembered("story", MARK, tmp_path) in (None, value)
