"""Putting a run together: what was just made, what is kept from before, and the files that speak of both."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from cartcohort.parameters import PARAMETERS, REDACTED, is_masked, list_redacted
from cartcohort.render.cache import why_outdated
from cartcohort.render.collect import join_records, read_collected, refuse_repeated
from cartcohort.render.crate import CRATE, describe_crate
from cartcohort.render.exchange import list_files, replace_files
from cartcohort.render.exports.bring import Exports, Wanted
from cartcohort.render.exports.plan import KINDS, name_exports, name_overview
from cartcohort.render.index import Report, render_failure, render_overview
from cartcohort.render.links import link_sections
from cartcohort.render.manifest import FILE_NAME, Entry, Manifest, find_damage, hash_file, hash_files, write_manifest
from cartcohort.render.notebook import Section
from cartcohort.render.plan import Order, Plan, Request, describe_run, name_run
from cartcohort.render.tasks import Failure, Outcome

TIMINGS = "timings.json"
RESULTS = "results.json"
INDEX = "index.html"


@dataclass(frozen=True)
class _Part:
    """A section of the run.

    `root` is the folder where the files named in `entry` lie. `reason` says why the state is not "fresh".
    """

    section: Section
    root: Path
    entry: Entry
    state: str
    reason: str = ""

    @property
    def name(self) -> str:
        return self.section.name


@dataclass(frozen=True)
class Published:
    """What is worth telling of a run that was put together.

    Attributes
    ----------
    warnings : mapping of str to str
        What the pages warn of, by section.
    failures : mapping of str to str
        Why exports were not made, by path.
    edited : sequence of str
        What exports that somebody had edited are called now.
    """

    warnings: Mapping[str, str] = field(default_factory=dict)
    failures: Mapping[str, str] = field(default_factory=dict)
    edited: Sequence[str] = ()


def publish_run(
    request: Request,
    order: Order,
    plan: Plan,
    outcomes: Mapping[str, Outcome],
    staging: Path,
    wanted: Wanted | None = None,
) -> Published:
    """Bring the run folder up to date with what was executed.

    Parameters
    ----------
    request, order, plan
        What was asked for, resolved and planned.
    outcomes : mapping of str to Outcome
        How the executed sections went; the files of each lie in `staging/<section>`.
    staging : Path
        Folder beside the run folder; the complete run is put together in it before anything moves.
    wanted : Wanted, optional
        Exports to be made; by default those in the folder are kept where their source is the same, and none is made.

    Returns
    -------
    Published

    Raises
    ------
    ReportError
        Where two sections hand over a result, a table or a figure of the same name. Nothing is changed then.
    """
    folder, final = request.run_folder, Path(tempfile.mkdtemp(prefix="final-", dir=staging))
    exports = Exports(plan.manifest.exports, folder, final, wanted or Wanted())
    found = [
        _new_part(section, order, staging)
        if _succeeded(outcomes.get(section.name))
        else _kept_part(section, order, plan, outcomes.get(section.name), folder)
        for section in order.sections
    ]
    parts = [part for part in found if part is not None]
    refuse_repeated("file", [name for part in parts for name in part.entry.outputs])
    for part in parts:
        _copy_files(part.entry.outputs, part.root, final)
    name = name_run(request)
    _write_failures(parts, outcomes, folder, final, name)
    reports = _write_common_files(parts, outcomes, folder, final, exports, name)
    manifest = _write_records(parts, reports, describe_run(request, order), final, exports)
    edited = exports.rename_edited()
    replace_files(final, folder, _list_before(plan.manifest, manifest) - manifest.files, renamed=edited)
    pages = {report.section.name: report.collected.summary for report in reports if report.collected}
    warnings = {name: summary["warning"] for name, summary in pages.items() if summary.get("warning")}
    return Published(warnings, exports.failures, list(edited.values()))


def _list_before(before: Manifest, now: Manifest) -> set[str]:
    """Return the files of the run as it was; where nothing tells them, every export that may be left of it."""
    if not before.damage:
        return before.files
    sections = {name: entry.outputs for name, entry in now.sections.items()}
    return {*name_exports(KINDS, sections), *name_overview(KINDS)}


def _succeeded(outcome: Outcome | None) -> bool:
    return outcome is not None and outcome.failure is None


def _new_part(section: Section, order: Order, staging: Path) -> _Part:
    root = staging / section.name
    if not (root / f"{section.name}.html").is_file():
        raise OSError(None, f"{root.name} was removed while the run went on")
    entry = Entry(order.inputs[section.name].describe(), hash_files(root, list_files(root)))
    return _Part(section, root, entry, "fresh")


def _kept_part(section: Section, order: Order, plan: Plan, outcome: Outcome | None, folder: Path) -> _Part | None:
    """Return what the run folder holds of a section, None where it holds nothing that could be shown."""
    entry = plan.manifest.sections.get(section.name, Entry())
    changed = "" if section.name in plan.made else why_outdated(entry.inputs, order.inputs[section.name].describe())
    if _tells_masked(entry, order, changed=bool(changed)) or _tells_redacted(entry, order):
        entry = Entry()
    damage = find_damage(entry.outputs, folder)
    if damage and outcome is None and section in order.selected:  # it was up to date when the run began
        raise OSError(None, f"{damage}, since somebody changed it while the run went on")
    if damage:
        entry = Entry(failure=entry.failure)
    if outcome is not None:
        entry = replace(entry, failure=outcome.failure.headline)
    if entry.failure:
        return _Part(section, folder, entry, "failed", entry.failure)
    if not entry.outputs:
        return None
    return _Part(section, folder, entry, "older" if changed else "fresh", changed)


def _tells_masked(entry: Entry, order: Order, *, changed: bool) -> bool:
    """Tell whether a kept section would stand beside counts that are withheld, and is not of the same run as they."""
    before = is_masked(entry.inputs.get("parameters") or {})
    return changed if before else is_masked(order.given)


def _tells_redacted(entry: Entry, order: Order) -> bool:
    """Tell whether a kept section would tell what is redacted now."""
    told = entry.inputs.get("parameters") or {}
    hidden = list_redacted(order.given)
    return any(told.get(name, REDACTED) not in (REDACTED, PARAMETERS[name].default) for name in hidden)


def _copy_files(names: Sequence[str], source: Path, target: Path) -> None:
    for name in names:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source / name, target / name)


def _write_failures(
    parts: Sequence[_Part], outcomes: Mapping[str, Outcome], folder: Path, final: Path, run: str
) -> None:
    """Write the page of each section that failed just now; keep that of one that failed before."""
    for part in parts:
        if not part.entry.failure:
            continue
        page = f"{part.name}.error.html"
        if part.name in outcomes:
            failure, older = outcomes[part.name].failure, bool(part.entry.outputs)
            _write(final / page, render_failure(part.section, failure, run, older=older))
        elif (folder / page).is_file():
            _copy_files([page], folder, final)
        else:
            lost = Failure(part.entry.failure)
            _write(final / page, render_failure(part.section, lost, run, older=bool(part.entry.outputs)))


def _write_common_files(
    parts: Sequence[_Part], outcomes: Mapping[str, Outcome], folder: Path, final: Path, exports: Exports, run: str
) -> list[Report]:
    """Write what speaks of all sections; returns how each stands."""
    shown = {part.name: part.section.title for part in parts if part.entry.outputs}
    collected = {name: read_collected(final / "notebooks" / f"{name}.ipynb") for name in shown}
    for name in shown:
        page = final / f"{name}.html"
        _write(page, link_sections(page.read_text(encoding="utf-8"), shown, name))
    _write(final / RESULTS, join_records(collected.values()))
    _write(final / TIMINGS, _join_timings(folder / TIMINGS, outcomes, [part.name for part in parts]))
    exports.bring_sections({part.name: part.entry.outputs for part in parts})
    reports = [Report(part.section, collected.get(part.name), part.state, part.reason) for part in parts]

    def write_overview(besides: Iterable[str]) -> None:
        files = {*list_files(final), FILE_NAME, CRATE, *besides} - {INDEX}
        _write(final / INDEX, render_overview(reports, files, run))

    exports.bring_overview(shown, write_overview)
    return reports


def _write_records(
    parts: Sequence[_Part], reports: Sequence[Report], run: Mapping[str, Any], final: Path, exports: Exports
) -> Manifest:
    """Write what tells where all the files come from."""
    sections = {part.name: replace(part.entry, outputs=hash_files(final, part.entry.outputs)) for part in parts}
    owned = {name for part in parts for name in part.entry.outputs} | exports.entries.keys()
    # The timings differ between equal runs, so nothing may depend on them.
    common = [name for name in list_files(final) if name not in owned and name != TIMINGS]
    manifest = Manifest(sections, {name: hash_file(final / name) for name in common}, exports.entries, run)
    _write(final / CRATE, describe_crate(manifest, reports, list_files(final), final))
    manifest = replace(manifest, outputs={**manifest.outputs, CRATE: hash_file(final / CRATE)})
    write_manifest(manifest, final)
    return manifest


def _join_timings(path: Path, outcomes: Mapping[str, Outcome], names: Sequence[str]) -> str:
    """Return `timings.json`: seconds each section took when it was last executed."""
    try:
        before = dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, RecursionError):
        before = {}
    now = before | {name: round(outcome.seconds, 2) for name, outcome in outcomes.items()}
    return json.dumps({name: now[name] for name in names if name in now}, indent=2) + "\n"


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
