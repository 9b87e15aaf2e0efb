"""SHA-256 digests that files carry, so that a changed bit is noticed."""

import re
from collections.abc import Iterator
from hashlib import sha256

BLANK = b"0" * 64
NAME = "sha256"
ATTRIBUTE = re.compile(rb"\x00\x00\x00\x06sha256\x00\x00\x00\x00\x00\x02\x00\x00\x00\x40([0-9a-f]{64})")  # in netCDF-3


def sealed(content: bytes) -> bytes:
    """``content`` after a line with its digest."""
    return sha256(content).hexdigest().encode() + b"\n" + content


def unsealed(content: bytes) -> bytes:
    """Content of a file that :func:`sealed` made; raises :class:`ValueError` if it has changed.

    Examples
    --------
    >>> unsealed(sealed(b"content"))
    b'content'
    >>> unsealed(sealed(b"content") + b"!")
    Traceback (most recent call last):
    ValueError: it does not match its SHA-256 digest
    """
    digest, _, rest = content.partition(b"\n")
    if digest != sha256(rest).hexdigest().encode():
        message = "it does not match its SHA-256 digest"
        raise ValueError(message)
    return rest


def sealed_netcdf(content: bytes | memoryview) -> Iterator[bytes | memoryview]:
    """Pieces of a netCDF file, the digest of the whole in place of its attribute ``sha256``, which was ``BLANK``."""
    start, end = _place(content)
    yield from (content[:start], sha256(content).hexdigest().encode(), content[end:])


def check_netcdf(content: bytes) -> None:
    """Raise :class:`ValueError` unless a netCDF file is as :func:`sealed_netcdf` made it."""
    start, end = _place(content)
    digest = sha256(content[:start] + BLANK)
    digest.update(memoryview(content)[end:])
    if digest.hexdigest().encode() != content[start:end]:
        message = "it does not match its SHA-256 digest"
        raise ValueError(message)


def _place(content: bytes | memoryview) -> tuple[int, int]:
    found = ATTRIBUTE.search(content)
    if not found:
        message = "it has no SHA-256 digest"
        raise ValueError(message)
    return found.span(1)
