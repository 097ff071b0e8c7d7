"""Text tables to typed ones: the columns of the data dictionary, every time as whole days from first infusion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from cartcohort.errors import Problem, did_you_mean
from cartcohort.study.cells import ColumnReader, empty_column
from cartcohort.study.location import join_words, locate
from cartcohort.study.partial_dates import Dates
from cartcohort.study.schema import RESERVED, SUBJECTS, Column, Table
from cartcohort.study.text_table import TextTable


@dataclass(frozen=True)
class TypedTable:
    """A table with typed columns.

    Attributes
    ----------
    schema : Table
        Its declaration.
    text : TextTable
        The text that it comes from, for messages.
    columns : mapping of str to Series
        Under the file's (standard) names; times are still dates or days as the file holds them.
    bad : ndarray of bool
        Records in which some cell could not be read.
    complete : bool
        Whether all required columns are there.
    partial : mapping of str to Dates
        By name in the file: the dates of a column in which some are known only to the month or the year.
    """

    schema: Table
    text: TextTable
    columns: Mapping[str, pd.Series]
    bad: np.ndarray
    complete: bool
    partial: Mapping[str, Dates] = field(default_factory=dict)

    @property
    def dates(self) -> list[str]:
        """Return the names of the dictionary's times that the file holds as dates."""
        known = self.schema.by_name
        return [
            name for name in self.columns if name in known and known[name].kind == "time" and name.endswith("_date")
        ]

    @property
    def documented(self) -> frozenset[str]:
        """Return the names, times as days, of the dictionary's columns that the file holds, empty or not."""
        return frozenset(column.name for column in self.schema.columns if self.name_in_file(column) in self.columns)

    def name_in_file(self, column: Column) -> str:
        """Return the standard name under which the file holds the column (of a time: as a date or as a day).

        A time that it does not hold has the name that it would have beside those it does.
        """
        absent = column.names[0] if self.dates and column.kind == "time" else column.name
        return next((name for name in column.names if name in self.columns), absent)


def read_typed_table(
    text: TextTable, schema: Table, levels: Mapping[str, Sequence[str]], problems: list[Problem]
) -> TypedTable:
    """Convert all columns of a table; what is wrong is appended to `problems`.

    Parameters
    ----------
    text : TextTable
        With standard column names.
    schema : Table
        Declaration of the table.
    levels : mapping of str to sequence of str
        Order of levels by column, as the description gives it.
    problems : list of Problem
        Gathers what is wrong.
    """
    complete = _check_required(text, schema, problems)
    complete &= _check_single_form(text, schema, problems)
    _check_reserved(text, schema, problems)
    reader, known = ColumnReader(text, problems), schema.by_name
    columns = {
        name: reader.read(name, known[name]) if name in known else reader.read_extra(name, levels.get(name, ()))
        for name in text.cells
    }
    for column in schema.columns:
        if column.required and column.kind == "text" and column.name in columns:
            _check_filled(text, column.name, reader, problems)
    return TypedTable(schema, text, columns, reader.bad, complete, reader.partial)


def _check_required(text: TextTable, schema: Table, problems: list[Problem]) -> bool:
    unknown = [name for name in text.cells if name not in schema.by_name]
    required = [column for column in schema.columns if column.required]
    missing = [column for column in required if not any(name in text.cells for name in column.names)]
    names = [" or ".join(f"`{name}`" for name in column.names) for column in missing]
    hints = [_find_similar(column, unknown) for column in missing]
    if len(missing) > 1 and missing == required and not any(hints):
        what = f"The first row holds none of the columns that must be there: {', '.join(names)}."
        remedy = (
            "Put the column names into the first row, or say under `columns` in study.yaml what the file calls them."
        )
        problems.append(Problem(what, text.file, remedy))
        return False
    for name, hint in zip(names, hints, strict=True):
        remedy = "Add it, or say under `columns` in study.yaml what the file calls it."
        problems.append(Problem(f"The column {name} is missing.{hint}", text.file, remedy))
    return not missing


def _find_similar(column: Column, unknown: Sequence[str]) -> str:
    hints = (did_you_mean(name, unknown) for name in reversed(column.names))
    return next((hint for hint in hints if hint), "")


def _check_single_form(text: TextTable, schema: Table, problems: list[Problem]) -> bool:
    doubles = [name for name in text.cells if name.endswith("_date") and f"{name[:-5]}_day" in text.cells]
    for name in doubles:
        both = [name, f"{name[:-5]}_day"]
        what = f"The same time is given twice, as {join_words([f'`{one}`' for one in both])}."
        problems.append(Problem(what, locate(text.file, (), both), "Keep one of the two columns."))
    return not doubles


def _check_reserved(text: TextTable, schema: Table, problems: list[Problem]) -> None:
    reserved = [name for name in text.cells if name in RESERVED] if schema is SUBJECTS else []
    for name in reserved:
        what = f"`{name}` is a name that the suite gives itself."
        problems.append(Problem(what, locate(text.file, (), name), "Give the column another name."))


def _check_filled(text: TextTable, name: str, reader: ColumnReader, problems: list[Problem]) -> None:
    empty = text.cells[name].isna().to_numpy()
    if empty.any():
        reader.bad |= empty
        problems.append(Problem(f"`{name}` is empty.", text.locate(empty, name), "Fill it in, or delete the row."))


def to_days(table: TypedTable, day_zero: pd.Series | None) -> pd.DataFrame:
    """Return the table with all dictionary columns, then its further ones, dates turned to days.

    Parameters
    ----------
    table : TypedTable
        As read.
    day_zero : Series of datetime64, aligned with the table, or None
        Date from which each record's days count; None where the study has no dates, and dates stay missing.
    """
    n = len(table.text.rows)
    frame = {}
    for column in table.schema.columns:
        name = table.name_in_file(column)
        if name not in table.columns:
            frame[column.name] = empty_column(column, n)
        elif name == column.name:
            frame[column.name] = table.columns[name]
        else:
            frame[column.name] = _count_days(table.columns[name], day_zero)
    for name, values in table.columns.items():
        if name in table.schema.by_name:
            continue
        if name.endswith("_date") and values.dtype.kind == "M" and day_zero is not None:
            name, values = f"{name[:-5]}_day", _count_days(values, day_zero)
        frame[name] = values
    return pd.DataFrame(frame)


def _count_days(dates: pd.Series, day_zero: pd.Series | None) -> pd.Series:
    if day_zero is None:
        return pd.Series([pd.NA] * len(dates), dtype="Int64")
    days = (dates - day_zero).to_numpy().astype("timedelta64[D]")
    missing = np.isnat(days)
    return pd.Series(pd.arrays.IntegerArray(np.where(missing, 1, days.astype("int64")), missing), index=dates.index)
