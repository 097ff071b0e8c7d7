"""Logic that must hold in the subjects table; each breach with its rows, columns and remedy, all at once."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from cartcohort.errors import Problem
from cartcohort.study.grading.responses import may_be_remission
from cartcohort.study.schema import COMPLETE_REMISSIONS, LONGEST_DAYS, SUBJECTS
from cartcohort.study.typed_table import TypedTable

_TIMES = {column.name: column for column in SUBJECTS.columns if column.kind == "time"}
_CORRECT = "Correct them, or leave a cell empty where the day is not known."


class SubjectChecks:
    """Checks on the subjects, each of which appends its breaches to `problems`.

    Parameters
    ----------
    table : TypedTable
        The table as read, for names, rows, and records to pass over since a cell could not be read.
    days : DataFrame
        The same records with all columns of the dictionary, times in days.
    problems : list of Problem
        Gathers what is wrong.
    """

    def __init__(self, table: TypedTable, days: pd.DataFrame, problems: list[Problem]) -> None:
        self.table = table
        self.days = days
        self.problems = problems

    def run(self, cutoff: dt.date | None) -> None:
        """Run all checks; `cutoff` is the study's own cut-off in a study with dates."""
        self._check_unique()
        self._check_followed()
        self._check_order("death_day", "nothing can follow the death")
        self._check_order("last_contact_day", "it is the last day known alive, so no event may lie after it")
        self._check_not_before_infusion()
        self._check_distance()
        self._check_enrollment()
        self._check_relapse()
        self._check_death_cause()
        if cutoff is not None:
            self._check_cutoff(cutoff)

    def _report(self, what: str, mask: pd.Series | np.ndarray, columns: tuple[str, ...], remedy: str) -> None:
        mask = np.asarray(pd.Series(mask).fillna(False), dtype=bool) & ~self.table.bad
        if mask.any():
            self.problems.append(Problem(what, self.table.text.locate(mask, *map(self._name, columns)), remedy))

    def _name(self, name: str) -> str:
        return self.table.name_in_file(_TIMES[name]) if name in _TIMES else name

    def _check_unique(self) -> None:
        twice = self.days["subject_id"].duplicated(keep=False) & self.days["subject_id"].notna()
        remedy = "Give each patient one row."
        self._report("`subject_id` must be unique.", twice, ("subject_id",), remedy)

    def _check_followed(self) -> None:
        lost = self.days["death_day"].isna() & self.days["last_contact_day"].isna()
        death, contact = self._name("death_day"), self._name("last_contact_day")
        what = f"`{death}` and `{contact}` must not both be empty."
        remedy = "Fill in the last day on which the patient was known to be alive."
        self._report(what, lost, ("death_day", "last_contact_day"), remedy)

    def _check_order(self, last: str, reason: str) -> None:
        """Check that no other time of the patient lies after the last one, which is a death or a last contact."""
        end = self.days[last]
        if last == "last_contact_day":
            end = end.where(self.days["death_day"].isna())
        for name in _TIMES:
            if name not in ("death_day", last):
                what = f"`{self._name(name)}` must not be after `{self._name(last)}`: {reason}."
                self._report(what, self.days[name] > end, (name, last), _CORRECT)

    def _check_not_before_infusion(self) -> None:
        for name, column in _TIMES.items():
            if not column.before_infusion:
                what = f"`{self._name(name)}` must not be before the first infusion."
                self._report(what, self.days[name] < 0, (name,), _CORRECT)

    def _check_distance(self) -> None:
        for name in _TIMES:
            what = f"`{self._name(name)}` lies more than a hundred years from the first infusion."
            far = self.days[name].abs() > LONGEST_DAYS
            self._report(what, far, (name, "infusion_date"), "Correct the year of one or the other.")

    def _check_enrollment(self) -> None:
        what = f"`{self._name('enrollment_day')}` must not be after the first infusion."
        self._report(what, self.days["enrollment_day"] > 0, ("enrollment_day",), _CORRECT)

    def _check_relapse(self) -> None:
        response, relapse = self.days["best_response"], self.days["relapse_day"]
        known = "best_response" in self.table.columns
        outside = relapse.notna() & ~response.isin(COMPLETE_REMISSIONS) & ~may_be_remission(self.days) & known
        what = f"`{self._name('relapse_day')}` is for patients whose `best_response` is CR or CRi."
        remedy = "Correct the response, or use progression where there was no complete remission."
        self._report(what, outside, ("relapse_day", "best_response"), remedy)
        what = f"`{self._name('relapse_day')}` must be after `{self._name('response_day')}`."
        self._report(what, relapse <= self.days["response_day"], ("relapse_day", "response_day"), _CORRECT)

    def _check_death_cause(self) -> None:
        alive = self.days["death_cause"].notna() & self.days["death_day"].isna()
        what = f"`death_cause` is given where `{self._name('death_day')}` is empty."
        remedy = "Fill in the death, or leave the cause empty."
        self._report(what, alive, ("death_cause", "death_day"), remedy)

    def _check_cutoff(self, cutoff: dt.date) -> None:
        infusion = self.days["infusion_date"]
        late = infusion > pd.Timestamp(cutoff)
        remedy = "Correct them, or correct `data_cutoff_date` in study.yaml."
        self._report("`infusion_date` must not be after `data_cutoff_date`.", late, ("infusion_date",), remedy)
        for name in _TIMES:
            what = f"`{self._name(name)}` must not be after `data_cutoff_date`."
            self._report(what, ~late & (self.days[name] > self.days["data_cutoff_day"]), (name,), remedy)
