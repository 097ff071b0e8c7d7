"""Where a date known only to its month or year is put: its middle, moved as little as needed to what is possible.

A bound that leaves no day of the month or year is passed over: then no day of it can hold, and the ordinary checks
say which bound it breaks, as of a complete date.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from cartcohort.study.partial_dates import Dates
from cartcohort.study.schema import SUBJECTS
from cartcohort.study.timeline import find_subjects
from cartcohort.study.typed_table import TypedTable

_ENDS = ("last_contact_day", "death_day")
_FATAL = 5


def settle_dates(
    typed: Mapping[str, TypedTable], days: Mapping[str, pd.DataFrame], *, named: Collection[str] = ()
) -> dict[str, pd.DataFrame]:
    """Return the tables in days with each partial date where it can lie.

    Subjects: not before infusion (enrolment: not after it), a relapse after the response, nothing after death, the
    last contact of the living or the cut-off, and neither of those two before what is known to have come earlier.
    Events: not after these either, an end not before the beginning, and a beginning not before infusion where it can
    be after it. Columns of a study's own: within the same bounds, but the end of follow-up is moved only for those
    that an endpoint names.

    Parameters
    ----------
    typed : mapping of str to TypedTable
        The tables as read; the subjects are among them.
    days : mapping of str to DataFrame
        The same in days, a partial date as its middle; others than the subjects may be lacking.
    named : collection of str
        Columns of days, as `peak_day`, that endpoints of the study's own name.
    """
    spans = {name: _Spans(typed[name], frame) for name, frame in days.items()}
    if not any(one.partial for one in spans.values()):
        return dict(days)
    subjects = days["subjects"]
    places = {
        name: find_subjects(typed[name], subjects["subject_id"])
        for name in days
        if typed[name].schema is not SUBJECTS
    }
    _settle_subjects(spans["subjects"], subjects, _find_latest(spans, places, subjects, named), named)
    ends = [spans["subjects"].day[name] for name in ("death_day", "last_contact_day")]
    cutoff = _as_floats(subjects["data_cutoff_day"])
    for name, place in places.items():
        _settle_events(spans[name], days[name], *(np.append(end, np.nan)[place] for end in (*ends, cutoff)))
    return {name: spans[name].write(frame) for name, frame in days.items()}


class _Spans:
    """The days that each time of a table may be: floats with NaN, by column, one a record.

    Attributes
    ----------
    day, first, last : dict of str to ndarray
        The day that it is taken for, the first and the last that it may be; all the same of a complete date.
    partial : dict of str to ndarray of bool
        Which of a column are partial.
    own : list of str
        The columns of the study's own among them, all with partial dates.
    """

    def __init__(self, table: TypedTable, days: pd.DataFrame) -> None:
        self.partial: dict[str, np.ndarray] = {}
        self.day, self.first, self.last = {}, {}, {}
        for column in table.schema.columns:
            if column.kind == "time":
                self._read(column.name, table.partial.get(table.name_in_file(column)), days)
        self.own = []
        for name, dates in table.partial.items():
            if name not in table.schema.by_name and as_own_day(name) in days:
                self.own.append(as_own_day(name))
                self._read(as_own_day(name), dates, days)

    def _read(self, name: str, dates: Dates | None, days: pd.DataFrame) -> None:
        day = _as_floats(days[name])
        self.day[name], self.first[name], self.last[name] = day, day.copy(), day.copy()
        if dates is not None:
            self.partial[name] = dates.partial
            self.first[name] -= _days_between(dates.first, dates.middle)
            self.last[name] += _days_between(dates.middle, dates.last)

    def narrow(
        self, name: str, *, at_least: np.ndarray | float = np.nan, at_most: np.ndarray | float = np.nan
    ) -> None:
        """Leave only days from `at_least` and to `at_most`, where that leaves any; NaN bounds nothing."""
        first, last = self.first[name], self.last[name]
        self.first[name] = first = np.where((at_least > first) & (at_least <= last), at_least, first)
        self.last[name] = np.where((at_most < last) & (at_most >= first), at_most, last)

    def settle(self, name: str) -> None:
        """Take the day nearest to the middle; it may be no other then."""
        day = np.minimum(np.maximum(self.day[name], self.first[name]), self.last[name])
        self.day[name] = self.first[name] = self.last[name] = day

    def write(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the table with the partial dates as they were settled."""
        settled = {
            name: frame[name].mask(mask, pd.Series(self.day[name], index=frame.index).round().astype("Int64"))
            for name, mask in self.partial.items()
        }
        return frame.assign(**settled)


