"""Whether a quantity of one's own is conserved, and whether a velocity of one's own is minus a gradient."""

from collections.abc import Sequence
from typing import Any

import sympy as sp

from flowdln.errors import InputError
from flowdln.symbolic.evaluation import LAYERS, gradient_of, quantities_of
from flowdln.symbolic.formulas import is_function, valid_formula
from flowdln.symbolic.gate import converted
from flowdln.symbolic.matrix_flow import symbolic_network
from flowdln.symbolic.matrix_formula import is_matrix, matrix_finding, scalar_finding
from flowdln.symbolic.numeric_flow import conserved_numerically, gradient_numerically
from flowdln.symbolic.pointwise_loss import pointwise_network
from flowdln.symbolic.trace_numbers import Scalar, scalar_change, scalar_of
from flowdln.symbolic.velocities import Velocity, require_fit, valid_velocity
from flowdln.symbolic.verification import Finding, Verification
from flowdln.symbolic.words import Polynomial, Rules, first_order, polynomial
from flowdln.validation import positive_integer
from flowdln.vector_field import gradient_flow

SYMMETRIC = ("Sxx",)


def verify_conserved(
    expression: Any,
    velocity: Velocity | None = None,
    *,
    depth: int = 2,
    any_loss: bool = False,
    symmetric: Sequence[str] = SYMMETRIC,
) -> Verification:
    r"""Verdict on whether an expression keeps its value along gradient flow, or along a flow of one's own.

    The derivative along the flow is proved to be zero for layers of any sizes. A function that takes arrays only is
    differentiated at random networks instead. Symbols of the expression without a velocity are held fixed, and the
    verdict names them.

    Parameters
    ----------
    expression
        A function of the tuple of weights, such as ``flowdln.imbalance``; or a SymPy expression in them, named ``W1``
        to ``WL``, with ``sp.Trace`` for traces. Several are given as a tuple.
    velocity
        The velocity of each symbol that moves; by default that of the weights along ``flowdln.gradient_flow``.
    depth
        Number of layers.
    any_loss
        For any pointwise loss, not the squared error alone.
    symmetric
        Names of matrices that equal their transposes.

    Raises
    ------
    InputError
        For an expression without a symbol that moves: it would be constant for no reason of the flow's. For what is no
        formula, such as text, or one whose shapes do not fit, or that has inverses; a layer that is not there; a
        function that takes arrays only along another flow than that of the squared error.

    Examples
    --------
    >>> verify_conserved(lambda W: W[1].T @ W[1] - W[0] @ W[0].T, depth=2)
    proved
      d/dt (-W1*W1.T + W2.T*W2) = 0: holds for matrices of any size
    >>> verify_conserved(lambda W: sp.sqrt(sp.Trace(W[1].T @ W[1])) - sp.sqrt(sp.Trace(W[0] @ W[0].T))).outcome
    'refuted'
    >>> a, b, s = sp.symbols("a b s")
    >>> verify_conserved(a**2 - b**2, {a: b * (s - a * b), b: a * (s - a * b)}).outcome
    'proved'
    """
    count = positive_integer("depth", depth, advice=LAYERS)
    weights, moments = (pointwise_network if any_loss else symbolic_network)(count)
    flow = dict(zip(weights, gradient_flow(0, weights, moments), strict=True)) if velocity is None else velocity
    rules, moving = _rules(symmetric), valid_velocity(flow)
    quantities = quantities_of(expression, weights)
    if quantities is None:
        _require_own_flow(any_loss=any_loss, velocity=velocity)
        return Verification((conserved_numerically(expression, count),))
    findings = tuple(_conserved(quantity, moving, rules) for quantity in quantities)
    return Verification(findings, held=_held(quantities, moving))


