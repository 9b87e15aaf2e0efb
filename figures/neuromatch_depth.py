"""Neuromatch tutorial: depth and learning in narrow chains, over depth, initial weights and learning rates."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

import flowdln as fl
from flowdln.exact import balanced_mode, balanced_mode_time, balanced_sharpness, end_to_end_flow
from flowdln.plot import COLOURS, DASHES
from flowdln.reproduction.checks import Check, farthest

TITLE = "Depth slows learning from small weights, and hastens it from large ones"
SOURCE = "Neuromatch, deep narrow linear networks"
CLAIMS = ("neuromatch-14", "neuromatch-2")
PARAMETERS = {
    "target": 2.0,
    "starts": [0.3, 0.6, 1.04],
    "depths": [1, 2, 3, 4, 6],
    "learning_rate": 0.02,
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
    target: float, starts: list[float], depths: list[int], learning_rate: float, horizon: float, rates: int
) -> dict[str, np.ndarray]:
    """Strengths over time, learning times by theory and by descent, and steps to learn over learning rates."""
    ts = np.linspace(0, horizon, 601)
    times = np.array(
        [[balanced_mode_time(CLOSE * target, w**depth, target, depth) for depth in depths] for w in starts]
    )
    descents = [
        [
            steps_to_learn(chain(depth, w, target), learning_rate, round(1.2 * time / learning_rate))
            for depth, time in row
        ]
        for w, row in ((w, zip(depths, row, strict=True)) for w, row in zip(starts, times, strict=True))
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
        "descent_times": learning_rate * np.array(descents),
        "rates": limits[:, None] * shares,
        "steps": np.array(sweep),
        "limits": limits,
        "stable": np.array([largest_stable(one, most) for one, most in zip(chains, limits, strict=True)]),
    }


def steps_to_learn(problem: fl.Problem, rate: float, steps: int) -> float:
    """Steps of descent until the product has come to stay within a tenth of the target, interpolated."""
    product = fl.descend(problem, learning_rate=rate, steps=steps, compiled=False).product[:, 0, 0]
    off = np.abs(product / problem.moments.sigma_yx[0, 0] - 1)
    last = int(np.flatnonzero(off > 1 - CLOSE)[-1])
    return last + (off[last] - (1 - CLOSE)) / (off[last] - off[last + 1]) if last < steps else float("inf")


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


def crossing(depth: int) -> float:
    """Strength ``(D / (D + 1))^(D (D + 1) / 2)`` beyond which ``D + 1`` layers are faster than ``D``."""
    return (depth / (depth + 1)) ** (depth * (depth + 1) / 2)


def found_crossing(data: dict[str, np.ndarray], row: int) -> float:
    """Strength at which the paces of two rows are equal, interpolated in logarithms."""
    excess = np.log(data["pace"][row + 1] / data["pace"][row])
    return float(np.exp(np.interp(0, excess, np.log(data["u"]))))


def check(data: dict[str, np.ndarray]) -> list[Check]:
    """Where the deeper chain is the faster one; times by theory; learning rates up to the limit that theory gives."""
    times, late = data["times"], data["descent_times"] / data["times"]
    limits = data["stable"] / data["limits"]
    fastest = data["steps"].min(axis=1)
    return [
        *(
            Check(f"strength at which {d + 1} layers overtake {d}", crossing(d), found_crossing(data, d - 1), 1e-3)
            for d in (1, 2, 3)
        ),
        Check("time of 6 layers / time of 2, from weights 0.3", 11.87, times[0, 4] / times[0, 1], 0.05),
        Check("time of 6 layers / time of 2, from weights 1.04", 0.201, times[2, 4] / times[2, 1], 0.005),
        Check("time, descent / theory, farthest from 1", 1, farthest(late, 1), 0.1),
        Check(
            "largest stable rate / 2 over the sharpness, farthest from 1",
            1,
            farthest(limits, 1),
            0.03,
        ),
        Check("fewest steps of 6 layers / of 2, from weights 0.6", 6.3, fastest[4] / fastest[1], 0.3),
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
        paces.plot(crossing(depth), pace(np.array([crossing(depth)]), depth, float(data["target"])), "ko", markersize=4)
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
    return (
        "Chains of one unit a layer with equal weights and the target s = 2. Upper left: the product over time by the "
        f"closed form, from weights of {small:g}; among these, two layers are fastest, not one. Upper right: the pace "
        "D u^(2 - 2/D) (s - u). The print says that depth just seems to slow learning down; that is so at small "
        "strengths only: D + 1 layers are faster than D from (D / (D + 1))^(D (D + 1) / 2) on (dots: 1/2, 8/27, "
        f"0.178). Lower left: time until nine tenths are learned, from weights of {small:g}, {middle:g} and {large:g}, "
        "by theory and by descent with learning rate 0.02: it grows with depth from the smallest ones in the long "
        f"run, and falls with depth from the largest. Lower right: steps until nine tenths are learned and kept, from "
        f"{middle:g}, over the learning rate, up to its limit 2 / (D s^(2 - 2/D)) (dotted). One layer learns in a "
        "single step at half its limit; deeper chains are limited to smaller rates and need more steps."
    )
