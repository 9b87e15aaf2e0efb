"""Detection of stiffness, and the steps of the implicit method that continues a stiff integration."""

import numpy as np
from scipy.integrate import OdeSolver

IMPLICIT = "Radau"
PATIENCE = 30  # consecutive steps that stability has shortened
REFRESH = 20  # steps after which a growth rate that limits them is computed anew: Radau keeps its Jacobian for long
LARGEST = 1000  # parameters: the Jacobian takes 8 MB, its factorisation about 0.1 s


def is_stiff(solver: OdeSolver, cuts: int) -> bool:
    """Whether stability has limited the steps for a while, and many more of them are ahead than Radau would take."""
    worthwhile = 300 + 10 * solver.n  # a Jacobian costs about as much as n evaluations
    return bool(cuts >= PATIENCE and solver.n <= LARGEST and solver.t_bound - solver.t > worthwhile * solver.h_abs)


class GrowthLimit:
    r"""Limit on the steps of Radau where perturbations grow, as they do on a plateau.

    An implicit method damps what grows much faster than its steps, and an error estimate does not see what is smaller
    than the tolerance, such as the seed of a mode. For the growth rate ``g`` and steps ``h``, the relative error per
    e-fold of the growth is :math:`(g h)^5 / 7200` for Radau IIA of order 5; it is kept at a thirtieth of ``rtol``.
    """

    def __init__(self, rtol: float) -> None:
        self.limit = (7200 * rtol / 30) ** (1 / 5)
        self.jacobian: object = None
        self.steps = 0  # with this Jacobian

    def __call__(self, solver: OdeSolver) -> None:
        """Set the longest step, from the largest eigenvalue of a Jacobian that is not out of date."""
        self.steps += 1
        if self.steps > REFRESH and solver.h_abs > solver.max_step:
            solver.J, solver.current_jac = solver.jac(solver.t, solver.y), True
            solver.LU_real = solver.LU_complex = None
        if solver.J is not self.jacobian:
            self.jacobian, self.steps = solver.J, 0
            growth = np.linalg.eigvalsh(solver.J + solver.J.T)[-1] / 2
            solver.max_step = self.limit / growth if growth > 0 else np.inf
