"""Matrices of one number on the diagonal and another one beside it, of symbolic size.

They are ``x I + y J`` with the matrix ``J`` of ones, ``J^2 = n J``: an algebra of pairs ``(x, y)``, in which what is
shown holds for every size ``n``.
"""

from collections.abc import Iterable, Mapping
from functools import reduce
from typing import Any, NamedTuple

from flowdln.symbolic.evidence import Evidence
from flowdln.symbolic.gate import converted, require_formulas
from flowdln.symbolic.identity import prove_zeros


class Uniform(NamedTuple):
    """``x I + y J`` of size ``n``."""

    x: Any
    y: Any
    n: Any

    @classmethod
    def from_entries(cls, diagonal: Any, off_diagonal: Any, size: Any) -> "Uniform":
        """The matrix with these entries."""
        return cls(diagonal - off_diagonal, off_diagonal, size)

    def times(self, other: "Uniform") -> "Uniform":
        """The product of the two matrices."""
        return Uniform(self.x * other.x, self.x * other.y + self.y * other.x + self.n * self.y * other.y, self.n)

    def shifted(self, number: Any) -> "Uniform":
        """The matrix minus ``number`` times the identity."""
        return self._replace(x=self.x - number)

    @property
    def trace(self) -> Any:
        """Sum of the diagonal."""
        return self.n * (self.x + self.y)


def prove_spectrum(diagonal: Any, off_diagonal: Any, size: Any, spectrum: Mapping[Any, Any]) -> Evidence:
    """Whether the eigenvalues are the keys of ``spectrum``, each as often as its value says, for symbolic size.

    The matrix has to be a root of the polynomial with these zeros, and its powers have to have these traces; as many
    traces as there are eigenvalues determine how often each occurs, if they differ.

    Examples
    --------
    >>> import sympy as sp
    >>> h, g, n = sp.symbols("h g n")
    >>> prove_spectrum(h, g, n, {h + (n - 1) * g: 1, h - g: n - 1}).holds
    True
    """
    require_formulas(diagonal=diagonal, off_diagonal=off_diagonal, size=size, spectrum=spectrum)
    matrix = Uniform.from_entries(diagonal, off_diagonal, size)
    root = _product(matrix.n, (matrix.shifted(eigenvalue) for eigenvalue in spectrum))
    left = [root.x, root.y]
    for power in range(len(spectrum)):
        moment = sum(count * converted(eigenvalue) ** power for eigenvalue, count in spectrum.items())
        left.append(_product(matrix.n, [matrix] * power).trace - moment)
    return prove_zeros(left, "the matrix in its polynomial, and the traces of its powers")


def prove_inverse(entries: tuple[Any, Any], inverse: tuple[Any, Any], size: Any) -> Evidence:
    """Whether two such matrices, each given as ``(diagonal, off_diagonal)``, are inverse to each other.

    Examples
    --------
    >>> import sympy as sp
    >>> n = sp.Symbol("n")
    >>> prove_inverse((2, 1), (n / (n + 1), -1 / (n + 1)), n).holds
    True
    """
    require_formulas(entries=entries, inverse=inverse, size=size)
    product = Uniform.from_entries(*entries, size).times(Uniform.from_entries(*inverse, size))
    return prove_zeros([product.x - 1, product.y], "the product minus the identity")


def _product(size: Any, factors: Iterable[Uniform]) -> Uniform:
    return reduce(Uniform.times, factors, Uniform(1, 0, size))
