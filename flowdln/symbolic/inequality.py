"""Search for counterexamples to inequalities between arrays of any size."""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple, cast

import numpy as np

from flowdln.errors import InputError
from flowdln.symbolic.evidence import Evidence
from flowdln.symbolic.instances import instance
from flowdln.symbolic.random_arrays import Arrays, Shapes, nearby_arrays, random_arrays
from flowdln.symbolic.shrinking import shrink

ROUNDING = 1e-9
FEWEST = 0.01  # of the instances drawn: fewer that meet the assumptions test nothing
ENOUGH = 0.01  # of the size of the two sides: what the violation is not shrunk below, unless it was smaller
STEPS = 300  # from the tightest instance towards a violation


class Sides(NamedTuple):
    """The two sides of ``smaller <= larger`` on one instance."""

    smaller: float
    larger: float
    scale: float = 0.0  # of the terms, where a side is their difference: what rounding is relative to

    @property
    def margin(self) -> float:
        """``larger - smaller`` relative to their size; infinite where both are zero, which tests nothing."""
        size = abs(self.smaller) + abs(self.larger) + self.scale
        if not np.isfinite(size):
            raise InputError(
                f"an inequality's sides are {self.smaller:g} and {self.larger:g}; expected finite numbers. Return "
                "None for instances on which they are not defined."
            )
        return float((self.larger - self.smaller) / size) if size > 0 else np.inf


Inequality = Callable[[Arrays], Sides | None]  # None: outside what the statement assumes


class _Search(NamedTuple):
    tried: int
    margin: float
    arrays: Arrays
    shapes: Shapes


def seek_counterexample(inequality: Inequality, *shapes: Shapes, count: int = 2000, seed: int = 0) -> Evidence:
    """Whether an inequality held on random instances; if it did not, the simplest instance on which it fails.

    Arrays are normal, positive, integer, sparse, of rank one or diagonal, on scales from ``1e-3`` to ``1e3``, with
    sizes up to 3. From the tightest instance further ones are tried: small and large steps, changes of scale and
    sign, zeros. What violates the inequality by more than rounding is shrunk: fewer rows and columns, small
    integers, zeros.

    Parameters
    ----------
    inequality
        Takes the arrays by name and returns :class:`Sides`, or None where its assumptions do not hold.
    shapes
        Of each array by name, the names of its sizes, such as ``{"A": ("m", "n"), "c": ()}``. If several are given,
        they are used in turn.
    count, seed
        How many instances are drawn, and from which random numbers.

    Raises
    ------
    InputError
        If fewer than one instance in a hundred met the assumptions, or a side is not finite.

    Examples
    --------
    >>> def triangle(arrays, sign=1):
    ...     x, y = (arrays[name] for name in "xy")
    ...     return Sides(np.linalg.norm(x + y), np.linalg.norm(x) + sign * np.linalg.norm(y))
    >>> vectors = {"x": ("n",), "y": ("n",)}
    >>> seek_counterexample(triangle, vectors).holds
    True
    >>> dict(seek_counterexample(lambda arrays: triangle(arrays, sign=-1), vectors).instance)
    {'x': '[0]', 'y': '[1]', 'left': '1', 'right': '-1'}
    """
    rng = np.random.default_rng(seed)
    drawn = _drawn(inequality, shapes, count, rng)
    closest = _approached(inequality, drawn, rng) if drawn.margin >= -ROUNDING else drawn
    if closest.margin < -ROUNDING:
        return _refutation(inequality, closest)
    gap = "equal to rounding" if closest.margin < ROUNDING else f"apart by {closest.margin:.1g} of their size"
    text = (
        f"it held on {drawn.tried} random instances, and on {STEPS} steps from the tightest of them to where the two "
        f"sides are {gap}"
    )
    return Evidence(holds=True, symbolic=False, text=text)


def _drawn(inequality: Inequality, each: Sequence[Shapes], count: int, rng: np.random.Generator) -> _Search:
    """The first violation among ``count`` random instances, or the tightest of them."""
    tried, closest = 0, None
    for i in range(count):
        shapes = each[i % len(each)]
        arrays = random_arrays(shapes, rng)
        sides = inequality(arrays)
        if sides is None or sides.margin == np.inf:
            continue
        tried += 1
        if closest is None or sides.margin < closest.margin:
            closest = _Search(tried, sides.margin, arrays, shapes)
        if sides.margin < -ROUNDING:
            break
    if closest is None or (closest.margin >= -ROUNDING and tried < FEWEST * count):
        raise InputError(
            f"the search found {tried} instances of {count} that meet the assumptions and have a side that is not "
            f"zero; expected at least {math.ceil(FEWEST * count)}. Make what is assumed from arrays that are "
            "free: A A^T for a positive matrix."
        )
    return closest._replace(tried=tried)


def _approached(inequality: Inequality, closest: _Search, rng: np.random.Generator) -> _Search:
    """The tightest instance on a random path to tighter ones."""
    for _ in range(STEPS):
        arrays = nearby_arrays(closest.arrays, rng)
        sides = inequality(arrays)
        if sides is not None and sides.margin < closest.margin:
            closest = closest._replace(margin=sides.margin, arrays=arrays)
    return closest


def _refutation(inequality: Inequality, found: _Search) -> Evidence:
    enough = min(-ROUNDING, max(found.margin / 2, -ENOUGH))

    def violates(arrays: Arrays) -> bool:
        sides = inequality(arrays)
        return sides is not None and sides.margin <= enough

    arrays = shrink(found.arrays, found.shapes, violates)
    smaller, larger, _ = cast("Sides", inequality(arrays))
    return Evidence(
        holds=False,
        symbolic=False,
        text=f"on the numbers shown the left side is {smaller:.6g} and the right side {larger:.6g}",
        instance=instance(**arrays, left=smaller, right=larger),
    )
