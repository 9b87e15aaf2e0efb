"""Limit on the memory that data and problems may take."""

import os

from flowdln.errors import InputError

SHARE = 0.5  # of the machine's memory: the rest is for copies and for what computes with them
ASSUMED = 8 * 2**30  # bytes, where the system does not tell


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
        raise InputError(
            f"{what} would take {size / 2**30:.3g} GiB of memory; expected at most {limit / 2**30:.3g} GiB, half of "
            f"what this machine has. {advice}"
        )
