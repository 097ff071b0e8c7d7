"""Columns to compare by: derived ones, the order of levels, and numeric ones split at the median."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

import pandas as pd

from cartcohort.errors import Problem
from cartcohort.study.schema import DERIVED, OBJECTIVE_RESPONSES, RESERVED, SUBJECTS, YES_NO

_MOST_LEVELS = 10
"""A numeric factor with more distinct values than this is split at its median."""

_NO_GROUPS = {column.name for column in SUBJECTS.columns if column.kind in ("date", "time")} | {
    "subject_id",
    *RESERVED,
}


KNOWN_LATER = frozenset(column.name for column in (*SUBJECTS.columns, *DERIVED) if column.after_infusion)
"""Columns that are known only after infusion."""

_GUARANTEE_TIME = (
    "Compared from infusion, its groups are credited with the time lived to be in them. Name what was known before; "
    "the survival section compares groups known later, also those under `known_later` in study.yaml, guarded against "
    "that."
)


def find_unfit_factors(
    factors: Sequence[str], where: str = "", *, known_later: Collection[str] = ()
) -> list[Problem]:
    """Return a problem for each column that patients cannot be compared by from infusion, whatever it holds.

    Parameters
    ----------
    factors : sequence of str
        Names of columns.
    where : str
        Where they are named, for the message.
    known_later : collection of str
        The study's own groups that are known only after infusion.
    """
    problems = []
    for name in factors:
        if name in KNOWN_LATER - _NO_GROUPS or name in known_later:
            what = f"`factors` names `{name}`, which is known only after infusion."
            problems.append(Problem(what, where, _GUARANTEE_TIME))
        elif name in _NO_GROUPS:
            remedy = "Name a column of what was known of the patients, such as sex or age_group."
            problems.append(Problem(f"`factors` names `{name}`, which makes no groups of patients.", where, remedy))
        elif not re.fullmatch(r"\w+", name):  # names of results are parted by slashes, and become names of files
            remedy = "Give it such a name under `columns` in study.yaml, and words for a reader under `labels`."
            what = f"`factors` names `{name}`: a factor's name is of letters, digits and underscores."
            problems.append(Problem(what, where, remedy))
    return problems


def derive_columns(
    subjects: pd.DataFrame,
    *,
    levels: Mapping[str, Sequence[str]],
    tumor_burden_threshold_pct: float,
    age_cut_years: float,
) -> dict[str, pd.Series]:
    """Return the derived columns as categories; one that the file holds is used as it is."""
    derived = {
        "tumor_burden": derive_tumor_burden(subjects, tumor_burden_threshold_pct),
        "age_group": derive_age_group(subjects, age_cut_years),
        "response": derive_response(subjects),
    }
    return {
        name: order_levels(values, levels.get(name, ()))
        if name not in subjects
        else as_factor(subjects[name], levels.get(name, ()))
        for name, values in derived.items()
    }


def derive_tumor_burden(subjects: pd.DataFrame, threshold_pct: float) -> pd.Series:
    """Return tumour burden: high if marrow blasts reach the threshold or disease is extramedullary.

    Missing where blasts are below the threshold, or unknown, and extramedullary disease is unknown, or absent with
    unknown blasts. A study that records no extramedullary disease at all is judged by its blasts alone.
    """
    blasts, extramedullary = subjects["marrow_blasts_pct"], subjects["extramedullary_disease"]
    high = (blasts >= threshold_pct) | (extramedullary == "yes")
    low = (blasts < threshold_pct) & ((extramedullary == "no") | extramedullary.isna().all())
    burden = pd.Series(pd.NA, index=subjects.index, dtype="object").mask(low, "low").mask(high, "high")
    return burden.astype(pd.CategoricalDtype(["low", "high"], ordered=True))


def derive_age_group(subjects: pd.DataFrame, cut_years: float) -> pd.Series:
    """Return the age group, "under 40" or "40 and over" for a cut at 40 years; missing where age is."""
    return _split(
        subjects["age_years"] >= cut_years, subjects["age_years"], f"under {cut_years:g}", f"{cut_years:g} and over"
    )


def derive_response(subjects: pd.DataFrame) -> pd.Series:
    """Return yes for CR, CRi and PR, no for NR and NE (not evaluable is no response); missing where unknown."""
    best = subjects["best_response"]
    return _split(best.isin(OBJECTIVE_RESPONSES), best, *YES_NO)


def as_factor(values: pd.Series, levels: Sequence[str] = ()) -> pd.Series:
    """Return a column as an ordered Categorical with the levels that occur.

    Parameters
    ----------
    values : Series
        Text, categories, true/false, dates or numbers. Numbers with more than ten distinct values are split at the
        median into "at most 28" and "above 28"; with fewer, each value is a level.
    levels : sequence of str
        Order of the levels, the first is the reference; others follow in their own order.
    """
    if isinstance(values.dtype, pd.BooleanDtype) or values.dtype == bool:
        values = _split(values, values, *YES_NO)
    elif pd.api.types.is_numeric_dtype(values) and values.nunique() > _MOST_LEVELS:
        median = values.median()
        values = _split(values > median, values, f"at most {median:.10g}", f"above {median:.10g}")
    elif not isinstance(values.dtype, pd.CategoricalDtype):
        values = _name_levels(values)
    return order_levels(values.cat.remove_unused_categories(), levels)


def order_levels(values: pd.Series, levels: Sequence[str]) -> pd.Series:
    """Return the Categorical with these levels first, in this order, and its others after them."""
    found = [str(level) for level in values.cat.categories]
    first = [level for level in levels if level in found]
    return values.cat.reorder_categories([*first, *(one for one in found if one not in first)], ordered=True)


def _split(condition: pd.Series, known_where: pd.Series, no: str, yes: str) -> pd.Series:
    """Return a Categorical of `no` and `yes` by the condition, missing where `known_where` is missing."""
    codes = condition.fillna(False).astype("int64").where(known_where.notna(), -1)
    return pd.Series(pd.Categorical.from_codes(codes, [no, yes], ordered=True), index=condition.index)


def _name_levels(values: pd.Series) -> pd.Series:
    """Return a Categorical of text whose levels are in the order of the values."""
    values = values.astype("category")
    if values.cat.categories.dtype.kind == "M":
        names = [f"{date:%Y-%m-%d}" for date in values.cat.categories]
    elif values.cat.categories.dtype.kind == "f":
        names = [f"{number:.10g}" for number in values.cat.categories]
    else:
        names = [str(level) for level in values.cat.categories]
    return values.cat.rename_categories(names)
