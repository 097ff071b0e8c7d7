"""The header of a table, and the table that its columns make."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from cartcohort.errors import Problem, StudyDataError
from cartcohort.study.location import locate
from cartcohort.study.text_table import TextTable, tidy_cells


def check_header(header: Sequence[str], file: str) -> None:
    """Refuse a header without names, or with the same name twice.

    Raises
    ------
    StudyDataError
        Says which.
    """
    if not any(header):
        raise StudyDataError(Problem("The file has no header.", file, "The first row must hold the column names."))
    twice = [name for name, count in Counter(header).items() if count > 1 and name]
    if twice:
        what = "Two columns have the same name."
        raise StudyDataError(Problem(what, locate(file, (), twice), "Rename one of them."))


def make_table(
    file: str,
    header: Sequence[str],
    columns: Sequence[pd.Series],
    *,
    rows: np.ndarray | None = None,
    readings: Sequence[str] = (),
    labels: Mapping[str, str] | None = None,
) -> TextTable:
    """Make a table of its columns; those without a name, and rows without a cell, are passed over.

    Parameters
    ----------
    file : str
        Name of the file, for messages.
    header : sequence of str
        Name of each column, empty where it has none.
    columns : sequence of Series
        Categoricals of text.
    rows : ndarray of int, optional
        Row of each record; by default as in a CSV file, from row 2 on.
    readings : sequence of str
        How the file was read, for a reader.
    labels : mapping of str to str, optional
        What the file says of its columns, by their name.

    Raises
    ------
    StudyDataError
        If the header is none.
    """
    check_header(header, file)
    cells = pd.DataFrame({n: tidy_cells(column, {}) for n, column in zip(header, columns, strict=True) if n})
    rows = np.arange(len(cells)) + 2 if rows is None else rows
    said = (f"{file}: {', '.join(readings)}",) if readings else ()
    table = TextTable(file, cells, rows, readings=said, labels=dict(labels or {}))
    filled = _find_filled(cells)
    return table if filled.all() else table.take(filled)


def _find_filled(cells: pd.DataFrame) -> np.ndarray:
    """Return which records hold anything; mostly the first column shows that all do."""
    filled = np.zeros(len(cells), dtype=bool)
    for name in cells:
        filled |= cells[name].cat.codes.to_numpy() >= 0
        if filled.all():
            break
    return filled
