"""A study's own groups that are known only after infusion: two levels, and the day of coming to the second.

Such a group (high CAR-T expansion, recovery of platelets) is no factor: whoever has it has lived until then. It is
declared under `known_later` in study.yaml, and compared only in the guarded block of the survival section.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from cartcohort.errors import Problem, did_you_mean
from cartcohort.study.factors import as_factor, order_levels
from cartcohort.study.schema import DERIVED, SUBJECTS, YES_NO

GUARDED = ("response", "hsct", "severe_crs", "early_treatment")
"""Groups known only after infusion that the suite forms itself."""

_TAKEN = {name for column in (*SUBJECTS.columns, *DERIVED) for name in column.names} | {*GUARDED}


def check_known_later(
    known_later: Mapping[str, str], subjects: pd.DataFrame, levels: Mapping[str, Sequence[str]], where: str
) -> list[Problem]:
    """Return a problem for each declaration that does not name two groups and a column of days.

    Parameters
    ----------
    known_later : mapping of str to str
        Column of days by the name of the group.
    subjects : DataFrame
        The subjects in days.
    levels : mapping of str to sequence of str
        Order of levels by column.
    where : str
        Where they are declared, for the message.
    """
    problems = []
    for name, day in known_later.items():
        if name in _TAKEN or not re.fullmatch(r"\w+", name):
            what = f"`known_later` names `{name}`, which is no name for a group of your own."
            remedy = "Take letters, digits and underscores, and no name of the data dictionary or of the suite."
            problems.append(Problem(what, where, remedy))
        elif day not in subjects or not day.endswith("_day") or not pd.api.types.is_numeric_dtype(subjects[day]):
            what = f"`known_later` ties `{name}` to `{day}`, which is no column of days.{_hint(day, subjects)}"
            remedy = "Name a column of days from infusion, `..._day` (also where the file holds it as a `_date`)."
            problems.append(Problem(what, where, remedy))
        elif len(_group(subjects, name, day, levels).cat.categories) > len(YES_NO):
            what = f"`known_later` names `{name}`, which has more than two values."
            problems.append(Problem(what, where, "Group its values in two, the first in `levels` the reference."))
    return problems


def derive_known_later(
    subjects: pd.DataFrame, known_later: Mapping[str, str], levels: Mapping[str, Sequence[str]]
) -> dict[str, pd.Series]:
    """Return each declared group as a Categorical; without a column of its name, yes for patients with a day."""
    return {name: _group(subjects, name, day, levels) for name, day in known_later.items()}


def _group(subjects: pd.DataFrame, name: str, day: str, levels: Mapping[str, Sequence[str]]) -> pd.Series:
    if name not in subjects:
        codes = subjects[day].notna().astype(int)
        return pd.Series(pd.Categorical.from_codes(codes, YES_NO, ordered=True), index=subjects.index)
    if isinstance(subjects[name].dtype, pd.CategoricalDtype):
        return order_levels(subjects[name], levels.get(name, ()))
    return as_factor(subjects[name], levels.get(name, ()))


def _hint(day: str, subjects: Iterable[str]) -> str:
    return did_you_mean(day, [name for name in subjects if name.endswith("_day")])
