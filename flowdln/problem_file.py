"""Problems written down in TOML: data, network, flow and descent."""

from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from flowdln import datasets, initial
from flowdln.datasets.contents import path_to
from flowdln.errors import InputError
from flowdln.memory import FLOAT_BYTES, require_memory
from flowdln.problem import Moments, Problem
from flowdln.toml_sections import called, choice, parsed, require_key, section, selected, typed
from flowdln.validation import Array, Weights, positive_number, whole_number
from flowdln.vector_field import loss

WORK_COPIES = 3  # of the weights, beside those that are kept

EXAMPLE = """\
# A problem for `flowdln solve` and `flowdln compare`. Save it as problem.toml and change what you like.

[data]
source = "hierarchy"     # or "digits", "semantic", "gaussian_mixture", "mnist", "modes", "file"
levels = 3               # the other keys are the arguments of flowdln.datasets.<source>
flip = 0.1
features = 60
seed = 0
reduction = "mean"       # moments are means over samples, or "sum"
whiten = false           # true: sigma_xx becomes the identity on the span of the inputs
# Your own data:         source = "file", path = "data.csv", targets = ["y1", "y2"]; if needed also sep = ";",
#                        decimal = ",", header = false; for data.npz inputs = "x_train", targets = "y_train"
# Prescribed modes:      source = "modes", singular_values = [3.0, 1.0], n_in = 8, n_out = 4

[network]
hidden = [16]            # widths of the hidden layers; [] for a single layer
initial = "small_random" # or "glorot", "orthogonal", "balanced", "lambda_balanced", "aligned"
scale = 1e-3             # the other keys are the arguments of flowdln.initial.<initial>
seed = 0

[flow]
tau = 1.0                # time constant
time = 30.0              # report from 0 to here
points = 200
spacing = "linear"       # or "log", from time / 1e4 on
method = "auto"          # closed form if one applies, else DOP853; or "exact", "RK45", "BDF", "Tsit5", ...
rtol = 1e-8

[descent]                # for `flowdln compare`, which takes only tau from [flow]
learning_rate = 0.05
steps = 600
"""

SOURCES: Mapping[str, Callable[..., Any]] = {
    "hierarchy": datasets.hierarchy,
    "gaussian_mixture": datasets.gaussian_mixture,
    "semantic": datasets.semantic,
    "digits": datasets.digits,
    "mnist": datasets.mnist,
    "file": datasets.from_file,
    "modes": Moments.from_modes,
}
INITIALISERS: Mapping[str, Callable[..., Any]] = {
    "small_random": initial.small_random,
    "glorot": initial.glorot,
    "orthogonal": initial.orthogonal,
    "balanced": initial.balanced,
    "lambda_balanced": initial.lambda_balanced,
    "aligned": initial.aligned,
}


class FlowOptions(NamedTuple):
    """How to solve."""

    ts: Array
    method: str = "auto"
    rtol: float = 1e-8


class DescentOptions(NamedTuple):
    """How to descend."""

    learning_rate: float
    steps: int


class ProblemFile(NamedTuple):
    """What a file says."""

    problem: Problem
    flow: FlowOptions
    descent: DescentOptions | None


def read_problem(path: str | Path) -> ProblemFile:
    """The problem of a TOML file such as :data:`EXAMPLE`.

    Raises
    ------
    InputError
        For a file that is missing or not TOML, for sections, keys or values that are unknown or missing.
    ShapeError, DatasetError
        From the data and the weights it asks for.
    """
    file = path_to("path", path)
    sections = parsed(file)
    for name in sections:
        choice("section", name, {"data", "network", "flow", "descent"})
    moments = _moments(dict(section(sections, "data")), file.parent)
    network, flow = (dict(section(sections, name)) for name in ("network", "flow"))
    tau = flow.pop("tau", 1.0)
    options = called("[flow]", _flow, flow, beside=["tau"])
    descent = called("[descent]", _descent, section(sections, "descent")) if "descent" in sections else None
    weights = _weights(network, moments, kept=max(len(options.ts), descent.steps if descent else 0))
    return ProblemFile(Problem(moments, weights, tau=tau), options, descent)


