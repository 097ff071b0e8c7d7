"""Does a report come out again? A run is made once more from its own manifest, elsewhere, and compared by hashes."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cartcohort.errors import OutputError, ParameterError, Problem, StudyDataError
from cartcohort.parameters import REDACTED
from cartcohort.render.cache import STUDY_FILE, why_changed
from cartcohort.render.exports.plan import KINDS, name_exports, name_overview
from cartcohort.render.folder import as_output_error, hold_to_read
from cartcohort.render.manifest import FILE_NAME, Entry, Manifest, hash_file, read_manifest
from cartcohort.render.notebook import Section, discover_sections
from cartcohort.render.plan import Request, place_order
from cartcohort.render.request import STUDY
from cartcohort.render.runner import CheckStudy, run_batch, run_suite
from cartcohort.render.tasks import Means
from cartcohort.render.verify import as_unreadable, read_sound_manifest
from cartcohort.rooms import open_room

_EPOCH = "SOURCE_DATE_EPOCH"
_UNKNOWN = object()


@dataclass(frozen=True)
class Reproduction:
    """How a run came out again.

    Attributes
    ----------
    folder : Path
        The run, as it was made first.
    n_equal : int
        Files that came out again to the byte.
    differing, missing, added : tuple of str
        Files that came out otherwise, did not come out, or came out now only.
    changes : tuple of str
        What the first run was made from and is not the same now, a sentence each.
    notes : tuple of str
        What else stood in the way.
    """

    folder: Path
    n_equal: int
    differing: tuple[str, ...]
    missing: tuple[str, ...]
    added: tuple[str, ...]
    changes: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def exit_code(self) -> int:
        """Return the exit code of the command."""
        return OutputError.exit_code if self.differing or self.missing or self.added else 0

    def describe(self) -> str:
        """Say what was changed since, then what became of each file."""
        changed = ["It is not made from the same:", *(f"  {one}" for one in self.changes)] if self.changes else []
        kinds = {"differs": self.differing, "not made": self.missing, "new": self.added}
        lines = [f"  {kind:<8}  {name}" for kind, names in kinds.items() for name in names]
        total = self.n_equal + len(self.differing) + len(self.missing)
        said = f"{self.folder}: {self.n_equal} of {total} files come out again to the byte"
        return "\n".join([*changed, *self.notes, f"{said}{':' if lines else '.'}", *lines])


@dataclass(frozen=True)
class _Round:
    """Sections that were made with the same parameters and the same SOURCE_DATE_EPOCH."""

    sections: tuple[str, ...]
    parameters: Mapping[str, Any]
    epoch: str | None


def reproduce_run(
    folder: Path,
    *,
    study: Path | None,
    redacted: Mapping[str, Any],
    default_study: Path,
    notebooks: Path,
    means: Means,
    check_study: CheckStudy,
    note: Callable[[str], None],
) -> Reproduction:
    """Make a run once more in a temporary folder and compare every file; the run itself is left alone.

    Parameters
    ----------
    folder : Path
        The run.
    study : Path, optional
        Where its study lies now; by default beside `default_study`, under the name that the manifest tells.
    redacted : mapping of str to object
        Values that the manifest does not tell, by parameter name.
    default_study, notebooks : Path
    means : Means
    check_study : callable
        See `runner.run_batch`.
    note : callable
        Told that another run is being waited for.

    Raises
    ------
    CartCohortError
        Where the folder is no run, its manifest is damaged, the study is not found, a redacted value is not given, or
        the run cannot be made.
    """
    with hold_to_read(folder, note), as_unreadable(folder):
        manifest, digest = read_sound_manifest(folder), hash_file(folder / FILE_NAME)
    name, study_name = _read_names(manifest, folder)
    asked = _fill_in(manifest, redacted)
    found = _find_study(study, default_study, study_name)
    with as_output_error(Path(tempfile.gettempdir())), open_room() as room:
        request = Request(
            study=found if study_name == REDACTED else _name_alike(found, study_name, room),
            notebooks=notebooks,
            output=room / "reports",
            scenario="" if name == study_name else name,
        )
        changes, notes = _make_again(request, manifest, asked, means, check_study)
        made = request.run_folder
        before = {**manifest.hashes, FILE_NAME: digest}
        after = read_manifest(made).hashes
        after |= {FILE_NAME: hash_file(made / FILE_NAME)} if after else {}
    return Reproduction(
        folder=folder,
        n_equal=sum(before[name] == after.get(name) for name in before),
        differing=tuple(name for name in sorted(before) if name in after and before[name] != after[name]),
        missing=tuple(sorted(before.keys() - after)),
        added=tuple(sorted(after.keys() - before)),
        changes=tuple(changes),
        notes=tuple(notes),
    )


def _read_names(manifest: Manifest, folder: Path) -> tuple[str, str]:
    """Return what the run and its study were called; manifests of before they told so have the study's at most."""
    told = [entry.inputs.get("parameters", {}).get(STUDY) for entry in manifest.sections.values()]
    study = manifest.run.get("study") or next(filter(None, told), folder.resolve().name)
    return manifest.run.get("name") or folder.resolve().name, study


