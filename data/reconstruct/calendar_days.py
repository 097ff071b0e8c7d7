"""Weekdays: clinics infuse, take marrows and see patients from Monday to Friday."""

from __future__ import annotations

import datetime as dt

import numpy as np


def add_days(start: dt.date, days: int) -> dt.date:
    """Return the date so many days after `start`."""
    return start + dt.timedelta(days=int(days))


def is_weekday(start: dt.date, day: int = 0) -> bool:
    """Tell whether the date `day` days after `start` is a Monday to Friday."""
    return add_days(start, day).weekday() < 5


def nearest_weekday(start: dt.date, day: int) -> int:
    """Return the day count moved from a Saturday to the Friday before, from a Sunday to the Monday after."""
    shift = {5: -1, 6: 1}.get(add_days(start, day).weekday(), 0)
    return int(day) + shift


def draw_weekday(
    rng: np.random.Generator, first: dt.date, last: dt.date, *, also: tuple[int, ...] = ()
) -> dt.date | None:
    """Draw a weekday between two dates, inclusive, such that the days `also` after it are weekdays too.

    Returns None where a hundred draws found none (the window is too short).
    """
    span = (last - first).days
    for _ in range(100):
        date = add_days(first, rng.integers(0, span + 1))
        if all(is_weekday(date, day) for day in (0, *also)):
            return date
    return None


def draw_visit(rng: np.random.Generator, start: dt.date, low: int, high: int) -> int:
    """Draw a day from `low` to `high`, inclusive, after `start`, on a weekday where the window holds one."""
    low, high = int(low), int(max(low, high))
    days = [day for day in range(low, high + 1) if is_weekday(start, day)] or [low]
    return days[rng.integers(0, len(days))]
