"""The manifest of a run folder: what each section was made from, and what was written.

It is the memory of the cache and the proof of a report's origin. It is written last, so that a folder whose manifest
agrees with its files is complete. A damaged manifest counts as none: every section then runs again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

FILE_NAME = "manifest.json"


@dataclass(frozen=True)
class Entry:
    """What is known of one section.

    Attributes
    ----------
    inputs : mapping
        What its report was made from (`cache.Inputs.describe`), empty where there is no report.
    outputs : mapping of str to str
        SHA-256 of each file of the report, by path inside the run folder.
    failure : str
        Why the last attempt failed; empty where it did not. The report is then an older one.
    """

    inputs: Mapping[str, Any] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    failure: str = ""


@dataclass(frozen=True)
class Export:
    """What is known of a file that was made from another file of the run, such as a PDF from a page.

    Attributes
    ----------
    source : str
        SHA-256 of the file it was made from.
    maker : str
        By what it was made: a digest of the package's code and the versions of its libraries.
    content : str
        Its own SHA-256.
    """

    source: str
    maker: str
    content: str


@dataclass(frozen=True)
class Manifest:
    """The sections of a run folder, the files that belong to the run as a whole, and what was made from them.

    `run` is what the run was of as it was last put together: its name, the study's, parameters that differ from the
    notebooks' own, the SHA-256 of the code, versions and SOURCE_DATE_EPOCH; empty in manifests of before it was kept.
    `damage` says why nothing could be read, where the folder has a manifest that is of no use.
    """

    sections: Mapping[str, Entry] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    exports: Mapping[str, Export] = field(default_factory=dict)
    run: Mapping[str, Any] = field(default_factory=dict)
    damage: str = ""

    @property
    def hashes(self) -> dict[str, str]:
        """Return the SHA-256 of every file that the manifest vouches for, by its path."""
        owned = {name: digest for entry in self.sections.values() for name, digest in entry.outputs.items()}
        return {**owned, **self.outputs, **self.exported}

    @property
    def files(self) -> set[str]:
        """Return the path of every file that the manifest vouches for."""
        return set(self.hashes)

    @property
    def exported(self) -> dict[str, str]:
        """Return the SHA-256 of each export by its path."""
        return {name: export.content for name, export in self.exports.items()}


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a run folder; an empty one where there is none, or where it is damaged."""
    path = folder / FILE_NAME
    if not path.exists():
        return Manifest()
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        entries = {str(name): _read_entry(value) for name, value in content["sections"].items()}
        exports = content.get("exports", {})  # runs of before there were any have none
        run = _read_run(content.get("run", {}))
        return Manifest(entries, _read_hashes(content["outputs"]), _read_exports(exports), run)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return Manifest(damage=f"{FILE_NAME} cannot be read")


def write_manifest(manifest: Manifest, folder: Path) -> None:
    """Write a manifest as readable JSON in a fixed order."""
    sections = {
        name: {"inputs": entry.inputs, "outputs": dict(sorted(entry.outputs.items())), "failure": entry.failure}
        for name, entry in manifest.sections.items()
    }
    content = {"run": manifest.run} if manifest.run else {}
    content |= {"sections": sections, "outputs": dict(sorted(manifest.outputs.items()))}
    if manifest.exports:
        content["exports"] = {name: vars(export) for name, export in sorted(manifest.exports.items())}
    text = json.dumps(content, indent=2, ensure_ascii=False)
    (folder / FILE_NAME).write_text(text + "\n", encoding="utf-8", newline="\n")


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def hash_files(folder: Path, names: Iterable[str]) -> dict[str, str]:
    """Return the SHA-256 of files by their path inside a folder, in alphabetical order."""
    return {name: hash_file(folder / name) for name in sorted(names)}


def find_damage(outputs: Mapping[str, str], folder: Path) -> str:
    """Say which of the files is missing or not as it was written; empty where all are intact."""
    for name, digest in outputs.items():
        path = folder / name
        if not path.is_file():
            return f"{name} is missing"
        if hash_file(path) != digest:
            return f"{name} is not as it was written"
    return ""


def _read_entry(value: Mapping[str, Any]) -> Entry:
    inputs, failure = value["inputs"], value["failure"]
    if not isinstance(failure, str):
        raise TypeError
    _check_made_from(inputs)
    return Entry(inputs, _read_hashes(value["outputs"]), failure)


def _read_run(value: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a run as a whole was of; its names become those of folders where it is made again."""
    _check_made_from(value)
    for name in ("name", "study"):
        _check_name(value.get(name, "run"))
    return dict(value)


def _check_made_from(value: Mapping[str, Any]) -> None:
    """Refuse a description of what was read whose parts have another form than a run writes."""
    parts = {name: value.get(name, {}) for name in ("parameters", "data", "versions")}
    epoch = value.get("source_date_epoch")
    if not all(isinstance(part, dict) for part in parts.values()) or not (epoch is None or epoch.isdecimal()):
        raise TypeError
    _check_name(parts["parameters"].get("study_path", "study"))


def _check_name(name: str) -> None:
    """Refuse what is no name of a single folder."""
    if Path(name).name != name or name in ("", "..") or "\0" in name:
        raise ValueError


def _read_exports(value: Mapping[str, Mapping[str, str]]) -> dict[str, Export]:
    exports = {name: Export(**export) for name, export in value.items()}
    _read_hashes({name: export.content for name, export in exports.items()})
    return exports


def _read_hashes(value: Mapping[str, str]) -> dict[str, str]:
    """Return paths and hashes; a path out of the folder is refused, since files named here may be replaced."""
    for name, digest in value.items():
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or not path.parts or "\0" in name or not isinstance(digest, str):
            raise ValueError
    return dict(value)
