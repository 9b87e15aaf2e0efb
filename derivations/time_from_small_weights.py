r"""Two layers, one mode: the learning time from small weights.

Learning begins from $(a_0 + b_0)^2 / 4$ as if the layers were equal. From small weights the time is $\frac{\tau}{2 s}$
times the logarithm of both ends together, of what is left at the end and of the initial weights, and it grows without
bound as these get smaller. So it is of the order of $\tau / s$ up to logarithms, and the logarithm depends on $s$ too.
"""

from functools import partial

import numpy as np
import sympy as sp

from derivations.invariant_hyperbolas import c_0, g, s, saxe, total
from flowdln.exact import two_layer_mode_time
from flowdln.exact.hyperbola import hyperbola_clock
from flowdln.symbolic import Correction, Evidence, Kind, conjunction, functions, instance, prove_limit

TITLE = "The learning time from small weights"

odds, delta, one, other = sp.symbols("w delta x y", positive=True)  # w = (1 - epsilon) / epsilon
END = (1 - delta**2) / (1 + delta**2)  # tanh(theta_f / 2), for exp(-theta_f / 2) = delta
CONSTANT = 4 * s * odds / (1 + odds) * delta**2 / (1 - delta**4)  # c_0, of sinh(theta_f) = 2 (1 - epsilon) s / c_0


def grown(square: sp.Expr) -> sp.Expr:
    """``exp(R t)`` of the way from ``(a_0 + b_0)^2 = square`` to the cutoff, by the shipped clock."""
    start = (square - CONSTANT) / (square + CONSTANT)  # tanh(theta_0 / 2)
    rate = sp.sqrt(CONSTANT**2 + 4 * s**2)
    last, first = (sp.exp(rate * hyperbola_clock(x, CONSTANT, 2 * s, functions)) for x in (END, start))
    return last / first


def prove_small_start(power: int, factor: int) -> Evidence:
    """Whether ``c_0^power exp(R t)`` tends to ``factor s w / exp(theta_0)`` as ``c_0`` vanishes."""
    found = prove_limit(CONSTANT**power * grown(g**2 * CONSTANT), delta, 0, factor * s * odds / g**2)
    starts = {f"t_from_c_0_1e-{k}": 10.0**-k for k in (2, 4, 8)}
    times = {name: float(two_layer_mode_time(0.9, np.sqrt(c), 0.0, 1.0)) for name, c in starts.items()}
    return found._replace(instance=instance(s=1, epsilon=0.1, theta_0=0, **times) if found.holds is False else {})


def timed(target: sp.Expr, square: sp.Expr) -> sp.Expr:
    """Time for vanishing ``c_0``, from ``(a_0 + b_0)^2 = square``."""
    return sp.log((4 * target - square) * odds / square) / (2 * target)


def prove_inverse_proportion(fixed_sum: bool = False) -> Evidence:
    """Whether ``s t`` of two targets agree at vanishing ``c_0`` and fixed ``theta_0``, or fixed ``a_0 + b_0``.

    The time is first shown to be :func:`timed` in the limit. With a fixed sum targets are ``(a_0 + b_0)^2 / 4`` times
    numbers above 1.
    """
    square = total**2 if fixed_sum else g**2 * c_0
    exact = grown(square.subs(c_0, CONSTANT)) * square.subs(c_0, CONSTANT) / (4 * s - square.subs(c_0, CONSTANT)) / odds
    clock = prove_limit(exact, delta, 0, 1)
    targets = [square * (1 + x) / 4 if fixed_sum else x for x in (one, other)]
    products = [target * timed(target, square) for target in targets]
    quotient = prove_limit(products[0] / products[1], c_0, 0, 1)
    text = f"the time: {clock.text}; the quotient: {quotient.text}"
    return Evidence(conjunction(clock.holds, quotient.holds), True, text)


def prove_difference(factor: int) -> Evidence:
    """Whether ``2 s t(s)`` of two targets differ by ``factor ln(s / s_2)`` as ``c_0`` vanishes at fixed ``theta_0``."""
    products = [2 * x * timed(x, g**2 * c_0) for x in (one, other)]
    return prove_limit(sp.expand_log(products[0] - products[1], force=True), c_0, 0, factor * sp.log(one / other))


CLAIMS = [
    saxe(
        13,
        place="after eq. (4)",
        title="From small weights the time is of order tau/s, with a weak dependence on the cutoff.",
        statement=r"t = O(\tau / s): \quad t \leq C(\epsilon) \, \tau / s \text{ for all small } c_0, \theta_0",
        derivation=r"Read as a bound that does not depend on the initial weights, since only the cutoff is named "
        r"beside $\tau / s$. But at fixed $\theta_0$ small $c_0$ means small weights, and the mode takes the longer "
        r"to grow: the time is unbounded, as the example shows for $\theta_0 = 0$. As an order of magnitude the "
        r"statement is right, if the logarithm of the initial weights is named beside that of the cutoff: it enters "
        r"in the same way, and is the larger one if $(a_0 + b_0)^2 / 4 < \epsilon s$.",
        check=partial(prove_small_start, power=0, factor=4),
        control=partial(prove_small_start, power=2, factor=4),
        kind=Kind.READING,
        correction=Correction(
            title="It is tau/2s times a logarithm of the cutoff and of the initial weights together.",
            statement=r"\frac{\sqrt{4 s^2 + c_0^2}}{\tau} \, t - \ln \frac{4 s (1 - \epsilon)}{\epsilon \, (a_0 + "
            r"b_0)^2} \to 0 "
            r"\text{ as } c_0 \to 0, \quad (a_0 + b_0)^2 = c_0 e^{\theta_0}",
            check=partial(prove_small_start, power=1, factor=4),
            control=partial(prove_small_start, power=1, factor=2),
            assumptions=("s > 0", "theta_0 fixed"),
        ),
    ),
    saxe(
        14,
        place="after eq. (4)",
        title="The time scale is inversely proportional to s also if the layers differ a little.",
        statement=r"\frac{s_1 t(s_1)}{s_2 t(s_2)} \to 1 \text{ as } c_0 \to 0",
        unstated=(
            "small c_0 at fixed theta_0, so that a_0 + b_0 is small too: layers that are almost equal are not enough",
        ),
        derivation=r"With the corrected (saxe-13), $s \, t(s)$ tends to $\frac{\tau}{2} \ln \frac{4 s (1 - "
        r"\epsilon)}{\epsilon (a_0 + b_0)^2}$: the logarithm depends on $s$, by less and less of itself as the weights "
        r"vanish. If $c_0 \to 0$ while $a_0 + b_0$ is fixed, $4 s - (a_0 + b_0)^2$ takes the place of $4 s$, and the "
        r"quotient stays away from 1; that is the control. The approach to 1 is as slow as one over the logarithm of "
        r"the initial weights.",
        check=prove_inverse_proportion,
        control=partial(prove_inverse_proportion, fixed_sum=True),
        correction=Correction(
            title="Sharper: the product of s and t differs between two modes by half the logarithm of their ratio.",
            statement=r"\frac{2}{\tau} \left( s_1 t(s_1) - s_2 t(s_2) \right) \to \ln \frac{s_1}{s_2}",
            check=partial(prove_difference, factor=1),
            control=partial(prove_difference, factor=2),
            assumptions=("c_0 -> 0 at fixed theta_0", "one cutoff epsilon for both"),
        ),
    ),
]
