"""Cells of ADaM tables: dates however they are held, the days of ADaM, columns joined over tables."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from cartcohort.errors import Problem
from cartcohort.study.partial_dates import parse_dates
from cartcohort.study.text_table import TextTable, tidy_cells

_ISO = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})([T ].*)?")
_SAS_TEXT = re.compile(r"[0-9]{2}[A-Za-z]{3}[0-9]{4}(:.*)?")
_SAS_NUMBER = re.compile(r"[0-9]{5}(\.0*)?")
_ZERO = re.compile(r"[+-]?0+(\.0*)?")
_SAS_EPOCH = dt.date(1960, 1, 1)


def as_iso(cells: pd.Series) -> pd.Series:
    """Return dates as ISO text: of ISO times the day, of SAS the date that a number of five digits or DDMMMYYYY is.

    Anything else is left as it is, to be told of where the column is read.
    """
    return convert(cells, _as_iso)


def is_date(cells: pd.Series) -> bool:
    """Whether a column holds dates only, and any."""
    texts = as_iso(cells).cat.categories
    return len(texts) > 0 and all(_ISO.fullmatch(text) for text in texts)


def read_elapsed(table: TextTable, name: str, problems: list[Problem]) -> pd.Series:
    """Return relative days of ADaM as days elapsed: day 1 is day 0, day -1 the day before; a day 0 is reported."""
    cells = table.cells[name]
    zero = cells.isin([text for text in cells.cat.categories if _ZERO.fullmatch(text)]).to_numpy()
    if zero.any():
        what = f"`{name}` holds a day 0, which ADaM does not know."
        remedy = "Days of ADaM count from 1, and the day before is -1: count them so, or give dates."
        problems.append(Problem(what, table.locate(zero, name), remedy))
    return convert(cells, _as_elapsed)


def convert(cells: pd.Series, change: Callable[[str], str]) -> pd.Series:
    """Return a column of text with each distinct text changed; an empty one is missing."""
    return tidy_cells(cells, {text: change(text) for text in cells.cat.categories})


def first_filled(columns: Sequence[pd.Series]) -> pd.Series:
    """Return for each record the first of several columns of text that is filled."""
    joined = columns[0].astype(object)
    for column in columns[1:]:
        joined = joined.where(joined.notna(), column.astype(object))
    return as_text(joined)


def as_text(values: pd.Series) -> pd.Series:
    """Return text as a column of a `TextTable` holds it."""
    return tidy_cells(values.astype(object).where(values.notna(), "").astype("category"), {})


def no_text(n: int) -> pd.Series:
    """Return an empty column of text."""
    return as_text(pd.Series([""] * n, dtype=object))


def first_records(ids: pd.Series, rows: np.ndarray, subject_ids: pd.Series) -> np.ndarray:
    """Return for each subject the position of the first of some records that is theirs; -1 where there is none.

    Parameters
    ----------
    ids : Series
        Subject of each record.
    rows : ndarray of bool
        The records to look among.
    subject_ids : Series
        The subjects.
    """
    position = pd.Series(np.flatnonzero(rows), index=ids[rows].astype(object))
    position = position[~position.index.duplicated()]
    return position.reindex(subject_ids.astype(object)).fillna(-1).to_numpy(dtype="int64")


def earliest_records(ids: pd.Series, rows: np.ndarray, subject_ids: pd.Series, times: pd.Series) -> np.ndarray:
    """Return for each subject the position of the earliest of some records; -1 where there is none.

    A record without a time comes last. One whose time cannot be read comes first, so that it is told.

    Parameters
    ----------
    ids, rows, subject_ids
        As of `first_records`.
    times : Series
        ISO dates, of which one known only to its month or year lies in the middle of that, or days, of each record.
    """
    order = np.argsort(np.append(_read_times(times.cat.categories), np.inf)[times.cat.codes], kind="stable")
    found = first_records(ids.iloc[order], rows[order], subject_ids)
    return np.where(found < 0, -1, order[found])


def _read_times(texts: pd.Index) -> np.ndarray:
    """Return times as numbers that are in their order; `texts` are dates where one of them is."""
    dates = parse_dates(texts).middle
    if any(_ISO.fullmatch(text) for text in texts):
        return np.where(dates.isna(), -np.inf, dates.to_numpy().astype("datetime64[D]").astype(float))
    return pd.to_numeric(pd.Series(texts, dtype=object), errors="coerce").fillna(-np.inf).to_numpy(dtype=float)


def take(cells: pd.Series, positions: np.ndarray) -> pd.Series:
    """Return the cells at some positions, an empty one for -1."""
    codes = np.append(cells.cat.codes.to_numpy(), -1)[positions]
    return pd.Series(pd.Categorical.from_codes(codes, dtype=cells.dtype))


def keep_records(table: TextTable, rows: np.ndarray) -> TextTable:
    """Return a table with only some of its records, which keep their row numbers."""
    return replace(table, cells=table.cells[rows].reset_index(drop=True), rows=table.rows[rows])


def _as_iso(text: str) -> str:
    iso = _ISO.fullmatch(text)
    if iso:
        return iso[1]
    if _SAS_NUMBER.fullmatch(text):
        return (_SAS_EPOCH + dt.timedelta(days=int(text[:5]))).isoformat()
    if _SAS_TEXT.fullmatch(text):
        try:
            return dt.datetime.strptime(text[:9].title(), "%d%b%Y").date().isoformat()
        except ValueError:
            return text
    return text


def _as_elapsed(text: str) -> str:
    if not re.fullmatch(r"-?[1-9][0-9]*(\.0+)?", text):
        return text
    day = int(text.partition(".")[0])
    return str(day - 1 if day > 0 else day)
