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
    terms = {str(name): rows[rows["term"] == name] for name in rows["term"].unique()}
    recomputed = [
        *_syndromes(terms, len(subjects), parameters["conf_level"]),
        *_onsets(terms),
        *_severity(subjects, terms, factors, parameters["conf_level"]),
        *_treatment(subjects, terms, parameters["conf_level"]),
        *_all_events(rows, terms, len(subjects), parameters["conf_level"]),
    ]
    return compare_routes(results, recomputed, section="safety")


def _read_rows(subjects: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """Return each row that began after infusion, or on an unknown day, of one of these patients.

    Columns `term` (in lower case with one underscore between its words), `patient` (position), `grade`, `onset`, and
    `treatment` in lower case; each distinct text is read once.
    """
    place = {patient: position for position, patient in enumerate(subjects["subject_id"])}
    names = {term: _name_of(term) for term in events["term"].dropna().unique()}
    given = {text: str(text).casefold() for text in events["treatment"].dropna().unique()}
    rows = pd.DataFrame(
        {
            "term": events["term"].map(names),
            "patient": events["subject_id"].map(place),
            "grade": events["grade"].to_numpy(dtype=float, na_value=np.nan),
            "onset": events["onset_day"].to_numpy(dtype=float, na_value=np.nan),
            "treatment": events["treatment"].map(given),
        }
    )
    rows = rows[rows["term"].notna() & rows["patient"].notna() & ~(rows["onset"] < 0)]
    return rows.astype({"term": "category", "patient": int, "treatment": "category"})


def _name_of(term: str) -> str:
    return "_".join(re.findall(r"\w+", str(term).casefold())).strip("_") or "unnamed"


def _worst(rows: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return the patients who had an event, and the worst grade recorded of each, NaN where none was.

    Rows are sorted by patient and grade; the last of each patient is the worst.
    """
    patient, grade = rows["patient"].to_numpy(), np.nan_to_num(rows["grade"].to_numpy(), nan=-np.inf)
    order = np.lexsort((grade, patient))
    patient, grade = patient[order], grade[order]
    last = np.append(patient[1:] != patient[:-1], True)[: len(patient)]
    return patient[last], np.where(np.isinf(grade[last]), np.nan, grade[last])


def _occurrence(stem: str, rows: pd.DataFrame, n: int, conf_level: float) -> Iterator[Recomputed]:
    _, worst = _worst(rows)
    yield from recompute_share(f"{stem}/any", len(worst), n, conf_level=conf_level)
    if not len(worst) or (worst > 0).any():
        severe = int((worst >= _SEVERE).sum())
        yield from recompute_share(f"{stem}/grade_3_or_higher", severe, n, conf_level=conf_level)


def _syndromes(terms: Mapping[str, pd.DataFrame], n: int, conf_level: float) -> Iterator[Recomputed]:
    if not any(name in terms for name in _SYNDROMES):
        return
    for name in _SYNDROMES:
        rows = _of_term(terms, name)
        yield from _occurrence(f"safety/{name}", rows, n, conf_level)
        _, worst = _worst(rows)
        for grade in range(1, 6):
            n_grade = int((worst == grade).sum())
            yield from recompute_share(f"safety/{name}/grade/{grade}", n_grade, n, conf_level=conf_level)


def _of_term(terms: Mapping[str, pd.DataFrame], name: str) -> pd.DataFrame:
    return terms[name] if name in terms else next(iter(terms.values())).iloc[:0]


def _onsets(terms: Mapping[str, pd.DataFrame]) -> Iterator[Recomputed]:
    for name in _SYNDROMES:
        if name not in terms or terms[name]["onset"].isna().all():
            continue
        first = terms[name].dropna(subset="onset").sort_values("onset").drop_duplicates("patient")
        stem = f"safety/{name}/onset"
        names = {"median": stem, "minimum": f"{stem}/minimum", "maximum": f"{stem}/maximum"}
        yield from recompute_observed(first["onset"].to_numpy(), names)


def _severity(
    subjects: pd.DataFrame, terms: Mapping[str, pd.DataFrame], factors: Sequence[str], conf_level: float
) -> Iterator[Recomputed]:
    """Recompute the comparison of severe CRS by factor, among the patients whose worst grade is known."""
    if not any(name in terms for name in _SYNDROMES):
        return
    grades = np.zeros(len(subjects))
    patient, worst = _worst(_of_term(terms, "crs"))
    grades[patient] = worst
    known = ~np.isnan(grades)
    stem = "safety/crs/severity"
    yield from compare_shares(
        subjects[known], factors, grades[known] >= _SEVERE, shares=stem, stem=stem, conf_level=conf_level
    )


def _treatment(subjects: pd.DataFrame, terms: Mapping[str, pd.DataFrame], conf_level: float) -> Iterator[Recomputed]:
    """Recount who was given a drug: a dose is dated, or it is named as treatment of CRS or ICANS."""
    treated = [terms[name].dropna(subset="treatment") for name in _SYNDROMES if name in terms]
    for drug, words in _DRUGS.items():
        given = subjects[f"{drug}_day"].notna().to_numpy(dtype=bool, copy=True)
        if not given.any() and not any(len(rows) for rows in treated):
            continue
        for rows in treated:
            text = rows["treatment"].cat
            named = [any(word in name for name in _names(one) for word in words) for one in text.categories]
            given[rows["patient"].to_numpy()[np.array(named, dtype=bool)[text.codes]]] = True
        yield from recompute_share(f"safety/treatment/{drug}", int(given.sum()), len(given), conf_level=conf_level)


def _names(treatment: str) -> list[str]:
    """Return the names of what was given; one that begins with no, not, none or without is of what was not."""
    names = [name.split() for name in treatment.split(";")]
    denials = ("no", "not", "none", "without", "kein", "keine", "ohne")
    return [" ".join(words) for words in names if words and words[0] not in denials]


def _all_events(
    rows: pd.DataFrame, terms: Mapping[str, pd.DataFrame], n: int, conf_level: float
) -> Iterator[Recomputed]:
    if not terms:
        return
    yield from _occurrence("safety/any_event", rows, n, conf_level)
    for name, own in terms.items():
        yield from _occurrence(f"safety/ae/{name}", own, n, conf_level)
