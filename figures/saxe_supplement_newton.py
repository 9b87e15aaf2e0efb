"""Saxe et al., supplement, section 2: where Newton's method leads."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from flowdln.exact.balanced_curvature import balanced_newton_step
from flowdln.plot import COLOURS
from flowdln.reproduction.checks import Check

TITLE = "Where Newton's method leads"
SOURCE = "Saxe et al., supplement, eq. (16) to (18)"
PARAMETERS = {"depths": [2, 3, 4, 5, 6], "points": 1200, "largest": 1.2, "steps": 300}
QUICK = {"points": 300}
FULL = {"points": 6000}
CLAIMS = ("saxe-24", "saxe-25")
ENDS = ("the saddle at 0", "the optimum at $-s^{1/L}$", "the optimum at $s^{1/L}$")
SETTLED = 1e-6


def compute(depths: list[int], points: int, largest: float, steps: int) -> dict[str, np.ndarray]:
    """The end of Newton's method from equal strengths, for ``s = 1``: -1, 0 or 1, and NaN for none yet."""
    shares = (np.arange(points) + 0.5) * largest / points
    ends = []
    for depth in depths:
        a = shares ** (1 / depth)
        for _ in range(steps):
            with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
                a = balanced_newton_step(a, 1.0, depth)
        ends.append(np.where(np.abs(np.abs(a) - 1) < SETTLED, np.sign(a), np.where(np.abs(a) < SETTLED, 0, np.nan)))
    return {"depths": np.array(depths), "shares": shares, "ends": np.array(ends)}


def check(data: dict[str, np.ndarray]) -> list[Check]:
    """All starts with ``lambda_1 > 0`` reach the optimum, no small ones; for odd depths no others do."""
    checks = []
    shares = data["shares"]
    for depth, ends in zip(map(int, data["depths"]), data["ends"], strict=True):
        small = 0.2 if depth == 2 else (depth - 2) / (2 * depth - 2)
        edge = (depth - 1) / (2 * depth - 1)
        checks.append(
            Check(f"share of small starts that reach 0, L = {depth}", 1, np.mean(ends[shares < small] == 0), 0)
        )
        reached = np.mean(ends[shares > edge] == 1)
        checks.append(Check(f"share of starts with lambda_1 > 0 that reach the optimum, L = {depth}", 1, reached, 0))
        others = np.mean(np.abs(ends[shares < edge]) == 1)
        if depth % 2:
            checks.append(Check(f"share of the other starts that do, L = {depth}", 0, others, 0))
        else:
            checks.append(Check(f"1 if some of the other starts do, L = {depth}", 1, float(others > 0), 0))
    return checks


def draw(data: dict[str, np.ndarray]) -> Figure:
    """A strip for each depth, with the shares at which the curvature along and across changes its sign."""
    figure, axes = plt.subplots(figsize=(6.4, 3.2))
    colours = ("0.85", COLOURS[4], COLOURS[0])
    order = np.where(data["ends"] == 0, 0, np.where(data["ends"] < 0, 1, 2)).astype(float)
    order[np.isnan(data["ends"])] = np.nan
    shares = data["shares"]
    step = (shares[1] - shares[0]) / 2
    for row, (depth, kinds) in enumerate(zip(map(int, data["depths"]), order, strict=True)):
        extent = (shares[0] - step, shares[-1] + step, row - 0.35, row + 0.35)
        strip = kinds[None]
        axes.imshow(
            strip, aspect="auto", extent=extent, cmap=ListedColormap(colours), vmin=0, vmax=2, interpolation="none"
        )
        edge = (depth - 1) / (2 * depth - 1)
        axes.plot([edge, edge], [row - 0.45, row + 0.45], color="black", linewidth=1.5)
    axes.axvline(1, color="black", linestyle="--", linewidth=1)
    axes.set(
        xlim=(0, shares[-1]),
        ylim=(-0.6, len(order) - 0.4),
        xlabel="share at the start, $a_0^L / s$",
        ylabel="layers $L$",
    )
    axes.set_yticks(range(len(order)), [str(depth) for depth in data["depths"]])
    axes.grid(visible=False)
    patches = [Patch(color=colour, label=label) for colour, label in zip(colours, ENDS, strict=True)]
    axes.legend(handles=patches, loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=3)
    return figure


def caption(data: dict[str, np.ndarray]) -> str:
    """What is seen."""
    return (
        "The end of Newton's method from equal strengths a_0 in all layers. Small starts go to the saddle at zero, "
        "as printed. The black "
        "bar is where the curvature along the line of equal strengths becomes positive: from there on all starts "
        "reach the "
        "optimum, also beyond the dashed line, where the Hessian is not positive definite. Below the bar an even "
        "number of layers lets some starts jump to one of the two optima; an odd one does not. "
        f"{data['shares'].size} starts a depth."
    )
