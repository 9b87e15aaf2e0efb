"""Closed forms of gradient flow, one file a solution."""

from flowdln.exact.aligned import solve_aligned
from flowdln.exact.balanced import balanced_mode, balanced_mode_error, balanced_mode_time
from flowdln.exact.end_to_end_flow import end_to_end_flow
from flowdln.exact.growth import fastest_growth, fastest_growth_time, growth_bound, rise_time, squared_norm_rate
from flowdln.exact.hyperbolic import two_layer_mode, two_layer_mode_error
from flowdln.exact.infinite_depth import infinite_depth_mode, infinite_depth_time
from flowdln.exact.lambda_balanced import lambda_balanced_grams, solve_lambda_balanced
from flowdln.exact.limits import Limit, limit
from flowdln.exact.repulsion import cosine_rate, neglected_square, volume_growth
from flowdln.exact.selection import applicable, find_closed_form, solve_exactly
from flowdln.exact.single_layer import solve_single_layer
from flowdln.exact.tied_weights import solve_tied
from flowdln.exact.times import (
    balanced_mode_loss,
    balanced_sharpness,
    half_time,
    learning_time,
    overtaking_strength,
    two_layer_mode_time,
)
from flowdln.exact.unbalanced import deep_mode

__all__ = [
    "Limit",
    "applicable",
    "balanced_mode",
    "balanced_mode_error",
    "balanced_mode_loss",
    "balanced_mode_time",
    "balanced_sharpness",
    "cosine_rate",
    "deep_mode",
    "end_to_end_flow",
    "fastest_growth",
    "fastest_growth_time",
    "find_closed_form",
    "growth_bound",
    "half_time",
    "infinite_depth_mode",
    "infinite_depth_time",
    "lambda_balanced_grams",
    "learning_time",
    "limit",
    "neglected_square",
    "overtaking_strength",
    "rise_time",
    "solve_aligned",
    "solve_exactly",
    "solve_lambda_balanced",
    "solve_single_layer",
    "solve_tied",
    "squared_norm_rate",
    "two_layer_mode",
    "two_layer_mode_error",
    "two_layer_mode_time",
    "volume_growth",
]
