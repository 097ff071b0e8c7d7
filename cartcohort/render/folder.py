"""The folder of a run: held by one run at a time, filled beside, changed in one go."""

from __future__ import annotations

import glob
import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from cartcohort.errors import OutputError, Problem
from cartcohort.render.manifest import FILE_NAME
from cartcohort.render.processes import ENDING, ignore_interrupts, kill_users


def real_path(path: Path) -> Path:
    """Return a path without links; unlike `Path.resolve` it takes links in a circle as they are."""
    return Path(os.path.realpath(path))


@contextmanager
def hold_folder(folder: Path, note: Callable[[str], None]) -> Iterator[None]:
    """Hold a run folder against other runs; wait, and say so, where another run holds it.

    Raises
    ------
    OutputError
        Where the folder, or the one around it, cannot be written.
    """
    with as_output_error(folder):
        _check_way(folder)
        real = real_path(folder)
        real.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(real.parent / f".{real.name}.lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            note(f"Another run is writing {folder}; waiting for it to end.")
            lock.acquire()
    try:
        yield
    finally:
        lock.release()


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
    if hasattr(socket, "AF_UNIX") and len(os.fsencode(folder)) > _LONGEST_SOCKET - _SOCKET_NAME:
        raise OutputError(Problem("The folder for temporary files has too long a name.", str(folder), _SHORT))


_SHORT = "Name one that exists by the environment variable TMPDIR, such as TMPDIR=/tmp."
_LONGEST_SOCKET = 107 if sys.platform == "linux" else 103
_SOCKET_NAME = len("/cartcohort-12345678/999/9/kernel-ipc-5")


@contextmanager
def open_staging(folder: Path) -> Iterator[Path]:
    """Give an empty folder beside the run folder, on the same disk, which is gone afterwards.

    What a killed run has left there is removed first; the run folder must be held.
    """
    real = real_path(folder)  # a run folder may be a link to another disk, and files are moved on one disk only
    prefix = f".{real.name}.unfinished-"
    with as_output_error(folder):
        for left in real.parent.glob(f"{glob.escape(prefix)}*"):
            shutil.rmtree(left)
        staging = Path(tempfile.mkdtemp(prefix=prefix, dir=real.parent)).resolve()
    try:
        yield staging
    finally:
        _remove(staging)


@contextmanager
def open_scratch() -> Iterator[Path]:
    """Give an empty folder for the kernels' own files; it is gone afterwards, with all that kernels left running."""
    with as_output_error(Path(tempfile.gettempdir())):
        scratch = Path(tempfile.mkdtemp(prefix="cartcohort-")).resolve()
    try:
        yield scratch
    finally:
        with ignore_interrupts(ENDING):
            kill_users(scratch)
            _remove(scratch)


def _remove(folder: Path) -> None:
    """Remove a folder whatever is in it, even where the user has lost patience."""
    with ignore_interrupts(ENDING):
        shutil.rmtree(folder, ignore_errors=True)  # a killed kernel may still be letting go of a socket


def list_files(folder: Path) -> list[str]:
    """Return the path of every file inside a folder, in alphabetical order."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def replace_files(staging: Path, folder: Path, obsolete: Iterable[str]) -> None:
    """Move every file of `staging` into the run folder and delete those that are obsolete.

    Each file is replaced whole, the manifest last: a folder whose manifest agrees with its files is complete.
    """
    names = sorted(list_files(staging), key=lambda name: (name == FILE_NAME, name))
    _check_targets(folder, names)
    with ignore_interrupts(ENDING):
        for name in names:
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            (staging / name).replace(target)
        for name in obsolete:
            if not (folder / name).is_dir():
                (folder / name).unlink(missing_ok=True)


def _check_targets(folder: Path, names: Iterable[str]) -> None:
    """Raise OSError where something is in the way of a file, before any is moved."""
    for name in names:
        target = folder / name
        if target.is_dir():
            raise OSError(None, f"{name} is a folder, and a file is to be written there")
        if target.parent.exists() and not target.parent.is_dir():
            raise OSError(None, f"{target.parent.name} is a file, and a folder is to be made there")


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
