"""Typed values, as most formats hold them, to the text that a CSV file would hold for them."""

from __future__ import annotations

import datetime as dt
import decimal
import enum
import uuid
from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from cartcohort.errors import Problem, StudyDataError
from cartcohort.study.location import join_words, locate

_MOST_EXACT = 2**53
_PLAIN = (str, enum.Enum, uuid.UUID, dt.time, dt.timedelta)


class TextColumns:
    """Gathers the columns of one table as text, and what there is to say of them.

    A date is written as in ISO 8601, so is a time stamp, without its time of day; one with a time zone is kept whole,
    since its day depends on where one is. A whole number has no decimals, a truth is yes or no.

    Parameters
    ----------
    file : str
        Name of the file, for messages.

    Attributes
    ----------
    columns : list of Series
        Categoricals of text, the empty text where a cell is missing.
    """

    def __init__(self, file: str) -> None:
        self.file = file
        self.columns: list[pd.Series] = []
        self._clipped: list[str] = []
        self._unfit: list[str] = []

    def add(self, name: str, values: Sequence | np.ndarray | pd.Series) -> None:
        """Add a column of values."""
        if pd.api.types.infer_dtype(values, skipna=True).startswith("mixed"):
            # 1 and True are equal to Python, so that distinct values would be too few.
            self.add_coded(name, np.arange(len(values)), list(values))
        else:
            codes, distinct = pd.factorize(np.asarray(values), use_na_sentinel=True)
            self.add_coded(name, codes, distinct)

    def add_coded(self, name: str, codes: np.ndarray, distinct: Iterable) -> None:
        """Add a column by its distinct values and, for each record, the position among them; -1 is missing."""
        distinct = list(distinct)
        try:
            texts = [as_text(value) for value in distinct]
        except TypeError:
            texts = ["\0"]
        if any("\0" in text for text in texts):
            self._unfit.append(name)
            return
        if any(map(_has_time, distinct)):
            self._clipped.append(name)
        positions, unique = pd.factorize(np.array([*texts, ""], dtype=object))
        coded = pd.Categorical.from_codes(positions[np.asarray(codes)], categories=pd.Index(unique, dtype=object))
        self.columns.append(pd.Series(coded))

    def finish(self) -> tuple[str, ...]:
        """Return what is to be said of how the columns were read.

        Raises
        ------
        StudyDataError
            If columns hold what is neither text, number, truth nor date.
        """
        if self._unfit:
            what = "A column holds what is neither text, number, yes or no, nor date."
            remedy = "Leave it out of the table, or turn it into text."
            raise StudyDataError(Problem(what, locate(self.file, (), self._unfit), remedy))
        if self._clipped:
            return (f"without the time of day in {join_words(self._clipped)}",)
        return ()


def as_text(value: object) -> str:
    """Return the text that a CSV file would hold for a value, empty where it is missing.

    Raises
    ------
    TypeError
        For a value that is no text, number, truth, date or time.
    """
    if isinstance(value, _PLAIN):
        return str(value.value if isinstance(value, enum.Enum) else value)
    if value is None or value is pd.NaT or value is pd.NA:
        return ""
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, dt.date | np.datetime64):
        return _write_date(value)
    return _write_number(value)


def _write_date(value: dt.date | np.datetime64) -> str:
    if isinstance(value, np.datetime64):
        value = pd.Timestamp(value)
    if isinstance(value, dt.datetime):
        return value.isoformat() if value.tzinfo is not None else value.date().isoformat()
    return value.isoformat()


def _write_number(value: object) -> str:
    if isinstance(value, int | np.integer):
        return str(int(value))
    if isinstance(value, decimal.Decimal):
        return format(value.normalize(), "f") if value.is_finite() else as_text(float(value))
    if not isinstance(value, float | np.floating):
        raise TypeError
    if value != value:
        return ""
    if value.is_integer() and abs(value) < _MOST_EXACT:
        return str(int(value))
    return str(value) if isinstance(value, np.floating) else repr(value)


def _has_time(value: object) -> bool:
    if isinstance(value, np.datetime64):
        value = pd.Timestamp(value)
    if not isinstance(value, dt.datetime) or value is pd.NaT or value.tzinfo is not None:
        return False
    return value.time() != dt.time()
