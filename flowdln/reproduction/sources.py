"""Which files a result depends on, and a fingerprint of them."""

import ast
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import flowdln

LIBRARIES = ("numpy", "scipy", "sympy", "jax", "diffrax", "matplotlib", "scikit-learn")


def fingerprint(parameters: Mapping[str, Any], *files: Path) -> str:
    """Sixteen hexadecimal digits that change with the parameters, the files, and what these import of the checkout."""
    versions = {name: version(name) for name in LIBRARIES}
    digest = hashlib.sha256(json.dumps([dict(parameters), versions], sort_keys=True).encode())
    for source in sorted(set().union(*map(sources, files))):
        digest.update(source.name.encode() + source.read_bytes())
    return digest.hexdigest()[:16]


def sources(file: Path) -> set[Path]:
    """``file`` and every file of the package and of the checkout that it imports, at any distance."""
    roots = (Path(flowdln.__file__).resolve().parent.parent, file.resolve().parent.parent)
    found: set[Path] = set()
    waiting = [file.resolve()]
    while waiting:
        current = waiting.pop()
        if current not in found:
            found.add(current)
            waiting += [path for name in _imports(current) for path in _files(name, roots)]
    return found


def _imports(file: Path) -> Iterator[str]:
    """Names of modules, or of things in them, that a file imports anywhere."""
    for node in ast.walk(ast.parse(file.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _files(name: str, roots: Sequence[Path]) -> Iterator[Path]:
    """The files that an import of ``name`` runs: those of its packages, and its own if it is a module."""
    parts = name.split(".")
    for root in roots:
        for length in range(1, len(parts) + 1):
            place = root.joinpath(*parts[:length])
            yield from (path for path in (place / "__init__.py", place.with_suffix(".py")) if path.is_file())
