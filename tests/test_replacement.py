"""Files that are complete or not there: after errors, interrupts, and where nothing may be written."""

import errno
import os
import signal
import stat
import subprocess
import sys
import threading

import pytest
from refusal import refused

from flowdln.errors import InputError
from flowdln.replacement import replacing, require_regular


@pytest.fixture
def old(tmp_path):
    path = tmp_path / "run.txt"
    path.write_text("old")
    return path


@pytest.fixture
def open_umask():
    before = os.umask(0o022)
    yield
    os.umask(before)


def write(path, text, error=None):
    with replacing(path) as file:
        file.write(text.encode())
        if error:
            raise error


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_old_file_stays_until_the_new_one_is_complete(old):
    with replacing(old) as file:
        file.write(b"new")
        file.flush()
        assert old.read_text() == "old"
    assert old.read_text() == "new"
    assert list(old.parent.iterdir()) == [old]


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError, SystemExit])
def test_interrupted_write_leaves_the_old_file_and_nothing_else(error, old):
    with pytest.raises(error):
        write(old, "half of the n", error)
    assert old.read_text() == "old"
    assert list(old.parent.iterdir()) == [old]


@pytest.mark.parametrize("failing", ["fsync", "fchmod"])
def test_failing_disk_leaves_the_old_file_and_nothing_else(failing, old, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, failing, full)
    refused(InputError, ["run.txt cannot be written (No space left on device)"], lambda: write(old, "new"))
    assert old.read_text() == "old"
    assert list(old.parent.iterdir()) == [old]


def test_content_is_on_disk_before_it_takes_the_place_of_the_old_one(old, monkeypatch):
    flushed = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: flushed.append((os.fstat(descriptor), old.read_text())))
    write(old, "new")
    (file, before), (folder, after) = flushed
    assert (file.st_size, before, after) == (3, "old", "new")
    assert stat.S_ISDIR(folder.st_mode)


@pytest.mark.parametrize("permissions", [0o600, 0o640, 0o664, 0o755], ids=oct)
def test_mode_of_the_old_file_is_kept(permissions, old):
    old.chmod(permissions)
    write(old, "new")
    assert mode(old) == permissions


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give a file away")
def test_owner_of_the_old_file_is_kept(old):
    os.chown(old, 65534, 65534)
    old.chmod(0o600)
    write(old, "new")
    assert (old.stat().st_uid, old.stat().st_gid, mode(old)) == (65534, 65534, 0o600)


@pytest.mark.usefixtures("open_umask")
def test_new_files_have_the_mode_that_the_user_has_chosen(tmp_path):
    write(tmp_path / "new.txt", "new")
    assert mode(tmp_path / "new.txt") == 0o644


@pytest.mark.usefixtures("open_umask")
def test_private_file_is_private_while_in_progress(old):
    old.chmod(0o600)
    with replacing(old):
        assert {mode(path) for path in old.parent.iterdir()} == {0o600}


def test_links_stay_links(old):
    link = old.with_name("link.txt")
    link.symlink_to(old)
    write(link, "new")
    assert link.is_symlink()
    assert old.read_text() == "new"


def test_planted_links_are_not_followed(old, monkeypatch):
    monkeypatch.setattr("secrets.token_hex", lambda _: "guessed")
    victim = old.with_name("victim")
    victim.write_text("victim")
    old.with_name(".flowdln-guessed.partial").symlink_to(victim)
    refused(InputError, ["run.txt cannot be written (File exists)"], lambda: write(old, "new"))
    assert (old.read_text(), victim.read_text()) == ("old", "victim")


def test_dangling_planted_links_create_nothing(old, monkeypatch):
    monkeypatch.setattr("secrets.token_hex", lambda _: "guessed")
    old.with_name(".flowdln-guessed.partial").symlink_to(old.with_name("target"))
    refused(InputError, ["cannot be written"], lambda: write(old, "new"))
    assert not old.with_name("target").exists()


def test_several_writers_of_one_file_do_not_disturb_each_other(old):
    failures = []

    def rewrite(text):
        try:
            for _ in range(30):
                write(old, text)
        except Exception as error:  # noqa: BLE001 (of a thread, for the assertion below)
            failures.append(error)

    threads = [threading.Thread(target=rewrite, args=(letter * 1000,)) for letter in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert old.read_text() in {"a" * 1000, "b" * 1000}
    assert list(old.parent.iterdir()) == [old]


def test_devices_are_written_directly():
    write(os.devnull, "lost")
    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)  # noqa: PTH116


def test_full_devices_are_refused():
    refused(InputError, ["/dev/full cannot be written (No space left on device)"], lambda: write("/dev/full", "new"))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        pytest.param("none/run.nc", ["is in a folder that does not exist", "Make the folder."], id="no folder"),
        pytest.param("run.txt/run.nc", ["is in a folder that does not exist"], id="file for a folder"),
        pytest.param("", ["cannot be written (Is a directory)", "Choose another."], id="folder"),
        pytest.param(f"{'x' * 300}.nc", ["cannot be written (", "Choose another."], id="name too long"),
        pytest.param("a\0b", ["a\\x00b cannot be written (", "Choose another."], id="name with a zero"),
    ],
)
def test_files_that_cannot_be_written_are_refused_before_the_work(name, words, old):
    def open_and_work():
        with replacing(f"{old.parent}/{name}"):
            pytest.fail("the work has begun")

    refused(InputError, words, open_and_work)
    assert list(old.parent.iterdir()) == [old]


@pytest.mark.parametrize("path", [None, 1.5, b"run.txt"])
def test_paths_of_another_type_are_refused(path):
    refused(InputError, [str(path), "cannot be written (", "expected a file"], lambda: write(path, "new"))


def test_folders_deleted_during_the_work_are_named(tmp_path):
    (tmp_path / "gone").mkdir()

    def delete():
        with replacing(tmp_path / "gone" / "run.txt"):
            for path in (tmp_path / "gone").iterdir():
                path.unlink()
            (tmp_path / "gone").rmdir()

    refused(InputError, ["gone/run.txt is in a folder that does not exist"], delete)


def test_protected_files_are_refused(old, monkeypatch):
    monkeypatch.setattr(os, "access", lambda *_: False)  # as for a user who is not root
    refused(InputError, ["run.txt cannot be written (Permission denied)"], lambda: write(old, "new"))


def test_control_characters_of_names_are_shown_escaped(tmp_path):
    name = tmp_path / "a\n\x1b[31mb" / "run.txt"
    refused(InputError, [r"a\n\x1b[31mb/run.txt is in a folder"], lambda: write(name, "new"))


@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo], ids=["folder", "pipe"])
def test_only_regular_files_are_read(make, tmp_path):
    make(tmp_path / "input")
    refused(InputError, ["input is no regular file"], lambda: require_regular(tmp_path / "input"))


SCRIPT = """
import sys, time
from flowdln.replacement import replacing
with replacing(sys.argv[1]) as file:
    file.write(b"half of the n")
    file.flush()
    print("begun", flush=True)
    time.sleep(60)
"""


def test_killed_writes_leave_the_old_file(old):
    command = [sys.executable, "-c", SCRIPT, str(old)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        assert process.stdout.readline() == "begun\n"
        process.send_signal(signal.SIGKILL)
    assert old.read_text() == "old"
    write(old, "new")
    assert old.read_text() == "new"