def _fill_in(manifest: Manifest, redacted: Mapping[str, Any]) -> Manifest:
    """Return a manifest with the redacted values put in, all but the study's name."""
    told = [manifest.run.get("parameters", {})]
    told += [entry.inputs.get("parameters", {}) for entry in manifest.sections.values()]
    wanted = {name for values in told for name, value in values.items() if value == REDACTED} - {STUDY}
    problems = [
        Problem(f"The report does not tell `{name}`, which is redacted.", remedy=f"Give its value by -p {name}=...")
        for name in sorted(wanted - redacted.keys())
    ]
    problems += [
        Problem(f"`{name}` is not redacted in this report.", remedy="Leave it out: the manifest tells it.")
        for name in sorted(redacted.keys() - wanted)
    ]
    if problems:
        raise ParameterError(problems)

    def fill(values: Mapping[str, Any]) -> dict[str, Any]:
        return {name: redacted.get(name, value) if value == REDACTED else value for name, value in values.items()}

    def fill_inputs(entry: Entry) -> Entry:
        values = entry.inputs.get("parameters")
        return replace(entry, inputs={**entry.inputs, "parameters": fill(values)}) if values else entry

    sections = {name: fill_inputs(entry) for name, entry in manifest.sections.items()}
    run = {**manifest.run, "parameters": fill(told[0])} if told[0] else manifest.run
    return replace(manifest, sections=sections, run=run)


def _find_study(study: Path | None, default_study: Path, name: str) -> Path:
    if study is None and name == REDACTED:
        what = "The report does not tell which study it is of, since that is redacted."
        raise StudyDataError(Problem(what, remedy="Name the study's folder by --study."))
    study = study or default_study.with_name(name)
    if not (study / STUDY_FILE).is_file():
        what = "The study that the run is of is not there."
        raise StudyDataError(Problem(what, f"{study}: it has no {STUDY_FILE}.", "Name its folder by --study."))
    return study.resolve()


def _name_alike(study: Path, name: str, room: Path) -> Path:
    """Return the study under the name that it had, which stands on its pages."""
    if study.name == name:
        return study
    (room / "data").mkdir()
    (room / "data" / name).symlink_to(study, target_is_directory=True)
    return room / "data" / name


def _make_again(
    request: Request, manifest: Manifest, asked: Manifest, means: Means, check_study: CheckStudy
) -> tuple[list[str], list[str]]:
    """Make every section and export again; returns what changed since, and what stood in the way.

    `manifest` is as the run tells it, `asked` has the redacted values too.
    """
    sections = {section.name: section for section in discover_sections(request.notebooks)}
    notes = [
        f"There is no notebook of the section {name} any more." for name in manifest.sections if name not in sections
    ]
    changes: dict[str, None] = {}
    rounds = _plan_rounds(asked, sections)
    for one in rounds:
        wanted = replace(request, sections=one.sections, parameters=one.parameters)
        with _as_of(one.epoch):
            inputs = place_order(wanted).inputs
            reasons = [why_changed(manifest.sections[name].inputs, inputs[name].describe()) for name in one.sections]
            changes |= dict.fromkeys(filter(None, reasons))
            standings = run_suite(wanted, means=means, check_study=check_study)
        notes += [f"The section {one.name} failed: {one.failure.headline}" for one in standings if one.failure]
    if rounds and manifest.exports:
        with _as_of(rounds[-1].epoch):
            notes += _export_again(replace(request, parameters=rounds[-1].parameters), manifest, means)
    return list(changes), notes


def _plan_rounds(manifest: Manifest, sections: Mapping[str, Section]) -> list[_Round]:
    """Return what to ask for, one after the other: sections made with other parameters first, at the end the rest."""
    known = {name: entry for name, entry in manifest.sections.items() if name in sections}
    given = {name: _given(entry, sections[name]) for name, entry in known.items()}
    last = dict(
        manifest.run.get("parameters") or {name: value for one in given.values() for name, value in one.items()}
    )
    epochs = [entry.inputs.get("source_date_epoch") for entry in known.values() if entry.inputs]
    epoch = manifest.run.get("source_date_epoch", next(reversed(epochs), None))
    rounds, rest = [], []
    for name, entry in known.items():
        asked = {key: value for key, value in last.items() if key in sections[name].defaults}
        alike = given[name] == asked and entry.inputs.get("source_date_epoch") == epoch
        if alike or not entry.inputs:
            rest.append(name)
        else:
            rounds.append(_Round((name,), given[name], entry.inputs.get("source_date_epoch")))
    read = {key for name in rest for key in sections[name].defaults}
    final = _Round(tuple(rest), {key: value for key, value in last.items() if key in read}, epoch)
    return [*rounds, *([final] if rest else [])]


def _given(entry: Entry, section: Section) -> dict[str, Any]:
    """Return the parameters with which a section was made and that its notebook would not take by itself."""
    values = entry.inputs.get("parameters", {})
    defaults = section.defaults
    return {key: value for key, value in values.items() if key != STUDY and value != defaults.get(key, _UNKNOWN)}


def _export_again(request: Request, manifest: Manifest, means: Means) -> list[str]:
    """Make the exports that the run has, kind by kind; returns why some could not be made.

    The overview names them all, and its own export is there only if it was made after the others.
    """
    notes = []
    outputs = {name: entry.outputs for name, entry in manifest.sections.items()}
    for kind in sorted(KINDS, key=lambda kind: bool(manifest.exports.keys() & name_overview([kind]))):
        having = [name for name in outputs if manifest.exports.keys() & name_exports([kind], {name: outputs[name]})]
        if having:
            try:
                (ending,) = run_batch([replace(request, sections=having, exports=[kind])], means=means)
                notes += [str(ending.unexported)] if ending.unexported else []
            except OutputError as error:  # such as a browser that is not there
                notes.append(str(error))
    return notes


@contextmanager
def _as_of(epoch: str | None) -> Iterator[None]:
    """Set SOURCE_DATE_EPOCH as it was when the run was made, for a while."""
    before = os.environ.pop(_EPOCH, None)
    try:
        if epoch is not None:
            os.environ[_EPOCH] = epoch
        yield
    finally:
        os.environ.pop(_EPOCH, None)
        if before is not None:
            os.environ[_EPOCH] = before
