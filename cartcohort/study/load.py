"""Read a study folder, validate everything in it, and return a frozen Study."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd

from cartcohort.errors import Problem, StudyDataError, did_you_mean
from cartcohort.study.cells import empty_column
from cartcohort.study.description import FILE, Description, read_description, read_yaml
from cartcohort.study.doctor.rules import find_at_once
from cartcohort.study.factors import find_unfit_factors, order_levels
from cartcohort.study.grading.events import grade_events
from cartcohort.study.grading.told import tell_grading
from cartcohort.study.imputation import list_imputed, settle_dates, tell_imputed
from cartcohort.study.kept import find_kept
from cartcohort.study.known_later import check_known_later, derive_known_later
from cartcohort.study.labels import make_labels
from cartcohort.study.mapping.apply import map_tables
from cartcohort.study.model import Study
from cartcohort.study.published import PublishedFigure, read_published
from cartcohort.study.reading import Reading
from cartcohort.study.schema import ADVERSE_EVENTS, ASSESSMENTS, DERIVED, SUBJECTS, TABLES, Table
from cartcohort.study.sources.read import find_default, read_table
from cartcohort.study.text_table import TextTable
from cartcohort.study.timeline import NO_CUTOFF, count_events, count_subjects, find_day_zero
from cartcohort.study.typed_table import TypedTable, read_typed_table
from cartcohort.study.validate import SubjectChecks
from cartcohort.study.validate_events import EventChecks


def load_study(path: str | Path) -> Study:
    """Read and validate a study.

    Parameters
    ----------
    path : str or Path
        Folder with study.yaml and its tables.

    Returns
    -------
    Study
        All patients of the subjects table; `select_cohort` then takes those to analyse.

    Raises
    ------
    StudyDataError
        With every problem found, each with file, rows (as a spreadsheet shows them, the header is row 1) and column.
    """
    folder = _find_folder(path)
    return find_kept(folder) or make_study(read_study(folder))


def load_described(folder: Path, description: Description) -> Study:
    """Read and validate the tables of a folder as a description says, whatever its study.yaml does."""
    return make_study(_read_described(folder, description))


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
    folder = _find_folder(path)
    return _read_described(folder, read_description(folder))


def _read_described(folder: Path, description: Description) -> Reading:
    problems: list[Problem] = []
    texts = _read_texts(folder, description, problems)
    published = _read_published(folder, description, problems)
    if "subjects" in texts and not len(texts["subjects"].rows):
        remedy = "Below the header, give each patient a row."
        empty = texts.pop("subjects")
        problems.append(Problem("The table holds no patient.", empty.file, remedy))
        if "infusion_date" in empty.cells and description.data_cutoff_date is None:
            problems.append(NO_CUTOFF)
    typed = {
        name: read_typed_table(text, TABLES[name], description.levels if name == "subjects" else {}, problems)
        for name, text in texts.items()
    }
    days = {}
    if "subjects" in typed:
        days = _date_and_check(typed, description, problems)
        _check_names(description, typed["subjects"], days["subjects"], problems)
    return Reading(folder.resolve().name, description, typed, days, published, tuple(problems))


def _find_folder(path: str | Path) -> Path:
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
    typed: Mapping[str, TypedTable], description: Description, problems: list[Problem]
) -> dict[str, pd.DataFrame]:
    """Return the tables in days, after all checks of logic that their columns allow."""
    subjects = typed["subjects"]
    cutoff = description.data_cutoff_date
    day_zero = find_day_zero(subjects, problems)
    days = {"subjects": count_subjects(subjects, day_zero, cutoff, problems)}
    if not (subjects.complete and (day_zero is not None or not subjects.dates)):
        return days
    for name in ("adverse_events", "assessments"):
        if name in typed and typed[name].complete:
            days[name] = count_events(typed[name], days["subjects"]["subject_id"], day_zero, problems)
    days = settle_dates(typed, days)
    SubjectChecks(subjects, days["subjects"], problems).run(cutoff if day_zero is not None else None)
    for name, events in days.items():
        if name != "subjects":
            checks = EventChecks(typed[name], events, days["subjects"], problems)
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


def make_study(reading: Reading) -> Study:
    """Return the study that was read.

    Raises
    ------
    StudyDataError
        With every problem that was found while reading.
    """
    if reading.problems:
        raise StudyDataError(reading.problems)
    description, typed, days = reading.description, reading.typed, reading.days
    subjects = _order_levels(days["subjects"], description.levels)
    subjects = subjects.assign(**derive_known_later(subjects, description.known_later, description.levels))
    adverse_events = days.get("adverse_events", _empty_table(ADVERSE_EVENTS))
    documented = typed["subjects"].documented
    study = Study(
        name=reading.name,
        title=description.title or reading.name,
        source=description.source,
        synthetic=description.synthetic,
        data_cutoff_date=description.data_cutoff_date,
        day_zero=description.day_zero,
        subjects=subjects,
        adverse_events=grade_events(
            adverse_events, subjects, doses_recorded={"tocilizumab_day", "corticosteroid_day"} <= documented
        ),
        assessments=days.get("assessments", _empty_table(ASSESSMENTS)),
        factors=reading.factors,
        levels=description.levels,
        labels=make_labels(subjects, description.labels, typed["subjects"].text.own_labels),
        known_later=description.known_later,
        published=reading.published,
        documented=documented,
        imputed=list_imputed(typed, days),
        readings=tuple(line for table in typed.values() for line in table.text.readings),
    )
    warnings = (*find_at_once(reading), *tell_imputed(typed), *tell_grading(study, typed))
    return replace(study, warnings=warnings)


def _order_levels(subjects: pd.DataFrame, levels: Mapping[str, tuple[str, ...]]) -> pd.DataFrame:
    """Put the levels of categories into the order that the description gives."""
    categories = subjects.select_dtypes("category").columns
    return subjects.assign(
        **{name: order_levels(subjects[name], levels[name]) for name in levels if name in categories}
    )


def _empty_table(table: Table) -> pd.DataFrame:
    columns = {column.name: empty_column(column, 0) for column in table.columns}
    return pd.DataFrame(columns | {"source_row": pd.Series([], dtype="int64")})
