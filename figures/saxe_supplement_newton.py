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
ENDS = ("the saddle at 0", "the optimum at $-s^{1/L}$", "the optimum at $s^{1/L}$", "not settled")
SETTLED = 1e-6
UNSETTLED = 2  # in place of an end


def compute(depths: list[int], points: int, largest: float, steps: int) -> dict[str, np.ndarray]:
    """The end of Newton's method from equal strengths, for ``s = 1``: -1, 0 or 1, and 2 for none yet."""
    shares = (np.arange(points) + 0.5) * largest / points
    data = {"shares": shares}
    for depth in depths:
        a = shares ** (1 / depth)
        for _ in range(steps):
            a = balanced_newton_step(a, 1.0, depth)
        data[f"ends_{depth}"] = np.where(
            np.abs(np.abs(a) - 1) < SETTLED, np.sign(a), np.where(np.abs(a) < SETTLED, 0, UNSETTLED)
        )
    return data


def depths_of(data: dict[str, np.ndarray]) -> list[int]:
    """The depths shown."""
    return [int(key.partition("_")[2]) for key in data if key.startswith("ends_")]


def check(data: dict[str, np.ndarray]) -> list[Check]:
    """The saddle's basin ends where the step is -1 times its start, or for odd depths where lambda_1 is positive."""
    checks, shares = [], data["shares"]
    spacing = 1.01 * (shares[1] - shares[0])
    for depth in depths_of(data):
        ends = data[f"ends_{depth}"]
        positive = (depth - 1) / (2 * depth - 1)
        leaves = positive if depth % 2 else (2 * depth - 3) / (4 * depth - 3)
        checks.append(
            Check(
                f"first share that leaves the saddle, L = {depth}",
                leaves,
                shares[np.argmax(np.abs(ends) == 1)],
                spacing,
            )
        )
        reached = np.sum((ends == 1) & (shares > positive)) / np.sum(shares > positive)
        unsettled = float(np.sum(~np.isin(ends, (-1, 0, 1))))
        checks.append(Check(f"starts that have not settled, L = {depth}", 0, unsettled, 0.5))
        checks.append(Check(f"starts with lambda_1 > 0 that reach the optimum, L = {depth}", 1, reached, 1e-6))
    return checks


def draw(data: dict[str, np.ndarray]) -> Figure:
    """A strip for each depth, with the shares at which the curvature along and across changes its sign."""
    figure, axes = plt.subplots(figsize=(6.4, 3.2))
    colours = ("0.85", COLOURS[4], COLOURS[0], "black")
    shares, depths = data["shares"], depths_of(data)
    step = (shares[1] - shares[0]) / 2
    for row, depth in enumerate(depths):
        extent = (shares[0] - step, shares[-1] + step, row - 0.35, row + 0.35)
        strip = np.select([data[f"ends_{depth}"] == end for end in (0, -1, 1)], [0, 1, 2], default=3)[None]
        axes.imshow(
            strip, aspect="auto", extent=extent, cmap=ListedColormap(colours), vmin=0, vmax=3, interpolation="none"
        )
        edge = (depth - 1) / (2 * depth - 1)
        axes.plot([edge, edge], [row - 0.45, row + 0.45], color="black", linewidth=1.5)
    axes.axvline(1, color="black", linestyle="--", linewidth=1)
    axes.set(
        xlim=(0, shares[-1]),
        ylim=(-0.6, len(depths) - 0.4),
        xlabel="share at the start, $a_0^L / s$",
        ylabel="layers $L$",
    )
    axes.set_yticks(range(len(depths)), [str(depth) for depth in depths])
    axes.grid(visible=False)
    settled = all((data[f"ends_{depth}"] != UNSETTLED).all() for depth in depths)
    shown = list(zip(colours, ENDS, strict=True))[: 3 if settled else 4]
    patches = [Patch(color=colour, label=label) for colour, label in shown]
    axes.legend(handles=patches, loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=3)
    return figure


def caption(data: dict[str, np.ndarray]) -> str:
    """What is seen."""
    return (
        "The end of Newton's method from equal strengths a_0 in all layers. Small starts go to the saddle at zero, "
        "as printed. The black "
        "bar is where the curvature along the line of equal strengths becomes positive: from there on all starts "
        "reach the "
        "optimum, also beyond the dashed line, where the Hessian is not positive definite. With an even number of "
        "layers, starts between s (2 L - 3) / (4 L - 3) and the bar jump to one of the two optima; with an odd one "
        "they do not. "
        f"{data['shares'].size} starts a depth."
    )
