"""Saxe, McClelland and Ganguli 2014, Fig. 2: the phase portrait of a mode of two layers."""

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

import flowdln as fl
from flowdln.exact import two_layer_mode
from flowdln.plot import COLOURS
from flowdln.reproduction.checks import Check, farthest

TITLE = "Hyperbolas: how one mode of two layers learns"
SOURCE = "Saxe et al. 2014, Fig. 2"
CLAIMS = ("saxe-1", "saxe-4", "hyperbolic-positive")
PARAMETERS = {"s": 1.0, "starts": [[-0.2, 0.7], [-1.6, 1.3], [1.4, -1.4]], "time": 12.0, "points": 400}
QUICK: dict[str, float] = {}
FULL: dict[str, float] = {}
MARKS = (("s", "start above"), ("D", "start below"), ("v", "start on it"))


def compute(s: float, starts: list[list[float]], time: float, points: int) -> dict[str, np.ndarray]:
    """Velocity on a grid, and three trajectories by the closed form and by an integrator."""
    moments = fl.Moments(np.eye(1), np.array([[s]]), s**2)
    axis = np.linspace(-2, 2, 17)
    a, b = np.meshgrid(axis, axis)
    velocity = [
        fl.gradient_flow(0, (np.array([[x]]), np.array([[y]])), moments) for x, y in zip(a.flat, b.flat, strict=True)
    ]
    ts = np.linspace(0, time, points)
    exact = [two_layer_mode(ts, x, y, s) for x, y in starts]
    flows = [
        fl.solve(fl.Problem(moments, (np.array([[x]]), np.array([[y]]))), ts, method="DOP853", rtol=1e-12)
        for x, y in starts
    ]
    return {
        "a": a,
        "b": b,
        "velocity": np.array(velocity).reshape(*a.shape, 2),
        "exact": np.array(exact),
        "integrated": np.array([[flow.weights[0][:, 0, 0], flow.weights[1][:, 0, 0]] for flow in flows]),
        "s": np.array(s),
    }


def check(data: dict[str, np.ndarray]) -> list[Check]:
    """Closed form against integrator, the conserved hyperbola, and the branch each trajectory ends on."""
    first, second = data["exact"][:, 0], data["exact"][:, 1]
    conserved, product = first**2 - second**2, first * second
    c, s = conserved[:, 0], float(data["s"])
    meeting = np.sqrt((c + np.sqrt(c**2 + 4 * s**2)) / 2)  # |a| where a^2 - b^2 = c meets a b = s
    mesh, speeds = np.stack([data["a"], data["b"]], axis=-1), data["velocity"]
    along = np.abs(np.sum(mesh * speeds * [1, -1], axis=-1)).max()  # a a' - b b', half the drift of a^2 - b^2
    return [
        Check("a a' - b b' of the vector field, largest", 0, along, 1e-13),
        Check("closed form - integrator, largest", 0, np.abs(data["exact"] - data["integrated"]).max(), 1e-10),
        Check("drift of a^2 - b^2, largest", 0, np.abs(conserved - conserved[:, :1]).max(), 1e-13),
        Check("final a b / s, worse of the starts beside it", 1, farthest(product[:2, -1] / s, 1), 1e-6),
        Check("final a, start above the stable manifold", meeting[0], first[0, -1], 1e-6),
        Check("final a, start below it", -meeting[1], first[1, -1], 1e-6),
        Check("final |a| + |b|, start on it", 0, np.abs(data["exact"][2, :, -1]).sum(), 2e-5),
    ]


def draw(data: dict[str, np.ndarray]) -> Figure:
    """The plane of the two strengths."""
    figure, axes = plt.subplots(figsize=(4.2, 4.0))
    speed = np.linalg.norm(data["velocity"], axis=-1)
    arrows = data["velocity"] / np.where(speed > 0, speed, 1)[..., None]
    axes.quiver(data["a"], data["b"], arrows[..., 0], arrows[..., 1], color="0.75", scale=32, width=0.004)
    line = np.linspace(-2, 2, 401)
    for side in (-1, 1):
        branch = side * np.geomspace(0.5 * float(data["s"]), 2, 200)
        axes.plot(branch, float(data["s"]) / branch, color="black", label=r"$a b = s$" if side == 1 else None)
    axes.plot(line, -line, "--", color="black", linewidth=1, label="stable manifold $a = -b$")
    routes = zip(COLOURS, MARKS, data["exact"], data["integrated"], strict=False)
    for i, (colour, (mark, label), (a, b), (x, y)) in enumerate(routes):
        c = a[0] ** 2 - b[0] ** 2
        if c:
            plane = np.meshgrid(line, line)
            axes.contour(*plane, plane[0] ** 2 - plane[1] ** 2, levels=[c], colors=colour, linestyles=":", linewidths=1)
        else:  # both diagonals, of which one is drawn as the stable manifold
            axes.plot(line, line, ":", color=colour, linewidth=1)
        axes.plot(a, b, color=colour, linewidth=2.2, marker=mark, markevery=[0], label=label)
        circles: dict[str, Any] = {"color": colour, "markersize": 3.5, "markerfacecolor": "white", "linestyle": "none"}
        axes.plot(x[10::20], y[10::20], "o", label="DOP853" if i == 2 else None, zorder=3, **circles)
    axes.set(
        xlabel="strength of the first layer, $a$",
        ylabel="strength of the second layer, $b$",
        xlim=(-2, 2),
        ylim=(-2, 2),
    )
    axes.set_aspect("equal")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.15), ncols=2)
    return figure


def caption(data: dict[str, np.ndarray]) -> str:
    """What is seen."""
    return (
        f"Direction of the flow of a mode with s = {float(data['s']):g}, and three trajectories, by the "
        "closed form (lines) and by DOP853 (circles). A trajectory stays on its hyperbola a^2 - b^2 = const (dotted). "
        "Above the stable manifold a = -b (dashed) all end on the upper branch of a b = s (black), below it on the "
        "lower, on it at the saddle at zero; the other diagonal is where both layers are equal."
    )
