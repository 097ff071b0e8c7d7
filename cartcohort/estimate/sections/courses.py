"""The course of each patient, for figures with one lane a patient: follow-up, response and events on the way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cartcohort.estimate.results import DAYS_PER_MONTH
from cartcohort.estimate.sections.arrays import TimeToEvent, in_months

EVENTS = {
    "second_infusion_day": "second infusion",
    "relapse_day": "relapse",
    "progression_day": "progression",
    "new_therapy_day": "new therapy",
    "hsct_day": "transplant",
}
"""What is marked on the way, by column, in the order of the figure's legend."""

_SPELT_OUT = {"NR": "no response", "NE": "not evaluable"}
"""Best responses whose abbreviations mean something else beside a time or an estimate."""


@dataclass(frozen=True, eq=False)
class Courses:
    """Times in months since infusion.

    Attributes
    ----------
    lanes : DataFrame, one row a patient
        `subject`, `end` of follow-up, `status` then ("alive", "dead"), `group` (best response).
    events : DataFrame, one row an event
        `subject`, `time`, `event` (Categorical, in the order of `EVENTS`).
    spans : DataFrame, one row a responder
        `subject`, `start`, `end` and `state` of the time in response.
    """

    lanes: pd.DataFrame
    events: pd.DataFrame
    spans: pd.DataFrame


def arrange_courses(survival: TimeToEvent, duration: TimeToEvent) -> Courses:
    """Arrange the course of each patient from infusion to death or last contact.

    Parameters
    ----------
    survival : TimeToEvent
        Overall survival from infusion; its subjects have `subject_id`, `best_response` and the columns of `EVENTS`.
    duration : TimeToEvent
        Duration of response, from first response.
    """
    subjects = survival.subjects
    lanes = pd.DataFrame(
        {
            "subject": subjects["subject_id"].astype(str),
            "end": in_months(survival),
            "status": np.where(survival.event, "dead", "alive"),
            "group": _best_response(subjects["best_response"]),
        }
    )
    start = np.asarray(duration.origin_day, dtype=float)
    spans = pd.DataFrame(
        {
            "subject": duration.subjects["subject_id"].astype(str),
            "start": start / DAYS_PER_MONTH,
            "end": (start + duration.time_days) / DAYS_PER_MONTH,
            "state": "in response",
        }
    )
    return Courses(lanes=lanes, events=_list_events(subjects, lanes["end"].to_numpy()), spans=spans)


def _best_response(values: pd.Series) -> pd.Series:
    """Return the best response with NR, NE and those unknown spelt out, levels that do not occur left out."""
    known = values.astype("category").cat.remove_unused_categories().cat.rename_categories(_SPELT_OUT)
    if not known.isna().any():
        return known
    return known.cat.add_categories(["unknown"]).fillna("unknown")


def _list_events(subjects: pd.DataFrame, end: np.ndarray) -> pd.DataFrame:
    parts = []
    for column, name in EVENTS.items():
        time = subjects[column].to_numpy(dtype=float, na_value=np.nan) / DAYS_PER_MONTH
        seen = (time >= 0) & (time <= end)
        parts.append(
            pd.DataFrame({"subject": subjects["subject_id"].astype(str)[seen], "time": time[seen], "event": name})
        )
    events = pd.concat(parts, ignore_index=True)
    found = [name for name in EVENTS.values() if (events["event"] == name).any()]
    return events.assign(event=pd.Categorical(events["event"], categories=found, ordered=True))
