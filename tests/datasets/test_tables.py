"""Tables in other dialects: separators, decimal commas, headers, compression, encodings."""

import gzip

import numpy as np
import pytest
from refusal import refused

from flowdln.datasets import csv_files, from_file
from flowdln.errors import DatasetError, InputError

VALUES = [[1.5, 2.5, 3.5], [4.5, 5.5, 6.5]]


def read(folder, content, name="table.csv", **arguments):
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return from_file(folder / name, **arguments)


def dialect(sep=",", decimal=".", header="aby"):
    """The table of ``VALUES`` as text."""
    rows = [[str(value).replace(".", decimal) for value in row] for row in VALUES]
    return "".join(sep.join(row) + "\n" for row in ([list(header)] if header else []) + rows)


@pytest.mark.parametrize(
    ("name", "content", "arguments"),
    [
        pytest.param("t.csv", dialect(";", ","), {"sep": ";", "decimal": ","}, id="semicolons, decimal commas"),
        pytest.param("t.csv", dialect("\t"), {"sep": "\t"}, id="tabs"),
        pytest.param("t.csv", dialect("   "), {"sep": r"\s+"}, id="white space"),
        pytest.param("t.tsv", dialect("\t"), {}, id="tsv"),
        pytest.param("t.TSV", dialect("\t", ","), {"decimal": ","}, id="tsv with decimal commas"),
        pytest.param("t.csv.gz", gzip.compress(dialect().encode()), {}, id="csv.gz"),
        pytest.param("t.tsv.gz", gzip.compress(dialect("\t").encode()), {}, id="tsv.gz"),
        pytest.param("t.csv", "sep=,\n" + dialect(), {}, id="separator in the first line"),
        pytest.param("t.csv", "sep=;\r\n" + dialect(";", ","), {"decimal": ","}, id="semicolon in the first line"),
        pytest.param("t.csv", b"\xef\xbb\xbf" + dialect().encode(), {}, id="byte order mark"),
        pytest.param("t.csv", b"\xef\xbb\xbfsep=,\n" + dialect().encode(), {}, id="mark and separator"),
        pytest.param("t.csv", dialect().encode("utf-16"), {"encoding": "utf-16"}, id="UTF-16"),
        pytest.param("t.csv", "made by a device\n\n" + dialect(), {"skiprows": 2}, id="lines before the table"),
        pytest.param("t.csv", dialect().replace("\n", "\r\n"), {}, id="line ends of Windows"),
    ],
)
def test_dialects_give_the_same_data(tmp_path, name, content, arguments):
    data = read(tmp_path, content, name, targets="y", **arguments)
    np.testing.assert_array_equal(np.hstack([data.inputs, data.targets]), VALUES)
    assert (data.name, data.features) == ("t", ("y",))


@pytest.mark.parametrize("sep", ["a", "1", ".", '"', "é", "§"])
def test_first_line_that_names_no_separator_is_part_of_the_table(tmp_path, sep):
    with pytest.raises(InputError, match="targets has the name 'y'; expected names among sep="):
        read(tmp_path, f"sep={sep}\n1\n2\n", targets="y")


def test_first_line_that_names_the_decimal_point_is_refused(tmp_path):
    with pytest.raises(InputError, match="sep and decimal are both ','"):
        read(tmp_path, "sep=,\nx,y\n1,2\n", decimal=",", targets="y")


@pytest.mark.parametrize("header", [None, False])
@pytest.mark.parametrize(
    "targets", [2, np.int64(2), [2], np.array([2])], ids=["integer", "integer of NumPy", "list", "array"]
)
def test_positions_of_a_table_without_names(tmp_path, header, targets):
    data = read(tmp_path, dialect(header=""), header=header, targets=targets)
    np.testing.assert_array_equal(np.hstack([data.inputs, data.targets]), VALUES)
    assert data.features == ("column 2",)


def test_entry_that_is_no_number_is_named_by_position(tmp_path):
    with pytest.raises(InputError, match=r"column 0 of file .* is 'a' in row 1; expected a finite number"):
        read(tmp_path, dialect(), header=None, targets=2)


