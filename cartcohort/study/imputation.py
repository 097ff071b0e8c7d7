"""Where a date known only to its month or year is put: its middle, moved as little as needed to what is possible.

A bound that leaves no day of the month or year is passed over: then no day of it can hold, and the ordinary checks
say which bound it breaks, as of a complete date.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from cartcohort.errors import Problem
from cartcohort.study.location import join_words
from cartcohort.study.model import Study
from cartcohort.study.partial_dates import PRECISIONS
from cartcohort.study.schema import SUBJECTS, Column
from cartcohort.study.timeline import find_subjects
from cartcohort.study.typed_table import TypedTable

_ENDS = ("last_contact_day", "death_day")
_AFTER_INFUSION_ONLY = ("CRS", "ICANS")
_FATAL = 5
_REMEDY = (
    "It counts as the middle of it (the 15th, or 1 July), moved as little as needed to where it can lie. Fill in the "
    "day if you can find it."
)


def settle_dates(typed: Mapping[str, TypedTable], days: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the tables in days with each partial date where it can lie.

    Subjects: not before infusion (enrolment: not after it), a relapse after the response, nothing after death, the
    last contact of the living or the cut-off, and neither of those two before what is known to have come earlier.
    Events: not after these either, an end not before the beginning, and a beginning not before infusion where it can
    be after it.

    Parameters
    ----------
    typed : mapping of str to TypedTable
        The tables as read; the subjects are among them.
    days : mapping of str to DataFrame
        The same in days, a partial date as its middle; others than the subjects may be lacking.
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
    _settle_subjects(spans["subjects"], subjects, _find_latest(spans, places, len(subjects)))
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
    """

    def __init__(self, table: TypedTable, days: pd.DataFrame) -> None:
        self.partial: dict[str, np.ndarray] = {}
        self.day, self.first, self.last = {}, {}, {}
        for column in table.schema.columns:
            if column.kind == "time":
                self._read(column, table, _as_floats(days[column.name]))

    def _read(self, column: Column, table: TypedTable, day: np.ndarray) -> None:
        name, dates = column.name, table.partial.get(table.name_in_file(column))
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


def _settle_subjects(spans: _Spans, subjects: pd.DataFrame, latest_event: np.ndarray) -> None:
    living = np.isnan(spans.day["death_day"])
    cutoff = _as_floats(subjects["data_cutoff_day"])
    columns = [column for column in SUBJECTS.columns if column.kind == "time"]
    for column in columns:
        spans.narrow(column.name, at_most=cutoff)
        if column.before_infusion:
            spans.narrow(column.name, at_most=0.0)
        else:
            spans.narrow(column.name, at_least=0.0)
    others = [column.name for column in columns if column.name not in _ENDS]
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


def _find_latest(spans: Mapping[str, _Spans], places: Mapping[str, np.ndarray], n: int) -> np.ndarray:
    """Return the day by which each patient's last event or measurement has certainly begun; NaN without any."""
    latest = np.full(n + 1, np.nan)
    if any(name in spans["subjects"].partial for name in _ENDS):
        for name, place in places.items():
            for first in spans[name].first.values():
                np.fmax.at(latest, place, first)
    return latest[:n]


def _settle_events(
    spans: _Spans, events: pd.DataFrame, death: np.ndarray, contact: np.ndarray, cutoff: np.ndarray
) -> None:
    for name in spans.day:
        for end in (death, cutoff, np.where(np.isnan(death), contact, np.nan)):
            spans.narrow(name, at_most=end)
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


def list_imputed(typed: Mapping[str, TypedTable], days: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the partial dates, a row each.

    Returns
    -------
    DataFrame
        `table`, `column` (the `_day` name), `subject_id`, `source_row` (in the file), `precision` ("month" or "year")
        and `day`, what it is taken for.
    """
    parts = [_no_imputed()]
    for name, frame in days.items():
        for own, dates in typed[name].partial.items():
            column, mask = f"{own.removesuffix('_date')}_day", dates.partial
            part = frame.loc[mask, ["subject_id", "source_row", column]].rename(columns={column: "day"})
            precision = pd.Series(dates.precision[mask], index=part.index).map(PRECISIONS)
            parts.append(part.assign(table=name, column=column, precision=precision)[[*parts[0]]])
    return pd.concat(parts[1:], ignore_index=True) if len(parts) > 1 else parts[0]


def _no_imputed() -> pd.DataFrame:
    return pd.DataFrame(columns=["table", "column", "subject_id", "source_row", "precision", "day"])


def keep_imputed(study: Study) -> Study:
    """Return the study with those of its partial dates that its tables still hold as they were settled."""
    if study.imputed.empty:
        return study
    held = [_is_held(group, getattr(study, name)) for name, group in study.imputed.groupby("table", sort=False)]
    return replace(study, imputed=study.imputed[pd.concat(held).sort_index()].reset_index(drop=True))


def _is_held(imputed: pd.DataFrame, table: pd.DataFrame) -> pd.Series:
    rows = table.set_index("source_row")
    now = [
        rows[column].reindex(part["source_row"]).set_axis(part.index) for column, part in imputed.groupby("column")
    ]
    return (pd.concat(now).reindex(imputed.index) == imputed["day"]).fillna(False).astype(bool)


def tell_imputed(typed: Mapping[str, TypedTable]) -> list[Problem]:
    """Return what is to be told of each column with partial dates: how precise they are, and in which rows."""
    told = []
    for table in typed.values():
        for name, dates in table.partial.items():
            known = [word for precision, word in PRECISIONS.items() if (dates.precision == precision).any()]
            what = f"`{name}` is known only to the {join_words(known).replace(' and ', ' or the ')} in some rows."
            told.append(Problem(what, table.text.locate(dates.partial, name), _REMEDY))
    return told


def _days_between(earlier: pd.DatetimeIndex, later: pd.DatetimeIndex) -> np.ndarray:
    return np.asarray((later - earlier) / pd.Timedelta(days=1), dtype=float)


def _as_floats(days: pd.Series) -> np.ndarray:
    return days.to_numpy(dtype=float, na_value=np.nan)
