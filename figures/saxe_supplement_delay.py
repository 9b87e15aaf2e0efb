"""Saxe et al., supplement, section 2.1: how much later deep networks learn, with learning rates that suit them."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

import flowdln as fl
from flowdln.exact import balanced_mode_time, balanced_sharpness, infinite_depth_time
from flowdln.observe import crossing_times
from flowdln.plot import COLOURS, DASHES
from flowdln.reproduction.checks import Check

TITLE = "The delay of depth"
SOURCE = "Saxe et al., supplement, eq. (21) to (23)"
PARAMETERS = {"depths": [2, 3, 5, 20], "share": 0.99, "constant": 20.0, "simulated": [0.3, 0.1, 0.03]}
QUICK = {"depths": [2, 3, 5], "simulated": [0.3, 0.1]}
FULL: dict[str, object] = {}
CLAIMS = ("saxe-30", "saxe-31", "saxe-32", "saxe-33")


def compute(depths: list[int], share: float, constant: float, simulated: list[float]) -> dict[str, np.ndarray]:
    """Steps over ``c`` until ``u = share`` at ``s = 1``, for rates ``1 / (c lambda_1)``: by formulas and by descent."""
    starts = np.geomspace(1e-3, 0.5, 60)
    return {
        "depths": np.array(depths),
        "starts": starts,
        "simulated": np.array(simulated),
        "finite": np.array([balanced_sharpness(1.0, d) * balanced_mode_time(share, starts, 1.0, d) for d in depths]),
        "stated": np.log(share * (1 - starts) / (starts * (1 - share))),  # eq. (21)
        "infinite": infinite_depth_time(share, starts, 1.0),
        "few": np.array([balanced_sharpness(1.0, d) * balanced_mode_time(share, simulated, 1.0, d) for d in depths]),
        "descent": np.array([[steps(u, share, d, constant) for u in simulated] for d in depths]) / constant,
        "share": np.array(share),
        "constant": np.array(constant),
    }


def steps(start: float, share: float, depth: int, constant: float) -> float:
    """Steps of descent on a chain of equal layers until the product is ``share``, interpolated."""
    moments = fl.Moments(np.eye(1), np.eye(1), 1.0)
    weights = (np.array([[start ** (1 / depth)]]),) * depth
    rate = float(1 / (constant * balanced_sharpness(1.0, depth)))
    enough = int(1.2 * constant * infinite_depth_time(share, start, 1.0))
    modes = fl.descend(fl.Problem(moments, weights), learning_rate=rate, steps=enough).modes
    return float(crossing_times(np.arange(enough + 1.0), modes, share)[0])


def check(data: dict[str, np.ndarray]) -> list[Check]:
    """Two layers, the delay of infinite depth, the order of the depths, and descent beside the flow."""
    u, end = data["starts"], float(data["share"])
    delay = data["infinite"] - data["finite"][0]
    ordered = np.diff(np.vstack([data["finite"], data["infinite"]]), axis=0).min()
    return [
        Check(
            "time of two layers / eq. (21) - 1, largest", 0, np.abs(data["finite"][0] / data["stated"] - 1).max(), 1e-12
        ),
        Check("delay / (s/u_0 - s/u_f) - 1, largest", 0, np.abs(delay / (1 / u - 1 / end) - 1).max(), 1e-10),
        Check("1 if each depth is later than the last", 1, float(ordered > 0), 0.5),
        Check("descent / flow - 1, largest", 0, np.abs(data["descent"] / data["few"] - 1).max(), 0.05),
    ]


def draw(data: dict[str, np.ndarray]) -> Figure:
    """Times over the initial strength, and the delay."""
    figure, (times, delays) = plt.subplots(1, 2, figsize=(7.2, 3.3))
    for i, depth in enumerate(data["depths"]):
        times.loglog(data["starts"], data["finite"][i], DASHES[i % 4], color=COLOURS[i], label=f"$L = {depth}$")
        times.plot(data["simulated"], data["descent"][i], "o", color=COLOURS[i], markersize=4, markerfacecolor="white")
    times.plot(data["starts"], data["infinite"], color="black", label=r"$L = \infty$")
    times.set(xlabel="initial strength $u_0 / s$", ylabel="steps / $c$", title="learning time")
    times.legend()
    delay = data["infinite"] - data["finite"][0]
    delays.loglog(data["starts"], delay, color="black", label=r"$t_\infty - t_3$")
    delays.plot(data["starts"], 1 / data["starts"], ":", color=COLOURS[1], label=r"$s / u_0$")
    delays.plot(data["starts"], data["finite"][0], color=COLOURS[0], linestyle="--", label="$t_3$")
    delays.set(xlabel="initial strength $u_0 / s$", ylabel="steps / $c$", title="delay of infinite depth")
    delays.legend()
    return figure


def caption(data: dict[str, np.ndarray]) -> str:
    """What is seen."""
    start = data["starts"][0]
    delay = (data["infinite"] - data["finite"][0])[0]
    return (
        f"Steps of descent until {100 * float(data['share']):g} % of a mode are learned, with the learning rate 1 / "
        f"(c lambda_1) "
        "that suits each depth, in units of c: by the closed forms of the flow (lines) and by descent with c = "
        f"{float(data['constant']):g} (circles). Right: infinitely many layers are later than two by s / u_0 - s / "
        f"u_f. "
        f"That is finite, but not small: from u_0 = {start:g} s it is {delay / data['finite'][0][0]:.0f} times the "
        f"time of "
        "two layers. All depths start from the same product of strengths, so in deep networks each layer starts "
        "close to its "
        "end."
    )
