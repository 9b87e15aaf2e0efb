"""Trajectories on disk: what is saved comes back to the last bit, and what goes wrong harms no file."""

import os
import re
from contextlib import suppress

import numpy as np
import pytest
import xarray as xr
from altered import altered_contents
from hypothesis import example, given
from hypothesis import strategies as st
from instances import random_problem, random_weights
from refusal import refused
from scipy.io import netcdf_file

import flowdln as fl
from flowdln.errors import InputError
from flowdln.netcdf import write
from flowdln.seal import ATTRIBUTE, BLANK, sealed_netcdf


def saved(path, widths=(3, 4, 2), *, moments=None, tau=1 / 3, seed=1, **record):
    """Random weights at four times, saved at ``path``."""
    rng = np.random.default_rng(seed)
    problem = random_problem(seed, widths)
    problem = fl.Problem(moments or problem.moments, problem.weights, tau)
    walk = [problem.weights, *(random_weights(rng, widths) for _ in range(3))]
    weights = tuple(np.stack(layers) for layers in zip(*walk, strict=True))
    ts = np.array([0, *np.cumsum(rng.uniform(size=3))])
    run = fl.Trajectory(problem, ts, weights, method="wandering", **record)
    run.save(path)
    return run


def same_bits(array, reference):
    assert array.dtype == reference.dtype == np.float64
    assert array.tobytes() == reference.tobytes()


@pytest.mark.parametrize(
    ("widths", "moments"),
    [
        pytest.param((3, 2), None, id="depth 1"),
        pytest.param((3, 4, 5, 2), None, id="depth 3"),
        pytest.param((3, 3, 3), None, id="equal widths"),
        pytest.param((1, 1), None, id="one number"),
        pytest.param((3, 4, 2), fl.Moments(np.eye(3), np.zeros((2, 3)), 1.0), id="a task without modes"),
        pytest.param((3, 4, 2), fl.Moments(np.zeros((3, 3)), np.zeros((2, 3)), 0.0), id="no data to speak of"),
    ],
)
def test_what_is_saved_comes_back_to_the_last_bit(widths, moments, tmp_path):
    run = saved(tmp_path / "run.nc", widths, moments=moments)
    loaded = fl.Trajectory.load(tmp_path / "run.nc")
    arrays = zip(
        (loaded.ts, *loaded.weights, *loaded.problem.weights, *loaded.problem.moments[:2]),
        (run.ts, *run.weights, *run.problem.weights, *run.problem.moments[:2]),
        strict=True,
    )
    for array, reference in arrays:
        same_bits(array, reference)
    assert (loaded.problem.tau, loaded.problem.moments.trace_yy) == (run.problem.tau, run.problem.moments.trace_yy)
    np.testing.assert_array_equal(loaded.modes, run.modes)
    np.testing.assert_array_equal(loaded.loss, run.loss)


@pytest.mark.parametrize(
    ("story", "statistics"),
    [
        pytest.param("", {}, id="nothing said"),
        pytest.param("no closed form; rtol = 1e-8.", {"steps": 12, "seconds": 0.1}, id="a solver"),
        pytest.param("Runge–Kutta, τ = ⅓\nand a second line", {"function evaluations": 7}, id="any text"),
        pytest.param("long.", {"evaluations": 10**12}, id="more than 32 bits"),
    ],
)
def test_how_it_was_made_comes_back(story, statistics, tmp_path):
    run = saved(tmp_path / "run.nc", story=story, statistics=statistics)
    loaded = fl.Trajectory.load(tmp_path / "run.nc")
    assert (loaded.method, loaded.story, loaded.statistics) == ("wandering", story, statistics)
    assert loaded.explain() == run.explain()


def test_a_path_may_be_a_string(tmp_path):
    run = saved(str(tmp_path / "run.nc"))
    same_bits(fl.Trajectory.load(str(tmp_path / "run.nc")).ts, run.ts)


def test_other_programs_can_read_the_file(tmp_path):
    run = saved(tmp_path / "run.nc")
    with netcdf_file(tmp_path / "run.nc", mmap=False) as data:
        np.testing.assert_array_equal(data.variables["W_2"][:], run.weights[1])
        np.testing.assert_array_equal(data.variables["modes"][:], run.modes)
        assert data.variables["W_2"].dimensions == ("time", "layer_2", "layer_1")


def write_text(path):
    path.write_text("time,loss\n0,1\n", encoding="utf-8")


def write_nothing(path):
    path.touch()


def write_foreign(path):
    xr.Dataset({"temperature": ("time", [1.0, 2.0])}).to_netcdf(path, engine="scipy")


