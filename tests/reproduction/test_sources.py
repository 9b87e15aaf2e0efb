"""What a result depends on is found through imports, and nothing else counts."""

import pytest

import flowdln
from flowdln.reproduction import sources as sources_module
from flowdln.reproduction.sources import fingerprint, sources


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A package in place of flowdln, and a figure in a checkout that imports of it."""
    files = {
        "site/flowdln/__init__.py": "from flowdln.near import x\n",
        "site/flowdln/near.py": "def f():\n    import flowdln.far\n",
        "site/flowdln/far.py": "import math\n",
        "site/flowdln/inner/__init__.py": "",
        "site/flowdln/inner/module.py": "y = 1\n",
        "site/flowdln/unused.py": "",
        "checkout/figures/__init__.py": "",
        "checkout/figures/picture.py": "from flowdln.inner import module\nfrom figures.shared import z\n",
        "checkout/figures/shared.py": "import numpy\n",
        "checkout/figures/other.py": "",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(flowdln, "__file__", str(tmp_path / "site" / "flowdln" / "__init__.py"))
    return tmp_path


@pytest.fixture
def picture(folder):
    return folder / "checkout" / "figures" / "picture.py"


USED = ["far", "near", "inner/module", "inner/__init__", "__init__"]


def test_imports_are_followed_into_functions_packages_and_neighbours(folder, picture):
    found = {str(path.relative_to(folder)) for path in sources(picture)}
    neighbours = {f"checkout/figures/{name}.py" for name in ("__init__", "picture", "shared")}
    assert found == {f"site/flowdln/{name}.py" for name in USED} | neighbours


@pytest.mark.parametrize("name", [f"site/flowdln/{name}.py" for name in USED] + ["checkout/figures/shared.py"])
def test_a_change_in_what_is_imported_changes_the_fingerprint(name, folder, picture):
    before = fingerprint({}, picture)
    (folder / name).write_text((folder / name).read_text() + "\n")
    assert fingerprint({}, picture) != before


@pytest.mark.parametrize("name", ["site/flowdln/unused.py", "checkout/figures/other.py"])
def test_control_a_change_elsewhere_does_not(name, folder, picture):
    before = fingerprint({}, picture)
    (folder / name).write_text("z = 1\n")
    assert fingerprint({}, picture) == before


def test_parameters_count_and_their_order_does_not(picture):
    assert fingerprint({"a": 1, "b": 2}, picture) == fingerprint({"b": 2, "a": 1}, picture)
    assert fingerprint({"a": 1, "b": 2}, picture) != fingerprint({"a": 1, "b": 3}, picture)


def test_another_version_of_a_library_counts(picture, monkeypatch):
    before = fingerprint({}, picture)
    monkeypatch.setattr(sources_module, "version", lambda name: f"{name} 0.0")
    assert fingerprint({}, picture) != before
