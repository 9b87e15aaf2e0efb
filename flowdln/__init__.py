"""flowdln: exact learning dynamics of deep linear networks."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from flowdln import datasets, initial
from flowdln.conserved import imbalance
from flowdln.errors import AssumptionError, DatasetError, FlowdlnError, InputError, ShapeError, SolveError
from flowdln.problem import Moments, Problem
from flowdln.trajectory import Trajectory
from flowdln.vector_field import end_to_end, gradient_flow, loss

if TYPE_CHECKING:
    from flowdln import exact, observe, plot, relu, symbolic
    from flowdln.comparison import Comparison, compare
    from flowdln.descent import descend
    from flowdln.solution import solve

# Imported on first use: scipy, sympy and matplotlib take longer to import than most problems take to solve.
_MODULES = ("exact", "observe", "plot", "relu", "symbolic")
_HOMES = {"solve": "solution", "descend": "descent", "compare": "comparison", "Comparison": "comparison"}

__all__ = [
    "AssumptionError",
    "Comparison",
    "DatasetError",
    "FlowdlnError",
    "InputError",
    "Moments",
    "Problem",
    "ShapeError",
    "SolveError",
    "Trajectory",
    "compare",
    "datasets",
    "descend",
    "end_to_end",
    "exact",
    "gradient_flow",
    "imbalance",
    "initial",
    "loss",
    "observe",
    "plot",
    "relu",
    "solve",
    "symbolic",
]


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return import_module(f"flowdln.{name}")
    if name in _HOMES:
        return getattr(import_module(f"flowdln.{_HOMES[name]}"), name)
    message = f"module 'flowdln' has no attribute {name!r}"
    raise AttributeError(message)


def __dir__() -> list[str]:
    return __all__
