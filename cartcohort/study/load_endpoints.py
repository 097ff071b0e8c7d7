"""What loading adds for endpoints that are not the suite's: those a study declares, and those of its package."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from cartcohort.errors import Problem
from cartcohort.parameters import PARAMETERS
from cartcohort.study.adam import AdamPackage
from cartcohort.study.declared_days import OfSubjects
from cartcohort.study.declared_endpoints import read_endpoints
from cartcohort.study.description import Description
from cartcohort.study.factors import derive_columns
from cartcohort.study.labels import make_labels
from cartcohort.study.model import Study
from cartcohort.study.own_endpoints import OwnEndpoint, mark_patients
from cartcohort.study.timeline import find_day_zero
from cartcohort.study.typed_table import TypedTable


def add_declared(
    description: Description, subjects: TypedTable, days: dict[str, pd.DataFrame], problems: list[Problem]
) -> dict[str, OwnEndpoint]:
    """Return the endpoints that the study declares; the subjects are given the columns that these need."""
    if not description.endpoints:
        return {}
    frame = days["subjects"]
    of = OfSubjects(subjects, frame, make_labels(frame, description.labels))
    defaults = {name: PARAMETERS[name].default for name in ("tumor_burden_threshold_pct", "age_cut_years")}
    derived = frame.assign(**derive_columns(frame, levels=description.levels, **defaults))
    own = read_endpoints(description.endpoints, of, subjects=derived, problems=problems)
    days["subjects"] = frame.assign(**of.columns, **mark_patients(derived, own))
    return own


def add_recorded(
    package: AdamPackage | None, subjects: TypedTable, days: dict[str, pd.DataFrame]
) -> dict[str, OwnEndpoint]:
    """Return the endpoints that an ADaM package records; the subjects are given the columns that these need."""
    if package is None:
        return {}
    days["subjects"], own = package.add_endpoints(days["subjects"], find_day_zero(subjects, []))
    return own


def describe_package(study: Study, package: AdamPackage, recorded: Mapping[str, OwnEndpoint]) -> Study:
    """Return the study with what its package tells of itself; a report tells the recorded endpoints, if any."""
    own = tuple(name for name in study.own_endpoints if name not in recorded)
    reported = (*recorded, *own) if recorded else study.reported_endpoints
    if recorded and all(study.endpoints[name].from_response for name in reported):
        reported = ("os", *reported)
    return replace(
        study,
        exclusions=package.exclusions,
        reported_endpoints=reported,
        remarks=package.remarks,
        warnings=tuple(package.translate([*package.warnings, *study.warnings])),
    )
