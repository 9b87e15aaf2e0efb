"""Trajectories as labelled datasets, and on disk as netCDF files."""

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from flowdln.errors import InputError, ShapeError
from flowdln.problem import Moments, Problem
from flowdln.replacement import replacing, require_regular
from flowdln.seal import BLANK, NAME, check_netcdf, sealed_netcdf
from flowdln.stored_values import restored, stored
from flowdln.validation import Array, real_array, valid_times
from flowdln.vector_field import end_to_end

if TYPE_CHECKING:
    import xarray as xr

START_TOLERANCE = (
    1e-8  # relative to the largest layer: what rounding leaves of the initial weights where a solution is put together
)


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
    with replacing(path) as file:
        write(labelled(trajectory, observables=False), file)


def write(data: "xr.Dataset", file: BinaryIO) -> None:
    """Write a dataset as a netCDF-3 file with a digest of its content."""
    import xarray as xr  # noqa: PLC0415 (imports pandas)

    variables = dict(data.variables)
    if not data.sizes.get("mode"):  # netCDF-3 takes a dimension of length 0 for one without limit
        variables.pop("modes", None)
    if "saved" in variables:
        variables["saved"] = stored(variables["saved"])
    data = xr.Dataset(variables, attrs={NAME: BLANK.decode()} | data.attrs)
    file.writelines(sealed_netcdf(data.to_netcdf(engine="scipy")))


def stored_fields(path: str | Path) -> dict[str, Any]:
    """Fields by name of the trajectory in a file that :func:`save` wrote; see :meth:`flowdln.Trajectory.load`."""
    import xarray as xr  # noqa: PLC0415 (imports pandas)

    try:
        require_regular(path)
        content = Path(path).read_bytes()
        check_netcdf(content)
        overflow = np.errstate(over="ignore", invalid="ignore")  # what is not finite is refused
        with overflow, xr.open_dataset(io.BytesIO(content), engine="scipy") as data:
            return _fields(data.load())
    except (OSError, LookupError, TypeError, ValueError) as error:
        raise InputError(
            f"{path} cannot be read ({type(error).__name__}: {error}); expected a file as Trajectory.save wrote it. "
            "Check the path, or save the trajectory again."
        ) from error


def _fields(data: "xr.Dataset") -> dict[str, Any]:
    names = [f"W_{i}" for i in range(1, int(data.attrs["depth"]) + 1)]
    moments = Moments(data["sigma_xx"].values, data["sigma_yx"].values, data.attrs["trace_yy"])
    initial = tuple(data[f"{name}_initial"].values for name in names)
    problem = Problem(moments, initial, float(data.attrs["tau"]))
    ts = valid_times(data["time"].values)
    largest = np.max([np.linalg.norm(weight) for weight in initial])
    if "saved" in data:
        values: dict[str, Any] = {"kept": {"saved": restored(data["saved"].variable)}, "weights": ()}
    elif "product" in data:
        product = _valid_stack("product", data, ts, end_to_end(initial), scale=largest ** len(initial))
        values = {"kept": {"product": product}, "weights": ()}
    else:
        starts = zip(names, initial, strict=True)
        values = {"weights": tuple(_valid_stack(name, data, ts, start, scale=largest) for name, start in starts)}
    costs = {key.removeprefix("statistics_"): v for key, v in data.attrs.items() if key.startswith("statistics_")}
    told = {"method": data.attrs["method"], "story": data.attrs["story"], "statistics": costs}
    return {"problem": problem, "ts": ts} | told | values


def _valid_stack(name: str, data: "xr.Dataset", ts: Array, start: Array, *, scale: float) -> Array:
    """Matrices over time, checked to be finite, of the shape of ``start``, and equal to it at time 0."""
    values = real_array(name, data[name].values, 3)
    if values.shape != (len(ts), *start.shape):
        raise ShapeError(f"{name} has shape {values.shape}; expected {(len(ts), *start.shape)}.")
    if ts[0] == 0 and not np.linalg.norm(values[0] - start) <= START_TOLERANCE * scale:
        raise InputError(f"{name} at time 0 is not that of the initial weights; expected the same.")
    return values
