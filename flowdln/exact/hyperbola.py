"""The hyperbola ``a^2 - b^2 = +-c_0`` on which a two-layer mode moves, and the time along it."""

from types import ModuleType
from typing import Any

import numpy as np


def layers_on_hyperbola(theta: Any, c_0: Any, xp: ModuleType | Any = np) -> tuple[Any, Any]:
    r"""The larger and the smaller strength at the place ``theta`` of the branch with ``a + b > 0``.

    .. math:: \sqrt{c_0} \cosh \frac{\theta}{2}, \qquad \sqrt{c_0} \sinh \frac{\theta}{2}

    Their sum and difference are ``sqrt(c_0) exp(+-theta / 2)``: only ``c_0 > 0`` has such a branch, and the line
    ``a = b`` is on none.

    Source: Saxe et al., supplement, eq. (1) and (2).

    Examples
    --------
    >>> larger, smaller = layers_on_hyperbola(2 * np.log(2), 16.0)
    >>> round(larger, 12), round(smaller, 12)
    (np.float64(5.0), np.float64(3.0))
    """
    root = xp.sqrt(c_0)
    return root * xp.cosh(theta / 2), root * xp.sinh(theta / 2)


def hyperbola_clock(ratio: Any, c_0: Any, drive: Any, xp: ModuleType | Any = np) -> Any:
    r"""Integral of ``1 / (drive - c_0 sinh(theta))`` over ``theta``, at ``tanh(theta / 2) = ratio``.

    .. math:: \frac{1}{R} \ln \frac{R + c_0 + d \tanh (\theta / 2)}{R - c_0 - d \tanh (\theta / 2)}, \qquad
        R = \sqrt{c_0^2 + d^2}

    The ratio is that of the smaller to the larger strength. A two-layer mode obeys
    ``tau theta' = 2 s - c_0 sinh(theta)``, so differences of this are times in units of tau if the drive ``d`` is
    ``2 s``. Below the fixed point ``sinh(theta) = d / c_0``, where it becomes infinite. Digits
    are lost if ``c_0`` is much smaller than ``d``; :func:`flowdln.exact.two_layer_mode_time` keeps them.

    Source: Saxe et al., supplement, eq. (4), which has ``s`` for the drive.

    Examples
    --------
    >>> from flowdln.exact import two_layer_mode_time
    >>> t = hyperbola_clock(0.3 / 0.5, 0.16, 2.0) - hyperbola_clock(0.0, 0.16, 2.0)  # from (0.4, 0) to (0.5, 0.3)
    >>> bool(np.isclose(t, two_layer_mode_time(0.15, 0.4, 0.0, 1.0)))
    True
    """
    rate = xp.sqrt(c_0**2 + drive**2)
    climbed = c_0 + drive * ratio
    return xp.log((rate + climbed) / (rate - climbed)) / rate
