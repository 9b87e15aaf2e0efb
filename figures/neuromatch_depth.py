"""Neuromatch tutorial: depth and learning in narrow chains, over depth, initial weights and learning rates."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from scipy.integrate import quad

import flowdln as fl
from flowdln.exact import balanced_mode, balanced_mode_time, balanced_sharpness, end_to_end_flow, overtaking_strength
from flowdln.plot import COLOURS, DASHES
from flowdln.reproduction.checks import Check, farthest

TITLE = "Depth slows learning from small weights, and hastens it from large ones"
SOURCE = "Neuromatch, deep narrow linear networks"
CLAIMS = ("neuromatch-14", "neuromatch-2")
PARAMETERS = {
    "target": 2.0,
    "starts": [0.3, 0.6, 1.04],
    "depths": [1, 2, 3, 4, 6],
    "steps": 500,
    "horizon": 20.0,
    "rates": 12,
}
QUICK: dict[str, object] = {}
STRENGTHS = np.geomspace(0.01, 0.99, 199)  # in units of the target
CLOSE = 0.9  # share of the target that counts as learned


def chain(depth: int, start: float, target: float) -> fl.Problem:
    """A network of one unit a layer, every weight ``start``."""
    moments = fl.Moments(np.eye(1), np.array([[target]]), target**2)
    return fl.Problem(moments, tuple(np.array([[start]]) for _ in range(depth)))


def compute(
    target: float, starts: list[float], depths: list[int], steps: int, horizon: float, rates: int
) -> dict[str, np.ndarray]:
    """Strengths over time, learning times by theory and by descent, and steps to learn over learning rates."""
    ts = np.linspace(0, horizon, 601)
    times = np.array(
        [[balanced_mode_time(CLOSE * target, w**depth, target, depth) for depth in depths] for w in starts]
    )
    descents = [
        [steps_to_learn(chain(depth, w, target), t / steps, 2 * steps) for depth, t in zip(depths, row, strict=True)]
        for w, row in zip(starts, times, strict=True)
    ]
    limits = 2 / np.array([balanced_sharpness(target, depth) for depth in depths])
    shares = np.geomspace(0.1, 0.95, rates)
    chains = [chain(depth, starts[1], target) for depth in depths]
    sweep = [
        [steps_to_learn(one, share * most, 200) for share in shares] for one, most in zip(chains, limits, strict=True)
    ]
    return {
        "target": np.array(target),
        "starts": np.array(starts),
        "depths": np.array(depths),
        "ts": ts,
        "u": STRENGTHS * target,
        "pace": np.stack([pace(STRENGTHS * target, depth, target) for depth in depths]),
        "strengths": np.stack([balanced_mode(ts, starts[0] ** depth, target, depth) for depth in depths]),
        "times": times,
        "descent_times": times * np.array(descents) / steps,
        "in_steps": np.array(steps),
        "quadratures": np.array([[learning_integral(w, depth, target) for depth in depths] for w in starts]),
        "rates": limits[:, None] * shares,
        "steps": np.array(sweep),
        "scalar_steps": scalar_steps(starts[1], np.array(depths), limits[:, None] * shares, target, 200),
        "limits": limits,
        "stable": np.array([largest_stable(one, most) for one, most in zip(chains, limits, strict=True)]),
    }


def steps_to_learn(problem: fl.Problem, rate: float, steps: int) -> float:
    """Steps of descent until the product has come to stay within a tenth of the target, interpolated."""
    product = fl.descend(problem, learning_rate=rate, steps=steps, compiled=False).product[:, 0, 0]
    off = np.abs(product / problem.moments.sigma_yx[0, 0] - 1)
    last = int(np.flatnonzero(off > 1 - CLOSE)[-1])
    return last + (off[last] - (1 - CLOSE)) / (off[last] - off[last + 1]) if last < steps else float("inf")


def learning_integral(start: float, depth: int, target: float) -> float:
    """Time until nine tenths are learned, as the integral of one over the pace of a single weight."""
    return float(
        quad(lambda w: 1 / (w ** (depth - 1) * (target - w**depth)), start, (CLOSE * target) ** (1 / depth))[0]
    )


def scalar_steps(start: float, depths: np.ndarray, rates: np.ndarray, target: float, steps: int) -> np.ndarray:
    """The same as :func:`steps_to_learn`, for rates ``(D, K)`` at once, from one number for all equal weights."""
    depth, weight = depths[:, None], np.full(rates.shape, start)
    off = [np.abs(weight**depth / target - 1)]
    for _ in range(steps):
        weight = weight + rates * weight ** (depth - 1) * (target - weight**depth)
        off.append(np.abs(weight**depth / target - 1))
    away = np.array(off)
    last = steps - np.argmax(away[::-1] > 1 - CLOSE, axis=0)
    before, after = (np.take_along_axis(away, at[None], axis=0)[0] for at in (last, np.minimum(last + 1, steps)))
    return np.asarray(last + (before - (1 - CLOSE)) / (before - after))


def largest_stable(problem: fl.Problem, limit: float) -> float:
    """The largest of 11 rates around ``limit``, 2 % apart, with which descent ends at the target."""
    rates = limit * np.linspace(0.9, 1.1, 11)
    target = problem.moments.sigma_yx[0, 0]
    ends = [fl.descend(problem, learning_rate=rate, steps=400, every=400).product[-1, 0, 0] for rate in rates]
    return float(rates[np.abs(np.array(ends) / target - 1) < 1e-3].max())


def pace(u: np.ndarray, depth: int, target: float) -> np.ndarray:
    """``du/dt`` of a chain of equal layers, by the shipped flow."""
    moments = fl.Moments(np.eye(1), np.array([[target]]), target**2)
    return np.array([end_to_end_flow(0, np.array([[strength]]), moments, depth)[0, 0] for strength in u])


def found_crossing(data: dict[str, np.ndarray], row: int) -> float:
    """Strength at which the paces of two rows are equal, interpolated in logarithms."""
    excess = np.log(data["pace"][row + 1] / data["pace"][row])
    return float(np.exp(np.interp(0, excess, np.log(data["u"]))))


def check(data: dict[str, np.ndarray]) -> list[Check]:
    """Where the deeper chain is the faster one; times by theory; learning rates up to the limit that theory gives."""
    times, known, late = data["times"], data["quadratures"], data["descent_times"] / data["times"]
    limits = data["stable"] / data["limits"]
    fastest, alone = data["steps"].min(axis=1), data["scalar_steps"].min(axis=1)
    more = np.delete(np.arange(len(times[0])), 1)
    return [
        *(
            Check(
                f"strength at which {d + 1} layers overtake {d}",
                overtaking_strength(d),
                found_crossing(data, d - 1),
                1e-4,
            )
            for d in (1, 2, 3)
        ),
        *(
            Check(f"time of 6 layers / of 2, from weights {start:g}", row[4] / row[1], found[4] / found[1], 1e-8)
            for start, row, found in zip(data["starts"], known, times, strict=True)
        ),
        Check(
            "time of the next fastest / of 2 layers, from the smallest weights",
            known[0, more].min() / known[0, 1],
            times[0, more].min() / times[0, 1],
            1e-8,
        ),
        Check("time, descent / theory, farthest from 1", 1, farthest(late, 1), float(5 / data["in_steps"])),
        Check(
            "largest stable rate / 2 over the sharpness, farthest from 1",
            1,
            farthest(limits, 1),
            0.021,  # the step between rates
        ),
        Check("fewest steps of 6 layers / of 2, in one scalar", alone[4] / alone[1], fastest[4] / fastest[1], 1e-9),
    ]


def draw(data: dict[str, np.ndarray]) -> Figure:
    """Strengths over time; paces over strength; times over depth; steps over learning rates."""
    figure, ((curves, paces), (times, steps)) = plt.subplots(2, 2, figsize=(8.0, 5.8))
    styles = [{"color": COLOURS[i], "linestyle": ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)))[i]} for i in range(5)]
    for i, depth in enumerate(data["depths"]):
        name = f"{depth:.0f} layer{'s' if depth > 1 else ''}"
        curves.plot(data["ts"], data["strengths"][i], label=name, **styles[i])
        paces.loglog(data["u"], data["pace"][i], **styles[i])
        steps.loglog(data["rates"][i], data["steps"][i], marker=".", **styles[i])
        steps.axvline(data["limits"][i], color=COLOURS[i], linewidth=0.8, linestyle=":")
    for depth in (1, 2, 3):
        strength = overtaking_strength(depth)
        paces.plot(strength, pace(np.array([strength]), depth, float(data["target"])), "ko", markersize=4)
    for i, start in enumerate(data["starts"]):
        times.semilogy(data["depths"], data["times"][i], DASHES[i], color="0.2", label=f"weights {start:g}")
        times.semilogy(data["depths"], data["descent_times"][i], "os^"[i], color=COLOURS[i], markersize=4)
    curves.set(xlabel="time $t$ (units of $\\tau$)", ylabel="strength $u$", title=f"from weights {data['starts'][0]:g}")
    paces.set(xlabel="strength $u$", ylabel="pace $\\tau \\dot u$", title="pace of equal layers")
    times.set(xlabel="layers", ylabel="time to 0.9 $s$ (units of $\\tau$)", title="theory (lines) and descent")
    steps.set(xlabel="learning rate", ylabel="steps to 0.9 $s$", title=f"from weights {data['starts'][1]:g}")
    for axes in (curves, times):
        axes.legend()
    return figure


def caption(data: dict[str, np.ndarray]) -> str:
    """What is seen."""
    small, middle, large = data["starts"]
    next_fastest = np.delete(data["times"][0], 1).min() / data["times"][0, 1]
    dots = ", ".join(f"{overtaking_strength(depth):.3g}" for depth in (1, 2, 3))
    return (
        f"Chains of one unit a layer with equal weights and the target s = {data['target']:g}. Upper left: the product "
        f"over time by the closed form, from weights of {small:g}; among these, two layers are fastest, not one; the "
        f"next takes {next_fastest:.2f} times as long. Upper right: the pace D u^(2 - 2/D) (s - u). The print says "
        "that depth just seems to slow learning down; that is so at small strengths only: D + 1 layers are faster "
        f"than D from (D / (D + 1))^(D (D + 1) / 2) on (dots: {dots}). Lower left: time until nine tenths are learned, "
        f"from weights of {small:g}, {middle:g} and {large:g}, by theory and by descent in about "
        f"{data['in_steps']:d} steps: it grows with depth from the smallest ones in the long run, and falls with depth "
        f"from the largest. Lower right: steps until nine tenths are learned and kept, from {middle:g}, over the "
        "learning rate, up to its limit 2 / (D s^(2 - 2/D)) (dotted). One layer learns in a single step at half its "
        "limit; deeper chains are limited to smaller rates and need more steps."
    )
