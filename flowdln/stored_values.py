"""Arrays as variables of netCDF-3, which lacks complex numbers, 64-bit integers and empty axes."""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import xarray as xr

NATIVE = (np.float64, np.float32)


def stored(variable: "xr.Variable") -> "xr.Variable":
    """Variable that netCDF-3 can hold; all but floats are stored as bytes, with type and shape.

    Examples
    --------
    >>> import xarray as xr
    >>> restored(stored(xr.Variable("time", [2**40, 1])))
    array([1099511627776,             1])
    """
    values = variable.values
    if values.size and values.dtype in NATIVE:
        return variable
    content = np.frombuffer(values.tobytes() or b"\0", dtype=np.int8)
    attributes = {"stored_type": values.dtype.str, "stored_shape": values.shape}
    return type(variable)(f"{variable.dims[0]}_bytes", content, attributes)


def restored(variable: "xr.Variable") -> np.ndarray:
    """Values of a variable that :func:`stored` made."""
    if "stored_type" not in variable.attrs:
        return variable.values
    dtype, shape = np.dtype(variable.attrs["stored_type"]), np.atleast_1d(variable.attrs["stored_shape"])
    return np.frombuffer(variable.values.tobytes(), dtype, count=int(np.prod(shape))).reshape(shape)
