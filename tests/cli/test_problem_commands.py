"""``flowdln solve`` and ``compare``: what is printed, what is written, and how they end."""

import os

import numpy as np
import pytest
import xarray as xr
from one_line import assert_refused

import flowdln as fl
from flowdln.problem_file import read_problem


class TestSolve:
    def test_the_example_can_be_solved(self, run, tmp_path):
        printed = run("solve", "--example")
        assert printed.code == 0
        (tmp_path / "example.toml").write_text(printed.out, encoding="utf-8")
        solved = run("solve", tmp_path / "example.toml")
        assert solved.code == 0
        assert solved.out.startswith("DOP853: ")

    def test_prints_method_loss_and_modes(self, run, problem):
        given = read_problem(problem())
        trajectory = fl.solve(given.problem, given.flow.ts)
        outcome = run("solve", problem())
        explanation, loss, header, *rows = outcome.out.splitlines()
        assert outcome.code == 0
        assert explanation == trajectory.explain()
        ends = f"loss: {trajectory.loss[0]:.6g} -> {trajectory.loss[-1]:.6g} at t = 2"
        assert loss == f"{ends} (least possible: 0)"
        assert header.split() == ["mode", "start", "end", "least", "squares"]
        assert [row.split()[::3] for row in rows[:2]] == [["1", "3"], ["2", "1"]]
        assert float(rows[0].split()[2]) == pytest.approx(trajectory.modes[-1, 0], rel=1e-5)

    def test_no_more_than_ten_modes_are_printed(self, run, problem):
        values = [float(s) for s in range(12, 0, -1)]
        wide = problem("[3.0, 1.0]\nn_in = 5\nn_out = 4", f"{values}\nn_in = 12\nn_out = 12")
        *_, tenth, rest = run("solve", wide).out.splitlines()
        assert tenth.split()[0] == "10"
        assert rest.strip() == "and 2 more modes"

    def test_method_and_tolerance_of_the_file_are_used(self, run, problem):
        outcome = run("solve", problem("points = 30", 'points = 30\nmethod = "RK45"\nrtol = 1e-5'))
        assert outcome.out.startswith("RK45: asked for by name; integrated with rtol = 1.0e-05")

    def test_a_closed_form_is_used_where_one_applies(self, run, problem):
        outcome = run(
            "solve", problem('"small_random"\nhidden = [6]\nscale = 0.1', '"aligned"\nhidden = []\nstrengths = 0.1')
        )
        assert outcome.code == 0
        assert not outcome.out.startswith("DOP853")

    @pytest.mark.parametrize("option", ["-o", "--output"])
    def test_writes_a_file_that_can_be_loaded(self, option, run, problem, tmp_path):
        outcome = run("solve", problem(), option, tmp_path / "run.nc")
        assert f"wrote {tmp_path / 'run.nc'}" in outcome.out
        given = read_problem(problem())
        loaded = fl.Trajectory.load(tmp_path / "run.nc")
        np.testing.assert_array_equal(loaded.ts, given.flow.ts)
        np.testing.assert_array_equal(loaded.loss, fl.solve(given.problem, given.flow.ts).loss)

    @pytest.mark.parametrize(
        ("name", "start"),
        [
            pytest.param("run.png", b"\x89PNG", id="png"),
            pytest.param("run.pdf", b"%PDF", id="pdf"),
            pytest.param("run.svg", b"<?xml", id="svg"),
        ],
    )
    def test_draws_a_picture(self, name, start, run, problem, tmp_path):
        outcome = run("solve", problem(), "--plot", tmp_path / name)
        assert outcome.code == 0
        assert f"wrote {tmp_path / name}" in outcome.out
        assert (tmp_path / name).read_bytes().startswith(start)


class TestCompare:
    def test_the_example_can_be_compared(self, run, tmp_path):
        (tmp_path / "example.toml").write_text(run("compare", "--example").out, encoding="utf-8")
        assert run("compare", tmp_path / "example.toml").code == 0

    def test_prints_gap_prediction_and_order(self, run, problem):
        result = fl.compare(read_problem(problem()).problem, learning_rate=0.05, steps=20)
        largest = result.gap.argmax()
        outcome = run("compare", problem())
        assert outcome.code == 0
        assert outcome.out.splitlines() == [
            "learning rate 0.05, 20 steps, up to t = 1",
            f"largest distance in the weights: {result.gap[largest]:.6g} at t = {result.ts[largest]:g}",
            f"predicted to leading order:      {result.predicted_gap[largest]:.6g}",
            f"order measured by halving the learning rate: {result.order:.3f} (theory: 1)",
        ]

    def test_writes_and_draws(self, run, problem, tmp_path):
        outcome = run("compare", problem(), "-o", tmp_path / "gap.nc", "--plot", tmp_path / "gap.png")
        assert outcome.code == 0
        result = fl.compare(read_problem(problem()).problem, learning_rate=0.05, steps=20)
        with xr.open_dataset(tmp_path / "gap.nc", engine="scipy") as stored:
            np.testing.assert_array_equal(stored["gap"], result.gap)
            np.testing.assert_array_equal(stored["predicted_gap"], result.predicted_gap)
        assert (tmp_path / "gap.png").read_bytes().startswith(b"\x89PNG")

    def test_needs_a_descent(self, run, problem):
        path = problem("[descent]\nlearning_rate = 0.05\nsteps = 20\n")
        assert_refused(run("compare", path), str(path), "has no section [descent]", "learning_rate and steps")


