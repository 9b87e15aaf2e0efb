"""Where derivations and figures are found."""

from pathlib import Path

import pytest
from refusal import refused

import flowdln
from flowdln.errors import InputError
from flowdln.reproduction.checkout import FOLDERS, find_checkout, load_chapters, load_figures

HERE = Path(flowdln.__file__).parent.parent


@pytest.fixture
def checkout(tmp_path):
    for name in FOLDERS:
        (tmp_path / "clone" / name).mkdir(parents=True)
        (tmp_path / "clone" / name / "__init__.py").write_text("")
    return tmp_path / "clone"


@pytest.fixture
def installed_elsewhere(tmp_path, monkeypatch):
    monkeypatch.setattr(flowdln, "__file__", str(tmp_path / "site-packages" / "flowdln" / "__init__.py"))


@pytest.mark.parametrize("below", [".", "figures", "reproduction/cache"])
def test_found_from_any_folder_inside(below, checkout, monkeypatch):
    (checkout / below).mkdir(parents=True, exist_ok=True)
    monkeypatch.chdir(checkout / below)
    assert find_checkout() == checkout


def test_found_beside_the_package_from_outside(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert find_checkout() == HERE


@pytest.mark.usefixtures("installed_elsewhere")
def test_refused_outside_of_any_checkout(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    words = [str(tmp_path), "is not in a checkout of flowdln", "derivations/ and figures/", "Clone the repository"]
    refused(InputError, words, find_checkout)


@pytest.mark.usefixtures("installed_elsewhere")
@pytest.mark.parametrize("missing", FOLDERS)
def test_one_of_the_two_folders_is_no_checkout(missing, checkout, monkeypatch):
    (checkout / missing / "__init__.py").unlink()
    monkeypatch.chdir(checkout)
    refused(InputError, ["is not in a checkout"], find_checkout)


@pytest.mark.usefixtures("installed_elsewhere")
@pytest.mark.parametrize("load", [load_chapters, load_figures])
def test_loading_is_refused_outside_too(load, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    refused(InputError, ["is not in a checkout"], load)


@pytest.mark.parametrize(
    ("load", "package", "listing"), [(load_chapters, "derivations", "CHAPTERS"), (load_figures, "figures", "FIGURES")]
)
def test_modules_come_by_name_in_the_order_listed(load, package, listing):
    modules = load()
    listed = getattr(__import__(package), listing)
    assert tuple(modules) == listed
    assert [module.__name__ for module in modules.values()] == [f"{package}.{name}" for name in listed]
    assert all(Path(module.__file__).parent == HERE / package for module in modules.values())
