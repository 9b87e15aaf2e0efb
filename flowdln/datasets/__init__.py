"""Data to learn: each function returns a :class:`Dataset`, generated, bundled, downloaded or the user's own."""

from flowdln.datasets.branching_diffusion import hierarchy, hierarchy_singular_values
from flowdln.datasets.dataset import Dataset
from flowdln.datasets.digit_images import handwriting
from flowdln.datasets.handwritten_digits import digits
from flowdln.datasets.living_things import semantic
from flowdln.datasets.mixture import gaussian_mixture
from flowdln.datasets.mnist_files import mnist
from flowdln.datasets.user_files import from_file

__all__ = [
    "Dataset",
    "digits",
    "from_file",
    "gaussian_mixture",
    "handwriting",
    "hierarchy",
    "hierarchy_singular_values",
    "mnist",
    "semantic",
]
