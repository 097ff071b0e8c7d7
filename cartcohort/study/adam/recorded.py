"""The endpoints that ADTTE records: each parameter's times as columns of the subjects."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cartcohort.study.adam.cells import first_records
from cartcohort.study.adam.times import Times
from cartcohort.study.own_endpoints import OwnEndpoint

_MOST_WORDS = 12
"""Descriptions of events, or of censorings, beyond which all are one."""


def record_endpoints(
    times: Times, subjects: pd.DataFrame, day_zero: np.ndarray | None
) -> tuple[dict[str, OwnEndpoint], dict[str, pd.Series], list[str]]:
    """Return the endpoints by name, the columns that the subjects need for them, and the codes of assumed start.

    These are taken to count from day 0, since neither a start nor an end tells from when they do.

    Parameters
    ----------
    times : Times
        The records of ADTTE.
    subjects : DataFrame
        In days.
    day_zero : ndarray of datetime64 or None
        Date of day 0 of each subject; None in a package without dates.
    """
    own, columns, assumed = {}, {}, []
    for code in times.codes:
        name = code.lower()
        records = first_records(times.table.cells["USUBJID"], times.rows(code), subjects["subject_id"])
        found = _Follow(times, records, day_zero)
        columns |= found.columns(name)
        assumed += [] if found.tells_origin else [code]
        own[name] = OwnEndpoint(
            name=name,
            label=times.name(code),
            abbreviation=code.upper(),
            origin=f"{name}_origin_day",
            since=found.say_origin(subjects, times.rounding(code)),
            events=(f"{name}_event_day",),
            censors=(f"{name}_censored_day",),
            recorded=True,
            words={f"{name}_event_day": "event", f"{name}_censored_day": "end of the recorded time"},
            described={f"{name}_event_day": found.said(event=True), f"{name}_censored_day": found.said(event=False)},
        )
    return own, columns, assumed


class _Follow:
    """One parameter in the order of the subjects; NaN for those without a record."""

    def __init__(self, times: Times, records: np.ndarray, day_zero: np.ndarray | None) -> None:
        self.has = records >= 0
        at = np.where(self.has, records, 0)
        self.event = self.has & (times.censor[at] == 0)
        self.words = np.where(self.event, times.words("EVNTDESC")[at], _say_censorings(times)[at])
        self.start = _count(times.start, times.start_day, at, day_zero)
        between = times.between
        value = round_half_away(times.value)
        if between is not None:
            value = np.where(np.isnan(value), between + usual_offset(times), value)
        self.value = np.where(self.has, value[at], np.nan)
        end = _count(times.end, times.end_day, at, day_zero)
        self.origin = end - self.value
        start = np.where(np.isnan(self.start), 0.0, self.start)
        self.end = np.where(self.has, np.where(np.isnan(end), start + self.value, end), np.nan)

    def columns(self, name: str) -> dict[str, pd.Series]:
        """Return the days from which an endpoint is derived: its start such that the time is AVAL, and its end."""
        days = {
            f"{name}_origin_day": self.end - self.value,
            f"{name}_event_day": np.where(self.event, self.end, np.nan),
            f"{name}_censored_day": np.where(self.event, np.nan, self.end),
        }
        columns = {column: pd.Series(values).astype("Int64") for column, values in days.items()}
        return columns | {f"{name}_end": pd.Series(np.where(self.has, self.words, ""), dtype="string")}

    def said(self, *, event: bool) -> tuple[str, ...]:
        """Return the descriptions of events, or of censorings; none where they are many, or some are missing."""
        found = list(dict.fromkeys(self.words[self.has & (self.event == event)]))
        return tuple(found) if all(found) and len(found) <= _MOST_WORDS else ()

    @property
    def tells_origin(self) -> bool:
        """Whether any record has a start, or an end to go back from."""
        return not (np.isnan(self.start[self.has]).all() and np.isnan(self.origin[self.has]).all())

    def say_origin(self, subjects: pd.DataFrame, rounding: float) -> str:
        """Return what the times count from, by where their start lies; it is day 0 where nothing tells it.

        Parameters
        ----------
        subjects : DataFrame
            In days.
        rounding : float
            Days by which AVAL may differ from the dates.
        """
        if not self.tells_origin or self._lies_on(np.zeros(len(subjects)), rounding):
            return "infusion"
        for column, words in {"enrollment_day": "enrollment", "response_day": "first response"}.items():
            if self._lies_on(subjects[column].to_numpy(dtype=float, na_value=np.nan), rounding):
                return words
        return "its start"

    def _lies_on(self, days: np.ndarray, rounding: float) -> bool:
        """Whether every start is on a day or, without any, every end is AVAL after it, counted from 0 or from 1."""
        start, origin, days = self.start[self.has], self.origin[self.has], days[self.has]
        if not np.isnan(start).all():
            return bool((start == days).all())
        known = ~np.isnan(origin)
        off = origin[known] - days[known]
        return any(bool((np.abs(off - first) <= rounding).all()) for first in (-1, 0))


def round_half_away(values: np.ndarray) -> np.ndarray:
    """Return whole days, halves rounded away from 0."""
    return np.floor(np.abs(values) + 0.5) * np.sign(values)


def usual_offset(times: Times) -> float:
    """Return what AVAL is taken to be above ADT - STARTDT, 0 or 1; 1, as ADaM counts, where none in days tells."""
    shown = shown_offset(times)
    return 1.0 if shown is None else shown


def shown_offset(times: Times) -> float | None:
    """Return what AVAL in days mostly is above ADT - STARTDT, 0 or 1; None where that cannot be told."""
    between = times.between
    if between is None:
        return None
    in_days = [code for code, unit in times.unit.items() if unit == "DAY"]
    told = times.table.cells["PARAMCD"].isin(in_days).to_numpy()
    above = np.where(told, round_half_away(times.value) - between, np.nan)
    counts = {offset: int(np.sum(above == offset)) for offset in (1.0, 0.0)}
    return None if counts[0.0] == counts[1.0] else max(counts, key=lambda offset: counts[offset])


def _count(
    dates: np.ndarray | None, days: np.ndarray | None, at: np.ndarray, day_zero: np.ndarray | None
) -> np.ndarray:
    """Return days from day 0 of some records, by their dates or by their relative days."""
    if dates is not None and day_zero is not None:
        found = (dates[at] - day_zero.astype("datetime64[D]")).astype("timedelta64[D]")
        return np.where(np.isnat(found), np.nan, found.astype(float))
    return np.full(len(at), np.nan) if days is None else days[at]


def _say_censorings(times: Times) -> np.ndarray:
    reasons = times.words("CNSDTDSC")
    return np.where(reasons == "", times.words("EVNTDESC"), reasons)
