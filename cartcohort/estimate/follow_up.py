"""Follow-up: who is under observation when, for how long, and how completely.

Numbers at risk are counted from the times themselves, not read off a fitted curve: lifelines' own counts are off
between event times.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from cartcohort.estimate.inputs import as_floats, check_survival, require_equal_lengths
from cartcohort.estimate.results import Result
from cartcohort.estimate.survival import estimate_quantile, estimate_survival_curve

_COMPLETE = "not estimable: every patient had the event, so all follow-up is complete"


def count_at_risk(time: Sequence[float], at: Sequence[float]) -> np.ndarray:
    """Count those still under observation and event-free just before each time of `at`, (time >= t).sum().

    Returns
    -------
    ndarray of int, shape (len(at),)
    """
    time = np.sort(as_floats(time))
    return len(time) - np.searchsorted(time, as_floats(at), side="left")


def count_events(time: Sequence[float], event: Sequence[bool], at: Sequence[float]) -> np.ndarray:
    """Count the events up to and including each time of `at`.

    Returns
    -------
    ndarray of int, shape (len(at),)
    """
    time, event = check_survival(time, event)
    return np.searchsorted(np.sort(time[event]), as_floats(at), side="right")


def last_time_at_risk(time: Sequence[float], n_at_risk: int, *, unit: str = "months") -> Result:
    """Find the last time at which so many patients are still under observation and event-free.

    Parameters
    ----------
    time : array_like, shape (n,)
        Follow-up times.
    n_at_risk : int
        At least 0; with 0 nothing is asked, and the end of the longest follow-up is the answer.

    Returns
    -------
    Result
        The `n_at_risk`-th longest time; 0 where there are fewer patients from the start.
    """
    times = np.sort(as_floats(time))[::-1]
    known = {"n": len(times), "unit": unit}
    if not len(times):
        return Result(**known, note="no patients")
    return Result(estimate=times[max(n_at_risk, 1) - 1] if n_at_risk <= len(times) else 0.0, **known)


def estimate_follow_up(
    time: Sequence[float],
    event: Sequence[bool],
    *,
    conf_level: float = 0.95,
    conf_type: str = "log-log",
    median_rule: str = "midpoint",
    unit: str = "months",
) -> Result:
    """Estimate the median follow-up by the reverse Kaplan-Meier method.

    The curve of being still followed: end of follow-up is its event, the event of interest censors it.

    Parameters
    ----------
    time, event : array_like, shape (n,)
        Follow-up time and whether the event of interest occurred then.
    conf_level, conf_type, median_rule, unit
        As for `estimate_survival_curve` and `estimate_quantile`.

    Returns
    -------
    Result
        `n_event` counts the events of interest; "not reached" where fewer than half would have ended follow-up, and
        not estimable where nobody's follow-up ended before the event.

    Notes
    -----
    At a shared time those with the event still count as followed, as in R's `survfit` of the swapped event flag.
    Schemper and Smith, Control Clin Trials 1996; 17:343-346.
    """
    time, event = check_survival(time, event)
    curve = estimate_survival_curve(time, ~event, conf_level=conf_level, conf_type=conf_type)
    median = estimate_quantile(curve, median_rule=median_rule, unit=unit)
    note = _COMPLETE if len(event) and event.all() else median.note
    return replace(median, n_event=event.sum(), method=f"reverse {median.method}", note=note)


def estimate_completeness(
    time: Sequence[float], event: Sequence[bool], potential_time: Sequence[float] | float
) -> Result:
    """Estimate how complete follow-up is: observed person-time over potential person-time.

    Parameters
    ----------
    time, event : array_like, shape (n,)
        Follow-up time and whether the event occurred then.
    potential_time : array_like, shape (n,), or float
        Time each patient could have been followed, from time zero to the data cut-off, in the unit of `time`.
        Patients without a value are left out.

    Returns
    -------
    Result
        A proportion, 1 where nobody was lost before the cut-off.

    Notes
    -----
    A patient with the event has no further potential time. A potential time shorter than the observed one counts as
    the observed one. Clark, Altman and De Stavola, Lancet 2002; 359:1309-1310.
    """
    time, event = check_survival(time, event)
    if np.ndim(potential_time) == 0:
        potential_time = np.full(len(time), potential_time)
    potential = as_floats(potential_time)
    require_equal_lengths(time=time, potential_time=potential)
    known = np.isfinite(potential)
    time, event, potential = time[known], event[known], potential[known]
    potential = np.where(event, time, np.maximum(potential, time))
    total = potential.sum()
    return Result(
        estimate=time.sum() / total if total > 0 else None,
        n=len(time),
        n_event=event.sum(),
        unit="proportion",
        method="observed over potential person-time (Clark's completeness index)",
        note="" if total > 0 else "not estimable: no follow-up time",
    )
