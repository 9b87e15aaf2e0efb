"""Saxe et al., supplement, section 1: learning times by the hyperbolic formula, over the initial strengths."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

import flowdln as fl
from flowdln.exact.hyperbola import hyperbola_clock
from flowdln.plot import COLOURS
from flowdln.reproduction.checks import Check
from flowdln.symbolic import event_time

TITLE = "The learning time, as printed and as it is"
SOURCE = "Saxe et al., supplement, eq. (4)"
PARAMETERS = {"s": 1.0, "cutoff": 0.1, "largest": 0.6, "points": 7, "smallest_scale": 1e-3}
QUICK = {"points": 4}
FULL = {"points": 25}
CLAIMS = ("saxe-9", "saxe-11", "saxe-13")


def learned(a: float, b: float, s: float, cutoff: float, factor: int) -> float:
    """The formula with ``factor s`` in place of ``s``, from the start to its cutoff; 1 is as printed."""
    c_0 = abs(a**2 - b**2)
    climbed = factor * (1 - cutoff) * s / c_0  # sinh(theta) at the end
    last, first = climbed / (1 + np.hypot(1, climbed)), min(a, b, key=abs) / max(a, b, key=abs)
    return float(hyperbola_clock(last, c_0, factor * s) - hyperbola_clock(first, c_0, factor * s))


def simulate(start: tuple[float, float], s: float, cutoff: float) -> float:
    """The time until ``a b = (1 - cutoff) s`` by an integrator."""
    end, moments = (1 - cutoff) * s, fl.Moments(np.eye(1), np.array([[s]]), s**2)
    return event_time(
        lambda y: np.ravel(fl.gradient_flow(0, tuple(y[:, None, None]), moments)),
        start,
        lambda y: y[0] * y[1] - end,
        until=100,
    )


def compute(s: float, cutoff: float, largest: float, points: int, smallest_scale: float) -> dict[str, np.ndarray]:
    """Times on a grid of initial strengths without its diagonal: by an integrator, and by both formulas."""
    first = np.linspace(largest / points, largest, points)
    second = first - largest / (2 * points)  # so that no a_0 is a b_0
    starts = [(a, b) for b in second for a in first]
    simulated, halved = ([simulate(start, target, cutoff) for start in starts] for target in (s, s / 2))
    small = (smallest_scale, 0.0)
    sum_squared = smallest_scale**2
    return {
        "first": first,
        "second": second,
        "simulated": np.array(simulated).reshape(points, points),
        "halved": np.array(halved).reshape(points, points),
        "printed": np.array([learned(*start, s, cutoff, 1) for start in starts]).reshape(points, points),
        "corrected": np.array([learned(*start, s, cutoff, 2) for start in starts]).reshape(points, points),
        "small": np.array([learned(*small, s, cutoff, factor) for factor in (1, 2)]),
        "expected_small": np.log(4 * s * (1 - cutoff) / (cutoff * sum_squared)) / (2 * s) * np.ones(1),
        "cutoff": np.array(cutoff),
        "s": np.array(s),
    }


def check(data: dict[str, np.ndarray]) -> list[Check]:
    """The corrected formula is the simulated time; the printed one is that of half the target."""
    worst = np.abs(data["corrected"] / data["simulated"] - 1).max()
    half = np.abs(data["printed"] / data["halved"] - 1).max()
    limit = data["expected_small"][0]
    return [
        Check("with 2 s for s / simulated - 1, largest", 0, worst, 1e-9),
        Check("as printed / simulated with s / 2 for the target - 1, largest", 0, half, 1e-9),
        Check(
            "with 2 s for s, from small weights / (1/2s) ln(4 s (1 - e) / (e (a_0 + b_0)^2))",
            1,
            data["small"][1] / limit,
            1e-6,
        ),
        Check("as printed / with 2 s for s, from small weights", 2, data["small"][0] / data["small"][1], 0.1),
    ]


def draw(data: dict[str, np.ndarray]) -> Figure:
    """The time over the plane of initial strengths, and both formulas against it."""
    figure, (plane, against) = plt.subplots(1, 2, figsize=(7.2, 3.4))
    levels = np.quantile(data["simulated"], [0.2, 0.4, 0.6, 0.8])
    lines = plane.contour(data["first"], data["second"], data["simulated"], levels=levels, colors="0.2", linewidths=1.2)
    plane.clabel(lines, fontsize=7, fmt="%.2f")
    plane.plot(data["first"], data["first"], "--", color="0.5", linewidth=1)
    plane.set(xlabel="initial strength $a_0$", ylabel="initial strength $b_0$", title=r"simulated (units of $\tau$)")
    plane.set(xlim=(data["first"][0], data["first"][-1]), ylim=(data["second"][0], data["second"][-1]))
    times = data["simulated"].ravel()
    ends = np.array([0, 1.05 * times.max()])
    against.plot(ends, ends, color="0.6", linewidth=1)
    against.plot(times, data["printed"].ravel(), "x", color=COLOURS[1], markersize=4, label="as printed")
    against.plot(times, data["corrected"].ravel(), "o", color=COLOURS[0], markersize=3.5, label="with $2s$ for $s$")
    against.axhline(0, color="0.8", linewidth=0.8)
    against.set(xlabel=r"simulated time (units of $\tau$)", ylabel=r"time by the formula (units of $\tau$)")
    against.set(xlim=ends, title="formula against simulation")
    against.legend(loc="upper left")
    return figure


def caption(data: dict[str, np.ndarray]) -> str:
    """What is seen."""
    ratio = data["printed"] / data["simulated"]
    return (
        f"Time until a b = {1 - float(data['cutoff']):g} s for a mode of two layers, from {ratio.size} starts (s = "
        f"{float(data['s']):g}). Left: it "
        "depends on a_0 + b_0 almost alone; the formula does not cover the dashed line of equal layers, where c_0 = "
        "0. Right: "
        "the printed formula, with its printed cutoff, against the simulated time; it is between "
        f"{ratio.min():.2f} and {ratio.max():.2f} times that, tends to twice that from small weights, and is exactly "
        f"the time of a mode of half the target. With 2 s "
        f"in place of s, in "
        "the formula and in the cutoff, it is the time."
    )
