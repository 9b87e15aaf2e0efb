"""Executable documents: what the theory says, each statement with the check that decides it.

A chapter is a module with a ``TITLE``, an introduction (its docstring), and ``CLAIMS``.
"""

CHAPTERS = (
    "gradients",
    "two_layer_network",
    "nonlinear_learning",
    "conservation",
    "layer_norms",
    "norm_bounds",
    "glorot_weights",
    "random_initial_weights",
    "rows_and_columns",
    "virtual_network",
    "single_layer",
    "hyperbolic_solution",
    "logistic_modes",
    "order_of_learning",
    "deep_modes",
    "unbalanced_modes",
    "balanced_clock",
    "growth_of_norms",
    "differences_of_norms",
    "products_of_norms",
    "bound_on_growth",
    "matrix_riccati",
    "riccati_factor",
    "end_to_end",
    "depth_and_regression",
    "parallel_chains",
    "stages_of_a_hierarchy",
    "representations",
    "symmetry",
    "outside_the_task",
)
