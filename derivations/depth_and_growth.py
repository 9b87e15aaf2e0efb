r"""Depth and the time of growth.

Does depth make learning faster? With $u$ the product of equal layers of norm $f$, the fastest growth is that of one
mode, $\tau \dot u = L u^{2 - 2/L} (s - u)$ with $u = f^L$. The factor $L$ speaks for depth, the power of $u$ against:
at the start $u^{2 - 2/L} = f_0^{2 L - 2}$. From layers of a given norm $f_0 < 1$ the time is about
$\tau f_0^{2 - L} / ((L - 2) s)$, and grows with depth without bound. What depth shortens is the transition at the end,
if the target is large enough.
"""

from collections.abc import Callable
from functools import partial

import numpy as np

from flowdln.exact import balanced_mode_time, fastest_growth_time, infinite_depth_time, rise_time
from flowdln.exact.growth import LOW, READ_KAPPAS
from flowdln.symbolic import Claim, Correction, Evidence, Kind, combined, instance

TITLE = "Depth and growth"
DEPTHS = (2, 3, 4)
KAPPA_1, KAPPA_2 = READ_KAPPAS


def decide_speed_up(start: Callable[[int], float], depths: range) -> Evidence:
    """Whether the least time from ``start(depth)`` to half of ``s = 1`` falls with depth."""
    starts = np.array([start(depth) for depth in depths])
    times = np.array([float(balanced_mode_time(0.5, u, 1.0, depth)) for u, depth in zip(starts, depths, strict=True)])
    listed = ", ".join(f"{time:.4g} tau at depth {depth}" for time, depth in zip(times, depths, strict=True))
    shown = instance(s=1, depths=list(depths), starts=starts, times=times)
    return Evidence(
        bool((np.diff(times) < 0).all()), symbolic=False, text=f"the least times are {listed}", instance=shown
    )


def compare_slowing(layers: int) -> Evidence:
    """Whether the least time to half of ``s = 1`` is ``f_0^(2 - L) / (L - layers)`` up to a share ``f_0`` of it."""
    worst = 0.0
    for norm in (0.1, 0.01, 0.001):
        for depth in (3, 4, 6, 10):
            time = float(balanced_mode_time(0.5, norm**depth, 1.0, depth))
            worst = max(worst, abs(time * (depth - layers) * norm ** (depth - 2) - 1) / norm)
    text = f"for f_0 = 0.1, 0.01, 0.001 and depth 3 to 10 the relative difference is at most {worst:.2f} f_0"
    return Evidence(worst < 1, symbolic=False, text=text)


def compare_falling(share: float) -> Evidence:
    """Whether ``L t`` from a given ``U_0`` is ``share`` of the time of infinite depth, up to ``2 ln(1/U_0) / L``."""
    worst = 0.0
    for start in (0.1, 0.01, 0.001):
        limit = share * float(infinite_depth_time(0.5, start, 1.0))
        for depth in (100, 1000, 10000):
            gap = abs(depth * float(balanced_mode_time(0.5, start, 1.0, depth)) / limit - 1)
            worst = max(worst, gap * depth / (2 * np.log(1 / start)))
    text = f"at depth 100 to 10000, L t is off the time of infinite depth by at most {worst:.2f} 2 ln(1/U_0) / L of it"
    return Evidence(worst < 1, symbolic=False, text=text)


def compare_peak(offset: int) -> Evidence:
    """Whether the least time from a given ``U_0`` is longest at ``2 ln(1/U_0) - offset`` layers, up to one layer."""
    depths, found = range(2, 40), {}
    for start in (1e-2, 1e-3, 1e-4, 1e-6):
        times = [float(balanced_mode_time(0.5, start, 1.0, depth)) for depth in depths]
        found[start] = depths[int(np.argmax(times))]
    listed = ", ".join(f"{depth} layers from U_0 = {start:g}" for start, depth in found.items())
    holds = all(abs(depth - 2 * np.log(1 / start) + offset) < 1 for start, depth in found.items())
    return Evidence(holds, symbolic=False, text=f"the time is longest at {listed}")


def decide_transitions(norm: float, task: float) -> Evidence:
    """Whether deeper bounds wait for a larger share of their time and then rise in a shorter time."""
    ceiling = (2 * KAPPA_1 + 1) * task
    top = ceiling / KAPPA_2
    rises = [rise_time(ceiling, depth, KAPPA_2) for depth in DEPTHS]
    waits = [float(fastest_growth_time(LOW * top, norm**depth, ceiling, depth, KAPPA_2)) for depth in DEPTHS]
    shares = [wait / (wait + risen) for wait, risen in zip(waits, rises, strict=True)]
    holds = bool((np.diff(rises) < 0).all() and (np.diff(shares) > 0).all())
    listed = "; ".join(
        f"depth {depth}: waits {wait:.3g} tau, rises in {risen:.3g} tau"
        for depth, wait, risen in zip(DEPTHS, waits, rises, strict=True)
    )
    shown = instance(norm_of_a_layer=norm, norm_of_sigma_yx=task, rises=np.array(rises), waits=np.array(waits))
    return Evidence(holds, symbolic=False, text=listed, instance=shown)


