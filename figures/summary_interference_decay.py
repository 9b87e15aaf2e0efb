"""Summary of Saxe et al., speed of lowering interference: the approximate rate, the exact one, and crowding."""

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from scipy.integrate import cumulative_simpson

import flowdln as fl
from flowdln.exact import cosine_rate, neglected_square
from flowdln.plot import COLOURS, TIME_LABEL
from flowdln.reproduction.checks import Check, farthest

TITLE = "How fast interference decays"
SOURCE = "Summary of Saxe et al., speed of lowering interference"
PARAMETERS: dict[str, Any] = {
    "targets": [4.0, 2.0],
    "cosine": 0.95,
    "scale": 0.1,
    "time": 3.0,
    "points": 2001,
    "hidden": [10, 100],
    "modes": [3, 5, 9, 17, 33],
    "draws": 4000,
    "seed": 0,
}
QUICK: dict[str, Any] = {"draws": 1000}
CLAIMS = ("summary-16", "summary-17", "summary-18", "summary-19", "summary-21")


def compute(
    targets: list[float], cosine: float, scale: float, time: float, points: int,
    hidden: list[int], modes: list[int], draws: int, seed: int,
) -> dict[str, np.ndarray]:  # fmt: skip
    """The cosine of two tied vectors over time, four ways; and what others add to its rate, for random directions."""
    ts = np.linspace(0, time, points)
    vectors = scale * np.array([[1.0, cosine], [0.0, np.sqrt(1 - cosine**2)]])
    moments = fl.Moments(np.eye(2), np.diag(targets), float(np.sum(np.square(targets))))
    flow = fl.solve(fl.Problem(moments, (vectors, vectors.T)), ts, method="DOP853", rtol=1e-11)
    w = flow.weights[0]
    squares = np.sum(w**2, axis=1)  # (T, 2)
    true = np.sum(w[:, :, 0] * w[:, :, 1], axis=1) / np.sqrt(squares[:, 0] * squares[:, 1])
    clock = cumulative_simpson(squares.sum(axis=1), x=ts, initial=0)
    larger = cumulative_simpson(squares.max(axis=1), x=ts, initial=0)
    rng = np.random.default_rng(seed)
    shares = np.array([[neglected_share(n, h, draws, rng) for n in modes] for h in hidden])
    return {
        "targets": np.array(targets),
        "draws": np.array(draws),
        "ts": ts,
        "true": true,
        "cotangent": cosine / np.sqrt(1 - cosine**2) * np.exp(-clock),
        "printed": cosine * np.exp(-clock),
        "larger": cosine * np.exp(-larger),
        "hidden": np.array(hidden),
        "modes": np.array(modes),
        "crowding": shares[:, :, 0],
        "errors": shares[:, :, 1],
    }


def neglected_share(modes: int, hidden: int, draws: int, rng: np.random.Generator) -> tuple[float, float]:
    """Root mean square of what others add to the rate of a cosine, over the printed rate's; its standard error."""
    vectors = rng.standard_normal((draws, hidden, modes))
    directions = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    cosines = np.einsum("dhi,dhk->ikd", directions[:, :, :2], directions)
    others, own = np.einsum("kd,kd->d", cosines[0, 2:], cosines[1, 2:]) ** 2, cosines[0, 1] ** 2
    share = np.sqrt(others.mean() / own.mean())
    error = np.std(others / others.mean() - own / own.mean()) / np.sqrt(draws) / 2  # of ln(share), to first order
    return float(share), float(share * error)


