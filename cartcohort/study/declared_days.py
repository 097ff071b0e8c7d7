"""The days of the subjects that an endpoint of a study's own can name, and whether they fit together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from cartcohort.errors import Problem, did_you_mean
from cartcohort.study.description import FILE
from cartcohort.study.endpoint_definitions import FIRST_RESPONSE
from cartcohort.study.ends import as_float
from cartcohort.study.own_endpoints import BY_RESPONSE, OwnEndpoint
from cartcohort.study.schema import LONGEST_DAYS, SUBJECTS
from cartcohort.study.typed_table import TypedTable

_TIMES = {column.name: column for column in SUBJECTS.columns if column.kind == "time"}
_NO_ENDS = ("enrollment_day", "last_contact_day")
_WHOLE = (
    "Write plain digits without decimals and no unit, or leave the cell empty. Weeks, months and years can be told "
    "under `units` in study.yaml."
)
_RANGE = f"Allowed: from {-LONGEST_DAYS} to {LONGEST_DAYS} days."
_CORRECT = "Correct them, or leave a cell empty where the day is not known."


def as_day(name: str) -> str:
    """Return the column of days that a name stands for, which may end in `_day` or `_date`."""
    return f"{name.removesuffix('_date').removesuffix('_day')}_day"


class OfSubjects:
    """The days of the subjects, by the names that a declaration gives them.

    Parameters
    ----------
    table : TypedTable
        As read, for names and rows.
    days : DataFrame
        The same in days. Recorded times are added to `columns`.
    labels : mapping of str to str
        Words for a reader, by column.
    """

    def __init__(self, table: TypedTable, days: pd.DataFrame, labels: Mapping[str, str]) -> None:
        self.table = table
        self.days = days
        self.labels = labels
        self.columns: dict[str, pd.Series] = {}
        own = (n for n in days if n.endswith("_day") and n not in _TIMES and n != "data_cutoff_day")
        known = [name for name in _TIMES if name in table.documented]
        self.known = [*known, *(name for name in own if pd.api.types.is_numeric_dtype(days[name]))]

    @property
    def bare_names(self) -> list[str]:
        """Return what can be named, without the `_day`."""
        return [name.removesuffix("_day") for name in self.known]

    @property
    def has_responses(self) -> bool:
        """Whether the file holds the best response."""
        return "best_response" in self.table.documented

    def has(self, column: str) -> bool:
        """Whether the file holds a column."""
        return column in self.table.columns

    def find(self, name: str, *, ends: bool = False) -> str | None:
        """Return the column of days that a name stands for, with or without `_day` or `_date`; None for no column.

        Last contact and enrolment are no `ends` of a time.
        """
        column = as_day(name)
        return column if column in self.known and not (ends and column in _NO_ENDS) else None

    def say(self, column: str) -> str:
        """Return what a column of days is, in words within a sentence."""
        if column in BY_RESPONSE:
            return "non-response"
        label = self.labels[column]
        return label[:1].lower() + label[1:] if label[1:2].islower() else label

    def say_origin(self, column: str) -> str:
        """Return what a column of days as origin is, in words."""
        return FIRST_RESPONSE if column == "response_day" else self.say(column)

    def name_in_file(self, column: str) -> str:
        """Return a column by the standard name under which the file holds it."""
        if column in _TIMES:
            return self.table.name_in_file(_TIMES[column])
        date = f"{column.removesuffix('_day')}_date"
        return date if date in self.table.columns else column

    def check(self, endpoint: OwnEndpoint, problems: list[Problem]) -> None:
        """Check that days are whole and within the follow-up, as those of the dictionary are in any study."""
        self._check_whole(endpoint, problems)
        dead = self.days["death_day"].notna()
        for column in self._own_days(endpoint):
            for last, end in {
                "death_day": self.days["death_day"],
                "last_contact_day": self.days["last_contact_day"].mask(dead),
            }.items():
                self._report_later(endpoint.name, column, last, end, problems)

    @staticmethod
    def _own_days(endpoint: OwnEndpoint) -> list[str]:
        """Return the columns of days beyond the dictionary's that an endpoint names."""
        named = [*endpoint.events, *endpoint.competing, *endpoint.censors]
        named += [endpoint.origin] if endpoint.origin not in ("", "infusion", "enrollment") else []
        return [column for column in dict.fromkeys(named) if column not in _TIMES and column not in BY_RESPONSE]

    def _check_whole(self, endpoint: OwnEndpoint, problems: list[Problem]) -> None:
        for column in self._own_days(endpoint):
            if not self.has(column):  # dates, which are days whatever they are
                continue
            days = as_float(self.days[column])
            broken = (days != np.round(days)) & ~np.isnan(days)
            why = f": it ends or begins the times of `endpoints: {endpoint.name}`."
            what = f"`{column}` holds a cell that is not a whole number{why}"
            self._report_rows(what, broken, (column,), _WHOLE, problems)
            what = f"`{column}` lies outside its range{why}"
            self._report_rows(what, ~broken & (np.abs(days) > LONGEST_DAYS), (column,), _RANGE, problems)

    def _report_later(self, name: str, column: str, last: str, end: pd.Series, problems: list[Problem]) -> None:
        later = (self.days[column] > end).fillna(False).to_numpy(dtype=bool) & ~self.table.bad
        if later.any():
            names = [self.name_in_file(one) for one in (column, last)]
            what = f"`{names[0]}` must not be after `{names[1]}`: it ends or begins the times of `endpoints: {name}`."
            problems.append(Problem(what, self.table.text.locate(later, *names), _CORRECT))

    def record(self, endpoint: OwnEndpoint, time: str, status: str, problems: list[Problem]) -> OwnEndpoint:
        """Return the endpoint whose times and status the file holds; its days are added to `columns`."""
        for key, column in {"time": time, "status": status}.items():
            if column not in self.days:
                what = (
                    f"`endpoints: {endpoint.name}: {key}` names `{column}`, which is no column of the subjects table."
                )
                hint = did_you_mean(column, self.table.columns)
                problems.append(Problem(what + hint, FILE, "Use a column of the file, by its standard name."))
        if problems:
            return endpoint
        one_missing = (self.days[time].isna() != self.days[status].isna()).to_numpy()
        days, event = self._read_times(endpoint.name, time, problems), self._read_status(status, problems)
        self._report_rows(
            f"`{time}` and `{status}` must be given together.", one_missing, (time, status), _TOGETHER, problems
        )
        self._check_whole(endpoint, problems)
        return endpoint if problems else add_record(self, endpoint, self.start_of(endpoint), days, event == 1)

    def start_of(self, endpoint: OwnEndpoint) -> np.ndarray:
        """Return the day of time zero of each patient, NaN where it is not known."""
        if endpoint.origin in ("", "infusion"):
            return np.zeros(len(self.days))
        return as_float(self.days["enrollment_day" if endpoint.origin == "enrollment" else endpoint.origin])

    def _read_times(self, name: str, column: str, problems: list[Problem]) -> np.ndarray:
        values = self.days[column]
        if not pd.api.types.is_numeric_dtype(values):
            self._report_rows(
                f"`endpoints: {name}: time` names `{column}`, which holds no numbers.",
                np.ones(len(values), dtype=bool), (column,), "Give whole days.", problems,
            )  # fmt: skip
            return np.full(len(values), np.nan)
        days = as_float(values)
        wrong = (days != np.round(days)) & ~np.isnan(days) | (days < 0) | (days > LONGEST_DAYS)
        remedy = f"Give the time from its origin in days, from 0 to {LONGEST_DAYS}."
        self._report_rows(
            f"`{column}` holds a time that is no number of whole days.", wrong, (column,), remedy, problems
        )
        return days

    def _read_status(self, column: str, problems: list[Problem]) -> np.ndarray:
        values = self.days[column].astype("object")
        codes = values.map({"yes": 1.0, "no": 0.0, 1: 1.0, 0: 0.0}).astype(float).to_numpy()
        wrong = np.isnan(codes) & values.notna().to_numpy()
        remedy = "Give 1 or yes for an event, 0 or no for a censored time; map others with `values` in study.yaml."
        self._report_rows(f"`{column}` holds a status that is neither.", wrong, (column,), remedy, problems)
        return codes

    def _report_rows(
        self, what: str, rows: np.ndarray, columns: tuple[str, ...], remedy: str, problems: list[Problem]
    ) -> None:
        rows = rows & ~self.table.bad
        if rows.any():
            problems.append(Problem(what, self.table.text.locate(rows, *columns), remedy))


