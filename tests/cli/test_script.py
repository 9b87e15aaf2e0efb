"""Help, version, and the console script in a process of its own."""

import re
import subprocess
import sys
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
