"""Work done in several processes, and stopped in the middle."""

import logging
import os
import signal
import subprocess
import sys
import time

import pytest
from refusal import refused
from tqdm import tqdm

from flowdln.errors import SolveError
from flowdln.reproduction.processes import Task, available_cores, run_tasks


@pytest.fixture
def bar():
    with tqdm(total=3, disable=True) as bar:
        yield bar


@pytest.mark.parametrize("jobs", [1, 2])
def test_results_come_by_name(jobs, bar):
    tasks = [Task(str(i), pow, (i, 2)) for i in range(3)]
    assert run_tasks(tasks, bar, jobs) == {"0": 0, "1": 1, "2": 4}


def test_no_more_processes_than_tasks_and_one_task_stays_here(bar):
    assert run_tasks([Task("here", os.getpid, ())], bar, jobs=8) == {"here": os.getpid()}


def test_several_tasks_are_done_elsewhere(bar):
    found = run_tasks([Task(str(i), os.getpid, ()) for i in range(2)], bar, jobs=2)
    assert os.getpid() not in found.values()


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_error_is_not_swallowed(jobs, bar):
    tasks = [Task("root", pow, (2, 2)), Task("wrong", int, ("x",))]
    with pytest.raises(ValueError, match="invalid literal"):
        run_tasks(tasks, bar, jobs)


def test_a_process_that_is_killed_is_told_with_advice(bar):
    words = ["a process", "ended from outside", "--jobs"]
    refused(SolveError, words, lambda: run_tasks([Task(str(i), os._exit, (1,)) for i in range(2)], bar, jobs=2))


def test_an_interrupt_keeps_what_is_done(bar, caplog):
    def interrupt():
        raise KeyboardInterrupt

    tasks = [Task("first", pow, (2, 2)), Task("second", interrupt, ()), Task("third", pow, (3, 2))]
    with caplog.at_level(logging.WARNING, "flowdln"):
        assert run_tasks(tasks, bar, jobs=1) == {"first": 4}
    assert "stopped by Ctrl-C: 1 of 3 are done" in caplog.text


SCRIPT = """
import signal, time
from tqdm import tqdm
from flowdln.reproduction.processes import Task, run_tasks

def integrate(seconds):
    with tqdm(disable=True):
        time.sleep(seconds)

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # which a shell leaves out for what runs behind it
    with tqdm(disable=True) as bar:
        bar.update = lambda: print("begun", flush=True)
        long = [Task(f"long {i}", integrate, (60,)) for i in range(3)]
        print(run_tasks([Task("short", time.sleep, (0,)), *long], bar, 2))
"""


@pytest.mark.parametrize("delay", [0, 0.05, 0.3], ids=["while processes import", "as they begin", "while they work"])
def test_ctrl_c_ends_processes_at_once_and_keeps_what_is_done(tmp_path, delay):
    (tmp_path / "work.py").write_text(SCRIPT)
    command = [sys.executable, str(tmp_path / "work.py")]
    with subprocess.Popen(  # noqa: S603
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert process.stdout.readline() == "begun\n"
        time.sleep(delay)
        start = time.monotonic()
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to all of them
        out, err = process.communicate(timeout=30)
    assert time.monotonic() - start < 20
    assert out == "{'short': None}\n"
    assert "stopped by Ctrl-C: 1 of 4 are done" in err
    assert "Traceback" not in err
    assert "leaked" not in err


def test_this_process_may_use_a_core():
    assert available_cores() >= 1
