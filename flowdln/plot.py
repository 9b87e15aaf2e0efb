"""Pictures of trajectories and comparisons. Each function draws into Matplotlib axes and returns them.

Colours are those of Okabe and Ito, which all readers can tell apart; lines differ in dashes too, for print in grey.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from cycler import cycler
from matplotlib.axes import Axes

from flowdln.comparison import Comparison
from flowdln.errors import InputError
from flowdln.modes import mode_targets
from flowdln.trajectory import Trajectory

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
DASHES = ("-", "--", "-.", ":")
STYLE: dict[Any, Any] = {
    "figure.constrained_layout.use": True,
    "font.size": 9,
    "axes.titlesize": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.alpha": 0.25,
    "grid.linewidth": 0.5,
    "legend.frameon": False,
    "legend.fontsize": 8,
    "lines.linewidth": 1.5,
    "savefig.dpi": 200,
    "axes.prop_cycle": cycler(color=COLOURS),
}
TIME_LABEL = "time $t$ (units of $\\tau$)"


def learning_curves(trajectories: Mapping[str, Trajectory] | Trajectory, *, ax: Axes | None = None) -> Axes:
    """Loss against time, a line for each trajectory, named by its key.

    Raises
    ------
    InputError
        For values other than trajectories, no trajectories, and names that are no text or begin with an underscore,
        which Matplotlib leaves out of legends.

    Examples
    --------
    >>> import flowdln as fl
    >>> moments = fl.Moments.from_modes([3.0, 1.0], 4, 3)
    >>> problem = fl.Problem(moments, fl.initial.aligned(moments, (4, 5, 3), 0.1))
    >>> axes = learning_curves({"flow": fl.solve(problem, np.linspace(0, 5, 50))})
    >>> axes.get_ylabel()
    'loss $E$'
    >>> plt.close(axes.figure)
    """
    named = _named(trajectories)
    axes = _axes(ax)
    for i, (name, trajectory) in enumerate(named.items()):
        axes.plot(_time(trajectory), trajectory.loss, linestyle=DASHES[i % 4], color=COLOURS[i % 7], label=name)
    axes.set(xlabel=TIME_LABEL, ylabel="loss $E$")
    axes.legend()
    return axes


def modes(
    trajectory: Trajectory, *, indices: Sequence[int] | None = None, targets: bool = True, ax: Axes | None = None
) -> Axes:
    """Strengths of the modes against time; with ``targets``, dotted lines where the least-squares solution has them.

    ``indices`` chooses modes, counted from 0; the default is the first six.

    Raises
    ------
    InputError
        For another type than a trajectory, and indices that are no modes.
    """
    _require("trajectory", trajectory, Trajectory)
    shown = _mode_indices(indices, trajectory.modes.shape[1])
    axes, goals = _axes(ax), mode_targets(trajectory.problem.moments)
    for i, mode in enumerate(shown):
        colour = COLOURS[i % 7]
        label, dashes = f"mode {mode + 1}", DASHES[i % 4]
        axes.plot(_time(trajectory), trajectory.modes[:, mode], dashes, color=colour, label=label)
        if targets:
            axes.axhline(goals[mode], color=colour, linestyle=":", linewidth=0.8)
    axes.set(xlabel=TIME_LABEL, ylabel="mode strength $u_a^T P(t) v_a$")
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    return axes


def layer_norms(trajectory: Trajectory, *, squared: bool = False, ax: Axes | None = None) -> Axes:
    """Frobenius norm of each layer against time; squared, adjacent layers differ by a constant."""
    _require("trajectory", trajectory, Trajectory)
    axes = _axes(ax)
    power = 2 if squared else 1
    mark = "^2" if squared else ""
    for i, norms in enumerate(trajectory.layer_norms.T):
        label = f"$|W_{{{i + 1}}}|_F{mark}$"
        axes.plot(_time(trajectory), norms**power, linestyle=DASHES[i % 4], color=COLOURS[i % 7], label=label)
    axes.set(xlabel=TIME_LABEL, ylabel=f"layer norm $|W_l|_F{mark}$")
    axes.legend()
    return axes


def gap(comparison: Comparison, *, ax: Axes | None = None) -> Axes:
    """Distance of descent from the flow in the weights, measured and predicted to leading order, on a log scale."""
    _require("comparison", comparison, Comparison)
    axes = _axes(ax)
    time = comparison.ts[1:] / comparison.flow.problem.tau
    axes.semilogy(time, comparison.gap[1:], label="measured")
    axes.semilogy(time, comparison.predicted_gap[1:], "--", label=r"predicted, $\eta\,|e_1(t)|$")
    axes.set(xlabel=TIME_LABEL, ylabel=r"$|W_\mathrm{descent} - W_\mathrm{flow}|_F$")
    axes.legend()
    return axes


def _named(trajectories: Any) -> Mapping[str, Trajectory]:
    if not isinstance(trajectories, Mapping):
        _require("trajectories", trajectories, Trajectory, advice=" To compare several, pass {name: trajectory, ...}.")
        return {trajectories.method: trajectories}
    if not trajectories:
        raise InputError("trajectories is empty; expected at least one. Pass {name: trajectory, ...}.")
    for name, trajectory in trajectories.items():
        if not isinstance(name, str) or not name or name.startswith("_"):
            raise InputError(
                f"trajectories has the name {name!r}; expected text that does not begin with an underscore. The names "
                "are shown in the legend."
            )
        _require(f"trajectories[{name!r}]", trajectory, Trajectory)
    return trajectories


def _mode_indices(indices: Any, count: int) -> Sequence[int]:
    if indices is None:
        return range(min(6, count))
    listed = indices.tolist() if isinstance(indices, np.ndarray) else indices
    if not isinstance(listed, Sequence) or isinstance(listed, (str, bytes)) or not listed:
        raise InputError(f"indices is {indices!r}; expected a sequence of modes, such as [0, 1]. Modes count from 0.")
    for index in listed:
        if not isinstance(index, (int, np.integer)) or isinstance(index, bool) or not 0 <= index < count:
            raise InputError(f"indices has {index!r}; expected integers from 0 to {count - 1}. Modes count from 0.")
    return listed


def _require(name: str, value: Any, kind: type, *, advice: str = "") -> None:
    if not isinstance(value, kind):
        raise InputError(f"{name} is of type {type(value).__name__}; expected flowdln.{kind.__name__}.{advice}")


def _axes(ax: Axes | None) -> Axes:
    if ax is None:
        return plt.figure(figsize=(4.2, 2.8), layout="constrained").add_subplot()
    if not isinstance(ax, Axes):
        raise InputError(f"ax is of type {type(ax).__name__}; expected Matplotlib axes. Leave it out for a new figure.")
    return ax


def _time(trajectory: Trajectory) -> np.ndarray:
    return trajectory.ts / trajectory.problem.tau
