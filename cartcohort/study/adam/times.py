"""ADTTE: the recorded times of every parameter, checked record by record."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from cartcohort.errors import Problem
from cartcohort.study.adam.cells import as_iso, read_elapsed
from cartcohort.study.adam.files import require
from cartcohort.study.text_table import TextTable

DAYS_IN = {"DAY": 1.0, "WEEK": 7.0, "MONTH": 30.4375, "YEAR": 365.25}
"""Days in each unit of AVAL."""
_ROUNDING = 0.006
"""Largest part of a unit by which an AVAL of two decimals differs from the exact one."""
_UNIT = re.compile(r"(.*\S)\s*[(\[]\s*(?:in\s+)?(day|week|month|year)s?\s*[)\]]\s*", re.IGNORECASE)


@dataclass(frozen=True, eq=False)
class Times:
    """The records of ADTTE; arrays have one entry a record.

    Attributes
    ----------
    table : TextTable
        As read, for messages.
    value : ndarray of float
        AVAL in days, NaN where it is empty.
    censor : ndarray of float
        CNSR, 0 for the event.
    end, start : ndarray of datetime64[D] or None
        ADT and STARTDT; NaT where empty, None where no record has one.
    end_day, start_day : ndarray of float or None
        ADY and STARTDY as days elapsed, where there are no dates to count.
    unit : dict of str to str
        Unit of AVAL by PARAMCD.
    """

    table: TextTable
    value: np.ndarray
    censor: np.ndarray
    end: np.ndarray | None
    start: np.ndarray | None
    end_day: np.ndarray | None
    start_day: np.ndarray | None
    unit: dict[str, str]

    @property
    def codes(self) -> list[str]:
        """Return the parameters in the order of the file."""
        return list(dict.fromkeys(self.table.cells["PARAMCD"].dropna().astype(str)))

    def rows(self, code: str) -> np.ndarray:
        """Return the mask of a parameter's records."""
        return (self.table.cells["PARAMCD"] == code).to_numpy(dtype=bool)

    @property
    def between(self) -> np.ndarray | None:
        """Return the days from start to end by the dates; None where these are not both there."""
        if self.end is not None and self.start is not None:
            days = (self.end - self.start).astype("timedelta64[D]")
            return np.where(np.isnat(days), np.nan, days.astype(float))
        if self.end_day is not None and self.start_day is not None:
            return self.end_day - self.start_day
        return None

    def rounding(self, code: str) -> float:
        """Return by how many days AVAL of a parameter may differ from its dates, since it is rounded in its unit."""
        scale = DAYS_IN[self.unit[code]]
        return 0.0 if scale == 1 else max(scale * _ROUNDING, 1.0)

    def name(self, code: str) -> str:
        """Return PARAM without its unit."""
        if "PARAM" not in self.table.cells:
            return code
        words = self.table.cells["PARAM"][self.rows(code)].dropna()
        word = str(words.iloc[0]) if len(words) else code
        found = _UNIT.fullmatch(word)
        return found[1] if found else word

    def words(self, column: str) -> np.ndarray:
        """Return the text of a variable for each record, "" where it is empty or not there."""
        if column not in self.table.cells:
            return np.full(len(self.table.rows), "", dtype=object)
        return self.table.cells[column].astype(object).fillna("").to_numpy()


def read_times(adtte: TextTable, problems: list[Problem], *, dated: bool) -> Times | None:
    """Return the records of ADTTE; None where anything is wrong with them.

    Parameters
    ----------
    adtte : TextTable
        Of the subjects of the study.
    problems : list of Problem
        Gathers what is wrong: variables that are missing, a CNSR that is no whole number from 0, an AVAL that is no
        time, two records of a subject and parameter, two units of a parameter.
    dated : bool
        Whether day 0 has a date from which dates can be counted; relative days are not looked at where these are.
    """
    needed = [("USUBJID",), ("PARAMCD",), ("CNSR",), ("AVAL", "ADT")]
    if not require(adtte, needed, problems):
        return None
    found: list[Problem] = []
    numbers = _Numbers(adtte, found)
    censor = numbers.read("CNSR")
    wrong = np.isnan(censor) | (censor < 0) | (censor != np.round(censor))
    remedy = "Give 0 for the event, 1 or another whole number for a censoring."
    _report(adtte, "`CNSR` must be a whole number from 0.", wrong, ("CNSR",), remedy, found)
    value = numbers.read("AVAL")
    _report(
        adtte, "`AVAL` must be a time from 0.", numbers.unread("AVAL") | (value < 0), ("AVAL",),
        "Give the time from the origin in the unit of `AVALU`, or leave it empty where the dates tell it.", found,
    )  # fmt: skip
    dates = {name: _read_dates(adtte, name, found) for name in ("ADT", "STARTDT")}
    counted = not dated or dates["ADT"] is None or (dates["STARTDT"] is None and "STARTDY" in adtte.cells)
    days = {name: numbers.read_elapsed(name) if counted else None for name in ("ADY", "STARTDY")}
    _check_filled(adtte, found)
    unit, divisor = _find_units(adtte, found)
    if not found:
        times = Times(
            adtte, value * divisor, censor, dates["ADT"], dates["STARTDT"], days["ADY"], days["STARTDY"], unit
        )
        between = times.between
        unknown = np.isnan(times.value) if between is None else np.isnan(times.value) & np.isnan(between)
        remedy = "Give `AVAL`, or both `STARTDT` and `ADT`."
        _report(adtte, "A record has no time.", unknown, ("AVAL",), remedy, found)
    problems.extend(found)
    return None if found else times


