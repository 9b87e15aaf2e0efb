"""Errors keep their type and message when they are pickled, copied, or raised in another process."""

import copy
import pickle
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest

import flowdln as fl
from flowdln import errors

CLASSES = [value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, Exception)]


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, lambda e: pickle.loads(pickle.dumps(e))])  # noqa: S301
def test_copies_keep_type_and_message(kind, duplicate):
    twin = duplicate(kind("tau is 0; expected a positive number."))
    assert type(twin) is kind
    assert str(twin) == "tau is 0; expected a positive number."


def test_pickling_keeps_the_trajectory_of_a_solve_error():
    error = errors.SolveError("stopped")
    error.trajectory = "the part computed before"
    assert pickle.loads(pickle.dumps(error)).trajectory == "the part computed before"  # noqa: S301


def test_error_in_a_worker_reaches_the_parent():
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        future = pool.submit(fl.initial.glorot, (0, 2))
        with pytest.raises(fl.InputError, match="widths is"):
            future.result(timeout=60)
