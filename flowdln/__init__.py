"""flowdln: exact learning dynamics of deep linear networks."""

from flowdln import initial
from flowdln.conserved import imbalance
from flowdln.errors import AssumptionError, DatasetError, FlowdlnError, InputError, ShapeError, SolveError
from flowdln.problem import Moments, Problem
from flowdln.vector_field import end_to_end, gradient_flow, loss

__all__ = ["Moments"]
