"""Whether a formula with cases is continuous in time, and obeys an ODE, where one case ends and the next begins."""

from dataclasses import replace

import sympy as sp

from flowdln.symbolic.cases import case_ends, resolved, value_beside
from flowdln.symbolic.evidence import conjunction
from flowdln.symbolic.jumps import find_jump, may_jump
from flowdln.symbolic.sides import compare_sides, without_floats
from flowdln.symbolic.trial_points import POINTS, trial_points
from flowdln.symbolic.verification import Finding

SIDES = (-1, 0, 1)  # before an end, at it, behind it
UNTOLD = "SymPy does not tell when its cases end, or which applies beside an end"


def compare_cases(name: str, formula: sp.Expr, slope: sp.Expr, t: sp.Symbol, *, start: bool) -> list[Finding]:
    """Findings on the positive times at which a case of the formula ends; none if there are no such times.

    There the formula has to be continuous, and to have the given slope; where that jumps, it has a kink instead, and
    its slope at that one time is not asked for. Where no case applies, and where SymPy does not tell, neither is shown.
    Ends that SymPy does not find for all values of the symbols are sought at the trial points. Last, jumps are sought
    where the formula may have others.

    Parameters
    ----------
    name
        What the formula is called.
    formula, slope
        The formula, and what its derivative should be.
    t
        The symbol of time.
    start
        Whether it has to be continuous at 0 too, from behind.
    """
    real = {x: sp.Symbol(x.name, real=True) for x in formula.free_symbols | slope.free_symbols if x.is_real is None}
    real[t] = time = sp.Dummy(t.name, real=True)
    formula, slope = without_floats(formula).xreplace(real), without_floats(slope).xreplace(real)
    found = _compare_ends(name, formula, slope, time, start=start)
    if found is None:
        found = [_compare_at_points(name, formula, slope, time, start=start)]
    later = sp.Dummy(t.name, positive=True)
    formula, slope = formula.xreplace({time: later}), slope.xreplace({time: later})
    doubtful = may_jump(formula, later) or any(finding.zero is None for finding in found)
    jump = find_jump(name, formula, slope, later) if doubtful else None
    return [*found, jump] if jump else found


def _compare_at_points(name: str, formula: sp.Expr, slope: sp.Expr, t: sp.Symbol, *, start: bool) -> Finding:
    """One finding on all ends, with numbers for all symbols but time."""
    subject = f"{name} is continuous"
    for point in trial_points((formula, slope)):
        numbers = {symbol: value for symbol, value in point.items() if symbol != t}
        found = _compare_ends(name, formula.xreplace(numbers), slope.xreplace(numbers), t, start=start)
        if found is None or conjunction(True, *(finding.zero for finding in found)) is None:
            return Finding(subject, None, False, UNTOLD)
        for finding in found:
            if not finding.zero:
                shown = {**{str(symbol): str(value) for symbol, value in numbers.items()}, **finding.instance}
                return Finding(finding.subject, False, False, finding.text, finding.residual, shown)
    return Finding(subject, True, False, f"holds where cases end at {POINTS} points; SymPy finds no proof")


def _compare_ends(name: str, formula: sp.Expr, slope: sp.Expr, t: sp.Symbol, *, start: bool) -> list[Finding] | None:
    """Findings on all ends, or ``None`` if SymPy does not tell them."""
    ends = [case_ends(each, t) for each in (formula, slope)]
    if None in ends:
        return None
    findings = []
    for end in sorted({end for each in ends for end in each or ()}, key=sp.default_sort_key):
        sides = SIDES if end != 0 else SIDES[1:] if start else ()
        if sides:
            cases = [resolved(formula, t, end, side) for side in sides]
            aim = resolved(slope, t, end, 0)
            if None in (*cases, aim):
                return None
            findings.append(_compare_end(name, cases, aim, t, end, sides))
    return findings


def _compare_end(
    name: str, cases: list[sp.Expr], aim: sp.Expr, t: sp.Symbol, end: sp.Expr, sides: tuple[int, ...]
) -> Finding:
    """Finding on the values beside one end, and on the slope if it is the same on both sides."""
    subject = f"{name} is continuous at t = {end}"
    if any(case.has(sp.nan) for case in cases):
        return Finding(subject, None, False, "no case applies there, or beside it")
    *values, behind = (value_beside(case, t, end, side) for case, side in zip(cases, sides, strict=True))
    if any(value.has(sp.nan) for value in (*values, behind)):
        return Finding(subject, None, False, "SymPy finds no value there, or beside it")
    words = ("before", "at it")[-len(values) :]
    found = [_compare(subject, value, behind, end, (word, "behind")) for word, value in zip(words, values, strict=True)]
    slopes = [value_beside(case.diff(t), t, end, side) for case, side in zip(cases, sides, strict=True) if side]
    smooth = len(slopes) == 1 or compare_sides(subject, *slopes).zero
    if smooth and len(slopes) > 1:
        names = (f"d{name}/dt", f"f({name})")
        found.append(
            _compare(f"{' = '.join(names)} at t = {end}", slopes[-1], value_beside(aim, t, end, 0), end, names)
        )
    weakest = _weakest(found)
    return replace(weakest, text=f"{weakest.text}; the slope jumps there") if smooth is False else weakest


def _compare(subject: str, left: sp.Expr, right: sp.Expr, end: sp.Expr, names: tuple[str, str]) -> Finding:
    """Finding on whether the two are equal for all values of the symbols for which the end is positive."""
    found = compare_sides(subject, left, right, names)
    if found.zero is not False or end.is_nonnegative:
        return found
    return compare_sides(subject, sp.Piecewise((left, end > 0), (right, True)), right, names)


def _weakest(findings: list[Finding]) -> Finding:
    """The first finding that is no pass; else the first that is no proof; else the first."""
    failing = [finding for finding in findings if not finding.zero]
    return [*failing, *(finding for finding in findings if not finding.proved), *findings][0]
