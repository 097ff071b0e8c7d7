"""Results of the relapse section: what was measured before relapse, and without one.

Minimal residual disease (MRD), B cells and the CAR transgene are followed. Patients are grouped by what happened to
them later, so the curves describe and cannot predict. Only what was measured after infusion and before relapse,
transplant or new therapy counts: afterwards a marker follows the new event.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from cartcohort.estimate.results import Result, ResultSet

MARKERS = {"mrd": "MRD", "b_cell": "B cells", "car_transgene": "CAR transgene"}
"""The assays that are followed, with their words."""

GROUPS = {"no_relapse": "No relapse so far", "relapse": "Relapse later"}
"""The groups by the name that they have in results."""

_ENDS = ("relapse_day", "hsct_day", "new_therapy_day")


def arrange_markers(assessments: pd.DataFrame, subjects: pd.DataFrame) -> pd.DataFrame:
    """Arrange the measurements of the patients in remission that precede relapse, transplant and new therapy.

    Parameters
    ----------
    assessments : DataFrame
        `subject_id`, `assessment_day`, `assay`, `value`, `unit`.
    subjects : DataFrame
        `subject_id`, `best_response`, `relapse_day`, `hsct_day`, `new_therapy_day`.

    Returns
    -------
    DataFrame
        One row a measurement: `day`, `value`, Categoricals `subject`, `assay`, `unit`, `marker` (in words) and
        `group` (of `GROUPS`), and `days_to_relapse` (NaN without one). Of an assay in several units, the
        measurements in the commonest one.
    """
    patients = subjects[subjects["best_response"].isin(("CR", "CRi")).to_numpy(dtype=bool)]
    rows = _select_rows(assessments, patients["subject_id"])
    patient, day = rows["patient"].to_numpy(), rows["day"].to_numpy()
    relapse, *others = (_as_float(patients[column])[patient] for column in _ENDS)
    # A comparison with a missing day is false, so that nothing ends for whom nothing happened.
    ended = np.logical_or.reduce([day >= end for end in (relapse, *others)])
    # Where no relapse is recorded at all, nobody is known to be without one.
    recorded = bool(patients["relapse_day"].notna().any())
    ids = patients["subject_id"].astype(str).to_numpy(dtype=object)
    names = np.sort(ids)
    arranged = rows.drop(columns="patient").assign(
        subject=pd.Categorical.from_codes(np.searchsorted(names, ids)[patient], names),
        marker=rows["assay"].cat.set_categories(list(MARKERS)).cat.rename_categories(MARKERS).cat.as_ordered(),
        group=pd.Categorical.from_codes((~np.isnan(relapse)).astype(int), list(GROUPS.values()), ordered=True),
        days_to_relapse=relapse - day,
    )[(day >= 0) & ~ended & recorded]
    return _in_commonest_unit(arranged).sort_values(["assay", "subject", "day"], ignore_index=True)


def _select_rows(assessments: pd.DataFrame, subject_ids: pd.Series) -> pd.DataFrame:
    """Return the values of the markers in these patients: `patient` (position), `day`, `value`, `assay`, `unit`."""
    codes, spellings = pd.factorize(assessments["assay"])
    order = sorted(MARKERS)
    names = [str(one).lower() for one in spellings]
    marker = np.array([*(order.index(name) if name in MARKERS else -1 for name in names), -1])[codes]
    day, value = _as_float(assessments["assessment_day"]), _as_float(assessments["value"])
    counted = (marker >= 0) & ~np.isnan(day) & ~np.isnan(value)
    measured = assessments[counted]
    rows = pd.DataFrame(
        {
            "patient": pd.Index(subject_ids).get_indexer(measured["subject_id"]),
            "day": day[counted],
            "value": value[counted],
            "assay": pd.Categorical.from_codes(marker[counted], order),
            "unit": pd.Categorical(measured["unit"].astype("string").fillna("")),
        }
    )
    return rows[rows["patient"] >= 0]


def units_of(values: pd.DataFrame) -> dict[str, str]:
    """Return the unit of each marker, by its words."""
    first = values.drop_duplicates("marker")
    return {str(marker): str(unit) for marker, unit in zip(first["marker"], first["unit"], strict=True)}


def summarise_last_values(values: pd.DataFrame) -> ResultSet:
    """Summarise the last value of each patient: before relapse, or at the end of monitoring without one.

    Parameters
    ----------
    values : DataFrame
        From `arrange_markers`.

    Returns
    -------
    ResultSet
        `monitoring/<assay>/{no_relapse,relapse}/{median,minimum,maximum}` in the unit of the assay, and
        `monitoring/<assay>/relapse/days_before`, the median days from that value to relapse.
    """
    results = ResultSet()
    for assay, label in MARKERS.items():
        last = values[values["assay"] == assay].drop_duplicates("subject", keep="last")
        for group, words in GROUPS.items():
            own = last[last["group"] == words]
            if len(own):
                found = _range(own["value"], unit=own["unit"].iloc[0])
                if group == "relapse":
                    lead = Result(estimate=own["days_to_relapse"].median(), n=len(own), unit="days")
                    found |= {"days_before": replace(lead, label="days from last value to relapse, median")}
                results |= found.under(f"monitoring/{assay}/{group}", f"{label}, {words.lower()}")
    return results


def _as_float(values: pd.Series) -> np.ndarray:
    return values.to_numpy(dtype=float, na_value=np.nan)


def _in_commonest_unit(values: pd.DataFrame) -> pd.DataFrame:
    """Return the rows in the commonest unit of their assay; of two equally common, the first in the alphabet."""
    counts = values.groupby(["assay", "unit"], observed=True, sort=True).size().reset_index(name="n")
    commonest = counts.sort_values("n", ascending=False, kind="stable").drop_duplicates("assay")
    unit_of = dict(zip(commonest["assay"], commonest["unit"], strict=True))
    return values[values["unit"].astype(object) == values["assay"].map(unit_of).astype(object)]


def _range(values: pd.Series, *, unit: str) -> ResultSet:
    known = {"n": len(values), "unit": unit, "method": "last value of each patient"}
    return ResultSet(
        {
            name: Result(estimate=value, label=f"last value, {name}", **known)
            for name, value in (("median", values.median()), ("minimum", values.min()), ("maximum", values.max()))
        }
    )
