"""Summary of Saxe et al., interference: vectors that repel each other, and a third that makes two attract."""

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy.integrate import cumulative_simpson, simpson

import flowdln as fl
from flowdln.exact import cosine_rate, volume_growth
from flowdln.plot import COLOURS, DASHES, TIME_LABEL
from flowdln.reproduction.checks import Check

TITLE = "Repulsion, and attraction by a third vector"
SOURCE = "Summary of Saxe et al., diagonal case and speed of lowering interference"
PARAMETERS: dict[str, Any] = {
    "pair": [[1.0, 0.7], [0.0, 0.7]],
    "pair_targets": [2.0, 1.0],
    "three": [[1.0, 0.0, 2.0], [1.0, 1.0, 0.0], [0.3, -0.3, 0.3]],
    "targets": [2.0, 1.0, 4.0],
    "scale": 0.2,
    "time": 5.0,
    "points": 1001,
}
QUICK: dict[str, Any] = {}
CLAIMS = ("summary-7", "summary-15", "summary-18", "summary-20", "summary-25")
PAIRS = ((0, 1), (0, 2), (1, 2))


def compute(
    pair: list[list[float]], pair_targets: list[float], three: list[list[float]], targets: list[float],
    scale: float, time: float, points: int,
) -> dict[str, np.ndarray]:  # fmt: skip
    """Tied vectors over time: two and three of them in a plane, and three in space, with their cosines."""
    ts = np.linspace(0, time, points)
    space = tied(scale * np.array(three), targets, ts)
    squares = np.sum(space**2, axis=1)
    directions = space / np.sqrt(squares)[:, None]
    cosines = np.einsum("thi,thk->ikt", directions, directions)
    rates = [cosine_rate(i, j, cosines, squares.T) for i, j in PAIRS]
    return {
        "ts": ts,
        "two_in_plane": tied(scale * np.array(pair), pair_targets, ts),
        "three_in_plane": tied(scale * np.array(three)[:2], targets, ts),
        "cosines": np.array([cosines[pair] for pair in PAIRS]),
        "rates": np.array(rates),
        "printed": cosines[0, 1, 0] * np.exp(-cumulative_simpson(squares[:, 0] + squares[:, 1], x=ts, initial=0)),
        "volume": np.linalg.det(np.moveaxis(cosines, -1, 0)),
        "swelling": volume_growth(cosines, squares.T),
    }


def tied(vectors: np.ndarray, targets: list[float], ts: np.ndarray) -> np.ndarray:
    """Columns of ``W_1 = W_2^T`` over time, ``(T, h, n)``, on a diagonal task."""
    moments = fl.Moments(np.eye(len(targets)), np.diag(targets), float(np.sum(np.square(targets))))
    return fl.solve(fl.Problem(moments, (vectors, vectors.T)), ts, method="DOP853", rtol=1e-11).weights[0]


def check(data: dict[str, np.ndarray]) -> list[Check]:
    """Two vectors end perpendicular; with a third the cosine rises first, at the shipped rate, and the volume grows."""
    ts, cosines = data["ts"], data["cosines"]
    slopes = np.gradient(cosines, ts, axis=1, edge_order=2)
    swelling = np.gradient(np.log(data["volume"]), ts, edge_order=2)
    first, second = data["two_in_plane"][-1].T
    highest = np.argmax(cosines[0])
    rise = simpson(data["rates"][0, : highest + 1], x=ts[: highest + 1])
    start = 1 + 2 * cosines[:, 0].prod() - np.sum(cosines[:, 0] ** 2)  # det C
    return [
        Check("two vectors, final product", 0, float(first @ second), 5e-5),
        Check("rate of the cosines - shipped rate, largest", 0, np.abs(slopes - data["rates"]).max(), 1e-3),
        Check("rise of the cosine of 1 and 2, by its rate", rise, cosines[0, highest] - cosines[0, 0], 1e-4),
        Check("final cosines, largest", 0, np.abs(cosines[:, -1]).max(), 1e-4),
        Check("growth of ln det C - 2 sum u_k eps_ik^2, largest", 0, np.abs(swelling - data["swelling"]).max(), 1e-3),
        Check("way of det C, up to 1 without a step back", 1 - start, np.abs(np.diff(data["volume"])).sum(), 1e-3),
    ]


def draw(data: dict[str, np.ndarray]) -> Figure:
    """Above: vectors in a plane. Below: cosines and the volume of three vectors in space."""
    figure, ((two, three), (angles, volume)) = plt.subplots(2, 2, figsize=(7.2, 6.0))
    draw_plane(two, data["two_in_plane"])
    draw_plane(three, data["three_in_plane"])
    two.set_title("two modes: repulsion")
    three.set_title("three modes: 3 turns 1 towards 2")
    for i, (cosine, (j, k)) in enumerate(zip(data["cosines"], PAIRS, strict=True)):
        angles.plot(data["ts"], cosine, DASHES[i], color=COLOURS[i], label=rf"$\epsilon_{{{j + 1}{k + 1}}}$")
    angles.plot(data["ts"], data["printed"], ":", color="black", label=r"$\epsilon_{12}$, as printed")
    angles.set(xlabel=TIME_LABEL, ylabel="cosine", title="three modes in space: cosines")
    angles.legend()
    volume.plot(data["ts"], data["volume"], color="black")
    volume.set(xlabel=TIME_LABEL, ylabel=r"$\det C$", ylim=(0, 1.05), title="three modes in space: volume")
    return figure


def draw_plane(axes: Axes, vectors: np.ndarray) -> None:
    """Paths of the tips, with the vectors at the start and at the end."""
    for i, path in enumerate(np.moveaxis(vectors, 2, 0)):
        for place, width in ((0, 1.0), (-1, 1.8)):
            axes.plot([0, path[place, 0]], [0, path[place, 1]], color=COLOURS[i], linewidth=width)
        axes.plot(*path.T, ":", color=COLOURS[i], linewidth=1.2)
        axes.plot(*path[0], "o", color=COLOURS[i], markerfacecolor="white", markersize=5)
        axes.plot(*path[-1], "o", color=COLOURS[i], markersize=5)
        farthest = path[np.argmax(np.sum(path**2, axis=1))]
        outwards = 11 * farthest / np.linalg.norm(farthest)
        centred: dict[str, Any] = {"ha": "center", "va": "center", "color": COLOURS[i]}
        axes.annotate(f"{i + 1}", farthest, textcoords="offset points", xytext=tuple(outwards), **centred)
    axes.axhline(0, color="0.8", linewidth=0.6)
    axes.axvline(0, color="0.8", linewidth=0.6)
    axes.set(xlabel="hidden unit 1", ylabel="hidden unit 2")
    axes.margins(0.16)
    axes.set_aspect("equal", adjustable="datalim")


def caption(data: dict[str, np.ndarray]) -> str:
    """What is seen."""
    start, highest = data["cosines"][0, 0], np.argmax(data["cosines"][0])
    top, printed = data["cosines"][0, highest], data["printed"][highest]
    return (
        "Above: vectors of tied modes in two hidden units, at the start (open circles) and at the end (full); "
        "dotted, the way of their tips. Two grow and turn away from each other until they are perpendicular. With a "
        "third, longer one, vector 1 turns away from it, and thereby towards 2, which has to vanish: there is no "
        "room for three in a plane. Below: three modes in three hidden units. The cosine of 1 and 2 rises from "
        f"{start:.2f} to {top:.2f}, where the printed rate, without second-order terms, has it fall to {printed:.2f} "
        "(dotted); it falls when these two are learned. What grows all the time is the volume that the unit vectors "
        "span."
    )
