"""What is odd about the records of ADTTE: polarity of CNSR, unit of AVAL, times against dates and deaths."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from cartcohort.errors import Problem
from cartcohort.study.adam.cells import first_records
from cartcohort.study.adam.recorded import round_half_away, shown_offset
from cartcohort.study.adam.times import DAYS_IN, Times

_MONTH = DAYS_IN["MONTH"]


def find_time_oddities(times: Times, subjects: pd.DataFrame) -> list[Problem]:
    """Return what is odd about the records, parameter by parameter.

    Parameters
    ----------
    times : Times
        The records of ADTTE.
    subjects : DataFrame
        In days, for the deaths.
    """
    found = []
    for code in times.codes:
        rows = times.rows(code)
        found += _check_polarity(times, code, rows)
        found += _check_dates(times, code, rows)
        found += _check_whole(times, code, rows)
        if code.upper() == "OS":
            found += _check_deaths(times, rows, subjects)
    return found


def _check_polarity(times: Times, code: str, rows: np.ndarray) -> list[Problem]:
    event = times.censor[rows] == 0
    where = times.table.locate(rows, "CNSR")
    if event.all() or not event.any():
        same = "an event" if event.all() else "censored"
        what = f"Every record of `PARAMCD` {code} is {same}."
        return [Problem(what, where, "`CNSR` is 0 for the event; check that it is not the other way round.")]
    reasons = times.words("CNSDTDSC")[rows] != ""
    if reasons[event].all() and not reasons[~event].any():
        what = f"`CNSDTDSC` of `PARAMCD` {code} is filled where `CNSR` is 0, and nowhere else."
        return [Problem(what, where, "`CNSR` seems to be the other way round: 0 is the event.")]
    described = times.words("EVNTDESC")[rows] != ""
    if described[~event].all() and not described[event].any():
        what = f"`EVNTDESC` of `PARAMCD` {code} is empty where `CNSR` is 0, and filled where it is not."
        return [Problem(what, where, "`CNSR` seems to be the other way round: 0 is the event.")]
    return []


def _check_dates(times: Times, code: str, rows: np.ndarray) -> list[Problem]:
    """Compare AVAL with the dates: it may count the first day as day 1 or as day 0, and be rounded in its unit."""
    between = times.between
    if between is None:
        return []
    scale = DAYS_IN[times.unit[code]]
    allowed = times.rounding(code)
    value = round_half_away(times.value) if scale == 1 else times.value
    with np.errstate(invalid="ignore"):
        off = rows & ((value - between < -allowed) | (value - between > 1 + allowed))
        in_months = np.abs(times.value * _MONTH - between) < 2
    if not off.any():
        return []
    where = times.table.locate(off, "AVAL", "STARTDT", "ADT")
    if scale == 1 and in_months[off].mean() > 0.5:
        what = f"`AVAL` of `PARAMCD` {code} is taken for days, but its dates say that it is months."
        return [Problem(what, where, "Give its unit in `AVALU`, as MONTHS.")]
    what = f"`AVAL` of `PARAMCD` {code} is not the time from `STARTDT` to `ADT`."
    return [Problem(what, where, "`AVAL` is used. Check its unit and the dates.")]


def _check_whole(times: Times, code: str, rows: np.ndarray) -> list[Problem]:
    with np.errstate(invalid="ignore"):
        part = rows & (np.abs(times.value - round_half_away(times.value)) > 1e-9)
    if not part.any():
        return []
    what = f"`AVAL` of `PARAMCD` {code} is no number of whole days."
    remedy = "It is rounded to whole days, halves up; from the dates the exact time would be had."
    return [Problem(what, times.table.locate(part, "AVAL"), remedy)]


def _check_deaths(times: Times, rows: np.ndarray, subjects: pd.DataFrame) -> list[Problem]:
    """Compare overall survival with the deaths of ADSL."""
    records = first_records(times.table.cells["USUBJID"], rows, subjects["subject_id"])
    at = np.where(records >= 0, records, 0)
    event, dead = times.censor[at] == 0, subjects["death_day"].notna().to_numpy()
    differs = (records >= 0) & (event != dead)
    if not differs.any():
        return []
    where = times.table.locate(np.sort(records[differs]), "CNSR")
    if differs.sum() > 0.5 * np.sum(records >= 0):
        remedy = "`CNSR` seems to be the other way round: 0 is the event."
        return [Problem("Overall survival ends with the event for the living, and not for the dead.", where, remedy)]
    what = "Overall survival and ADSL do not agree on who died."
    return [Problem(what, where, "The survival section goes by ADTTE; compare the two.")]


def say_offset(times: Times) -> str:
    """Say from what day AVAL counts, or that it is taken to where it is not given; empty where nothing tells it."""
    shown = shown_offset(times)
    if shown is None:
        return _say_supposed_offset(times)
    first = "1, as in ADaM" if shown == 1 else "0"
    return f"Times are AVAL of {times.table.file} as it stands: the day of their start counts as day {first}."


def _say_supposed_offset(times: Times) -> str:
    """Say how times without AVAL are had, where no other shows it; empty where there are none."""
    if not np.isnan(times.value).any():
        return ""
    names = "ADT and STARTDT" if times.end is not None and times.start is not None else "ADY and STARTDY"
    return (
        f"Where {times.table.file} has no AVAL, times are taken from {names}. Nothing in it tells whether the day of "
        "their start counts as day 0 or as day 1; the latter is assumed, since ADaM counts so."
    )


def find_assumed_starts(times: Times, codes: Sequence[str]) -> list[Problem]:
    """Return that nothing tells from when the times of some parameters count."""
    remedy = "It is taken to count from day 0; give `STARTDT` or `ADT`."
    return [
        Problem(f"Nothing tells from when `AVAL` of `PARAMCD` {code} counts.", where, remedy)
        for code in codes
        for where in [times.table.locate(times.rows(code), "AVAL")]
    ]


def say_assumed_starts(times: Times, codes: Sequence[str]) -> str:
    """Say from when the times of some parameters are taken to count; empty where there are none."""
    if not codes:
        return ""
    said = " and ".join(filter(None, [", ".join(codes[:-1]), codes[-1]]))
    return f"Times of {said} are taken to count from day 0, since {times.table.file} does not tell from when they do."
