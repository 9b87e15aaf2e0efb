"""Immutable records: read-only arrays that stay read-only in copies and pickles."""

from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import ArrayLike


def read_only(array: ArrayLike) -> Any:
    """View of ``array`` that cannot be written to.

    Examples
    --------
    >>> read_only([1.0, 2.0])[0] = 3.0
    Traceback (most recent call last):
    ValueError: assignment destination is read-only
    """
    view = np.asarray(array).view()
    view.setflags(write=False)
    return view


def rebuilt(record: Any) -> tuple[Any, ...]:
    """Reduce a dataclass to its fields: copies and pickles of it are built, and checked, as the record itself was.

    NumPy's arrays are writable once they are unpickled; results cached in the record are computed again.
    """
    return type(record), tuple(getattr(record, field.name) for field in fields(record))