def test_inputs_among_the_columns(tmp_path):
    data = read(tmp_path, dialect(), inputs=["b"], targets=["y", "a"])
    assert (data.inputs.tolist(), data.targets.tolist()) == ([[2.5], [5.5]], [[3.5, 1.5], [6.5, 4.5]])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(dialect(";", ","), "separated by semicolons with decimal commas; .*sep=';', decimal=','", id=";,"),
        pytest.param(dialect(";"), "separated by semicolons; expected ',' as separator. Pass sep=';'.$", id=";"),
        pytest.param(dialect("\t"), r"separated by tabs; .*Pass sep='\\t'.$", id="tab"),
        pytest.param(dialect("|"), "separated by vertical bars; .*Pass sep='|'", id="bar"),
        pytest.param(dialect(" "), r"separated by white space; .*Pass sep='\\\\s\+'", id="space"),
        pytest.param(dialect(";", ",", ""), "separated by semicolons with decimal commas", id="no header"),
        pytest.param(dialect(header=""), "only numbers in its first line; .*Pass header=None", id="numbers for names"),
        pytest.param("Unnamed: 0,x,y\n0,2,3\n", "has no name for column 1; .*index=False", id="saved index"),
        pytest.param("x,y,\n0,2,\n", "has no name for column 3; .*Remove the separator", id="separator at the end"),
        pytest.param("nan,-inf,2\n1,2,3\n", "only numbers in its first line; .*header=None", id="not finite for names"),
        pytest.param("x,x,y\n0,2,3\n", "has two columns called 'x'", id="doubled names"),
        pytest.param('x,y\n"1,5",2\n', r"'1,5' in row 1 .*pass decimal=','", id="decimal comma in quotes"),
    ],
)
def test_layouts_that_seem_other_are_named(tmp_path, content, words):
    with pytest.raises(InputError, match=words):
        read(tmp_path, content, targets="y")


@pytest.mark.parametrize(
    ("rows", "row"),
    [
        pytest.param("1.234;2\n5.678;3\n", 1, id="all"),
        pytest.param("1,5;2\n1.234;3\n", 2, id="some"),
        pytest.param("1.234,5;2\n", 1, id="with decimal commas"),
    ],
)
def test_points_of_thousands_are_refused_with_decimal_commas(tmp_path, rows, row):
    with pytest.raises(InputError, match=rf"column 'x' of file .* is '1\.234.*' in row {row} below the header"):
        read(tmp_path, "x;y\n" + rows, sep=";", decimal=",", targets="y")


@pytest.mark.parametrize("decimal", [".", ","])
def test_long_integers_are_read_as_numbers(tmp_path, decimal):
    data = read(tmp_path, f"x;y\n{'9' * 25};1\n-{'9' * 300};2\n", sep=";", decimal=decimal, targets="y")
    assert data.inputs.tolist() == [[1e25], [-1e300]]


@pytest.mark.parametrize("digits", [309, 400, 5000])
def test_integers_beyond_float64_are_refused(tmp_path, digits):
    with pytest.raises(InputError, match=r"column 'y' of file .* is '9{12}\.\.\.9{13}' in row 1 below"):
        read(tmp_path, f"x,y\n1,{'9' * digits}\n", targets="y")


