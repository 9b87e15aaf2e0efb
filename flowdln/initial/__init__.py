"""Initial weights: tuples ``(W_1, ..., W_L)``, ``W_l`` of shape ``(n_l, n_{l-1})``; and the spectrum of their product.

``widths`` is ``(n_0, ..., n_L)``; ``seed`` is an integer or a :class:`numpy.random.Generator`.
"""

from flowdln.initial.aligned import aligned
from flowdln.initial.balanced import balanced, lambda_balanced
from flowdln.initial.independent import glorot, small_random
from flowdln.initial.orthogonal import orthogonal
from flowdln.initial.product_spectrum import product_spectrum

__all__ = ["aligned", "balanced", "glorot", "lambda_balanced", "orthogonal", "product_spectrum", "small_random"]
