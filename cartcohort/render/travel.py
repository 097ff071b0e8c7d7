"""What travels between a run and the workers of a cluster, which share no disk with it.

Everything is bytes: a study once a run, a section with each task, and the files it makes on the way back.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

from cartcohort.render.cache import list_study_files, readable_name
from cartcohort.render.notebook import Section
from cartcohort.render.tasks import Outcome, Task

_EPOCH = "SOURCE_DATE_EPOCH"
_NOWHERE = Path(os.devnull)
_FAST = 1
"""Level of compression: tables shrink to a fifth at hundreds of megabytes a second."""


@dataclass(frozen=True)
class Parcel:
    """One section to be executed elsewhere.

    Attributes
    ----------
    name : str
        The task's.
    section : Section
        Its path is the notebook's file name alone.
    notebook : bytes
    parameters, inputs : mapping
        As in `Task`.
    study : str
        Name of the study's folder.
    epoch : str or None
        SOURCE_DATE_EPOCH of the run. Nothing else of its environment travels.
    libraries : tuple of str
        Modules that the sections of the whole run import.
    timeout : float or None
        Seconds after which the section is given up.
    """

    name: str
    section: Section
    notebook: bytes
    parameters: Mapping[str, Any]
    inputs: Mapping[str, Any]
    study: str
    epoch: str | None
    libraries: tuple[str, ...]
    timeout: float | None


@dataclass(frozen=True)
class Delivery:
    """What comes back: how the section went and, where it went well, its files by path."""

    outcome: Outcome
    files: Mapping[str, bytes]


def pack_task(task: Task, libraries: tuple[str, ...], timeout: float | None) -> Parcel:
    """Make a parcel of a task."""
    return Parcel(
        name=task.name,
        section=replace(task.section, path=Path(task.section.path.name)),
        notebook=task.section.path.read_bytes(),
        parameters=dict(task.parameters),
        inputs=task.inputs,
        study=task.study.name,
        epoch=task.environment.get(_EPOCH),
        libraries=libraries,
        timeout=timeout,
    )


def pack_study(task: Task) -> bytes:
    """Press the files of a task's study, and the study as the run keeps it, into one piece.

    Equal studies make equal pieces.
    """
    known = task.inputs.get("data")
    paths = sorted(list_study_files(task.study, _NOWHERE))
    files = {path.relative_to(task.study): path for path in paths}
    if known is not None:  # reports that lie inside the study's folder are no part of it
        files = {name: path for name, path in files.items() if readable_name(name) in known}
    kept = None if task.kept_study is None else task.kept_study.read_bytes()
    return _press({name.as_posix(): path.read_bytes() for name, path in files.items()}, kept)


def unpack_task(parcel: Parcel, study: bytes, room: Path) -> Task:
    """Make a task of a parcel in an empty folder.

    Parameters
    ----------
    parcel : Parcel
    study : bytes
        As `pack_study` made it.
    room : Path
        The folder; its path must be short, since the names of Unix sockets are limited.
    """
    folders = {name: room / name for name in ("0", "data", "kept", "made", "notebooks")}
    for folder in folders.values():
        folder.mkdir()
    notebook = folders["notebooks"] / parcel.section.path.name
    notebook.write_bytes(parcel.notebook)
    files, kept = _unpress(study)
    write_files(files, folders["data"] / parcel.study)
    kept_study = None if kept is None else folders["kept"] / "study"
    if kept_study is not None:
        kept_study.write_bytes(kept)
    environment = {name: value for name, value in os.environ.items() if name != _EPOCH}
    return Task(
        name=parcel.name,
        section=replace(parcel.section, path=notebook),
        parameters=parcel.parameters,
        study=folders["data"] / parcel.study,
        kept_study=kept_study,
        environment=environment | ({} if parcel.epoch is None else {_EPOCH: parcel.epoch}),
        scratch=folders["0"],
        staging=folders["made"],
        inputs=parcel.inputs,
    )


def _press(files: Mapping[str, bytes], kept: bytes | None) -> bytes:
    """Press a line of JSON with names and lengths, and then the bytes, into one piece."""
    contents = [*files.values(), *([] if kept is None else [kept])]
    head = {"files": {name: len(content) for name, content in files.items()}, "kept": kept is not None}
    press = zlib.compressobj(_FAST)
    parts = [press.compress(part) for part in (json.dumps(head).encode() + b"\n", *contents)]
    return b"".join([*parts, press.flush()])


def _unpress(piece: bytes) -> tuple[dict[str, bytes], bytes | None]:
    content = zlib.decompress(piece)
    start = content.index(b"\n") + 1
    head = json.loads(content[:start])
    files = {}
    for name, length in head["files"].items():
        files[name] = content[start : start + length]
        start += length
    return files, content[start:] if head["kept"] else None


def read_files(paths: Iterable[Path], folder: Path) -> dict[str, bytes]:
    """Return the contents of files by their path inside a folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(paths)}


def write_files(files: Mapping[str, bytes], folder: Path) -> None:
    """Write files into a folder.

    Raises
    ------
    ValueError
        Where a path would lead out of the folder.
    """
    for name, content in files.items():
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts:
            raise ValueError("A file would be written outside of its folder.")
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
