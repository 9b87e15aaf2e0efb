"""Problems written in TOML: what they can say, and what is told where they cannot be read."""

import tomllib

import numpy as np
import pytest
from refusal import refused

import flowdln as fl
from flowdln.errors import AssumptionError, DatasetError, InputError, ShapeError
from flowdln.problem_file import EXAMPLE, INITIALISERS, SOURCES, DescentOptions, read_problem

MODES = 'source = "modes"\nsingular_values = [3.0, 1.0]\nn_in = 5\nn_out = 4\n'
RANDOM = 'initial = "small_random"\nhidden = [6]\nscale = 0.1\n'
TIME = "time = 2.0\n"


@pytest.fixture
def write(tmp_path):
    """Writes a problem file from the lines of its sections."""

    def to_file(data=MODES, network=RANDOM, flow=TIME, more=""):
        path = tmp_path / "problem.toml"
        path.write_text(f"{more}[data]\n{data}[network]\n{network}[flow]\n{flow}", encoding="utf-8")
        return path

    return to_file


class TestExample:
    @pytest.fixture
    def example(self, tmp_path):
        path = tmp_path / "example.toml"
        path.write_text(EXAMPLE, encoding="utf-8")
        return read_problem(path)

    def test_says_what_its_comments_say(self, example):
        assert example.problem.widths == (8, 16, 60)
        assert example.problem.tau == 1.0
        assert (example.flow.method, example.flow.rtol) == ("auto", 1e-8)
        assert example.descent == DescentOptions(learning_rate=0.05, steps=600)
        np.testing.assert_array_equal(example.flow.ts, np.linspace(0, 30, 200))

    def test_is_the_hierarchy(self, example):
        moments = fl.datasets.hierarchy(3, flip=0.1, features=60, seed=0).moments()
        for found, expected in zip(example.problem.moments, moments, strict=True):
            np.testing.assert_array_equal(found, expected)

    def test_learns(self, example):
        trajectory = fl.solve(example.problem, example.flow.ts, method=example.flow.method, rtol=example.flow.rtol)
        assert trajectory.loss[-1] < 0.01 * trajectory.loss[0]


@pytest.fixture
def data_folder(tmp_path):
    """A folder with a small file for each kind of data that is read from files."""
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((7, 3)), rng.standard_normal((7, 2))
    np.savez(tmp_path / "data.npz", inputs=x, targets=y)
    rows = "\n".join(",".join(map(str, row)) for row in np.hstack([x, y]))
    (tmp_path / "data.csv").write_text(f"x1,x2,x3,y1,y2\n{rows}\n")
    return tmp_path


SOURCE_KEYS = {
    "hierarchy": ('levels = 2\nflip = 0.1\nfeatures = 9\nreduction = "sum"\n', (4, 9)),
    "gaussian_mixture": ("n_in = 4\nn_out = 2\nsamples_per_cluster = 20\n", (4, 2)),
    "semantic": ("", (8, 36)),
    "digits": ("center = true\nwhiten = true\n", (64, 10)),
    "modes": ("singular_values = [3.0, 1.0]\nn_in = 5\nn_out = 4\n", (5, 4)),
    "file": ('path = "data.npz"\n', (3, 2)),
}


@pytest.mark.usefixtures("data_folder")
@pytest.mark.parametrize("source", SOURCE_KEYS)
def test_each_source_gives_a_problem(source, write):
    keys, (n_in, n_out) = SOURCE_KEYS[source]
    assert read_problem(write(data=f'source = "{source}"\n{keys}')).problem.widths == (n_in, 6, n_out)


def test_mnist_is_passed_its_folder(write, monkeypatch):
    asked = []

    def small_mnist(split="train", *, folder=None):
        asked.append((split, folder))
        return fl.datasets.semantic()

    monkeypatch.setitem(SOURCES, "mnist", small_mnist)
    read_problem(write(data='source = "mnist"\nsplit = "test"\nfolder = "here"\n'))
    assert asked == [("test", "here")]


def test_every_source_is_tested():
    assert {*SOURCE_KEYS, "mnist"} == set(SOURCES)


INITIALISER_KEYS = {
    "small_random": "scale = 0.1\n",
    "glorot": 'distribution = "uniform"\n',
    "orthogonal": "scale = 0.5\n",
    "balanced": "scale = 0.5\n",
    "lambda_balanced": "lam = 0.2\nscale = 0.5\n",
    "aligned": "strengths = 0.3\n",
}


@pytest.mark.parametrize("initial", INITIALISER_KEYS)
def test_each_initialiser_gives_the_weights_of_its_function(initial, write):
    keys = INITIALISER_KEYS[initial]
    network = f'initial = "{initial}"\nhidden = [4]\nseed = 3\n{keys}'
    problem = read_problem(write(network=network)).problem
    first = (problem.moments,) if initial == "aligned" else ()
    expected = getattr(fl.initial, initial)(*first, (5, 4, 4), **tomllib.loads(keys), seed=3)
    for found, weight in zip(problem.weights, expected, strict=True):
        np.testing.assert_array_equal(found, weight)


def test_every_initialiser_is_tested():
    assert set(INITIALISER_KEYS) == set(INITIALISERS)


