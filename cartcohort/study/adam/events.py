"""ADAE and ADLB to the tables of adverse events and of measurements."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from cartcohort.errors import Problem
from cartcohort.study.adam.cells import as_iso, convert, first_filled, first_records, keep_records, read_elapsed, take
from cartcohort.study.adam.files import choose, first_held, require
from cartcohort.study.adam.variables import EVENT_VARIABLES, MEASURE_VARIABLES, SEVERITIES, SEVERITY_COLUMNS
from cartcohort.study.text_table import TextTable

_UNIT = re.compile(r"(.*\S)\s*\(([^()]*)\)\s*")
_CORRECT = "Name the subject in ADSL, or leave the record out."


def convert_events(
    adae: TextTable, named: Mapping[str, str], day_zero: str, problems: list[Problem]
) -> TextTable | None:
    """Return the table of adverse events; None where ADAE lacks what it needs.

    Parameters
    ----------
    adae : TextTable
    named : mapping of str to str
        Variables by standard column, as study.yaml names them.
    day_zero : str
        What day 0 of the study is; APERIOD tells the infusion where that is an infusion.
    problems : list of Problem
        Gathers what is wrong.
    """
    if not require(adae, [("USUBJID",), ("AEDECOD", "AETERM")], problems):
        return None
    chosen = choose(adae, EVENT_VARIABLES, named, problems)
    columns = _as_dates(adae, chosen, problems)
    if "grade" in columns:
        sources = [chosen["grade"], *_find_supplements(adae, chosen["grade"], named)]
        columns["grade"] = first_filled([_read_grades(adae.cells[own], own) for own in sources])
        chosen["grade"] = " or ".join(sources)
    if "infusion" in columns and (day_zero != "infusion" or not _are_among(columns["infusion"], {"1", "2"})):
        del columns["infusion"]
    if "treatment" in columns and _are_among(columns["treatment"], {"Y", "N"}):
        del columns["treatment"]
    return replace(adae, cells=pd.DataFrame(columns | _keep_keys(adae)), own_names=chosen)


def convert_measurements(adlb: TextTable, named: Mapping[str, str], problems: list[Problem]) -> TextTable | None:
    """Return the table of measurements: an assay a parameter, its unit from PARAM where no variable holds it."""
    if not require(adlb, [("USUBJID",), ("PARAM", "PARAMCD"), ("AVAL",), ("ADT", "ADY")], problems):
        return None
    chosen = choose(adlb, MEASURE_VARIABLES, named, problems)
    day = next(name for name in ("assessment_date", "assessment_day") if name in chosen)
    told = adlb.cells[chosen["assay"]].notna() & adlb.cells[chosen["value"]].notna() & adlb.cells[chosen[day]].notna()
    adlb = keep_records(adlb, told.to_numpy())
    columns = _as_dates(adlb, chosen, problems)
    if "unit" not in columns:
        columns["unit"] = convert(columns["assay"], lambda text: _part(text)[1])
    columns["assay"] = convert(columns["assay"], lambda text: _part(text)[0])
    return replace(adlb, cells=pd.DataFrame(columns | _keep_keys(adlb)), own_names=chosen)


def refuse_strangers(table: TextTable, known: pd.Series, problems: list[Problem]) -> None:
    """Report the records of subjects who are not in ADSL."""
    ids = table.cells["USUBJID"]
    strange = (ids.notna() & ~ids.isin(known.astype(object).dropna())).to_numpy()
    if strange.any():
        what = "`USUBJID` names a subject who is not in ADSL."
        problems.append(Problem(what, table.locate(strange, "USUBJID"), _CORRECT))


def keep_subjects(table: TextTable, kept: pd.Series) -> TextTable:
    """Return a table with the records of these subjects, and those that name none."""
    ids = table.cells["USUBJID"]
    inside = (ids.isna() | ids.isin(kept.astype(object).dropna())).to_numpy(dtype=bool)
    return table if inside.all() else keep_records(table, inside)


def _as_dates(table: TextTable, chosen: Mapping[str, str], problems: list[Problem]) -> dict[str, pd.Series]:
    columns = {standard: table.cells[own] for standard, own in chosen.items()}
    for standard, cells in columns.items():
        if standard.endswith("_date"):
            columns[standard] = as_iso(cells)
        elif standard.endswith("_day"):
            columns[standard] = read_elapsed(table, chosen[standard], problems)
    return columns


def _keep_keys(table: TextTable) -> dict[str, pd.Series]:
    """Return what tells equal records apart: sequence numbers and visits."""
    keys = [name for name in table.cells if name.endswith("SEQ") or name in ("AVISIT", "VISIT", "VISITNUM", "ATPT")]
    return {name.lower(): table.cells[name] for name in keys}


def _read_grades(cells: pd.Series, own: str) -> pd.Series:
    """Return the grades that a variable holds, as such or as severities."""
    if own in SEVERITY_COLUMNS:
        return convert(cells, lambda text: SEVERITIES.get(text.upper(), text))
    return convert(cells, lambda text: re.sub(r"^(GRADE\s*)?([1-5])(\.0*)?$", r"\2", text.upper()))


def _find_supplements(adae: TextTable, own: str, named: Mapping[str, str]) -> list[str]:
    """Return the severity that grades the records whose grade is empty; none where study.yaml names the grade."""
    if own in SEVERITY_COLUMNS or "grade" in named:
        return []
    severity = first_held(adae, SEVERITY_COLUMNS)
    return [severity] if severity is not None and _supplemented(adae, own, severity).any() else []


def _supplemented(adae: TextTable, own: str, severity: str) -> np.ndarray:
    return (adae.cells[own].isna() & adae.cells[severity].notna()).to_numpy()


def _are_among(cells: pd.Series, texts: set[str]) -> bool:
    found = {re.sub(r"\.0*$", "", text) for text in cells.cat.categories}
    return found <= texts


def _part(text: str) -> tuple[str, str]:
    """Return "Sodium" and "mmol/L" of "Sodium (mmol/L)"."""
    parts = _UNIT.fullmatch(text)
    return (parts[1], parts[2]) if parts else (text, "")


def describe_events(adae: TextTable, named: Mapping[str, str], adsl: TextTable) -> list[str]:
    """Say what of the adverse events is not as it stands: grades, imputed dates, and which events count.

    Parameters
    ----------
    adae : TextTable
    named : mapping of str to str
        Variables by standard column, as study.yaml names them.
    adsl : TextTable
        The subjects of the study.
    """
    said = []
    own = choose(adae, EVENT_VARIABLES, named, []).get("grade", "")
    words = "1 for mild, 2 for moderate, 3 for severe, 4 for life-threatening, 5 for fatal."
    if own in SEVERITY_COLUMNS:
        said.append(f"Grades are the severities of {adae.file} ({own}): {words}")
    for severity in _find_supplements(adae, own, named) if own else []:
        events = _count_events(int(_supplemented(adae, own, severity).sum()))
        said.append(f"The grade of {events} without {own} is the severity of {adae.file} ({severity}): {words}")
    for stem, what in {"ASTDT": "onset", "AENDT": "resolution"}.items():
        number = int(adae.cells[f"{stem}F"].notna().sum()) if f"{stem}F" in adae.cells else 0
        if number:
            said.append(f"The date of {what} of {_count_events(number)} is imputed in part ({stem}F).")
    number = _count_not_emergent(adae, adsl)
    if number:
        events = _count_events(number)
        said.append(f"{events}, not flagged as treatment-emergent (TRTEMFL) nor dated before day 0, count as well.")
    return said


def _count_events(number: int) -> str:
    return "1 adverse event" if number == 1 else f"{number} adverse events"


def _count_not_emergent(adae: TextTable, adsl: TextTable) -> int:
    """Count the events that are not flagged as treatment-emergent, nor dated before the first treatment."""
    if not {"TRTEMFL", "ASTDT"} <= set(adae.cells) or "TRTSDT" not in adsl.cells:
        return 0
    everybody = np.ones(len(adsl.rows), dtype=bool)
    subjects = first_records(adsl.cells["USUBJID"], everybody, adae.cells["USUBJID"])
    zero = take(as_iso(adsl.cells["TRTSDT"]), subjects).astype(object)
    onset = as_iso(adae.cells["ASTDT"]).astype(object)
    before = onset.notna() & zero.notna() & (onset.fillna("") < zero.fillna(""))
    return int((~before & (adae.cells["TRTEMFL"] != "Y").astype(bool)).sum())
