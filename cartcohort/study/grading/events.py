"""Grades of CRS and ICANS among the adverse events: computed beside the recorded ones, or where none is recorded."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from cartcohort.study.grading import crs, icans
from cartcohort.study.model import Study

FATAL = 5


def has_components(table: pd.DataFrame, components: tuple[str, ...]) -> np.ndarray:
    """Return a mask of the rows in which any of the components is recorded."""
    return table[list(components)].notna().to_numpy().any(axis=1)


def find_term(events: pd.DataFrame, name: str) -> np.ndarray:
    """Return a mask of the rows of a term, whatever its capitals and punctuation."""
    codes, terms = pd.factorize(events["term"])
    same = [re.sub(r"\W+", "", str(term)).casefold() == name for term in terms]
    return np.array([*same, False])[codes]


def grade_events(events: pd.DataFrame, subjects: pd.DataFrame, *, doses_recorded: bool) -> pd.DataFrame:
    """Return the adverse events with the grades that their components make.

    Parameters
    ----------
    events, subjects : DataFrame
        Tables of a study, in days.
    doses_recorded : bool
        Whether the first doses of tocilizumab and corticosteroids are columns of the study.

    Returns
    -------
    DataFrame
        Without components the same. With some, also `grade_recorded` and `grade_computed` (Int64; 0 where the
        components do not make the event; missing where they do not decide, and on rows without any); where no grade
        was recorded, `grade` is the computed one, unless that is 0.
    """
    computed = pd.Series(pd.NA, index=events.index, dtype="Int64")
    graded = False
    for name, components in (("crs", crs.COMPONENTS), ("icans", icans.COMPONENTS)):
        rows = has_components(events, components)
        rows &= find_term(events, name) if rows.any() else False
        if rows.any():
            own, graded = events[rows], True
            computed[rows] = _grade(name, own, subjects, doses_recorded)
    if not graded:
        return events
    recorded = events["grade"]
    return events.assign(
        grade=recorded.fillna(computed.mask(computed == 0)), grade_recorded=recorded, grade_computed=computed
    )


def _grade(name: str, events: pd.DataFrame, subjects: pd.DataFrame, doses_recorded: bool) -> pd.Series:
    if name == "icans":
        return icans.grade_icans(events)
    masked = crs.find_masked_fever(events, subjects, doses_recorded=doses_recorded)
    return crs.grade_crs(events, masked)


def list_graded_events(study: Study) -> pd.DataFrame:
    """Return the events of CRS and ICANS of which any component is recorded, but the fatal ones.

    Returns
    -------
    DataFrame
        `subject_id`, `term`, `onset_day`, `source_row`, `recorded` and `computed` (Int64, missing where not).
    """
    events = study.adverse_events
    columns = ["subject_id", "term", "onset_day", "source_row", "grade_recorded", "grade_computed"]
    if "grade_computed" not in events:
        return pd.DataFrame(columns=[*columns[:4], "recorded", "computed"])
    graded = np.zeros(len(events), dtype=bool)
    for name, components in (("crs", crs.COMPONENTS), ("icans", icans.COMPONENTS)):
        graded |= find_term(events, name) & has_components(events, components)
    graded &= ~(events["grade_recorded"] == FATAL).fillna(False).to_numpy(dtype=bool)
    named = {"grade_recorded": "recorded", "grade_computed": "computed"}
    return events.loc[graded, columns].rename(columns=named).reset_index(drop=True)
