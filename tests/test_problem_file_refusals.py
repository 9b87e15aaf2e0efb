"""Problem files that cannot be read, and what is told about them."""

from functools import partial

import pytest
from problem_files import MODES, RANDOM, TIME, problem_file
from refusal import refused

import flowdln as fl
from flowdln.errors import AssumptionError, DatasetError, InputError
from flowdln.problem_file import read_problem


@pytest.fixture
def write(tmp_path):
    """Writes a problem file from the lines of its sections."""
    return partial(problem_file, tmp_path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(None, ["problem.toml cannot be read: No such file", "a TOML file", "--example"], id="no file"),
        pytest.param(b"[data\n", ["problem.toml is not TOML:", "--example"], id="not TOML"),
        pytest.param(b"\xff\xfe", ["problem.toml is not TOML:"], id="not text"),
        pytest.param(b"", ["the problem file has no section [data]", "expected sections"], id="empty"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(content, words, tmp_path):
    path = tmp_path / "problem.toml"
    if content is not None:
        path.write_bytes(content)
    refused(InputError, words, lambda: read_problem(path))


def test_a_folder_is_refused(tmp_path):
    refused(InputError, ["is no regular file"], lambda: read_problem(tmp_path))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(
            "[network]\n" + RANDOM + "[flow]\n" + TIME, ["has no section [data]", "expected sections"], id="no data"
        ),
        pytest.param("[data]\n" + MODES + "[flow]\n" + TIME, ["has no section [network]"], id="no network"),
        pytest.param("[data]\n" + MODES + "[network]\n" + RANDOM, ["has no section [flow]"], id="no flow"),
        pytest.param("data = 3\n", ["has no section [data]"], id="data a number"),
        pytest.param(
            "[flwo]\n" + TIME, ["section is 'flwo'", "one of data, descent, flow", "mean 'flow'?"], id="unknown"
        ),
    ],
)
def test_sections_that_are_missing_or_unknown_are_refused(content, words, tmp_path):
    path = tmp_path / "problem.toml"
    path.write_text(content)
    refused(InputError, words, lambda: read_problem(path))