def verify_gradient(loss: Any, velocity: Any, *, depth: int = 2, symmetric: Sequence[str] = SYMMETRIC) -> Verification:
    """Verdict on whether a velocity is minus the gradient of a loss.

    Proved for matrices of any sizes. Functions that take arrays only are compared at random networks instead. Symbols
    of the loss without a velocity are held fixed, and the verdict names them.

    Parameters
    ----------
    loss, velocity
        Either a SymPy expression, with ``sp.Trace`` for traces, and the velocity of each symbol that moves; or
        functions with the arguments of ``flowdln.loss`` and ``flowdln.gradient_flow``. If the loss has a parameter
        ``trace``, it is given ``sp.Trace``.
    depth
        Number of layers, of functions.
    symmetric
        Names of matrices that equal their transposes.

    Raises
    ------
    InputError
        For what is no formula, or no velocity of symbols; and as :func:`verify_conserved`.

    Examples
    --------
    >>> a, b, s = sp.symbols("a b s")
    >>> verify_gradient((s - a * b) ** 2 / 2, {a: b * (s - a * b), b: a * (s - a * b)})
    proved
      velocity of a = -dE/da: the difference of the two sides simplifies to 0
      velocity of b = -dE/db: the difference of the two sides simplifies to 0
      held fixed: s
    >>> import flowdln as fl
    >>> verify_gradient(fl.loss, fl.gradient_flow, depth=3).outcome
    'proved'
    """
    rules = _rules(symmetric)
    if is_function(loss):
        count = positive_integer("depth", depth, advice=LAYERS)
        network = symbolic_network(count)
        symbolic = gradient_of(loss, velocity, network)
        if symbolic is None:
            return Verification((gradient_numerically(loss, velocity, count),))
        loss, velocity = symbolic
    expression, moving = valid_formula("the loss", loss), valid_velocity(velocity)
    require_fit("the loss", expression)
    findings = tuple(_gradient(expression, symbol, rate, rules) for symbol, rate in moving.items())
    return Verification(findings, held=_held([expression], moving))


def _conserved(quantity: Any, velocity: Velocity, rules: Rules) -> Finding:
    subject = f"d/dt ({quantity}) = 0"
    _require_motion(quantity, velocity)
    matrices = {symbol.name: polynomial(moving, rules) for symbol, moving in velocity.items() if is_matrix(symbol)}
    if is_matrix(quantity):
        terms = first_order(polynomial(quantity, rules), matrices, rules)
        return matrix_finding(subject, terms, rules.symmetric)
    number = scalar_of(quantity, rules)
    change = scalar_change(number, matrices, rules)
    slopes = (sp.diff(number.expression, x) * moving for x, moving in velocity.items() if not is_matrix(x))
    rest = scalar_of(sp.Add(*slopes), rules)
    total = Scalar(change.expression + rest.expression, {**change.words, **rest.words})
    return scalar_finding(subject, total, rules.symmetric)


def _held(formulas: Sequence[sp.Expr], moving: Velocity) -> tuple[str, ...]:
    """Names of the symbols of the formulas that nobody moves."""
    names = {symbol.name for formula in formulas for symbol in formula.free_symbols}
    return tuple(sorted(names - {symbol.name for symbol in moving}))


def _require_motion(quantity: Any, velocity: Velocity) -> None:
    """Refuse what cannot change, such as a formula in letters of other names."""
    moving = {symbol.name for symbol in velocity}
    if not moving & {symbol.name for symbol in converted(quantity).free_symbols}:
        raise InputError(
            f"the quantity {quantity} contains nothing that moves; expected some of {', '.join(sorted(moving))}. "
            "Name the weights so, or pass the velocities of your own symbols."
        )


def _gradient(loss: Any, symbol: Any, moving: Any, rules: Rules) -> Finding:
    subject = f"velocity of {symbol} = -dE/d{symbol}"
    number = scalar_of(loss, rules)
    if not is_matrix(symbol):
        velocity = scalar_of(moving, rules)
        slope = sp.diff(number.expression, symbol) + velocity.expression
        return scalar_finding(subject, Scalar(slope, {**number.words, **velocity.words}), rules.symmetric)
    step = sp.MatrixSymbol(f"d{symbol.name}", *symbol.shape)
    changes: dict[str, Polynomial] = {symbol.name: polynomial(step, rules)}
    change, paired = scalar_change(number, changes, rules), scalar_of(sp.Trace(moving.T * step), rules)
    both = Scalar(change.expression + paired.expression, {**change.words, **paired.words})
    return scalar_finding(subject, both, rules.symmetric)


def _require_own_flow(*, any_loss: bool, velocity: Any) -> None:
    """Refuse what a function of arrays is not compared with."""
    if any_loss or velocity is not None:
        raise InputError(
            "the quantity is a function that takes arrays only; expected one that takes symbols, for velocities "
            "of your own or any loss. Write it with @, .T and sympy.Trace."
        )


def _rules(symmetric: Sequence[str]) -> Rules:
    if isinstance(symmetric, str):
        raise InputError(f"symmetric is {symmetric!r}; expected several names. Write ({symmetric!r},).")
    return Rules(symmetric=frozenset(symmetric))
