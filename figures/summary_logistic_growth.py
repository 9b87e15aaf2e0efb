"""Summary of Saxe et al., speed of learning: logistic growth and its two halves."""

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

import flowdln as fl
from flowdln.exact import balanced_mode, half_time
from flowdln.plot import COLOURS, DASHES, TIME_LABEL
from flowdln.reproduction.checks import Check, farthest

TITLE = "Logistic growth takes half of the time that is printed, twice over"
SOURCE = "Summary of Saxe et al., speed of learning"
PARAMETERS: dict[str, Any] = {"targets": [4.0, 2.0, 1.0], "epsilon": 1e-3, "time": 8.0, "points": 4001, "sweep": 9}
QUICK: dict[str, Any] = {}
CLAIMS = ("summary-9", "summary-10", "summary-11", "summary-12", "summary-13", "summary-14")


def compute(targets: list[float], epsilon: float, time: float, points: int, sweep: int) -> dict[str, np.ndarray]:
    """Squared lengths along the integrated flow from equal, perpendicular vectors, and when they pass three levels."""
    ts = np.linspace(0, time, points)
    lengths = squared_lengths(np.array(targets), epsilon, ts)
    strengths = np.geomspace(0.5, 8, sweep)
    alone = [squared_lengths(np.array([s]), epsilon, ts * 4 / s)[:, 0] for s in strengths]
    halves = np.array([two_halves(ts * 4 / s, u, s, epsilon) for s, u in zip(strengths, alone, strict=True)])
    return {
        "ts": ts,
        "lengths": lengths,
        "targets": np.array(targets),
        "final": np.array([balanced_mode(time, epsilon, s, depth=2) for s in targets]),
        "epsilon": np.array(epsilon),
        "halves": np.array([two_halves(ts, u, s, epsilon) for u, s in zip(lengths.T, targets, strict=True)]),
        "strengths": strengths,
        "swept_halves": halves,
        "half_times": half_time(epsilon, strengths, depth=2),
    }


def squared_lengths(targets: np.ndarray, epsilon: float, ts: np.ndarray) -> np.ndarray:
    """``|a_i|^2`` over time, ``(T, n)``, integrated as matrices."""
    moments = fl.Moments(np.eye(len(targets)), np.diag(targets), float(targets @ targets))
    weights = np.sqrt(epsilon) * np.eye(len(targets))
    flow = fl.solve(fl.Problem(moments, (weights, weights)), ts, method="DOP853", rtol=1e-11)
    return np.sum(flow.weights[0] ** 2, axis=1)


def two_halves(ts: np.ndarray, u: np.ndarray, s: float, epsilon: float) -> tuple[float, float]:
    """Times from ``epsilon`` to ``s / 2``, and on to ``s - epsilon``, off a curve that starts at ``epsilon``."""
    growing = s - u > epsilon / 10
    odds = np.log(u[growing] / (s - u[growing]))  # a straight line for a logistic curve: interpolation is exact
    levels = np.log([epsilon / (s - epsilon), 1.0, (s - epsilon) / epsilon])
    start, half, end = np.interp(levels, odds, ts[growing])
    return half - start, end - half


def check(data: dict[str, np.ndarray]) -> list[Check]:
    """Both halves take the shipped time, half of the printed one; and a rate is nearly proportional to its value."""
    s, epsilon = data["strengths"], float(data["epsilon"])
    printed = np.log(s / epsilon) / s
    first, second = data["swept_halves"].T
    (strong, _, weak), (high, _, low) = data["halves"][:, 0], data["targets"]
    expected = high / low * np.log(low / epsilon - 1) / np.log(high / epsilon - 1)
    return [
        Check("first half / half_time, farthest from 1", 1, farthest(first / data["half_times"], 1), 1e-9),
        Check("second half / first half, farthest from 1", 1, farthest(second / first, 1), 1e-6),
        Check("printed time / first half, mean", 2, float(np.mean(printed / first)), 2e-3),
        Check("rate at the largest target / at the smallest", expected, weak / strong, 1e-5),
        Check("final u / closed form, farthest from 1", 1, farthest(data["lengths"][-1] / data["final"], 1), 1e-9),
    ]


def draw(data: dict[str, np.ndarray]) -> Figure:
    """Left: the curves and when they pass half of their targets. Right: that time against the target."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(7.2, 3.1))
    epsilon = float(data["epsilon"])
    rows = zip(data["targets"], data["lengths"].T, data["halves"], strict=True)
    for i, (s, u, (first, _)) in enumerate(rows):
        printed = np.log(s / epsilon) / s
        left.plot(data["ts"], u, DASHES[i], color=COLOURS[i], label=f"$s = {s:g}$")
        left.hlines(s / 2, first, printed, color="black", linewidth=0.7, linestyle=":")
        left.plot(first, s / 2, "o", color="black", markersize=4.5)
        left.plot(printed, s / 2, "x", color="black", markersize=6)
    left.plot([], [], "o", color="black", markersize=4.5, label="$u = s/2$")
    left.plot([], [], "x", color="black", markersize=6, label="$u = s/2$, as printed")
    left.set(
        xlabel=TIME_LABEL, ylabel="squared length $u = |a_i|^2$", xlim=(0, 8), title=f"growth from $u_0 = {epsilon:g}$"
    )
    left.legend(loc="upper right", bbox_to_anchor=(1, 0.93))
    s = data["strengths"]
    line = np.geomspace(s[0], s[-1], 200)
    right.loglog(line, np.log(line / epsilon) / line, "--", color=COLOURS[1], label=r"printed, $\ln(s/\epsilon)/s$")
    right.loglog(line, half_time(epsilon, line, depth=2), color="black", label=r"$\ln(s/\epsilon - 1)/2s$")
    right.loglog(s, data["swept_halves"][:, 0], "o", color=COLOURS[0], label=r"flow, $\epsilon$ to $s/2$")
    right.loglog(
        s, data["swept_halves"][:, 1], "s", color=COLOURS[2], markersize=9, markerfacecolor="none",
        label=r"flow, $s/2$ to $s - \epsilon$",
    )  # fmt: skip
    right.set(xlabel="target $s$", ylabel=r"time (units of $\tau$)", title="the two halves")
    right.set_xticks([0.5, 1, 2, 4, 8], ["0.5", "1", "2", "4", "8"])
    right.set_yticks([0.5, 1, 2, 5, 10], ["0.5", "1", "2", "5", "10"])
    right.minorticks_off()
    right.legend()
    return figure


def caption(data: dict[str, np.ndarray]) -> str:
    """What is seen."""
    ratio = np.log(data["strengths"] / float(data["epsilon"])) / data["strengths"] / data["swept_halves"][:, 0]
    return (
        "Left: three modes whose vectors start equal and perpendicular, integrated as matrices; circles where they "
        "pass half of their targets, crosses where the print has them pass. Right: the time of the first half, from "
        "epsilon to s/2 (circles), and of the second, from s/2 to s - epsilon (squares). They are equal, both "
        f"ln(s/epsilon - 1) / 2s (line); the printed ln(s/epsilon) / s (dashed) is {ratio.min():.4f} to "
        f"{ratio.max():.4f} times that. The rate is nearly proportional to the value: the line is a little flatter "
        "than one over s."
    )
