"""Imports go one way: down the ranks of the design, and never in a circle."""

import ast
from graphlib import CycleError, TopologicalSorter
from importlib.util import resolve_name
from pathlib import Path

import pytest

import flowdln

RANKS = (
    {"errors", "choices", "memory", "records", "replacement", "seal", "stored_values"},
    {"validation", "schedule", "rounding", "spectra", "problem"},
    {"vector_field", "tangent", "conserved", "modes", "initial", "trajectory", "netcdf", "datasets", "backpropagation"},
    {"exact", "reduction", "integrate", "descent", "learning_rate", "modified"},
    {"keeping", "resolution", "solution", "comparison", "observe", "relu", "tanh_network", "symbolic"},
    # The root's names come from every rank.
    {"plot", "cli", "__main__", "reproduction", "problem_file", "toml_sections", "flowdln"},
)
STRANGERS = {("exact", "integrate"), ("integrate", "exact")}  # each is the other's oracle
OUTSIDE = {"tests", "derivations", "figures", "benchmarks"}

PACKAGE = Path(flowdln.__file__).parent
RANK_OF = {room: rank for rank, rooms in enumerate(RANKS) for room in rooms}


def module_name(path):
    """``flowdln.exact.aligned`` for a file; a package is named by its folder."""
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {module_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}
MODULES = [name for name in FILES if name != "flowdln"]


def imports(name, source, modules=frozenset(FILES)):
    """Modules that a source text imports anywhere, in functions and for type checkers too; relative names resolved."""
    package = name if is_package(name) else name.rpartition(".")[0]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            home = resolve_name("." * node.level + (node.module or ""), package)
            for alias in node.names:
                inner = f"{home}.{alias.name}"
                yield inner if inner in modules else home


def is_package(name):
    return name in FILES and FILES[name].name == "__init__.py"


def room(name):
    """``exact`` for ``flowdln.exact.aligned``, and ``flowdln`` for the root."""
    return name.split(".")[1] if "." in name else name


def violations(name, source):
    """What is wrong with the imports of a module, as sentences."""
    here = room(name)
    if here not in RANK_OF:
        return [f"{name} has no rank; give {here!r} one in RANKS"]
    faults = []
    for target in imports(name, source):
        top, there = target.split(".")[0], room(target)
        if top in OUTSIDE:
            faults.append(f"{name} imports {target}, which imports the package")
        elif top == "flowdln" and there not in RANK_OF:
            faults.append(f"{name} imports {target}, which has no rank")
        elif top == "flowdln" and RANK_OF[there] > RANK_OF[here]:
            faults.append(f"{name} imports upwards: {target}")
        elif top == "flowdln" and (here, there) in STRANGERS:
            faults.append(f"{name} imports its own oracle: {target}")
    return faults


def circle(sources):
    """The names of modules that import each other in a circle, or nothing."""
    graph = {name: set(imports(name, source, sources.keys())) & sources.keys() for name, source in sources.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return error.args[1]
    return []


def read(name):
    return FILES[name].read_text(encoding="utf-8")


@pytest.mark.parametrize("name", MODULES)
def test_a_module_imports_only_what_is_below_it(name):
    assert violations(name, read(name)) == []


def test_no_modules_import_each_other_in_a_circle():
    assert circle({name: read(name) for name in MODULES}) == []


def test_no_room_has_two_ranks():
    assert len(RANK_OF) == sum(map(len, RANKS))


@pytest.mark.parametrize(
    ("name", "source", "fault"),
    [
        pytest.param("flowdln.modes", "from flowdln.solution import solve", "upwards", id="upwards"),
        pytest.param("flowdln.modes", "import flowdln.exact.aligned as a", "upwards", id="upwards, with a new name"),
        pytest.param("flowdln.modes", "from flowdln import exact", "upwards", id="upwards, from the root"),
        pytest.param("flowdln.modes", "import flowdln as fl", "upwards: flowdln", id="the root itself"),
        pytest.param("flowdln.modes", "from .solution import solve", "upwards", id="upwards, relative"),
        pytest.param("flowdln.exact.aligned", "from ..solution import solve", "upwards", id="upwards, two dots"),
        pytest.param(
            "flowdln.modes", "def f():\n    from flowdln import plot", "upwards: flowdln.plot", id="inside a function"
        ),
        pytest.param(
            "flowdln.modes",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from flowdln.descent import descend",
            "upwards",
            id="for type checkers",
        ),
        pytest.param("flowdln.exact.aligned", "from flowdln import integrate", "oracle", id="exact to integrate"),
        pytest.param("flowdln.integrate.scipy", "import flowdln.exact", "oracle", id="integrate to exact"),
        pytest.param("flowdln.cli", "import figures.basu_fig1", "imports the package", id="figures"),
        pytest.param("flowdln.cli", "from tests import instances", "imports the package", id="tests"),
        pytest.param("flowdln.modes", "import flowdln.helpers", "helpers, which has no rank", id="from a new room"),
        pytest.param("flowdln.helpers", "", "flowdln.helpers has no rank", id="a new room"),
    ],
)
def test_control_a_wrong_import_is_caught(name, source, fault):
    (sentence,) = violations(name, source)
    assert fault in sentence


@pytest.mark.parametrize(
    "source",
    [
        "from flowdln.problem import Problem",
        "from flowdln.modes import svd_frame",
        "from . import problem",
        "import numpy.linalg\nfrom flowdln.errors import InputError",
    ],
    ids=["downwards", "its own rank", "relative", "other packages"],
)
def test_control_a_right_import_is_not(source):
    assert violations("flowdln.trajectory", source) == []


@pytest.mark.parametrize(
    "sources",
    [
        pytest.param(
            {"flowdln.descent": "import flowdln.modified", "flowdln.modified": "import flowdln.descent"}, id="of two"
        ),
        pytest.param(
            {
                "flowdln.exact": "from flowdln.exact import aligned",
                "flowdln.exact.aligned": "def f():\n    from flowdln.exact import solve_exactly",
            },
            id="a package and its part",
        ),
    ],
)
def test_control_a_circle_is_caught(sources):
    assert set(circle(sources)) == set(sources)
