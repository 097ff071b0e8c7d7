"""Checks on an ADaM package, which nobody is free to correct: a cell that does not fit is told, and not used.

What decides who is a patient, who died and how long each was followed stays an error.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from cartcohort.errors import Problem
from cartcohort.study.typed_table import TypedTable
from cartcohort.study.validate import SubjectChecks
from cartcohort.study.validate_events import EventChecks

_DECISIVE = ("subject_id", "infusion_date", "death_day", "last_contact_day")
_UNUSED = "The cell is not used."


class TolerantSubjectChecks(SubjectChecks):
    """The checks on the subjects; a time that does not fit is emptied in `days`, and told in `warnings`."""

    def __init__(
        self, table: TypedTable, days: pd.DataFrame, problems: list[Problem], warnings: list[Problem]
    ) -> None:
        super().__init__(table, days, problems)
        self.warnings = warnings

    def _report(self, what: str, mask: pd.Series | np.ndarray, columns: tuple[str, ...], remedy: str) -> None:
        if columns[0] in _DECISIVE:
            super()._report(what, mask, columns, remedy)
            return
        mask = np.asarray(pd.Series(mask).fillna(False), dtype=bool) & ~self.table.bad
        if mask.any():
            where = self.table.text.locate(mask, *map(self._name, columns))
            self.warnings.append(Problem(what, where, _UNUSED))
            self.days[columns[0]] = self.days[columns[0]].mask(mask)


class TolerantEventChecks(EventChecks):
    """The checks on events; a day that does not fit is emptied in `days`, and told in `warnings`."""

    def __init__(
        self,
        table: TypedTable,
        days: pd.DataFrame,
        subjects: pd.DataFrame,
        problems: list[Problem],
        warnings: list[Problem],
    ) -> None:
        super().__init__(table, days, subjects, problems)
        self.warnings = warnings

    def _report(self, what: str, mask: pd.Series, columns: tuple[str, ...], remedy: str) -> None:
        if columns[0] == "subject_id":
            super()._report(what, mask, columns, remedy)
            return
        mask = np.asarray(mask.fillna(False), dtype=bool) & ~self.table.bad
        if mask.any():
            where = self.table.text.locate(mask, *map(self._name, columns))
            unused = _unused(columns)
            self.warnings.append(Problem(what, where, _UNUSED if unused else "It is used as it is."))
            if unused:
                self.days[unused] = self.days[unused].mask(mask)


def _unused(columns: tuple[str, ...]) -> str:
    """Return the column of days that is given up; empty where it is a grade that does not fit."""
    days: Mapping[str, str] = {"onset_day": columns[-1], "resolution_day": "resolution_day"}
    return days.get(columns[0], "")
