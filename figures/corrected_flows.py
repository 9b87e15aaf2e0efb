"""Gradient descent against the gradient flow, and against the flows that backward error analysis corrects it to."""

from functools import partial

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

import flowdln as fl
from flowdln.integrate import Equation, integrate
from flowdln.modes import mode_strengths, svd_frame
from flowdln.modified import corrected_flow
from flowdln.plot import COLOURS, DASHES
from flowdln.reproduction.checks import Check
from flowdln.solution import valid_tolerance

TITLE = "Which flow does gradient descent follow?"
SOURCE = "flowdln"
CLAIMS = ("basu-3",)
PARAMETERS = {"scale": 0.03, "time": 7.0, "rates": [0.2, 0.1, 0.05, 0.025, 0.0125], "rtol": 1e-12, "seed": 0}
QUICK = {"rates": [0.1, 0.05, 0.025]}
FULL = {"rates": [0.2, 0.1, 0.05, 0.025, 0.0125, 0.00625, 0.003125]}
TERMS = (0, 1, 2)
NAMES = ("gradient flow", "first correction", "second correction")


def compute(scale: float, time: float, rates: list[float], rtol: float, seed: int) -> dict[str, np.ndarray]:
    """Distances in the weights, at all steps of the largest learning rate, and the largest ones at all rates."""
    moments = fl.Moments.from_modes([2.0, 1.0], 4, 3, seed=seed)
    problem = fl.Problem(moments, fl.initial.small_random((4, 5, 3), scale=scale, seed=seed))
    runs = [fl.descend(problem, learning_rate=rate, steps=round(time / rate)) for rate in rates]
    flows = [
        [follow(problem, run.ts, rate, terms, rtol) for terms in TERMS] for rate, run in zip(rates, runs, strict=True)
    ]
    gaps = [[distance(run.weights, flow) for flow in each] for run, each in zip(runs, flows, strict=True)]
    comparison = fl.compare(problem, learning_rate=rates[-1], steps=round(time / rates[-1]))
    frame = svd_frame(moments)
    return {
        "rates": np.array(rates),
        "ts": runs[0].ts,
        "descent": runs[0].modes,
        "flows": np.array([mode_strengths(fl.end_to_end(flow), frame) for flow in flows[0]]),
        "gaps": np.array(gaps[0]),
        "largest": np.array([[gap.max() for gap in each] for each in gaps]),
        "predicted": np.array(comparison.predicted_gap.max()),
    }


def follow(problem: fl.Problem, ts: np.ndarray, rate: float, terms: int, rtol: float) -> tuple[np.ndarray, ...]:
    """Weights of the flow with so many corrections, at the times ``ts``."""
    velocity = partial(corrected_flow, learning_rate=rate, terms=terms)
    equation = Equation(velocity, problem.weights, problem.moments)
    return integrate(equation, ts, method="DOP853", tolerance=valid_tolerance(problem, rtol, None)).kept


def distance(first: tuple[np.ndarray, ...], second: tuple[np.ndarray, ...]) -> np.ndarray:
    """Norm of the difference of all weights, at each time."""
    squares = [np.sum((a - b) ** 2, axis=(1, 2)) for a, b in zip(first, second, strict=True)]
    return np.asarray(np.sqrt(np.sum(squares, axis=0)))


def orders(data: dict[str, np.ndarray]) -> np.ndarray:
    """Power of the learning rate with which each gap falls, from the two smallest rates."""
    (coarse, fine), rates = data["largest"][-2:], data["rates"][-2:]
    return np.asarray(np.log(coarse / fine) / np.log(rates[0] / rates[1]))


def check(data: dict[str, np.ndarray]) -> list[Check]:
    """Each correction gains an order; the gap to the flow is the one predicted."""
    powers, rate = orders(data), float(data["rates"][-1])  # the next term is smaller by about this
    return [
        *(
            Check(f"power of the learning rate, {name}", terms + 1, powers[terms], 4 * rate)
            for terms, name in zip(TERMS, NAMES, strict=True)
        ),
        Check("gap to the flow, predicted / measured", 1, data["predicted"] / data["largest"][-1, 0], 2 * rate),
    ]


def draw(data: dict[str, np.ndarray]) -> Figure:
    """Modes at the largest rate; gaps over time; largest gaps over the rate."""
    figure, (first, second, third) = plt.subplots(1, 3, figsize=(7.2, 2.9))
    for terms, name in zip(TERMS, NAMES, strict=True):
        style = {"color": COLOURS[terms], "linestyle": DASHES[terms]}
        first.plot(data["ts"], data["flows"][terms], **style)
        second.semilogy(data["ts"][1:], data["gaps"][terms, 1:], **style)
        third.loglog(data["rates"], data["largest"][:, terms], "os^"[terms], label=name, **style)
    first.plot(data["ts"], data["descent"], ".", color="black", label="descent")
    first.set(ylabel="mode strength", title=rf"modes, $\eta = {data['rates'][0]:g}$")
    second.set(ylabel="distance in weights", title=rf"descent from flow, $\eta = {data['rates'][0]:g}$")
    third.set(xlabel=r"learning rate $\eta$", ylabel="largest distance in weights", title="over the learning rate")
    third.set_xticks(data["rates"][::2], [f"{rate:g}" for rate in data["rates"][::2]])
    third.minorticks_off()
    for axes in (first, second):
        axes.set_xlabel(r"time $t$ (units of $\tau$)")
    figure.legend(handles=[first.lines[-1], *third.lines], loc="outside lower center", ncols=4)
    return figure


def caption(data: dict[str, np.ndarray]) -> str:
    """What is seen."""
    gaps, powers = data["largest"][0], orders(data)
    return (
        "A 4-5-3 network learns two modes of strengths 2 and 1 from small random weights. Left: gradient descent with "
        f"learning rate {data['rates'][0]:g} (dots) is later than the gradient flow (solid), and on the flow with one "
        "or two corrections: -eta/2 f' f, which adds eta/4 times the squared gradient to the loss, and "
        "eta^2 (f''(f, f) / 12 + f' f' f / 3). Middle: distance of descent from the three flows, at most "
        f"{gaps[0]:.2f}, {gaps[1]:.2f} and {gaps[2]:.3f}. Right: it falls with the learning rate to the powers "
        f"{powers[0]:.2f}, {powers[1]:.2f} and {powers[2]:.2f}, measured down to {data['rates'][-1]:g}. Descent "
        "departs from the flow by a bias, which is known, and not by noise."
    )
