"""Identities between matrices that obey rules: proved for all sizes, or refuted on an example that obeys them too."""

from collections.abc import Mapping, Sequence
from functools import partial, reduce
from typing import Any

import numpy as np

from flowdln.errors import InputError
from flowdln.symbolic.evidence import Evidence
from flowdln.symbolic.instances import instance
from flowdln.symbolic.words import Polynomial, Rules, Word, add, polynomial, trace_polynomial
from flowdln.validation import Array

ROUNDING = 1e-12
Example = Mapping[str, Any]  # matrices and scalars by the names of their symbols


def prove_vanishing(
    differences: Sequence[Any], rules: Rules, example: Example, what: str, *, trace: bool = False
) -> Evidence:
    """Whether matrix expressions are zero for all matrices of all sizes that obey ``rules``.

    If one has no proof, it is evaluated on ``example``: where it is not zero there, that is a counterexample, and
    otherwise neither is shown.

    Parameters
    ----------
    differences
        SymPy matrix expressions; with ``trace``, sequences of them whose traces add up.
    rules
        What the matrices obey.
    example
        Values for all symbols: matrices, and numbers.
    what
        What the differences are, for the reader.

    Raises
    ------
    InputError
        If the example does not obey the rules.

    Examples
    --------
    >>> import sympy as sp
    >>> V = sp.MatrixSymbol("V", sp.Symbol("n"), sp.Symbol("m"))
    >>> known = Rules(orthonormal=frozenset({"V"}))
    >>> tall = {"V": np.array([[1.0], [0.0]])}
    >>> prove_vanishing([V * V.T * V - V], known, tall, "V V^T V - V").holds
    True
    >>> prove_vanishing([V * V.T - sp.Identity(V.shape[0])], known, tall, "V V^T - I").instance["difference"]
    '[[0, 0], [0, -1]]'
    """
    _require_obeyed(rules, example)
    normal_form = partial(_normal_form, trace=trace)
    left = [terms for terms in (normal_form(difference, rules) for difference in differences) if terms]
    counted = f"{_number(sum(map(len, left)))} left of {what}, for matrices of all sizes"
    if not left:
        return Evidence(True if differences else None, True, counted)
    values = [_value(normal_form(difference, Rules()), example, trace=trace) for difference in differences]
    found = next((value for value in values if np.abs(value).max(initial=0) > ROUNDING), None)
    if found is None:
        return Evidence(None, True, f"{counted}, but is zero on the example")
    return Evidence(False, True, f"{counted}, and is not zero on the example", instance(**example, difference=found))


def _number(terms: int) -> str:
    return {0: "nothing is", 1: "one term is"}.get(terms, f"a sum of {terms} terms is")


def _require_obeyed(rules: Rules, example: Example) -> None:
    """Refuse an example that breaks a rule."""
    matrices = {name: np.atleast_2d(np.asarray(value, dtype=float)) for name, value in example.items()}
    broken = [
        f"{name} symmetric" for name in rules.symmetric & matrices.keys() if _far(matrices[name], matrices[name].T)
    ]
    broken += [
        f"{name} with orthonormal columns"
        for name in rules.orthonormal & matrices.keys()
        if _far(matrices[name].T @ matrices[name], np.eye(matrices[name].shape[1]))
    ]
    broken += [
        f"{' '.join(name for name, _ in old)} as replaced"
        for old, new in rules.replacements
        if {name for name, _ in old} <= matrices.keys() and _far(_word(old, example), _value(new, example))
    ]
    if broken:
        raise InputError(
            f"example breaks the rules that the proof uses; expected {', '.join(sorted(broken))}. A "
            "counterexample counts only if it obeys them."
        )


def _normal_form(difference: Any, rules: Rules, *, trace: bool) -> Polynomial:
    return add(*(trace_polynomial(part, rules) for part in difference)) if trace else polynomial(difference, rules)


def _far(left: Any, right: Any) -> bool:
    return bool(np.abs(left - right).max(initial=0) > ROUNDING)


def _value(terms: Polynomial, example: Example, *, trace: bool = False) -> Any:
    """The polynomial on the example; words stand for their traces with ``trace``, and the empty word for ``I``."""
    total: Any = 0.0
    for word, factor in sorted(terms.items(), key=lambda term: -len(term[0])):  # I last: its size is that of the rest
        number = float(factor.subs({symbol: example[str(symbol)] for symbol in factor.free_symbols}))
        product = _word(word, example) if word else np.eye(len(np.atleast_2d(total)))
        total = total + number * (product.trace() if trace else product)
    return total


def _word(word: Word, example: Example) -> Array:
    letters = (np.asarray(example[name], dtype=float) for name, _ in word)
    return reduce(np.matmul, (m.T if transposed else m for m, (_, transposed) in zip(letters, word, strict=True)))
