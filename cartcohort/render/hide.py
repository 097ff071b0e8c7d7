"""Taking out of a text what tells of the machine: its folders, addresses in memory, numbers of processes."""

from __future__ import annotations

import functools
import os
import re
import sys
import sysconfig
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from cartcohort.render.cache import PACKAGE

_CELL_FILE = re.compile(r"(?<!\S)\S*ipykernel_\d+[/\\]\d+\.py")  # from a word's start, or a long one takes for ever
_ADDRESS = re.compile(r"\b0x[0-9a-f]{6,}\b")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_SYSTEM = {"usr", "bin", "sbin", "lib", "lib64", "etc", "dev", "proc", "sys"}


def hide_machine(text: str, folders: Iterable[Path]) -> str:
    """Return text without the names of folders, terminal colours, memory addresses and numbers of processes."""
    return _ADDRESS.sub("0x...", hide_folders(_CELL_FILE.sub("<cell>", _COLOUR.sub("", text)), folders))


def hide_folders(text: str, folders: Iterable[Path]) -> str:
    """Return text without the names of folders: those given, and those of Python, this project and the user.

    Of a path below one of them the rest stays.
    """
    return _pattern(frozenset(map(str, folders))).sub(lambda found: "" if found[1] else "...", text)


@functools.cache
def _pattern(folders: frozenset[str]) -> re.Pattern[str]:
    names = sorted({*folders, *map(str, _machine_folders())}, key=len, reverse=True)
    return re.compile(f"(?:{'|'.join(map(re.escape, names))})(?:([/\\\\])|(?![\\w.-]))")


@functools.cache
def _machine_folders() -> list[Path]:
    """Return the folders of Python, its libraries, this project and the user, and those of the environment."""
    installed = [Path(sysconfig.get_path(name)) for name in ("purelib", "platlib", "stdlib")]
    prefixes = [Path(sys.prefix), Path(sys.base_prefix)]
    named = [*installed, *prefixes, PACKAGE.parent, *_environment_folders()]
    with suppress(RuntimeError):  # in a container a user may have no home
        named.append(Path.home())
    folders = {path for folder in named for path in (folder, folder.resolve())}
    too_general = {Path(folder.anchor) for folder in folders} | {Path("/usr"), Path("/usr/local")}
    return [folder for folder in folders if folder not in too_general]


def _environment_folders() -> list[Path]:
    """Return what environment variables name by absolute paths, such as TMPDIR, but what every system has."""
    values = {part.rstrip("/\\") for value in os.environ.values() for part in value.split(os.pathsep)}
    paths = [Path(part) for part in values if not part.startswith("//") and "\n" not in part]
    return [path for path in paths if path.is_absolute() and len(path.parts) > 2 and path.parts[1] not in _SYSTEM]
