"""Many independent pieces of work in a few processes, with a progress bar, stopped cleanly by Ctrl-C."""

import logging
import multiprocessing
import os
import signal
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, contextmanager
from multiprocessing import resource_tracker
from multiprocessing.connection import wait
from threading import RLock, Thread
from typing import Any, NamedTuple

from threadpoolctl import threadpool_limits
from tqdm import tqdm

from flowdln.errors import SolveError
from flowdln.reproduction.progress import Lines

LOG = logging.getLogger("flowdln")


class Task(NamedTuple):
    """A call that another process can make: a function of a module, and arguments that can be sent to it."""

    name: str
    call: Callable[..., Any]
    arguments: tuple[Any, ...]


def run_tasks(tasks: Sequence[Task], bar: tqdm | Lines, jobs: int | None = None) -> dict[str, Any]:
    """Results of the tasks by name; after an interrupt by Ctrl-C, of those that were done by then.

    Parameters
    ----------
    tasks
        Longest first, where that is known.
    bar
        Advanced by one a task.
    jobs
        How many processes; None for one a core. With one, all is done in this process.

    Raises
    ------
    SolveError
        If a process is killed.
    """
    workers = min(jobs or available_cores(), len(tasks))
    results = {}
    try:
        done = _serially(tasks) if workers <= 1 else _in_parallel(tasks, workers)
        with threadpool_limits(1), closing(done):  # faster for small matrices, and the processes share the cores
            for name, result in done:
                results[name] = result
                bar.set_postfix_str(name)
                bar.update()
    except BrokenProcessPool as error:
        raise SolveError(
            "a process was ended from outside; expected it to finish its task. The memory may not do for all of "
            "them; ask for fewer, or one, with --jobs."
        ) from error
    except KeyboardInterrupt:
        LOG.warning("stopped by Ctrl-C: %d of %d are done", len(results), len(tasks))
    return results


def available_cores() -> int:
    """Number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _serially(tasks: Iterable[Task]) -> Generator[tuple[str, Any]]:
    for task in tasks:
        yield task.name, task.call(*task.arguments)


def _in_parallel(tasks: Iterable[Task], workers: int) -> Generator[tuple[str, Any]]:
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"), initializer=_begin) as pool:
        try:
            with _interrupts_blocked():  # in the processes that begin here: Ctrl-C is for us
                futures: dict[Future[Any], str] = {pool.submit(task.call, *task.arguments): task.name for task in tasks}
            for future in as_completed(futures):
                yield futures[future], future.result()
        except BaseException:  # an interrupt too: what waits is not begun, what runs is ended
            pool.shutdown(wait=False, cancel_futures=True)
            for process in multiprocessing.active_children():
                process.terminate()
            raise


@contextmanager
def _interrupts_blocked() -> Iterator[None]:
    """Delay Ctrl-C until the end of the block; processes that begin in it never see one."""
    resource_tracker.ensure_running()  # beginning later, it would unblock them
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin() -> None:
    """Prepare a process."""
    Thread(target=_end_with_parent, daemon=True).start()
    tqdm.set_lock(RLock())  # its own is a semaphore of the system, which a process that is ended leaves behind
    threadpool_limits(1)


def _end_with_parent() -> None:
    """End this process at once when its parent ends, killed as it may be."""
    parent = multiprocessing.parent_process()
    if parent:
        wait([parent.sentinel])
        os._exit(1)
