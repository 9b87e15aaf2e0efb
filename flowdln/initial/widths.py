"""Widths and seeds, as every initialiser takes them."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from flowdln.errors import ShapeError

Seed = int | np.random.Generator


def layer_shapes(widths: Sequence[int]) -> list[tuple[int, int]]:
    """Shapes ``(n_l, n_{l-1})`` of the weights."""
    if len(widths) < 2 or not all(isinstance(width, (int, np.integer)) and width > 0 for width in widths):
        raise ShapeError(
            f"widths is {tuple(widths)}; expected two or more positive integers (n_0, ..., n_L). The first is the "
            "number of inputs, the last the number of outputs."
        )
    return [(n_out, n_in) for n_in, n_out in pairwise(widths)]
