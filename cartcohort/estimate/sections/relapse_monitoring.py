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
        One row a measurement: `subject`, `day`, `value`, `assay`, `unit`, `marker` (Categorical in words), `group`
        (Categorical of `GROUPS`) and `days_to_relapse` (NaN without one). Of an assay in several units, the
        measurements in the commonest one.
    """
    patients = subjects[subjects["best_response"].isin(("CR", "CRi")).to_numpy(dtype=bool)]
    rows = assessments.merge(patients[["subject_id", *_ENDS]], on="subject_id", validate="many_to_one")
    rows = rows.dropna(subset=["assessment_day", "assay", "value"])
    rows = rows.assign(assay=rows["assay"].astype(str).str.lower(), unit=rows["unit"].astype("string").fillna(""))
    day, relapse, *others = (_as_float(rows[column]) for column in ("assessment_day", *_ENDS))
    # A comparison with a missing day is false, so that nothing ends for whom nothing happened.
    ended = np.logical_or.reduce([day >= end for end in (relapse, *others)])
    # Where no relapse is recorded at all, nobody is known to be without one.
    recorded = bool(patients["relapse_day"].notna().any())
    chosen = (day >= 0) & ~ended & rows["assay"].isin(list(MARKERS)).to_numpy() & recorded
    group = np.where(np.isnan(relapse), GROUPS["no_relapse"], GROUPS["relapse"])
    arranged = pd.DataFrame(
        {
            "subject": rows["subject_id"].astype(str),
            "day": day,
            "value": _as_float(rows["value"]),
            "assay": rows["assay"],
            "unit": rows["unit"],
            "marker": pd.Categorical(rows["assay"].map(MARKERS), categories=list(MARKERS.values()), ordered=True),
            "group": pd.Categorical(group, categories=list(GROUPS.values()), ordered=True),
            "days_to_relapse": relapse - day,
        }
    )[chosen]
    return _in_commonest_unit(arranged).sort_values(["assay", "subject", "day"], ignore_index=True)


def units_of(values: pd.DataFrame) -> dict[str, str]:
    """Return the unit of each marker, by its words."""
    return {str(marker): str(unit) for marker, unit in zip(values["marker"], values["unit"], strict=True)}


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
    counts = values.groupby(["assay", "unit"], sort=True).size().reset_index(name="n")
    commonest = counts.sort_values("n", ascending=False, kind="stable").drop_duplicates("assay")
    return values.merge(commonest[["assay", "unit"]], on=["assay", "unit"])


def _range(values: pd.Series, *, unit: str) -> ResultSet:
    known = {"n": len(values), "unit": unit, "method": "last value of each patient"}
    return ResultSet(
        {
            name: Result(estimate=value, label=f"last value, {name}", **known)
            for name, value in (("median", values.median()), ("minimum", values.min()), ("maximum", values.max()))
        }
    )
