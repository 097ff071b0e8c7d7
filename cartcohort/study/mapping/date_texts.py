"""Dates as people write them: in which orders of day, month and year a text is one, and which it then is."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable

from cartcohort.study.mapping.keys import ORDERS
from cartcohort.study.schema import FIRST_YEAR, LAST_YEAR

DAY_FIRST, MONTH_FIRST, YEAR_FIRST = ORDERS

_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_TIME_OF_DAY = re.compile(r"(?:[T ]| +)\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?[AaPp][Mm])?$", re.ASCII)
_NUMBERS = re.compile(r"(\d{1,4})( ?[./-] ?| )(\d{1,2})\2(\d{1,4})", re.ASCII)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_NAMED = (
    re.compile(r"(?P<day>\d{1,2})(?:st|nd|rd|th)?[ ./-]*(?P<month>[a-z]+)[ .,/-]*(?P<year>\d{4})", re.ASCII),
    re.compile(r"(?P<month>[a-z]+)[ .]*(?P<day>\d{1,2})(?:st|nd|rd|th)?[ ,]+(?P<year>\d{4})", re.ASCII),
    re.compile(r"(?P<year>\d{4})[ ./-]*(?P<month>[a-z]+)[ ./-]*(?P<day>\d{1,2})", re.ASCII),
)
_SHORT_YEAR = re.compile(r"\d{1,2}[ ./-]+(\d{1,2}|[A-Za-z]{3,9})[ ./,-]+'?\d{2}", re.ASCII)


def read_date(text: str, order: str) -> str | None:
    """Return a date as year-month-day, or None where the text is no date in that order.

    A date whose month is a name, or whose year comes first, can be read in one way only and is read in any order; a
    time of day after it is left off.

    Parameters
    ----------
    text : str
    order : str
        One of `ORDERS`.
    """
    text = _TIME_OF_DAY.sub("", text.strip())
    numbers = _NUMBERS.fullmatch(text)
    if numbers:
        return _read_numbers(numbers[1], numbers[3], numbers[4], order)
    compact = _COMPACT.fullmatch(text) if order == YEAR_FIRST else None
    if compact:
        return _as_iso(*compact.groups())
    for pattern in _NAMED:
        named = pattern.fullmatch(text.casefold())
        if named and _find_month(named["month"]):
            return _as_iso(named["year"], _find_month(named["month"]), named["day"])
    return None


def read_dates(texts: Iterable[str], order: str) -> dict[str, str]:
    """Return by text the date that it is in that order; what is none is left out."""
    dates = {text: read_date(text, order) for text in texts}
    return {text: date for text, date in dates.items() if date}


def find_orders(text: str) -> frozenset[str]:
    """Return the orders in which a text is a date."""
    return frozenset(order for order in ORDERS if read_date(text, order))


def has_short_year(text: str) -> bool:
    """Return whether a text looks like a date whose year has two digits."""
    return _SHORT_YEAR.fullmatch(text) is not None


def _read_numbers(first: str, second: str, third: str, order: str) -> str | None:
    if len(first) == 4:
        return _as_iso(first, second, third) if len(third) <= 2 else None
    if len(first) > 2 or len(third) != 4 or order == YEAR_FIRST:
        return None
    day, month = (first, second) if order == DAY_FIRST else (second, first)
    return _as_iso(third, month, day)


def _find_month(word: str) -> int:
    """Return the number of a month by its name or the first letters of it, at least three; 0 where it is none."""
    return sum(number for number, name in enumerate(_MONTHS, 1) if len(word) >= 3 and name.startswith(word))


def _as_iso(year: str | int, month: str | int, day: str | int) -> str | None:
    try:
        date = dt.date(int(year), int(month), int(day))
    except ValueError:
        return None
    return date.isoformat() if FIRST_YEAR <= date.year <= LAST_YEAR else None
