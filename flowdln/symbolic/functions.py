"""The functions that closed forms are written in, on symbols: what is handed to them as ``xp`` in place of NumPy.

They take expressions, or arrays of them entry by entry, as NumPy's do; ``linalg`` takes arrays of expressions.
"""

from types import SimpleNamespace
from typing import Any

import numpy as np
import sympy as sp


def _elementwise(function: Any, arguments: int) -> Any:
    return np.frompyfunc(function, arguments, 1)


exp = _elementwise(sp.exp, 1)
log = _elementwise(sp.log, 1)
sqrt = _elementwise(sp.sqrt, 1)
cos = _elementwise(sp.cos, 1)
sin = _elementwise(sp.sin, 1)
sinh = _elementwise(sp.sinh, 1)
cosh = _elementwise(sp.cosh, 1)
maximum = _elementwise(sp.Max, 2)
minimum = _elementwise(sp.Min, 2)
expm1 = _elementwise(lambda x: sp.exp(x) - 1, 1)
log1p = _elementwise(lambda x: sp.log(1 + x), 1)
logaddexp = _elementwise(lambda x, y: sp.log(sp.exp(x) + sp.exp(y)), 2)
hypot = _elementwise(lambda x, y: sp.sqrt(sp.factor(x**2 + y**2)), 2)
# by the tangent of half the angle; not on the negative axis
arctan2 = _elementwise(lambda y, x: 2 * sp.atan(sp.factor(y / (hypot(y, x) + x))), 2)
# decided at once if the assumptions of the symbols settle it
where = _elementwise(lambda condition, then, otherwise: sp.Piecewise((then, condition), (otherwise, True)), 3)

linalg = SimpleNamespace(
    cholesky=lambda matrix: np.array(sp.Matrix(matrix).cholesky(hermitian=False)),
    inv=lambda matrix: np.array(sp.Matrix(matrix).inv()),
)
