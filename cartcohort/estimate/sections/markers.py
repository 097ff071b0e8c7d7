"""Results of the safety section: laboratory markers after infusion, and their peaks by the severity of CRS."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from cartcohort.estimate.multiplicity import adjust_results
from cartcohort.estimate.ranks import test_rank_sum
from cartcohort.estimate.results import Result, ResultSet
from cartcohort.estimate.sections.severity import GROUPS, group_by_severity
from cartcohort.estimate.sections.toxicity import Toxicity, name_term

ASSAYS = {
    "il6": "Interleukin-6",
    "ferritin": "Ferritin",
    "crp": "C-reactive protein",
    "car_transgene": "CAR transgene",
}
"""Markers of inflammation, and the expansion of the cells: words by name in results. Any other assay follows them."""

_ALIASES = {"il_6": "il6", "interleukin_6": "il6", "interleukin6": "il6", "c_reactive_protein": "crp"}
_DISEASE = ("mrd", "b_cell", "b_cells")
"""Assays that follow the leukaemia and belong to the section on relapse."""


def name_assay(spelling: str) -> str:
    """Return the name of an assay in results: "IL-6" and "il6" are one."""
    name = name_term(spelling)
    return _ALIASES.get(name, name)


def select_markers(assessments: pd.DataFrame, subjects: pd.DataFrame, *, until_day: int = 28) -> pd.DataFrame:
    """Return the measured values of markers from infusion on.

    Parameters
    ----------
    assessments : DataFrame
        Table of the study.
    subjects : DataFrame
        The patients; values of others are left out.
    until_day : int
        Last day that counts; the first is day 0.

    Returns
    -------
    DataFrame
        `patient` (position in `subjects`), `assay` (Categorical, in the order of `ASSAYS`, then by name), `day`,
        `value`, `label`, `unit`. An assay whose values have several units is left out: they cannot be compared.
    """
    rows = _measured(assessments, subjects)
    rows = rows[rows["day"].between(0, until_day)]
    units = _units(rows)
    present = {name for name, found in units.items() if len(found) <= 1}
    order = [name for name in ASSAYS if name in present] + sorted(present - set(ASSAYS))
    assay = rows["assay"].cat.set_categories(order, ordered=True)
    labels = {name: _label(rows, name) for name in order}
    return rows.assign(
        label=assay.map(labels), unit=assay.map({name: "".join(units[name]) for name in order}), assay=assay
    )[assay.notna()].reset_index(drop=True)


def list_mixed_units(assessments: pd.DataFrame, subjects: pd.DataFrame) -> tuple[str, ...]:
    """Return the words for those markers that are left out since their values have several units."""
    rows = _measured(assessments, subjects)
    mixed = sorted(name for name, found in _units(rows).items() if len(found) > 1)
    return tuple(_label(rows, name) for name in mixed)


def find_peaks(markers: pd.DataFrame, *, before: np.ndarray | None = None) -> pd.DataFrame:
    """Return the highest value of each marker in each patient, the first of equal ones.

    Parameters
    ----------
    markers : DataFrame
        From `select_markers`.
    before : ndarray of float, shape (n,), optional
        Day of each patient up to which, itself included, values count; NaN for no such bound.

    Returns
    -------
    DataFrame
        The rows of `markers` that are peaks, by assay and patient.
    """
    if before is not None:
        bound = before[markers["patient"].to_numpy(dtype=int)]
        markers = markers[np.isnan(bound) | (markers["day"].to_numpy() <= bound)]
    ordered = markers.sort_values(["assay", "patient", "value", "day"], ascending=[True, True, False, True])
    return ordered.drop_duplicates(["assay", "patient"]).reset_index(drop=True)


def arrange_peaks(peaks: pd.DataFrame, crs: Toxicity | None) -> pd.DataFrame:
    """Return the peaks to draw by worst grade of CRS.

    Returns
    -------
    DataFrame
        `value`, `panel` (words for the assay), `unit`, `group` (worst grade, "None" to "5") and `series` (below grade
        3, or 3 and higher); patients without a grade are left out. Empty without CRS.
    """
    if crs is None:
        return pd.DataFrame(columns=["value", "panel", "unit", "group", "series"])
    patient = peaks["patient"].to_numpy(dtype=int)
    grade = crs.grade[patient]
    words = _words(peaks)
    codes = np.where(np.isnan(grade), -1, grade).astype(int)
    drawn = pd.DataFrame(
        {
            "value": peaks["value"],
            "panel": peaks["assay"].cat.remove_unused_categories().cat.rename_categories(words),
            "unit": peaks["unit"],
            "group": pd.Categorical.from_codes(codes, ["None", "1", "2", "3", "4", "5"], ordered=True),
            "series": group_by_severity(crs)[patient],
        }
    )
    return drawn[drawn["group"].notna()].reset_index(drop=True)


def compare_peaks(crs: Toxicity | None, peaks: pd.DataFrame, *, conf_level: float) -> ResultSet:
    """Compare the peak of each marker between patients with and without CRS of grade 3 or higher.

    Parameters
    ----------
    crs : Toxicity or None
        None where the study does not record it.
    peaks : DataFrame
        From `find_peaks`.
    conf_level : float
        Level of the limits of the shift.

    Returns
    -------
    ResultSet
        `safety/crs/peak/<assay>/{below_grade_3, grade_3_or_higher}`, the median peak in the unit of the assay, with
        `.../minimum` and `.../maximum`; `.../test`, the rank sum test with the shift between the groups, its p-values
        also adjusted over the markers.
    """
    return _compare(crs, peaks, conf_level=conf_level).under("safety/crs/peak")


def compare_peaks_before_treatment(
    crs: Toxicity | None, markers: pd.DataFrame, subjects: pd.DataFrame, *, conf_level: float
) -> ResultSet:
    """Compare the peak of interleukin-6 from the values up to the day of the first tocilizumab alone.

    Tocilizumab blocks the receptor that clears interleukin-6, so that the level rises after a dose whatever the
    course of the disease. Leaving out what follows the dose also shortens the time in which a treated patient could
    reach a peak, so that the difference is rather too small than too large.

    Returns
    -------
    ResultSet
        `safety/sensitivity/crs/peak_before_tocilizumab/il6/...`, as `compare_peaks`; empty where no dose is dated.
    """
    first_dose = subjects["tocilizumab_day"].to_numpy(dtype=float, na_value=np.nan)
    if np.isnan(first_dose).all():
        return ResultSet()
    peaks = find_peaks(markers[markers["assay"] == "il6"], before=first_dose)
    found = _compare(crs, peaks, conf_level=conf_level)
    return found.under("safety/sensitivity/crs/peak_before_tocilizumab", "Before tocilizumab")


def arrange_markers(markers: pd.DataFrame, subjects: pd.DataFrame, crs: Toxicity | None) -> pd.DataFrame:
    """Return the measurements to draw over time, by the severity of CRS where that is known.

    Returns
    -------
    DataFrame
        `subject`, `day`, `value`, `marker` (Categorical of words), `unit` and, where there is CRS, `group`.
    """
    patient = markers["patient"].to_numpy(dtype=int)
    words = _words(markers)
    drawn = pd.DataFrame(
        {
            "subject": pd.Categorical.from_codes(patient, subjects["subject_id"].to_numpy(dtype=object)),
            "day": markers["day"],
            "value": markers["value"],
            "marker": markers["assay"].cat.remove_unused_categories().cat.rename_categories(words),
            "unit": markers["unit"],
        }
    )
    if crs is None:
        return drawn
    severity = group_by_severity(crs).rename_categories({name: f"CRS {name}" for name in GROUPS.values()})
    return drawn.assign(group=severity[patient])


def _measured(assessments: pd.DataFrame, subjects: pd.DataFrame) -> pd.DataFrame:
    """Return the values of markers with a day: `patient`, `assay`, `label` (as spelt), `day`, `value`, `unit`."""
    codes, spellings = pd.factorize(assessments["assay"])
    names = [name_assay(str(one)) for one in spellings]
    order = sorted(set(names))
    name_codes = np.array([*(order.index(name) for name in names), -1])
    followed = np.array([*(name not in _DISEASE for name in names), False])
    day, value = (assessments[name].to_numpy(dtype=float, na_value=np.nan) for name in ("assessment_day", "value"))
    counted = followed[codes] & ~np.isnan(value) & ~np.isnan(day)
    codes, measured = codes[counted], assessments[counted]
    rows = pd.DataFrame(
        {
            "patient": pd.Index(subjects["subject_id"]).get_indexer(measured["subject_id"]),
            "assay": pd.Categorical.from_codes(name_codes[codes], order),
            "label": pd.Categorical.from_codes(codes, pd.Index(spellings, dtype=object)),
            "day": day[counted],
            "value": value[counted],
            "unit": pd.Categorical(measured["unit"]),
        }
    )
    return rows[rows["patient"] >= 0]


def _label(rows: pd.DataFrame, name: str) -> str:
    """Return the words for an assay: its own, or the first of its spellings by code point."""
    return ASSAYS.get(name) or min(rows.loc[rows["assay"] == name, "label"].unique())


def _words(rows: pd.DataFrame) -> dict[str, str]:
    first = rows.drop_duplicates("assay")
    return dict(zip(first["assay"], first["label"], strict=True))


def _units(rows: pd.DataFrame) -> dict[str, list[str]]:
    """Return the units of each assay; a value without a unit is taken to have that of the others."""
    known = rows[["assay", "unit"]].drop_duplicates()
    units: dict[str, list[str]] = {name: [] for name in sorted(known["assay"])}
    for name, unit in known.dropna().itertuples(index=False):
        units[name].append(str(unit))
    return units


def _compare(crs: Toxicity | None, peaks: pd.DataFrame, *, conf_level: float) -> ResultSet:
    if crs is None:
        return ResultSet()
    severity = group_by_severity(crs)
    results, tests = ResultSet(), {}
    for assay, own in peaks.groupby("assay", observed=True):
        group, label = severity[own["patient"].to_numpy(dtype=int)], own["label"].iloc[0]
        unit = own["unit"].iloc[0]
        for name, words in GROUPS.items():
            values = own["value"].to_numpy()[np.asarray(group == words)]
            results |= _describe_peaks(values, unit, f"{assay}/{name}", f"{label}, {words}")
        tested = test_rank_sum(own["value"], group, conf_level=conf_level, unit=unit)
        tests[f"{assay}/test"] = replace(tested, label=label)
    return results | (adjust_results(tests, family="markers") if len(tests) > 1 else tests)


def _describe_peaks(values: np.ndarray, unit: str, name: str, label: str) -> ResultSet:
    peaks = pd.Series(values, dtype=float)
    note = "" if len(peaks) else "not estimable: no patient with a value"
    known = {"n": len(peaks), "unit": unit, "method": "Median and range of the highest values", "note": note}
    return ResultSet(
        {
            name: Result(estimate=peaks.median(), label=f"{label}, median peak", **known),
            f"{name}/minimum": Result(estimate=peaks.min(), label=f"{label}, lowest peak", **known),
            f"{name}/maximum": Result(estimate=peaks.max(), label=f"{label}, highest peak", **known),
        }
    )
