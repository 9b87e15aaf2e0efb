"""Modules of the package with one thing changed, which a check must notice."""

import importlib.util
from pathlib import Path


def mutant(module, right, wrong, folder):
    """``module`` with the text ``right``, which occurs in it once, replaced by ``wrong``."""
    source = Path(module.__file__).read_text(encoding="utf-8")
    assert source.count(right) == 1
    file = folder / f"mutant_{Path(module.__file__).name}"
    file.write_text(source.replace(right, wrong), encoding="utf-8")
    spec = importlib.util.spec_from_file_location(file.stem, file)
    changed = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(changed)
    return changed
