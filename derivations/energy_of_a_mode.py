r"""The energy of a mode at any depth.

One unit a layer and $L = N_l - 1$ layers of strengths $a_i$: the flow descends $\frac{1}{2 \tau} (s - \prod_k a_k)^2$.
Two of the strengths are written out below, and the product of all others is one symbol, so that what is shown holds for
any depth.
"""

from functools import partial
from typing import Any

import sympy as sp

from derivations.invariant_hyperbolas import saxe
from flowdln import Moments, gradient_flow, loss
from flowdln.symbolic import Correction, Evidence, Kind, instance, prove_derivatives, prove_identity

TITLE = "The energy of a mode"

a_i, a_j, rest, a, s, tau = sp.symbols("a_i a_j A a s tau", positive=True)
N = sp.Symbol("N", positive=True)  # layers of units; there are N - 1 of weights
SMALL = {a_i: 1, a_j: 1, a: 1, rest: 1, s: 3, tau: 1, N: 3}


def slopes() -> tuple[sp.Expr, sp.Expr]:
    """``dE/da_i`` and ``dE/da_j``, minus the velocity along the shipped flow, among any number of layers."""
    chain = [sp.Matrix([[strength]]) for strength in (a_i, a_j, rest)]
    velocity = gradient_flow(0, chain, Moments(sp.eye(1), sp.Matrix([[s]]), s**2))
    return -velocity[0][0] / tau, -velocity[1][0] / tau


def energy(product: Any, power: int) -> sp.Expr:
    """``(s - product)^power / (2 tau)``; the supplement has the power 1."""
    return (s - product) ** power / (2 * tau)


def prove_energy(power: int, factor: int = 1) -> Evidence:
    """Whether the flow descends this energy, times ``factor``: in two of any number of layers."""
    descended = factor * energy(a_i * a_j * rest, power)
    found = prove_derivatives(descended, dict(zip((a_i, a_j), slopes(), strict=True)))
    sides = {"slope_printed": sp.diff(descended, a_i).subs(SMALL), "slope_of_the_flow": slopes()[0].subs(SMALL)}
    return found._replace(instance=instance(a_1=1, a_2=1, s=3, **sides) if found.holds is False else {})


def prove_hessian(sign: int) -> Evidence:
    """Whether the second derivatives are those of the supplement; ``sign`` reverses a term off the diagonal."""
    first, error = slopes()[0], s - a_i * a_j * rest
    beside = (a_j * rest) * (a_i * rest) - sign * error * rest
    return prove_derivatives(first, {a_i: (a_j * rest) ** 2 / tau, a_j: beside / tau})


def prove_energy_on_line(power: int) -> Evidence:
    """Whether the shipped loss of equal strengths is ``(s - a^(N - 1))^power / 2``."""
    layers = [sp.Matrix([[a]]), sp.Matrix([[a ** (N - 2)]])]
    shipped = loss(layers, Moments(sp.eye(1), sp.Matrix([[s]]), s**2)) / tau
    stated = energy(a ** (N - 1), power)
    found = prove_identity(sp.powsimp(sp.expand(shipped)), sp.powsimp(sp.expand(stated)))
    sides = {"printed": stated.subs(SMALL), "loss": shipped.subs(SMALL)}
    return found._replace(instance=instance(N=3, a=1, s=3, **sides) if found.holds is False else {})


CLAIMS = [
    saxe(
        17,
        place="eq. (5)",
        title="The energy that a mode descends.",
        statement=r"E = \frac{1}{2 \tau} \left( s - \prod_k a_k \right)",
        derivation=r"The slope of this is $-\frac{1}{2 \tau} \prod_{k \neq i} a_k$: it does not vanish at the "
        r"target, and $E$ has no "
        r"minimum. The flow has the further factor $s - \prod_k a_k$, which is that of the square.",
        check=partial(prove_energy, 1),
        control=partial(prove_energy, 1, -1),
        kind=Kind.MISPRINT,
        correction=Correction(
            title="It is the square.",
            statement=r"E = \frac{1}{2 \tau} \left( s - \prod_k a_k \right)^2",
            check=partial(prove_energy, 2),
            control=partial(prove_energy, 2, 2),
        ),
    ),
    saxe(
        18,
        place="eq. (6)",
        title="The gradient of the energy.",
        statement=r"\frac{\partial E}{\partial a_i} = -\frac1\tau \left( s - \prod_k a_k \right) \prod_{k \neq i} a_k",
        unstated=("E is the squared error, not (5) as it is printed",),
        derivation=r"Differentiate the square; this is minus the velocity of the flow. The gradient of (5) as "
        r"printed is "
        r"another one, which is the control.",
        check=partial(prove_energy, 2),
        control=partial(prove_energy, 1),
    ),
    saxe(
        19,
        place="eq. (7) and (9)",
        title="The Hessian of the energy.",
        statement=r"\frac{\partial^2 E}{\partial a_i \partial a_j} = \frac1\tau \prod_{k \neq j} a_k \prod_{k \neq "
        r"i} a_k - "
        r"\frac1\tau \left( s - \prod_k a_k \right) \prod_{k \neq i, j} a_k, \quad "
        r"\frac{\partial^2 E}{\partial a_i^2} = \frac1\tau \left( \prod_{k \neq i} a_k \right)^2",
        assumptions=("i != j in the first",),
        derivation=r"Differentiate (6): the product without $a_i$ does not depend on $a_i$, and its derivative by "
        r"$a_j$ is the "
        r"product without both. Two strengths are written out, and the product of the others is one symbol.",
        check=partial(prove_hessian, 1),
        control=partial(prove_hessian, -1),
    ),
    saxe(
        20,
        place="eq. (10)",
        title="The energy of equal strengths.",
        statement=r"E(a) = \frac{1}{2 \tau} (s - a^{N_l - 1})",
        derivation=r"The square of (saxe-17) is missing here too.",
        check=partial(prove_energy_on_line, 1),
        control=partial(prove_energy_on_line, 3),
        kind=Kind.MISPRINT,
        correction=Correction(
            title="It is the square.",
            statement=r"E(a) = \frac{1}{2 \tau} (s - a^{N_l - 1})^2",
            check=partial(prove_energy_on_line, 2),
            control=partial(prove_energy_on_line, 3),
        ),
    ),
]
