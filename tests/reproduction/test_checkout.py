"""Folders from which derivations and figures are imported."""

import subprocess
import sys
from pathlib import Path

import pytest
from refusal import refused

import flowdln
from flowdln.errors import InputError
from flowdln.reproduction.checkout import FOLDERS, VARIABLE, find_checkout, load_chapters, load_figures

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
def test_other_checkouts_are_not_searched_from_inside(below, checkout, monkeypatch):
    (checkout / below).mkdir(parents=True, exist_ok=True)
    monkeypatch.chdir(checkout / below)
    assert find_checkout() == HERE


def test_checkout_that_is_named_is_taken(checkout, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(checkout))
    assert find_checkout() == checkout


def test_folder_that_is_named_and_no_checkout_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    refused(InputError, [str(tmp_path), "is no checkout of flowdln"], find_checkout)


@pytest.mark.usefixtures("installed_elsewhere")
def test_package_without_a_checkout_is_told_how_to_name_one(tmp_path, checkout, monkeypatch):
    monkeypatch.chdir(checkout)
    folder, advice = str(tmp_path / "site-packages"), "flowdln --checkout FOLDER"
    refused(InputError, [folder, "is no checkout of flowdln", "derivations/ and figures/", advice], find_checkout)


@pytest.mark.parametrize("missing", FOLDERS)
def test_one_of_the_two_folders_is_no_checkout(missing, checkout, monkeypatch):
    (checkout / missing / "__init__.py").unlink()
    monkeypatch.setenv(VARIABLE, str(checkout))
    refused(InputError, ["is no checkout"], find_checkout)


@pytest.mark.usefixtures("installed_elsewhere")
@pytest.mark.parametrize("load", [load_chapters, load_figures])
def test_loading_is_refused_without_a_checkout(load):
    refused(InputError, ["is no checkout"], load)


PLANTED = "raise SystemExit('planted code was run')"


@pytest.mark.parametrize("command", [["-m", "flowdln"], ["-c", "from flowdln.cli import main; main()"]])
def test_code_in_parents_of_the_current_folder_is_not_run(command, checkout):
    for name in FOLDERS:
        (checkout / name / "__init__.py").write_text(PLANTED)
    (checkout / "sub").mkdir()
    run = [sys.executable, *command, "figures", "no-such-figure"]
    for folder in (checkout, checkout / "sub"):
        done = subprocess.run(run, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603
        assert "the figure is 'no-such-figure'" in done.stderr


def test_control_planted_code_is_run_where_it_is_named(checkout):
    (checkout / "figures" / "__init__.py").write_text(PLANTED)
    run = [sys.executable, "-m", "flowdln", "--checkout", checkout, "figures", "no-such-figure"]
    done = subprocess.run(run, capture_output=True, text=True, check=False)  # noqa: S603
    assert "planted code was run" in done.stderr


@pytest.mark.parametrize(
    ("load", "package", "listing"), [(load_chapters, "derivations", "CHAPTERS"), (load_figures, "figures", "FIGURES")]
)
def test_modules_come_by_name_in_the_order_listed(load, package, listing):
    modules = load()
    listed = getattr(__import__(package), listing)
    assert tuple(modules) == listed
    assert [module.__name__ for module in modules.values()] == [f"{package}.{name}" for name in listed]
    assert all(Path(module.__file__).parent == HERE / package for module in modules.values())
