r"""How soon layers can grow.

A bound on the rate of $U = |W_l|_F^L$ is a bound on time: $t \geq \tau \int dV / (L \, V^{2 - 2/L} (M - \kappa_2 V))$
from $U_0$ to $U$. Basu et al. take it to infinite depth, where it is elementary, and misplace $\kappa_2$ on the way. At
a finite depth the bound of infinite depth does not hold: it puts $U^2$ in place of $U^{2 - 2/L}$, which is larger for
small $U$, so that small networks are faster than it allows.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import sympy as sp

import flowdln as fl
from flowdln import Trajectory
from flowdln.exact import fastest_growth_time
from flowdln.exact.infinite_depth import ratio_time
from flowdln.symbolic import (
    Claim,
    Correction,
    Course,
    Evidence,
    Kind,
    combined,
    instance,
    monitor_flow,
    prove_identity,
    prove_integral,
)

TITLE = "Times of growth"
U, U_0, M, S, k_1, k_2 = sp.symbols("U U_0 M S kappa_1 kappa_2", positive=True)


def printed_time(u: Any, u_0: Any, ceiling: Any, kappa: Any, log: Any) -> Any:
    """The right side of (18) as printed, in units of ``tau / L``."""
    logarithm = log(u * (ceiling - u_0) / (u_0 * (ceiling - u)))
    return kappa * (logarithm / ceiling**2 - 1 / (ceiling * u) + 1 / (ceiling * u_0))


def integrated_time(u: Any, u_0: Any, ceiling: Any, kappa: Any, log: Any) -> Any:
    """The integral of (23), in units of ``tau / L``, by the shipped time of a mode of infinite depth."""
    target = ceiling / kappa
    return ratio_time((target - u) / u, (target - u_0) / u_0, target, log) / kappa


def prove_time(time: Callable[..., Any], kappa: Any) -> Evidence:
    """Whether ``time`` is zero at ``U_0`` and has the derivative ``1 / (U^2 (M - kappa U))``."""
    found = prove_integral(time(U, U_0, M, kappa, sp.log), 1 / (U**2 * (M - kappa * U)), U, U_0)
    numbers = {"U_0": 2.0, "U": 2.5, "M": 3.0, "kappa_2": 0.5}
    left, right = (f(2.5, 2.0, 3.0, 0.5, np.log) for f in (time, integrated_time))
    return found._replace(instance=instance(**numbers, left=left, right=right))


def earliest(time: Callable[..., Any], trajectory: Trajectory) -> Course:
    """The bound of ``time`` on when ``U`` of the largest layer is what it is, beside the time at which it is."""
    depth, tau = trajectory.problem.depth, trajectory.problem.tau
    size = trajectory.layer_norms.max(axis=1) ** depth
    product = np.linalg.norm(trajectory.product, axis=(1, 2))
    task = float(np.linalg.norm(trajectory.problem.moments.sigma_yx))
    kappa = np.minimum.accumulate(product / size)
    grown = (size > size[0]) & (kappa * size < task)
    bounds = [
        time(u, size[0], task, min(1.0, task / p), k, depth) if usable else 0.0
        for u, p, k, usable in zip(size, np.maximum.accumulate(product), kappa, grown, strict=True)
    ]
    return Course(tau * np.array(bounds), trajectory.ts)


def printed_bound(u: float, u_0: float, task: float, kappa_1: float, kappa: float, depth: int) -> float:
    """The bound (18) in units of tau, where it is finite."""
    ceiling = (2 * kappa_1 + 1) * task
    return float(printed_time(u, u_0, ceiling, kappa, np.log) / depth) if u < ceiling else 0.0


def sharp_bound(u: float, u_0: float, task: float, kappa_1: float, kappa: float, depth: int) -> float:
    """The shipped bound in units of tau, with ``kappa_1 = 0``."""
    del kappa_1
    return float(fastest_growth_time(u, u_0, task, depth, kappa)) if kappa * u < task else 0.0


def strict_bound(u: float, u_0: float, task: float, kappa_1: float, kappa: float, depth: int) -> float:
    """The same for nine tenths of the task."""
    return sharp_bound(u, u_0, 0.9 * task, kappa_1, kappa, depth)


def prove_reduction(kappa_1: Any) -> Evidence:
    """Whether (18) with ``kappa_2 = 1`` is the shipped time of one mode of infinite depth."""

    def difference(u: Any, u_0: Any, s: Any, kappa: Any, log: Any) -> tuple[Any, Any]:
        return printed_time(u, u_0, (2 * kappa + 1) * s, 1, log), ratio_time((s - u) / u, (s - u_0) / u_0, s, log)

    left, right = difference(U, U_0, S, kappa_1, sp.log)
    evidence = prove_identity(sp.expand_log(left.subs(U, U_0) - right.subs(U, U_0)), 0)
    slopes = prove_identity(sp.diff(left, U), sp.diff(right, U))
    value = kappa_1 if sp.sympify(kappa_1).is_number else 1
    numbers = {"s": 2.0, "u_0": 0.5, "u": 1.0}
    printed, shipped = difference(1.0, 0.5, 2.0, float(value), np.log)
    shown = instance(**numbers, kappa_1=float(value), left=printed, right=shipped)
    return combined(slopes, evidence)._replace(instance=shown)


def chains() -> list[fl.Problem]:
    """Networks of one unit a layer with equal weights, on one mode of strength 1."""
    one = fl.Moments(np.eye(1), np.eye(1), 1.0)
    return [fl.Problem(one, (np.full((1, 1), size),) * depth) for depth, size in ((2, 0.1), (3, 0.3), (5, 0.6))]


def networks() -> list[fl.Problem]:
    """Networks with two modes from small random weights."""
    moments = fl.Moments.from_modes([2.0, 1.0], 3, 2)
    shapes = ((3, 2, 2), (3, 4, 3, 2))
    return [fl.Problem(moments, fl.initial.small_random(w, scale=0.2, seed=i)) for i, w in enumerate(shapes)]


TS = np.linspace(0, 6, 31)

CLAIMS = [
    Claim(
        id="basu-43",
        document="basu",
        title="The bound for infinite depth integrates to (18).",
        statement=r"\frac{L}{\tau} t_U \geq \kappa_2 \left[ \frac{1}{M^2} \ln \frac{U (M - U_0)}{U_0 (M - U)} - "
        r"\frac{1}{M U} + \frac{1}{M U_0} \right], \quad M = (2 \kappa_1 + 1) |\Sigma_{yx}|_F",
        place="eq. (18), from (23)",
        assumptions=("kappa_2 U < M",),
        derivation=r"By partial fractions $\frac{1}{U^2 (M - \kappa_2 U)} = \frac{1}{M U^2} + \frac{\kappa_2}{M^2 U} + "
        r"\frac{\kappa_2^2}{M^2 (M - \kappa_2 U)}$. So $\kappa_2$ belongs before the logarithm and beside $U$ inside "
        r"it, and not before the other two terms. The print is right for $\kappa_2 = 1$ alone. Otherwise its slope is "
        r"$\kappa_2 (M - \kappa_2 U) / (M - U)$ times the right one: it asks for too little time up to $U = M / (1 + "
        r"\kappa_2)$, and for too much from there. With $M = 3$ and $\kappa_2 = \frac12$, from $U_0 = 2$ to $U = "
        r"\frac52$, the integral is 0.053 and the print 0.068; at $U = M$, which (23) allows to be reached in finite "
        "time, it is infinite.",
        check=partial(prove_time, printed_time, k_2),
        control=partial(prove_time, printed_time, sp.Rational(1, 2)),
        kind=Kind.SUBSTANCE,
        correction=Correction(
            title="The integral, with kappa_2 where it belongs.",
            statement=r"\frac{L}{\tau} t_U \geq \frac{\kappa_2}{M^2} \ln \frac{U (M - \kappa_2 U_0)}{U_0 (M - "
            r"\kappa_2 U)} - "
            r"\frac{1}{M U} + \frac{1}{M U_0}",
            assumptions=("kappa_2 U < M",),
            check=partial(prove_time, integrated_time, k_2),
            control=partial(prove_time, printed_time, k_2),
        ),
    ),
    Claim(
        id="basu-44",
        document="basu",
        title="No network gets from one strength to another faster than (18).",
        statement=r"t_U \geq \text{the right side of (18)}",
        place="Theorem 3, eq. (18)",
        assumptions=("squared loss", "whitened inputs"),
        derivation=r"Read for trajectories, with the $\kappa_1$ and $\kappa_2$ that they have up to the time in "
        "question and $U$ of the largest layer. (18) puts $U^2$ for $U^{2 - 2/L}$, and that is smaller while $U < 1$, "
        "and a bound on the rate that is too small makes one on time that is too large. Two numbers $W_1 = W_2 = 1/10$ "
        r"with $\Sigma_{yx} = 1$ follow the logistic curve and reach $U = 1/2$ at $\frac12 \ln 99 = 2.3 \, \tau$; by "
        r"(18) it would take $16.6 \, \tau$ with $\kappa_1 = \kappa_2 = 1$. At any depth a start small enough does the "
        r"same. With $\kappa_2 = 1$ and $U_0$ and $U$ held fixed it does become a bound at great depth.",
        check=lambda: monitor_flow(partial(earliest, printed_bound), chains(), TS),
        control=lambda: monitor_flow(partial(earliest, strict_bound), chains(), TS),
        kind=Kind.SUBSTANCE,
        correction=Correction(
            title="The integral at the depth of the network bounds the time, and a balanced mode attains it.",
            statement=r"\frac{t_U}{\tau} \geq \int_{U_0}^U \frac{dV}{L \, V^{2 - 2/L} (|\Sigma_{yx}|_F - \kappa_2 V)}",
            assumptions=("whitened inputs", "|P| <= |Syx| so far", "U is that of the largest layer"),
            check=lambda: monitor_flow(partial(earliest, sharp_bound), chains() + networks(), TS),
            control=lambda: monitor_flow(partial(earliest, strict_bound), chains(), TS),
        ),
    ),
    Claim(
        id="basu-47",
        document="basu",
        title="The bound generalises the time of an infinitely deep orthogonal network.",
        statement=r"t_U \text{ of (18)} = \frac{\tau}{L} \left[ \frac{1}{s^2} \ln \frac{u (s - u_0)}{u_0 (s - u)} - "
        r"\frac{1}{s u} + \frac{1}{s u_0} \right] \text{ for one mode}",
        place="after Theorem 3",
        assumptions=("one mode, in balanced layers: |Syx| = s, U = u, kappa_2 = 1",),
        derivation=r"A generalisation contains what it generalises. (18) has the form of the time of Saxe et al., with "
        r"$M = (2 \kappa_1 + 1) s$ in place of $s$, and $\kappa_1 > 0$; the proof needs $\kappa_1 \geq 1$ for its "
        r"triangle inequality, which makes $M \geq 3 s$. By basu-40 the bound holds with $\kappa_1 = 0$, and then it "
        r"does contain it. Of $K$ equal modes it falls short by the factor $\kappa_2 = K^{(1 - L)/2}$ at every depth.",
        check=partial(prove_reduction, k_1),
        control=partial(prove_reduction, 1),
        kind=Kind.READING,
        correction=Correction(
            title="The bound without kappa_1 is the time of Saxe et al. for one mode.",
            statement=r"M = |\Sigma_{yx}|_F, \; \kappa_2 = 1: \quad t_U = \frac{\tau}{L} \left[ \frac{1}{s^2} "
            r"\ln \frac{u (s - u_0)}{u_0 (s - u)} - \frac{1}{s u} + \frac{1}{s u_0} \right]",
            assumptions=("one mode, in balanced layers", "infinite depth"),
            check=partial(prove_reduction, 0),
            control=partial(prove_reduction, sp.Rational(1, 7)),
        ),
    ),
]
