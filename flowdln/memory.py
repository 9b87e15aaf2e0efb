"""Limit on the memory that data and problems may take."""

import os
import sys

from flowdln.errors import InputError

FLOAT_BYTES = 8
SHARE = 0.5  # of the machine's memory: the rest is for copies and for what computes with them
FLOAT_MAX = sys.float_info.max  # sizes may be integers beyond it
GIB = 2**30
ASSUMED = 8 * GIB  # bytes, where the system does not tell


def memory_limit() -> float:
    """Largest size in bytes of a single data set or problem: half of the machine's memory."""
    if hasattr(os, "sysconf") and {"SC_PHYS_PAGES", "SC_PAGE_SIZE"} <= os.sysconf_names.keys():
        return SHARE * os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return SHARE * ASSUMED


def require_memory(what: str, size: float, *, advice: str) -> None:
    """Refuse ``what`` if its ``size`` in bytes is beyond the limit; ``advice`` ends the message.

    Raises
    ------
    InputError
        With the size and the limit, before anything is allocated.
    """
    limit = memory_limit()
    if size > limit:
        size = min(size, FLOAT_MAX)
        raise InputError(
            f"{what} would take {size / GIB:.3g} GiB of memory; expected at most {limit / GIB:.3g} GiB, half of what "
            f"this machine has. {advice}"
        )
