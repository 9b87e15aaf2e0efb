"""Exact reductions by symmetry to a smaller problem, and the lift back."""

from flowdln.reduction.reduced import Reduction, reduce

__all__ = ["Reduction", "reduce"]
