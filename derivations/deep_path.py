r"""The path of an unbalanced mode of many layers.

The squares of the strengths differ by constants, $a_l^2 = y^2 + r_l^2$ with the smallest strength $y$. So a mode moves
on a line, $\tau \dot y = G (s - y G)$ with $G = \prod_l \sqrt{y^2 + r_l^2}$ over the other layers, and time is an
integral of $(dy/dv) / (G (s - y G))$ in any coordinate $v$. Three coordinates serve, in which the integrand is smooth:
the logarithm of $y$ where it decays to zero, $\operatorname{arsinh}(y / r)$ where it passes through zero or its
logarithm where it cannot, and the logarithm of the distance to the fixed point $y^* G(y^*) = s$. The integrands that
ship are evaluated here on symbols; how they are integrated, panel by panel, is tested, not proved.
"""

from functools import partial
from typing import Any

import numpy as np
import sympy as sp

from flowdln import Moments, gradient_flow
from flowdln.exact.deep_pace import (
    Others,
    Pace,
    approach_pace,
    approaching,
    decay_pace,
    decaying,
    departing,
    departure_pace,
    excess,
    gap,
    log_others,
)
from flowdln.symbolic import Claim, Evidence, functions, prove_identity

TITLE = "The path of an unbalanced mode"

v, start, size, root, r, q = sp.symbols("v y_0 s y_* r q", positive=True)
# Layers in pairs, so that G is rational; with a radius of zero, two layers tie with the smallest one.
APART = Others(np.array([r, q], dtype=object), np.array([2, 2]))
TIED = Others(np.array([sp.S.Zero, r, q], dtype=object), np.array([2, 2, 2]))


def prove_line(others: Others, sign: int) -> Evidence:
    """Whether the smallest layer moves by ``G (s - y G)`` along the shipped flow; ``sign`` reverses the path."""
    strengths = [start, *(sp.sqrt(start**2 + radius**2) for radius in np.repeat(others.radii, others.counts))]
    moments = Moments(sp.eye(1), sp.Matrix([[size]]), 0)
    velocity = gradient_flow(0, [sp.Matrix([[a]]) for a in strengths], moments)[0][0, 0]
    return prove_identity(velocity, sign * speed(start, size, others))


def speed(y: Any, target: Any, others: Others) -> Any:
    """``G (s - y G)`` by the shipped functions."""
    return sp.exp(log_others(y, others, functions)) * gap(y, target, others, functions)


def compare(pace: Pace, y: Any, target: Any, others: Others, factor: int) -> Evidence:
    """Whether the pace times the speed is ``dy/dv``; ``factor`` changes it."""
    passed = pace.factor * sp.exp(pace.exponent) * speed(y, target, others)
    return prove_identity(passed, factor * sp.diff(y, v))


def prove_decay(others: Others, factor: int = 1) -> Evidence:
    """Whether the shipped pace of decay is that of its coordinate, for a negative target."""
    return compare(decay_pace(v, start, -size, others, functions), decaying(v, start, functions), -size, others, factor)


def prove_departure(others: Others, factor: int = 1) -> Evidence:
    """Whether the shipped pace of departure is that of its coordinate, through zero or not."""
    unit = sp.S.Zero if others is TIED else others.radii[0]
    pace = departure_pace(v, unit, size, others, functions)
    return compare(pace, departing(v, unit, functions), size, others, factor)


def prove_approach(others: Others, side: int, factor: int = 1) -> Evidence:
    """Whether the shipped pace of approach is that of its coordinate, from below or from above."""
    target = root * sp.exp(log_others(root, others, functions))
    pace = approach_pace(v, root, side, target, others, functions)
    return compare(pace, root - approaching(v, root, side, functions), target, others, factor)


def prove_excess(others: Others, side: int, factor: int = 1) -> Evidence:
    """Whether the shipped ``ln(y G / s)`` without cancellation gives ``s - y G``."""
    target, below = (root * sp.exp(log_others(root, others, functions)), approaching(v, root, side, functions))
    without = -target * functions.expm1(excess(root, below, others, functions))
    return prove_identity(without, factor * gap(root - below, target, others, functions))


CLAIMS = [
    Claim(
        id="path-line",
        title="The smallest layer of a mode moves on a line of its own.",
        statement=r"\tau \dot y = G (s - y G), \quad G = \prod_l \sqrt{y^2 + r_l^2}",
        assumptions=("positive strengths; other signs follow by symmetry", "four other layers, equal in pairs"),
        place="derived here",
        check=partial(prove_line, APART, sign=1),
        control=partial(prove_line, APART, sign=-1),
    ),
    Claim(
        id="path-decay",
        title="Time on the way to zero, in the logarithm of the strength.",
        statement=r"\frac{dt}{dv} = \frac{\tau y}{G (|s| + y G)}, \quad y = y_0 e^{-v}",
        assumptions=("s < 0", "two layers tied with the smallest, four others, equal in pairs"),
        place="flowdln.exact.deep_pace",
        check=partial(prove_decay, TIED),
        control=partial(prove_decay, TIED, factor=-1),
    ),
    *(
        Claim(
            id=f"path-departure-{name}",
            title=f"Time on the way up, {title}.",
            statement=statement + r", \quad \frac{dt}{dv} = \frac{\tau}{G (s - y G)} \frac{dy}{dv}",
            assumptions=("s > y G", "other layers equal in pairs"),
            place="flowdln.exact.deep_pace",
            check=partial(prove_departure, others),
            control=partial(prove_departure, others, factor=2),
        )
        for name, title, statement, others in (
            ("through-zero", "through zero", r"y = r \sinh v", APART),
            ("tied", "where it starts with equal layers", "y = e^v", TIED),
        )
    ),
    *(
        Claim(
            id=f"path-approach-{name}",
            title=f"Time on the way to the fixed point from {name}, in the logarithm of the distance.",
            statement=rf"y = y^* (1 {sign} e^{{-v}}), "
            r"\quad \frac{dt}{dv} = \frac{\tau}{G (s - y G)} \frac{dy}{dv}",
            assumptions=("y* G(y*) = s", "other layers equal in pairs"),
            place="flowdln.exact.deep_pace",
            check=partial(prove_approach, APART, side),
            control=partial(prove_approach, APART, side, factor=2),
        )
        for name, sign, side in (("below", "-", 1), ("above", "+", -1))
    ),
    Claim(
        id="path-error",
        title="The distance of a mode from its target, without subtraction.",
        statement=r"s - y G = -s \left( e^\epsilon - 1 \right), "
        r"\quad \epsilon = \ln \left( 1 - \frac{\delta}{y^*} \right) "
        r"+ \frac12 \sum_l \ln \left( 1 - \frac{\delta (2 y^* - \delta)}{y^{*2} + r_l^2} \right), \; \delta = y^* - y",
        assumptions=("y* G(y*) = s", "other layers equal in pairs"),
        place="flowdln.exact.deep_pace",
        check=partial(prove_excess, APART, 1),
        control=partial(prove_excess, APART, 1, factor=2),
    ),
]
