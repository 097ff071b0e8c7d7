"""Times to an event once more, straight from the patients' columns."""

from __future__ import annotations

from dataclasses import dataclass

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
    """

    start: np.ndarray
    subjects: pd.DataFrame


def follow_again(
    subjects: pd.DataFrame,
    name: str,
    *,
    origin: str = "infusion",
    hsct_handling: str = "ignore",
    new_therapy_handling: str = "ignore",
    response_assessment_day: int = 28,
) -> Endpoint:
    """Derive an endpoint: the first event counts where it comes no later than what competes and the end of follow-up.

    Parameters
    ----------
    subjects : DataFrame
        The patients of a cohort, with the columns of the data dictionary.
    name : str
        "os", "pfs", "efs", "rfs", "dor", "cir" or "nrm".
    origin, hsct_handling, new_therapy_handling, response_assessment_day
        Parameters of the report.
    """
    who, start = _at_risk(subjects, name, origin)
    death = _day(who, "death_day")
    stop = np.where(np.isnan(death), np.fmin(_day(who, "last_contact_day"), _day(who, "data_cutoff_day")), death)
    handled = {"hsct_day": hsct_handling, "new_therapy_day": new_therapy_handling}
    handled = {column: how for column, how in handled.items() if how != "ignore"}
    first = _first(who, [what for what in _EVENTS[name] if what not in handled], start, response_assessment_day)
    rival = _first(who, _RIVALS.get(name, ()), start, response_assessment_day)
    for column, how in handled.items():
        then = np.maximum(_day(who, column), start)
        if how == "event":
            first = np.fmin(first, then)
        elif how == "competing":
            rival = np.fmin(rival, then)
        else:
            stop = np.fmin(stop, then)
    days = np.fmin(np.fmin(first, rival), stop)
    return Endpoint(days - start, first == days, (rival == days) & (first != days), start, who)


def from_response(name: str) -> bool:
    """Whether an endpoint counts from first response."""
    return name in _RESPONSES


def _at_risk(subjects: pd.DataFrame, name: str, origin: str) -> tuple[pd.DataFrame, np.ndarray]:
    if name in _RESPONSES:
        start = np.where(subjects["best_response"].isin(_RESPONSES[name]), _day(subjects, "response_day"), np.nan)
    elif origin == "enrollment":
        start = _day(subjects, "enrollment_day")
    else:
        start = np.where(subjects["infused"], 0.0, np.nan)
    return subjects[~np.isnan(start)], start[~np.isnan(start)]


def _first(who: pd.DataFrame, kinds: list[str] | tuple[str, ...], start: np.ndarray, assessment: int) -> np.ndarray:
    """Return the first day, from time zero on, of any of the kinds of event; NaN where none came."""
    found = np.full(len(who), np.nan)
    for kind in kinds:
        day = _day_of(who, kind, assessment)
        found = np.fmin(found, np.where(day < start, np.nan, day))
    return found


def _day_of(who: pd.DataFrame, kind: str, assessment: int) -> np.ndarray:
    if kind == "death without relapse":
        return np.where(who["relapse_day"].isna(), _day(who, "death_day"), np.nan)
    if kind.endswith("non-response"):
        failed = (who["best_response"] == "NR").to_numpy(dtype=bool, na_value=False)
        if kind.startswith("undated"):
            failed &= who["progression_day"].isna().to_numpy() & ~who["progression_after_cutoff"].to_numpy(dtype=bool)
        return np.where(failed, float(assessment), np.nan)
    return _day(who, kind)


def _day(who: pd.DataFrame, column: str) -> np.ndarray:
    return who[column].to_numpy(dtype=float, na_value=np.nan)
