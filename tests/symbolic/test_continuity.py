"""Solutions have to be continuous where their cases end, and formulas that jump are refuted."""

import pytest
import sympy as sp
from sympy import Abs, Eq, Heaviside, Max, Ne, Piecewise, atan, exp, sign, sqrt

from flowdln.symbolic import verify_solution

t, a, s, u_0 = sp.symbols("t a s u_0", positive=True)
anytime = sp.Symbol("t", real=True)
v = sp.Symbol("v")


def step(before, behind, end=3):
    return Piecewise((before, t < end), (behind, True))


def still(_):
    return 0


def same(strength):
    return strength


@pytest.mark.parametrize(
    ("solution", "ode"),
    [
        pytest.param(step(1, 2), still, id="jump"),
        pytest.param(step(1, 2, 100), still, id="late jump"),
        pytest.param(step(1, 1 + sp.Rational(1, 10**30)), still, id="small jump"),
        pytest.param(step(1.0, 1.0001, 3.25), still, id="floats"),
        pytest.param(step(1, 2, a), still, id="at a symbol"),
        pytest.param(step(1, 2, v), still, id="at a symbol of any sign"),
        pytest.param(step(1, 2, a / (1 + s)), still, id="at a fraction of symbols"),
        pytest.param(step(1, step(1, 3, 5), 2), still, id="nested"),
        pytest.param(1 + 3 * step(0, 1), still, id="in a sum"),
        pytest.param(exp(step(t, t + 1)), same, id="in an exponent"),
        pytest.param(Piecewise((exp(t), exp(t) < 20), (2 * exp(t), True)), same, id="at a time to be solved for"),
        pytest.param(Piecewise((exp(t), t + exp(t) < 3 + a), (2 * exp(t), True)), same, id="solved at numbers"),
        pytest.param(Piecewise((exp(t), (t > 2) & (t < 3)), (2 * exp(t), True)), same, id="two conditions"),
        pytest.param(Piecewise((1, sp.sin(t) > 0), (2, True)), still, id="infinitely many"),
        pytest.param(step(exp(t), step(2 * exp(t), exp(t), 4)), same, id="to and fro"),
        pytest.param(Piecewise((5, Eq(t, 3)), (exp(t), True)), same, id="at one time"),
        pytest.param(Piecewise((exp(t), Ne(t, 3)), (5, True)), same, id="but at one time"),
        pytest.param((step(1, 2), exp(t)), lambda _, b: (0, b), id="one of a system"),
        pytest.param(1 + Heaviside(t - a), still, id="Heaviside"),
        pytest.param(exp(Heaviside(t - 3)), still, id="Heaviside in an exponent"),
        pytest.param(sign(t - 3), still, id="sign"),
        pytest.param(Abs(t - 3) / (t - 3), still, id="Abs"),
        pytest.param(sqrt((t - 3) ** 2) / (t - 3), still, id="root"),
        pytest.param(sp.floor(t), still, id="floor"),
        pytest.param(sp.Mod(t, 5), lambda _: 1, id="remainder"),
        pytest.param(atan(sp.tan(t)), lambda _: 1, id="tangent"),
        pytest.param(atan(1 / (t - a)), lambda _: -1 / (1 + (t - a) ** 2), id="pole"),
        pytest.param(sp.acot(t - 3), lambda _: -1 / (1 + (t - 3) ** 2), id="inverse cotangent"),
        pytest.param(sp.log(sp.I * (t - 3) - 1), lambda _: sp.I / (sp.I * (t - 3) - 1), id="cut of the logarithm"),
        pytest.param(sp.arg(exp(sp.I * t)), lambda _: 1, id="angle"),
        pytest.param(t, lambda u: Piecewise((7, Eq(u, 3)), (1, True)), id="ODE at one time"),
    ],
)
def test_a_formula_that_jumps_is_refuted(solution, ode):
    verified = verify_solution(solution, ode, t=t)
    assert verified.outcome == "refuted"
    assert verified.instance
    assert sp.nsimplify(verified.residual) != 0


