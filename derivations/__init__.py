"""Executable documents: what the theory says, each statement with the check that decides it.

A chapter is a module with a ``TITLE``, an introduction (its docstring), and ``CLAIMS``.
"""

PARTS = {
    "Gradients": ("gradients", "loss_surface", "two_layer_network", "nonlinear_learning", "parameters_of_a_map"),
    "Conservation and layer norms": (
        "conservation",
        "layer_norms",
        "norm_bounds",
        "balanced_start",
        "glorot_weights",
        "random_initial_weights",
        "norms_of_random_weights",
    ),
    "Modes and decoupling": ("rows_and_columns", "virtual_network", "single_layer"),
    "Two layers: the hyperbolic solution": (
        "hyperbolic_solution",
        "invariant_hyperbolas",
        "hyperbolic_coordinates",
        "learning_time",
        "time_from_small_weights",
        "small_random_weights",
        "logistic_modes",
        "order_of_learning",
        "equal_vectors",
    ),
    "Two layers: any alignment": ("matrix_riccati", "riccati_factor"),
    "Modes at any depth": (
        "deep_modes",
        "parallel_chains",
        "unbalanced_modes",
        "balanced_clock",
        "deep_path",
        "course_of_learning",
    ),
    "Depth and learning rates": (
        "energy_of_a_mode",
        "curvature_of_a_mode",
        "newton",
        "depth_and_learning_rate",
        "delay_of_depth",
        "end_to_end",
        "depth_and_pace",
        "depth_and_regression",
    ),
    "Bounds on growth": (
        "growth_of_norms",
        "points_of_rest",
        "differences_of_norms",
        "products_of_norms",
        "bound_on_growth",
        "bound_in_deep_networks",
        "growth_times",
        "depth_and_growth",
    ),
    "ReLU networks": ("relu_gates", "relu_flips", "relu_sums", "relu_conservation", "relu_classes"),
    "Interference": ("interference", "tied_vectors", "repulsion", "volume_of_directions", "many_vectors"),
    "Representations": ("stages_of_a_hierarchy", "representations"),
    "Reductions by symmetry": ("symmetry", "outside_the_task"),
}
CHAPTERS = tuple(name for names in PARTS.values() for name in names)
