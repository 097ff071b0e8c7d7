"""Dates that stand for none, are written in several orders, or fall too often on one day of the month."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from cartcohort.errors import Problem
from cartcohort.study.doctor.case import Case, spread

SENTINELS = (
    *("1900-01-01", "1901-01-01", "1904-01-01", "1960-01-01", "1970-01-01", "1999-09-09", "2099-12-31"),
    *("1899-12-30", "1899-12-31", "2100-01-01", "2199-12-31", "2999-12-31", "9999-12-31", "9999-09-09"),
)
"""Days with which programs and forms write that there is no date: their first or last one, or a row of nines."""

_ISO = r"\d{4}-\d{2}-\d{2}"
_ORDERS = {
    "with the day first": r"(?:1[3-9]|2\d|3[01])[./-]\d{1,2}[./-]\d{2,4}",
    "with the month first": r"\d{1,2}[./-](?:1[3-9]|2\d|3[01])[./-]\d{2,4}",
    "with the day or the month first, which cannot be told": r"(?:0?\d|1[0-2])[./-](?:0?\d|1[0-2])[./-]\d{2,4}",
    "as a number of days, as spreadsheets do": r"[2-6]\d{4}(?:\.\d+)?",
    "without marks between its parts": r"(?:19|20|21)\d{6}",
}
_ENOUGH, _HEAPED, _DEVIATIONS = 20, 0.15, 6
_WEEKDAYS_ENOUGH, _WEEKEND_SHARE = 40, 0.05


def find_sentinel_dates(case: Case) -> Iterator[Problem]:
    """Dates that mean that there is none."""
    for table, name, cells in _date_columns(case):
        marked = np.isin(cells.cat.categories.to_numpy(dtype=str), SENTINELS)
        what = f"`{name}` holds a date by which programs say that there is none, such as the first they know."
        remedy = "Leave the cell empty where the date is not known, or nothing happened."
        yield from case.note_text(table, what, spread(marked, cells), name, remedy)


def find_date_orders(case: Case) -> Iterator[Problem]:
    """How dates of further columns are written that are not written as year-month-day, and the rows of each way.

    Of the dictionary's own columns, such a date is an error, which says how it can be read.
    """
    for table, name, cells in _date_columns(case):
        texts = cells.cat.categories.astype(str)
        if name in case.typed[table].schema.by_name or texts.str.fullmatch(_ISO).all():
            continue
        for how, pattern in _ORDERS.items():
            what = f"`{name}` holds a date written {how}."
            remedy = "Write all dates as year-month-day, such as 2023-02-28; see to those of which day and month are "
            remedy += "not clear in the source."
            yield from case.note_text(
                table, what, spread(np.asarray(texts.str.fullmatch(pattern)), cells), name, remedy
            )


def _date_columns(case: Case) -> Iterator[tuple[str, str, pd.Series]]:
    for table, typed in case.typed.items():
        for name, cells in typed.text.cells.items():
            if str(name).endswith("_date") and len(cells.cat.categories):
                yield table, name, cells


def find_heaped_dates(case: Case) -> Iterator[Problem]:
    """Dates of which far more than one in thirty is the first, or the fifteenth, of a month."""
    for table, name, cells in _date_columns(case):
        texts = cells.cat.categories.astype(str)
        iso = np.asarray(texts.str.fullmatch(_ISO))
        n = int(spread(iso, cells).sum())
        for day, words in (("01", "first"), ("15", "fifteenth")):
            marked = spread(iso & np.asarray(texts.str.endswith(f"-{day}")), cells)
            expected = n * 12 / 365.25
            if n >= _ENOUGH and marked.sum() > max(_HEAPED * n, expected + _DEVIATIONS * expected**0.5):
                what = f"`{name}` falls on the {words} of a month far more often than by chance."
                remedy = "See whether only the month was known; if so, ask for the day."
                yield from case.note_text(table, what, marked, name, remedy)


def find_weekend_infusions(case: Case) -> Iterator[Problem]:
    """Infusions on a weekend in a study that hardly ever infuses on one."""
    infusion = case.subjects["infusion_date"]
    weekend = (infusion.dt.dayofweek >= 5).to_numpy()
    if infusion.notna().sum() >= _WEEKDAYS_ENOUGH and weekend.sum() <= _WEEKEND_SHARE * infusion.notna().sum():
        what = "`infusion_date` is a Saturday or Sunday, on which hardly any other infusion was."
        yield from case.note("subjects", what, weekend, "infusion_date", "Check the date.")
