"""Curvature of the loss of one mode whose layers are equal, and the steps of descent and of Newton's method."""

from typing import Any, NamedTuple


class BalancedCurvature(NamedTuple):
    """The two eigenvalues of the Hessian of ``(s - a_1 ... a_L)^2 / 2`` at ``a_1 = ... = a_L = a``."""

    along: Any  # of (1, ..., 1): all layers move together
    across: Any  # of the L - 1 directions orthogonal to it


def balanced_curvature(a: Any, s: Any, depth: Any) -> BalancedCurvature:
    r"""Hessian eigenvalues along and across the line of equal layers, each shaped like ``a``; of numbers or symbols.

    .. math:: \lambda_1 = a^{L - 2} ((2 L - 1) a^L - (L - 1) s), \qquad \lambda_2 = a^{L - 2} (s - a^L)

    The first is negative up to ``a^L = s (L - 1) / (2 L - 1)``, and the larger one from ``a^L = s / 2`` on. At the
    optimum they are ``L s^(2 - 2 / L)`` and 0.

    Source: Saxe et al., supplement, eq. (12) to (15), with ``L = N_l - 1``.

    Examples
    --------
    >>> balanced_curvature(1, 4, depth=2)  # of [[1, -2], [-2, 1]]
    BalancedCurvature(along=-1, across=3)
    """
    product = a**depth
    others = a ** (depth - 2)
    return BalancedCurvature(others * ((2 * depth - 1) * product - (depth - 1) * s), others * (s - product))


def balanced_descent_step(a: Any, s: Any, depth: Any, learning_rate: Any) -> Any:
    r"""Where gradient descent goes from equal layers ``a``: again to equal layers, of one number for each mode.

    .. math:: a + \lambda a^{L - 1} (s - a^L)

    Valid for decoupled modes on whitened inputs, whose layers stay equal. Nothing is validated or raised: a rate that
    is too large leads to infinity.

    Source: an Euler step of the equation that :func:`flowdln.exact.balanced_mode` solves, written for one layer.

    Examples
    --------
    >>> balanced_descent_step(1.0, 3.0, depth=2, learning_rate=0.1)
    1.2
    """
    return a + learning_rate * a ** (depth - 1) * (s - a**depth)


def balanced_newton_step(a: Any, s: Any, depth: Any) -> Any:
    """Where Newton's method goes from equal layers ``a``: again to equal layers, not where the curvature is zero.

    Source: Saxe et al., supplement, eq. (18).

    Examples
    --------
    >>> balanced_newton_step(2.0, 1.0, depth=2) == 16 / 11
    True
    """
    return a + a ** (depth - 1) * (s - a**depth) / balanced_curvature(a, s, depth).along