@pytest.mark.parametrize(
    ("section", "lines", "words"),
    [
        pytest.param("data", "", ["[data] lacks the key source", "one of digits, file"], id="no source"),
        pytest.param(
            "data", 'source = "mdoes"\n', ["source in [data] is 'mdoes'", "mean 'modes'?"], id="unknown source"
        ),
        pytest.param("data", 'source = ["modes"]\n', ["source in [data] is ['modes']"], id="list of sources"),
        pytest.param(
            "data",
            'source = "modes"\nn_in = 5\n',
            ["[data] with source = 'modes' lacks the key singular_values, n_out", "keys among singular_values, n_in"],
            id="missing keys of a source",
        ),
        pytest.param(
            "data",
            MODES + "levels = 3\n",
            ["[data] with source = 'modes' has the unknown key levels", "keys among singular_values"],
            id="unknown key of a source",
        ),
        pytest.param(
            "data",
            'source = "hierarchy"\nlevel = 3\nflip = 0.1\nfeatures = 9\n',
            ["has the unknown key level and lacks the key levels", "keys among levels"],
            id="misspelt key of a source",
        ),
        pytest.param(
            "data", MODES + 'reduction = "sum"\n', ["has the unknown key reduction"], id="reduction without samples"
        ),
        pytest.param(
            "data",
            'source = "semantic"\nreduction = "total"\n',
            ["reduction in [data] is 'total'", "one of mean, sum"],
            id="unknown reduction",
        ),
        pytest.param(
            "data", MODES + 'whiten = "no"\n', ["whiten in [data] is 'no'", "true or false"], id="text for whiten"
        ),
        pytest.param("data", 'source = "file"\n', ["lacks the key path", "path, inputs, targets, sep"], id="no path"),
        pytest.param("data", 'source = "file"\npath = 3\n', ["path in [data] is 3", "a file"], id="number for path"),
        pytest.param(
            "data",
            MODES.replace("n_in = 5", 'n_in = "5"'),
            ["n_in in [data] is '5'", "expected an integer of at least 1"],
            id="text for a width",
        ),
        pytest.param(
            "network", "", ["[network] lacks the key initial", "one of aligned, balanced"], id="no initialiser"
        ),
        pytest.param("data", 'sorce = "modes"\n', ["lacks the key source", "mean it by sorce?"], id="misspelt source"),
        pytest.param("network", 'Initial = "he"\n', ["lacks the key initial", "by Initial?"], id="misspelt initial"),
        pytest.param("data", MODES + "whitten = true\n", ["key whitten", "mean 'whiten'?"], id="misspelt whiten"),
        pytest.param("network", RANDOM + "sede = 1\n", ["key sede", "mean 'seed'?"], id="misspelt seed"),
        pytest.param("network", 'initial = "glorot"\nhiden = []\n', ["mean it by hiden?"], id="misspelt hidden"),
        pytest.param("flow", TIME + "Tau = 1\n", ["unknown key Tau", "mean 'tau'?"], id="misspelt tau"),
        pytest.param("flow", TIME + "pionts = 9\n", ["key pionts", "mean 'points'?"], id="misspelt points"),
        pytest.param(
            "network", 'initial = "glorot"\n', ["[network] lacks the key hidden", "[] for none"], id="no hidden"
        ),
        pytest.param("network", 'initial = "he"\n', ["initial in [network] is 'he'"], id="unknown initialiser"),
        pytest.param(
            "network",
            'initial = "small_random"\nhidden = []\n',
            ["[network] with initial = 'small_random' lacks the key scale", "keys among scale, seed"],
            id="missing key of an initialiser",
        ),
        pytest.param(
            "network",
            RANDOM + "sclae = 1\n",
            ["[network] with initial = 'small_random' has the unknown key sclae"],
            id="unknown key of an initialiser",
        ),
        pytest.param("network", RANDOM + "widths = [5, 4]\n", ["has the unknown key widths"], id="widths of the data"),
        pytest.param(
            "network",
            RANDOM.replace("[6]", "6"),
            ["hidden in [network] is 6", "expected a list of widths"],
            id="number for hidden",
        ),
        pytest.param(
            "network",
            RANDOM.replace("0.1", '"small"'),
            ["scale is 'small'", "expected a positive number"],
            id="text for scale",
        ),
        pytest.param("network", RANDOM + 'seed = "one"\n', ["seed in [network] is 'one'"], id="text for seed"),
        pytest.param("network", RANDOM + "seed = -1\n", ["seed in [network] is -1"], id="negative seed"),
        pytest.param("flow", "", ["[flow] lacks the key time", "keys among time, points"], id="no time"),
        pytest.param("flow", TIME + "step = 1\n", ["[flow] has the unknown key step"], id="unknown key of flow"),
        pytest.param(
            "flow", "time = -2.0\n", ["time in [flow] is -2.0", "expected a positive number"], id="negative time"
        ),
        pytest.param("flow", 'time = "2"\n', ["time in [flow] is '2'"], id="text for time"),
        pytest.param("flow", "time = inf\n", ["time in [flow] is inf"], id="infinite time"),
        pytest.param("flow", TIME + "points = 0\n", ["points in [flow] is 0", "at least 2"], id="no points"),
        pytest.param("flow", TIME + "points = 2.5\n", ["points in [flow] is 2.5", "an integer"], id="half a point"),
        pytest.param(
            "flow", TIME + 'spacing = "sqrt"\n', ["spacing in [flow] is 'sqrt'", "linear, log"], id="unknown spacing"
        ),
        pytest.param("flow", TIME + "tau = -1\n", ["tau is -1", "expected a positive number"], id="negative tau"),
    ],
)
def test_keys_and_values_that_cannot_be_used_are_refused(section, lines, words, write):
    refused(InputError, words, lambda: read_problem(write(**{section: lines})))


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        pytest.param("descent = {steps = 5}\n", ["[descent] lacks the key learning_rate"], id="missing key"),
        pytest.param(
            "descent = {learning_rate = 0.1, steps = 5, momentum = 0.9}\n",
            ["[descent] has the unknown key momentum", "keys among learning_rate, steps"],
            id="unknown key",
        ),
        pytest.param("descent = 5\n", ["has no section [descent]"], id="no section"),
    ],
)
def test_a_descent_that_is_not_described_is_refused(lines, words, write):
    refused(InputError, words, lambda: read_problem(write(more=lines)))


@pytest.mark.parametrize(
    ("section", "lines", "error", "words"),
    [
        pytest.param(
            "data", 'source = "file"\npath = "no.npz"\n', DatasetError, ["no.npz' is not there"], id="no data file"
        ),
        pytest.param(
            "network",
            'initial = "lambda_balanced"\nhidden = [9]\nlam = 1.0\nscale = 1.0\n',
            AssumptionError,
            ["widths", "lam"],
            id="widths that cannot be lambda-balanced",
        ),
    ],
)
def test_errors_of_data_and_weights_come_through_unchanged(section, lines, error, words, write):
    refused(error, words, lambda: read_problem(write(**{section: lines})))


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        pytest.param('method = "RK54"\n', ["method is 'RK54'", "'auto', 'exact'", "RK45"], id="unknown method"),
        pytest.param("rtol = 1e-20\n", ["rtol is 1e-20", "a number from"], id="rtol below rounding"),
        pytest.param('rtol = "small"\n', ["rtol is 'small'", "a positive number"], id="text for rtol"),
    ],
)
def test_a_method_and_a_tolerance_that_cannot_be_used_are_refused_when_solving(lines, words, write):
    given = read_problem(write(flow=TIME + lines))
    refused(
        InputError,
        words,
        lambda: fl.solve(given.problem, given.flow.ts, method=given.flow.method, rtol=given.flow.rtol),
    )
