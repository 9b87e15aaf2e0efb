"""Results on disk: used while nothing has changed, and never when they are damaged."""

import numpy as np
import pytest

from flowdln.reproduction.cache import cached, remember, remembered

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
    def broken(path, **_):
        path.write_bytes(b"half")
        raise error

    monkeypatch.setattr(np, "savez_compressed", broken)
    with pytest.raises(error):
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
    remember({"a": [1, np.float32(0.5)]}, "story", MARK, tmp_path / "new")
    assert remembered("story", MARK, tmp_path / "new") == {"a": [1, 0.5]}
    assert remembered("story", OTHER_MARK, tmp_path / "new") is None
    assert remembered("another", MARK, tmp_path / "new") is None


def test_a_new_value_replaces_the_old_one_but_no_other(tmp_path):
    remember(1, "story", MARK, tmp_path)
    remember(2, "story-two", MARK, tmp_path)
    remember(3, "story", OTHER_MARK, tmp_path)
    assert [remembered("story", mark, tmp_path) for mark in (MARK, OTHER_MARK)] == [None, 3]
    assert remembered("story-two", MARK, tmp_path) == 2


def test_a_damaged_value_is_not_remembered(tmp_path, caplog):
    remember([1, 2], "story", MARK, tmp_path)
    (file,) = tmp_path.iterdir()
    file.write_text("[1, 2")
    assert remembered("story", MARK, tmp_path) is None
    assert f"{file} cannot be read" in caplog.text