@pytest.mark.parametrize(
    ("solution", "ode"),
    [
        pytest.param(step(u_0 * exp(t), u_0 * exp(t - a) * exp(a), a), same, id="glued"),
        pytest.param(step(u_0 * exp(t), u_0 * exp(t - v) * exp(v), v), same, id="glued at any time"),
        pytest.param(step(-exp(-t), -exp(-3) * exp(3 - t)), Abs, id="absolute value"),
        pytest.param(step(0, (t - a) ** 3 / 27, a), lambda u: sp.cbrt(u) ** 2, id="two thirds"),
        pytest.param(step((a - t / 2) ** 2, 0, 2 * a), lambda u: -sqrt(u), id="comes to rest"),
        pytest.param(Max(0, a - t / 2) ** 2, lambda u: -sqrt(u), id="maximum"),
        pytest.param(Max(0, t - 3) ** 2, lambda _: 2 * Max(0, t - 3), id="forced"),
        pytest.param((t - 3) * Abs(t - 3), lambda _: 2 * Abs(t - 3), id="forced by an absolute value"),
        pytest.param(exp(t) * Heaviside(t), same, id="Heaviside at the start"),
        pytest.param(Piecewise((t * exp(t), Eq(s, 1)), ((exp(s * t) - exp(t)) / (s - 1), True)), None, id="resonance"),
        pytest.param(Piecewise((1, Eq(t, 3)), (sp.sin(t - 3) / (t - 3), True)), "its slope", id="removable"),
        pytest.param(1 / (3 - t), lambda u: u**2, id="without bound"),
    ],
)
def test_a_continuous_formula_is_not_refuted(solution, ode):
    slopes = {None: lambda u: u + exp(s * t), "its slope": lambda _: Piecewise((0, Eq(t, 3)), (solution.diff(t), True))}
    assert verify_solution(solution, slopes.get(ode, ode), t=t)


@pytest.mark.parametrize(
    "solution",
    [
        pytest.param(Piecewise((1, t < 3), (2, t > 4)), id="between two cases"),
        pytest.param(Piecewise((1, t < 3), (1, t > 3)), id="at one time"),
        pytest.param(Piecewise((1, t < a)), id="behind the last"),
        pytest.param(Piecewise((1, t > 3)), id="before the first"),
        pytest.param(Piecewise((1, sp.sin(t / 50) > 0), (2, True)), id="unknown, and late"),
    ],
)
def test_where_no_case_applies_or_none_is_known_nothing_is_shown(solution):
    assert verify_solution(solution, still, t=t).outcome == "open"


@pytest.mark.parametrize(("start", "outcome"), [(1, "proved"), (2, "refuted")])
def test_a_solution_is_continuous_at_its_start(start, outcome):
    solution = Piecewise((start, anytime <= 0), (1, True))
    assert verify_solution(solution, still, t=anytime, initial=start).outcome == outcome
    assert verify_solution(solution, still, t=anytime).outcome == "proved"


def test_a_kink_where_the_right_hand_side_jumps_is_told():
    verified = verify_solution(Abs(t - 3), lambda _: sign(t - 3), t=t)
    assert verified
    assert "the slope jumps there" in repr(verified)


@pytest.mark.parametrize(("jump", "outcome"), [(0, "proved"), (1, "refuted")])
def test_a_clock_is_continuous(jump, outcome):
    clock = Piecewise((sp.log(v), v < 2), (sp.log(v) + jump, True))
    assert verify_solution(clock, same, u=v, initial=1, inverse=True).outcome == outcome


def test_what_might_jump_later_is_not_proved():
    assert verify_solution(atan(sp.tan(t / 100)), lambda _: sp.Rational(1, 100)).outcome == "holds numerically"


@pytest.mark.parametrize("end", [3, 70], ids=["before the late times", "after them"])
@pytest.mark.parametrize("sign", [1, -1], ids=["first", "last"])
def test_control_a_piecewise_formula_that_holds_early_only_is_refuted(end, sign):
    early = (u_0 * sp.exp(t), t < end if sign > 0 else ~(t >= end))
    wrong = Piecewise(early, (u_0 * sp.exp(end), True))
    verified = verify_solution(wrong, lambda v: v, initial=u_0)
    assert verified.outcome == "refuted"
    assert sp.Rational(verified.instance["t"]) > end


def test_a_piecewise_formula_that_holds_late_too_is_not_refuted():
    right = sp.Piecewise((u_0 * sp.exp(t), t < 3), (u_0 * sp.exp(t - 3) * sp.exp(3), True))
    verified = verify_solution(right, lambda v: v, initial=u_0)
    assert verified.outcome in {"proved", "holds numerically"}
