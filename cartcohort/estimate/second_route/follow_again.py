"""Times to an event once more, straight from the patients' columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd

_EVENTS = {
    "os": ("death_day",),
    "pfs": ("relapse_day", "progression_day", "undated non-response", "death_day"),
    "efs": ("relapse_day", "progression_day", "non-response", "new_therapy_day", "death_day"),
    "rfs": ("relapse_day", "death_day"),
    "dor": ("relapse_day", "progression_day", "death_day"),
    "cir": ("relapse_day",),
    "nrm": ("death without relapse",),
}
_RIVALS = {"cir": ("death without relapse",), "nrm": ("relapse_day",)}
_RESPONSES = {"rfs": ("CR", "CRi"), "dor": ("CR", "CRi", "PR"), "cir": ("CR", "CRi"), "nrm": ("CR", "CRi")}


class Declared(Protocol):
    """What a study declares of an endpoint of its own: columns of days, and kinds of non-response.

    Attributes
    ----------
    origin, since : str
        Column of the day of time zero, and what that is; "infusion" or "enrollment"; empty where the report decides.
    events, competing, censors : sequence of str
        Columns of days; "non_response" and "undated_non_response" are dated by the assessment of response.
    marks : str
        Column of those at risk, empty for all.
    recorded : bool
        Whether the events and censorings are all there is to end a time, but for a cut-off.
    """

    origin: str
    since: str
    events: Sequence[str]
    competing: Sequence[str]
    censors: Sequence[str]
    marks: str
    recorded: bool


@dataclass(frozen=True, eq=False)
class Course:
    """Days from time zero to the event, to a competing one, or to the end of follow-up.

    Attributes
    ----------
    days : ndarray of float, shape (n,)
        Whole days.
    event, rival : ndarray of bool, shape (n,)
        Whether the event came then, or one that competes with it.
    """

    days: np.ndarray
    event: np.ndarray
    rival: np.ndarray

    def of(self, rows: np.ndarray, *, later: float = 0.0) -> Course:
        """Return some of the patients, the clock restarted `later` days after their time zero."""
        return Course(self.days[rows] - later, self.event[rows], self.rival[rows])


@dataclass(frozen=True, eq=False)
class Endpoint(Course):
    """An endpoint in all patients at risk.

    Attributes
    ----------
    start : ndarray of float, shape (n,)
        Time zero, in days from first infusion.
    subjects : DataFrame, n rows
        The patients.
    from_response : bool
        Whether time zero is the first response.
    """

    start: np.ndarray
    subjects: pd.DataFrame
    from_response: bool


def follow_again(
    subjects: pd.DataFrame,
    name: str,
    *,
    origin: str = "infusion",
    hsct_handling: str = "ignore",
    new_therapy_handling: str = "ignore",
    response_assessment_day: int = 28,
    declared: Declared | None = None,
) -> Endpoint:
    """Derive an endpoint: the first event counts where it comes no later than what competes and the end of follow-up.

    Parameters
    ----------
    subjects : DataFrame
        The patients of a cohort, with the columns of the data dictionary.
    name : str
        "os", "pfs", "efs", "rfs", "dor", "cir" or "nrm"; any where the study declares it.
    origin, hsct_handling, new_therapy_handling, response_assessment_day
        Parameters of the report.
    declared : Declared, optional
        The study's own declaration of the endpoint.
    """
    plan = _plan(subjects, name, origin) if declared is None else _plan_declared(subjects, declared, origin)
    who, start, stop = plan.who, plan.start, plan.stop
    handled = {"hsct_day": hsct_handling, "new_therapy_day": new_therapy_handling}
    handled = {column: how for column, how in handled.items() if how != "ignore" and column not in plan.spoken_for}
    first, rival = (
        _first(who, [kind for kind in kinds if kind not in handled], start, response_assessment_day)
        for kinds in (plan.events, plan.rivals)
    )
    ends = {column: "censor" for column in plan.ends if column not in handled}
    for column, how in {**ends, **handled}.items():
        then = np.maximum(_day_of(who, column, response_assessment_day), start)
        if how == "event":
            first = np.fmin(first, then)
        elif how == "competing":
            rival = np.fmin(rival, then)
        else:
            stop = np.fmin(stop, then)
    days = np.fmin(np.fmin(first, rival), stop)
    return Endpoint(days - start, first == days, (rival == days) & (first != days), start, who, plan.from_response)


@dataclass(frozen=True, eq=False)
class _Plan:
    """Who is at risk from when, the end of follow-up, what ends the time, and what no parameter reads otherwise."""

    who: pd.DataFrame
    start: np.ndarray
    stop: np.ndarray
    events: Sequence[str]
    rivals: Sequence[str]
    ends: Sequence[str]
    from_response: bool
    spoken_for: Sequence[str] = ()


def _plan(subjects: pd.DataFrame, name: str, origin: str) -> _Plan:
    who, start = _at_risk(subjects, name, origin)
    stop = _end_of_follow_up(who)
    return _Plan(who, start, stop, _EVENTS[name], _RIVALS.get(name, ()), (), name in _RESPONSES)


def _plan_declared(subjects: pd.DataFrame, declared: Declared, origin: str) -> _Plan:
    who, start = _at_risk_as_declared(subjects, declared, declared.origin or origin)
    stop = _end_of_record(who, declared) if declared.recorded else _end_of_follow_up(who)
    ends = () if declared.recorded else declared.censors
    zero = declared.since == "first response"
    spoken_for = (declared.origin, *declared.events, *declared.competing, *declared.censors)
    if declared.recorded:
        spoken_for += ("hsct_day", "new_therapy_day")
    return _Plan(who, start, stop, declared.events, declared.competing, ends, zero, spoken_for)


def _end_of_follow_up(who: pd.DataFrame) -> np.ndarray:
    death = _day(who, "death_day")
    return np.where(np.isnan(death), np.fmin(_day(who, "last_contact_day"), _day(who, "data_cutoff_day")), death)


def _end_of_record(who: pd.DataFrame, declared: Declared) -> np.ndarray:
    """Return the recorded end; where a cut-off hides it, the cut-off."""
    end = np.full(len(who), np.nan)
    for column in (*declared.events, *declared.censors):
        end = np.fmin(end, _day(who, column))
    return np.where(np.isnan(end), _day(who, "data_cutoff_day"), end)


def _at_risk_as_declared(subjects: pd.DataFrame, declared: Declared, origin: str) -> tuple[pd.DataFrame, np.ndarray]:
    if origin == "infusion":
        start = np.where(subjects["infused"], 0.0, np.nan)
    else:
        start = _day(subjects, "enrollment_day" if origin == "enrollment" else origin)
    if declared.marks:
        start = np.where(subjects[declared.marks].to_numpy(dtype=bool), start, np.nan)
    return subjects[~np.isnan(start)], start[~np.isnan(start)]


def _at_risk(subjects: pd.DataFrame, name: str, origin: str) -> tuple[pd.DataFrame, np.ndarray]:
    if name in _RESPONSES:
        start = np.where(subjects["best_response"].isin(_RESPONSES[name]), _day(subjects, "response_day"), np.nan)
    elif origin == "enrollment":
        start = _day(subjects, "enrollment_day")
    else:
        start = np.where(subjects["infused"], 0.0, np.nan)
    return subjects[~np.isnan(start)], start[~np.isnan(start)]


def _first(who: pd.DataFrame, kinds: Sequence[str], start: np.ndarray, assessment: int) -> np.ndarray:
    """Return the first day, from time zero on, of any of the kinds of event; NaN where none came."""
    found = np.full(len(who), np.nan)
    for kind in kinds:
        day = _day_of(who, kind, assessment)
        found = np.fmin(found, np.where(day < start, np.nan, day))
    return found


def _day_of(who: pd.DataFrame, kind: str, assessment: int) -> np.ndarray:
    if kind == "death without relapse":
        return np.where(who["relapse_day"].isna(), _day(who, "death_day"), np.nan)
    if kind.endswith(("non-response", "non_response")):
        failed = (who["best_response"] == "NR").to_numpy(dtype=bool, na_value=False)
        if kind.startswith("undated"):
            failed &= who["progression_day"].isna().to_numpy() & ~who["progression_after_cutoff"].to_numpy(dtype=bool)
        return np.where(failed, float(assessment), np.nan)
    return _day(who, kind)


def _day(who: pd.DataFrame, column: str) -> np.ndarray:
    return who[column].to_numpy(dtype=float, na_value=np.nan)
