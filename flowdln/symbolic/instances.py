"""Numbers that a reader can copy: of a counterexample, or of the instance that a test was made on."""

from typing import Any

import numpy as np

DIGITS = 6


def instance(**values: Any) -> dict[str, str]:
    """The values as text by name, arrays as nested lists, each number with up to six digits.

    Examples
    --------
    >>> dict(instance(W_1=np.array([[1.0, -0.5]]), loss=1 / 3))
    {'W_1': '[[1, -0.5]]', 'loss': '0.333333'}
    """
    return {name: _written(value) for name, value in values.items()}


def _written(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(_written(entry) for entry in value)}]"
    if isinstance(value, np.ndarray):
        return _written(value.tolist())
    return f"{value:.{DIGITS}g}" if isinstance(value, (int, float, np.number)) else str(value)
