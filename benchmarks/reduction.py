"""Work against width, with the reduction by symmetry and without: ``python benchmarks/reduction.py [--quick]``.

Each pair of numbers is from one run, the two routes taken in turn, medians of the repeats. What is timed with the
reduction is all of it: reducing, solving, lifting the weights of all times. Nothing here is asserted: machines differ.

SciPy's DOP853 is written in Python: each step costs a tenth of a millisecond, however small the matrices, and so it
cannot gain more than that allows. How much that is, is measured by solving the smaller problem with velocities that
are not computed but remembered. Dopri8 and Tsit5 are compiled, and show what the smaller problem is worth.
"""

import argparse
import statistics
import time
from typing import NamedTuple

import numpy as np
from threadpoolctl import threadpool_limits

import flowdln as fl
from flowdln.integrate import Equation, Tolerance, default_atol, integrate
from flowdln.reduction import reduce
from flowdln.validation import Weights

RTOL = 1e-10
TIMES = np.linspace(0, 15, 31)


class Comparison(NamedTuple):
    """What one problem costs by both routes, and the largest difference of their weights."""

    before: tuple[int, ...]
    after: tuple[int, ...]
    reducing: float  # seconds
    with_reduction: float
    without: float
    difference: float


def with_and_without(widths: tuple[int, ...], method: str, repeats: int) -> Comparison:
    """Small random weights of these widths on a task of ``min(n_0, n_L)`` modes, learned to the end."""
    strengths = np.linspace(3, 1, min(widths[0], widths[-1]))
    moments = fl.Moments.from_modes(strengths, widths[0], widths[-1])
    problem = fl.Problem(moments, fl.initial.small_random(widths, scale=1e-3))
    seconds = []
    for _ in range(repeats + 1):
        start = time.perf_counter()
        reduction = reduce(problem)
        reduced = time.perf_counter()
        lifted = reduction.lift(fl.solve(reduction.problem, TIMES, method=method, rtol=RTOL))
        middle = time.perf_counter()
        direct = fl.solve(problem, TIMES, method=method, rtol=RTOL)
        seconds.append((reduced - start, middle - start, time.perf_counter() - middle))
    medians = [statistics.median(column) for column in zip(*seconds[1:], strict=True)]  # the first run compiles
    difference = max(float(np.abs(a - b).max()) for a, b in zip(lifted.weights, direct.weights, strict=True))
    return Comparison(*reduction.widths, *medians, difference)


def share_of_the_steps(method: str, repeats: int) -> float:
    """Time of one of SciPy's methods on 10-1000-10 reduced with remembered velocities, over that with computed ones."""
    moments = fl.Moments.from_modes(np.linspace(3, 1, 10), 10, 10)
    problem = reduce(fl.Problem(moments, fl.initial.small_random((10, 1000, 10), scale=1e-3))).problem
    tolerance, remembered = Tolerance(RTOL, default_atol(problem.weights, RTOL)), list[Weights]()

    def remembering(t: float, weights: Weights, moments: fl.Moments) -> Weights:
        remembered.append(fl.gradient_flow(t, weights, moments))
        return remembered[-1]

    shares = []
    for _ in range(repeats):
        remembered.clear()
        start = time.perf_counter()
        integrate(Equation(remembering, problem.weights, moments), TIMES, method=method, tolerance=tolerance)
        middle, replay = time.perf_counter(), iter(remembered)
        known = Equation(lambda *_, replay=replay: next(replay), problem.weights, moments)
        integrate(known, TIMES, method=method, tolerance=tolerance)
        shares.append((time.perf_counter() - middle) / (middle - start))
    return statistics.median(shares)


def main() -> None:
    """Print the comparison asked for, and the table of work against width."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer repeats and no widths above 1000")
    quick = parser.parse_args().quick
    repeats = 3 if quick else 9
    threadpool_limits(1)
    print(f"10-1000-10 at rtol = {RTOL:g}; asked: 20 times faster, weights equal to 1e-9")
    for method in ("Dopri8", "Tsit5", "DOP853"):
        found = with_and_without((10, 1000, 10), method, repeats)
        print(
            f"{method:>8}: {found.without / found.with_reduction:5.1f} times, weights equal to {found.difference:.1e}"
        )
    print(f"{'':>9} of which its steps alone take {100 * share_of_the_steps('DOP853', repeats):.0f} %")
    print(f"\n{'widths':>14} {'reduced':>12} {'ms reducing':>12} {'ms with':>9} {'ms without':>11}   by Dopri8")
    hidden = (10, 30, 100, 300, 1000) if quick else (10, 30, 100, 300, 1000, 3000, 10_000)
    for widths in [*((10, width, 10) for width in hidden), (100, 1000, 10)]:
        found = with_and_without(widths, "Dopri8", 3)
        names = ["-".join(map(str, numbers)) for numbers in (found.before, found.after)]
        numbers = [1e3 * value for value in (found.reducing, found.with_reduction, found.without)]
        print("{:>14} {:>12} {:>12.1f} {:>9.1f} {:>11.1f}".format(*names, *numbers))


if __name__ == "__main__":
    main()
