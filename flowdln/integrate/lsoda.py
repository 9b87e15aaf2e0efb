"""Failures of LSODA as exceptions."""

from typing import Any

import scipy.integrate


def raise_failures(solver: scipy.integrate.LSODA) -> None:
    """Make a step that fails raise ``ValueError`` with LSODA's message.

    SciPy issues a warning instead. Recording it would change the warning filters of all threads.
    """
    integrator = solver._lsoda_solver._integrator  # noqa: SLF001 (SciPy has no public way)
    run = integrator.runner

    def checked(*arguments: Any) -> Any:
        *result, state = run(*arguments)
        if state < 0:
            raise ValueError(integrator.messages[state])
        return (*result, state)

    integrator.runner = checked
