"""Which files and which data a result depends on, and a fingerprint of them."""

import ast
import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import flowdln
from flowdln.datasets import handwriting

LIBRARIES = ("numpy", "scipy", "sympy", "jax", "diffrax", "matplotlib", "scikit-learn")


def fingerprint(parameters: Mapping[str, Any], *files: Path) -> str:
    """Sixteen hexadecimal digits that change with the parameters, the files, and what these import of the checkout."""
    versions = {name: version(name) for name in LIBRARIES}
    digest = hashlib.sha256(json.dumps([dict(parameters), versions], sort_keys=True).encode())
    for source in sorted(set().union(*map(sources, files))):
        digest.update(source.name.encode() + source.read_bytes())
    return digest.hexdigest()[:16]


def data_set(parameters: Mapping[str, Any]) -> tuple[str, ...]:
    """Name and checksum of the data that the parameter ``data`` names for ``handwriting``; empty without one.

    Raises
    ------
    DatasetError
        If they are not to be had.
    """
    if "data" not in parameters:
        return ()
    samples = handwriting(parameters["data"])
    digest = hashlib.sha256(samples.inputs.tobytes())
    digest.update(samples.targets.tobytes())
    return samples.name, digest.hexdigest()


def sources(file: Path) -> set[Path]:
    """``file`` and every file of the package and of the checkout that it imports, at any distance."""
    roots = (Path(flowdln.__file__).resolve().parent.parent, file.resolve().parent.parent)
    found: set[Path] = set()
    waiting = [file.resolve()]
    while waiting:
        current = waiting.pop()
        if current not in found:
            found.add(current)
            waiting += [path for name in _imports(current.read_bytes()) for path in _files(name, roots)]
    return found


@cache
def _imports(code: bytes) -> list[str]:
    """Names of modules, or of things in them, that a file imports anywhere."""
    names = []
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return names


@cache
def _files(name: str, roots: Sequence[Path]) -> list[Path]:
    """The files that an import of ``name`` runs: those of its packages, and its own if it is a module."""
    parts = name.split(".")
    places = [root.joinpath(*parts[:length]) for root in roots for length in range(1, len(parts) + 1)]
    candidates = [path for place in places for path in (place / "__init__.py", place.with_suffix(".py"))]
    return [path for path in candidates if path.is_file()]