def write_without_digest(path):
    saved(path).to_xarray(observables=False).to_netcdf(path, engine="scipy")


@pytest.mark.parametrize(
    ("write", "reason"),
    [
        pytest.param(lambda path: None, "FileNotFoundError", id="missing"),  # noqa: ARG005
        pytest.param(os.mkdir, "is no regular file", id="folder"),
        pytest.param(os.mkfifo, "is no regular file", id="pipe"),
        pytest.param(write_text, "no SHA-256 digest", id="text"),
        pytest.param(write_nothing, "no SHA-256 digest", id="empty"),
        pytest.param(write_foreign, "no SHA-256 digest", id="another program's"),
        pytest.param(write_without_digest, "no SHA-256 digest", id="without digest"),
    ],
)
def test_files_that_are_no_trajectories_are_refused(write, reason, tmp_path):
    write(tmp_path / "run.nc")
    words = [
        str(tmp_path / "run.nc"),
        "cannot be read (",
        reason,
        "expected a file as Trajectory.save wrote it",
        "Check",
    ]
    refused(InputError, words, lambda: fl.Trajectory.load(tmp_path / "run.nc"))


def changed(**variables):
    return lambda data: data.assign({name: change(data[name]) for name, change in variables.items()})


def with_attributes(**attributes):
    return lambda data: data.assign_attrs(attributes)


@pytest.mark.parametrize(
    ("alter", "reason"),
    [
        pytest.param(changed(W_1=lambda w: w * np.nan), "W_1 has 48 entries that are NaN", id="weights NaN"),
        pytest.param(
            changed(W_2=lambda w: w.transpose("time", "layer_1", "layer_2")),
            "W_2 has shape (4, 4, 2); expected (4, 2, 4)",
            id="shape",
        ),
        pytest.param(changed(W_2=lambda w: w[0]), "W_2 has shape (2, 4); expected 3 axes", id="no times"),
        pytest.param(changed(W_1=lambda w: w + 1e-6), "W_1 at time 0 is not that of the initial weights", id="start"),
        pytest.param(changed(time=lambda t: t[::-1].values), "increasing times", id="times reversed"),
        pytest.param(changed(time=lambda t: t.values - 1), "ts starts at -1", id="negative times"),
        pytest.param(changed(time=lambda t: t.values * np.nan), "ts has 4 entries that are NaN", id="times NaN"),
        pytest.param(changed(W_1_initial=lambda w: w * np.inf), "weights[0] has", id="initial weights infinite"),
        pytest.param(lambda data: data.drop_vars("W_1_initial"), "W_1_initial", id="no initial weights"),
        pytest.param(lambda data: data.drop_vars("W_2"), "W_2", id="no weights of a layer"),
        pytest.param(with_attributes(trace_yy=-1.0), "trace_yy is -1", id="impossible moments"),
        pytest.param(with_attributes(tau=-1.0), "tau is -1", id="negative time constant"),
        pytest.param(with_attributes(depth=3), "W_3", id="depth"),
    ],
)
def test_trajectories_that_no_solve_returns_are_refused(alter, reason, tmp_path):
    run = saved(tmp_path / "run.nc")
    data = run.to_xarray(observables=False)

    def rewrite(content):
        with (tmp_path / "run.nc").open("wb") as file:
            write(content, file)

    rewrite(data)
    same_bits(fl.Trajectory.load(tmp_path / "run.nc").weights[0], run.weights[0])
    with pytest.raises(InputError, match=re.escape(reason)):
        rewrite(alter(data)) or fl.Trajectory.load(tmp_path / "run.nc")


@pytest.mark.parametrize("seed", [*range(5), *(pytest.param(s, marks=pytest.mark.slow) for s in range(5, 30))])
@pytest.mark.parametrize(
    "keep", ["weights", "product", lambda weights: weights[0] + 0j], ids=["weights", "product", "function"]
)
def test_altered_files_are_refused(keep, seed, tmp_path):
    path = tmp_path / "run.nc"
    fl.solve(random_problem(seed, (3, 4, 2)), [0.0, 1.0], save=keep).save(path)
    intact = path.read_bytes()
    for content in altered_contents(intact, seed, 12):
        path.write_bytes(content)
        if content == intact:
            continue
        with pytest.raises(InputError, match="cannot be read"):
            fl.Trajectory.load(path)