def test_commas_in_a_tsv_are_named(tmp_path):
    with pytest.raises(InputError, match=r"separated by commas; expected '\\t'"):
        read(tmp_path, dialect(), "t.tsv", targets="y")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param({"targets": 2}, ["targets has the name 2; expected names among a, b, y"], id="position"),
        pytest.param({"targets": ["y", "y"]}, ["targets has the name 'y' twice"], id="twice"),
        pytest.param({"targets": [["y"]]}, ["targets has the name ['y']; expected names among"], id="nested"),
        pytest.param({"targets": {"y", "a"}}, ["expected the names of the target columns, in order"], id="set"),
        pytest.param({"targets": {"y": 1}}, ["targets is {'y': 1}; expected the names"], id="mapping"),
        pytest.param({"targets": True}, ["targets has the name True"], id="boolean"),
        pytest.param({"targets": 1.5}, ["targets is 1.5; expected the names"], id="number"),
        pytest.param({"targets": "y", "inputs": ["a", "y"]}, ["both have the name 'y'"], id="input and target"),
        pytest.param({"targets": "y", "inputs": []}, ["inputs is []; expected the names"], id="no inputs"),
        pytest.param({"targets": "2", "header": None, "skiprows": 1}, ["positions among 0, 1, 2"], id="text"),
        pytest.param({"targets": 3, "header": None, "skiprows": 1}, ["positions among 0, 1, 2"], id="past the last"),
        pytest.param({"targets": "y", "sep": "::"}, ["sep is '::'; expected a single ASCII character"], id="sep"),
        pytest.param({"targets": "y", "sep": "§"}, ["sep is '§'; expected a single ASCII"], id="sep beyond ASCII"),
        pytest.param({"targets": "y", "sep": 3}, ["sep is 3; expected a single ASCII"], id="number for sep"),
        pytest.param({"targets": "y", "decimal": "x"}, ["decimal is 'x'", "expected '.' or ','"], id="decimal"),
        pytest.param({"targets": "y", "decimal": []}, ["decimal is []", "expected '.' or ','"], id="list for decimal"),
        pytest.param({"targets": "y", "sep": ",", "decimal": ","}, ["sep and decimal are both ','"], id="one for both"),
        pytest.param({"targets": "y", "decimal": ","}, ["sep and decimal are both ','"], id="default for both"),
        pytest.param({"targets": "y", "header": "yes"}, ["header is 'yes'; expected True"], id="header"),
        pytest.param({"targets": "y", "header": 1}, ["header is 1; expected True"], id="second row as header"),
        pytest.param({"targets": "y", "header": [0]}, ["header is [0]; expected True"], id="list for header"),
        pytest.param({"targets": "y", "skiprows": -1}, ["skiprows is -1; expected an integer"], id="skiprows"),
        pytest.param({"targets": "y", "skiprows": 99}, ["cannot be read"], id="no lines left"),
        pytest.param({"targets": "y", "encoding": "utf-9"}, ["encoding is 'utf-9'"], id="encoding"),
        pytest.param({"targets": "y", "encoding": "hex"}, ["encoding is 'hex'; expected the name"], id="no text"),
        pytest.param({"targets": "y", "encoding": None}, ["encoding is None; expected the name"], id="no encoding"),
    ],
)
def test_arguments_that_cannot_be_used_are_refused(tmp_path, arguments, words):
    error = DatasetError if words == ["cannot be read"] else InputError
    refused(error, words, lambda: read(tmp_path, dialect(), **arguments))


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        pytest.param("t.csv", dialect().encode("utf-16"), ["cannot be read as text", "encoding='utf-16'"], id="UTF-16"),
        pytest.param("t.csv", b"a,y\n1,\x002\n", ["has null characters; expected text"], id="null"),
        pytest.param("t.csv", b"# by a device\ny,a\n1,2\n", ["Expected 1 fields in line 2", "skiprows"], id="comment"),
        pytest.param("t.csv.gz", dialect().encode(), ["cannot be decompressed"], id="not gzipped"),
        pytest.param("t.csv.gz", gzip.compress(dialect().encode())[:-9], ["cannot be decompressed"], id="cut"),
    ],
)
def test_content_that_is_no_table_is_refused(tmp_path, name, content, words):
    refused(DatasetError, words, lambda: read(tmp_path, content, name, targets="y"))


@pytest.mark.parametrize("name", ["t.csv", "t.csv.gz"])
def test_content_beyond_the_limit_is_refused(tmp_path, monkeypatch, name):
    content = "a,y\n" + "1,2\n" * 1000
    packed = gzip.compress(content.encode()) if name.endswith(".gz") else content
    assert len(read(tmp_path, packed, name, targets="y").inputs) == 1000
    monkeypatch.setattr(csv_files, "memory_limit", lambda: 8000.0)
    refused(DatasetError, ["holds more than 2000 bytes"], lambda: read(tmp_path, packed, name, targets="y"))
