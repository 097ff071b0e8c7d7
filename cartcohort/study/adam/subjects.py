"""ADSL to the subjects table: who is in the study, and what else the package knows of each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from cartcohort.errors import Problem
from cartcohort.study.adam.cells import as_iso, convert, first_filled, is_date, keep_records, no_text, read_elapsed
from cartcohort.study.adam.files import choose, first_held
from cartcohort.study.adam.variables import FLAGS, LABELS, LAST_CONTACTS, SEXES, SUBJECT_VARIABLES, TREATMENTS, YES_NO
from cartcohort.study.schema import SUBJECTS
from cartcohort.study.text_table import TextTable

_DAYS = {"YEARS": 1.0, "MONTHS": 12.0, "WEEKS": 365.25 / 7, "DAYS": 365.25, "HOURS": 365.25 * 24}
"""How many of each unit of age make a year."""
_KINDS = {name: column.kind for column in SUBJECTS.columns for name in column.names}


def keep_enrolled(adsl: TextTable) -> tuple[TextTable, tuple[str, int] | None]:
    """Return ADSL with the subjects of the study, and how many are not in it, and why.

    Those of the study are ITTFL Y; without ITTFL, those treated or randomised (screening failures are neither).
    """
    if "ITTFL" in adsl.cells:
        inside, reason = (adsl.cells["ITTFL"] == "Y").to_numpy(dtype=bool), "ITTFL is not Y"
    else:
        known = [name for name in ("TRTSDT", "RANDDT", "ENRLDT") if name in adsl.cells]
        if not known:
            return adsl, None
        inside = adsl.cells[known].notna().any(axis=1).to_numpy()
        reason = "neither treated nor randomised"
    if inside.all() or not inside.any():
        return adsl, None
    return keep_records(adsl, inside), (reason, int((~inside).sum()))


def convert_subjects(
    adsl: TextTable,
    named: Mapping[str, str],
    *,
    contact_in_times: pd.Series | None,
    death_in_times: pd.Series | None,
    more: Mapping[str, pd.Series],
    problems: list[Problem],
    warnings: list[Problem],
) -> TextTable:
    """Return the subjects table.

    Parameters
    ----------
    adsl : TextTable
        The subjects of the study.
    named : mapping of str to str
        Variables by standard column, as study.yaml names them.
    contact_in_times, death_in_times : Series or None
        ISO dates by subject: where overall survival ends in ADTTE, and where it ends with a death.
    more : mapping of str to Series
        Further standard columns, from other tables; those of ADSL go before.
    problems, warnings : list of Problem
        Gather what is wrong, and what is odd.
    """
    chosen = choose(adsl, SUBJECT_VARIABLES, named, problems)
    chosen = {_as_held(standard, own, adsl): own for standard, own in chosen.items()}
    columns = {standard: _convert(standard, own, adsl, problems) for standard, own in chosen.items()}
    own_names = dict(chosen)
    if "age_years" in columns and "AGEU" in adsl.cells:
        columns["age_years"] = _in_years(columns["age_years"], adsl.cells["AGEU"])
    if "infusion_date" in columns and "SAFFL" in adsl.cells:
        treated = (adsl.cells["SAFFL"] == "Y").to_numpy()
        columns["infusion_date"] = columns["infusion_date"].where(treated)
    _add_follow_up(adsl, columns, own_names, contact_in_times)
    if "death_date" in columns:
        columns["death_date"] = _date_deaths(adsl, columns, death_in_times, warnings)
    used = set(chosen.values())
    columns |= {name: cells for name, cells in more.items() if name not in columns}
    columns |= _name_treatment(adsl, own_names)
    columns |= {name: cells for name, cells in _keep_others(adsl, used, own_names).items() if name not in columns}
    return replace(adsl, cells=pd.DataFrame(columns), own_names=own_names)


def _add_follow_up(
    adsl: TextTable, columns: dict[str, pd.Series], own_names: dict[str, str], in_times: pd.Series | None
) -> None:
    """Add the last contact, and a death that nobody had, where no variable stands for them."""
    if not any(name in columns for name in ("last_contact_date", "last_contact_day")):
        sources = [name for name in LAST_CONTACTS if name in adsl.cells]
        dates = [_complete(as_iso(adsl.cells[name])) for name in sources]
        if in_times is not None:
            sources, dates = ["ADT of OS", *sources], [in_times, *dates]
        columns["last_contact_date"] = first_filled(dates) if dates else no_text(len(adsl.rows))
        own_names["last_contact_date"] = " or ".join(sources) or LAST_CONTACTS[0]
    if not any(name in columns for name in ("death_date", "death_day")):
        columns["death_date"] = no_text(len(adsl.rows))
        own_names["death_date"] = "DTHDT"


def _as_held(standard: str, own: str, adsl: TextTable) -> str:
    """Return the standard name of a time by what its variable holds, a date or a relative day."""
    if not standard.endswith(("_date", "_day")):
        return standard
    texts = adsl.cells[own].cat.categories
    relative = own.endswith("DY") or (
        len(texts) > 0 and all(re.fullmatch(r"-?[0-9]{1,4}(\.0*)?", one) for one in texts)
    )
    return f"{standard.removesuffix('_date').removesuffix('_day')}_{'day' if relative else 'date'}"


def _convert(standard: str, own: str, adsl: TextTable, problems: list[Problem]) -> pd.Series:
    cells = adsl.cells[own]
    kind = _KINDS.get(standard, "")
    if standard.endswith("_date"):
        return as_iso(cells)
    if kind == "time" or (not kind and standard.endswith("_day")):
        return read_elapsed(adsl, own, problems)
    if standard == "sex":
        return convert(cells, lambda text: SEXES.get(text.upper(), text))
    if standard in YES_NO:
        return convert(cells, lambda text: FLAGS.get(text, text))
    return cells


def _in_years(ages: pd.Series, units: pd.Series) -> pd.Series:
    """Return ages in years; one whose unit is not known stays as it is."""
    divisors = units.astype(object).str.upper().map(_DAYS).fillna(1.0)
    if (divisors == 1.0).all():
        return ages
    numbers = pd.to_numeric(ages.astype(object), errors="coerce")
    years = (numbers / divisors).map("{:.10g}".format, na_action="ignore").where(divisors != 1.0, ages.astype(object))
    return first_filled([years.fillna("").astype("category").cat.set_categories(sorted(set(years.fillna(""))))])


def _complete(dates: pd.Series) -> pd.Series:
    """Return dates without those that are partial, for which another variable may be whole."""
    return convert(dates, lambda text: text if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) else "")


def _date_deaths(
    adsl: TextTable, columns: Mapping[str, pd.Series], in_times: pd.Series | None, warnings: list[Problem]
) -> pd.Series:
    """Return the date of each death: DTHDT; else where overall survival ends with it; else the last contact.

    Who died is what ADSL says; overall survival says it only where ADSL says nothing.
    """
    given = [columns["death_date"]]
    if "DTHDTC" in adsl.cells:
        given.append(_complete(as_iso(adsl.cells["DTHDTC"])))
    dead = (adsl.cells["DTHFL"] == "Y").to_numpy() if "DTHFL" in adsl.cells else np.zeros(len(adsl.rows), dtype=bool)
    if in_times is not None:
        silent = not {"DTHFL", "DTHDT", "DTHDTC"} & set(adsl.cells)
        given.append(in_times if silent else in_times.where(dead))
    dates = first_filled(given)
    undated = dead & dates.isna().to_numpy()
    if undated.any() and "last_contact_date" in columns:
        what = "`DTHFL` is Y, but no date of the death is given."
        remedy = "The last day known alive stands for it; give `DTHDT` if it is known."
        warnings.append(Problem(what, adsl.locate(undated, "DTHFL"), remedy))
        dates = first_filled([dates, columns["last_contact_date"].where(undated)])
    return dates


def _name_treatment(adsl: TextTable, own_names: dict[str, str]) -> dict[str, pd.Series]:
    own = first_held(adsl, TREATMENTS)
    if own is None:
        return {}
    own_names["trta"] = own
    return {"trta": adsl.cells[own]}


def _keep_others(adsl: TextTable, used: set[str], own_names: dict[str, str]) -> dict[str, pd.Series]:
    """Return the other variables in small letters; a date becomes a time, a flag yes or no."""
    columns = {}
    for own, cells in adsl.cells.items():
        if own in used:
            continue
        name = own.lower()
        if own.endswith("DT") and is_date(cells):
            name, cells = f"{name}_date", as_iso(cells)
        elif own.endswith("FL"):
            cells = convert(cells, lambda text: FLAGS.get(text, text))
        columns[name] = cells
        own_names.setdefault(name, own)
    return columns


def default_labels(subjects: TextTable) -> dict[str, str]:
    """Return words for a reader, of variables that most packages have."""
    return {name: label for name, label in LABELS.items() if name in subjects.cells}


def default_levels(adsl: TextTable, subjects: TextTable) -> dict[str, tuple[str, ...]]:
    """Return the order of levels that a numeric variable beside a text gives (AGEGR1N of AGEGR1), where it is one."""
    levels = {}
    for name, own in subjects.own_names.items():
        if f"{own}N" not in adsl.cells or name not in subjects.cells or name in _KINDS:
            continue
        pairs = pd.DataFrame({"text": subjects.cells[name], "number": adsl.cells[f"{own}N"]}).drop_duplicates()
        pairs["number"] = pd.to_numeric(pairs["number"].astype(object), errors="coerce")
        pairs = pairs.dropna()
        if pairs["text"].is_unique and set(pairs["text"]) == set(subjects.cells[name].cat.categories):
            levels[name] = tuple(pairs.sort_values("number")["text"].astype(str))
    return levels
