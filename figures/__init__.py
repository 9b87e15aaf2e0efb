"""The papers' figures, one file each: ``compute``, ``check``, ``draw`` and ``caption``."""

FIGURES = (
    "saxe_2014_fig2",
    "saxe_2014_fig3",
    "saxe_2014_fig4",
    "saxe_2014_fig6",
    "saxe_2014_fig7",
    "basu_fig1",
    "basu_fig1_bound",
    "basu_fig2",
    "summary_logistic_growth",
    "summary_interference_decay",
    "summary_repulsion",
    "summary_rotation",
    "neuromatch_stages",
    "neuromatch_initial_scale",
    "neuromatch_similarity",
    "neuromatch_illusions",
    "digits_learning_curves",
    "exact_routes",
)
