"""Read a study folder, validate everything in it, and return a frozen Study."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd

from cartcohort.errors import StudyDataError
from cartcohort.study.cells import empty_column
from cartcohort.study.description import Description
from cartcohort.study.doctor.rules import find_at_once
from cartcohort.study.endpoint_definitions import REPORTED
from cartcohort.study.endpoint_oddities import find_endpoint_oddities
from cartcohort.study.factors import order_levels
from cartcohort.study.grading.events import grade_events
from cartcohort.study.grading.told import tell_grading
from cartcohort.study.imputed import list_imputed, tell_imputed
from cartcohort.study.kept import find_kept
from cartcohort.study.known_later import derive_known_later
from cartcohort.study.labels import make_labels
from cartcohort.study.model import Study
from cartcohort.study.read_study import find_folder, read_described, read_study
from cartcohort.study.reading import Reading
from cartcohort.study.schema import ADVERSE_EVENTS, ASSESSMENTS, Table


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
    folder = find_folder(path)
    return find_kept(folder) or make_study(read_study(folder))


def load_described(folder: Path, description: Description) -> Study:
    """Read and validate the tables of a folder as a description says, whatever its study.yaml does."""
    return make_study(read_described(folder, description))


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
        own_endpoints=reading.own_endpoints,
        reported_endpoints=(*REPORTED, *reading.own_endpoints),
        documented=documented,
        imputed=list_imputed(typed, days),
        readings=tuple(line for table in typed.values() for line in table.text.readings),
    )
    warnings = (
        *find_at_once(reading),
        *find_endpoint_oddities(study, typed["subjects"]),
        *tell_imputed(typed),
        *tell_grading(study, typed),
    )
    return _describe_package(replace(study, warnings=warnings), reading)


def _describe_package(study: Study, reading: Reading) -> Study:
    """Return the study with what its ADaM package, if it is one, tells of itself.

    Reports then tell the endpoints that it records, if any.
    """
    package = reading.package
    if package is None:
        return study
    recorded = [name for name, own in study.own_endpoints.items() if own.recorded]
    reported = tuple(study.own_endpoints) if recorded else study.reported_endpoints
    if recorded and all(study.endpoints[name].from_response for name in reported):
        reported = ("os", *reported)
    return replace(
        study,
        exclusions=package.exclusions,
        reported_endpoints=reported,
        remarks=package.remarks,
        warnings=tuple(package.translate([*package.warnings, *study.warnings])),
    )


def _order_levels(subjects: pd.DataFrame, levels: Mapping[str, tuple[str, ...]]) -> pd.DataFrame:
    """Put the levels of categories into the order that the description gives."""
    categories = subjects.select_dtypes("category").columns
    return subjects.assign(
        **{name: order_levels(subjects[name], levels[name]) for name in levels if name in categories}
    )


def _empty_table(table: Table) -> pd.DataFrame:
    columns = {column.name: empty_column(column, 0) for column in table.columns}
    return pd.DataFrame(columns | {"source_row": pd.Series([], dtype="int64")})
