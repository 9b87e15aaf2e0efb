"""Processes and files after a run is killed."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import flowdln as fl
from flowdln.seal import unsealed

SCRIPT = """
import signal, sys
from pathlib import Path
from tqdm import tqdm
import flowdln as fl
from flowdln.reproduction.cache import remember
from flowdln.reproduction.processes import Task, run_tasks

def write(number, folder):
    problem = fl.Problem(fl.Moments.from_modes([2.0], 3, 2), fl.initial.glorot((3, 4, 2), seed=number))
    for _ in range(1000):
        fl.Trajectory(problem, [0.0], tuple(w[None] for w in problem.weights), method="none").save(folder / "run.nc")
        remember(list(range(100)), f"story-{number}", "0" * 16, folder)

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # which a shell leaves out for what runs behind it
    with tqdm(disable=True) as bar:
        print("begun", flush=True)
        run_tasks([Task(str(i), write, (i, Path(sys.argv[1]))) for i in range(10)], bar, 2)
"""
KILLS = [
    pytest.param(name, delay, marks=() if i % 17 == 0 else pytest.mark.slow, id=f"{name} after {delay:.2f} s")
    for i, (name, delay) in enumerate(
        zip(["SIGTERM", "SIGKILL", "SIGINT"] * 17, np.random.default_rng(0).uniform(0, 4, 51).tolist(), strict=True)
    )
]


def running(session):
    """Processes of a session that have not ended, by their command lines."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state, _, _, leader = (folder / "stat").read_text().rpartition(")")[2].split()[:4]
            if int(leader) == session and state != "Z":
                found.append((folder / "cmdline").read_text())
        except (FileNotFoundError, ProcessLookupError):
            continue  # it has ended meanwhile
    return found


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="reads /proc")
@pytest.mark.parametrize(("name", "delay"), KILLS)
def test_killed_runs_leave_no_process_and_no_damaged_file(name, delay, tmp_path):
    (tmp_path / "work.py").write_text(SCRIPT)
    folder = tmp_path / "out"
    folder.mkdir()
    command = [sys.executable, str(tmp_path / "work.py"), str(folder)]
    with subprocess.Popen(  # noqa: S603
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:
        assert process.stdout.readline() == b"begun\n"
        time.sleep(delay)
        process.send_signal(getattr(signal, name))
        try:
            process.wait(timeout=30)
        finally:
            process.kill()
    deadline = time.monotonic() + 2
    while running(process.pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert running(process.pid) == []
    assert_complete(folder)


def assert_complete(folder):
    for path in folder.glob("[!.]*"):
        if path.suffix == ".nc":
            fl.Trajectory.load(path)
        else:
            assert json.loads(unsealed(path.read_bytes())) == list(range(100))


def test_control_a_process_that_lives_is_found():
    command = [sys.executable, "-c", "import time; time.sleep(30)"]
    with subprocess.Popen(command, start_new_session=True) as process:  # noqa: S603
        assert running(process.pid)
        os.killpg(process.pid, signal.SIGKILL)
    assert running(process.pid) == []
