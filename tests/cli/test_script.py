"""Help, version, and the console script in a process of its own."""

import re
import signal
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flowdln import cli

COMMANDS = ["solve", "compare", "verify", "figures", "reproduce"]


class TestHelp:
    def test_version_is_printed(self, run):
        assert run("--version").out.strip() == version("flowdln")

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


class TestScript:
    """The console script, in a process of its own."""

    def flowdln(self, folder, *arguments, stdout=subprocess.PIPE):
        command = [Path(sys.executable).parent / "flowdln", *arguments]
        done = subprocess.run(command, cwd=folder, stdout=stdout, stderr=subprocess.PIPE, text=True, check=False)  # noqa: S603
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

    def test_a_full_output_is_told_in_one_line_and_the_file_is_written(self, problem, tmp_path):
        with Path("/dev/full").open("w") as full:
            done = self.flowdln(tmp_path, "solve", problem(), "-o", "run.nc", stdout=full)
        assert done.returncode == 1
        assert done.stderr.startswith("flowdln: standard output cannot be written (No space left on device)")
        assert done.stderr.count("\n") == 1
        assert (tmp_path / "run.nc").is_file()

    def test_a_closed_output_is_told_in_one_line(self):
        script = f"{Path(sys.executable).parent / 'flowdln'} --version >&-"
        done = subprocess.run(["/bin/sh", "-c", script], capture_output=True, text=True, check=False)  # noqa: S603
        assert done.stderr.startswith("flowdln: standard output cannot be written (it is closed)")
        assert done.stderr.count("\n") == 1

    def test_a_deleted_working_folder_is_told_in_one_line(self, problem, tmp_path):
        (tmp_path / "gone").mkdir()
        script = f'rmdir "$PWD" && {Path(sys.executable).parent / "flowdln"} solve {problem()} -o run.nc'
        run = ["/bin/sh", "-c", script]
        done = subprocess.run(run, cwd=tmp_path / "gone", capture_output=True, text=True, check=False)  # noqa: S603
        assert done.stderr.startswith("flowdln: the working folder was deleted")
        assert done.stderr.count("\n") == 1

    @pytest.mark.parametrize(
        ("number", "code"),
        [
            pytest.param(signal.SIGTERM, 143, id="TERM"),
            pytest.param(signal.SIGINT, 130, id="INT", marks=pytest.mark.slow),
        ],
    )
    def test_a_solve_that_is_ended_leaves_no_file(self, number, code, problem, tmp_path):
        path = problem("time = 2.0", 'time = 1e9\nmethod = "DOP853"')
        command = [Path(sys.executable).parent / "flowdln", "solve", path, "-o", tmp_path / "run.nc"]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:  # noqa: S603
            deadline = time.monotonic() + 30
            while not list(tmp_path.glob(".flowdln-*")) and time.monotonic() < deadline:
                time.sleep(0.05)
            process.send_signal(number)
            _, told = process.communicate(timeout=30)
        assert process.returncode == code
        assert "Traceback" not in told
        assert [file.name for file in tmp_path.iterdir()] == ["problem.toml"]
