"""Adaptive solvers for matrix ODEs, one family a file."""

from flowdln.integrate.equation import Equation, Integration, Tolerance, default_atol, everything
from flowdln.integrate.methods import DIFFRAX, SCIPY, integrate

__all__ = ["DIFFRAX", "SCIPY", "Equation", "Integration", "Tolerance", "default_atol", "everything", "integrate"]
