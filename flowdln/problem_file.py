"""Problems written down in TOML: data, network, flow and descent."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from flowdln import datasets, initial
from flowdln.datasets.arguments import whole_number
from flowdln.problem import Moments, Problem
from flowdln.toml_sections import called, choice, parsed, require_key, section, selected, typed
from flowdln.validation import Array, positive_number

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
# Your own data:         source = "file", path = "data.csv", targets = ["y1", "y2"]
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
    sections = parsed(Path(path))
    for name in sections:
        choice("section", name, {"data", "network", "flow", "descent"})
    moments = _moments(dict(section(sections, "data")), Path(path).parent)
    weights = _weights(dict(section(sections, "network")), moments)
    flow = dict(section(sections, "flow"))
    problem = Problem(moments, weights, tau=flow.pop("tau", 1.0))
    descent = called("[descent]", DescentOptions, section(sections, "descent")) if "descent" in sections else None
    return ProblemFile(problem, called("[flow]", _flow, flow, beside=["tau"]), descent)


def _flow(
    time: float, points: int = 200, spacing: str = "linear", method: str = "auto", rtol: float = 1e-8
) -> FlowOptions:
    end = positive_number("time in [flow]", time, advice="The flow is reported from 0 to that time.")
    count = whole_number("points in [flow]", points, least=2, advice="That many times are reported.")
    choice("spacing in [flow]", spacing, {"linear", "log"})
    ts = np.linspace(0, end, count) if spacing == "linear" else end * np.logspace(-4, 0, count)
    return FlowOptions(ts, method, rtol)


def _moments(options: dict[str, Any], folder: Path) -> Moments:
    source = selected("[data]", options, "source", SOURCES)
    whiten = typed("whiten in [data]", options.pop("whiten", False), bool, "true or false")
    averaged = source != "modes"
    reduction = choice("reduction in [data]", options.pop("reduction", "mean"), {"mean", "sum"}) if averaged else ""
    if source == "file" and "path" in options:
        options["path"] = folder / typed("path in [data]", options["path"], str, "the name of a file")
    beside = ["source", "whiten", *(["reduction"] if averaged else [])]
    data = called(f"[data] with source = {source!r}", SOURCES[source], options, beside=beside)
    moments = data.moments(reduction) if averaged else data
    return moments.whitened() if whiten else moments


def _weights(options: dict[str, Any], moments: Moments) -> Any:
    name = selected("[network]", options, "initial", INITIALISERS)
    n_out, n_in = moments.sigma_yx.shape
    widths = "a list of widths of hidden layers, [] for none"
    require_key("[network]", options, "hidden", widths)
    hidden = typed("hidden in [network]", options.pop("hidden"), list, widths)
    fixed: dict[str, Any] = {"widths": (n_in, *hidden, n_out)}
    if name == "aligned":
        fixed["moments"] = moments
    return called(
        f"[network] with initial = {name!r}", INITIALISERS[name], options, beside=["initial", "hidden"], **fixed
    )
