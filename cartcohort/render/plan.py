"""What a run has to do: which sections, with which parameters, and which of them are not up to date.

Everything here is light: no notebook is run and no numerical library imported.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cartcohort.errors import OutputError, Problem, StudyDataError
from cartcohort.harmless import orders_text
from cartcohort.parameters import REDACTED, list_redacted
from cartcohort.render.cache import Inputs, Surroundings, hash_study, read_surroundings, take_inputs, why_stale
from cartcohort.render.exports.plan import describe_maker, find_outdated
from cartcohort.render.folder import as_output_error, real_path
from cartcohort.render.manifest import Manifest, find_damage, read_manifest
from cartcohort.render.notebook import Section, discover_sections, select_sections
from cartcohort.render.request import STUDY, check_request, resolve_parameters


@dataclass(frozen=True, kw_only=True)
class Request:
    """One run that is asked for.

    Attributes
    ----------
    study : Path
        Folder of the study.
    notebooks : Path
        Folder of the suite's notebooks.
    sections : sequence of str
        Names of the sections to make; empty means all.
    parameters : mapping of str to object
        Values that differ from the defaults, as the user gave them.
    output : Path
        Folder under which the run gets a folder.
    scenario : str
        Name of the run's folder where the run is one of several scenarios; empty gives it the study's name.
    force : bool
        Whether to execute what is up to date.
    exports : sequence of str
        Kinds of exports to make of the selected sections and the overview: some of `exports.plan.KINDS`.
    """

    study: Path
    notebooks: Path
    output: Path
    sections: Sequence[str] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    scenario: str = ""
    force: bool = False
    exports: Sequence[str] = ()

    @property
    def study_folder(self) -> Path:
        """Return the study's folder as an absolute path, links kept."""
        return Path(os.path.abspath(self.study))  # noqa: PTH100 - resolve() would follow links and change the name

    @property
    def run_folder(self) -> Path:
        """Return the folder of the run."""
        return self.output / (self.scenario or self.study_folder.name)

    def name_task(self, section: str) -> str:
        """Return the name that tells a section of this run from those of other runs."""
        return f"{self.scenario}/{section}" if self.scenario else section


@dataclass(frozen=True)
class Order:
    """What is to be made, checked and resolved.

    Attributes
    ----------
    sections, selected : tuple of Section
        The suite, and those of it that were asked for.
    given : mapping of str to object
        Parameter values given by the user, checked.
    inputs : mapping of str to Inputs
        What each section of the suite depends on, with its resolved parameters.
    """

    sections: tuple[Section, ...]
    selected: tuple[Section, ...]
    given: Mapping[str, Any]
    inputs: Mapping[str, Inputs]

    @property
    def maker(self) -> str:
        """Return by what exports are made: see `describe_maker`."""
        return describe_maker(next(iter(self.inputs.values())))


@dataclass(frozen=True)
class Plan:
    """What has to be done in the run folder as it is.

    Attributes
    ----------
    manifest : Manifest
        What the folder holds.
    stale : mapping of str to str
        Why each section that will be executed is not up to date.
    repair : str
        Why the overview has to be written again even if no section is executed; empty where it need not.
    exports : tuple of str
        Paths of the exports that are asked for and not up to date, beside sections as they are now.
    made : frozenset of str
        Sections in the folder that this very run has made, so that they are what is asked for.
    """

    manifest: Manifest
    stale: Mapping[str, str]
    repair: str
    exports: tuple[str, ...] = ()
    made: frozenset[str] = frozenset()


def place_order(request: Request, surroundings: Surroundings | None = None) -> Order:
    """Check a request and resolve it.

    Parameters
    ----------
    request : Request
    surroundings : Surroundings, optional
        Read here by default.

    Raises
    ------
    ReportError, UsageError, ParameterError, StudyDataError, OutputError
        Where a notebook is damaged, a section unknown, a parameter wrong, the study's folder missing, or the report
        would get into the study.
    """
    _check_folders(request)
    sections = discover_sections(request.notebooks)
    selected = select_sections(sections, request.sections)
    given = check_request(request.parameters, selected, sections)
    study_name = request.study_folder.name
    values = {section.name: resolve_parameters(section, given, study_name) for section in sections}
    inputs = take_inputs(sections, values, hash_data(request), surroundings or read_surroundings())
    return Order(sections, selected, given, inputs)


def describe_run(request: Request, order: Order) -> dict[str, Any]:
    """Return what the manifest says of a run as a whole, of the order's sections the parameters that were changed."""
    inputs = {section.name: order.inputs[section.name].describe() for section in order.sections}
    changed = {
        name: value
        for section in order.sections
        for name, value in inputs[section.name]["parameters"].items()
        if name != STUDY and value != section.defaults[name]
    }
    around = next(iter(inputs.values()))
    return {
        "name": name_run(request),
        "study": name_study(request),
        "parameters": dict(sorted(changed.items())),
        **{name: around[name] for name in ("code", "versions", "source_date_epoch")},
    }


def name_run(request: Request) -> str:
    """Return the name of a run as its files tell it: that of its folder, unless that would tell a redacted study."""
    return request.scenario or name_study(request)


def name_study(request: Request) -> str:
    """Return the name of a run's study as its files tell it."""
    return REDACTED if STUDY in list_redacted(request.parameters) else request.study_folder.name


def hash_data(request: Request) -> dict[str, str]:
    """Return the SHA-256 of each file of the study that a run is of; see `hash_study`."""
    same = real_path(request.output) == real_path(request.study)
    return hash_study(request.study, output=request.run_folder if same else request.output)


def _check_folders(request: Request) -> None:
    name = request.study_folder.name
    if not name or orders_text(name) or any(unicodedata.category(sign) in ("Cc", "Cs") for sign in name):
        what = "The name of the study's folder cannot be that of a report."
        raise StudyDataError(Problem(what, str(request.study), "Give it a name of printable characters."))
    if real_path(request.run_folder) == real_path(request.study):
        what = "The report would be written into the study's own folder."
        raise OutputError(Problem(what, str(request.run_folder), "Name another folder by --output."))


def make_plan(request: Request, order: Order) -> Plan:
    """Compare an order with what the run folder holds.

    Raises
    ------
    OutputError
        Where the folder cannot be read.
    """
    folder = request.run_folder
    with as_output_error(folder):
        manifest = read_manifest(folder)
        reasons = {
            section.name: why_stale(section.name, order.inputs[section.name], manifest, folder)
            or ("asked for by --force" if request.force else "")
            for section in order.selected
        }
        stale = {name: reason for name, reason in reasons.items() if reason}
        selected = [section.name for section in order.selected]
        exports = find_outdated(request.exports, selected, manifest, order.maker, folder, force=request.force)
        return Plan(manifest, stale, _why_repair(order, manifest, folder), exports)


def _why_repair(order: Order, manifest: Manifest, folder: Path) -> str:
    gone = set(manifest.sections) - {section.name for section in order.sections}
    if gone:
        return f"there is no notebook {', '.join(sorted(gone))} any more"
    return find_damage(manifest.outputs, folder) or find_damage(manifest.exported, folder)
