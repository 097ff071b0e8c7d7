"""What the rules of the doctor look at: the tables of one study, as text, as read, and in days."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from cartcohort.errors import Problem
from cartcohort.study.reading import Reading
from cartcohort.study.schema import TABLES
from cartcohort.study.timeline import find_subjects
from cartcohort.study.typed_table import TypedTable

Mask = pd.Series | np.ndarray


class Case:
    """The tables of one study, with the ways to look at them that rules share.

    Parameters
    ----------
    reading : Reading
        What was read; tables that could not be read are not there, cells that could not be are missing.
    """

    def __init__(self, reading: Reading) -> None:
        self.description = reading.description
        self.typed = reading.typed
        self.days = reading.days
        self.factors = reading.factors if "subjects" in reading.days else ()

    @property
    def subjects(self) -> pd.DataFrame:
        """Return the patients, times in days."""
        return self.days["subjects"]

    @property
    def subject_columns(self) -> frozenset[str]:
        """Return the columns of the dictionary that the file of the subjects holds, empty or not; times as days."""
        return self.typed["subjects"].documented

    def own(self, table: str, column: str) -> str:
        """Return the name under which the file holds a column: of a time, that of its date or of its day."""
        declared = TABLES[table].by_name.get(column)
        return self.typed[table].name_in_file(declared) if declared else column

    def quote(self, column: str) -> str:
        """Return that name of a column of the subjects, marked as one."""
        return f"`{self.own('subjects', column)}`"

    def note(
        self, table: str, what: str, mask: Mask, columns: tuple[str, ...] | str, remedy: str
    ) -> Iterator[Problem]:
        """Yield a finding, unless no record is marked; a record with a cell that cannot be read is passed over.

        Parameters
        ----------
        table : str
            Name of the table.
        what, remedy : str
            What is odd, and what to do.
        mask : array or Series of bool, one entry a record
            The records concerned; missing counts as not concerned.
        columns : str or tuple of str
            The columns concerned, times under their `_day` names.
        """
        marked = np.asarray(mask.fillna(False) if isinstance(mask, pd.Series) else mask, dtype=bool)
        yield from self.note_text(table, what, marked & ~self.typed[table].bad, columns, remedy)

    def note_text(
        self, table: str, what: str, marked: np.ndarray, columns: tuple[str, ...] | str, remedy: str
    ) -> Iterator[Problem]:
        """Yield a finding on cells as they are written, whether they can be read or not."""
        if marked.any():
            names = (columns,) if isinstance(columns, str) else columns
            where = self.typed[table].text.locate(marked, *(self.own(table, name) for name in names))
            yield Problem(what, where, remedy)

    def note_column(self, table: str, what: str, columns: tuple[str, ...] | str, remedy: str) -> Iterator[Problem]:
        """Yield a finding that concerns whole columns."""
        names = (columns,) if isinstance(columns, str) else columns
        nowhere = np.zeros(len(self.typed[table].text.rows), dtype=bool)
        yield Problem(
            what, self.typed[table].text.locate(nowhere, *(self.own(table, name) for name in names)), remedy
        )

    def of_subject(self, table: str, *columns: str) -> pd.DataFrame:
        """Return columns of the subjects for each record of a table of events; missing where there is no patient."""
        position = find_subjects(self.typed[table], self.subjects["subject_id"])
        known = self.subjects[list(columns)].reset_index(drop=True).reindex(np.arange(len(self.subjects) + 1))
        return known.take(position).reset_index(drop=True)


def spread(marked: np.ndarray, cells: pd.Series) -> np.ndarray:
    """Return the mask of the cells whose distinct text is marked; missing cells are not."""
    return np.append(marked, False)[cells.cat.codes]


def numbers_of(table: TypedTable, name: str) -> np.ndarray:
    """Return the numbers in a column of a file as it is written, those out of range too; NaN for all else."""
    cells = table.text.cells[name]
    numbers = np.asarray(pd.to_numeric(cells.cat.categories, errors="coerce"), dtype=float)
    return np.append(np.where(np.isfinite(numbers), numbers, np.nan), np.nan)[cells.cat.codes]
