r"""Gradient flow of a fully connected ReLU network, from samples.

The network computes :math:`f(x) = W_L h_{L-1} + b_L` with :math:`h_0 = x` and
:math:`h_l = D_l (W_l h_{l-1} + b_l)`, where the gates :math:`D_l` are diagonal, 1 where what they multiply is positive
and 0 elsewhere. A *layer* is ``[W_l, b_l]``, or ``W_l`` where there are no biases. Everything here takes NumPy and JAX
arrays.
"""

from collections.abc import Sequence
from typing import Any

from flowdln.backpropagation import Samples, extended, propagate_back
from flowdln.relu.losses import Loss


def relu_flow(t: Any, layers: Sequence[Any], samples: Samples, *, loss: Loss) -> tuple[Any, ...]:
    r"""Velocity of every layer, a tuple shaped like ``layers`` (time in units of tau).

    .. math:: \tau \dot W_l = \Big\langle D_l W_{l+1}^T D_{l+1} \cdots W_L^T \, e \, h_{l-1}^T \Big\rangle,
        \qquad e = -\partial \ell / \partial f

    Minus the gradient of the mean loss wherever no pre-activation is 0; there, a gate counts as closed. As functions of
    the weights the gates are steps, so the flow is smooth between times at which a gate of some sample flips, and the
    velocity jumps there. Where both sides push a pre-activation back to 0, it stays there, and the gate acts as a
    number between 0 and 1, for a while (a sliding mode): no velocity of this function does that, only their average.

    Source: Basu et al., eq. (25), whose left side has one gate too many and whose error has the wrong sign.
    """
    del t
    currents = preactivations(layers, samples.inputs)
    return _velocity(layers, samples, currents, [current > 0 for current in currents[:-1]], loss)


def gated_flow(layers: Sequence[Any], samples: Samples, gates: Sequence[Any], *, loss: Loss) -> tuple[Any, ...]:
    """Velocity of the network whose gates are held at ``gates``, ``L - 1`` arrays ``(P, n_l)`` of any numbers.

    With gates fixed, each sample sees a linear network of its own; with those of :func:`relu_flow`, it is that flow.
    Stacks of gates ``(..., P, n_l)`` give stacks of velocities.
    """
    currents = preactivations(layers, samples.inputs, gates)
    return _velocity(layers, samples, currents, gates, loss)


def preactivations(layers: Sequence[Any], inputs: Any, gates: Sequence[Any] | None = None) -> list[Any]:
    """What the gates of all layers look at, ``L`` arrays ``(..., P, n_l)``; the last one is the output.

    ``gates`` replaces those of the network by given numbers.

    Examples
    --------
    >>> import numpy as np
    >>> hidden, output = preactivations((np.array([[1.0], [-1.0]]), np.array([[2.0, 1.0]])), np.array([[3.0]]))
    >>> hidden, output
    (array([[ 3., -3.]]), array([[6.]]))
    """
    activity, currents = inputs, []
    for i, layer in enumerate(layers):
        current = extended(activity, layer) @ layer.mT
        currents.append(current)
        if i < len(layers) - 1:
            activity = current.clip(min=0) if gates is None else current * gates[i]
    return currents


def outputs(layers: Sequence[Any], inputs: Any) -> Any:
    """What the network says, ``(..., P, n_L)``."""
    return preactivations(layers, inputs)[-1]


def _velocity(
    layers: Sequence[Any], samples: Samples, currents: Sequence[Any], gates: Sequence[Any], loss: Loss
) -> tuple[Any, ...]:
    activities = [samples.inputs, *(current * gate for current, gate in zip(currents[:-1], gates, strict=True))]
    return propagate_back(layers, activities, gates, loss.error(currents[-1], samples.targets))
