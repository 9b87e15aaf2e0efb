"""The flow of a ReLU network from flip to flip: smooth pieces by DOP853, and gates that slide."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy.integrate import DOP853
from tqdm import tqdm

from flowdln.backpropagation import Samples
from flowdln.integrate import Integration, Tolerance
from flowdln.integrate.equation import Equation, Report, check_start, incomplete
from flowdln.integrate.flattening import flatten, unflatten
from flowdln.integrate.methods import as_computed
from flowdln.relu.first_change import find_first_change
from flowdln.relu.gate_modes import Mode, Place
from flowdln.relu.losses import Loss
from flowdln.relu.sliding import after_crossing, after_slide, released, settled, slips
from flowdln.relu.vector_field import gated_flow, preactivations, relu_flow
from flowdln.validation import Array, Weights

SLACK = (
    1e-12  # relative to the largest pre-activation, now or at the start: how far on the wrong side a gate is noticed
)
TINY = 1e-300  # so that a network of zeros, which rests, is not due for a change
SHORT = 1e-9  # relative to the whole time: of a piece
MOST_STEPS = 100_000  # about a minute for a small network
MOST_SHORT = 100  # short pieces, one after another: more are a circle


@np.errstate(over="ignore", invalid="ignore", divide="ignore")  # trial steps may overflow, and are rejected
def integrate_piecewise(
    initial: Weights,
    samples: Samples,
    loss: Loss,
    ts: Array,
    *,
    tolerance: Tolerance,
    progress: bool = False,
    report: Report = as_computed,
) -> Integration:
    """Layers at the times ``ts``, in units of tau; the integration restarts wherever a gate flips or begins to slide.

    Raises
    ------
    SolveError
        If the velocity at the start overflows. If a step fails, there are more than 100,000, or the gates change for
        ever at one time; with the part that was computed until then as its ``trajectory``.
    """
    check_start(Equation(partial(relu_flow, loss=loss), initial, samples))
    currents = preactivations(initial, samples.inputs)[:-1]
    size = max((float(np.abs(current).max()) for current in currents), default=0.0)
    network = _Network(samples, loss, tuple(layer.shape for layer in initial), size)
    mode, t, state, counts = network.start(initial), 0.0, flatten(initial), Counter[str]()
    kept, stuck = [state] * int(ts[0] == 0), 0
    with tqdm(total=ts[-1], desc="piecewise", disable=not progress) as bar:
        while len(kept) < len(ts):
            began, solver = t, DOP853(network.velocity(mode), t, state, ts[-1], **tolerance._asdict())
            event = None
            while solver.status == "running" and event is None:
                message = solver.step()
                counts["steps"] += 1
                if solver.status == "failed" or counts["steps"] > MOST_STEPS:
                    reason = str(message) if solver.status == "failed" else f"it has made {MOST_STEPS:,} steps"
                    raise incomplete(_message(solver.t, reason), network.part(kept, counts), report)
                dense = solver.dense_output()
                event = find_first_change(partial(network.margins_along, dense, mode), solver.t_old, solver.t)
                t = solver.t if event is None else event
                kept += [dense(s) for s in ts[len(kept) : np.searchsorted(ts, t, side="right")]]
                state = dense(t)
                mode = settled(unflatten(state, network.shapes), samples, mode, loss)
                bar.update(t - bar.n)
            counts["evaluations"] += solver.nfev
            if event is not None:
                stuck = stuck + 1 if t - began <= SHORT * ts[-1] else 0
                if stuck > MOST_SHORT:
                    raise incomplete(_message(t, "the gates change for ever"), network.part(kept, counts), report)
                mode = network.changed(state, mode, counts)
    return network.part(kept, counts)


@dataclass(frozen=True)
class _Network:
    """Samples and loss, on layers written as one vector."""

    samples: Samples
    loss: Loss
    shapes: tuple[tuple[int, ...], ...]
    size: float  # of the largest pre-activation at the start

    def part(self, kept: Sequence[Array], counts: Counter[str]) -> Integration:
        """Layers at the times that were reached."""
        return Integration(unflatten(np.stack(kept), self.shapes) if kept else (), dict(counts))

    def start(self, layers: Weights) -> Mode:
        currents = preactivations(layers, self.samples.inputs)[:-1]
        return Mode(tuple((current > 0).astype(float) for current in currents))

    def velocity(self, mode: Mode) -> Callable[[float, Array], Array]:
        latest = mode  # numbers of sliding gates change little from one call to the next

        def velocity(_: float, state: Array) -> Array:
            nonlocal latest
            layers = unflatten(state, self.shapes)
            latest = settled(layers, self.samples, latest, self.loss)
            return flatten(gated_flow(layers, self.samples, latest.gates, loss=self.loss))

        return velocity

    def margins(self, state: Array, mode: Mode) -> list[Array]:
        """Distances of all gates from a change.

        Of open and closed gates the pre-activation's way to 0; of sliding ones the number's way out of [0, 1], or the
        way to where the slide repels.
        """
        layers = unflatten(state, self.shapes)
        mode = settled(layers, self.samples, mode, self.loss)
        currents = preactivations(layers, self.samples.inputs, mode.gates)[:-1]
        slack = SLACK * max([self.size, TINY, *(float(np.abs(current).max()) for current in currents)])
        margins = [(2 * gate - 1) * current + slack for gate, current in zip(mode.gates, currents, strict=True)]
        if mode.sliding:
            attraction = -np.diag(slips(layers, self.samples, mode, self.loss)[1])
            for group, alpha, strength in zip(mode.sliding, mode.alphas(), attraction, strict=True):
                margins[group.layer][group.samples, group.unit] = min(alpha, 1 - alpha, strength)
        return margins

    def margins_along(self, dense: Callable[[float], Array], mode: Mode, t: float) -> Array:
        return flatten([np.empty(0), *self.margins(dense(t), mode)])  # one layer has no gates

    def tightest(self, state: Array, mode: Mode) -> Place:
        """The gate nearest to a change."""
        margins = self.margins(state, mode)
        layer = int(np.argmin([margin.min() for margin in margins]))
        sample, unit = np.unravel_index(margins[layer].argmin(), margins[layer].shape)
        return layer, int(sample), int(unit)

    def changed(self, state: Array, mode: Mode, counts: Counter[str]) -> Mode:
        """The mode after the change that is due."""
        layers, place = unflatten(state, self.shapes), self.tightest(state, mode)
        group = mode.group_at(place)
        if group is not None:
            counts["ends of slides"] += 1
            return after_slide(layers, self.samples, mode, group, self.loss)
        mode = after_crossing(layers, self.samples, mode, place, self.loss)
        counts["slides" if mode.group_at(place) else "flips"] += 1
        return released(layers, self.samples, mode, self.loss)


def _message(t: float, reason: str) -> str:
    return (
        f"method 'piecewise' stopped after t / tau = {t:.6g}: {reason}; expected a solution. Use "
        "flowdln.relu.descend with a small learning rate, or method='RK23', which steps over the flips."
    )