class _Numbers:
    """The numbers of a table, by variable."""

    def __init__(self, table: TextTable, problems: list[Problem]) -> None:
        self.table = table
        self.problems = problems

    def read(self, name: str) -> np.ndarray:
        """Return the numbers of a variable, NaN where there is none."""
        if name not in self.table.cells:
            return np.full(len(self.table.rows), np.nan)
        cells = self.table.cells[name]
        numbers = pd.to_numeric(pd.Series(cells.cat.categories, dtype=object), errors="coerce").to_numpy(dtype=float)
        return np.append(np.where(np.isfinite(numbers), numbers, np.nan), np.nan)[cells.cat.codes]

    def unread(self, name: str) -> np.ndarray:
        """Return the mask of the cells that are filled, but hold no number."""
        if name not in self.table.cells:
            return np.zeros(len(self.table.rows), dtype=bool)
        return self.table.cells[name].notna().to_numpy() & np.isnan(self.read(name))

    def read_elapsed(self, name: str) -> np.ndarray | None:
        """Return relative days as days elapsed; None where the variable is not there."""
        if name not in self.table.cells:
            return None
        cells = self.table.cells.assign(**{name: read_elapsed(self.table, name, self.problems)})
        return _Numbers(replace(self.table, cells=cells), self.problems).read(name)


def _read_dates(table: TextTable, name: str, problems: list[Problem]) -> np.ndarray | None:
    if name not in table.cells or table.cells[name].isna().all():
        return None
    cells = as_iso(table.cells[name])
    dates = pd.to_datetime(pd.Series(cells.cat.categories, dtype=object), format="%Y-%m-%d", errors="coerce")
    found = np.append(dates.to_numpy().astype("datetime64[D]"), np.datetime64("NaT"))[cells.cat.codes]
    wrong = cells.notna().to_numpy() & np.isnat(found)
    _report(
        table, f"`{name}` holds a cell that is not a date.", wrong, (name,), "Write dates as 2023-02-28.", problems
    )
    return found


def _check_filled(table: TextTable, problems: list[Problem]) -> None:
    for name in ("USUBJID", "PARAMCD"):
        empty = table.cells[name].isna().to_numpy()
        _report(table, f"`{name}` is empty.", empty, (name,), "Fill it in, or delete the record.", problems)
    codes = table.cells["PARAMCD"]
    unfit = [code for code in codes.cat.categories if not re.fullmatch(r"[A-Za-z]\w{0,29}", code)]
    what = "`PARAMCD` must be of letters, digits and underscores, a letter first."
    remedy = "It names the endpoint: rename it, as with `values: {adtte: {PARAMCD: ...}}` in study.yaml."
    _report(table, what, codes.isin(unfit).to_numpy(), ("PARAMCD",), remedy, problems)
    pairs = pd.DataFrame({"subject": table.cells["USUBJID"].cat.codes, "code": codes.cat.codes})
    twice = pairs.duplicated(keep=False).to_numpy() & (pairs >= 0).all(axis=1).to_numpy()
    what = "A subject has more than one record of the same `PARAMCD`."
    _report(table, what, twice, ("USUBJID", "PARAMCD"), "Keep the one that is analysed.", problems)


def _find_units(table: TextTable, problems: list[Problem]) -> tuple[dict[str, str], np.ndarray]:
    """Return the unit of each parameter and, for each record, how many days it has: AVALU, else PARAM, else days."""
    units = {}
    factor = np.ones(len(table.rows))
    for code in table.cells["PARAMCD"].cat.categories:
        rows = (table.cells["PARAMCD"] == code).to_numpy(dtype=bool)
        said = [] if "AVALU" not in table.cells else table.cells["AVALU"][rows].dropna().unique().tolist()
        found = {str(unit).upper().rstrip("S") for unit in said}
        if not found and "PARAM" in table.cells:
            words = [_UNIT.fullmatch(str(word)) for word in table.cells["PARAM"][rows].dropna().unique()]
            found = {word[2].upper() for word in words if word}
        unit = found.pop() if len(found) == 1 else "" if found else "DAY"
        if unit not in DAYS_IN:
            what = f"The unit of `AVAL` of `PARAMCD` {code} is none of days, weeks, months and years, or not one."
            problems.append(Problem(what, table.locate(rows, "AVALU"), "Give each parameter one unit, as DAYS."))
            continue
        units[code] = unit
        factor[rows] = DAYS_IN[unit]
    return units, factor


def _report(
    table: TextTable, what: str, rows: np.ndarray, columns: tuple[str, ...], remedy: str, problems: list[Problem]
) -> None:
    if rows.any():
        problems.append(Problem(what, table.locate(rows, *columns), remedy))
