"""Problem files with values of other types and sizes, and files that are no regular ones."""

import os
from functools import partial

import numpy as np
import pytest
from problem_files import MODES, RANDOM, TIME, problem_file
from refusal import refused

import flowdln as fl
from flowdln import memory
from flowdln.errors import InputError
from flowdln.problem_file import EXAMPLE, read_problem

HIERARCHY = 'source = "hierarchy"\nlevels = 3\nflip = 0.1\nfeatures = 9\n'
MIXTURE = 'source = "gaussian_mixture"\n'


@pytest.fixture
def write(tmp_path):
    """Writes a problem file from the lines of its sections."""
    return partial(problem_file, tmp_path)


def test_byte_order_mark_is_skipped(tmp_path):
    path = tmp_path / "problem.toml"
    path.write_bytes(b"\xef\xbb\xbf" + EXAMPLE.encode())
    assert read_problem(path).problem.widths == (8, 16, 60)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param("a = " + "[" * 5000 + "]" * 5000, ["has brackets nested too deeply"], id="nesting"),
        pytest.param("a = " + "9" * 5000, ["is not TOML"], id="digits"),
        pytest.param("a = \0", ["is not TOML"], id="null"),
    ],
)
def test_content_beyond_limits_of_the_parser_is_refused(tmp_path, content, words):
    path = tmp_path / "problem.toml"
    path.write_text(content)
    refused(InputError, words, lambda: read_problem(path))


def test_pipe_is_refused_without_waiting(tmp_path):
    os.mkfifo(tmp_path / "problem.toml")
    refused(InputError, ["problem.toml is no regular file"], lambda: read_problem(tmp_path / "problem.toml"))


def test_name_that_is_too_long_is_refused():
    refused(InputError, ["cannot be read: File name too long"], lambda: read_problem("a" * 5000))


@pytest.mark.parametrize("path", [None, 3, b"problem.toml", "a\0b"], ids=str)
def test_paths_of_other_types_are_refused(path):
    refused(InputError, ["path is", "expected the path of a file"], lambda: read_problem(path))


@pytest.mark.parametrize(
    ("section", "lines", "words"),
    [
        pytest.param("flow", TIME + "method = []\n", ["method in [flow] is []"], id="list for method"),
        pytest.param("flow", TIME + "method = {}\n", ["method in [flow] is {}"], id="table for method"),
        pytest.param("flow", TIME + "points = true\n", ["points in [flow] is True"], id="boolean for points"),
        pytest.param("flow", "time = true\n", ["time in [flow] is True"], id="boolean for time"),
        pytest.param("flow", "time = 1979-05-27\n", ["time in [flow] is", "a positive number"], id="date for time"),
        pytest.param("flow", TIME + "spacing = []\n", ["spacing in [flow] is []"], id="list for spacing"),
        pytest.param("flow", TIME + "tau = []\n", ["tau is []"], id="list for tau"),
        pytest.param("data", MODES + "seed = []\n", ["seed in [data] is []"], id="list for seed"),
        pytest.param("data", MODES + "seed = true\n", ["seed in [data] is True"], id="boolean for seed"),
        pytest.param("network", RANDOM + "seed = [1, [2]]\n", ["seed in [network] is [1, [2]]"], id="nested seed"),
        pytest.param("network", RANDOM + "seed = 1.5\n", ["seed in [network] is 1.5"], id="fraction for seed"),
        pytest.param(
            "data", HIERARCHY.replace("0.1", "true"), ["flip in [data]", "is True", "no boolean"], id="boolean for flip"
        ),
        pytest.param(
            "data", 'source = "digits"\ncenter = "yes"\n', ["center in [data]", "is 'yes'"], id="text for a boolean"
        ),
        pytest.param("network", RANDOM.replace("[6]", "[0]"), ["a width in hidden is 0"], id="layer of no units"),
        pytest.param("network", RANDOM.replace("[6]", "[[6]]"), ["a width in hidden is [6]"], id="nested widths"),
        pytest.param("network", RANDOM.replace("[6]", "[true]"), ["a width in hidden is True"], id="boolean width"),
        pytest.param("network", RANDOM.replace("0.1", "1e160"), ["weights whose loss overflows"], id="large scale"),
        pytest.param(
            "data",
            MODES.replace("3.0", "1e400"),
            ["singular_values has 1 entries that are NaN or infinite"],
            id="infinite singular value",
        ),
        pytest.param("data", MODES.replace("[3.0, 1.0]", '"3"'), ["singular_values has"], id="text for values"),
        pytest.param("data", MODES.replace("[3.0, 1.0]", "[[1], [2, 3]]"), ["singular_values has"], id="ragged"),
    ],
)
def test_values_of_other_types_are_refused_by_key(section, lines, words, write):
    refused_by(words, lambda: read_problem(write(**{section: lines})))


