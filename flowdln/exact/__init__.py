"""Closed forms of gradient flow, one file a solution."""

from flowdln.exact.aligned import solve_aligned
from flowdln.exact.balanced_mode import balanced_mode, balanced_mode_time
from flowdln.exact.selection import solve_exactly
from flowdln.exact.single_layer import solve_single_layer
from flowdln.exact.two_layer_mode import two_layer_mode

__all__ = [
    "balanced_mode",
    "balanced_mode_time",
    "solve_aligned",
    "solve_exactly",
    "solve_single_layer",
    "two_layer_mode",
]
