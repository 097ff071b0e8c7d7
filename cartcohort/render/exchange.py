"""Changing a run folder in one go: what a killed run has begun to exchange, the next one finishes.

All new files lie complete in a folder beside the run folder. Renaming that folder is the moment that counts: before
it the old report is whole, after it the new one comes into place, if need be by whoever looks at the folder next.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from cartcohort.render.manifest import FILE_NAME
from cartcohort.render.processes import ENDING, ignore_interrupts

_PLAN = ".exchange.json"
"""What there is to do besides moving files; gone as soon as all is done."""


def list_files(folder: Path) -> list[str]:
    """Return the path of every file inside a folder, in alphabetical order."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def replace_files(
    staging: Path,
    folder: Path,
    obsolete: Iterable[str],
    *,
    renamed: Mapping[str, str] | None = None,
    held: Path | None = None,
) -> None:
    """Move every file of `staging` into the run folder, which must be held, and delete those that are obsolete.

    Each file is replaced whole, the manifest last. A run that is killed on the way leaves the rest to
    `finish_exchange`.

    Parameters
    ----------
    staging : Path
        A folder beside the run folder, on the same disk; it is gone afterwards.
    folder : Path
    obsolete : iterable of str
        Paths inside the run folder.
    renamed : mapping of str to str, optional
        New names, by path, of files of the run folder that shall be kept though new ones take their place.
    held : Path, optional
        A name in the folder by which it is held instead of by its own.
    """
    _check_targets(folder, staging, list_files(staging))
    plan = {"obsolete": sorted(obsolete), "renamed": dict(renamed or {}), "into_parent": held is not None}
    (staging / _PLAN).write_text(json.dumps(plan), encoding="utf-8")
    with ignore_interrupts(ENDING):
        staging.rename(_place_complete(held or folder))
        finish_exchange(held or folder)


def is_exchanging(folder: Path) -> bool:
    """Say whether the files of a run folder are being exchanged, or were when a run was killed."""
    return _place_complete(folder).exists()


def finish_exchange(folder: Path) -> None:
    """Finish what was begun; nothing happens where nothing was. The run folder must be held."""
    complete = _place_complete(folder)
    if not complete.exists():
        return
    if (complete / _PLAN).exists():  # else a run was killed when only empty folders were left
        plan = json.loads((complete / _PLAN).read_text(encoding="utf-8"))
        _exchange(complete, folder.parent if plan["into_parent"] else folder, plan)
        (complete / _PLAN).unlink()
    shutil.rmtree(complete)


def _exchange(complete: Path, folder: Path, plan: Mapping[str, Any]) -> None:
    """Bring every file into its place; whatever of it was done before is not done again."""
    for before, after in plan["renamed"].items():
        if (folder / before).exists() and not (folder / after).exists():
            (folder / before).rename(folder / after)
    names = [name for name in list_files(complete) if name != _PLAN]
    for name in sorted(names, key=lambda name: (name == FILE_NAME, name)):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        (complete / name).replace(target)
    for name in plan["obsolete"]:
        if not (folder / name).is_dir():
            (folder / name).unlink(missing_ok=True)


def _place_complete(folder: Path) -> Path:
    real = Path(os.path.realpath(folder))  # unlike `resolve` it takes links in a circle as they are
    return real.parent / f".{real.name}.complete"


def _check_targets(folder: Path, staging: Path, names: Iterable[str]) -> None:
    """Raise OSError where something is in the way of a file, before any is moved."""
    if folder.exists() and folder.stat().st_dev != staging.stat().st_dev:
        raise OSError(errno.EXDEV, f"{folder.name} is a disk of its own, and its files are made beside it")
    for name in names:
        target = folder / name
        if target.is_dir():
            raise OSError(None, f"{name} is a folder, and a file is to be written there")
        if target.parent.exists() and not target.parent.is_dir():
            raise OSError(None, f"{target.parent.name} is a file, and a folder is to be made there")