@pytest.mark.parametrize(
    ("hidden", "widths"),
    [
        pytest.param("hidden = []\n", (5, 4), id="none"),
        pytest.param("hidden = [6]\n", (5, 6, 4), id="one"),
        pytest.param("hidden = [6, 7]\n", (5, 6, 7, 4), id="two"),
    ],
)
def test_hidden_layers(hidden, widths, write):
    assert read_problem(write(network=f'initial = "glorot"\n{hidden}')).problem.widths == widths


class TestMoments:
    def of(self, path):
        return read_problem(path).problem.moments

    @pytest.mark.parametrize("file", ['path = "data.npz"\n', 'path = "data.csv"\ntargets = ["y1", "y2"]\n'])
    def test_a_relative_path_starts_at_the_problem_file(self, file, data_folder, write, tmp_path, monkeypatch):
        (tmp_path / "elsewhere").mkdir()
        monkeypatch.chdir(tmp_path / "elsewhere")
        stored = np.load(data_folder / "data.npz")
        with stored:
            expected = fl.Moments.from_data(stored["inputs"], stored["targets"])
        found = self.of(write(data=f'source = "file"\n{file}'))
        np.testing.assert_allclose(found.sigma_yx, expected.sigma_yx, rtol=1e-13)

    def test_an_absolute_path_is_kept(self, data_folder, write):
        path = (data_folder / "data.npz").as_posix()
        assert self.of(write(data=f'source = "file"\npath = "{path}"\n')).sigma_yx.shape == (2, 3)

    def test_sums_are_means_times_the_number_of_samples(self, write):
        data = 'source = "hierarchy"\nlevels = 2\nflip = 0.1\nfeatures = 9\n'
        means, sums = self.of(write(data=data)), self.of(write(data=data + 'reduction = "sum"\n'))
        np.testing.assert_allclose(sums.sigma_xx, 4 * means.sigma_xx, rtol=1e-14)

    def test_whitened_inputs_have_unit_moments(self, write):
        data = 'source = "gaussian_mixture"\nn_in = 4\nn_out = 2\n'
        plain, white = self.of(write(data=data)), self.of(write(data=data.replace("n_in", "whiten = true\nn_in")))
        assert np.abs(plain.sigma_xx - np.eye(4)).max() > 0.1
        np.testing.assert_allclose(white.sigma_xx, np.eye(4), atol=1e-12)


class TestFlow:
    def test_defaults(self, write):
        given = read_problem(write())
        assert (len(given.flow.ts), given.flow.method, given.flow.rtol) == (200, "auto", 1e-8)
        assert given.descent is None
        assert given.problem.tau == 1.0

    def test_all_keys(self, write):
        flow = 'time = 8.0\ntau = 2.5\npoints = 5\nspacing = "log"\nmethod = "RK45"\nrtol = 1e-6\n'
        given = read_problem(write(flow=flow))
        np.testing.assert_allclose(given.flow.ts, [8e-4, 8e-3, 8e-2, 8e-1, 8])
        assert (given.problem.tau, given.flow.method, given.flow.rtol) == (2.5, "RK45", 1e-6)

    def test_descent(self, write):
        given = read_problem(write(more="descent = {learning_rate = 0.1, steps = 7}\n"))
        assert given.descent == DescentOptions(0.1, 7)


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
    refused(InputError, ["cannot be read: Is a directory"], lambda: read_problem(tmp_path))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(
            "[network]\n" + RANDOM + "[flow]\n" + TIME, ["has no section [data]", "expected sections"], id="no data"
        ),
        pytest.param("[data]\n" + MODES + "[flow]\n" + TIME, ["has no section [network]"], id="no network"),
        pytest.param("[data]\n" + MODES + "[network]\n" + RANDOM, ["has no section [flow]"], id="no flow"),
        pytest.param("data = 3\n", ["has no section [data]"], id="data a number"),
        pytest.param("[flwo]\n" + TIME, ["section is 'flwo'", "one of data, descent, flow, network"], id="unknown"),
    ],
)
def test_sections_that_are_missing_or_unknown_are_refused(content, words, tmp_path):
    path = tmp_path / "problem.toml"
    path.write_text(content)
    refused(InputError, words, lambda: read_problem(path))


@pytest.mark.parametrize(
    ("section", "lines", "words"),
    [
        pytest.param("data", "", ["source in [data] is None", "one of digits, file"], id="no source"),
        pytest.param("data", 'source = "mdoes"\n', ["source in [data] is 'mdoes'", "modes"], id="unknown source"),
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
        pytest.param("data", 'source = "file"\n', ["lacks the key path", "path, targets"], id="no path"),
        pytest.param("data", 'source = "file"\npath = 3\n', ["path in [data] is 3", "a file"], id="number for path"),
        pytest.param(
            "data",
            MODES.replace("n_in = 5", 'n_in = "5"'),
            ["[data] with source = 'modes' has a value that cannot be used (", "--example"],
            id="text for a width",
        ),
        pytest.param("network", "", ["initial in [network] is None", "one of aligned, balanced"], id="no initialiser"),
        pytest.param("network", 'initial = "glorot"\n', ["hidden in [network] is None", "[] for none"], id="no hidden"),
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
        pytest.param("network", RANDOM + 'seed = "one"\n', ["has a value that cannot be used"], id="text for seed"),
        pytest.param("network", RANDOM + "seed = -1\n", ["has a value that cannot be used"], id="negative seed"),
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
            "network", RANDOM.replace("6", "0"), ShapeError, ["widths is (5, 0, 4)", "positive"], id="layer of no units"
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
