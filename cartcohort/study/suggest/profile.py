"""What a column holds, as far as its distinct texts tell."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from cartcohort.study.mapping.date_texts import ORDERS, find_orders
from cartcohort.study.suggest.headers import Header, read_header
from cartcohort.study.text_table import TextTable

_LOOKED_AT = 2000
"""Distinct texts that are looked at, the first in alphabetical order."""


@dataclass(frozen=True, eq=False)
class Profile:
    """A column of a file.

    Attributes
    ----------
    name : str
        The file's own name.
    cells : Series
        Its Categorical of text, without unused categories.
    """

    name: str
    cells: pd.Series

    @cached_property
    def header(self) -> Header:
        """Return the name, taken apart."""
        return read_header(self.name)

    @cached_property
    def texts(self) -> list[str]:
        """Return the distinct texts, the first `_LOOKED_AT` of them."""
        return [str(text) for text in self.cells.cat.categories[:_LOOKED_AT]]

    @cached_property
    def counts(self) -> np.ndarray:
        """Return how many cells hold each of the texts."""
        codes = self.cells.cat.codes.to_numpy()
        return np.bincount(codes[codes >= 0], minlength=len(self.cells.cat.categories))[:_LOOKED_AT]

    @property
    def n(self) -> int:
        """Return the number of rows."""
        return len(self.cells)

    @cached_property
    def n_filled(self) -> int:
        """Return the number of cells that hold something."""
        return int(self.cells.notna().sum())

    @cached_property
    def numbers(self) -> np.ndarray:
        """Return the number that each text is, NaN where it is none."""
        numbers = np.asarray(pd.to_numeric(pd.Series(self.texts, dtype=object), errors="coerce"), dtype=float)
        return np.where(np.isfinite(numbers), numbers, np.nan)

    @cached_property
    def orders(self) -> list[frozenset[str]]:
        """Return the orders in which each text is a date."""
        return [find_orders(text) for text in self.texts]

    @cached_property
    def is_number(self) -> bool:
        """Return whether most cells are numbers."""
        return self._share(~np.isnan(self.numbers)) >= 0.8

    @cached_property
    def is_whole(self) -> bool:
        """Return whether all numbers are whole."""
        known = self.numbers[~np.isnan(self.numbers)]
        return bool((known == np.round(known)).all())

    @cached_property
    def is_date(self) -> bool:
        """Return whether most cells are dates in one and the same order."""
        if self.is_number and not all(len(text) == 8 for text in self.texts):
            return False
        return any(self._share(np.array([order in found for found in self.orders])) >= 0.8 for order in ORDERS)

    @property
    def is_unique(self) -> bool:
        """Return whether every cell is filled, each with another text."""
        return self.n_filled == self.n == len(self.cells.cat.categories)

    @property
    def filled(self) -> str:
        """Return such as `14 of 35 filled`."""
        return f"{self.n_filled} of {self.n} filled"

    def _share(self, mask: np.ndarray) -> float:
        total = self.counts.sum()
        return float(self.counts[mask].sum() / total) if total else 0.0


def profile_columns(text: TextTable) -> list[Profile]:
    """Return what each column of a table holds."""
    return [Profile(str(name), text.cells[name]) for name in text.cells]
