"""What is told of dates known only to the month or the year: which they are, and what they are taken for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from cartcohort.errors import Problem
from cartcohort.study.imputation import as_own_day
from cartcohort.study.location import join_words
from cartcohort.study.model import Study
from cartcohort.study.partial_dates import PRECISIONS
from cartcohort.study.typed_table import TypedTable

_REMEDY = (
    "It counts as the middle of it (the 15th, or 1 July), moved as little as needed to where it can lie. Fill in the "
    "day if you can find it."
)


def list_imputed(typed: Mapping[str, TypedTable], days: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the partial dates, a row each.

    Returns
    -------
    DataFrame
        `table`, `column` (the `_day` name), `subject_id`, `source_row` (in the file), `precision` ("month" or "year")
        and `day`, what it is taken for.
    """
    parts = [_no_imputed()]
    for name, frame in days.items():
        for own, dates in typed[name].partial.items():
            column, mask = as_own_day(own), dates.partial
            if column not in frame:  # no day zero to count from
                continue
            part = frame.loc[mask, ["subject_id", "source_row", column]].rename(columns={column: "day"})
            precision = pd.Series(dates.precision[mask], index=part.index).map(PRECISIONS)
            parts.append(part.assign(table=name, column=column, precision=precision)[[*parts[0]]])
    return pd.concat(parts[1:], ignore_index=True) if len(parts) > 1 else parts[0]


def _no_imputed() -> pd.DataFrame:
    return pd.DataFrame(columns=["table", "column", "subject_id", "source_row", "precision", "day"])


def keep_imputed(study: Study) -> Study:
    """Return the study with those of its partial dates that its tables still hold as they were settled."""
    if study.imputed.empty:
        return study
    held = [_is_held(group, getattr(study, name)) for name, group in study.imputed.groupby("table", sort=False)]
    return replace(study, imputed=study.imputed[pd.concat(held).sort_index()].reset_index(drop=True))


def _is_held(imputed: pd.DataFrame, table: pd.DataFrame) -> pd.Series:
    rows = table.set_index("source_row")
    now = [
        rows[column].reindex(part["source_row"]).set_axis(part.index) for column, part in imputed.groupby("column")
    ]
    return (pd.concat(now).reindex(imputed.index) == imputed["day"]).fillna(False).astype(bool)


def tell_imputed(typed: Mapping[str, TypedTable]) -> list[Problem]:
    """Return what is to be told of each column with partial dates: how precise they are, and in which rows."""
    told = []
    for table in typed.values():
        for name, dates in table.partial.items():
            known = [word for precision, word in PRECISIONS.items() if (dates.precision == precision).any()]
            what = f"`{name}` is known only to the {join_words(known).replace(' and ', ' or the ')} in some rows."
            told.append(Problem(what, table.text.locate(dates.partial, name), _REMEDY))
    return told
