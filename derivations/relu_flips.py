r"""When gates of ReLU units stay as they are, and when they flip.

A gate looks at its pre-activation $a$, which is continuous in time, so that it rests as long as $a \ne 0$. Let $a$
reach zero, and let it move at the rate $r_0$ with the gate closed and at $r_1$ with the gate open. If both have one
sign it passes, and the gate flips. If $r_0 > 0 > r_1$ neither can last: the flow slides along $a = 0$, and there is no
while in which the gate is constant.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from derivations.relu_instances import Case, case, hidden_gates, random_cases
from flowdln.relu import ReLUProblem, preactivations, solve
from flowdln.relu.sliding import gate_rates
from flowdln.symbolic import Claim, Correction, Evidence, Kind, instance
from flowdln.validation import Array

TITLE = "Gates that rest and gates that flip"


def decide_constant_gates(cases: Iterable[Case]) -> Evidence:
    """Whether there is a while after time 0 with constant gates, by the flow itself; where there is none, why."""
    count, flips = 0, 0
    for count, example in enumerate(cases, start=1):  # noqa: B007 (read after the loop)
        currents = preactivations(example.layers, example.samples.inputs)[:-1]
        for place in [(i, int(j), int(k)) for i, current in enumerate(currents) for j, k in np.argwhere(current == 0)]:
            closed, opened = (_rate_with(example, place, value) for value in (0.0, 1.0))
            if closed > 0 > opened:
                text = "a pre-activation is 0; with its gate closed it grows, with its gate open it falls"
                numbers = instance(**example.numbers, rate_closed=closed, rate_open=opened)
                return Evidence(False, symbolic=False, text=text, instance=numbers)
        flips += _flips_at_once(example, currents)
    text = f"of {count} networks, {flips} had flipped a gate by a twentieth of the time that the nearest one has left"
    return Evidence(flips == 0, symbolic=False, text=text)


def _rate_with(example: Case, place: tuple[int, int, int], value: float) -> float:
    layer, sample, unit = place
    held = hidden_gates(example)
    held[layer][sample, unit] = value
    return float(gate_rates(example.layers, example.samples, held, example.loss)[layer][sample, unit])


def _flips_at_once(example: Case, currents: Sequence[Array]) -> bool:
    rates = gate_rates(example.layers, example.samples, hidden_gates(example), example.loss)
    left = min(float(np.min(np.abs(a) / np.abs(rate).clip(min=1))) for a, rate in zip(currents, rates, strict=True))
    run = solve(ReLUProblem(*example.samples, example.layers, example.loss), [0.0, left / 40, left / 20])
    return any(not (pattern == pattern[0]).all() for pattern in run.gates)


def away_from_edges(count: int) -> list[Case]:
    """Random networks in which no pre-activation is 0, as it is above a layer whose units are all closed."""
    return [example for example in random_cases(count) if all(gate.any(1).all() for gate in hidden_gates(example))]


def sliding_case() -> Case:
    """One unit on the edge of its first sample, which the second pulls over it and the first pushes back."""
    return case([[1, 0], [1, 1]], [[-1], [1.5]], [[0, 1]], [[1]])


CLAIMS = [
    Claim(
        id="basu-56",
        document="basu",
        title="Around every time there is a while in which the gates are constant.",
        statement=(
            r"\forall t \; \exists \Delta t > 0: \quad D_{l,i,s} = \bar D_{l,i} \quad \text{for } s \in [t - \Delta t, "
            r"t + \Delta t]"
        ),
        place="before eq. (25)",
        derivation=(
            r"It is so wherever no pre-activation is 0, since they are continuous. But the flow goes to where one is, "
            r"and may stay: if $a$ grows with its gate closed and falls with its gate open, neither can last. One "
            r"unit, $W_1 = (0, 1)$, $W_2 = 1$, and two samples, $x = (1, 0)$ with $y = -1$ and $x = (1, 1)$ with $y = "
            r"3/2$: for the first, $\dot a = 1/4$ if closed and $-1/4$ if open. The solution slides along $a = 0$ as "
            r"if the gate were $1/2$, and descent flips it every few steps, however small they are."
        ),
        check=lambda: decide_constant_gates([sliding_case(), *away_from_edges(3)]),
        control=lambda: decide_constant_gates([sliding_case()]),
        kind=Kind.READING,
        correction=Correction(
            title="There is one after every time at which no pre-activation is 0.",
            statement=(
                r"a_{l,i}(t) \ne 0 \text{ for all } l, i \quad \Rightarrow \quad D_{l,i,s} \text{ constant for } "
                r"|s - t| < \Delta t"
            ),
            check=lambda: decide_constant_gates(away_from_edges(16)),
            control=lambda: decide_constant_gates([*away_from_edges(4), sliding_case()]),
        ),
    ),
]