def check(data: dict[str, np.ndarray]) -> list[Check]:
    """The cotangent decays at the exact rate, the printed solution is late or early as it must be, crowding grows."""
    exact = data["cotangent"] / np.sqrt(1 + data["cotangent"] ** 2)
    late = data["true"][-1] / data["printed"][-1]
    start = data["printed"][0]
    slope = np.gradient(np.log(data["true"]), data["ts"], edge_order=2)[0]
    vectors = np.array([[1.0, start], [start, 1.0]])
    expected = np.sqrt(neglected_square(data["modes"], data["hidden"][:, None]))
    off, spread = data["crowding"] / expected, 3 * (data["errors"] / expected).max(axis=1)
    return [
        Check("cosine by the cotangent - flow, largest", 0, np.abs(exact - data["true"]).max(), 1e-7),
        Check("initial rate / shipped rate", 1, slope * start / cosine_rate(0, 1, vectors, [0.01, 0.01]), 1e-3),
        Check("final cosine / printed one", np.sqrt(1 + data["cotangent"][0] ** 2), late, 1e-6),
        Check(
            "printed cosine at the end / that by the larger length, below 1/5",
            0,
            data["printed"][-1] / data["larger"][-1],
            0.2,
        ),
        *(
            Check(f"neglected share / closed form, {units} hidden units, farthest from 1", 1, farthest(each, 1), error)
            for units, each, error in zip(("few", "many"), off, spread, strict=True)
        ),
    ]


def draw(data: dict[str, np.ndarray]) -> Figure:
    """Left: the cosine of two vectors. Right: what more vectors add."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(7.2, 3.1))
    ts, (first, second) = data["ts"], data["targets"]
    left.semilogy(ts, data["true"], color="black", label="flow")
    exact = data["cotangent"] / np.sqrt(1 + data["cotangent"] ** 2)
    places = slice(60, None, 150)
    left.semilogy(
        ts[places], exact[places], "o", color=COLOURS[0], markersize=4.5, label="exact rate, by the cotangent"
    )
    left.semilogy(ts, data["printed"], "--", color=COLOURS[1], label="printed: first order, sum")
    left.semilogy(ts, data["larger"], ":", color=COLOURS[2], label="printed: larger length only")
    left.set(
        xlabel=TIME_LABEL,
        ylabel=r"cosine $\epsilon_{12}$",
        title=f"two vectors, $s = {first:g}, {second:g}$",
        ylim=(1e-6, 3),
    )
    left.legend(loc="lower left")
    line = np.geomspace(data["modes"][0], data["modes"][-1], 100)
    for i, (h, share) in enumerate(zip(data["hidden"], data["crowding"], strict=True)):
        expected = np.sqrt(neglected_square(line, h))
        right.loglog(line, expected, ("-", "--")[i], color=COLOURS[i], label=f"closed form, $h = {h}$")
        right.loglog(data["modes"], share, ("o", "s")[i], color=COLOURS[i], label=f"measured, $h = {h}$")
    right.axhline(1, color="0.5", linewidth=1, linestyle=":")
    right.set(xlabel="number of vectors $n$", ylabel="neglected / kept (r.m.s.)", title="random directions")
    right.set_xticks(data["modes"], [str(n) for n in data["modes"]])
    right.set_yticks([0.1, 0.2, 0.5, 1, 2, 4], ["0.1", "0.2", "0.5", "1", "2", "4"])
    right.minorticks_off()
    right.legend(loc="upper left")
    return figure


def caption(data: dict[str, np.ndarray]) -> str:
    """What is seen."""
    late = data["true"][-1] / data["printed"][-1]
    return (
        "Left: the cosine between the vectors of two tied modes that start nearly parallel. The cotangent of the "
        "angle decays exactly at the rate of the sum of the squared lengths (circles on the line). The printed "
        f"first-order rate (dashed) is right in the end but too fast at first, so that its cosine stays {late:.2f} "
        "times too small; the rate of the larger squared length alone, also printed, is too slow (dotted). Right: "
        f"what the other vectors add to the rate of a pair, relative to it, for {data['draws']:d} draws of random "
        f"directions of equal length in {data['hidden'][0]} and {data['hidden'][-1]} hidden units: they may be "
        "neglected if there are few of them for each hidden unit."
    )
