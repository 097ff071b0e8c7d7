"""Dates of which only the month or the year is known: the days that each may stand for, and the middle of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cartcohort.study.schema import FIRST_YEAR, LAST_YEAR

COMPLETE, MONTH, YEAR = 0, 1, 2
"""How precisely a date is known."""

PRECISIONS = {MONTH: "month", YEAR: "year"}

_FORMS = {
    COMPLETE: (r"[0-9]{4}-[0-9]{2}-[0-9]{2}", "%Y-%m-%d"),
    MONTH: (r"[0-9]{4}-[0-9]{2}", "%Y-%m"),
    YEAR: (r"[0-9]{4}", "%Y"),
}
_UNITS = {MONTH: "datetime64[M]", YEAR: "datetime64[Y]"}
_TO_MIDDLE = {MONTH: np.timedelta64(14, "D"), YEAR: np.timedelta64(6, "M")}
"""From the first of the month to the 15th, from that of the year to 1 July."""


@dataclass(frozen=True, eq=False)
class Dates:
    """Dates and the days that each may stand for; a text that is no date is NaT, and complete.

    Attributes
    ----------
    middle, first, last : DatetimeIndex
        The day itself or, of a month the 15th and of a year 1 July; the first and the last day that it may be.
    precision : ndarray of int8
        `COMPLETE`, `MONTH` or `YEAR`.
    """

    middle: pd.DatetimeIndex
    first: pd.DatetimeIndex
    last: pd.DatetimeIndex
    precision: np.ndarray

    @property
    def partial(self) -> np.ndarray:
        """Return a mask of those known only to the month or the year."""
        return self.precision != COMPLETE

    def spread(self, codes: np.ndarray) -> Dates:
        """Return the date of each code, a position in these; -1 stands for none."""
        none = pd.DatetimeIndex([pd.NaT])
        days = (part.append(none).take(codes) for part in (self.middle, self.first, self.last))
        return Dates(*days, np.append(self.precision, COMPLETE).astype("int8")[codes])


def parse_dates(texts: pd.Index) -> Dates:
    """Read texts as 2023-02-28, 2023-02 or 2023; a year outside the allowed ones makes no date."""
    first = _parse(texts, COMPLETE)
    middle, last, precision = first, first, np.zeros(len(texts), dtype="int8")
    for known in PRECISIONS:
        found = _parse(texts, known)
        here = np.asarray(found.notna())
        if not here.any():
            continue
        period = found.to_numpy().astype(_UNITS[known])
        first = first.where(~here, found)
        middle = middle.where(~here, pd.DatetimeIndex(_add(period, _TO_MIDDLE[known])))
        last = last.where(~here, pd.DatetimeIndex(_add(period + 1, -np.timedelta64(1, "D"))))
        precision[here] = known
    return Dates(middle, first, last, precision)


def _add(period: np.ndarray, step: np.timedelta64) -> np.ndarray:
    """Return the days that lie a step after the beginning of each month or year."""
    unit = np.datetime_data(step.dtype)[0]
    return (period.astype(f"datetime64[{unit}]") + step).astype("datetime64[D]").astype("datetime64[ns]")


def _parse(texts: pd.Index, precision: int) -> pd.DatetimeIndex:
    pattern, form = _FORMS[precision]
    shaped = texts.where(texts.str.fullmatch(pattern)) if len(texts) else texts
    dates = pd.DatetimeIndex(pd.to_datetime(shaped, format=form, errors="coerce"))
    return dates.where((dates.year >= FIRST_YEAR) & (dates.year <= LAST_YEAR))