def decide_threshold(shift: float) -> Evidence:
    """Whether rises get shorter from two to four layers exactly for targets above ``shift`` times the threshold."""
    shapes = [depth * rise_time(KAPPA_2, depth, KAPPA_2) for depth in DEPTHS]  # c_L / kappa_2
    ratios = [shapes[i + 1] * DEPTHS[i] / (shapes[i] * DEPTHS[i + 1]) for i in range(len(DEPTHS) - 1)]
    threshold = max(ratio ** (depth * (depth + 1) / 2) for ratio, depth in zip(ratios, DEPTHS, strict=False))
    tops = shift * threshold * np.geomspace(0.1, 10, 20)
    rises = np.array([[rise_time(KAPPA_2 * top, depth, KAPPA_2) for depth in DEPTHS] for top in tops])
    wrong = tops[(np.diff(rises, axis=1) < 0).all(axis=1) != (tops > shift * threshold)]
    text = f"the threshold is M / kappa_2 = {threshold:.4f}; {len(wrong)} of {len(tops)} targets around it disagree"
    return Evidence(not wrong.size, symbolic=False, text=text)


CLAIMS = [
    Claim(
        id="basu-46",
        document="basu",
        title="At a fixed learning rate the fastest time to convergence falls with depth, to nothing.",
        statement=r"t_{min}(L + 1) < t_{min}(L), \quad t_{min} \to 0 \text{ as } L \to \infty",
        place="after Theorem 3; section 5",
        assumptions=("either the norm f_0 of the layers at the start is given, or U_0",),
        derivation="The fastest networks have one mode in balanced layers. From two numbers $1/10$ and $s = 1$ half is "
        r"reached after $2.3 \, \tau$, from three after four times that, and so on: the integrand $V^{2/L - 2}$ at $V "
        "= f_0^L$ gives $f_0^{2 - L} / (L - 2)$. If $U_0 = f_0^L$ is given in place of $f_0$, so that the layers come "
        r"close to norm one, $L t / \tau$ tends to the time of infinite depth and the time does vanish; but it rises "
        r"first: it is about $U_0^{2/L - 1} / (L - 2)$, largest where $L^2 / (L - 2) = 2 \ln (1 / U_0)$, from $U_0 = "
        "1/100$ at seven layers. Even then the learning rate cannot stay fixed: the curvature at the end is $L s^{2 - "
        "2/L}$ (claim saxe-27), and with the largest stable rate, $2 / (L s^{2 - 2/L})$, the number of steps tends to "
        "a constant and not to zero.",
        check=lambda: combined(
            decide_speed_up(lambda depth: 0.1**depth, range(2, 7)), decide_speed_up(lambda _: 0.01, range(2, 7))
        ),
        control=partial(decide_speed_up, lambda depth: 0.5**depth, range(2, 7)),
        kind=Kind.ASSUMPTION,
        correction=Correction(
            title="From a given norm of the layers the time grows exponentially; from a given U_0 it falls in the end.",
            statement=r"t_{min} = \frac{\tau f_0^{2 - L}}{(L - 2) \, s} \, (1 + O(f_0)); \quad "
            r"\frac{L \, t_{min}}{\tau} \to \int_{U_0}^U \frac{dV}{V^2 (s - V)} \text{ for fixed } U_0, "
            r"\text{ longest at } L \approx 2 \ln \frac{1}{U_0} - 2",
            assumptions=("balanced layers with one mode, to half of s = 1", "L > 2 and f_0 small, in the first half"),
            check=lambda: combined(compare_slowing(2), compare_falling(1.0), compare_peak(2)),
            control=lambda: combined(compare_slowing(1), compare_falling(0.9), compare_peak(5)),
        ),
    ),
    Claim(
        id="basu-62",
        document="basu",
        title="With equal constants the bound (17) rises slowly for few layers; for many it waits, then explodes.",
        statement=r"L = 2, 3, 4: \quad t_{0.9} - t_{0.1} \text{ falls, } t_{0.1} / t_{0.9} \text{ grows}",
        place="Fig. 1 (iii), section 4",
        assumptions=(
            "kappa_1 = 0.98, kappa_2 = 0.65 and the norm of a layer at the start are the same for all depths",
        ),
        unstated=("layers start with a small norm", "M / kappa_2 > 0.765"),
        derivation=r"Read as: of the solutions of (17) as an equation, those of more layers need less time from a "
        r"tenth to nine tenths of their target $M / \kappa_2$, and spend a larger share of the time below a tenth. In "
        r"units of the target the rise takes $c_L \tau / (\kappa_2 L (M / \kappa_2)^{2 - 2/L})$: whether it falls with "
        r"depth depends on the units of the task, and for small targets, as in the control, it does not. (Nor is there "
        r"a wait if layers start with a norm above one, as Glorot weights of this size do.) Slower does not mean "
        r"later: from small weights the deeper bound arrives last, by the exponential of basu-46.",
        check=partial(decide_transitions, norm=0.1, task=1.0),
        control=partial(decide_transitions, norm=0.1, task=0.1),
        correction=Correction(
            title="Sharper: the rise scales as a power of the target, and falls with depth above a threshold alone.",
            statement=r"t_{0.9} - t_{0.1} = \frac{c_L \, \tau}{\kappa_2 L \, (M / \kappa_2)^{2 - 2/L}}, \quad "
            r"c_L = \int_{0.1}^{0.9} \frac{v^{2/L - 2}}{1 - v} dv; \quad \frac{M}{\kappa_2} > "
            r"\left( \frac{2 c_3}{3 c_2} \right)^3 = 0.765",
            assumptions=("L = 2, 3, 4",),
            check=partial(decide_threshold, shift=1.0),
            control=partial(decide_threshold, shift=1.3),
        ),
    ),
]
