"""Is a section's report up to date? Told by the content of everything it was made from, never by file times."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from cartcohort.errors import ParameterError, Problem, StudyDataError
from cartcohort.parameters import REDACTED, hide_redacted
from cartcohort.render.manifest import Entry, Manifest, find_damage, hash_file
from cartcohort.render.notebook import Section

PACKAGE = Path(__file__).resolve().parents[1]
STUDY_FILE = "study.yaml"
"""The file that makes a folder a study."""

_DISTRIBUTION = "cart-reports"
_MOST_NAMED = 5
_TOLD_BY_DATA = ("study_path",)
"""Parameters of which everything that matters is told by the hashes of the data."""
_LAST_EPOCH = 253402300800  # the year 10000


@dataclass(frozen=True)
class Inputs:
    """Everything the report of one section depends on.

    Attributes
    ----------
    notebook, code : str
        SHA-256 of the notebook and of the package's own files.
    data : mapping of str to str
        SHA-256 of each file of the study, by path inside the study's folder.
    parameters : mapping of str to object
        Values that the section reads.
    versions : mapping of str to str
        This package, Python and the libraries that the project names.
    source_date_epoch : str or None
        The environment's SOURCE_DATE_EPOCH, the only other clock of a report.
    """

    notebook: str
    code: str
    data: Mapping[str, str]
    parameters: Mapping[str, Any]
    versions: Mapping[str, str]
    source_date_epoch: str | None

    def describe(self) -> dict[str, Any]:
        """Return the inputs as they are kept in the manifest and told on the page, redacted."""
        return json.loads(json.dumps(vars(self) | {"parameters": hide_redacted(self.parameters)}))


@dataclass(frozen=True)
class Surroundings:
    """What the reports of all sections depend on alike: see `Inputs`."""

    code: str
    versions: Mapping[str, str]
    source_date_epoch: str | None


def read_surroundings() -> Surroundings:
    """Read what all reports depend on.

    Raises
    ------
    ParameterError
        Where SOURCE_DATE_EPOCH is no time.
    """
    epoch = _read_epoch()
    return Surroundings(hash_package(), read_versions(), epoch)


def take_inputs(
    sections: Sequence[Section],
    parameters: Mapping[str, Mapping[str, Any]],
    data: Mapping[str, str],
    surroundings: Surroundings,
) -> dict[str, Inputs]:
    """Read what each section depends on.

    Parameters
    ----------
    sections : sequence of Section
    parameters : mapping of str to mapping
        Resolved parameters by section name.
    data : mapping of str to str
        As `hash_study` returns it.
    surroundings : Surroundings
    """
    around = vars(surroundings)
    return {
        section.name: Inputs(
            notebook=hash_file(section.path), data=data, parameters=parameters[section.name], **around
        )
        for section in sections
    }


def hash_study(study: Path, *, output: Path) -> dict[str, str]:
    """Return the SHA-256 of each file of a study by its path inside the study's folder.

    Parameters
    ----------
    study : Path
        Folder of the study.
    output : Path
        Where the report goes; what lies there does not belong to the study, even inside its folder.

    Raises
    ------
    StudyDataError
        Where the folder is no study's or a file of it cannot be read.
    """
    _check_study(study)
    try:
        files = {path.relative_to(study): path for path in list_study_files(study, output)}
        return {readable_name(name): hash_file(files[name]) for name in sorted(files)}
    except OSError as error:
        what = "A file of the study cannot be read."
        where = f"{error.filename or study}: {error.strerror}."
        raise StudyDataError(Problem(what, where, "Get the right to read it, or move it away.")) from error


def why_stale(name: str, inputs: Inputs, manifest: Manifest, folder: Path) -> str:
    """Say why a section's report is not up to date; empty where it is."""
    entry = manifest.sections.get(name, Entry())
    if manifest.damage:
        return manifest.damage
    if entry.failure:
        return "it failed last time"
    if not entry.outputs:
        return "there is no report yet"
    return why_outdated(entry.inputs, inputs.describe()) or find_damage(entry.outputs, folder)


