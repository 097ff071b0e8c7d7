"""Numbers in the units of a file to those of the data dictionary, exactly, each distinct text once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from math import floor

from cartcohort.errors import Problem, did_you_mean
from cartcohort.study.description import FILE
from cartcohort.study.text_table import TextTable, tidy_cells

DAYS_PER_MONTH = Fraction("30.4375")
DAYS_PER_YEAR = 12 * DAYS_PER_MONTH

_DAYS = {"days": Fraction(1), "weeks": Fraction(7), "months": DAYS_PER_MONTH, "years": DAYS_PER_YEAR}
_YEARS = {unit: days / DAYS_PER_YEAR for unit, days in _DAYS.items()}
_PERCENT = {"percent": Fraction(1), "fraction": Fraction(100)}
_DOSES = {"cells/kg": Fraction(1, 10**6)} | {f"1e{n} cells/kg": Fraction(10) ** (n - 6) for n in (5, 6, 7, 8)}

UNITS: Mapping[str, Mapping[str, Fraction]] = {
    "_day": _DAYS,
    "_days": _DAYS,
    "_years": _YEARS,
    "_pct": _PERCENT,
    "_1e6_per_kg": _DOSES,
}
"""By ending of a column's name: each unit in which a file may hold it, and by what a number in it is multiplied."""

_NUMBER = re.compile(r"[+-]?(\d{1,15}(\.\d{0,15})?|\.\d{1,15})([eE][+-]?\d{1,2})?")


def convert_units(text: TextTable, units: Mapping[str, str], problems: list[Problem]) -> TextTable:
    """Convert columns to the dictionary's units; times are rounded to whole days, half away from zero.

    Parameters
    ----------
    text : TextTable
        With standard column names.
    units : mapping of str to str
        By column: the unit in which the file holds it.
    problems : list of Problem
        Columns that are not there, and units that do not fit theirs, are appended here.
    """
    cells = text.cells.copy(deep=False)
    for name, unit in units.items():
        if name not in cells:
            what = f"`units` names `{name}`, which is no column of {text.file}.{did_you_mean(name, cells)}"
            problems.append(Problem(what, FILE, "Use the standard name of the column."))
            continue
        fitting = find_units(name)
        if unit not in fitting:
            what = f"`units` gives `{name}` in {unit}, which does not fit it.{did_you_mean(unit, fitting)}"
            problems.append(Problem(what, FILE, _tell_fitting(name, fitting)))
            continue
        cells[name] = tidy_cells(cells[name], convert_texts(cells[name].cat.categories, name, unit))
    return replace(text, cells=cells)


def find_units(name: str) -> Mapping[str, Fraction]:
    """Return the units that a column of this name may come in; those are told by the ending of the name."""
    return next((units for ending, units in UNITS.items() if name.endswith(ending)), {})


def convert_texts(texts: Iterable[str], name: str, unit: str) -> dict[str, str]:
    """Return by text the number it holds in the dictionary's unit; what is no number is left out."""
    factor = find_units(name)[unit]
    write = _write_whole if UNITS["_day"] is find_units(name) else _write
    return {text: write(Fraction(text) * factor) for text in texts if _NUMBER.fullmatch(text)}


def _tell_fitting(name: str, fitting: Mapping[str, Fraction]) -> str:
    if fitting:
        return f"Units that fit: {', '.join(fitting)}."
    if name.endswith("_date"):
        return "Dates have no unit; say under `dates` in which order their parts stand."
    return f"Only columns whose names end in {', '.join(UNITS)} can be converted."


def _write(number: Fraction) -> str:
    return repr(float(number)).removesuffix(".0")


def _write_whole(number: Fraction) -> str:
    away = floor(abs(number) + Fraction(1, 2))
    return str(-away if number < 0 else away)