_TOGETHER = "Fill in both, or leave both empty: the patient is then not at risk."


def add_record(
    of: OfSubjects, endpoint: OwnEndpoint, start: np.ndarray, time: np.ndarray, event: np.ndarray
) -> OwnEndpoint:
    """Return the endpoint with its recorded days, which are added to `columns`.

    Parameters
    ----------
    of : OfSubjects
    endpoint : OwnEndpoint
    start, time : ndarray of float, shape (n,)
        Day of time zero, and days from it to the end; NaN for a patient not at risk.
    event : ndarray of bool, shape (n,)
        Whether the time ends with the event.
    """
    end = np.where(np.isnan(start), np.nan, start + time)
    days = {"origin": np.where(np.isnan(end), np.nan, start), "event": np.where(event, end, np.nan)}
    days["censored"] = np.where(event, np.nan, end)
    names = {role: f"{endpoint.name}_{role}_day" for role in days}
    for role, values in days.items():
        of.columns[names[role]] = pd.Series(values).astype("Int64")
    return replace(
        endpoint,
        origin=names["origin"],
        since=endpoint.since or "infusion",
        events=(names["event"],),
        censors=(names["censored"],),
        recorded=True,
        words={names["event"]: "event", names["censored"]: "end of the recorded time"},
    )
