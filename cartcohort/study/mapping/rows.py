"""Which rows of a file make a table, so that one export or sheet can serve several."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from cartcohort.errors import Problem
from cartcohort.study.cells import ColumnReader
from cartcohort.study.description import FILE
from cartcohort.study.subset import ExpressionError, find_rows
from cartcohort.study.text_table import TextTable

_EXAMPLE = "Such as: redcap_repeat_instrument == 'adverse_events'"


def keep_rows(text: TextTable, table: str, expression: str, problems: list[Problem]) -> TextTable | None:
    """Return the rows for which an expression holds; they keep their numbers.

    An empty cell of a text column is the empty text `''`, so that rows without an instrument can be asked for; one of
    a column of numbers is unknown.

    Parameters
    ----------
    text : TextTable
        As read, with the file's own names.
    table : str
        Name of the table that the rows make.
    expression : str
        In the language of `subset`.
    problems : list of Problem
        What is wrong is appended here, and then None returned.
    """
    frame = pd.DataFrame({name: _read_column(text, name) for name in text.cells})
    try:
        kept = find_rows(frame, expression)
    except ExpressionError as wrong:
        problems.append(Problem(f"`rows: {table}` {wrong.what}", FILE, wrong.hint + _EXAMPLE))
        return None
    if not kept.any():
        what = f"`rows: {table}` holds for no row of {text.file}."
        remedy = "Write values as they stand in the file, capitals and blanks too; an empty cell is ''."
        problems.append(Problem(what, FILE, remedy))
        return None
    cells = text.cells[kept].reset_index(drop=True)
    cells = cells.apply(lambda column: column.cat.remove_unused_categories())
    return replace(text, cells=cells, rows=text.rows[kept])


def drop_empty(text: TextTable, needed: frozenset[str]) -> TextTable:
    """Leave out the columns that hold nothing in these rows, since they belong to other rows of the file."""
    kept = [name for name in text.cells if name in needed or len(text.cells[name].cat.categories)]
    return replace(text, cells=text.cells[kept])


def _read_column(text: TextTable, name: str) -> pd.Series:
    values = ColumnReader(text, []).read_extra(name)
    if isinstance(values.dtype, pd.CategoricalDtype) or pd.api.types.is_string_dtype(values):
        return values.astype("string").fillna("")
    return values
