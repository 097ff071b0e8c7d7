"""The folder of a run: held by one run at a time, filled beside, changed in one go."""

from __future__ import annotations

import glob
import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from cartcohort.errors import OutputError, Problem
from cartcohort.render.exchange import finish_exchange, is_exchanging
from cartcohort.render.processes import ENDING, ignore_interrupts, kill_users
from cartcohort.rooms import PREFIX, open_room

_UNFINISHED = ".{}.unfinished-"


def real_path(path: Path) -> Path:
    """Return a path without links; unlike `Path.resolve` it takes links in a circle as they are."""
    return Path(os.path.realpath(path))


@contextmanager
def hold_folder(folder: Path, note: Callable[[str], None]) -> Iterator[None]:
    """Hold a run folder against other runs; wait, and say so, where another run holds it.

    What a killed run has left beside the folder is put in order first: an exchange of files that it has begun is
    finished, one that it was preparing is removed.

    Raises
    ------
    OutputError
        Where the folder, or the one around it, cannot be written.
    """
    with as_output_error(folder):
        _check_way(folder)
        real = real_path(folder)
        real.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(_place_lock(folder))
        try:
            lock.acquire(timeout=0)
        except Timeout:
            note(f"Another run is writing {folder}; waiting for it to end.")
            lock.acquire()
    try:
        with as_output_error(folder):
            finish_exchange(folder)
            _remove_unfinished(folder)
        yield
    finally:
        lock.release()


@contextmanager
def hold_to_read(folder: Path, note: Callable[[str], None]) -> Iterator[None]:
    """Hold a run folder while it is read, so that old and new files are never seen together.

    A folder that runs do not hold, such as a copy in an archive, or one that cannot be written, is read as it is.
    """
    lock = _place_lock(folder)
    held = is_exchanging(folder) or lock.exists()
    if held and all(os.access(path, os.W_OK) for path in (lock.parent, folder) if path.exists()):
        with hold_folder(folder, note):
            yield
    else:
        yield


def settle_folder(folder: Path, note: Callable[[str], None]) -> None:
    """Finish, or wait for, an exchange of files before a run folder is read."""
    if is_exchanging(folder):
        with hold_to_read(folder, note):
            pass


def _remove_unfinished(folder: Path) -> None:
    real = real_path(folder)
    for left in real.parent.glob(f"{glob.escape(_UNFINISHED.format(real.name))}*"):
        shutil.rmtree(left)


def _place_lock(folder: Path) -> Path:
    real = real_path(folder)
    return real.parent / f".{real.name}.lock"


def _check_way(folder: Path) -> None:
    """Raise OSError where something is in the way of the folder, or it may not be written."""
    lost = [path for path in (folder, *folder.parents) if path.is_symlink() and not path.exists()]
    if lost:
        raise OSError(None, f"{lost[0]} is a link to a folder that is not there")
    nearest = next(path for path in (folder, *folder.parents) if path.exists())
    if not nearest.is_dir():
        raise OSError(None, f"{nearest} is no folder")
    kept = [path for path in (folder, *folder.glob("*/")) if path.is_dir() and not os.access(path, os.W_OK)]
    if kept:
        raise OSError(None, f"{kept[0]} may not be written")


def check_temporary_folder() -> None:
    """Check that sockets can have names in the folder for temporary files.

    Raises
    ------
    OutputError
        Where the folder's own name is too long for that, or there is no such folder.
    """
    try:
        folder = Path(tempfile.gettempdir()).resolve()
    except OSError as error:
        raise OutputError(Problem("There is no folder for temporary files.", remedy=_SHORT)) from error
    if hasattr(socket, "AF_UNIX") and len(os.fsencode(folder)) > LONGEST_SOCKET - _SOCKET_NAME:
        raise OutputError(Problem("The folder for temporary files has too long a name.", str(folder), _SHORT))


_SHORT = "Name one that exists by the environment variable TMPDIR, such as TMPDIR=/tmp."
LONGEST_SOCKET = 107 if sys.platform == "linux" else 103
"""Bytes that the name of a Unix socket may have."""
_SOCKET_NAME = len(f"/{PREFIX}12345678/999/9/kernel-ipc-5")


@contextmanager
def open_staging(folder: Path) -> Iterator[Path]:
    """Give an empty folder beside the run folder, which must be held, on the same disk; it is gone afterwards."""
    real = real_path(folder)  # a run folder may be a link to another disk, and files are moved on one disk only
    with as_output_error(folder):
        staging = Path(tempfile.mkdtemp(prefix=_UNFINISHED.format(real.name), dir=real.parent)).resolve()
    try:
        yield staging
    finally:
        _remove(staging)


@contextmanager
def open_scratch() -> Iterator[Path]:
    """Give an empty folder for the kernels' own files; it is gone afterwards, with all that kernels left running."""
    with ExitStack() as opened:
        with as_output_error(Path(tempfile.gettempdir())):
            scratch = opened.enter_context(open_room())
        try:
            yield scratch
        finally:
            with ignore_interrupts(ENDING):
                kill_users(scratch)
                opened.close()


def _remove(folder: Path) -> None:
    """Remove a folder whatever is in it, even where the user has lost patience."""
    with ignore_interrupts(ENDING):
        shutil.rmtree(folder, ignore_errors=True)  # a killed kernel may still be letting go of a socket


@contextmanager
def as_output_error(folder: Path) -> Iterator[None]:
    """Turn what the system says while a run folder is written into an error for the user."""
    try:
        yield
    except OSError as error:
        file = Path(os.fsdecode(error.filename2 or error.filename or folder)).name
        problem = Problem(
            "The report cannot be written.",
            f"{folder}: {error.strerror or error}{'' if file == folder.name else f' ({file})'}.",
            "Name another folder by --output, or make room or give the right to write there.",
        )
        raise OutputError(problem) from error
