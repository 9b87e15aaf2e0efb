"""Problems written in TOML, and what they can say."""

import tomllib
from functools import partial

import numpy as np
import pytest
from problem_files import problem_file

import flowdln as fl
from flowdln.problem_file import EXAMPLE, INITIALISERS, SOURCES, DescentOptions, read_problem


@pytest.fixture
def write(tmp_path):
    """Writes a problem file from the lines of its sections."""
    return partial(problem_file, tmp_path)


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
