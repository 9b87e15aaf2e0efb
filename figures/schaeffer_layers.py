"""Schaeffer: one layer against two on the same data, and why a linear map is learned by nonlinear dynamics."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

import flowdln as fl
from flowdln.modes import mode_targets
from flowdln.observe import crossing_times
from flowdln.plot import COLOURS, DASHES
from flowdln.reproduction.checks import Check

TITLE = "One layer against two"
SOURCE = "Schaeffer, Deep Linear Neural Networks"
CLAIMS = ("schaeffer-6", "schaeffer-8", "schaeffer-9", "neuromatch-9")
PARAMETERS = {"samples": 60, "widths": [3, 4, 2], "scale": 0.1, "time": 5.0, "seed": 4}
QUICK: dict[str, object] = {}
LAYERS = (1, 2, 3)
ERRORS = {"squared error": 2, "linear error": 1}  # and the degree in the output
FACTORS = np.geomspace(0.1, 1000, 81)


def compute(samples: int, widths: list[int], scale: float, time: float, seed: int) -> dict[str, np.ndarray]:
    """Maps along the flow from two starts and their mean, for two layers and for one, and velocities at scaled weights.

    The document's loss is twice ours, so that its flow is twice as fast: tau is one half.
    """
    rng = np.random.default_rng(seed)
    inputs = rng.standard_normal((samples, widths[0])) * [1.4, 1.0, 0.7]
    targets = inputs @ rng.standard_normal((widths[0], widths[-1])) + 0.3 * rng.standard_normal((samples, widths[-1]))
    moments = fl.Moments.from_data(inputs, targets)
    first, second = (fl.initial.small_random(widths, scale=scale * (1 + 4 * k), seed=seed + k) for k in (0, 1))
    mean = tuple((a + b) / 2 for a, b in zip(first, second, strict=True))
    ts = np.linspace(0, time, 251)
    deep = [fl.solve(fl.Problem(moments, start, tau=0.5), ts, rtol=1e-10) for start in (first, second, mean)]
    maps = [fl.end_to_end(start) for start in (first, second)]
    maps.append((maps[0] + maps[1]) / 2)
    shallow = [fl.solve(fl.Problem(moments, (start,), tau=0.5), ts) for start in maps]
    return {
        "ts": ts,
        "samples": np.array(samples),
        "widths": np.array(widths),
        "deep_modes": deep[0].modes,
        "shallow_modes": shallow[0].modes,
        "targets": mode_targets(moments),
        "deep": np.stack([flow.product for flow in deep]),
        "shallow": np.stack([flow.product for flow in shallow]),
        "velocities": np.stack([velocities(layers, moments, seed) for layers in LAYERS]),
    }


def velocities(layers: int, moments: fl.Moments, seed: int) -> np.ndarray:
    """Size of the velocity at multiples of random weights, ``(2, K)``: for a squared and for a linear error.

    The error ``-y^T yhat`` has the moments of the squared one but for ``sigma_xx``, which is zero.
    """
    n_out, n_in = moments.sigma_yx.shape
    weights = fl.initial.small_random((n_in, *[4] * (layers - 1), n_out), scale=1.0, seed=seed)
    errors = (moments, moments._replace(sigma_xx=np.zeros_like(moments.sigma_xx)))
    flows = [[fl.gradient_flow(0, [c * w for w in weights], error) for c in FACTORS] for error in errors]
    return np.array([[np.sqrt(sum(np.sum(v**2) for v in flow)) for flow in row] for row in flows])


def degrees(data: dict[str, np.ndarray]) -> np.ndarray:
    """Power of the factor with which the velocity grows at the largest ones, ``(layers, errors)``."""
    last = np.log(data["velocities"][:, :, [-11, -1]])
    return (last[:, :, 1] - last[:, :, 0]) / np.log(FACTORS[-1] / FACTORS[-11])


def check(data: dict[str, np.ndarray]) -> list[Check]:
    """Degrees of the velocities; mixtures of trajectories that are trajectories for one layer only; the same end."""
    found = degrees(data)
    apart = {name: np.abs(data[name][2] - data[name][:2].mean(axis=0)).max() for name in ("shallow", "deep")}
    end = data["deep_modes"][-1] / data["targets"]
    half = [crossing_times(data["ts"], data[f"{name}_modes"], data["targets"] / 2)[0] for name in apart]
    return [
        *(
            Check(f"degree of the velocity, {layers} layers, {error}", layers * degree - 1, found[i, j], 0.001)
            for i, layers in enumerate(LAYERS)
            for j, (error, degree) in enumerate(ERRORS.items())
        ),
        Check("mixture of trajectories off the trajectory of the mixture, one layer", 0, apart["shallow"], 1e-13),
        Check("the same, one layer / two layers", 0, apart["shallow"] / apart["deep"], 1e-12),
        Check("first mode at the end / least squares, two layers", 1, end[0], 1e-4),
        Check("half-time of the first mode, one layer / two, below 1", 0, half[0] / half[1], 1),
    ]


def draw(data: dict[str, np.ndarray]) -> Figure:
    """Modes of both networks; mixtures; velocities over the scale of the weights."""
    figure, (modes, mixtures, speeds) = plt.subplots(1, 3, figsize=(9.6, 3.3))
    for mode in (0, 1):
        modes.axhline(data["targets"][mode], color="0.6", linestyle=":", linewidth=0.8)
        for i, name in enumerate(("shallow", "deep")):
            label = ("one layer", "two layers")[i] if mode == 0 else None
            modes.plot(data["ts"], data[f"{name}_modes"][:, mode], DASHES[i], color=COLOURS[i], label=label)
    row, column = np.unravel_index(np.abs(data["deep"][0, -1]).argmax(), data["deep"][0, -1].shape)
    for i, name in enumerate(("shallow", "deep")):
        network = ("one layer", "two layers")[i]
        entries = data[name][:, :, row, column]
        mixtures.plot(data["ts"], entries[2], color=COLOURS[i], linewidth=4, alpha=0.35, label=f"{network}, mean start")
        mixtures.plot(
            data["ts"], entries[:2].mean(axis=0), DASHES[i], color=COLOURS[i], label=f"{network}, mean of two"
        )
    for i, layers in enumerate(LAYERS):
        for j, error in enumerate(ERRORS):
            label = f"{layers} layer{'s' if layers > 1 else ''}, {error}"
            speeds.loglog(FACTORS, data["velocities"][i, j], ("-", "--")[j], color=COLOURS[i], label=label)
    modes.set(xlabel="time (learning rate times steps)", ylabel="mode strength", title="the same data")
    mixtures.set(
        xlabel="time (learning rate times steps)", ylabel="entry of the map", title="is the mean of two runs a run?"
    )
    speeds.set(xlabel="factor of the weights", ylabel="size of the velocity", title="degree of the dynamics")
    modes.legend(loc="center right")
    mixtures.legend(loc="upper right", fontsize=7)
    speeds.legend(loc="upper left", fontsize=7)
    return figure


def caption(data: dict[str, np.ndarray]) -> str:
    """What is seen."""
    first, second = data["targets"]
    inputs, hidden, outputs = data["widths"]
    return (
        f"{data['samples']:d} samples with {inputs} inputs of unequal power and {outputs} noisy outputs; one layer, "
        f"{inputs}-{outputs}, and two, {inputs}-{hidden}-{outputs}, that start at the same map near zero and follow "
        "the flow of the squared error without a factor one half. Left: their modes, which end at those of least "
        f"squares, {first:.2f} and {second:.2f} (dotted). One layer relaxes exponentially from the start; two wait, "
        "learn the strong mode in a stage, and then the weak one. "
        "Middle: from two starts and from their mean. For one layer the mean of the two runs is the run from the "
        "mean, as the dynamics are linear; for two layers it is not. Right: size of the velocity at c W over c. "
        "The print has it that the squared error makes the dynamics nonlinear. It takes both: D layers and an error "
        "of degree d in the output have velocities of degree D d - 1 in the weights, which are 1, 3 and 5 for the "
        "squared error and 0, 1 and 2 for the error - y^T yhat. So one layer with a squared error is linear, and so "
        "are two with the linear one."
    )
