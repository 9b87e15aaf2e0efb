"""Back-propagation through fully connected networks of units that act one by one, on samples.

A bias is the weight from a unit that is always 1: a *layer* is ``W_l``, or ``[W_l, b_l]`` with one column more than
there are units below it. Everything here takes NumPy and JAX arrays.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple


class Samples(NamedTuple):
    """Inputs ``(P, n_0)`` and targets ``(P, n_L)``, one sample a row."""

    inputs: Any
    targets: Any


def propagate_back(
    layers: Sequence[Any], activities: Sequence[Any], slopes: Sequence[Any], error: Any
) -> tuple[Any, ...]:
    r"""Velocity of every layer, a tuple shaped like ``layers``: minus the gradient of the mean loss.

    .. math:: \dot W_l = \langle \delta_l h_{l-1}^T \rangle, \quad
        \delta_L = e, \quad \delta_l = \phi'_l \odot W_{l+1}^T \delta_{l+1}

    Parameters
    ----------
    layers
        ``L`` arrays ``(..., n_l, n_{l-1})``, or with a column more for biases.
    activities
        Inputs and outputs of hidden units, :math:`h_0, \dots, h_{L-1}`, of shapes ``(..., P, n_l)``.
    slopes
        Derivatives of the hidden units where they are, :math:`\phi'_1, \dots, \phi'_{L-1}`, ``(..., P, n_l)``.
    error : (..., P, n_L)
        Of each sample: minus the gradient of its loss by the network's outputs.

    Source: Rumelhart, Hinton and Williams 1986.
    """
    delta = error / activities[0].shape[-2]
    velocity = [delta.mT @ extended(activities[-1], layers[-1])]
    for (below, above), slope, activity in zip(
        reversed(list(pairwise(layers))), reversed(slopes), reversed(activities[:-1]), strict=True
    ):
        delta = delta @ above[..., : below.shape[-2]] * slope
        velocity.append(delta.mT @ extended(activity, below))
    return tuple(reversed(velocity))


def extended(activity: Any, layer: Any) -> Any:
    """Activities ``(..., P, n)`` as the layer sees them: with a unit that is always 1, if the layer has biases."""
    if layer.shape[-1] == activity.shape[-1]:
        return activity
    xp = activity.__array_namespace__()
    return xp.concat([activity, xp.ones_like(activity[..., :1])], axis=-1)
