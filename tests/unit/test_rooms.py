"""Folders for temporary files: held while anybody lives who uses them, removed by the next run when nobody does."""

import os
import shutil
import signal
import subprocess
import sys
import textwrap
from contextlib import ExitStack
from pathlib import Path

import pytest

from cartcohort import rooms
from cartcohort.rooms import clear_rooms, open_room
from tests.cli.processes import ROOT, wait_until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="folders cannot be locked there")


@pytest.fixture(autouse=True)
def temporary(tmp_path, monkeypatch):
    """The folder for temporary files."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def leave_room(name="cartcohort-left", inside="study"):
    """Leave a folder as a killed process does."""
    folder = Path(rooms.tempfile.gettempdir(), name)
    folder.mkdir(mode=0o700)
    (folder / inside).write_text("patients")
    return folder


def start_python(temporary, code):
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)],
        env=os.environ | {"PYTHONPATH": str(ROOT), "TMPDIR": str(temporary)},
        stdout=subprocess.PIPE,
        text=True,
    )


def start_holder(temporary, *, forks):
    """Start a process that holds a room, or whose child does too; returns it, and the number of who holds it last."""
    code = f"""
        import os, sys, time
        from cartcohort.rooms import open_room
        with open_room() as room:
            holder = os.fork() if {forks} else os.getpid()
            if holder:
                (room / "study").write_text("patients")
                print(holder, flush=True)
            time.sleep(600)
    """
    process = start_python(temporary, code)
    return process, int(process.stdout.readline())


def test_a_room_is_of_its_user_alone_and_gone_afterwards(temporary):
    with open_room() as room:
        assert room.stat().st_mode & 0o777 == 0o700
        assert list(temporary.iterdir()) == [room]
        (room / "study").write_text("patients")
    assert list(temporary.iterdir()) == []


def test_what_a_killed_process_left_is_removed_and_what_it_left_running_is_ended_first(temporary):
    process, _ = start_holder(temporary, forks=False)
    clear_rooms()
    (room,) = temporary.iterdir()
    assert (room / "study").exists()
    process.kill()
    process.communicate()
    ended = []
    clear_rooms(lambda folder: ended.append((folder, (folder / "study").exists())))
    assert ended == [(room, True)]
    assert list(temporary.iterdir()) == []


def test_a_room_is_held_as_long_as_a_child_lives(temporary):
    process, child = start_holder(temporary, forks=True)
    process.kill()
    process.wait()
    clear_rooms()
    assert len(list(temporary.glob("*/study"))) == 1
    os.kill(child, signal.SIGKILL)
    process.communicate()  # at the end of the output nobody holds it
    clear_rooms()
    assert list(temporary.iterdir()) == []


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may mount")
def test_a_room_is_held_in_another_namespace_that_shares_the_folder(temporary):
    if shutil.which("unshare") is None:
        pytest.skip("no unshare here")
    process, _ = start_holder(temporary, forks=False)
    code = "from cartcohort.rooms import clear_rooms; clear_rooms()"
    elsewhere = ["unshare", "--mount", "--pid", "--fork", "--uts", sys.executable, "-c", code]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "TMPDIR": str(temporary)}
    done = subprocess.run(elsewhere, env=environment, capture_output=True, text=True, check=False)
    if "Operation not permitted" in done.stderr:
        process.kill()
        process.communicate()
        pytest.skip("namespaces cannot be made here")
    assert (done.returncode, done.stderr) == (0, "")
    assert len(list(temporary.glob("*/study"))) == 1
    process.kill()
    process.communicate()
    subprocess.run(elsewhere, env=environment, check=True)
    assert list(temporary.iterdir()) == []


def test_nothing_but_folders_of_that_name_is_removed_and_no_link_is_followed(temporary):
    outside = temporary / "outside"
    outside.mkdir()
    (outside / "mine").write_text("mine")
    (leave_room() / "way").symlink_to(outside)
    (temporary / "cartcohort-link").symlink_to(outside)
    (temporary / "cartcohort-lost").symlink_to(temporary / "nowhere")
    (temporary / "cartcohort-file").write_text("mine")
    os.mkfifo(temporary / "cartcohort-pipe")
    clear_rooms()
    names = {"outside", "cartcohort-link", "cartcohort-lost", "cartcohort-file", "cartcohort-pipe"}
    assert {path.name for path in temporary.iterdir()} == names
    assert (outside / "mine").read_text() == "mine"


def test_folders_of_other_users_are_left_alone(temporary, monkeypatch):
    folder = leave_room()
    monkeypatch.setattr("os.geteuid", lambda: folder.stat().st_uid + 1)
    clear_rooms()
    assert (folder / "study").exists()


def test_a_folder_that_cannot_be_removed_is_tried_again(temporary, monkeypatch):
    folder = leave_room()
    with monkeypatch.context() as patch:
        patch.setattr("shutil.rmtree", lambda *arguments, **options: None)
        clear_rooms()
    assert (folder / "study").exists()
    clear_rooms()
    assert not folder.exists()


def test_without_a_folder_for_temporary_files_nothing_happens(monkeypatch):
    def refuse():
        raise FileNotFoundError

    monkeypatch.setattr("tempfile.gettempdir", refuse)
    clear_rooms()


def test_where_folders_cannot_be_locked_rooms_are_made_and_none_is_removed(temporary, monkeypatch):
    def refuse(*arguments):
        raise OSError(9, "Bad file descriptor")

    folder = leave_room()
    monkeypatch.setattr("fcntl.flock", refuse)
    with open_room() as room:
        clear_rooms()
        assert (room.exists(), folder.exists()) == (True, True)
    assert not room.exists()


def test_a_new_room_is_never_lost_to_those_who_clear(temporary):
    code = "from cartcohort.rooms import clear_rooms\nwhile True:\n    clear_rooms()"
    with ExitStack() as started:
        for _ in range(2):
            process = started.enter_context(start_python(temporary, code))  # is waited for at the end
            started.callback(process.kill)
        leave_room()
        wait_until(lambda: not (temporary / "cartcohort-left").exists())
        for _ in range(2000):
            with open_room() as room:
                (room / "study").write_text("patients")
                assert (room / "study").read_text() == "patients"


def test_a_room_that_was_cleared_before_it_was_locked_is_made_anew(monkeypatch):
    opened = []

    def open_and_lose(folder, original=rooms._open):
        lock = original(folder)
        if not opened:
            folder.rmdir()
        opened.append(folder)
        return lock

    monkeypatch.setattr(rooms, "_open", open_and_lose)
    with open_room() as room:
        assert room.exists()
    assert opened == [opened[0], room]