def _settle_subjects(spans: _Spans, subjects: pd.DataFrame, latest_event: np.ndarray, named: Collection[str]) -> None:
    living = np.isnan(spans.day["death_day"])
    cutoff = _as_floats(subjects["data_cutoff_day"])
    columns = [column for column in SUBJECTS.columns if column.kind == "time"]
    for column in columns:
        spans.narrow(column.name, at_most=cutoff)
        if column.before_infusion:
            spans.narrow(column.name, at_most=0.0)
        else:
            spans.narrow(column.name, at_least=0.0)
    for name in spans.own:
        spans.narrow(name, at_most=cutoff)
        spans.narrow(name, at_least=0.0)
    others = [column.name for column in columns if column.name not in _ENDS]
    others += [name for name in spans.own if name in named]
    for name in (*others, "last_contact_day"):
        spans.narrow(name, at_most=spans.last["death_day"])
    for name in others:
        spans.narrow(name, at_most=np.where(living, spans.last["last_contact_day"], np.nan))
    spans.narrow("response_day", at_most=spans.last["relapse_day"] - 1)
    spans.settle("response_day")
    spans.narrow("relapse_day", at_least=spans.day["response_day"] + 1)
    for name in others:
        spans.settle(name)
    latest = np.fmax.reduce([latest_event, *(spans.day[name] for name in others)])
    spans.narrow("last_contact_day", at_least=np.where(living, latest, np.nan))
    spans.settle("last_contact_day")
    spans.narrow("death_day", at_least=np.fmax(latest, spans.day["last_contact_day"]))
    spans.settle("death_day")
    for name in spans.own:
        if name not in named:
            spans.narrow(name, at_most=np.where(living, spans.day["last_contact_day"], spans.day["death_day"]))
            spans.settle(name)


def _find_latest(
    spans: Mapping[str, _Spans], places: Mapping[str, np.ndarray], subjects: pd.DataFrame, named: Collection[str]
) -> np.ndarray:
    """Return the day by which each patient's last event, measurement or named day has certainly come; NaN without."""
    latest = np.full(len(subjects) + 1, np.nan)
    if any(name in spans["subjects"].partial for name in _ENDS):
        for name, place in places.items():
            for column in spans[name].first.keys() - set(spans[name].own):
                np.fmax.at(latest, place, spans[name].first[column])
        for name in named:
            if name not in spans["subjects"].day and name in subjects and is_numeric_dtype(subjects[name]):
                latest[:-1] = np.fmax(latest[:-1], _as_floats(subjects[name]))
    return latest[:-1]


def _settle_events(
    spans: _Spans, events: pd.DataFrame, death: np.ndarray, contact: np.ndarray, cutoff: np.ndarray
) -> None:
    for name in spans.day:
        for end in (death, cutoff, np.where(np.isnan(death), contact, np.nan)):
            spans.narrow(name, at_most=end)
    for name in spans.own:
        spans.narrow(name, at_least=0.0)
        spans.settle(name)
    if "onset_day" not in spans.day:
        spans.settle("assessment_day")
        return
    fatal = _as_floats(events["grade"]) == _FATAL
    spans.narrow("resolution_day", at_least=np.where(fatal, death, np.nan))
    spans.narrow("onset_day", at_most=spans.last["resolution_day"])
    spans.narrow("onset_day", at_least=0.0)
    spans.settle("onset_day")
    spans.narrow("resolution_day", at_least=spans.day["onset_day"])
    spans.settle("resolution_day")


def as_own_day(name: str) -> str:
    """Return the name that a column of dates of a study's own has once it is counted in days."""
    return f"{name.removesuffix('_date')}_day"


def _days_between(earlier: pd.DatetimeIndex, later: pd.DatetimeIndex) -> np.ndarray:
    return np.asarray((later - earlier) / pd.Timedelta(days=1), dtype=float)


def _as_floats(days: pd.Series) -> np.ndarray:
    return days.to_numpy(dtype=float, na_value=np.nan)
