"""Basu, Mukherjee and Vasudevan, Fig. 1 (i) and (ii): norms of the layers during training."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

import flowdln as fl
from flowdln.plot import COLOURS, DASHES
from flowdln.reproduction.checks import Check

TITLE = "Layers grow in step"
SOURCE = "Basu et al., Fig. 1 (i) and (ii)"
CLAIMS = ("basu-5", "basu-9", "basu-60", "basu-61")
PARAMETERS = {"shallow": [10, 6, 3], "deep": [10, 8, 6, 4, 3], "time": 6.0, "seed": 1}
QUICK: dict[str, float] = {}


def compute(shallow: list[int], deep: list[int], time: float, seed: int) -> dict[str, np.ndarray]:
    """Norms of layers and products along the flow, for both networks, on a Gaussian mixture with a linear teacher."""
    samples = fl.datasets.gaussian_mixture(shallow[0], shallow[-1], seed=seed)
    moments = samples.moments()
    ts = np.linspace(0, time, 301)
    data: dict[str, np.ndarray] = {
        "ts": ts,
        "samples": np.array(samples.inputs.shape),
        "shallow_widths": np.array(shallow),
        "deep_widths": np.array(deep),
        "correlation": np.asarray(np.linalg.norm(moments.sigma_yx)),
        "solution": np.asarray(np.linalg.norm(np.linalg.solve(moments.sigma_xx, moments.sigma_yx.T))),
    }
    for name, widths in (("shallow", shallow), ("deep", deep)):
        flow = fl.solve(fl.Problem(moments, fl.initial.glorot(widths, seed=seed)), ts, rtol=1e-10)
        data[f"{name}_norms"] = flow.layer_norms
        data[f"{name}_product"] = np.linalg.norm(flow.product, axis=(1, 2))
    return data


def check(data: dict[str, np.ndarray]) -> list[Check]:
    """Differences of squared norms are constant; the product tends to least squares, not to sigma_yx."""
    checks = []
    for name, depth in (("shallow", 2), ("deep", 4)):
        squares = data[f"{name}_norms"] ** 2
        drift = np.abs(np.diff(squares - squares[0], axis=1)).max()
        checks.append(Check(f"drift of |W_l+1|^2 - |W_l|^2, {depth} layers", 0, drift, 1e-9))
        ratio = data[f"{name}_product"][-1] / data["solution"]
        checks.append(Check(f"final |W_L...W_1| / |least squares|, {depth} layers", 1, ratio, 1e-3))
    return checks


def draw(data: dict[str, np.ndarray]) -> Figure:
    """A panel for each network."""
    figure, panels = plt.subplots(1, 2, figsize=(7.2, 3.6))
    for axes, name in zip(panels, ("shallow", "deep"), strict=True):
        norms = data[f"{name}_norms"]
        for i, norm in enumerate(norms.T):
            axes.plot(data["ts"], norm, DASHES[i % 4], color=COLOURS[i], label=f"$|W_{i + 1}|_F$")
        product = " ".join(f"W_{i}" for i in range(norms.shape[1], 0, -1))
        axes.plot(data["ts"], data[f"{name}_product"], color="black", label=f"$|{product}|_F$")
        axes.axhline(data["correlation"], color="0.5", linestyle=":", label=r"$|\Sigma_{yx}|_F$")
        axes.axhline(
            data["solution"], color="0.5", linestyle="--", linewidth=1, label=r"$|\Sigma_{yx}\Sigma_{xx}^{-1}|_F$"
        )
        axes.set(xlabel=r"time $t$ (units of $\tau$)", ylabel="Frobenius norm", ylim=(0, None))
    panels[0].plot(
        data["ts"], data["shallow_norms"].prod(axis=1), color=COLOURS[3], linewidth=1, label="$|W_1|_F |W_2|_F$"
    )
    for axes, number, name in zip(panels, ("i", "ii"), ("shallow", "deep"), strict=True):
        axes.set_title(f"({number}) " + "-".join(f"{width:.0f}" for width in data[f"{name}_widths"]))
    for axes in panels:
        axes.legend(ncols=2, loc="upper left", bbox_to_anchor=(0, -0.2))
    return figure


def caption(data: dict[str, np.ndarray]) -> str:
    """What is seen."""
    samples, inputs = data["samples"].astype(int)
    return (
        f"Gradient flow from Glorot weights on {samples} samples of three Gaussians in {inputs} dimensions with a "
        "linear teacher. "
        "All layers grow together: the differences of their squared norms are conserved, so that the norms themselves "
        "stay close and draw closer as they grow, by the ratio of their sums. The product tends to the least-squares "
        "solution, of norm "
        f"{data['solution']:.2f} (dashed). The print says that it tends to the input-output correlation, of norm "
        f"{data['correlation']:.2f} (dotted); that is so for whitened inputs, which these are not."
    )
