"""Data from the user's files, and what is said of files that cannot be used."""

import numpy as np
import pytest

from flowdln.datasets import from_file
from flowdln.errors import DatasetError, InputError, ShapeError

INPUTS = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
TARGETS = np.array([[1.0], [0.0], [-1.0]])
TABLE = "width,depth,area,kind\n1,2,2,0\n3,4,12,1\n5,6,30,0\n"


def write_npz(folder, **arrays):
    path = folder / "run.npz"
    np.savez(path, **arrays)
    return path


def write_csv(folder, text):
    path = folder / "rooms.csv"
    path.write_text(text)
    return path


def test_npz_with_names(tmp_path):
    path = write_npz(tmp_path, inputs=INPUTS, targets=TARGETS, items=np.array(["a", "b", "c"]), features=["y"])
    data = from_file(str(path))
    np.testing.assert_array_equal(data.inputs, INPUTS)
    np.testing.assert_array_equal(data.targets, TARGETS)
    assert (data.name, data.items, data.features) == ("run", ("a", "b", "c"), ("y",))


def test_npz_without_names(tmp_path):
    data = from_file(write_npz(tmp_path, inputs=INPUTS.astype(int), targets=TARGETS))
    assert (data.inputs.dtype, data.items, data.features) == (np.float64, (), ())


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        pytest.param(
            {"targets": None}, InputError, "run.npz' has the arrays inputs; expected one called targets", id="missing"
        ),
        pytest.param(
            {"inputs": INPUTS.astype(object)}, InputError, "array inputs of file .* holds Python objects", id="objects"
        ),
        pytest.param(
            {"items": np.array(["a", "b", None])},
            InputError,
            "array items of .* holds Python objects",
            id="item objects",
        ),
        pytest.param(
            {"items": np.arange(3)}, InputError, "array items of .* has entries of type int64", id="item numbers"
        ),
        pytest.param({"inputs": INPUTS.astype(str)}, InputError, "inputs has entries of type <U", id="text"),
        pytest.param({"inputs": INPUTS[:2]}, ShapeError, "targets has 3 rows; expected 2", id="rows"),
        pytest.param({"features": np.array(["y", "z"])}, ShapeError, "features has 2 names; expected 1", id="names"),
        pytest.param({"targets": TARGETS * np.nan}, InputError, "targets has 3 entries", id="NaN"),
    ],
)
def test_npz_that_cannot_be_used(tmp_path, change, error, message):
    arrays = {"inputs": INPUTS, "targets": TARGETS, **change}
    path = write_npz(tmp_path, **{name: array for name, array in arrays.items() if array is not None})
    with pytest.raises(error, match=message):
        from_file(path)


def test_csv_targets_in_the_order_asked_for(tmp_path):
    data = from_file(write_csv(tmp_path, TABLE), targets=["kind", "area"])
    np.testing.assert_array_equal(data.inputs, INPUTS)
    np.testing.assert_array_equal(data.targets, [[0, 2], [1, 12], [0, 30]])
    assert (data.name, data.items, data.features) == ("rooms", (), ("kind", "area"))


def test_csv_one_target_spaces_and_booleans(tmp_path):
    data = from_file(write_csv(tmp_path, "x, y\n1, True\n2, False\n"), targets="y")
    assert (data.inputs.tolist(), data.targets.tolist()) == ([[1.0], [2.0]], [[1.0], [0.0]])


@pytest.mark.parametrize(
    ("targets", "message"),
    [
        pytest.param(None, "targets is None; expected the names .* columns are width, depth, area, kind", id="none"),
        pytest.param([], r"targets is \[\]; expected the names of the target columns", id="empty"),
        pytest.param(
            ["area", "height"], "targets has the name 'height'; expected names among width, depth", id="unknown"
        ),
        pytest.param(["kind", "area", "width", "depth"], "targets has the names of all columns; expected", id="all"),
    ],
)
def test_csv_targets_that_cannot_be_used(tmp_path, targets, message):
    with pytest.raises(InputError, match=message):
        from_file(write_csv(tmp_path, TABLE), targets=targets)


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        pytest.param("x,y\n1,2\n3,four\n", InputError, "column 'y' of file .* is 'four' in row 2 below", id="text"),
        pytest.param("x,y\n1,2\n,4\n", InputError, "column 'x' of file .* has no entry in row 2 below", id="missing"),
        pytest.param("x,y\n1,2\n3\n", InputError, "column 'y' of file .* has no entry in row 2 below", id="short row"),
        pytest.param("x,y\ninf,2\n3,4\n", InputError, "column 'x' of file .* is 'inf' in row 1 below", id="infinite"),
        pytest.param(
            "x,y\n1,2\n3,4,5\n", DatasetError, "cannot be read .*Expected 2 fields in line 3, saw 3", id="long row"
        ),
        pytest.param("x,y\n1,2,3\n", DatasetError, "Expected 2 fields in line 2, saw 3.*Name every", id="short header"),
        pytest.param(
            "x,y\n0,1,2\n1,3,4\n", DatasetError, "Expected 2 fields in line 2, saw 3", id="row numbers unnamed"
        ),
        pytest.param("x,y\n1,1,2\n3,3,4\n", DatasetError, "Expected 2 fields in line 2, saw 3", id="row steps unnamed"),
        pytest.param(
            "x,y\n1,2,\n3,4,\n", DatasetError, "Expected 2 fields in line 2, saw 3", id="separator at row ends"
        ),
        pytest.param("", DatasetError, "cannot be read .No columns", id="empty"),
        pytest.param("x,y\n", InputError, "has no rows below its header", id="no rows"),
        pytest.param("x,y,y\n1,2,3\n", InputError, "has two columns called 'y'", id="names twice"),
        pytest.param(",x,y\n0,1,2\n", InputError, "has no name for column 1; .*index=False", id="row numbers"),
    ],
)
def test_csv_that_cannot_be_used(tmp_path, text, error, message):
    with pytest.raises(error, match=message):
        from_file(write_csv(tmp_path, text), targets="y")


@pytest.mark.parametrize("content", [b"", b"not a zip archive"], ids=["empty", "text"])
def test_npz_that_is_none(tmp_path, content):
    path = tmp_path / "run.npz"
    path.write_bytes(content)
    with pytest.raises(DatasetError, match=r"run.npz' cannot be read \(.*\); expected a"):
        from_file(path)


def test_single_array_called_npz(tmp_path):
    with (tmp_path / "run.npz").open("wb") as file:
        np.save(file, INPUTS)
    with pytest.raises(DatasetError, match=r"cannot be read \(it holds a single array\)"):
        from_file(tmp_path / "run.npz")


@pytest.mark.parametrize("name", ["run.npz", "rooms.csv"])
def test_file_that_is_not_there(tmp_path, name):
    with pytest.raises(DatasetError, match=f"{name}' is not there; expected a file that exists"):
        from_file(tmp_path / name, targets="y")


def test_unknown_suffix(tmp_path):
    with pytest.raises(InputError, match=r"data.mat' has the suffix '.mat'; expected one of .npz, .csv"):
        from_file(tmp_path / "data.mat")


@pytest.mark.parametrize("path", [3, None, b"run.npz", "run\0.npz"], ids=str)
def test_paths_of_other_types_are_refused(path):
    with pytest.raises(InputError, match=r"path is .*; expected the path of a file"):
        from_file(path)


def test_names_too_long_for_the_system_are_refused():
    with pytest.raises(DatasetError, match="is not there"):
        from_file("x" * 5000 + ".csv", targets="y")
