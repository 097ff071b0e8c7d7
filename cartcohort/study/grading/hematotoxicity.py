"""ICAHT of each patient of a study: as recorded among the adverse events, and from the neutrophil counts."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cartcohort.study.grading.events import FATAL, find_term
from cartcohort.study.grading.icaht import EARLY_DAYS, grade_early, grade_late, per_microlitre
from cartcohort.study.grading.scale import as_floats, as_grades
from cartcohort.study.model import Study

ASSAY = "anc"
_ENDED_BY = ("relapse_day", "progression_day", "new_therapy_day", "hsct_day", "second_infusion_day")
"""What ends late ICAHT: relapse, progression, and further therapy."""
_WORST = 4


def find_counts(assessments: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of neutrophil counts, with `per_ul`: NaN where the unit is not one of theirs."""
    codes, assays = pd.factorize(assessments["assay"])
    rows = np.array([*(str(assay).casefold() == ASSAY for assay in assays), False])[codes]
    counts = assessments[rows & assessments["value"].notna().to_numpy()]
    return counts.assign(per_ul=per_microlitre(counts["value"], counts["unit"]))


def grade_icaht(study: Study) -> pd.DataFrame:
    """Grade the ICAHT of every patient infused.

    Returns
    -------
    DataFrame, one row a patient infused; empty where nothing of ICAHT is recorded
        `subject_id`; as Int64, 0 for none and missing where unknown: `recorded` (worst grade of an adverse event
        ICAHT), `early` and `late` (from the neutrophil counts), `computed` (the worse of the two; without a late one
        the early one; missing without an early one, and of a fatal ICAHT) and `grade`, the recorded one or else the
        computed one; `had` (bool), at whatever grade; `known` (bool), whether it can be told if the patient had it.
    """
    subjects = study.subjects[study.subjects["infused"].to_numpy()].reset_index(drop=True)
    ids = pd.Index(subjects["subject_id"])
    counts = find_counts(study.assessments)
    counts = counts[counts["per_ul"].notna()]
    events = study.adverse_events[find_term(study.adverse_events, "icaht")]
    events = events[~(events["onset_day"] < 0).fillna(False)]
    if counts.empty and events.empty:
        return pd.DataFrame()
    early, late = _grade_counts(subjects, ids, counts)
    computed = np.where(np.isnan(early) & (late != _WORST), np.nan, np.fmax(early, late))
    recorded = as_floats(events.groupby("subject_id")["grade"].max().reindex(ids))
    computed = np.where(recorded == FATAL, np.nan, computed)
    noted = ids.isin(events["subject_id"])
    grade = np.where(np.isnan(recorded), computed, recorded)
    grade = np.where(noted & (grade == 0), np.nan, grade)
    if counts.empty:
        grade = np.where(noted, grade, 0)
    parts = {"recorded": recorded, "early": early, "late": late, "computed": computed, "grade": grade}
    found = pd.DataFrame({name: as_grades(values, subjects.index) for name, values in parts.items()})
    had = noted | (grade >= 1)
    return found.assign(subject_id=subjects["subject_id"], had=had, known=had | ~np.isnan(grade))


def _grade_counts(subjects: pd.DataFrame, ids: pd.Index, counts: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    n = len(subjects)
    patient = ids.get_indexer(counts["subject_id"])
    day = as_floats(counts["assessment_day"])
    rows = (patient >= 0) & (day >= 0)
    taken = patient[rows], day[rows], counts["per_ul"].to_numpy(dtype=float)[rows]
    death = as_floats(subjects["death_day"])
    last = np.where(np.isnan(death), as_floats(subjects["last_contact_day"]), death)
    last = np.fmin(last, as_floats(subjects["data_cutoff_day"]))
    until = np.fmin.reduce([last, *(as_floats(subjects[name]) for name in _ENDED_BY)])
    if not n:
        return np.zeros(0), np.zeros(0)
    early = grade_early(*taken, last, died=death == last)
    return early, np.where(until > EARLY_DAYS, grade_late(*taken, until), np.nan)
