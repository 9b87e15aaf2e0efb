"""Weights over time, however they were computed, and what is read off them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from flowdln import netcdf
from flowdln.conserved import imbalance
from flowdln.errors import InputError
from flowdln.modes import Frame, mode_strengths, svd_frame
from flowdln.problem import Problem
from flowdln.records import read_only, rebuilt
from flowdln.spectra import frobenius_norms
from flowdln.validation import Array, Weights
from flowdln.vector_field import end_to_end, loss

if TYPE_CHECKING:
    import xarray as xr


@dataclass(frozen=True, eq=False)
class Trajectory:
    """The weights of a network at the times ``ts``, with its observables computed when they are asked for.

    All arrays are read-only; copy them to change them.

    Parameters
    ----------
    problem
        What was solved; its ``weights`` are those at time 0.
    ts : (T,)
        Times, in the unit of ``problem.tau``.
    weights
        Tuple of ``L`` arrays ``(T, n_l, n_{l-1})``; empty if only something else was kept.
    method
        The solver, closed form or descent that made it.
    story
        Two or three sentences on why this method, for :meth:`explain`.
    statistics
        What the computation cost, by name.
    kept
        What was kept in place of the weights: ``"product"``, or ``"saved"``, the values of a function of them.

    Examples
    --------
    >>> import flowdln as fl
    >>> moments = fl.Moments.from_modes([2.0], 1, 1)
    >>> problem = fl.Problem(moments, (np.array([[0.5]]), np.array([[1.0]])))
    >>> still = Trajectory(problem, np.array([0.0]), tuple(w[None] for w in problem.weights), method="none")
    >>> float(still.loss[0])
    1.125
    """

    problem: Problem
    ts: Array
    weights: Weights
    method: str
    story: str = ""
    statistics: Mapping[str, float] = field(default_factory=dict)
    kept: Mapping[str, Array] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        object.__setattr__(self, "ts", read_only(self.ts))
        object.__setattr__(self, "weights", tuple(map(read_only, self.weights)))
        object.__setattr__(self, "kept", {name: read_only(values) for name, values in self.kept.items()})

    __reduce__ = rebuilt

    def __len__(self) -> int:
        return len(self.ts)

    def __repr__(self) -> str:
        return f"Trajectory({self.method}, {len(self)} times up to {self.ts[-1]:g}, widths {self.problem.widths})"

    def weights_at(self, index: int) -> Weights:
        """The weights at one time, ``(W_1, ..., W_L)``."""
        return tuple(weight[index] for weight in self._all_weights)

    @property
    def saved(self) -> Array:
        """Values of the function of the weights that was given as ``save``, ``(T, ...)``."""
        return self._kept_as("saved")

    @cached_property
    def product(self) -> Array:
        """End-to-end maps ``W_L ... W_1``, ``(T, n_L, n_0)``."""
        return read_only(end_to_end(self.weights)) if self.weights else self._kept_as("product")

    @cached_property
    def loss(self) -> Array:
        """Loss at each time, ``(T,)``; below about ``1e-16 trace_yy`` it is rounding."""
        moments = self.problem.moments
        return read_only([loss((product,), moments) for product in self.product])

    @cached_property
    def frame(self) -> Frame:
        """The SVD frame of ``sigma_yx`` in which ``modes`` are read."""
        return Frame(*map(read_only, svd_frame(self.problem.moments)))

    @cached_property
    def modes(self) -> Array:
        """Mode strengths ``u_a^T P(t) v_a``, ``(T, r)``, strongest mode of the task first."""
        return read_only(mode_strengths(self.product, self.frame))

    @cached_property
    def imbalance(self) -> Weights:
        """Imbalance ``W_{l+1}^T W_{l+1} - W_l W_l^T`` tuple of ``L - 1`` arrays ``(T, n_l, n_l)``."""
        steps = [imbalance(self.weights_at(i)) for i in range(len(self))]
        return tuple(map(read_only, zip(*steps, strict=True)))

    @cached_property
    def layer_norms(self) -> Array:
        """Frobenius norms of the layers, ``(T, L)``."""
        return read_only(np.stack([frobenius_norms(weight) for weight in self._all_weights], axis=1))

    @property
    def _all_weights(self) -> Weights:
        return self.weights or self._kept_as("weights")

    def _kept_as(self, name: str) -> Any:
        if name not in self.kept:
            raise InputError(
                f"the trajectory's {name} was not kept; expected a trajectory that has it. Its solve kept "
                f"{', '.join(self.kept) or 'weights'}; choose with solve(..., save=...)."
            )
        return self.kept[name]

    def explain(self) -> str:
        """How this trajectory was computed and why so, with what it cost."""
        costs = ", ".join(f"{value:,g} {name}" for name, value in self.statistics.items())
        return f"{self.method}: {self.story}" + (f" Cost: {costs}." if costs else "")

    def to_xarray(self, *, observables: bool = True) -> "xr.Dataset":
        """A labelled :class:`xarray.Dataset`: weights ``W_1 ... W_L``, the problem, and the observables.

        Layers of units are the dimensions ``layer_0 ... layer_L``. Without ``observables`` only the loss and the
        modes are kept beside what cannot be computed again.
        """
        return netcdf.labelled(self, observables=observables)

    def save(self, path: str | Path) -> None:
        """Write a netCDF-3 file that :meth:`load` and every netCDF reader opens; it holds the problem too.

        An existing file is replaced only when the new one is complete. Values of a function that netCDF-3 has no type
        for, such as complex numbers and 64-bit integers, are stored as bytes.

        Raises
        ------
        InputError
            If the folder does not exist, or the file cannot be written.
        """
        netcdf.save(self, path)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """The trajectory and problem of a file written by :meth:`save`.

        Raises
        ------
        InputError
            For a file that has changed since, by as little as one bit, or is no such file.
        """
        return cls(**netcdf.stored_fields(path))
