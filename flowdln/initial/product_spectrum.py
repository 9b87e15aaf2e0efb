"""Singular values of products of many wide random layers."""

import numpy as np

from flowdln.validation import Array, positive_integer

ANGLES = 4001  # at which the law is evaluated, both ends included; shares are exact to 1e-3 at depth 100


def product_spectrum(depth: int) -> tuple[Array, Array]:
    r"""Singular values, increasing, and the share of all that lie below each, two arrays of one length.

    For the product of ``depth`` square layers of :func:`flowdln.initial.glorot`, of infinitely many units. The squares
    follow the Fuss-Catalan law, with density :math:`\rho(x)` along the angle :math:`0 < \phi < \pi / (L + 1)`:

    .. math:: x = \frac{\sin^{L+1} (L+1)\phi}{\sin\phi \, \sin^L L\phi}, \quad
        \rho = \frac{\sin^2\phi \, \sin^{L-1} L\phi}{\pi \sin^L (L+1)\phi}

    Its mean is 1 at any depth, the mean of its square ``L + 1``. Of finitely many units the shares differ from these by
    a few units' worth.

    Raises
    ------
    InputError
        Unless ``depth`` is a positive integer.

    Source: Haagerup and Moeller 2013, section 3; for one layer it is the quarter-circle law. Saxe et al. 2014, Fig. 7.

    Examples
    --------
    >>> values, shares = product_spectrum(depth=100)
    >>> float(np.interp(0.1, values, shares).round(3))
    0.93
    """
    depth = positive_integer("depth", depth, advice="It is the number of layers in the product.")
    L, angle = depth, np.linspace(0, np.pi / (depth + 1), ANGLES)[-2:0:-1]
    outer, inner, sine = np.sin((L + 1) * angle), np.sin(L * angle), np.sin(angle)
    log_x = (L + 1) * np.log(outer) - np.log(sine) - L * np.log(inner)
    log_density = 2 * np.log(sine) + (L - 1) * np.log(inner) - np.log(np.pi) - L * np.log(outer)
    slope = (L + 1) ** 2 / np.tan((L + 1) * angle) - 1 / np.tan(angle) - L**2 / np.tan(L * angle)
    integrand = np.exp(log_density + log_x) * slope  # of the share, along the angle
    steps = (integrand[1:] + integrand[:-1]) / 2 * np.diff(angle)
    start = integrand[0] * (angle[0] - np.pi / (L + 1))
    return np.exp(log_x / 2), start + np.append(0, np.cumsum(steps))
