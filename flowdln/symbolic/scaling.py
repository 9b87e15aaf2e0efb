"""Whether an equation keeps its form when its quantities are rescaled, and whether its two sides have one dimension."""

from collections.abc import Mapping
from typing import Any

import sympy as sp

from flowdln.symbolic.evidence import Evidence, combined
from flowdln.symbolic.gate import converted, require_formulas
from flowdln.symbolic.identity import prove_identity

FACTOR = sp.Symbol("kappa", positive=True)


def prove_homogeneous(left: Any, right: Any, weights: Mapping[Any, Any], degree: Any) -> Evidence:
    """Whether both sides get the factor ``kappa^degree`` when each ``x`` is replaced by ``kappa^weights[x] x``.

    Depth ``L`` has the group ``a -> kappa a``, ``s -> kappa^L s``, ``t -> kappa^(2 - 2 L) t``.

    Examples
    --------
    >>> a, b, s = sp.symbols("a b s")
    >>> prove_homogeneous(a * b, s, {a: 1, b: 1, s: 2}, degree=2).holds
    True
    >>> prove_homogeneous(a + b, s, {a: 1, b: 1, s: 2}, degree=1).holds
    False
    """
    require_formulas(left=left, right=right, degree=degree)
    scaled = {x: FACTOR**weight * x for x, weight in weights.items()}
    return combined(
        *(
            prove_identity(
                converted(side).subs(scaled, simultaneous=True),
                FACTOR**degree * side,
                f"{name} side rescaled, and kappa^{degree} times itself",
            )
            for name, side in (("left", left), ("right", right))
        )
    )


def prove_dimensions(
    left: Any, right: Any, dimensions: Mapping[Any, Mapping[str, Any]], of: Mapping[str, Any]
) -> Evidence:
    """Whether both sides have the dimension ``of``, if each symbol has that of ``dimensions``: powers of base units.

    Examples
    --------
    >>> t, tau, s = sp.symbols("t tau s")
    >>> units = {t: {"time": 1}, tau: {"time": 1, "strength": 1}, s: {"strength": 1}}
    >>> prove_dimensions(t, tau / s, units, of={"time": 1}).holds
    True
    """
    require_formulas(left=left, right=right)
    units = sorted({unit for powers in (*dimensions.values(), of) for unit in powers})
    found = {
        unit: prove_homogeneous(left, right, {x: p.get(unit, 0) for x, p in dimensions.items()}, of.get(unit, 0))
        for unit in units
    }
    return combined(*(evidence._replace(text=f"in {unit}, {evidence.text}") for unit, evidence in found.items()))
