"""Text to typed columns: each distinct text is converted once, and every bad cell is reported."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from cartcohort.errors import Problem, did_you_mean
from cartcohort.study.mapping.date_advice import tell_unread
from cartcohort.study.partial_dates import Dates, parse_dates
from cartcohort.study.schema import LONGEST_DAYS, YES_NO, Column
from cartcohort.study.synonyms import offer_line
from cartcohort.study.text_table import TextTable

_MOST_HINTS = 100
_DATE_PATTERN = r"[0-9]{4}-[0-9]{2}(-[0-9]{2})?"
FILL_IN_DAY = "Fill in the day, as 2023-02-28; only other dates may be known to the month or the year alone."


class ColumnReader:
    """Converts the columns of one table, gathering problems and the records in which a cell is bad.

    Attributes
    ----------
    table : TextTable
        The text.
    problems : list of Problem
        What is wrong so far.
    bad : ndarray of bool
        Records in which some cell could not be read; checks that compare cells pass over these.
    partial : dict of str to Dates
        The dates of each column in which some are known only to the month or the year.
    """

    def __init__(self, table: TextTable, problems: list[Problem]) -> None:
        self.table = table
        self.problems = problems
        self.bad = np.zeros(len(table.rows), dtype=bool)
        self.partial: dict[str, Dates] = {}

    def read(self, name: str, column: Column) -> pd.Series:
        """Convert the column of that name in the file as its declaration says; dates become datetime64."""
        kind = column.kind
        if kind == "time":
            kind = "date" if name.endswith("_date") else "day"
        if kind == "text":
            return _spread_text(self._cells(name))
        if column.levels:
            return self._read_category(name, column.levels)
        if kind == "category":
            return as_categorical(self._cells(name))
        if kind == "date":
            return self._read_dates(name, whole=column.kind == "date")
        if kind == "day":
            column = Column(name=name, kind="", label="", minimum=-LONGEST_DAYS, maximum=LONGEST_DAYS)
        return self._read_numbers(name, column, whole=kind in ("day", "whole number"))

    def read_extra(self, name: str, levels: Sequence[str] = ()) -> pd.Series:
        """Convert a column that the data dictionary does not know, by what all its cells are.

        Returns
        -------
        Series
            A Categorical where the cells are yes and no or `levels` are given; Int64 or float64 where all are
            numbers; datetime64 where the name ends in `_date` and all are dates, but not all years; else "string".
        """
        cells = self._cells(name)
        texts = cells.cat.categories
        if levels or (len(texts) and set(texts) <= set(YES_NO)):
            return as_categorical(cells, levels or YES_NO)
        if name.endswith("_date") and len(texts):
            dates = parse_dates(texts)
            if dates.middle.notna().all() and not texts.str.isdigit().all():
                return self._keep_dates(name, dates)
        numbers = _parse_numbers(texts)
        if not len(texts) or not np.isfinite(numbers).all():
            return _spread_text(cells)
        whole = (numbers == np.round(numbers)).all() and (np.abs(numbers) < 2**53).all()
        return pd.Series((_spread_whole if whole else _spread)(numbers, cells), index=cells.index)

    def _cells(self, name: str) -> pd.Series:
        return self.table.cells[name]

    def _read_category(self, name: str, levels: Sequence[str]) -> pd.Series:
        cells = self._cells(name)
        wrong = [text for text in cells.cat.categories if text not in levels]
        hints = {text: did_you_mean(text, levels) if len(wrong) <= _MOST_HINTS else "" for text in wrong}
        for hint in sorted(set(hints.values())):
            texts = [text for text in wrong if hints[text] == hint]
            what = f"`{name}` holds a value that is not in its list.{hint}"
            line = offer_line(name, levels, texts)
            remedy = f"Allowed: {', '.join(levels)}. Correct the cells, or map them with `values` in study.yaml"
            remedy += f", such as `values: {{subjects: {{{line}}}}}`." if line else "."
            self._report(what, name, cells.isin(texts).to_numpy(), remedy)
        return cells.cat.set_categories(list(levels), ordered=True)

    def _read_dates(self, name: str, *, whole: bool) -> pd.Series:
        """Convert dates; a column from which days are counted must hold them `whole`, to the day."""
        cells = self._cells(name)
        dates = parse_dates(cells.cat.categories)
        order = self.table.date_orders.get(name, "")
        for what, unread, remedy in tell_unread(cells.cat.categories, np.asarray(dates.middle.isna()), name, order):
            texts = cells.cat.categories[unread].str
            if texts.fullmatch(r"-?[0-9]{1,4}").any():
                remedy += f" Days from infusion belong in a column `{name.removesuffix('_date')}_day`."
            if texts.fullmatch(r"[1-9][0-9]{4}").any():
                remedy += (
                    " Numbers of five digits are how Excel, SAS and R count days: give the column a format of dates."
                )
            self._report(what, name, self._belonging(cells, unread), remedy)
        days = self._keep_dates(name, dates)
        if whole and name in self.partial:
            mask = self.partial[name].partial
            self._report(f"`{name}` lacks the day: days are counted from it.", name, mask, FILL_IN_DAY)
        return days

    def _keep_dates(self, name: str, dates: Dates) -> pd.Series:
        """Give each cell the date of its distinct text, and keep what it may stand for where some are partial."""
        cells = self._cells(name)
        if dates.partial.any():
            self.partial[name] = dates.spread(cells.cat.codes.to_numpy())
        return pd.Series(dates.middle.append(pd.DatetimeIndex([pd.NaT])).take(cells.cat.codes), index=cells.index)

    def _read_numbers(self, name: str, column: Column, *, whole: bool) -> pd.Series:
        cells = self._cells(name)
        numbers = _parse_numbers(cells.cat.categories)
        unread = ~np.isfinite(numbers) | (whole & (numbers != np.round(numbers)))
        noun = "whole number" if whole else "number"
        digits = "plain digits without decimals" if whole else "plain digits, with a decimal point,"
        remedy = f"Write {digits} and no unit, or leave the cell empty."
        if name.endswith("_day") and np.isfinite(numbers[unread]).any():
            remedy += " Weeks, months and years can be told under `units` in study.yaml."
        if name.endswith("_day") and cells.cat.categories[unread].str.fullmatch(_DATE_PATTERN).any():
            remedy += f" Dates belong in a column `{name.removesuffix('_day')}_date`."
        self._report(f"`{name}` holds a cell that is not a {noun}.", name, self._belonging(cells, unread), remedy)
        outside = ~unread & _outside(numbers, column)
        what = f"`{name}` lies outside its range."
        self._report(
            what, name, self._belonging(cells, outside), f"Allowed: {column.allowed} {column.unit}".strip() + "."
        )
        numbers = np.where(unread | outside, np.nan, numbers)
        spread = _spread_whole if whole else _spread
        return pd.Series(spread(numbers, cells), index=cells.index)

    @staticmethod
    def _belonging(cells: pd.Series, categories: np.ndarray) -> np.ndarray:
        """Return the mask of the cells whose distinct text is marked."""
        return np.append(categories, False)[cells.cat.codes]

    def _report(self, what: str, name: str, mask: np.ndarray, remedy: str) -> None:
        if mask.any():
            self.bad |= mask
            self.problems.append(Problem(what, self.table.locate(mask, name), remedy))


def as_categorical(values: pd.Series, levels: Sequence[str] = ()) -> pd.Series:
    """Return an ordered Categorical of text; levels in the given order, those not given alphabetically after them."""
    values = values.astype("category")
    found = sorted(str(level) for level in values.cat.categories if str(level) not in levels)
    values = values.cat.rename_categories([str(level) for level in values.cat.categories])
    return values.cat.set_categories([*levels, *found], ordered=True)


def empty_column(column: Column, n: int) -> pd.Series:
    """Return the column with n missing values, of the dtype it has when it is there."""
    if column.kind == "text":
        return pd.Series(pd.NA, index=range(n), dtype="string")
    if column.kind == "date":
        return pd.Series(pd.NaT, index=range(n), dtype="datetime64[ns]")
    if column.kind in ("time", "whole number"):
        return pd.Series(pd.NA, index=range(n), dtype="Int64")
    if column.kind == "number":
        return pd.Series(np.nan, index=range(n), dtype="float64")
    return pd.Series(pd.Categorical.from_codes(np.full(n, -1), categories=list(column.levels), ordered=True))


def _parse_numbers(texts: pd.Index) -> np.ndarray:
    return np.asarray(pd.to_numeric(texts, errors="coerce"), dtype=float)


def _outside(numbers: np.ndarray, column: Column) -> np.ndarray:
    outside = np.zeros(len(numbers), dtype=bool)
    if column.minimum is not None:
        outside |= numbers <= column.minimum if column.above_minimum else numbers < column.minimum
    if column.maximum is not None:
        outside |= numbers > column.maximum
    return outside


def _spread(converted: np.ndarray, cells: pd.Series) -> np.ndarray:
    """Give each cell the converted value of its distinct text; missing cells get NaN."""
    return np.append(converted, np.nan)[cells.cat.codes]


def _spread_whole(converted: np.ndarray, cells: pd.Series) -> pd.api.extensions.ExtensionArray:
    """Give each cell the converted whole number of its distinct text, as Int64; missing cells get NA."""
    codes = cells.cat.codes.to_numpy()
    missing = np.append(np.isnan(converted), True)
    whole = np.where(missing, 1, np.append(converted, 1)).astype("int64")
    return pd.arrays.IntegerArray(whole[codes], missing[codes])


def _spread_text(cells: pd.Series) -> pd.Series:
    """Return the cells as "string", checking each distinct text once; those of equal text share one object."""
    texts = pd.array(cells.cat.categories, dtype="string")
    return pd.Series(texts.take(cells.cat.codes.to_numpy(), allow_fill=True), index=cells.index)
