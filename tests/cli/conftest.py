"""The command line, run as the console script runs it."""

import sys
from typing import NamedTuple

import pytest

from flowdln import cli
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


@pytest.fixture
def chapters(monkeypatch):
    """Puts these chapters in place of those of the checkout."""

    def put(**modules):
        monkeypatch.setattr(checkout, "load_chapters", lambda: modules)
        monkeypatch.setattr(checkout, "load_parts", lambda: {"All": list(modules)})

    return put


@pytest.fixture
def figures(monkeypatch):
    """Puts these figures in place of those of the checkout."""

    def put(**modules):
        monkeypatch.setattr(checkout, "load_figures", lambda: modules)

    return put