def _flow(
    time: float, points: int = 200, spacing: str = "linear", method: str = "auto", rtol: float = 1e-8
) -> FlowOptions:
    end = positive_number("time in [flow]", time, advice="The flow is reported from 0 to that time.")
    count = whole_number("points in [flow]", points, least=2, advice="That many times are reported.")
    require_memory(f"points in [flow] is {count}, which", FLOAT_BYTES * count, advice="Report fewer times.")
    typed("method in [flow]", method, str, "the name of a method")
    choice("spacing in [flow]", spacing, {"linear", "log"})
    ts = np.linspace(0, end, count) if spacing == "linear" else end * np.logspace(-4, 0, count)
    return FlowOptions(ts, method, rtol)


def _descent(learning_rate: float, steps: int) -> DescentOptions:
    rate = positive_number("learning_rate in [descent]", learning_rate, advice="It is the size of a step in time.")
    return DescentOptions(
        rate, whole_number("steps in [descent]", steps, least=1, advice="It counts steps of descent.")
    )


def _moments(options: dict[str, Any], folder: Path) -> Moments:
    source = selected("[data]", options, "source", SOURCES)
    whiten = typed("whiten in [data]", options.pop("whiten", False), bool, "true or false")
    averaged = source != "modes"
    reduction = choice("reduction in [data]", options.pop("reduction", "mean"), {"mean", "sum"}) if averaged else ""
    if source == "file" and "path" in options:
        options["path"] = folder / typed("path in [data]", options["path"], str, "the name of a file")
    beside = ["source", "whiten", *(["reduction"] if averaged else [])]
    _require_seed("[data]", options)
    if source == "modes":
        n_in, n_out = (
            whole_number(f"{key} in [data]", options.get(key, 1), least=1, advice="It counts features.")
            for key in ("n_in", "n_out")
        )
        _require_moments(n_in, n_out)
    data = called(f"[data] with source = {source!r}", SOURCES[source], options, beside=beside)
    if averaged:
        _require_moments(data.inputs.shape[1], data.targets.shape[1])
    with np.errstate(over="ignore", invalid="ignore"):
        moments = data.moments(reduction) if averaged else data
    if not all(np.isfinite(moment).all() for moment in moments):
        raise InputError("[data] has values whose squares overflow; expected values below 1e150. Change their units.")
    return moments.whitened() if whiten else moments


def _require_seed(where: str, options: Mapping[str, Any]) -> None:
    whole_number(f"seed in {where}", options.get("seed", 0), least=0, advice="The default is 0.")


def _require_moments(n_in: int, n_out: int) -> None:
    size = FLOAT_BYTES * n_in * (n_in + n_out)
    require_memory(f"the second moments of {n_in} inputs and {n_out} outputs", size, advice="Use fewer features.")


def _weights(options: dict[str, Any], moments: Moments, *, kept: int) -> Weights:
    """Initial weights, of which a solution keeps ``kept`` copies."""
    name = selected("[network]", options, "initial", INITIALISERS)
    n_out, n_in = moments.sigma_yx.shape
    expected = "a list of widths of hidden layers, [] for none"
    require_key("[network]", options, "hidden", expected)
    hidden = typed("hidden in [network]", options.pop("hidden"), list, expected)
    widths = (
        n_in,
        *(
            whole_number("a width in hidden", width, least=1, advice="[] stands for no hidden layer.")
            for width in hidden
        ),
        n_out,
    )
    parameters = sum(above * below for below, above in pairwise(widths))
    require_memory(
        f"a network of {parameters} weights, kept at {kept} times,",
        FLOAT_BYTES * parameters * (kept + WORK_COPIES),
        advice="Lower hidden in [network], points in [flow] or steps in [descent].",
    )
    _require_seed("[network]", options)
    fixed: dict[str, Any] = {"widths": widths} | ({"moments": moments} if name == "aligned" else {})
    where = f"[network] with initial = {name!r}"
    with np.errstate(over="ignore", invalid="ignore"):
        weights = called(where, INITIALISERS[name], options, beside=["initial", "hidden"], **fixed)
        sizes = [loss(weights, moments), *(np.vdot(weight, weight) for weight in weights)]
    if not np.isfinite(sizes).all():
        raise InputError(
            f"{where} gives weights whose loss overflows; expected a finite loss. Make the weights smaller."
        )
    return weights
