"""What is seen of a network while it learns: functions of weights and data, for one time or a whole trajectory."""

from flowdln.observe.crossings import crossing_times
from flowdln.observe.curvature import hessian, sharpness
from flowdln.observe.effective_dimension import effective_rank
from flowdln.observe.item_similarity import distances, similarity, similarity_correlation
from flowdln.observe.responses import predictions, representations
from flowdln.observe.scaling import multidimensional_scaling
from flowdln.observe.singular_vectors import data_alignment, layer_alignment, singular_overlaps
from flowdln.observe.tangent_kernel import kernel_distance, neural_tangent_kernel

__all__ = [
    "crossing_times",
    "data_alignment",
    "distances",
    "effective_rank",
    "hessian",
    "kernel_distance",
    "layer_alignment",
    "multidimensional_scaling",
    "neural_tangent_kernel",
    "predictions",
    "representations",
    "sharpness",
    "similarity",
    "similarity_correlation",
    "singular_overlaps",
]
