"""Landmark analysis: compare by what was known at a fixed time, among those still at risk then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cartcohort.estimate.inputs import check_survival, require


@dataclass(frozen=True, eq=False)
class LandmarkSelection:
    """Who is still under observation and event-free after a landmark, with the clock restarted there.

    Attributes
    ----------
    kept : ndarray of bool, shape (n,)
        Mask over the rows given: time strictly later than the landmark.
    time, event : ndarray, shape (kept.sum(),)
        Time since the landmark, and the event, of those kept.
    n_event_before, n_censored_before : int
        Left out because of an event, or the end of follow-up, up to and at the landmark.
    """

    kept: np.ndarray
    time: np.ndarray
    event: np.ndarray
    n_event_before: int
    n_censored_before: int


def select_landmark(time: Sequence[float], event: Sequence[bool], *, landmark: float) -> LandmarkSelection:
    """Select those whose time is strictly later than a landmark, and restart the clock there.

    A grouping known only after time zero, such as response, is compared without bias among those still at risk at a
    fixed landmark, grouped by what was known then.

    Parameters
    ----------
    time, event : array_like, shape (n,)
        Follow-up time and whether the event occurred then.
    landmark : float
        In the unit of `time`, at least 0.

    Notes
    -----
    Anderson, Cain and Gelber, J Clin Oncol 1983; 1:710-719.
    """
    time, event = check_survival(time, event)
    require(landmark >= 0, "`landmark` must not be negative.")
    kept = time > landmark
    return LandmarkSelection(
        kept=kept,
        time=time[kept] - landmark,
        event=event[kept],
        n_event_before=int(np.sum(event & ~kept)),
        n_censored_before=int(np.sum(~event & ~kept)),
    )
