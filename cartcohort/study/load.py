"""Read a study folder, validate everything in it, and return a frozen Study."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

import pandas as pd

from cartcohort.errors import Problem, StudyDataError, did_you_mean
from cartcohort.study.adam import AdamPackage, read_package
from cartcohort.study.adam.tolerance import TolerantEventChecks, TolerantSubjectChecks
from cartcohort.study.cells import empty_column
from cartcohort.study.description import FILE, Description, read_description, read_yaml
from cartcohort.study.endpoint_definitions import REPORTED
from cartcohort.study.factors import find_unfit_factors, order_levels
from cartcohort.study.files import find_file
from cartcohort.study.kept import find_kept
from cartcohort.study.known_later import check_known_later, derive_known_later
from cartcohort.study.labels import make_labels
from cartcohort.study.load_endpoints import add_declared, add_recorded, describe_package
from cartcohort.study.mapping import recode_values, rename_columns
from cartcohort.study.model import Study
from cartcohort.study.own_endpoints import OwnEndpoint
from cartcohort.study.published import PublishedFigure, read_published
from cartcohort.study.schema import ADVERSE_EVENTS, ASSESSMENTS, DEFAULT_FACTORS, DERIVED, SUBJECTS, TABLES, Table
from cartcohort.study.text_table import TextTable, read_text_table
from cartcohort.study.timeline import count_events, count_subjects, find_day_zero
from cartcohort.study.typed_table import TypedTable, read_typed_table
from cartcohort.study.validate import SubjectChecks
from cartcohort.study.validate_events import EventChecks
from cartcohort.study.warn import find_oddities


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
    return find_kept(folder) or _read_study(folder)


def _read_study(folder: Path) -> Study:
    description = read_description(folder)
    problems: list[Problem] = []
    package = read_package(folder, description, problems) if description.format == "adam" else None
    if package is not None:
        description, texts = package.description, dict(package.texts)
    else:
        texts = _read_texts(folder, description, problems)
    published = _read_published(folder, description, problems)
    if "subjects" in texts and not len(texts["subjects"].rows):
        remedy = "Below the header, give each patient a row."
        problems.append(Problem("The table holds no patient.", texts.pop("subjects").file, remedy))
    if "subjects" not in texts:
        raise StudyDataError(problems)
    typed = {
        name: read_typed_table(text, TABLES[name], description.levels if name == "subjects" else {}, problems)
        for name, text in texts.items()
    }
    days = _date_and_check(typed, description, problems, package)
    _check_names(description, typed["subjects"], days["subjects"], problems)
    own = add_declared(description, typed["subjects"], days, problems)
    recorded = add_recorded(package, typed["subjects"], days)
    if problems:
        raise StudyDataError(package.translate(problems) if package else problems)
    study = _make_study(folder.resolve().name, description, typed, days, published, {**recorded, **own})
    return describe_package(study, package, recorded) if package else study


def _find_folder(path: str | Path) -> Path:
    folder = Path(path)
    if folder.is_dir():
        if not (folder / FILE).is_file():
            remedy = "A study is a folder with study.yaml and its tables; data/README.md tells what they hold."
            raise StudyDataError(Problem(f"The study has no {FILE}.", str(path), remedy))
        return folder
    what = "The study is not a folder." if folder.exists() else "There is no such study folder."
    raise StudyDataError(Problem(what, str(path), f"Give the folder that holds {FILE}."))


def _read_texts(folder: Path, description: Description, problems: list[Problem]) -> dict[str, TextTable]:
    texts = {}
    for name, table in TABLES.items():
        file = description.tables.get(name, table.file)
        if table is not SUBJECTS and name not in description.tables and not (folder / file).exists():
            continue
        try:
            text = read_text_table(find_file(folder, file), file)
        except StudyDataError as error:
            problems.extend(error.problems)
            continue
        text = rename_columns(text, description.columns.get(name, {}), problems)
        texts[name] = recode_values(text, description.values.get(name, {}), problems)
    return texts


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
    typed: Mapping[str, TypedTable],
    description: Description,
    problems: list[Problem],
    package: AdamPackage | None = None,
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
    comparable = subjects.complete and (day_zero is not None or not subjects.dates)
    if comparable:
        check_subjects(subjects, days["subjects"], problems).run(cutoff if day_zero is not None else None)
    for name in ("adverse_events", "assessments"):
        if name not in typed or not (typed[name].complete and comparable):
            continue
        days[name] = count_events(typed[name], days["subjects"]["subject_id"], day_zero, problems)
        checks = check_events(typed[name], days[name], days["subjects"], problems)
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


def _make_study(
    name: str,
    description: Description,
    typed: Mapping[str, TypedTable],
    days: Mapping[str, pd.DataFrame],
    published: tuple[PublishedFigure, ...],
    own_endpoints: Mapping[str, OwnEndpoint],
) -> Study:
    subjects = _order_levels(days["subjects"], description.levels)
    subjects = subjects.assign(**derive_known_later(subjects, description.known_later, description.levels))
    study = Study(
        name=name,
        title=description.title or name,
        source=description.source,
        synthetic=description.synthetic,
        data_cutoff_date=description.data_cutoff_date,
        day_zero=description.day_zero,
        subjects=subjects,
        adverse_events=days.get("adverse_events", _empty_table(ADVERSE_EVENTS)),
        assessments=days.get("assessments", _empty_table(ASSESSMENTS)),
        factors=_default_factors(subjects) if description.factors is None else description.factors,
        levels=description.levels,
        labels=make_labels(subjects, description.labels),
        known_later=description.known_later,
        published=published,
        own_endpoints=own_endpoints,
        reported_endpoints=(*REPORTED, *own_endpoints),
        documented=typed["subjects"].documented,
    )
    return replace(study, warnings=find_oddities(study, typed))


def _order_levels(subjects: pd.DataFrame, levels: Mapping[str, tuple[str, ...]]) -> pd.DataFrame:
    """Put the levels of categories into the order that the description gives."""
    categories = subjects.select_dtypes("category").columns
    return subjects.assign(
        **{name: order_levels(subjects[name], levels[name]) for name in levels if name in categories}
    )


def _default_factors(subjects: pd.DataFrame) -> tuple[str, ...]:
    sources = {"tumor_burden": "marrow_blasts_pct", "age_group": "age_years"}
    return tuple(name for name in DEFAULT_FACTORS if subjects[sources.get(name, name)].notna().any())


def _empty_table(table: Table) -> pd.DataFrame:
    columns = {column.name: empty_column(column, 0) for column in table.columns}
    return pd.DataFrame(columns | {"source_row": pd.Series([], dtype="int64")})