def refused_by(words, call):
    with pytest.raises(InputError) as caught:
        call()
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize(
    ("sections", "words"),
    [
        pytest.param({"data": HIERARCHY.replace("levels = 3", "levels = 30")}, "2^30 leaves", id="levels"),
        pytest.param({"data": HIERARCHY.replace("levels = 3", f"levels = {10**18}")}, "leaves", id="endless levels"),
        pytest.param({"data": HIERARCHY + f"branching = {10**12}\n"}, "leaves", id="branching"),
        pytest.param({"data": HIERARCHY.replace("9", "9999999999")}, "a hierarchy with 2^3 leaves", id="features"),
        pytest.param({"data": MIXTURE + f"n_in = {10**7}\n"}, "a mixture of", id="inputs"),
        pytest.param({"data": MIXTURE + f"samples_per_cluster = {10**400}\n"}, "a mixture of", id="samples"),
        pytest.param({"data": MODES.replace("5", str(10**10))}, "the second moments of", id="size of modes"),
        pytest.param({"flow": TIME + "points = 0x7fffffffffffffff\n"}, "points in [flow] is 9223", id="points"),
        pytest.param({"network": RANDOM.replace("[6]", "[100000000]")}, "a network of 900000000 weights", id="hidden"),
        pytest.param(
            {"more": "descent = {learning_rate = 0.1, steps = 10000000000}\n"}, "weights, kept at", id="steps"
        ),
    ],
)
def test_sizes_beyond_the_memory_are_refused_before_use(sections, words, write):
    refused_by([words, "GiB of memory; expected at most"], lambda: read_problem(write(**sections)))


@pytest.mark.parametrize(("limit", "fits"), [(1e6, True), (5e4, False)])
def test_limit_of_memory_decides(limit, fits, write, monkeypatch):
    monkeypatch.setattr(memory, "memory_limit", lambda: limit)
    path = write()  # 54 weights, 200 times
    if fits:
        assert read_problem(path).problem.widths == (5, 6, 4)
    else:
        refused_by(["a network of 54 weights, kept at 200 times"], lambda: read_problem(path))


def test_arguments_of_tables_come_from_the_section(tmp_path, write):
    (tmp_path / "data.csv").write_text("made by a device\n1,5;2;3\n4;5,5;-6\n")
    lines = (
        'source = "file"\npath = "data.csv"\nsep = ";"\ndecimal = ","\nheader = false\nskiprows = 1\ntargets = [2]\n'
    )
    expected = fl.Moments.from_data([[1.5, 2], [4, 5.5]], [[3], [-6]])
    np.testing.assert_array_equal(read_problem(write(data=lines)).problem.moments.sigma_yx, expected.sigma_yx)


def test_names_of_arrays_come_from_the_section(tmp_path, write):
    np.savez(tmp_path / "data.npz", x_train=np.eye(3), y_train=np.ones((3, 2)))
    lines = 'source = "file"\npath = "data.npz"\ninputs = "x_train"\ntargets = "y_train"\n'
    assert read_problem(write(data=lines)).problem.widths == (3, 6, 2)
