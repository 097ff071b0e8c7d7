"""Adverse events of one kind in a cohort: who had them, how severe, when, and for how long.

Rows are events, denominators are patients: everybody in the list of subjects counts, also those without a row, and a
patient with several rows counts once, with the worst grade and the first episode.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from cartcohort.estimate.inputs import require
from cartcohort.estimate.proportions import estimate_proportion
from cartcohort.estimate.results import Result, ResultSet

GRADES = (1, 2, 3, 4, 5)
SEVERE = 3
"""Grade from which an event is severe."""


def worst_grade(events: pd.DataFrame, subject_ids: Sequence) -> pd.Series:
    """Return the worst grade of each patient.

    Parameters
    ----------
    events : DataFrame
        Columns `subject_id` and `grade` (1 to 5, may be missing), one row an event.
    subject_ids : sequence
        All patients, each once.

    Returns
    -------
    Series of float
        By subject in the order given: 0 without an event, NaN for events none of which has a grade.

    Raises
    ------
    EstimationError
        If a subject is listed twice, an event belongs to none of them, or a grade is not 1 to 5.
    """
    patient = _find_patients(events, subject_ids)
    grade = events["grade"].to_numpy(dtype=float, na_value=np.nan)
    require(bool(np.all(np.isnan(grade) | np.isin(grade, GRADES))), "Grades must be 1, 2, 3, 4 or 5, or missing.")
    worst = np.zeros(len(subject_ids))
    by_patient = pd.Series(grade).groupby(patient).max()
    worst[by_patient.index] = by_patient.to_numpy()
    return pd.Series(worst, index=pd.Index(subject_ids, name="subject_id"), name="grade")


def estimate_grades(events: pd.DataFrame, subject_ids: Sequence, *, conf_level: float = 0.95) -> ResultSet:
    """Estimate the proportions of patients with an event of any grade, of grade 3 or higher, and at each worst grade.

    Parameters
    ----------
    events, subject_ids
        As for `worst_grade`.
    conf_level : float
        Level of the exact limits.

    Returns
    -------
    ResultSet
        `any`, `grade_3_or_higher`, `grade/1` to `grade/5`, all with the number of subjects as denominator. Patients
        whose events have no grade count under `any` alone, which a note says.
    """
    worst = worst_grade(events, subject_ids).to_numpy()
    n, ungraded = len(worst), int(np.isnan(worst).sum())
    note = f"{ungraded} with the event but without a grade not counted" if ungraded else ""
    counts = {"any": (worst != 0, "any grade", ""), "grade_3_or_higher": (worst >= SEVERE, "grade 3 or higher", note)}
    counts |= {f"grade/{grade}": (worst == grade, f"grade {grade}", note) for grade in GRADES}
    return ResultSet(
        {
            name: _with_note(estimate_proportion(int(had.sum()), n, conf_level=conf_level, label=label), remark)
            for name, (had, label, remark) in counts.items()
        }
    )


def estimate_terms(events: pd.DataFrame, subject_ids: Sequence, *, conf_level: float = 0.95) -> dict[str, ResultSet]:
    """Estimate the same for each term of a table of events, the one with most patients first.

    Parameters
    ----------
    events : DataFrame
        Columns `subject_id`, `term` and `grade`; rows without a term are left out.
    subject_ids, conf_level
        As for `estimate_grades`.

    Returns
    -------
    dict of str to ResultSet
        By term; terms with equally many patients in alphabetical order.
    """
    found = {
        str(term): estimate_grades(rows, subject_ids, conf_level=conf_level)
        for term, rows in events.groupby("term", sort=True, observed=True)
    }
    return dict(sorted(found.items(), key=lambda item: (-item[1]["any"].n_event, item[0])))


def summarise_onset(events: pd.DataFrame, subject_ids: Sequence) -> ResultSet:
    """Summarise the day on which the first event of each patient began.

    Parameters
    ----------
    events : DataFrame
        Columns `subject_id` and `onset_day` (may be missing).
    subject_ids : sequence
        All patients, each once.

    Returns
    -------
    ResultSet
        `onset` (median), `onset/minimum` and `onset/maximum`, in days; `n` counts the patients with a known onset.
    """
    return _describe(_first_episodes(events, subject_ids)["onset_day"], name="onset", label="day of onset")


def summarise_duration(events: pd.DataFrame, subject_ids: Sequence, *, conf_level: float = 0.95) -> ResultSet:
    """Summarise how long the first event of each patient lasted, from onset to resolution.

    Parameters
    ----------
    events : DataFrame
        Columns `subject_id`, `onset_day` and `resolution_day` (may be missing).
    subject_ids : sequence
        All patients, each once.
    conf_level : float
        Level of the exact limits of the unresolved share.

    Returns
    -------
    ResultSet
        `duration` (median of those resolved), `duration/minimum`, `duration/maximum`, in days (resolution minus
        onset), and `unresolved`, the share of first events without a resolution. Leaving the unresolved out of a
        median understates it: a Kaplan-Meier median belongs beside it where there are some.
    """
    first = _first_episodes(events, subject_ids)
    lasted = first["resolution_day"].astype(float) - first["onset_day"].astype(float)
    unresolved = int(first["resolution_day"].isna().sum())
    share = estimate_proportion(unresolved, len(first), conf_level=conf_level, label="unresolved")
    note = f"{unresolved} of {len(first)} unresolved, left out" if unresolved else ""
    return _describe(lasted, name="duration", label="duration", note=note) | {"unresolved": share}


def _find_patients(events: pd.DataFrame, subject_ids: Sequence) -> np.ndarray:
    subjects = pd.Index(subject_ids)
    require(subjects.is_unique, "Each subject must be listed once.")
    patient = subjects.get_indexer(events["subject_id"])
    require(bool(np.all(patient >= 0)), "Each event must belong to one of the subjects.")
    return patient


def _first_episodes(events: pd.DataFrame, subject_ids: Sequence) -> pd.DataFrame:
    """Return the event with the earliest known onset of each patient who has one; of equal ones the longest."""
    dated = events.assign(patient=_find_patients(events, subject_ids)).dropna(subset=["onset_day"])
    by = ["patient", "onset_day"] + (["resolution_day"] if "resolution_day" in dated else [])
    # An event without a resolution may be the longest.
    ordered = dated.sort_values(by, ascending=[True, True, False][: len(by)], na_position="first", kind="stable")
    return ordered.drop_duplicates("patient")


def _describe(days: pd.Series, *, name: str, label: str, note: str = "") -> ResultSet:
    days = days.dropna().to_numpy(dtype=float)
    known = {"n": len(days), "unit": "days", "method": "median and range of the observed days"}
    if not len(days):
        known["note"] = "not estimable: no day is known"
        values = dict.fromkeys(("", "/minimum", "/maximum"))
    else:
        known["note"] = note
        values = {"": np.median(days), "/minimum": days.min(), "/maximum": days.max()}
    words = {"": "median", "/minimum": "minimum", "/maximum": "maximum"}
    return ResultSet(
        {
            f"{name}{part}": Result(estimate=value, label=f"{label}, {words[part]}", **known)
            for part, value in values.items()
        }
    )


def _with_note(result: Result, note: str) -> Result:
    return replace(result, note="; ".join(part for part in (result.note, note) if part))
