"""Failures of LSODA, which SciPy reports by warnings."""

import numpy as np
import pytest
import scipy.integrate

from flowdln.integrate.lsoda import raise_failures


@pytest.fixture
def failing():
    """LSODA with compiled code that gives up at its first step."""
    solver = scipy.integrate.LSODA(lambda _, y: -y, 0.0, np.ones(1), 1.0)
    solver._lsoda_solver._integrator.runner = lambda *_: (np.ones(1), 0.0, -4)
    return solver


def test_a_failure_is_an_exception_with_the_message_of_lsoda(failing):
    raise_failures(failing)
    with pytest.raises(ValueError, match="Repeated error test failures"):
        failing.step()


def test_control_scipy_warns(failing):
    with pytest.warns(UserWarning, match="Repeated error test failures"):
        failing.step()


def test_steps_that_succeed_are_unchanged():
    solvers = [scipy.integrate.LSODA(lambda _, y: -y, 0.0, np.ones(1), 1.0) for _ in range(2)]
    raise_failures(solvers[0])
    for solver in solvers:
        while solver.status == "running":
            solver.step()
    np.testing.assert_array_equal(solvers[0].y, solvers[1].y)
