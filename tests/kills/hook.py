"""Killing a process from within, right before one of the changes that it makes to files."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

_CHANGES = ("os.rename", "os.remove", "os.rmdir", "os.mkdir", "shutil.copyfile")


def end_at_change(number: int, *, below: Path | None = None) -> None:
    """Kill this process, as nobody can prevent, before its change of that number to a file or folder.

    Parameters
    ----------
    number : int
        Counts from 1.
    below : Path, optional
        Only changes below this folder count; the working directory by default.
    """
    place = os.path.realpath(below or Path.cwd())
    seen = 0

    def count(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal seen
        if event in _CHANGES or (event == "open" and _writes(arguments)):
            target = arguments[1] if event in ("os.rename", "shutil.copyfile") else arguments[0]
            if isinstance(target, int) or not os.path.realpath(os.fspath(target)).startswith(place):
                return
            seen += 1
            if seen == number:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)


def _writes(arguments: tuple[Any, ...]) -> bool:
    _, _, flags = arguments
    return bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
