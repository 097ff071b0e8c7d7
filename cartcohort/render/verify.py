"""Is a report as it was made? A run folder is held against its manifest, file by file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cartcohort.errors import OutputError, Problem, UsageError
from cartcohort.render.exchange import list_files
from cartcohort.render.exports.package import MADE_FROM, hash_packages
from cartcohort.render.folder import hold_to_read
from cartcohort.render.manifest import FILE_NAME, Manifest, hash_file, read_manifest

UNHASHED = (FILE_NAME, "timings.json")
"""Files of a run that its manifest does not vouch for: itself, and the one that differs between equal runs."""


@dataclass(frozen=True)
class Verdict:
    """How a run folder stands to its manifest.

    Attributes
    ----------
    folder : Path
    digest : str
        SHA-256 of the manifest itself.
    n_files : int
        How many files the manifest vouches for.
    touched, missing, added : tuple of str
        Files that are not as they were written, are gone, or are none of the run's.
    """

    folder: Path
    digest: str
    n_files: int
    touched: tuple[str, ...]
    missing: tuple[str, ...]
    added: tuple[str, ...]

    @property
    def is_sound(self) -> bool:
        """Whether the folder holds what the manifest says and nothing else."""
        return not (self.touched or self.missing or self.added)

    @property
    def exit_code(self) -> int:
        """Return the exit code of the command."""
        return 0 if self.is_sound else OutputError.exit_code

    def describe(self) -> str:
        """Say what was found, a file a line."""
        what = f"all {self.n_files} files are" if self.is_sound else "it is not"
        kinds = {"touched": self.touched, "missing": self.missing, "added": self.added}
        lines = [f"{self.folder}: {what} as the manifest says."]
        lines += [f"  {kind:<8} {name}" for kind, names in kinds.items() for name in names]
        return "\n".join([*lines, f"SHA-256 of {FILE_NAME} itself: {self.digest}"])


def verify_run(folder: Path, note: Callable[[str], None]) -> Verdict:
    """Hold a run folder against its manifest.

    Parameters
    ----------
    folder : Path
    note : callable
        Told that another run is being waited for.

    Raises
    ------
    UsageError
        Where the folder is no run's.
    OutputError
        Where its manifest is damaged, or a file cannot be read.
    """
    with hold_to_read(folder, note), as_unreadable(folder):
        manifest = read_sound_manifest(folder)
        known = {**manifest.hashes, **hash_packages(folder)}
        found = [name for name in list_files(folder) if name not in UNHASHED and Path(name).name != MADE_FROM]
        touched = [name for name in found if name in known and hash_file(folder / name) != known[name]]
        return Verdict(
            folder=folder,
            digest=hash_file(folder / FILE_NAME),
            n_files=len(known),
            touched=tuple(touched),
            missing=tuple(name for name in sorted(known) if name not in found),
            added=tuple(name for name in found if name not in known),
        )


def read_sound_manifest(folder: Path) -> Manifest:
    """Read the manifest of a run folder that must have one; see `verify_run`."""
    if not (folder / FILE_NAME).is_file():
        what = "The folder is no run." if folder.is_dir() else "There is no such run folder."
        remedy = "Name a folder that run_reports.py has written, such as reports/car1922."
        raise UsageError(
            Problem(what, f"{folder}: it has no {FILE_NAME}." if folder.is_dir() else str(folder), remedy)
        )
    manifest = read_manifest(folder)
    if manifest.damage:
        remedy = "Nothing can be said of the other files. Make the run again, or take the file from a copy."
        raise OutputError(Problem("The manifest is damaged.", f"{folder}: {manifest.damage}.", remedy))
    return manifest


@contextmanager
def as_unreadable(folder: Path) -> Iterator[None]:
    """Turn what the system says while a run folder is read into an error for the user."""
    try:
        yield
    except OSError as error:
        where = f"{error.filename or folder}: {error.strerror or error}."
        raise OutputError(Problem("The run cannot be read.", where, "Get the right to read it.")) from error
