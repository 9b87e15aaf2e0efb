"""Jumps of formulas without cases, such as ``atan(1/(t - 3))``: their derivatives do not show them.

Between two times a formula changes by the integral of its slope. Where it does not, the interval is narrowed down.
"""

from collections.abc import Callable, Mapping
from functools import partial
from itertools import islice, pairwise
from typing import Any, NamedTuple

import mpmath as mp
import sympy as sp

from flowdln.symbolic.sides import evaluator, finite_values
from flowdln.symbolic.trial_points import LATE, POINTS, Point, trial_points
from flowdln.symbolic.verification import Finding

TIMES = [LATE[-1] * sp.Rational(1000 * index + 1, 33000) for index in range(33)]  # from just behind 0
PART = sp.Rational(4, 7)  # of an interval, where it is divided: jumps are at rounder times
DIVISIONS = 100
AGREE = mp.mpf(10) ** -6  # of the change of a formula with the integral of its slope, relative
STEEP = 10**3  # times its slopes: what changes by less is not told from a formula without bound
SQUASHING = (sp.exp, sp.sin, sp.cos, sp.atan, sp.tanh, sp.coth, sp.sech, sp.erf)  # finite at infinity
UNBOUNDED = (sp.tan, sp.cot, sp.sec, sp.csc)
BREAKING = (sp.arg, sp.atan2, sp.acot, sp.re, sp.im, sp.floor, sp.ceiling, sp.frac, sp.Mod)  # where all is finite


class Sample(NamedTuple):
    """What a formula and its slope are at a time."""

    time: sp.Rational
    value: Any
    slope: Any


Sampling = Callable[[sp.Rational], Sample | None]  # None where one of them is no number


def may_jump(formula: sp.Expr, t: sp.Symbol) -> bool:
    """Whether the formula is made so that it may jump, apart from its cases."""
    return _breaks(formula, t) or _divides_roots(formula, t)


def find_jump(name: str, formula: sp.Expr, slope: sp.Expr, t: sp.Symbol) -> Finding | None:
    """Finding on whether the formula jumps at a time from 0 to 30 at the trial points.

    If no jump is found, that is no proof of a formula that may break anywhere, and there is nothing to say of others.
    """
    evaluate, subject = evaluator((formula, slope)), f"{name} is continuous"
    for point in islice(trial_points((formula, slope), frozenset(), t), POINTS):
        found = first_jump(partial(_sample, evaluate, point, t)) if t in point else None
        if found:
            others = {str(symbol): str(value) for symbol, value in point.items() if symbol != t}
            return jump_finding(subject, *found, others)
    if _breaks(formula, t):
        return Finding(subject, True, False, f"no jump was found up to t = {TIMES[-1].round()} at {POINTS} points")
    return None


def jump_finding(subject: str, before: Sample, behind: Sample, others: Mapping[str, str]) -> Finding:
    """Finding that there is a jump between two samples, with the values of other symbols."""
    values = {"before": mp.nstr(before.value, 8), "behind": mp.nstr(behind.value, 8)}
    numbers = {**others, "t": mp.nstr(mp.mpmathify(before.time), 8), **values}
    return Finding(subject, False, False, "jumps", mp.nstr(behind.value - before.value, 8), numbers)


def first_jump(sample: Sampling, divisions: int = DIVISIONS) -> tuple[Sample, Sample] | None:
    """Samples on either side of the first jump between 0 and 30; ``None`` if none is found."""
    pairs = ((before, behind) for before, behind in pairwise(map(sample, TIMES)) if before and behind)
    found = (_narrowed(sample, before, behind, divisions) for before, behind in pairs)
    return next(filter(None, found), None)


def _breaks(formula: sp.Expr, t: sp.Symbol) -> bool:
    """Whether it has a function that jumps, or of complex numbers, or a bounded one of what may have a pole."""
    cut = {logarithm.args[0] for logarithm in formula.atoms(sp.log)} | _roots(formula)
    squashed = (argument for function in formula.atoms(*SQUASHING) for argument in function.args)
    return (
        formula.has(*BREAKING)
        or any(argument.has(sp.I) for argument in cut)
        or any(argument.has(*UNBOUNDED) or _may_have_pole(argument, t) for argument in squashed)
    )


def _divides_roots(formula: sp.Expr, t: sp.Symbol) -> bool:
    """Whether it may be 0 / 0 with the sign of a root, as ``sqrt((t - 3)**2) / (t - 3)`` is."""
    bent = _roots(formula) | {size.args[0] for size in formula.atoms(sp.Abs)}
    return _may_have_pole(formula, t) and any(each.has(t) and not each.is_positive for each in bent)


def _roots(formula: sp.Expr) -> set[sp.Expr]:
    return {power.base for power in formula.atoms(sp.Pow) if not power.exp.is_integer}


def _may_have_pole(formula: sp.Expr, t: sp.Symbol) -> bool:
    inverse = (power.base for power in formula.atoms(sp.Pow) if not power.exp.is_nonnegative)
    return any(base.has(t) and not base.is_nonzero for base in inverse)


def _sample(evaluate: Callable[..., Any], point: Point, t: sp.Symbol, time: sp.Rational) -> Sample | None:
    values = finite_values(evaluate, point | {t: time})
    return Sample(time, *values) if values else None


def _narrowed(sample: Sampling, before: Sample, behind: Sample, divisions: int) -> tuple[Sample, Sample] | None:
    """The two samples beside a jump between these two; ``None`` if there is none."""
    for _ in range(divisions):
        size = abs(before.value) + abs(behind.value) + _swept(before, behind)
        if _excess(before, behind) <= AGREE * size:
            return None
        middle = sample(before.time + PART * (behind.time - before.time))
        if middle is None:
            return None
        halves = ((before, middle), (middle, behind))
        before, behind = max(halves, key=lambda half: _excess(*half))
    return (before, behind) if abs(behind.value - before.value) > STEEP * _swept(before, behind) else None


def _excess(before: Sample, behind: Sample) -> Any:
    """By how much the change of the value exceeds the integral of the slope, by the trapezoidal rule."""
    return abs(behind.value - before.value - _width(before, behind) * (before.slope + behind.slope) / 2)


def _swept(before: Sample, behind: Sample) -> Any:
    return _width(before, behind) * (abs(before.slope) + abs(behind.slope))


def _width(before: Sample, behind: Sample) -> Any:
    width = behind.time - before.time
    return mp.mpf(width.p) / width.q
