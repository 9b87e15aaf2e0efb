"""Saxe et al., supplement, section 2: curvature on the way to the optimum, for several depths."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

import flowdln as fl
from flowdln.exact import balanced_sharpness
from flowdln.exact.balanced_curvature import balanced_curvature
from flowdln.plot import COLOURS, DASHES
from flowdln.reproduction.checks import Check
from flowdln.tangent import jacobian

TITLE = "Curvature on the way to the optimum"
SOURCE = "Saxe et al., supplement, eq. (12) to (19)"
PARAMETERS = {"s": 1.5, "depths": [2, 3, 5, 10], "points": 201, "checked": 9}
QUICK: dict[str, float] = {}
FULL: dict[str, float] = {}
CLAIMS = ("saxe-22", "saxe-23", "saxe-26", "saxe-27")


def compute(s: float, depths: list[int], points: int, checked: int) -> dict[str, np.ndarray]:
    """Both eigenvalues over the share ``u / s``, and all of the whole network's Hessian at a few shares."""
    shares = np.linspace(0, 1.1, points)
    data = {"s": np.array(s), "shares": shares, "few": np.linspace(0.05, 1, checked)}
    for depth in depths:
        data[f"closed_{depth}"] = np.array(balanced_curvature((shares * s) ** (1 / depth), s, depth))
        data[f"hessian_{depth}"] = np.array([spectrum((x * s) ** (1 / depth), s, depth) for x in data["few"]])
    return data


def depths_of(data: dict[str, np.ndarray]) -> list[int]:
    """The depths shown."""
    return [int(key.partition("_")[2]) for key in data if key.startswith("closed_")]


def spectrum(a: float, s: float, depth: int) -> np.ndarray:
    """Eigenvalues of the Hessian of a chain of equal layers, from the Jacobian of the shipped flow."""
    moments = fl.Moments(np.eye(1), np.array([[s]]), s**2)
    return np.linalg.eigvalsh(-jacobian(lambda w: fl.gradient_flow(0, w, moments), [np.array([[a]])] * depth))


def check(data: dict[str, np.ndarray]) -> list[Check]:
    """The closed form is the Hessian's; the two cross at half the strength; the largest of all is at the optimum."""
    s, few, checks = float(data["s"]), data["few"], []
    for depth in depths_of(data):
        along, across = balanced_curvature((few * s) ** (1 / depth), s, depth)
        stated = np.sort(np.array([along, *[across] * (depth - 1)]), axis=0).T
        unit = balanced_sharpness(s, depth)
        checks.append(
            Check(
                f"eigenvalues - those of the network, {depth} layers",
                0,
                np.abs(stated - data[f"hessian_{depth}"]).max(),
                1e-10,
            )
        )
        first, second = data[f"closed_{depth}"]
        crossing = np.interp(0, (first - second)[1:], data["shares"][1:])
        checks.append(Check(f"share at which the two are equal, {depth} layers", 0.5, crossing, 0.01))
        on_the_way = np.abs(data[f"hessian_{depth}"]).max() / unit
        checks.append(Check(f"largest magnitude on the way / L s^(2 - 2/L), {depth} layers", 1, on_the_way, 1e-10))
    return checks


def draw(data: dict[str, np.ndarray]) -> Figure:
    """Eigenvalues along and across the line of equal strengths, in units of the largest."""
    figure, panels = plt.subplots(1, 2, figsize=(7.2, 3.2), sharex=True)
    for i, depth in enumerate(depths_of(data)):
        unit = balanced_sharpness(float(data["s"]), depth)
        for axes, row in ((panels[0], 0), (panels[1], 1)):
            axes.plot(
                data["shares"], data[f"closed_{depth}"][row] / unit, DASHES[i], color=COLOURS[i], label=f"$L = {depth}$"
            )
    panels[0].set(ylabel=r"$\lambda_1(a) \, / \, \lambda_1(a_{opt})$", title="along: all layers together")
    panels[1].set(ylabel=r"$\lambda_2(a) \, / \, \lambda_1(a_{opt})$", title="across: $L - 1$ times")
    for axes in panels:
        axes.axhline(0, color="0.7", linewidth=0.8)
        axes.axvline(1, color="0.7", linewidth=0.8)
        axes.axvline(0.5, color="0.7", linewidth=0.8, linestyle=":")
        axes.set(xlabel="share learned, $a^L / s$", xlim=(0, 1.1))
    panels[0].legend(loc="upper left")
    return figure


def caption(data: dict[str, np.ndarray]) -> str:
    """What is seen."""
    return (
        f"Eigenvalues of the Hessian of a mode with L equal layers (s = {float(data['s']):g}), in units of the "
        f"curvature at the "
        "optimum, L s^(2 - 2/L). Left: that of the direction in which all layers change together, which is negative at "
        "first. Right: that of the L - 1 directions orthogonal to it. The supplement takes the first for the "
        "largest; up to half "
        "of the strength (dotted) the second one is larger. But none exceeds the first at the optimum, so that the "
        "best "
        "learning rate is as printed. Beyond the optimum the second is negative."
    )
