"""Proofs of what one step of gradient descent does to a matrix, exactly, for layers of symbolic sizes."""

from collections.abc import Callable, Sequence
from typing import Any

import sympy as sp

from flowdln.descent import descent_step
from flowdln.symbolic.evidence import Evidence
from flowdln.symbolic.matrix_flow import RULES, Network, report, symbolic_network
from flowdln.symbolic.words import Polynomial, polynomial

Quantity = Callable[[Sequence[Any]], Sequence[Any]]
Change = Callable[[Sequence[Any], Any, Any], Sequence[Any]]  # of weights, moments and learning rate


def prove_step(
    quantity: Quantity, change: Change, depths: Sequence[int], network: Network = symbolic_network
) -> Evidence:
    """Whether the shipped step of gradient descent changes ``quantity`` by exactly ``change(weights, moments, eta)``.

    Parameters
    ----------
    quantity
        Matrices made of the weights.
    change
        What a step of learning rate ``eta``, a symbol, is said to add to each of them.
    depths
        Numbers of layers.
    network
        :func:`symbolic_network`, or :func:`pointwise_network` for any loss.
    """
    eta = sp.Symbol("eta", positive=True)
    remainders: list[Polynomial] = []
    for depth in depths:
        weights, moments = network(depth)
        after, before = quantity(descent_step(weights, moments, eta)), quantity(weights)
        said = change(weights, moments, eta)
        remainders += [polynomial(b - a - c, RULES) for a, b, c in zip(before, after, said, strict=True)]
    return report(remainders, depths, "what a step of descent adds, minus what it is said to add,")
