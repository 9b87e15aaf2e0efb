"""What the exact routes save: work against width and against depth."""

import statistics
import time
from collections.abc import Callable

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

import flowdln as fl
from flowdln.plot import COLOURS
from flowdln.reduction import reduce
from flowdln.reproduction.checks import Check

TITLE = "What exact routes save"
SOURCE = "flowdln"
CLAIMS = ("symmetry-hidden", "symmetry-everywhere")
PARAMETERS = {
    "widths": [10, 30, 100, 300, 1000],
    "depths": [2, 3, 4, 6, 8],
    "time": 10.0,
    "points": 101,
    "rtol": 1e-12,
    "repeats": 2,
    "seed": 0,
}
QUICK = {"widths": [10, 100, 1000], "depths": [2, 4], "repeats": 1}
FULL = {"widths": [10, 30, 100, 300, 1000, 3000], "depths": [2, 3, 4, 6, 8, 12], "repeats": 5}
TOLERANCE = 1e-9  # of the products, whose entries are of order one


def compute(
    widths: list[int], depths: list[int], time: float, points: int, rtol: float, repeats: int, seed: int
) -> dict[str, np.ndarray]:
    """Seconds and products of the layers, by each route."""
    moments = fl.Moments.from_modes([3.0, 2.0, 1.0], 10, 10, seed=seed)
    ts = np.linspace(0, time, points)
    wide = [fl.Problem(moments, fl.initial.small_random((10, h, 10), scale=0.01, seed=seed)) for h in widths]
    # Equal layer strengths whose product is 1e-3 at any depth, so that plateaus are comparable.
    deep = [
        fl.Problem(moments, fl.initial.aligned(moments, (10,) * (depth + 1), 1e-3 ** (1 / depth), seed=seed))
        for depth in depths
    ]
    rows = {
        "wide": [race(problem, ts, "auto", rtol, repeats) for problem in wide],
        "deep": [race(problem, ts, "exact", rtol, repeats) for problem in deep],
    }
    data: dict[str, np.ndarray] = {f"{name}_seconds": np.array([row[0] for row in rows[name]]) for name in rows}
    data |= {f"{name}_products": np.array([row[1] for row in rows[name]]) for name in rows}
    reduced = [reduce(problem).problem.widths[1] for problem in wide]
    data |= {"points": np.array(points), "rtol": np.array(rtol), "repeats": np.array(repeats)}
    return data | {"widths": np.array(widths), "depths": np.array(depths), "reduced": np.array(reduced, dtype=float)}


def race(
    problem: fl.Problem, ts: np.ndarray, method: str, rtol: float, repeats: int
) -> tuple[tuple[float, float], tuple[np.ndarray, np.ndarray]]:
    """Median seconds by DOP853 and by ``method``, weights of all times included, and their products."""
    slow, plain = stopwatch(lambda: fl.solve(problem, ts, method="DOP853", rtol=rtol), repeats)
    fast, routed = stopwatch(lambda: fl.solve(problem, ts, method=method, rtol=rtol), repeats)
    return (slow, fast), (plain.product, routed.product)


def stopwatch(work: Callable[[], fl.Trajectory], repeats: int) -> tuple[float, fl.Trajectory]:
    """Median seconds of ``work`` after one call that warms up, and its result."""
    result, seconds = work(), []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds), result


def differences(data: dict[str, np.ndarray], name: str) -> np.ndarray:
    """Largest difference of the products of the two routes over time and entries, for each network."""
    return np.asarray(np.ptp(data[f"{name}_products"], axis=1).max(axis=(1, 2, 3)))


def check(data: dict[str, np.ndarray]) -> list[Check]:
    """The routes agree; no more hidden directions are left than the data and the first weights span."""
    excess = data["reduced"] - np.minimum(data["widths"], 20)
    wide, deep = (differences(data, name) for name in ("wide", "deep"))
    return [
        Check("hidden width after reduction, beyond n_0 + n_2", 0, float(np.abs(excess).max()), 0.5),
        Check("product, reduced - plain, largest", 0, float(wide.max()), TOLERANCE),
        Check("product, closed form - plain, largest", 0, float(deep.max()), TOLERANCE),
    ]


def draw(data: dict[str, np.ndarray]) -> Figure:
    """Left: seconds against width, with the reduction. Middle: against depth, by the closed form. Right: agreement."""
    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(7.2, 2.9))
    routes = (("wide", left, "widths", "reduced"), ("deep", middle, "depths", "closed form"))
    for i, (name, axes, sizes, route) in enumerate(routes):
        seconds, gaps = data[f"{name}_seconds"], differences(data, name)
        axes.plot(data[sizes], seconds[:, 0], "o-", label="DOP853")
        axes.plot(data[sizes], seconds[:, 1], "s--", label=route)
        decades = 10.0 ** np.array([np.floor(np.log10(seconds.min())), np.ceil(np.log10(seconds.max()))])
        axes.set(ylabel="seconds", yscale="log", ylim=decades)
        axes.tick_params(axis="y", which="minor", labelleft=False)
        moved = gaps > 0  # the smallest network has nothing to reduce
        size = np.arange(1, len(gaps) + 1)
        label = f"{route} - DOP853"
        right.semilogy(size[moved], gaps[moved], ("s--", "^:")[i], color=COLOURS[1 + i], label=label)
    left.set(xlabel="hidden width $h$", title="10-$h$-10, random weights", xscale="log")
    middle.set(xlabel="depth $L$", title="10 units, aligned weights")
    right.set(xlabel="network, by size", ylabel="largest difference", title="products", ylim=(1e-16, 1e-4))
    right.axhline(TOLERANCE, color="0.5", linewidth=1, label="checked")
    for axes in (left, middle, right):
        axes.legend()
    return figure


def caption(data: dict[str, np.ndarray]) -> str:
    """What is seen."""
    wide, deep = (data[f"{name}_seconds"][:, 0] / data[f"{name}_seconds"][:, 1] for name in ("wide", "deep"))
    return (
        f"Seconds for {int(data['points'])} times at a relative tolerance of {float(data['rtol']):g}, medians of "
        f"{int(data['repeats'])}, measured where the picture was made and with whatever ran beside it. "
        f"Left: random weights; the span of both layers, {data['reduced'].max():.0f} hidden directions at most, is "
        f"invariant, so that a network of width {data['widths'][-1]} is solved {wide[-1]:.0f} times faster by its "
        "reduction, lifting the weights of all times included. Middle: aligned weights of several depths, by the "
        f"closed form of their modes: {deep[0]:.0f} times faster for two layers, whose modes are elementary, and "
        f"{deep[1:].min():.1f} to {deep[1:].max():.1f} times for more, whose time is an integral. "
        "Right: the products of the layers by both routes differ by at most "
        f"{max(differences(data, name).max() for name in ('wide', 'deep')):.0e} at any time."
    )
