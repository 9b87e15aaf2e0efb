"""Results on disk: used while nothing has changed, and never when they are damaged."""

import numpy as np
import pytest

import flowdln
from flowdln.reproduction.cache import cached

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


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package in place of flowdln, whose files may be changed."""
    root = tmp_path / "package"
    (root / "inner").mkdir(parents=True)
    (root / "__init__.py").write_text("")
    (root / "inner" / "module.py").write_text("y = 1\n")
    monkeypatch.setattr(flowdln, "__file__", str(root / "__init__.py"))
    return root


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


@pytest.mark.parametrize("name", ["__init__.py", "inner/module.py", "inner/another.py"])
def test_a_change_in_the_package_computes_again(name, compute, source, folder, package):
    cached(compute, PARAMETERS, source, folder)
    cached(compute, PARAMETERS, source, folder)
    assert len(compute.calls) == 1
    (package / name).write_text("y = 2\n")
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


def test_a_computation_that_fails_leaves_no_file(source, folder):
    def broken():
        message = "diverged"
        raise ArithmeticError(message)

    with pytest.raises(ArithmeticError, match="diverged"):
        cached(broken, {}, source, folder)
    assert not folder.exists()
