"""A table file as text: cells trimmed, columns by standard name, rows numbered as a spreadsheet shows them."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from cartcohort.study.location import locate

MISSING = ("", "NA", "N/A", "NaN", "nan", ".")
"""Cells that mean not recorded."""


@dataclass(frozen=True)
class TextTable:
    """The cells of one table as text.

    Attributes
    ----------
    file : str
        Name of the file, for messages.
    cells : DataFrame
        A Categorical of text for each column (so that each distinct text is converted once); missing cells are NaN.
    rows : ndarray of int
        Row number of each record in the file; the header is row 1.
    own_names : mapping of str to str
        Standard name to the file's own name, for the columns that the description renames.
    date_orders : mapping of str to str
        Order of the parts of dates by column, where the description tells it.
    readings : tuple of str
        How the file was read, where that had to be told from its content.
    labels : mapping of str to str
        What the file itself says of its columns, by their names in the file.
    """

    file: str
    cells: pd.DataFrame
    rows: np.ndarray
    own_names: Mapping[str, str] = field(default_factory=dict)
    date_orders: Mapping[str, str] = field(default_factory=dict)
    readings: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def own_labels(self) -> dict[str, str]:
        """Return what the file says of its columns, by their names inside the suite (of a time: as a day)."""
        names = {name: self.own_names.get(name, name) for name in self.cells}
        days = {own: f"{name[:-5]}_day" if name.endswith("_date") else name for name, own in names.items()}
        return {days[own]: label for own, label in self.labels.items() if own in days}

    def take(self, records: np.ndarray) -> TextTable:
        """Return the table with only these records (a mask or positions)."""
        return replace(self, cells=self.cells.iloc[records].reset_index(drop=True), rows=self.rows[records])

    def locate(self, records: np.ndarray, *columns: str) -> str:
        """Say in words where these records (a mask or positions) and columns are, by the file's own names."""
        names = dict.fromkeys(self.own_names.get(name, name) for name in columns)
        return locate(self.file, self.rows[records], [*names])


def tidy_cells(column: pd.Series, recode: Mapping[str, str]) -> pd.Series:
    """Trim and recode the distinct texts, and join those that have become equal."""
    if not recode and _are_tidy(column.cat.categories):
        return column
    texts = [str(text).strip() for text in column.cat.categories]
    texts = [recode.get(text, text) for text in texts]
    distinct = sorted({text for text in texts if text not in MISSING})
    position = {text: code for code, text in enumerate(distinct)}
    before = column.cat.codes.to_numpy()
    # The last one serves code -1, missing.
    codes = np.array([*(position.get(text, -1) for text in texts), -1], dtype=before.dtype)
    dtype = pd.CategoricalDtype(pd.Index(distinct, dtype=object))
    return pd.Series(pd.Categorical.from_codes(codes[before], dtype=dtype, validate=False), index=column.index)


def _are_tidy(texts: pd.Index) -> bool:
    """Say whether the distinct texts are as tidying would leave them; mostly so of keys, which are many."""
    if not texts.is_monotonic_increasing or not frozenset(MISSING).isdisjoint(texts):
        return False
    return all(map(operator.eq, texts, map(str.strip, map(str, texts))))