@pytest.mark.parametrize("command", ["solve", "compare"])
class TestRefusals:
    def test_no_problem(self, command, run):
        assert_refused(run(command), "PROBLEM is missing", "flowdln solve --example > problem.toml")

    def test_a_pipe_is_not_waited_for(self, command, run, tmp_path):
        os.mkfifo(tmp_path / "fifo.toml")
        assert_refused(run(command, tmp_path / "fifo.toml"), "fifo.toml is no regular file")

    def test_control_characters_of_names_are_escaped(self, command, run):
        assert_refused(run(command, "a\n\x1b[31mb.toml"), r"a\n\x1b[31mb.toml cannot be read")

    @pytest.mark.parametrize("option", ["--output", "--plot"])
    def test_a_refused_problem_leaves_the_old_file(self, option, command, run, tmp_path):
        (tmp_path / "run.png").write_text("old")
        assert_refused(run(command, "none.toml", option, tmp_path / "run.png"), "none.toml cannot be read")
        assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("run.png", "old")]

    def test_no_file(self, command, run, tmp_path):
        assert_refused(run(command, tmp_path / "none.toml"), "none.toml cannot be read: No such file")

    @pytest.mark.parametrize(
        ("right", "wrong", "words"),
        [
            pytest.param("[data]", "[data", "is not TOML", id="not TOML"),
            pytest.param('"modes"', '"mdoes"', "source in [data] is 'mdoes'", id="unknown source"),
            pytest.param("scale", "sclae", "unknown key sclae", id="unknown key"),
            pytest.param("time = 2.0", "time = -2.0", "time in [flow] is -2.0", id="negative time"),
            pytest.param(
                '"modes"', '"file"\npath = "no.csv"', "unknown key singular_values", id="keys of another source"
            ),
        ],
    )
    def test_a_file_that_cannot_be_used(self, command, right, wrong, words, run, problem):
        assert_refused(run(command, problem(right, wrong)), words)

    @pytest.mark.parametrize("option", ["--output", "--plot"])
    def test_a_file_that_cannot_be_written(self, command, option, run, problem, tmp_path):
        (tmp_path / "run.png").mkdir()
        outcome = run(command, problem(), option, tmp_path / "run.png")
        assert_refused(outcome, "run.png cannot be written (", "Choose another.")

    @pytest.mark.parametrize("option", ["--output", "--plot"])
    def test_a_file_that_cannot_be_written_is_refused_before_the_work(
        self, command, option, run, problem, tmp_path, monkeypatch
    ):
        monkeypatch.setattr("flowdln.problem_file.read_problem", None)
        (tmp_path / "run.png").mkdir()
        assert_refused(run(command, problem(), option, tmp_path / "run.png"), "cannot be written (Is a directory)")

    def test_the_problem_is_not_written_over(self, command, run, problem, tmp_path):
        before = problem().read_text()
        assert_refused(run(command, problem(), "-o", tmp_path / "problem.toml"), "problem.toml is named twice")
        assert problem().read_text() == before

    def test_one_file_for_two_purposes_is_refused(self, command, run, problem, tmp_path):
        outcome = run(command, problem(), "-o", tmp_path / "run.png", "--plot", tmp_path / "run.png")
        assert_refused(outcome, "run.png is named twice", "a file for each purpose")

    @pytest.mark.parametrize("option", ["--output", "--plot"])
    def test_a_folder_that_does_not_exist_is_refused_before_the_work(self, command, option, run, problem, tmp_path):
        outcome = run(command, problem(), option, tmp_path / "none" / "run.png")
        assert_refused(outcome, "run.png is in a folder that does not exist", "Make the folder.")

    def test_a_picture_of_an_unknown_format(self, command, run, problem, tmp_path):
        outcome = run(command, problem(), "--plot", tmp_path / "run.gif")
        assert_refused(outcome, "run.gif ends in '.gif'", ".pdf, .png, .svg")
        assert not (tmp_path / "run.gif").exists()


@pytest.mark.parametrize(
    ("command", "right", "wrong", "words"),
    [
        pytest.param("solve", "time = 2.0", 'time = 2.0\nmethod = "RK54"', "method is 'RK54'", id="unknown method"),
        pytest.param("solve", "time = 2.0", "time = 2.0\nrtol = 1e-20", "rtol is 1e-20", id="rtol below rounding"),
        pytest.param("compare", "steps = 20", 'steps = "20"', "steps", id="text for steps"),
        pytest.param("compare", "0.05", "-0.05", "learning_rate", id="negative learning rate"),
        pytest.param("compare", "0.05", "50", "diverge", id="divergence"),
    ],
)
def test_what_cannot_be_computed_is_refused(command, right, wrong, words, run, problem):
    assert_refused(run(command, problem(right, wrong)), words)


def test_a_closed_form_that_does_not_apply_is_refused(run, problem):
    outcome = run("solve", problem("time = 2.0", 'time = 2.0\nmethod = "exact"'))
    assert outcome.code == 1
    assert outcome.err.startswith("flowdln: no closed form applies to these weights:\n")
    assert "Traceback" not in outcome.err
