"""An endpoint restarted at a landmark, its patients in the group that each had come to by then."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cartcohort.estimate.landmark import select_landmark
from cartcohort.estimate.results import DAYS_PER_MONTH
from cartcohort.estimate.sections.arrays import TimeToEvent
from cartcohort.estimate.sections.groupings import Grouping


@dataclass(frozen=True, eq=False)
class Landmark:
    """The patients compared from a landmark on: months from it, events, and their group by then.

    Attributes
    ----------
    kept : ndarray of bool
        Masks the endpoint's patients.
    time_months, event, group : arrays, shape (kept.sum(),)
    n_event_before, n_censored_before : int
        Left out because of an event, or the end of follow-up, up to and at the landmark.
    n_unknown : int
        Left out for another reason: the group, or the day of its change, is not known, or the question does not, or
        does not yet, concern the patient (nobody without CRS is treated for it early or late).
    """

    kept: np.ndarray
    time_months: np.ndarray
    event: np.ndarray
    group: pd.Categorical
    n_event_before: int
    n_censored_before: int
    n_unknown: int


def group_at_landmark(endpoint: TimeToEvent, grouping: Grouping, *, days: int) -> Landmark:
    """Select the patients still at risk after a landmark, in days, and group them by what had happened so far."""
    own = grouping.of(endpoint)
    concerned = (own.since <= days) & ~np.isnan(own.day)
    selection = select_landmark(endpoint.time_days, endpoint.event, landmark=days)
    later = selection.kept
    compared = concerned & later
    return Landmark(
        kept=compared,
        time_months=selection.time[concerned[later]] / DAYS_PER_MONTH,
        event=selection.event[concerned[later]],
        group=grouping.categories((own.day <= days)[compared]),
        n_event_before=int(np.sum(endpoint.event & ~later & concerned)),
        n_censored_before=int(np.sum(~np.asarray(endpoint.event) & ~later & concerned)),
        n_unknown=int(np.sum(~concerned)),
    )
