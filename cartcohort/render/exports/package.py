"""A folder of data made from what a run was made from, such as an ADaM package: kept beside the run's pages.

Other exports are made from a file of the report; this one from the study and the parameters, by a function that the
caller gives. What it was made from is written into it, so that it is made again only where that has changed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from cartcohort.errors import OutputError, Problem
from cartcohort.parameters import REDACTED, hide_redacted
from cartcohort.render.apart import call_apart
from cartcohort.render.exchange import list_files
from cartcohort.render.exports.plan import describe_maker
from cartcohort.render.folder import as_output_error, hold_folder, open_staging
from cartcohort.render.manifest import hash_files
from cartcohort.render.plan import Order, Request, place_order
from cartcohort.render.processes import ENDING, ignore_interrupts

MADE_FROM = "made_from.json"
Write = Callable[[Path, Mapping[str, Any], Path], None]
"""Makes the files in an empty folder from a study's folder and the parameters that were given."""


def bring_package(
    request: Request, name: str, write: Write | None, *, note: Callable[[str], None], force: bool = False
) -> Path | None:
    """Make the package of a run, or see to it that none is left that no longer agrees with its report.

    Parameters
    ----------
    request : Request
        A run that has been made.
    name : str
        Folder of the package inside the run folder.
    write : callable or None
        Makes the files; called in another process. None where no package is asked for.
    note : callable
        Told that an outdated package is removed.
    force : bool
        Whether to make it even if it is up to date.

    Returns
    -------
    Path or None
        The package's folder where it was made just now.

    Raises
    ------
    OutputError
        If it cannot be written.
    CartCohortError
        What `write` raises.
    """
    folder = request.run_folder / name
    if write is None and not folder.exists():
        return None
    order = place_order(request)
    made_from = _describe(order)
    if not (force and write) and _is_current(folder, made_from):
        return None
    with hold_folder(request.run_folder, note), open_staging(request.run_folder) as staging:
        if write is None:
            if (folder / MADE_FROM).is_file():  # one of ours, not somebody's own folder of that name
                note(f"{folder} no longer agrees with the report and is removed; --export {name} makes it anew.")
                _swap(None, folder, staging)
            return None
        new = staging / name
        with as_output_error(folder):
            new.mkdir()
            try:
                call_apart(write, request.study, order.given, new)
            except ChildProcessError as error:
                raise OutputError(Problem("The package could not be made.", f"{folder}: {error}")) from None
            made_from["files"] = hash_files(new, list_files(new))
            (new / MADE_FROM).write_text(json.dumps(made_from, indent=2) + "\n", encoding="utf-8", newline="\n")
            _check_target(folder)
            _swap(new, folder, staging)
    return folder


def hash_packages(run_folder: Path) -> dict[str, str]:
    """Return the SHA-256 that the packages of a run tell of their own files, by path inside the run folder."""
    found = {}
    for path in sorted(run_folder.glob(f"*/{MADE_FROM}")):
        try:
            files = json.loads(path.read_text(encoding="utf-8"))["files"]
            found |= {f"{path.parent.name}/{name}": str(digest) for name, digest in files.items()}
        except (OSError, ValueError, AttributeError, KeyError, TypeError, RecursionError):
            found[f"{path.parent.name}/{MADE_FROM}"] = "cannot be read"
    return found


def is_current(request: Request, name: str) -> bool:
    """Say whether the package of a run agrees with what is asked for, as it lies there."""
    return _is_current(request.run_folder / name, _describe(place_order(request)))


def _describe(order: Order) -> dict[str, Any]:
    inputs = next(iter(order.inputs.values()))
    return {"data": dict(inputs.data), "parameters": hide_redacted(order.given), "maker": describe_maker(inputs)}


def _is_current(folder: Path, made_from: Mapping[str, Any]) -> bool:
    if REDACTED in made_from["parameters"].values():  # it may be another value now
        return False
    try:
        before = json.loads((folder / MADE_FROM).read_text(encoding="utf-8"))
        files = before.pop("files")
        names = [name for name in list_files(folder) if name != MADE_FROM]
        return before == json.loads(json.dumps(made_from)) and files == hash_files(folder, names)
    except (OSError, ValueError, AttributeError, KeyError, RecursionError):
        return False


def _check_target(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()) and not (folder / MADE_FROM).is_file():
        raise OSError(None, f"{folder.name} is there already, and not from this program")


def _swap(new: Path | None, folder: Path, staging: Path) -> None:
    """Put a folder into the place of another, which goes with the staging folder."""
    with ignore_interrupts(ENDING), as_output_error(folder):
        if folder.exists():
            folder.rename(staging / "before")
        if new is not None:
            new.rename(folder)
