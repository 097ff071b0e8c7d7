"""Patients' characteristics before infusion: in all, and in responders against non-responders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from cartcohort.estimate.balance import standardised_difference
from cartcohort.estimate.results import Result, ResultSet
from cartcohort.estimate.sections.arrays import each_level
from cartcohort.estimate.sections.efficacy import OUTCOMES, count_share, find_responders

ALL, RESPONDERS, NON_RESPONDERS = "All patients", "Responders", "Non-responders"
_PREFIX = {ALL: "", RESPONDERS: "response/", NON_RESPONDERS: "nonresponse/"}

_COLUMNS = (
    "age_years",
    "sex",
    "disease_status",
    "prior_lines",
    "prior_hsct",
    "extramedullary_disease",
    "marrow_blasts_pct",
    "tumor_burden",
    "genetic_risk",
    "first_product",
    "car19_dose_1e6_per_kg",
    "car22_dose_1e6_per_kg",
)
_TAKEN = ("missing", "smd")
"""Last parts of names that a level of that name must leave alone."""

_UNKNOWN = "not estimable: no known value"
_FRAME = ("column", "variable", "level", "group", "n", "total", "median", "low", "high", "missing", "smd")


def group_sizes(subjects: pd.DataFrame) -> dict[str, int]:
    """Return the groups of the table with their patients: all, and by response where there are both kinds."""
    return {name: int(rows.sum()) for name, rows in _groups(subjects).items()}


def count_baseline(subjects: pd.DataFrame, factors: Sequence[str], *, labels: Mapping[str, str]) -> pd.DataFrame:
    """Describe the characteristics known before infusion, and the factors, in each group of patients.

    Parameters
    ----------
    subjects : DataFrame
        One row a patient. A factor that was split at its median has its numbers in `<name>_value`.
    factors : sequence of str
        Described after the columns of the data dictionary; outcomes among them are left out.
    labels : mapping of str to str
        Words for a reader, by column.

    Returns
    -------
    DataFrame
        One row a column, level and group: `column`, `variable` (its label), `level` (missing for a number), `group`,
        `n` with the level of `total` known, `median`, `low` and `high` of a number, `missing`, and `smd`, the
        standardised difference between responders and non-responders. Columns without any value are left out.
    """
    groups = _groups(subjects)
    rows: list[dict] = []
    for column in dict.fromkeys((*_COLUMNS, *factors)):
        values = _values_of(subjects, column)
        if values is None or column in OUTCOMES:
            continue
        smd = _difference(values, groups)
        described = _describe_number if pd.api.types.is_numeric_dtype(values) else _describe_category
        for record in described(values, groups):
            rows.append({"column": column, "variable": labels.get(column, column), "smd": smd, **record})
    return pd.DataFrame(rows, columns=list(_FRAME))


def summarise_baseline(description: pd.DataFrame) -> ResultSet:
    """Name the numbers of a description.

    Parameters
    ----------
    description : DataFrame
        From `count_baseline`.

    Returns
    -------
    ResultSet
        `efficacy/baseline/<column>/<level>` (share of known values, no limits), `.../{median,minimum,maximum}` of a
        number, `.../missing` and `.../smd`; within responders and non-responders
        `efficacy/baseline/{response,nonresponse}/<column>/...`.
    """
    compared = RESPONDERS in set(description["group"])
    found: dict[str, Result] = {}
    for record in description.to_dict("records"):
        stem = f"{_PREFIX[record['group']]}{record['column']}"
        label = record["variable"] if record["group"] == ALL else f"{record['variable']}, {record['group'].lower()}"
        describe = _number_results if pd.isna(record["level"]) else _level_result
        found |= describe(stem, label, record)
        n_missing = record["missing"]
        found[f"{stem}/missing"] = count_share(n_missing, record["total"] + n_missing, f"{label}: missing")
        if compared and record["group"] == ALL:
            found[f"{stem}/smd"] = _difference_result(record)
    return ResultSet(found).under("efficacy/baseline", "Baseline")


def _groups(subjects: pd.DataFrame) -> dict[str, np.ndarray]:
    responded = find_responders(subjects)
    groups = {ALL: np.ones(len(subjects), dtype=bool)}
    if subjects["best_response"].notna().any() and responded.any() and not responded.all():
        groups |= {RESPONDERS: responded, NON_RESPONDERS: ~responded}
    return groups


def _values_of(subjects: pd.DataFrame, column: str) -> pd.Series | None:
    """Return a column's numbers or categories, None for what is absent, empty, or neither of them."""
    numbers = subjects.get(f"{column}_value")
    values = numbers if numbers is not None and pd.api.types.is_numeric_dtype(numbers) else subjects.get(column)
    if values is None or not values.notna().any():
        return None
    if isinstance(values.dtype, pd.CategoricalDtype):
        return values
    return values.astype(float) if pd.api.types.is_numeric_dtype(values) else None


def _describe_number(values: pd.Series, groups: Mapping[str, np.ndarray]) -> list[dict]:
    rows = []
    for group, mask in groups.items():
        known = values[mask].dropna()
        rows.append(
            {
                "level": None,
                "group": group,
                "n": len(known),
                "total": len(known),
                "median": known.median(),
                "low": known.min(),
                "high": known.max(),
                "missing": int(mask.sum()) - len(known),
            }
        )
    return rows


def _describe_category(values: pd.Series, groups: Mapping[str, np.ndarray]) -> list[dict]:
    known = values.notna().to_numpy()
    return [
        {
            "level": level,
            "group": group,
            "n": int(np.sum(at_level & mask)),
            "total": int(np.sum(known & mask)),
            "missing": int(np.sum(~known & mask)),
        }
        for level, at_level in each_level(values)
        for group, mask in groups.items()
    ]


def _difference(values: pd.Series, groups: Mapping[str, np.ndarray]) -> float | None:
    if RESPONDERS not in groups:
        return None
    return standardised_difference(values[groups[RESPONDERS]], values[groups[NON_RESPONDERS]]).estimate


def _level_result(stem: str, label: str, record: Mapping) -> dict[str, Result]:
    level = record["level"]
    name = f"level {level}" if level in _TAKEN else level
    return {f"{stem}/{name}": count_share(record["n"], record["total"], f"{label}: {level}")}


def _number_results(stem: str, label: str, record: Mapping) -> dict[str, Result]:
    known = {"n": record["total"], "note": "" if record["total"] else _UNKNOWN}
    return {
        f"{stem}/{name}": Result(estimate=record[field], label=f"{label}, {name}", **known)
        for name, field in (("median", "median"), ("minimum", "low"), ("maximum", "high"))
    }


def _difference_result(record: Mapping) -> Result:
    estimable = pd.notna(record["smd"])
    return Result(
        estimate=record["smd"] if estimable else None,
        n=record["total"],
        unit="standardised difference",
        method="Standardised difference between responders and non-responders",
        note="" if estimable else "not estimable: too few values, or no variation within the groups",
        label=f"{record['variable']}, standardised difference",
    )
