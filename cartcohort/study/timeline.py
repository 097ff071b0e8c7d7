"""Day zero of each patient, and all tables counted in days from it."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from cartcohort.errors import Problem
from cartcohort.study.cells import FILL_IN_DAY
from cartcohort.study.location import join_words, locate
from cartcohort.study.typed_table import TypedTable, to_days

NO_CUTOFF = Problem(
    "A study with dates needs `data_cutoff_date`.",
    "study.yaml",
    "Add the last day of follow-up, such as `data_cutoff_date: 2023-02-28`.",
)


def find_day_zero(subjects: TypedTable, problems: list[Problem]) -> pd.Series | None:
    """Return the date of day 0 of each patient: first infusion, or enrolment where never infused.

    Returns
    -------
    Series of datetime64 or None
        None in a study that holds days; NaT where the date cannot be told, which is then a problem, or read.
    """
    infusion = subjects.columns.get("infusion_date")
    if infusion is None or subjects.text.cells["infusion_date"].isna().all():
        return None
    enrollment = subjects.columns.get("enrollment_date")
    day_zero = infusion if enrollment is None else infusion.fillna(enrollment)
    _refuse_partial(subjects, infusion, problems)
    unknown = day_zero.isna().to_numpy() & ~subjects.bad
    if unknown.any():
        subjects.bad[unknown] = True
        what = "`infusion_date` is empty, and there is no `enrollment_date` to count from instead."
        remedy = "Fill in the infusion; for a patient never infused, fill in the enrolment."
        columns = ["infusion_date", *(["enrollment_date"] if enrollment is not None else [])]
        problems.append(Problem(what, subjects.text.locate(unknown, *columns), remedy))
    return day_zero


def _refuse_partial(subjects: TypedTable, infusion: pd.Series, problems: list[Problem]) -> None:
    """Refuse an enrolment known only to the month or year, where days are counted from it."""
    enrollment = subjects.partial.get("enrollment_date")
    if enrollment is None:
        return
    partial = enrollment.partial & infusion.isna().to_numpy() & ~subjects.bad
    if partial.any():
        subjects.bad[partial] = True
        what = "`enrollment_date` of a patient never infused lacks the day: days are counted from it."
        problems.append(Problem(what, subjects.text.locate(partial, "enrollment_date"), FILL_IN_DAY))


def count_subjects(
    subjects: TypedTable, day_zero: pd.Series | None, cutoff: dt.date | None, problems: list[Problem]
) -> pd.DataFrame:
    """Return the subjects in days, with the columns that the suite adds: infused, data_cutoff_day, source_row."""
    n = len(subjects.text.rows)
    frame = to_days(subjects, day_zero)
    if day_zero is None:
        _refuse_dates(subjects, problems)
        infused, cutoff_day = np.ones(n, dtype=bool), pd.Series([pd.NA] * n, dtype="Int64")
    else:
        infused = frame["infusion_date"].notna().to_numpy()
        cutoff_day = (pd.Timestamp(cutoff) - day_zero).dt.days.astype("Int64") if cutoff else None
        if cutoff is None:
            problems.append(NO_CUTOFF)
            cutoff_day = pd.Series([pd.NA] * n, dtype="Int64")
    return frame.assign(
        infused=infused,
        data_cutoff_day=cutoff_day,
        progression_after_cutoff=False,
        source_row=subjects.text.rows.astype("int64"),
    )


def count_events(
    events: TypedTable, subject_ids: pd.Series, day_zero: pd.Series | None, problems: list[Problem]
) -> pd.DataFrame:
    """Return a table of events in days from each patient's day 0, with `source_row`."""
    if day_zero is None:
        _refuse_dates(events, problems)
        frame = to_days(events, None)
    else:
        # A missing value at the end serves who is not found.
        zero = np.append(day_zero.to_numpy(), np.datetime64("NaT"))
        frame = to_days(events, pd.Series(zero[find_subjects(events, subject_ids)]))
    frame["source_row"] = events.text.rows.astype("int64")
    return frame


def find_subjects(events: TypedTable, subject_ids: pd.Series) -> np.ndarray:
    """Return the position of each event's patient among the subjects, the first of that name; -1 where there is none.

    Each distinct name is looked up once, however many events it has.
    """
    first = pd.Series(np.arange(len(subject_ids)), index=pd.Index(subject_ids, dtype=object))
    first = first[~first.index.duplicated() & first.index.notna()]
    cells = events.text.cells["subject_id"]
    position = first.reindex(cells.cat.categories, fill_value=-1).to_numpy()
    return np.append(position, -1)[cells.cat.codes]


def _refuse_dates(table: TypedTable, problems: list[Problem]) -> None:
    if table.dates:
        names = join_words([f"`{name}`" for name in table.dates])
        what = f"Dates need `infusion_date` in the subjects table to be counted from: {names}."
        remedy = "Add the date of first infusion, or give whole days from it in `_day` columns instead."
        problems.append(Problem(what, locate(table.text.file, (), table.dates), remedy))