@pytest.mark.parametrize("seed", [0, *(pytest.param(s, marks=pytest.mark.slow) for s in range(1, 20))])
def test_damage_under_a_valid_digest_is_refused_or_harmless(seed, tmp_path):
    path = tmp_path / "run.nc"
    saved(path)
    for content in altered_contents(path.read_bytes(), seed, 40):
        found = ATTRIBUTE.search(content)
        if found:
            start, end = found.span(1)
            path.write_bytes(b"".join(sealed_netcdf(content[:start] + BLANK + content[end:])))
            with suppress(InputError):
                assert all(np.isfinite(weight).all() for weight in fl.Trajectory.load(path).weights)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(2.5, id="number"),
        pytest.param(np.array([2**40, -(2**63)]), id="64-bit integers"),
        pytest.param(np.array([2**64 - 1], dtype=np.uint64), id="unsigned integers"),
        pytest.param(np.array([True, False]), id="truth values"),
        pytest.param(np.array([[1 + 2j, 0], [3, -1j]]), id="complex"),
        pytest.param(np.array([1.0, 0.1], dtype=np.float32), id="single precision"),
        pytest.param(np.array([1.0, 0.1], dtype=np.float16), id="half precision"),
        pytest.param(np.array([1, -1], dtype=np.int8), id="8-bit integers"),
        pytest.param(np.zeros((2, 0)), id="no entries"),
        pytest.param(np.zeros((2, 0), dtype=complex), id="no complex entries"),
    ],
)
def test_saved_values_of_any_type_come_back(value, tmp_path):
    problem = random_problem(1, (3, 4, 2))
    ts, kept = np.array([0.0, 1.0]), np.stack([np.asarray(value)] * 2)
    fl.Trajectory(problem, ts, (), method="none", kept={"saved": kept}).save(tmp_path / "run.nc")
    found = fl.Trajectory.load(tmp_path / "run.nc").saved
    assert (found.dtype, found.shape) == (kept.dtype, kept.shape)
    assert found.tobytes() == kept.tobytes()


@given(kept=st.floats(0, 1, exclude_max=True))
@example(kept=0.05)  # ends within the header
def test_a_file_cut_short_is_refused(kept, tmp_path_factory):
    path = tmp_path_factory.mktemp("cut") / "run.nc"
    saved(path)
    path.write_bytes(path.read_bytes()[: int(kept * path.stat().st_size)])
    refused(InputError, [str(path), "cannot be read ("], lambda: fl.Trajectory.load(path))


class TestFailingSave:
    def test_leaves_the_old_file_and_nothing_else(self, tmp_path, monkeypatch):
        old = saved(tmp_path / "run.nc", seed=1)

        def full_disk(_):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", full_disk)
        with pytest.raises(InputError, match=r"run\.nc cannot be written \(No space left on device\)"):
            saved(tmp_path / "run.nc", seed=2)
        assert [file.name for file in tmp_path.iterdir()] == ["run.nc"]
        same_bits(fl.Trajectory.load(tmp_path / "run.nc").weights[0], old.weights[0])

    def test_onto_a_full_device_is_refused(self):
        with pytest.raises(InputError, match=r"/dev/full cannot be written \(No space left on device\)"):
            saved("/dev/full")

    def test_onto_a_folder_leaves_it(self, tmp_path):
        (tmp_path / "run.nc").mkdir()
        with pytest.raises(InputError, match=r"run\.nc cannot be written \(Is a directory\)"):
            saved(tmp_path / "run.nc")
        assert [file.name for file in tmp_path.iterdir()] == ["run.nc"]

    def test_into_a_missing_folder_names_it(self, tmp_path):
        with pytest.raises(InputError, match=r"nowhere/run\.nc is in a folder that does not exist"):
            saved(tmp_path / "nowhere" / "run.nc")
        assert list(tmp_path.iterdir()) == []

    def test_into_a_file_names_it(self, tmp_path):
        write_text(tmp_path / "file")
        with pytest.raises(InputError, match=r"file/run\.nc is in a folder that does not exist"):
            saved(tmp_path / "file" / "run.nc")

    def test_into_a_folder_without_permission_names_it(self, tmp_path):
        tmp_path.chmod(0o500)
        if os.access(tmp_path, os.W_OK):
            pytest.skip("this user may write everywhere")
        with pytest.raises(InputError, match=r"run\.nc cannot be written \(Permission denied\)"):
            saved(tmp_path / "run.nc")
        assert list(tmp_path.iterdir()) == []


def test_a_second_save_replaces_the_first(tmp_path):
    saved(tmp_path / "run.nc", seed=1)
    new = saved(tmp_path / "run.nc", seed=2)
    same_bits(fl.Trajectory.load(tmp_path / "run.nc").weights[0], new.weights[0])
    assert [file.name for file in tmp_path.iterdir()] == ["run.nc"]
