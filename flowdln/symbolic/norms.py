"""The inequality of Cauchy and Schwarz for the Frobenius product, with a constant, for matrices of any size."""

from typing import Any

import sympy as sp

from flowdln.symbolic.certificate import decide_inequality
from flowdln.symbolic.evidence import Evidence
from flowdln.symbolic.gate import require_formulas
from flowdln.symbolic.words import trace_polynomial


def decide_cauchy_schwarz(factor: Any) -> Evidence:
    """Whether ``factor (tr V^T W)^2 <= tr V^T V tr W^T W`` for matrices of symbolic size.

    ``|V - c W|^2`` is expanded as a trace; where it is smallest, at ``c = tr V^T W / tr W^T W``, it is the gap of the
    inequality with ``factor = 1``.

    Examples
    --------
    >>> decide_cauchy_schwarz(1).holds, decide_cauchy_schwarz(2).holds
    (True, False)
    """
    require_formulas(factor=factor)
    n, m = sp.symbols("n m", positive=True, integer=True)
    V, W = sp.MatrixSymbol("V", n, m), sp.MatrixSymbol("W", n, m)
    pairing, c = sp.symbols("tr(V^T*W) c", real=True)
    squared_v, squared_w = sp.symbols("tr(V^T*V) tr(W^T*W)", positive=True)
    traces = {"VV": squared_v, "WW": squared_w, "VW": pairing, "WV": pairing}
    words = trace_polynomial((V - c * W).T * (V - c * W))
    distance = sp.Add(*(term * traces["".join(name for name, _ in word)] for word, term in words.items()))
    gap = sp.expand(distance.subs(c, pairing / squared_w))
    return decide_inequality(factor * pairing**2 / squared_w, squared_v, [[gap]], assumed=[gap])
