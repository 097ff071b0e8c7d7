"""Shape of the hazard: events per person-time in consecutive intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from cartcohort.estimate.inputs import check_survival, require, require_level


@dataclass(frozen=True, eq=False)
class PiecewiseHazard:
    """A hazard taken as constant within intervals of equal width.

    Attributes
    ----------
    start, end : ndarray, shape (k,)
        Ends of the intervals (start, end], in the unit of the times; together they reach the longest follow-up.
    n_at_risk : ndarray of int, shape (k,)
        Patients with follow-up beyond `start` (in the first interval: all).
    n_event : ndarray of int, shape (k,)
        Events in the interval.
    person_time : ndarray, shape (k,)
        Time under observation in the interval.
    rate, conf_low, conf_high : ndarray, shape (k,)
        Events per unit of time, with exact Poisson limits; NaN where there is no person-time.
    conf_level : float
        Level of the limits.
    method : str
        Method in words.
    """

    start: np.ndarray
    end: np.ndarray
    n_at_risk: np.ndarray
    n_event: np.ndarray
    person_time: np.ndarray
    rate: np.ndarray
    conf_low: np.ndarray
    conf_high: np.ndarray
    conf_level: float
    method: str = "events per person-time, exact Poisson limits"


def estimate_hazard(
    time: Sequence[float], event: Sequence[bool], *, width: float, conf_level: float = 0.95
) -> PiecewiseHazard:
    """Estimate the hazard in consecutive intervals, such as years.

    Parameters
    ----------
    time, event : array_like, shape (n,)
        Follow-up time and whether the event occurred then.
    width : float
        Length of an interval in the unit of `time` (12 for an annual hazard of times in months).
    conf_level : float
        Level of the limits.

    Returns
    -------
    PiecewiseHazard
        Without intervals for empty arrays. The rate is per unit of `time`.

    Notes
    -----
    An event at an interval's end belongs to that interval, one at time 0 to the first. Limits: Garwood, Biometrika
    1936; 28:437-442, as in R's `poisson.test`.
    """
    time, event = check_survival(time, event)
    require(width > 0, "`width` must lie above 0.")
    require_level(conf_level)
    n_interval = max(int(np.ceil(time.max() / width)), 1) if len(time) else 0
    edges = float(width) * np.arange(n_interval + 1)
    interval = np.maximum(np.searchsorted(edges, time, side="left") - 1, 0)
    n_event = np.bincount(interval[event], minlength=n_interval)
    n_at_risk = np.cumsum(np.bincount(interval, minlength=n_interval)[::-1])[::-1]
    # All who go beyond an interval spend its whole width in it, those who end in it the rest.
    partial = np.bincount(interval, weights=time - edges[interval], minlength=n_interval)
    person_time = partial + width * np.append(n_at_risk[1:], 0)[:n_interval]
    low, high = garwood_limits(n_event, conf_level)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate, low, high = (np.where(person_time > 0, count / person_time, np.nan) for count in (n_event, low, high))
    return PiecewiseHazard(
        start=edges[:-1],
        end=edges[1:],
        n_at_risk=n_at_risk,
        n_event=n_event,
        person_time=person_time,
        rate=rate,
        conf_low=low,
        conf_high=high,
        conf_level=conf_level,
    )


def garwood_limits(count: np.ndarray, conf_level: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the exact limits of Poisson means given counts, each of the counts' shape; the lower is 0 for a 0."""
    tail = (1 - conf_level) / 2
    low = np.where(count > 0, stats.chi2.ppf(tail, 2 * np.maximum(count, 1)) / 2, 0.0)
    return low, stats.chi2.ppf(1 - tail, 2 * (count + 1)) / 2
