"""A survival curve at the few times at which enough happened since the time before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from cartcohort.estimate.results import DAYS_PER_MONTH, Result, ResultSet
from cartcohort.estimate.sections.arrays import TimeToEvent
from cartcohort.estimate.sections.disclosure.sets import PublishedSets

CALENDAR = (3, 6, 9, 12, 18, 24, 30, 36, 48, 60, 72, 84, 96, 108, 120)
"""Months at which a life table may have a line, whatever the times of the patients are."""

METHOD = "Life table (actuarial), log-log limits"


@dataclass(frozen=True)
class LifeTable:
    """Counts by interval of time; those after the last time are not told apart.

    Attributes
    ----------
    label : str
        Endpoint in words.
    months : tuple of int
        Ends of the intervals.
    n_at_risk, n_event, n_censored : tuple of int
        Patients at the start of each interval; events and censorings in it, up to and with its end.
    n : int
    """

    label: str
    months: tuple[int, ...]
    n_at_risk: tuple[int, ...]
    n_event: tuple[int, ...]
    n_censored: tuple[int, ...]
    n: int

    @property
    def n_beyond(self) -> tuple[int, ...]:
        """Return how many were followed, without an event, beyond the end of each interval."""
        rows = zip(self.n_at_risk, self.n_event, self.n_censored, strict=True)
        return tuple(n_at_risk - n_event - n_censored for n_at_risk, n_event, n_censored in rows)


def release_life_table(endpoint: TimeToEvent, published: PublishedSets) -> LifeTable | None:
    """Return the finest life table of the calendar that may be published, None where no line of it may."""
    months = np.asarray(endpoint.time_days, dtype=float) / DAYS_PER_MONTH
    event = np.asarray(endpoint.event, dtype=bool)
    kept = _merge(months, event, published)
    while kept and not published.admit(_sets_of(kept, months, event)):
        kept = _drop_last(kept[:-1], months, event, published)
    return _tabulate(endpoint.label, kept, months, event) if kept else None


def _merge(months: np.ndarray, event: np.ndarray, published: PublishedSets) -> tuple[int, ...]:
    """Return the times of the calendar at which what happened since the time before is none or enough."""
    kept: tuple[int, ...] = ()
    for end in CALENDAR:
        start = kept[-1] if kept else -1.0
        if not _is_any_small(months, event, start, end, published):
            kept = (*kept, end)
    return _drop_last(kept, months, event, published)


def _drop_last(
    kept: tuple[int, ...], months: np.ndarray, event: np.ndarray, published: PublishedSets
) -> tuple[int, ...]:
    """Return the times without those after which too little happens, and those at which nobody is left."""
    while kept and (not (months > kept[-1]).any() or _is_any_small(months, event, kept[-1], np.inf, published)):
        kept = kept[:-1]
    return kept


def _is_any_small(months: np.ndarray, event: np.ndarray, start: float, end: float, published: PublishedSets) -> bool:
    within = (months > start) & (months <= end)
    return bool(np.any(published.is_small([np.sum(within & event), np.sum(within & ~event)])))


def _sets_of(kept: tuple[int, ...], months: np.ndarray, event: np.ndarray) -> list[np.ndarray]:
    """Return what a life table tells: events and censorings of each interval, up to each time, and after the last."""
    starts = (-1.0, *kept)
    spans = [*zip(starts, (*kept, np.inf), strict=True), *((-1.0, end) for end in kept[1:])]
    within = [(months > start) & (months <= end) for start, end in spans]
    return [one & happened for one in within for happened in (event, ~event)]


def _tabulate(label: str, kept: tuple[int, ...], months: np.ndarray, event: np.ndarray) -> LifeTable:
    starts = (-1.0, *kept[:-1])
    spans = [(months > start) & (months <= end) for start, end in zip(starts, kept, strict=True)]
    return LifeTable(
        label=label,
        months=kept,
        n_at_risk=tuple(int(np.sum(months > start)) for start in starts),
        n_event=tuple(int(np.sum(within & event)) for within in spans),
        n_censored=tuple(int(np.sum(within & ~event)) for within in spans),
        n=len(months),
    )


def estimate_rates(table: LifeTable, *, conf_level: float) -> ResultSet:
    """Estimate survival at each time of a life table, from its counts alone.

    Returns
    -------
    ResultSet
        `rate/12m`, without limits where nobody or everybody had the event by then.

    Notes
    -----
    Patients censored within an interval count as at risk for half of it; the variance is Greenwood's, the limits are
    symmetric for log(-log S). Cutler and Ederer, J Chronic Dis 1958; 8: 699-712.
    """
    z = stats.norm.isf((1 - conf_level) / 2)
    survival, variance, events, found = 1.0, 0.0, 0, {}
    rows = zip(table.months, table.n_at_risk, table.n_event, table.n_censored, strict=True)
    for month, n_at_risk, n_event, n_censored in rows:
        exposed = n_at_risk - n_censored / 2
        survival *= 1 - n_event / exposed
        variance += n_event / (exposed * (exposed - n_event)) if exposed > n_event else np.inf
        events += n_event
        low, high = _limits(survival, variance, z)
        found[f"rate/{month}m"] = Result(
            estimate=survival,
            conf_low=low,
            conf_high=high,
            conf_level=conf_level,
            n=table.n,
            n_event=events,
            unit="proportion",
            method=METHOD,
            label=f"rate at {month} months",
        )
    return ResultSet(found)


def _limits(survival: float, variance: float, z: float) -> tuple[float, float]:
    if not 0 < survival < 1:
        return np.nan, np.nan
    width = z * np.sqrt(variance) / np.log(survival)
    return float(survival ** np.exp(-width)), float(survival ** np.exp(width))
