"""Adverse events that may be, but are mostly slips."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from cartcohort.errors import Problem
from cartcohort.study.doctor.case import Case, numbers_of, spread

_TABLE = "adverse_events"
_LATEST_ONSET = {"CRS": 30, "ICANS": 60}
"""Days from the infusion before it."""
_LONGEST_DAYS = 90
_ACUTE = tuple(_LATEST_ONSET)


def find_grade_zero(case: Case) -> Iterator[Problem]:
    """Grade 0, which some write for an event that did not happen; the table lists those that did."""
    if "grade" not in case.typed[_TABLE].text.cells:
        return
    what = "Grade 0 stands for an event that did not happen; the table holds those that did."
    remedy = "Delete such rows; if the grade is not known, leave its cell empty."
    yield from case.note_text(_TABLE, what, numbers_of(case.typed[_TABLE], "grade") == 0, "grade", remedy)


def find_late_onsets(case: Case) -> Iterator[Problem]:
    """CRS and ICANS long after the infusion that they should have followed."""
    events = case.days[_TABLE]
    second = case.of_subject(_TABLE, "second_infusion_day")["second_infusion_day"]
    after_second = (second.notna() & (events["onset_day"] >= second) & (events["infusion"] != 1).fillna(True)).fillna(
        False
    )
    since = (events["onset_day"] - second.where(after_second, 0)).to_numpy(dtype=float, na_value=np.nan)
    for term, latest in _LATEST_ONSET.items():
        what = f"{term} begins more than {latest} days after infusion."
        remedy = "Check the onset, and that `infusion` says which infusion it followed."
        late = (events["term"] == term).to_numpy(dtype=bool, na_value=False) & (since > latest)
        yield from case.note(_TABLE, what, late, "onset_day", remedy)


def find_odd_infusions(case: Case) -> Iterator[Problem]:
    """Events of a second infusion that was not given, or not yet."""
    events = case.days[_TABLE]
    second = case.of_subject(_TABLE, "second_infusion_day")["second_infusion_day"]
    of_second = (events["infusion"] == 2).fillna(False)
    if "second_infusion_day" in case.subject_columns:
        what = "The event is said to follow a second infusion, which the subjects table does not have."
        remedy = "Correct `infusion`, or fill in the second infusion in the subjects table."
        yield from case.note(_TABLE, what, of_second & second.isna(), "infusion", remedy)
    what = "The event is said to follow the second infusion, but begins before it."
    early = of_second & (events["onset_day"] < second)
    yield from case.note(_TABLE, what, early, ("infusion", "onset_day"), "Correct `infusion` or the onset.")


def find_long_events(case: Case) -> Iterator[Problem]:
    """CRS and ICANS that last for months."""
    events = case.days[_TABLE]
    lasts = events["resolution_day"] - events["onset_day"]
    what = f"CRS or ICANS lasts for more than {_LONGEST_DAYS} days."
    acute = events["term"].isin(_ACUTE) & (lasts > _LONGEST_DAYS)
    yield from case.note(_TABLE, what, acute, ("onset_day", "resolution_day"), "Check both dates.")


def find_overlapping(case: Case) -> Iterator[Problem]:
    """One event of a patient recorded twice: the same term, another grade, on days that overlap."""
    events = case.days[_TABLE]
    cells = case.typed[_TABLE].text.cells
    frame = pd.DataFrame(
        {
            "patient": cells["subject_id"].cat.codes,
            "term": cells["term"].cat.codes,
            "grade": events["grade"].to_numpy(dtype=float, na_value=np.nan),
            "onset": events["onset_day"].to_numpy(dtype=float, na_value=np.nan),
            "end": events["resolution_day"].fillna(events["onset_day"]).to_numpy(dtype=float, na_value=np.nan),
        }
    )
    frame = frame[frame["onset"].notna() & (frame["patient"] >= 0) & (frame["term"] >= 0)]
    frame = frame.sort_values(["patient", "term", "onset"], kind="stable")
    before = frame.shift()
    overlap = (
        (frame["patient"] == before["patient"])
        & (frame["term"] == before["term"])
        & (frame["onset"] <= before["end"])
        & (frame["grade"] != before["grade"])
    )
    both = overlap | overlap.shift(-1, fill_value=False)
    marked = np.zeros(len(events), dtype=bool)
    marked[frame.index[both]] = True
    what = "The same event of a patient is recorded with different grades on days that overlap."
    remedy = "Keep one row with the highest grade, or let the one end before the other begins."
    yield from case.note(_TABLE, what, marked, ("grade", "onset_day"), remedy)


def find_deaths_of_toxicity(case: Case) -> Iterator[Problem]:
    """Deaths of toxicity of which the table of events does not have the fatal one, in a study that grades events."""
    events, subjects = case.days[_TABLE], case.subjects
    if events["grade"].isna().all():
        return
    fatal = events["subject_id"][(events["grade"] == 5).fillna(False)]
    lacking = (subjects["death_cause"] == "toxicity") & ~subjects["subject_id"].isin(fatal)
    what = "A patient died of toxicity, but the table of adverse events has no event of grade 5."
    remedy = "Give the fatal event grade 5, or correct `death_cause`."
    yield from case.note("subjects", what, lacking, "death_cause", remedy)


def find_events_after_contact(case: Case) -> Iterator[Problem]:
    """Events and measurements after the day on which a living patient was last known alive."""
    for table, name in ((_TABLE, "onset_day"), ("assessments", "assessment_day")):
        if table in case.days:
            known = case.of_subject(table, "death_day", "last_contact_day")
            late = known["death_day"].isna() & (case.days[table][name] > known["last_contact_day"])
            what = f"`{case.own(table, name)}` lies after the last contact of a living patient."
            remedy = "Bring the last contact in the subjects table up to date, or check the date."
            yield from case.note(table, what, late, name, remedy)


def find_odd_tocilizumab(case: Case) -> Iterator[Problem]:
    """Tocilizumab before any CRS, or without one, in a study that records CRS."""
    events, subjects = case.days[_TABLE], case.subjects
    crs = events[(events["term"] == "CRS").fillna(False).to_numpy(dtype=bool)]
    if crs.empty:
        return
    onsets = crs.groupby(crs["subject_id"].astype(object))["onset_day"].min()
    first = pd.Series(subjects["subject_id"].astype(object).map(onsets)).astype("Int64")
    given, name = subjects["tocilizumab_day"], case.quote("tocilizumab_day")
    what = f"{name} lies before the onset of CRS."
    yield from case.note("subjects", what, given < first, "tocilizumab_day", "Check both dates.")
    without = given.notna() & ~subjects["subject_id"].isin(crs["subject_id"])
    what = f"{name} is given, but the table of adverse events has no CRS of the patient."
    yield from case.note("subjects", what, without, "tocilizumab_day", "Add the CRS, or check the patient.")
    if "tocilizumab_day" in case.subject_columns and "treatment" in case.typed[_TABLE].text.cells:
        cells = case.typed[_TABLE].text.cells["treatment"]
        named = spread(cells.cat.categories.str.contains("tocilizumab", case=False, regex=False), cells)
        undated = case.of_subject(_TABLE, "tocilizumab_day", "subject_id")
        lacking = named & undated["tocilizumab_day"].isna().to_numpy() & undated["subject_id"].notna().to_numpy()
        what = f"`treatment` names tocilizumab, but {name} of the patient is empty."
        yield from case.note(_TABLE, what, lacking, "treatment", "Fill in the day in the subjects table.")