def why_outdated(before: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """Say which inputs differ between two descriptions, or may do so; empty where none does.

    A redacted value is written down nowhere, so that nobody can tell whether it is another one now.
    """
    hidden = [name for name, value in now["parameters"].items() if value == REDACTED and name not in _TOLD_BY_DATA]
    redacted = [f"parameter {', '.join(hidden)} is redacted and may have changed"] if hidden else []
    return ", ".join(filter(None, [why_changed(before, now), *redacted]))


def why_changed(before: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """Say which inputs differ between two descriptions; empty where none does."""
    reasons = [
        *(["the notebook changed"] if before.get("notebook") != now["notebook"] else []),
        *_differences("parameter ", before.get("parameters"), now["parameters"]),
        *_differences("data file ", before.get("data"), now["data"]),
        *(["the code changed"] if before.get("code") != now["code"] else []),
        *_differences("version of ", before.get("versions"), now["versions"]),
        *(["SOURCE_DATE_EPOCH changed"] if before.get("source_date_epoch") != now["source_date_epoch"] else []),
    ]
    return ", ".join(reasons)


def _differences(what: str, before: Any, now: Mapping[str, Any]) -> list[str]:
    before = before if isinstance(before, dict) else {}
    names = [
        name for name in sorted({*before, *now}) if name not in before or name not in now or before[name] != now[name]
    ]
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return [f"{what}{', '.join(names[:_MOST_NAMED])}{more} changed"] if names else []


def hash_package() -> str:
    """Hash the package's own files, names and contents, in a fixed order."""
    digest = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            digest.update(f"{path.relative_to(PACKAGE).as_posix()} {hash_file(path)}\n".encode())
    return digest.hexdigest()


def _check_study(study: Path) -> None:
    """Refuse what is plainly no study, before every file below it is read."""
    if (study / STUDY_FILE).is_file():
        return
    remedy = f"Name the folder that holds {STUDY_FILE} by --study; data/README.md tells what is in it."
    what = "There is no such study folder."
    if study.exists():
        what = f"The study has no {STUDY_FILE}." if study.is_dir() else "The study is not a folder."
    raise StudyDataError(Problem(what, str(study), remedy))


def list_study_files(study: Path, output: Path) -> Iterator[Path]:
    """Find every file of a study, through links to folders too, but neither hidden ones nor those of the report."""
    seen, output = set(), Path(os.path.realpath(output))
    for folder, folders, files in os.walk(study, followlinks=True):
        real = Path(folder).resolve()
        if real in seen or real == output:
            folders.clear()
            continue
        seen.add(real)
        folders[:] = [name for name in folders if not name.startswith(".")]
        paths = [Path(folder, name) for name in files if not name.startswith(".")]
        yield from (path for path in paths if path.is_file())


def readable_name(path: Path) -> str:
    """Return a path as text, also where its bytes are none."""
    return os.fsencode(path.as_posix()).decode("utf-8", "backslashreplace")


def _read_epoch() -> str | None:
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if epoch is not None and not (epoch.isdecimal() and int(epoch) < _LAST_EPOCH):
        remedy = "Unset it, or set it to such as 1700000000."
        raise ParameterError(Problem("SOURCE_DATE_EPOCH must be whole seconds since 1970.", "environment", remedy))
    return epoch


def read_versions() -> dict[str, str]:
    """Return the version of this package, of Python, and of every library the project depends on directly."""
    try:
        requirements = metadata.requires(_DISTRIBUTION) or []
    except metadata.PackageNotFoundError:
        requirements = []
    names = sorted(re.match(r"[\w.-]+", line)[0] for line in requirements if "extra ==" not in line)
    own = {_DISTRIBUTION: _version(_DISTRIBUTION), "python": platform.python_version()}
    return own | {name: _version(name) for name in names}


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not installed"
