"""The adaptive solvers by name."""

from flowdln.choices import chosen
from flowdln.integrate.equation import Equation, Integration, Report, Tolerance
from flowdln.validation import Array

SCIPY = ("RK23", "RK45", "DOP853", "LSODA", "BDF", "Radau")
DIFFRAX = ("Tsit5", "Dopri5", "Dopri8", "Kvaerno3", "Kvaerno5")


def as_computed(part: Integration) -> Integration:
    """The integration itself: the default report of one that stopped early."""
    return part


def integrate(
    equation: Equation,
    ts: Array,
    *,
    method: str,
    tolerance: Tolerance,
    max_steps: int | None = None,
    progress: bool = False,
    report: Report = as_computed,
) -> Integration:
    """Solution of ``equation`` at the increasing times ``ts >= 0``, in units of tau, by the solver of that name.

    Parameters
    ----------
    method
        A solver's name, or ``"auto"``: DOP853, continued by Radau once the problem is found to be stiff.
    max_steps
        Limit on the number of steps; by default as many as take about a minute for a small network.
    report
        Makes the ``trajectory`` of a :class:`SolveError` from the part that was computed until then.

    Raises
    ------
    InputError
        For a name that is no solver's.
    SolveError
        If the integration fails.
    """
    names = ", ".join((*SCIPY, *DIFFRAX))
    chosen(
        "method",
        method,
        ("auto", "exact", *SCIPY, *DIFFRAX),
        expected=f"'auto', 'exact', or one of {names}",
        advice="'auto' takes a closed form where one applies.",
    )
    if method in DIFFRAX:
        from flowdln.integrate.diffrax import integrate as run  # noqa: PLC0415 (imports jax)
    else:
        from flowdln.integrate.scipy import integrate as run  # noqa: PLC0415 (0.3 s)
    return run(equation, ts, method=method, tolerance=tolerance, max_steps=max_steps, progress=progress, report=report)
