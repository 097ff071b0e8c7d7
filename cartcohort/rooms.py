"""Folders for temporary files, which may hold a study: each is gone at its end, or removed by the next run.

Whoever makes such a folder holds a lock on it as long as it is used. The system lets go of the lock when the process
and all that were forked from it have ended, in whatever way: so a folder whose lock is free is nobody's. Numbers of
processes would not tell that, since containers that share a folder for temporary files do not share them. Where the
system cannot lock folders (Windows, some network disks), what killed processes leave is left alone.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

try:
    import fcntl
except ImportError:  # on Windows
    fcntl = None

PREFIX = "cartcohort-"


@contextmanager
def open_room() -> Iterator[Path]:
    """Give an empty folder, by its path without links, that nobody else can open and that is gone afterwards.

    Raises
    ------
    OSError
        Where none can be made.
    """
    folder, lock = _make_room()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)  # a killed process may still be letting go of a file
        if lock is not None:
            os.close(lock)


def clear_rooms(end_users: Callable[[Path], None] = lambda folder: None) -> None:
    """Remove the folders that killed processes of this user have left; nothing is said where that fails.

    Parameters
    ----------
    end_users : callable
        Called with a folder before it is removed; ends what a killed process has left running in it.
    """
    if fcntl is None:
        return
    with suppress(OSError), os.scandir(tempfile.gettempdir()) as entries:
        for path in [Path(entry.path) for entry in entries if entry.name.startswith(PREFIX)]:
            with suppress(OSError):  # it is in use, somebody else's, or removed already
                _clear_room(path, end_users)


def _clear_room(folder: Path, end_users: Callable[[Path], None]) -> None:
    lock = _open(folder)
    try:
        if os.fstat(lock).st_uid == os.geteuid():
            _take(lock)
            end_users(folder)
            shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(lock)


def _make_room() -> tuple[Path, int | None]:
    """Return a folder and the number of the open file that holds its lock; None where it cannot be locked."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX)).resolve()
        if fcntl is None:
            return folder, None
        with suppress(FileNotFoundError, BlockingIOError):  # another process has cleared it before it was locked
            return folder, _lock(folder)


def _lock(folder: Path) -> int | None:
    lock = _open(folder)
    try:
        _take(lock)
        folder.stat()
    except (FileNotFoundError, BlockingIOError):
        os.close(lock)
        raise
    except OSError:  # folders cannot be locked there
        os.close(lock)
        return None
    return lock


def _open(folder: Path) -> int:
    return os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)


def _take(lock: int) -> None:
    """Lock an open folder, for this process and those forked from it.

    Raises
    ------
    BlockingIOError
        Where another process holds it.
    OSError
        Where the system cannot lock it.
    """
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
