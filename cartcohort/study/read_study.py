"""Reading a study's tables and holding them against the data dictionary, as far as they can be read."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

import pandas as pd

from cartcohort.errors import Problem, StudyDataError, did_you_mean
from cartcohort.parameters import PARAMETERS
from cartcohort.study.adam import AdamPackage, read_package
from cartcohort.study.adam.tolerance import TolerantEventChecks, TolerantSubjectChecks
from cartcohort.study.declared_days import OfSubjects
from cartcohort.study.declared_endpoints import list_named_days, read_endpoints
from cartcohort.study.description import FILE, Description, read_description, read_yaml
from cartcohort.study.factors import derive_columns, find_unfit_factors
from cartcohort.study.imputation import settle_dates
from cartcohort.study.known_later import check_known_later
from cartcohort.study.labels import make_labels
from cartcohort.study.mapping.apply import map_tables
from cartcohort.study.own_endpoints import OwnEndpoint, mark_patients
from cartcohort.study.published import PublishedFigure, read_published
from cartcohort.study.reading import Reading
from cartcohort.study.schema import DERIVED, SUBJECTS, TABLES
from cartcohort.study.sources.read import find_default, read_table
from cartcohort.study.text_table import TextTable
from cartcohort.study.timeline import NO_CUTOFF, count_events, count_subjects, find_day_zero
from cartcohort.study.typed_table import TypedTable, read_typed_table
from cartcohort.study.validate import SubjectChecks
from cartcohort.study.validate_events import EventChecks


def read_study(path: str | Path) -> Reading:
    """Read and check a study's tables, as far as they can be read; what is wrong is in the answer.

    Parameters
    ----------
    path : str or Path
        Folder with study.yaml and its tables.

    Raises
    ------
    StudyDataError
        If there is no such folder, or its study.yaml cannot be read.
    """
    folder = find_folder(path)
    return read_described(folder, read_description(folder))


def read_described(folder: Path, description: Description) -> Reading:
    """Read and check the tables of a folder as a description says, whatever its study.yaml does."""
    problems: list[Problem] = []
    package = read_package(folder, description, problems) if description.format == "adam" else None
    if package is not None:
        description, texts = package.description, dict(package.texts)
    else:
        texts = _read_texts(folder, description, problems)
    published = _read_published(folder, description, problems)
    if "subjects" in texts and not len(texts["subjects"].rows):
        _refuse_empty(texts.pop("subjects"), description, problems)
    typed = {
        name: read_typed_table(text, TABLES[name], description.levels if name == "subjects" else {}, problems)
        for name, text in texts.items()
    }
    days: dict[str, pd.DataFrame] = {}
    own: dict[str, OwnEndpoint] = {}
    if "subjects" in typed:
        days = _date_and_check(typed, description, problems, package)
        _check_names(description, typed["subjects"], days["subjects"], problems)
        own = _add_recorded(package, typed["subjects"], days)
        own |= _add_endpoints(description, typed["subjects"], days, problems)
    if package is not None:
        problems = package.translate(problems)
    name = folder.resolve().name
    return Reading(name, description, typed, days, published, tuple(problems), own_endpoints=own, package=package)


def find_folder(path: str | Path) -> Path:
    """Return the folder of a study; what is none is an error."""
    folder = Path(path)
    if folder.is_dir():
        if not (folder / FILE).is_file():
            remedy = (
                "A study is a folder with study.yaml and its tables; data/README.md tells what they hold. "
                "`check FOLDER --suggest` proposes one for tables as they are."
            )
            raise StudyDataError(Problem(f"The study has no {FILE}.", str(path), remedy))
        return folder
    what = "The study is not a folder." if folder.exists() else "There is no such study folder."
    remedy = f"Give the folder that holds {FILE}; `check FILE --suggest` proposes one for a table as it is."
    raise StudyDataError(Problem(what, str(path), remedy))


def _refuse_empty(subjects: TextTable, description: Description, problems: list[Problem]) -> None:
    remedy = "Below the header, give each patient a row."
    problems.append(Problem("The table holds no patient.", subjects.file, remedy))
    if "infusion_date" in subjects.cells and description.data_cutoff_date is None:
        problems.append(NO_CUTOFF)


def _read_texts(folder: Path, description: Description, problems: list[Problem]) -> dict[str, TextTable]:
    texts = {}
    for name, table in TABLES.items():
        try:
            file = description.tables.get(name) or find_default(folder, table)
            if table is not SUBJECTS and name not in description.tables and not (folder / file).exists():
                continue
            texts[name] = read_table(folder, file, table=name, reading=description.reading.get(name))
        except StudyDataError as error:
            problems.extend(problem for problem in error.problems if problem not in problems)
    return map_tables(texts, description, problems)


def _read_published(folder: Path, description: Description, problems: list[Problem]) -> tuple[PublishedFigure, ...]:
    if not description.published:
        return ()
    try:
        content = read_yaml(folder, description.published)
    except StudyDataError as error:
        problems.extend(error.problems)
        return ()
    return read_published(content, description.published, problems)


def _date_and_check(
    typed: Mapping[str, TypedTable], description: Description, problems: list[Problem], package: AdamPackage | None
) -> dict[str, pd.DataFrame]:
    """Return the tables in days, after all checks of logic that their columns allow."""
    check_subjects, check_events = SubjectChecks, EventChecks
    if package is not None:
        check_subjects = partial(TolerantSubjectChecks, warnings=package.warnings)
        check_events = partial(TolerantEventChecks, warnings=package.warnings)
    subjects = typed["subjects"]
    cutoff = description.data_cutoff_date
    day_zero = find_day_zero(subjects, problems)
    days = {"subjects": count_subjects(subjects, day_zero, cutoff, problems)}
    if not (subjects.complete and (day_zero is not None or not subjects.dates)):
        return days
    for name in ("adverse_events", "assessments"):
        if name in typed and typed[name].complete:
            days[name] = count_events(typed[name], days["subjects"]["subject_id"], day_zero, problems)
    days = settle_dates(typed, days, named=list_named_days(description.endpoints))
    check_subjects(subjects, days["subjects"], problems).run(cutoff if day_zero is not None else None)
    for name, events in days.items():
        if name != "subjects":
            checks = check_events(typed[name], events, days["subjects"], problems)
            checks.run_adverse_events() if name == "adverse_events" else checks.run_assessments()
    return days


def _check_names(description: Description, subjects: TypedTable, days: pd.DataFrame, problems: list[Problem]) -> None:
    """Check that columns named in study.yaml are there, and that `levels` holds every value of its column."""
    known = [*days, *(column.name for column in DERIVED), *description.known_later]
    for key in ("factors", "levels", "labels"):
        for name in getattr(description, key) or ():
            if name not in known:
                what = f"`{key}` names `{name}`, which is no column of the subjects table.{did_you_mean(name, known)}"
                problems.append(
                    Problem(what, FILE, "Use a column of the file, by its standard name, or a derived one.")
                )
    problems.extend(find_unfit_factors(description.factors or (), FILE, known_later=description.known_later))
    problems.extend(check_known_later(description.known_later, days, description.levels, FILE))
    for name, levels in description.levels.items():
        cells = subjects.text.cells.get(name)
        if cells is not None and not set(cells.cat.categories) <= set(levels):
            what = f"`levels` of `{name}` lacks a value that the column holds."
            outside = (cells.notna() & ~cells.isin(levels)).to_numpy()
            problems.append(Problem(what, subjects.text.locate(outside, name), "Complete `levels` in study.yaml."))


def _add_endpoints(
    description: Description, subjects: TypedTable, days: dict[str, pd.DataFrame], problems: list[Problem]
) -> dict[str, OwnEndpoint]:
    """Return the endpoints that the study declares; the subjects are given the columns that these need."""
    if not description.endpoints:
        return {}
    frame = days["subjects"]
    of = OfSubjects(subjects, frame, make_labels(frame, description.labels, subjects.text.own_labels))
    defaults = {name: PARAMETERS[name].default for name in ("tumor_burden_threshold_pct", "age_cut_years")}
    derived = frame.assign(**derive_columns(frame, levels=description.levels, **defaults))
    own = read_endpoints(description.endpoints, of, subjects=derived, problems=problems)
    days["subjects"] = frame.assign(**of.columns, **mark_patients(derived, own))
    return own


def _add_recorded(
    package: AdamPackage | None, subjects: TypedTable, days: dict[str, pd.DataFrame]
) -> dict[str, OwnEndpoint]:
    """Return the endpoints that an ADaM package records; the subjects are given the columns that these need."""
    if package is None:
        return {}
    days["subjects"], own = package.add_endpoints(days["subjects"], find_day_zero(subjects, []))
    return own
