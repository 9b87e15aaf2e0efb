"""Functions that a user brings of the weights of a network, evaluated on symbols."""

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import sympy as sp

from flowdln.errors import InputError
from flowdln.symbolic.formulas import is_function, on_symbols, require_arguments, valid_formula
from flowdln.symbolic.velocities import Velocity, require_fit

LAYERS = "The number of layers is depth=, which is 2 if it is left out."


def quantities_of(expression: Any, weights: Sequence[Any]) -> Sequence[sp.Expr] | None:
    """The quantities on symbols, or ``None`` if they are a function that takes arrays only."""
    if is_function(expression):
        require_arguments("the quantity", expression, ["weights"])
        expression = _of_layers(expression, weights)
        if expression is None:
            return None
    parts = expression if isinstance(expression, (tuple, list)) else (expression,)
    quantities = [valid_formula("the quantity", part) for part in parts]
    for quantity in quantities:
        require_fit("the quantity", quantity)
    return quantities


def gradient_of(loss: Callable[..., Any], velocity: Any, network: tuple[Any, Any]) -> tuple[Any, Velocity] | None:
    """The loss and the velocity on symbols, or ``None`` if one is a function that takes arrays only."""
    require_arguments("the loss", loss, ["weights", "moments"])
    require_arguments("velocity", velocity, ["t", "weights", "moments"])
    extra = {"trace": sp.Trace} if "trace" in inspect.signature(loss).parameters else {}
    expression, rates = _of_layers(loss, *network, **extra), _of_layers(velocity, 0, *network)
    if expression is None or rates is None:
        return None
    if not isinstance(rates, (tuple, list)) or len(rates) != len(network[0]):
        raise InputError(
            f"velocity returns {rates}; expected a tuple of {len(network[0])} matrices, one for each layer. {LAYERS}"
        )
    return expression, dict(zip(network[0], rates, strict=True))


def _of_layers(function: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    """What a function makes of symbols, or ``None`` if it takes arrays only."""
    try:
        return on_symbols("the function", function, *arguments, **options)
    except IndexError as error:
        raise InputError(
            f"the function ends with an IndexError ({error}); expected layers that are there. {LAYERS} Layers are "
            "counted from 0: of two they are W[0] and W[1]."
        ) from error
