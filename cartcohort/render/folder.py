"""The folder of a run: held by one run at a time, filled beside, changed in one go."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from cartcohort.errors import OutputError, Problem
from cartcohort.render.manifest import FILE_NAME
from cartcohort.render.processes import ignore_interrupts


@contextmanager
def hold_folder(folder: Path, note: Callable[[str], None]) -> Iterator[None]:
    """Hold a run folder against other runs; wait, and say so, where another run holds it.

    Raises
    ------
    OutputError
        Where the folder, or the one around it, cannot be written.
    """
    with as_output_error(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        if folder.exists() and not (folder.is_dir() and os.access(folder, os.W_OK)):
            raise PermissionError(None, "it is no folder that can be written")
        lock = FileLock(folder.parent / f".{folder.name}.lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            note(f"Another run is writing {folder}; waiting for it to end.")
            lock.acquire()
    try:
        yield
    finally:
        lock.release()


@contextmanager
def open_staging(folder: Path) -> Iterator[Path]:
    """Give an empty folder beside the run folder, on the same disk, which is gone afterwards.

    What a killed run has left there is removed first; the run folder must be held.
    """
    prefix = f".{folder.name}.unfinished-"
    with as_output_error(folder):
        for left in folder.parent.glob(f"{prefix}*"):
            shutil.rmtree(left)
        staging = Path(tempfile.mkdtemp(prefix=prefix, dir=folder.parent)).resolve()
    try:
        yield staging
    finally:
        shutil.rmtree(staging, ignore_errors=True)


@contextmanager
def open_scratch() -> Iterator[Path]:
    """Give an empty folder for the kernels' own files, which is gone afterwards."""
    scratch = Path(tempfile.mkdtemp(prefix="cartcohort-")).resolve()
    try:
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)  # a killed kernel may still be letting go of a socket


def list_files(folder: Path) -> list[str]:
    """Return the path of every file inside a folder, in alphabetical order."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def replace_files(staging: Path, folder: Path, obsolete: Iterable[str]) -> None:
    """Move every file of `staging` into the run folder and delete those that are obsolete.

    Each file is replaced whole, the manifest last: a folder whose manifest agrees with its files is complete.
    """
    names = sorted(list_files(staging), key=lambda name: (name == FILE_NAME, name))
    with ignore_interrupts():
        for name in names:
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            (staging / name).replace(target)
        for name in obsolete:
            (folder / name).unlink(missing_ok=True)


@contextmanager
def as_output_error(folder: Path) -> Iterator[None]:
    """Turn what the system says while a run folder is written into an error for the user."""
    try:
        yield
    except OSError as error:
        problem = Problem(
            "The report cannot be written.",
            f"{folder}: {error.strerror or error}.",
            "Name another folder by --output, or make room or give the right to write there.",
        )
        raise OutputError(problem) from error
