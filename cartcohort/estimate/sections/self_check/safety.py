"""The safety section by a second route: patients with CRS, ICANS and other events, and what goes with severity."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from cartcohort.estimate.results import Result, ResultSet
from cartcohort.estimate.second_route.compare import Recomputed, compare_routes
from cartcohort.estimate.second_route.curves import recompute_observed
from cartcohort.estimate.second_route.shares import recompute_share
from cartcohort.estimate.sections.self_check.efficacy import compare_shares

_SYNDROMES = ("crs", "icans")
_SEVERE = 3
_DRUGS = {
    "tocilizumab": ("tocilizumab",),
    "corticosteroid": ("steroid", "dexamethasone", "prednisolone", "prednisone", "hydrocortisone"),
}

Patients = dict[str, list[float]]
"""Grades of one term's rows by patient, NaN where not recorded."""


def check_safety(
    results: Mapping[str, Result],
    subjects: pd.DataFrame,
    adverse_events: pd.DataFrame,
    factors: Sequence[str],
    parameters: Mapping[str, Any],
) -> ResultSet:
    """Recompute the headline results of the safety section.

    Parameters
    ----------
    results, subjects, factors, parameters
        As for `check_efficacy`; the patients are everybody infused.
    adverse_events : DataFrame
        Table of the study.
    """
    rows = _read_rows(subjects, adverse_events)
    terms = _group_by_term(rows)
    recomputed = [
        *_syndromes(terms, len(subjects), parameters["conf_level"]),
        *_onsets(rows, terms),
        *_severity(subjects, terms, factors, parameters["conf_level"]),
        *_treatment(subjects, adverse_events, parameters["conf_level"]),
        *_all_events(terms, len(subjects), parameters["conf_level"]),
    ]
    return compare_routes(results, recomputed, section="safety")


def _read_rows(subjects: pd.DataFrame, events: pd.DataFrame) -> list[tuple[str, str, float, float]]:
    """Return term, patient, grade and day of onset of each row that began after infusion, or on an unknown day."""
    known, rows = set(subjects["subject_id"]), []
    columns = ("term", "subject_id", "grade", "onset_day")
    for term, patient, grade, onset in zip(*(events[column] for column in columns), strict=True):
        if pd.isna(term) or patient not in known or (pd.notna(onset) and onset < 0):
            continue
        rows.append((_name_of(term), patient, _number(grade), _number(onset)))
    return rows


def _name_of(term: Any) -> str:
    """Return a term in lower case with one underscore between its words; empty where there is none."""
    return "" if pd.isna(term) else "_".join(re.findall(r"\w+", str(term).casefold())).strip("_") or "unnamed"


def _number(value: Any) -> float:
    return np.nan if pd.isna(value) else float(value)


def _group_by_term(rows: Sequence[tuple[str, str, float, float]]) -> dict[str, Patients]:
    terms: dict[str, Patients] = {}
    for name, patient, grade, _ in rows:
        terms.setdefault(name, {}).setdefault(patient, []).append(grade)
    return terms


def _worst(patients: Patients) -> dict[str, float]:
    """Return each patient's worst grade recorded, NaN where none was."""
    return {
        patient: max((grade for grade in grades if not np.isnan(grade)), default=np.nan)
        for patient, grades in patients.items()
    }


def _occurrence(stem: str, patients: Patients, n: int, conf_level: float) -> Iterator[Recomputed]:
    worst = _worst(patients)
    yield from recompute_share(f"{stem}/any", len(worst), n, conf_level=conf_level)
    if not worst or any(grade > 0 for grade in worst.values()):
        severe = sum(grade >= _SEVERE for grade in worst.values())
        yield from recompute_share(f"{stem}/grade_3_or_higher", severe, n, conf_level=conf_level)


def _syndromes(terms: Mapping[str, Patients], n: int, conf_level: float) -> Iterator[Recomputed]:
    if not any(name in terms for name in _SYNDROMES):
        return
    for name in _SYNDROMES:
        patients = terms.get(name, {})
        yield from _occurrence(f"safety/{name}", patients, n, conf_level)
        worst = list(_worst(patients).values())
        for grade in range(1, 6):
            yield from recompute_share(f"safety/{name}/grade/{grade}", worst.count(grade), n, conf_level=conf_level)


def _onsets(rows: Sequence[tuple[str, str, float, float]], terms: Mapping[str, Patients]) -> Iterator[Recomputed]:
    for name in _SYNDROMES:
        first: dict[str, float] = {}
        for term, patient, _, onset in rows:
            if term == name and not np.isnan(onset):
                first[patient] = min(onset, first.get(patient, np.inf))
        if name in terms and first:
            stem = f"safety/{name}/onset"
            names = {"median": stem, "minimum": f"{stem}/minimum", "maximum": f"{stem}/maximum"}
            yield from recompute_observed(np.array(list(first.values())), names)


def _severity(
    subjects: pd.DataFrame, terms: Mapping[str, Patients], factors: Sequence[str], conf_level: float
) -> Iterator[Recomputed]:
    """Recompute the comparison of severe CRS by factor, among the patients whose worst grade is known."""
    if not any(name in terms for name in _SYNDROMES):
        return
    worst = _worst(terms.get("crs", {}))
    grades = np.array([worst.get(patient, 0.0) for patient in subjects["subject_id"]], dtype=float)
    known = ~np.isnan(grades)
    stem = "safety/crs/severity"
    yield from compare_shares(
        subjects[known], factors, grades[known] >= _SEVERE, shares=stem, stem=stem, conf_level=conf_level
    )


def _treatment(subjects: pd.DataFrame, events: pd.DataFrame, conf_level: float) -> Iterator[Recomputed]:
    """Recount who was given a drug: a dose is dated, or it is named as treatment of CRS or ICANS."""
    named: dict[str, str] = {}
    columns = ("subject_id", "term", "treatment", "onset_day")
    for patient, term, treatment, onset in zip(*(events[column] for column in columns), strict=True):
        if _name_of(term) in _SYNDROMES and pd.notna(treatment) and not (pd.notna(onset) and onset < 0):
            named[patient] = f"{named.get(patient, '')} {treatment}".casefold()
    for drug, words in _DRUGS.items():
        dated = subjects[f"{drug}_day"].notna()
        if not dated.any() and not any(patient in named for patient in subjects["subject_id"]):
            continue
        given = [
            bool(has_day) or any(word in named.get(patient, "") for word in words)
            for patient, has_day in zip(subjects["subject_id"], dated, strict=True)
        ]
        yield from recompute_share(f"safety/treatment/{drug}", sum(given), len(given), conf_level=conf_level)


def _all_events(terms: Mapping[str, Patients], n: int, conf_level: float) -> Iterator[Recomputed]:
    if not terms:
        return
    anything: Patients = {}
    for patients in terms.values():
        for patient, grades in patients.items():
            anything.setdefault(patient, []).extend(grades)
    yield from _occurrence("safety/any_event", anything, n, conf_level)
    for name, patients in terms.items():
        yield from _occurrence(f"safety/ae/{name}", patients, n, conf_level)
