"""The command line: what is printed, what is written, and how it ends."""

import json
import re
import subprocess
import sys
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
import xarray as xr
from exhibits import BROKEN, chapter, claim, figure, refuted
from typer.testing import CliRunner

import flowdln as fl
from flowdln import cli
from flowdln.problem_file import read_problem
from flowdln.reproduction import checkout

PROBLEM = """
[data]
source = "modes"
singular_values = [3.0, 1.0]
n_in = 5
n_out = 4
[network]
initial = "small_random"
hidden = [6]
scale = 0.1
[flow]
time = 2.0
points = 30
[descent]
learning_rate = 0.05
steps = 20
"""
COMMANDS = ["solve", "compare", "verify", "figures", "reproduce"]


class Outcome(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def run(monkeypatch, capsys):
    """Runs the command line as the console script does, within this interpreter."""

    def command(*arguments):
        monkeypatch.setattr(sys, "argv", ["flowdln", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            cli.main()
        out, err = capsys.readouterr()
        return Outcome(end.value.code or 0, out, err)

    return command


@pytest.fixture
def problem(tmp_path):
    """Writes the problem file, with the text ``right`` replaced by ``wrong``."""

    def to_file(right="", wrong=""):
        assert right in PROBLEM
        path = tmp_path / "problem.toml"
        path.write_text(PROBLEM.replace(right, wrong, 1), encoding="utf-8")
        return path

    return to_file


def assert_refused(outcome, *words):
    """One line that says what is wrong, and exit code 1."""
    assert outcome.code == 1
    assert outcome.err.startswith("flowdln: ")
    assert outcome.err.count("\n") == 1
    for word in words:
        assert word in outcome.err


class TestHelp:
    def invoke(self, *arguments):
        result = CliRunner().invoke(cli.app, arguments)
        return result.exit_code, re.sub(r"\x1b\[[0-9;]*m", "", result.output)  # without colours

    def test_lists_the_commands(self):
        code, text = self.invoke("--help")
        assert code == 0
        for command in COMMANDS:
            assert command in text
        assert "flowdln solve --example > problem.toml" in " ".join(text.split())

    @pytest.mark.parametrize(
        ("command", "options"),
        [
            ("solve", ["--output", "--plot", "--example"]),
            ("compare", ["--output", "--plot", "--example"]),
            ("verify", ["names"]),
            ("figures", ["names", "--output", "--quick"]),
            ("reproduce", ["--output", "--quick"]),
        ],
        ids=COMMANDS,
    )
    def test_of_a_command_lists_its_options(self, command, options):
        code, text = self.invoke(command, "--help")
        assert code == 0
        assert all(option in text.lower() for option in options)

    def test_is_shown_where_no_command_is_given(self):
        _, text = self.invoke()
        assert all(command in text for command in COMMANDS)

    @pytest.mark.parametrize("arguments", [("sovle",), ("solve", "--ouput", "x")], ids=["command", "option"])
    def test_unknown_words_are_usage_errors(self, arguments):
        code, text = self.invoke(*arguments)
        assert code == 2
        assert "No such" in text


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

    def test_version_is_printed(self, run):
        assert run("--version").out.strip() == version("flowdln")

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
    assert outcome.err.startswith("flowdln: the problem meets the assumptions of no closed form")
    assert "Traceback" not in outcome.err


@pytest.fixture
def chapters(monkeypatch):
    """Puts these chapters in place of those of the checkout."""

    def put(**modules):
        monkeypatch.setattr(checkout, "load_chapters", lambda: modules)

    return put


@pytest.fixture
def figures(monkeypatch):
    """Puts these figures in place of those of the checkout."""

    def put(**modules):
        monkeypatch.setattr(checkout, "load_figures", lambda: modules)

    return put


class TestVerify:
    def test_one_claim_is_told_in_full(self, run):
        outcome = run("verify", "single-layer")
        assert outcome.code == 0
        for word in (
            "verdict:      proved under assumptions",
            "check:",
            "control:",
            "lambda > 0",
            "w_0 e^{-\\lambda t",
        ):
            assert word in outcome.out
        assert outcome.out.endswith("\n1 claim: 1 proved under assumptions\n")

    def test_a_chapter_is_a_table(self, run):
        outcome = run("verify", "single_layer")
        assert outcome.code == 0
        *rows, last, times = outcome.out.splitlines()
        assert [row.split("  ")[0] for row in rows] == ["proved", "proved under assumptions"]
        assert [row[26:].split()[0] for row in rows] == ["single-layer-decoupling", "single-layer"]
        assert last == "2 claims: 1 proved, 1 proved under assumptions"
        assert re.fullmatch(r"checks and controls took \d+ s, the slowest, single-layer\S*, \d+\.\d s", times)

    def test_an_unknown_name_is_refused(self, run):
        assert_refused(run("verify", "single-lair"), "the claim is 'single-lair'", "single_layer")

    @pytest.mark.parametrize(
        ("options", "outcome"),
        [
            pytest.param({"holds": False}, "refuted", id="refuted"),
            pytest.param({"control": True}, "control not rejected", id="control passed"),
        ],
    )
    @pytest.mark.parametrize(("names", "count"), [((), 2), (("bad",), 1)], ids=["all", "alone"])
    def test_a_claim_that_does_not_hold_ends_with_exit_code_1(self, names, count, options, outcome, run, chapters):
        chapters(first=chapter("first", claim("good"), claim("bad", **options)))
        ended = run("verify", *names, "--jobs", 1)
        assert ended.code == 1
        assert outcome in ended.out
        assert f"{count} claim" in ended.out
        assert "; 1 cannot be relied on (!)\n" in ended.out
        assert ended.err == ""

    def test_a_document_and_a_verdict_choose_the_rows(self, run, chapters):
        chapters(first=chapter("first", claim("one", document="basu"), refuted("two"), claim("three")))
        ended = run("verify", "basu", "--verdict", "refuted", "--jobs", 1)
        assert ended.code == 0
        shown, last, _ = ended.out.splitlines()
        assert shown.split()[:2] == ["refuted", "two"]
        assert last == "2 claims: 1 proved under assumptions, 1 refuted"

    def test_an_unknown_verdict_is_refused(self, run):
        assert_refused(run("verify", "--verdict", "wrong"), "the verdict is 'wrong'", "'refuted'")

    def test_verdicts_are_written_as_json(self, run, tmp_path, chapters):
        chapters(first=chapter("first", claim("one"), refuted("two")))
        ended = run("verify", "--json", tmp_path / "verdicts.json", "--jobs", 1)
        assert ended.code == 0
        written = json.loads((tmp_path / "verdicts.json").read_text(encoding="utf-8"))
        assert {name: entry["verdict"] for name, entry in written.items()} == {
            "one": "proved under assumptions",
            "two": "refuted",
        }

    def test_an_interrupt_ends_with_exit_code_130_and_shows_what_is_decided(self, run, chapters):
        def interrupt():
            raise KeyboardInterrupt

        chapters(first=chapter("first", claim("one"), replace(claim("two"), check=interrupt), claim("three")))
        ended = run("verify", "--jobs", 1)
        assert ended.code == 130
        assert ended.out.splitlines()[-1] == "1 claim: 1 proved under assumptions"


class TestFigures:
    def test_one_by_name(self, run, tmp_path):
        outcome = run("figures", "basu_fig1", "--quick", "-o", tmp_path)
        assert outcome.code == 0
        assert outcome.out.startswith(f"ok      {tmp_path / 'basu_fig1'}.png  (")
        assert outcome.out.count("\n") == 1
        assert {file.name for file in tmp_path.glob("basu*")} == {f"basu_fig1.{kind}" for kind in ("png", "pdf", "svg")}

    def test_all_where_none_is_named(self, run, figures, tmp_path):
        figures(left=figure(tmp_path, "left"), right=figure(tmp_path, "right"))
        outcome = run("figures", "--jobs", 1, "-o", tmp_path / "new" / "folder")
        assert outcome.code == 0
        assert [line.split()[0] for line in outcome.out.splitlines()] == ["ok", "ok"]
        assert (tmp_path / "new" / "folder" / "right.svg").exists()

    def test_a_number_that_is_off_is_told_and_ends_with_exit_code_1(self, run, figures, tmp_path):
        wrong = figure(tmp_path, "wrong", right="height * x", wrong="2 * height * x")
        figures(wrong=wrong, good=figure(tmp_path, "good"))
        outcome = run("figures", "--jobs", 1, "-o", tmp_path / "out")
        assert outcome.code == 1
        first, second, third = outcome.out.splitlines()
        assert first.startswith("FAILED")
        assert second.strip() == "height of the parabola: 8, expected 4 +- 0.01"
        assert third.startswith("ok")

    def test_a_figure_that_cannot_be_made_ends_with_exit_code_1(self, run, figures, tmp_path, caplog):
        broken = figure(tmp_path, "broken", right="x = np.linspace", wrong=f"{BROKEN}; x = np.linspace")
        figures(broken=broken, good=figure(tmp_path, "good"))
        outcome = run("figures", "--jobs", 1, "-o", tmp_path / "out")
        assert outcome.code == 1
        assert [line.split()[0] for line in outcome.out.splitlines()] == ["FAILED", "ok"]
        assert "out of paper" in caplog.text

    def test_an_unknown_name_is_refused(self, run, tmp_path):
        assert_refused(run("figures", "basu_fig2", "-o", tmp_path), "the figure is 'basu_fig2'", "basu_fig1")

    @pytest.mark.parametrize("command", ["figures", "reproduce"])
    def test_a_folder_that_is_a_file_is_refused(self, command, run, figures, chapters, tmp_path):
        figures(good=figure(tmp_path, "good"))
        chapters(first=chapter("first", claim("good")))
        (tmp_path / "taken").write_text("")
        outcome = run(command, "-o", tmp_path / "taken")
        assert_refused(outcome, "taken cannot be written to (", "Choose another with --output.")


class TestReproduce:
    @pytest.fixture
    def command(self, run, figures, chapters, tmp_path):
        def reproduce(claims=None, **change):
            figures(left=figure(tmp_path, "left"), right=figure(tmp_path, "right", **change))
            chapters(first=chapter("first", claim("one"), claim("two", **(claims or {}))))
            return run("reproduce", "--quick", "--jobs", 1, "--output", tmp_path / "out")

        return reproduce

    def test_writes_the_page(self, command, tmp_path):
        outcome = command()
        assert outcome.code == 0
        claims, figures, place = outcome.out.splitlines()
        assert claims == "2 claims: 2 proved under assumptions"
        assert figures == "2 of 2 figures pass"
        assert place == f"The page is {tmp_path / 'out' / 'index.html'}"
        assert (tmp_path / "out" / "index.html").is_file()

    @pytest.mark.parametrize(
        ("claims", "change", "summary"),
        [
            pytest.param({"holds": False}, {}, "1 cannot be relied on (!)\n2 of 2 figures pass", id="claim refuted"),
            pytest.param(
                None,
                {"right": "height * x", "wrong": "2 * height * x"},
                "2 claims: 2 proved under assumptions\n1 of 2 figures pass",
                id="figure off",
            ),
        ],
    )
    def test_a_failure_is_counted_and_ends_with_exit_code_1(self, claims, change, summary, command, tmp_path):
        outcome = command(claims, **change)
        assert outcome.code == 1
        assert summary in outcome.out
        assert (tmp_path / "out" / "index.html").is_file()


@pytest.mark.parametrize("command", ["figures", "reproduce"])
def test_two_sizes_at_once_are_refused(command, run, tmp_path):
    assert_refused(run(command, "--quick", "--full", "-o", tmp_path), "the size is both --quick and --full")


class TestScript:
    """The console script, in a process of its own."""

    def flowdln(self, folder, *arguments):
        script = Path(sys.executable).parent / "flowdln"
        done = subprocess.run([script, *arguments], cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603
        assert "Traceback" not in done.stderr
        return done

    def test_solves_what_it_was_given(self, problem, tmp_path):
        problem()
        done = self.flowdln(tmp_path, "solve", "problem.toml", "-o", "run.nc", "--plot", "run.png")
        assert done.returncode == 0
        assert done.stderr == ""
        assert {file.name for file in tmp_path.iterdir()} == {"problem.toml", "run.nc", "run.png"}

    def test_an_error_is_one_line(self, tmp_path):
        done = self.flowdln(tmp_path, "solve", "none.toml")
        assert done.returncode == 1
        assert done.stdout == ""
        assert done.stderr.startswith("flowdln: none.toml cannot be read")
        assert done.stderr.count("\n") == 1

    def test_a_claim_is_decided_from_any_folder(self, tmp_path):
        done = self.flowdln(tmp_path, "verify", "single-layer")
        assert done.returncode == 0
        assert done.stdout.endswith("\n1 claim: 1 proved under assumptions\n")
