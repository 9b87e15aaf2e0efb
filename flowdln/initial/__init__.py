"""Initial weights. Every function returns a tuple ``(W_1, ..., W_L)``, ``W_l`` of shape ``(n_l, n_{l-1})``.

``widths`` is ``(n_0, ..., n_L)``; ``seed`` is an integer or a :class:`numpy.random.Generator`.
"""

from flowdln.initial.aligned import aligned
from flowdln.initial.balanced import balanced, lambda_balanced
from flowdln.initial.independent import glorot, small_random
from flowdln.initial.orthogonal import orthogonal

__all__ = ["aligned", "balanced", "glorot", "lambda_balanced", "orthogonal", "small_random"]
