"""Trajectories as labelled datasets, and on disk as netCDF files."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from flowdln.errors import InputError
from flowdln.problem import Moments, Problem
from flowdln.replacement import replacing, require_writable

if TYPE_CHECKING:
    import xarray as xr


def labelled(trajectory: Any, *, observables: bool) -> "xr.Dataset":
    """The dataset of :meth:`flowdln.Trajectory.to_xarray`."""
    import xarray as xr  # noqa: PLC0415 (imports pandas)

    layers = [f"layer_{i}" for i in range(trajectory.problem.depth + 1)]
    moments = trajectory.problem.moments
    data: dict[str, Any] = {
        "sigma_xx": ((layers[0], layers[0] + "_"), moments.sigma_xx),
        "sigma_yx": ((layers[-1], layers[0]), moments.sigma_yx),
    }
    for i, initial in enumerate(trajectory.problem.weights, start=1):
        data[f"W_{i}_initial"] = ((layers[i], layers[i - 1]), initial)
    for i, weight in enumerate(trajectory.weights, start=1):
        data[f"W_{i}"] = (("time", layers[i], layers[i - 1]), weight)
    if "saved" in trajectory.kept:
        data["saved"] = (("time", *(f"saved_{i}" for i in range(1, trajectory.saved.ndim))), trajectory.saved)
    else:
        data |= {"loss": (("time",), trajectory.loss), "modes": (("time", "mode"), trajectory.modes)}
        if observables or not trajectory.weights:
            data["product"] = (("time", layers[-1], layers[0]), trajectory.product)
    if observables and trajectory.weights:
        for i, matrix in enumerate(trajectory.imbalance, start=1):
            data[f"imbalance_{i}"] = (("time", layers[i], layers[i] + "_"), matrix)
    attributes = {
        "depth": trajectory.problem.depth,
        "tau": trajectory.problem.tau,
        "trace_yy": moments.trace_yy,
        "method": trajectory.method,
        "story": trajectory.story,
    }
    attributes |= {f"statistics_{name}": float(value) for name, value in trajectory.statistics.items()}
    return xr.Dataset(data, coords={"time": trajectory.ts}, attrs=attributes)


def save(trajectory: Any, path: str | Path) -> None:
    """Write the file of :meth:`flowdln.Trajectory.save`."""
    require_writable(path)
    data = labelled(trajectory, observables=False)
    if not data.sizes.get("mode"):  # netCDF-3 takes a dimension of length 0 for one without limit
        data = data.drop_vars("modes", errors="ignore")
    with replacing(path) as partial:
        data.to_netcdf(partial, engine="scipy")


def stored_fields(path: str | Path) -> dict[str, Any]:
    """The fields of the trajectory in a file that :func:`save` wrote, by name; see :meth:`flowdln.Trajectory.load`."""
    import xarray as xr  # noqa: PLC0415 (imports pandas)

    try:
        with Path(path).open("rb") as file, xr.open_dataset(file, engine="scipy") as stored:
            data = stored.load()
        names = [f"W_{i}" for i in range(1, int(data.attrs["depth"]) + 1)]
        moments = Moments(data["sigma_xx"].values, data["sigma_yx"].values, data.attrs["trace_yy"])
        initial = tuple(data[f"{name}_initial"].values for name in names)
        weights = tuple(data[name].values for name in names if name in data)
        kept = {} if weights else {name: data[name].values for name in ("product", "saved") if name in data}
        costs = {key.removeprefix("statistics_"): v for key, v in data.attrs.items() if key.startswith("statistics_")}
        return {
            "problem": Problem(moments, initial, float(data.attrs["tau"])),
            "ts": data["time"].values,
            "weights": weights,
            "method": data.attrs["method"],
            "story": data.attrs["story"],
            "statistics": costs,
            "kept": kept,
        }
    except (OSError, LookupError, TypeError, ValueError) as error:
        reason, _, _ = str(error).partition("\n")
        raise InputError(
            f"{path} cannot be read ({type(error).__name__}: {reason}); expected a file written by "
            "Trajectory.save. Check the path, or save the trajectory again."
        ) from error
