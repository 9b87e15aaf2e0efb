"""Widths and seeds, as every initialiser takes them."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from flowdln.errors import ShapeError
from flowdln.memory import require_memory

Seed = int | np.random.Generator


def layer_shapes(widths: Sequence[int]) -> list[tuple[int, int]]:
    """Shapes ``(n_l, n_{l-1})`` of the weights."""
    several = isinstance(widths, (tuple, list, range)) or (isinstance(widths, np.ndarray) and widths.ndim == 1)
    sizes = tuple(widths) if several else None
    if sizes is None or len(sizes) < 2 or not all(map(_is_size, sizes)):
        raise ShapeError(
            f"widths is {widths if sizes is None else sizes!r}; expected two or more positive integers "
            "(n_0, ..., n_L). The first is the number of inputs, the last the number of outputs."
        )
    shapes = [(int(n_out), int(n_in)) for n_in, n_out in pairwise(sizes)]
    require_memory(
        "weights of these widths", 8 * sum(n_out * n_in for n_out, n_in in shapes), advice="Use smaller widths."
    )
    return shapes


def _is_size(width: Any) -> bool:
    return isinstance(width, (int, np.integer)) and not isinstance(width, bool) and bool(width > 0)
