"""Neuromatch tutorial: does a shark have bones? Illusory correlations while a deep network learns."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

import flowdln as fl
from figures.neuromatch_stages import modes_by_theory, setting, tutorial_problem
from flowdln.modes import svd_frame
from flowdln.plot import COLOURS, DASHES
from flowdln.reproduction.checks import Check

TITLE = "Does a shark have bones?"
SOURCE = "Neuromatch, illusory correlations"
CLAIMS = ("neuromatch-12",)
PARAMETERS = {
    "flip": 0.15,
    "features": 10_000,
    "hidden": 30,
    "gammas": [1e-12, 1.0, 10.0],
    "learning_rate": 100,
    "epochs": 300,
    "seed": 0,
}
QUICK: dict[str, object] = {}
YES = np.array([False, True, True, True, False, False, False, False])  # a shark, its sister, two birds, four plants
CODINGS = {"-1 and 1": (-1.0, 1.0), "0 and 1": (0.0, 1.0), "-0.75 and 1.25": (-0.75, 1.25)}  # of no and yes
STAGES = tuple(float(YES[: 2**level].mean()) for level in (3, 2, 1, 0))  # of the leaves around the shark
NO, ANSWER = np.array(list(CODINGS.values())).T


def compute(
    flip: float, features: int, hidden: int, gammas: list[float], learning_rate: float, epochs: int, seed: int
) -> dict[str, np.ndarray]:
    """Answers about the shark over time, between no (0) and yes (1), for two layers and one, codings, and scales."""
    properties, ts = np.where(YES[:, None], ANSWER, NO), np.arange(0, epochs + 1.0, 2)

    def answers(units: int, gamma: float) -> np.ndarray:
        problem = tutorial_problem(flip, features, units, gamma, seed, properties)
        flow = fl.solve(problem, ts * learning_rate, save=about_the_shark)
        return (flow.saved - NO) / (ANSWER - NO)

    small = tutorial_problem(flip, features, hidden, gammas[0], seed, properties)
    left, _, right = svd_frame(small.moments)
    modes = modes_by_theory(small, ts * learning_rate)
    return {
        **setting(features, hidden, flip, learning_rate),
        "epochs": ts,
        "gammas": np.array(gammas),
        "theory": ((modes * right[0]) @ left[-len(CODINGS) :].T - NO) / (ANSWER - NO),
        "deep": np.stack([answers(hidden, gamma) for gamma in gammas]),
        "shallow": answers(0, gammas[0]),
    }


def about_the_shark(weights: tuple[np.ndarray, ...]) -> np.ndarray:
    """The outputs for the last properties, one for each coding, with the first item as the input."""
    return fl.end_to_end((*weights[:-1], weights[-1][-len(CODINGS) :]))[:, 0]


def check(data: dict[str, np.ndarray]) -> list[Check]:
    """The means over the relatives of the shark, stage by stage; the illusion; and none without a hidden layer."""
    deep, shallow = data["deep"][0], data["shallow"]
    time = 2 * data["learning_rate"] / (data["features"] + len(CODINGS)) * data["epochs"][-1]
    kept = shallow[-1, 0] / shallow[0, 0] / np.exp(-time / 8)
    return [
        Check("first stage: answer before the rise / mean over 8 items", 1, trough(deep[:, 0]) / STAGES[0], 0.03),
        Check("second stage: largest answer / mean over 4 items", 1, deep[:, 0].max() / STAGES[1], 0.03),
        Check("third stage: answer where it is flattest / mean over 2 items", 1, shelf(data) / STAGES[2], 0.05),
        Check("answers of two layers - modes alone, largest", 0, np.abs(deep - data["theory"]).max(), 0.04),
        Check("epochs in which bones are more likely than not", seeming(data["theory"]), seeming(deep), 5),
        Check(
            "largest difference of codings from the largest answer on",
            0,
            np.ptp(deep[deep[:, 0].argmax() :], axis=1).max(),
            0.006,
        ),
        Check("largest answer of one layer, coded -1 and 1", 0.5, shallow[:, 0].max(), 1e-9),
        Check("share of the start that one layer keeps / exp(-t / 8) on the flow's clock", 1, kept, 1e-3),
        Check("largest answer of two layers from scale 1, hardly above chance", 0.5, data["deep"][1, :, 0].max(), 0.02),
    ]


def seeming(answers: np.ndarray) -> float:
    """Epochs in which the answer coded -1 and 1 is above that to an output of zero, one half, by more than 2 %."""
    return 2.0 * float(np.heaviside(answers[:, 0] - 0.52, 0.0).sum())  # nan for nan


def trough(answer: np.ndarray) -> float:
    """The smallest answer before the largest."""
    return float(answer[: answer.argmax() + 1].min())


def shelf(data: dict[str, np.ndarray]) -> float:
    """The answer, after the largest one, where it changes least before it falls below a quarter."""
    answer = data["deep"][0, :, 0]
    falling = np.flatnonzero((np.arange(len(answer)) > answer.argmax()) & (answer > 0.25))
    return float(answer[falling[np.abs(np.gradient(answer))[falling].argmin()]]) if len(falling) else float("nan")


def draw(data: dict[str, np.ndarray]) -> Figure:
    """Two layers, one layer, and two layers from larger weights."""
    figure, panels = plt.subplots(1, 3, figsize=(9.6, 3.2), sharey=True)
    scales = {
        f"$\\gamma = ${gamma:g}": answers[:, 0] for gamma, answers in zip(data["gammas"], data["deep"], strict=True)
    }
    for axes, answers in zip(panels[:2], (data["deep"][0], data["shallow"]), strict=True):
        for i, coding in enumerate(CODINGS):
            axes.plot(data["epochs"], answers[:, i], DASHES[i], color=COLOURS[i], label=coding)
    for i, (name, answer) in enumerate(scales.items()):
        panels[2].plot(data["epochs"], answer, DASHES[i], color=COLOURS[(0, 4, 6)[i]], label=name)
    for mean, start, size in zip(STAGES[:3], (62, 90, 118), (8, 4, 2), strict=True):
        panels[0].plot([start, 195], [mean, mean], color="0.4", linewidth=0.8, zorder=1)
        panels[0].annotate(
            f"{mean:g}, mean of {size}", (198, mean), fontsize=8, va="center", color="0.3", backgroundcolor="white"
        )
    for axes, title in zip(panels, ("two layers", "one layer", "two layers, larger weights"), strict=True):
        axes.axhline(0.5, color="0.7", linewidth=0.8, linestyle=":")
        axes.set(xlabel="time (epochs)", ylabel="answer, no = 0, yes = 1", title=title, ylim=(-0.1, 1.05))
    panels[1].legend(loc="upper right", title="no and yes coded as (left, too)")
    panels[2].legend(loc="upper right")
    return figure


def caption(data: dict[str, np.ndarray]) -> str:
    """What is seen."""
    peak = data["deep"][0, :, 0]
    return (
        "Among eight items of a hierarchy all animals but the shark have bones, and no plant has any; the network is "
        f"told so each time. It has {data['features']:d} other features to learn (flip {data['flip']:g}), "
        f"{data['units']:d} hidden units, and follows the flow of the mean-squared error at learning rate "
        f"{data['learning_rate']:g}. Left: two layers from weights of standard deviation {data['gammas'][0]:g} / "
        "sqrt(n_in + n_out). The answer about the shark goes through the means over the items that have not been told "
        "apart from it: 3/8 of all, 3/4 of the animals, 1/2 of the fish, and 0 (grey). It is largest, "
        f"{peak.max():.2f}, at epoch {data['epochs'][peak.argmax()]:.0f}. How no and yes are coded matters before the "
        "first stage only, where the output is zero. Middle: one layer has weights of its own for each item and is "
        f"never under the illusion, but after {data['epochs'][-1]:.0f} epochs it has not forgotten its start either, "
        "as each item makes up 1/8 of the inputs. Right: from larger weights (coded -1 and 1) there are no stages and "
        "no illusion; what the largest ones answer at first is chance."
    )
