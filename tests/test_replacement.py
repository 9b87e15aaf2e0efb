"""Files that are complete or not there: after errors, interrupts, and where nothing may be written."""

import os
from pathlib import Path

import pytest
from refusal import refused

from flowdln.errors import InputError
from flowdln.replacement import replacing, require_writable


@pytest.fixture
def old(tmp_path):
    path = tmp_path / "run.txt"
    path.write_text("old")
    return path


def write(path, text, error=None):
    with replacing(path) as partial:
        partial.write_text(text)
        assert path.read_text() == "old"
        if error:
            raise error


def test_a_complete_file_takes_the_place_of_the_old_one(old):
    write(old, "new")
    assert old.read_text() == "new"
    assert list(old.parent.iterdir()) == [old]


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError], ids=["interrupted", "disk full"])
def test_an_interrupted_write_leaves_the_old_file_and_nothing_else(error, old):
    with pytest.raises(error):
        write(old, "half of the n", error)
    assert old.read_text() == "old"
    assert list(old.parent.iterdir()) == [old]


def test_the_partial_file_has_the_suffix_by_which_formats_are_known(tmp_path):
    with replacing(tmp_path / "figure.svg") as partial:
        assert partial.suffix == ".svg"
        partial.touch()
    assert (tmp_path / "figure.svg").is_file()


def test_a_link_stays_a_link(old):
    link = old.with_name("link.txt")
    link.symlink_to(old)
    write(link, "new")
    assert link.is_symlink()
    assert old.read_text() == "new"


def test_a_device_is_written_to_itself():
    with replacing(os.devnull) as partial:
        assert partial == Path(os.devnull)
    require_writable(os.devnull)
    assert not Path(os.devnull).is_file()


@pytest.mark.parametrize("name", ["run.txt", "new.txt"], ids=["old", "new"])
def test_to_ask_whether_a_file_can_be_written_changes_nothing(name, old):
    require_writable(old.with_name(name))
    assert old.read_text() == "old"
    assert list(old.parent.iterdir()) == [old]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        pytest.param("none/run.nc", ["is in a folder that does not exist", "Make the folder."], id="no folder"),
        pytest.param("run.txt/run.nc", ["is in a folder that does not exist"], id="a file for a folder"),
        pytest.param("", ["cannot be written (Is a directory)", "Choose another."], id="a folder"),
        pytest.param(f"{'x' * 300}.nc", ["cannot be written (", "Choose another."], id="name too long"),
    ],
)
def test_what_cannot_be_written_is_refused(name, words, old):
    refused(InputError, words, lambda: require_writable(old.parent / name))


def test_a_file_that_is_protected_is_refused(old, monkeypatch):
    monkeypatch.setattr(os, "access", lambda *_: False)  # as for a user who is not root
    refused(InputError, ["run.txt cannot be written (Permission denied)"], lambda: require_writable(old))
