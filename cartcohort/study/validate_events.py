"""Logic that must hold in the tables of events: adverse events and assessments."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cartcohort.errors import Problem
from cartcohort.study.timeline import find_subjects
from cartcohort.study.typed_table import TypedTable

_CORRECT = "Correct them, here or in the subjects table."
_AFTER_INFUSION_ONLY = ("CRS", "ICANS")
_OF_SUBJECT = ["death_day", "data_cutoff_day", "death_cause"]
"""What the checks need to know of each event's patient."""


class EventChecks:
    """Checks on a table of events against the subjects, each of which appends its breaches to `problems`.

    Parameters
    ----------
    table : TypedTable
        The table as read, for names, rows, and records to pass over since a cell could not be read.
    days : DataFrame
        The same records with all columns of the dictionary, times in days.
    subjects : DataFrame
        The subjects, one row for each `subject_id`.
    problems : list of Problem
        Gathers what is wrong.
    """

    def __init__(
        self, table: TypedTable, days: pd.DataFrame, subjects: pd.DataFrame, problems: list[Problem]
    ) -> None:
        self.table = table
        self.days = days
        self.problems = problems
        position = find_subjects(table, subjects["subject_id"])
        self.known = pd.Series(position >= 0)
        # A row of missing values at the end serves who is not found.
        known = subjects[_OF_SUBJECT].reset_index(drop=True).reindex(np.arange(len(subjects) + 1))
        self.subject = known.take(position).reset_index(drop=True)

    def run_adverse_events(self) -> None:
        """Run the checks of the table of adverse events."""
        self._check_subjects()
        self._check_times("onset_day", "resolution_day")
        resolution, onset = self._name("resolution_day"), self._name("onset_day")
        backwards = self.days["resolution_day"] < self.days["onset_day"]
        self._report(
            f"`{resolution}` must not be before `{onset}`.", backwards, ("onset_day", "resolution_day"), _CORRECT
        )
        early = self.days["term"].isin(_AFTER_INFUSION_ONLY) & (self.days["onset_day"] < 0)
        self._report(f"`{onset}` of CRS and ICANS must not be before infusion.", early, ("onset_day",), _CORRECT)
        self._check_fatal()

    def run_assessments(self) -> None:
        """Run the checks of the table of assessments."""
        self._check_subjects()
        self._check_times("assessment_day")
        undated = self.table.columns[self._name("assessment_day")].isna()
        what = f"`{self._name('assessment_day')}` is empty."
        self._report(what, undated, ("assessment_day",), "Fill it in, or delete the row.")

    def _report(self, what: str, mask: pd.Series, columns: tuple[str, ...], remedy: str) -> None:
        mask = np.asarray(mask.fillna(False), dtype=bool) & ~self.table.bad
        if mask.any():
            self.problems.append(Problem(what, self.table.text.locate(mask, *map(self._name, columns)), remedy))

    def _name(self, name: str) -> str:
        column = self.table.schema.by_name.get(name)
        return self.table.name_in_file(column) if column else name

    def _check_subjects(self) -> None:
        what = "`subject_id` names a patient who is not in the subjects table."
        self._report(what, ~self.known, ("subject_id",), "Correct it, or add the patient to the subjects table.")

    def _check_times(self, *names: str) -> None:
        for name in names:
            own = self._name(name)
            after_death = self.days[name] > self.subject["death_day"]
            self._report(f"`{own}` must not be after the patient's death.", after_death, (name,), _CORRECT)
            late = self.days[name] > self.subject["data_cutoff_day"]
            self._report(f"`{own}` must not be after `data_cutoff_date`.", late, (name,), _CORRECT)

    def _check_fatal(self) -> None:
        fatal = (self.days["grade"] == 5).fillna(False)
        alive = fatal & self.known & self.subject["death_day"].isna()
        remedy = "Correct the grade, or fill in the death in the subjects table."
        self._report("Grade 5 is for the fatal event, but the patient is alive.", alive, ("grade",), remedy)
        other = fatal & (self.subject["death_cause"] == "disease").fillna(False)
        remedy = "Correct the grade, or `death_cause` in the subjects table."
        self._report(
            "Grade 5 is for the fatal event, but the patient died of the disease.", other, ("grade",), remedy
        )
        over = fatal & (self.days["resolution_day"] < self.subject["death_day"])
        remedy = "Correct the grade, or leave the resolution empty."
        what = "Grade 5 is for the fatal event, but the event was over before the death."
        self._report(what, over, ("grade", "resolution_day"), remedy)
        repeated = fatal & self.days["subject_id"].where(fatal).duplicated(keep=False)
        what = "Grade 5 is for the fatal event, but a patient has more than one."
        self._report(what, repeated, ("grade",), "Keep grade 5 for the event that the patient died of.")
