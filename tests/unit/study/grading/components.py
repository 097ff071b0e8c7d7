"""Rows of components as the tables of a study hold them."""

import pandas as pd

from cartcohort.study.cells import empty_column
from cartcohort.study.schema import ADVERSE_EVENTS, SUBJECTS


def make_rows(table, rows):
    """Return a table of the dictionary from literals; what a row does not name is missing."""
    columns = {}
    for column in table.columns:
        values = [row.get(column.name) for row in rows]
        dtype = empty_column(column, 0).dtype
        columns[column.name] = pd.Series(pd.array(values, dtype=dtype))
    return pd.DataFrame(columns)


def make_events(*rows):
    return make_rows(ADVERSE_EVENTS, rows)


def make_subjects(*rows):
    return make_rows(SUBJECTS, rows)


def as_list(grades):
    """Return grades with None for a missing one."""
    return [None if pd.isna(grade) else grade for grade in grades]
