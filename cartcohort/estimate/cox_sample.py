"""The rows of a Cox model, sorted once so that every risk set is a range of rows.

Columns are centred and scaled: coefficients computed from a sample are on that scale.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

BLOCK = 10_000
"""Rows multiplied at a time: what lies between fits a cache."""


@dataclass(frozen=True, eq=False)
class _RiskSets:
    """Where risk sets begin among the rows, once these are put in order of (stratum, time).

    `bound` holds the first row of each risk set, the first after those with the event then, and that of each stratum.
    `place`, `after` and `stratum_bound` are their numbers in it, or the number of bounds where the stratum ends.
    """

    order: np.ndarray | None
    stratum_start: np.ndarray
    bound: np.ndarray
    stratum_bound: np.ndarray
    place: np.ndarray
    after: np.ndarray

    def sums(self, values: np.ndarray, weight: np.ndarray) -> np.ndarray:
        """Sum the weighted values of the rows from each event time's first to the end of the stratum."""
        return self._from_bounds(self._between_bounds(values, weight))[self.place]

    def split(self, values: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Split these sums into that of the rows after those with the event at each time, and that of the latter."""
        between = self._between_bounds(values, weight)
        return self._from_bounds(between)[self.after], between[self.place]

    def _between_bounds(self, values: np.ndarray, weight: np.ndarray) -> np.ndarray:
        """Sum the weighted values of the rows from each bound to the next: with many tied times these are few."""
        sums = np.zeros((len(self.bound), values.shape[1]))
        for start in range(0, len(values), BLOCK):
            rows = slice(start, start + BLOCK) if self.order is None else self.order[start : start + BLOCK]
            first, last = np.searchsorted(self.bound, [start + 1, start + BLOCK]) - [1, 0]
            within = np.maximum(self.bound[first:last] - start, 0)
            sums[first:last] += np.add.reduceat(values[rows] * weight[rows, None], within, axis=0)
        return sums

    def _from_bounds(self, between: np.ndarray) -> np.ndarray:
        """Sum from each bound to the end of the stratum, and 0 at last."""
        ends = len(between) - self.stratum_bound[::-1]
        from_here = _cumulate(between[::-1], np.append(0, ends[:-1]))[::-1]
        return np.concatenate([from_here, np.zeros((1, *between.shape[1:]))])


@dataclass(frozen=True, eq=False)
class CoxSample:
    """Rows prepared for the partial likelihood, sorted by stratum and time, at one time those with the event first.

    Attributes
    ----------
    columns : ndarray, shape (n, k)
        Covariates, centred and scaled to standard deviation 1 (0 throughout where a column does not vary).
    scale : ndarray, shape (k,)
        What each column was divided by.
    entry : ndarray, shape (n,), or None
        Time after which a row is at risk; None where all are at risk from the beginning.
    time, event, stratum : ndarray, shape (n,)
        Time, event and stratum code.
    ties : str
        "efron" or "breslow".
    event_row : ndarray of int, shape (d,)
        Rows with the event.
    tie : ndarray of int, shape (d,)
        Number of the distinct event time (within stratum) of each event.
    fraction : ndarray, shape (d,)
        Efron's fraction of the tied events that is taken out of the risk set; 0 for Breslow.
    observed, entered : _RiskSets
        Risk sets by time, and (None without entry times) the rows not yet entered, to be taken out of them.
    hazard_from, hazard_to : ndarray of int, shape (n,)
        Range of the distinct event times during which each row is at risk.
    first_time : ndarray of int, shape (n,)
        Number of the first event time of each row's stratum.
    """

    columns: np.ndarray
    scale: np.ndarray
    entry: np.ndarray | None
    time: np.ndarray
    event: np.ndarray
    stratum: np.ndarray
    ties: str
    event_row: np.ndarray
    tie: np.ndarray
    fraction: np.ndarray
    observed: _RiskSets
    entered: _RiskSets | None
    hazard_from: np.ndarray
    hazard_to: np.ndarray
    first_time: np.ndarray

    @property
    def stratum_start(self) -> np.ndarray:
        """Return the first row of each stratum."""
        return self.observed.stratum_start

    def at_risk(self, weight: np.ndarray) -> np.ndarray:
        """Sum the weights of the rows over the risk set of each distinct event time, shape (m,)."""
        apart, tied = self.at_risk_split(np.ones((len(weight), 1)), weight)
        return (apart + tied)[:, 0]

    def at_risk_split(self, values: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Sum weight times values of the rows over the risk set of each distinct event time, each of shape (m, k).

        First over those without the event then, second over those with it.
        """
        apart, tied = self.observed.split(values, weight)
        return (apart if self.entered is None else apart - self.entered.sums(values, weight)), tied

    def while_at_risk(self, values: np.ndarray) -> np.ndarray:
        """Sum values of the distinct event times over those at which each row is at risk, shape (n,)."""
        upto = np.append(_cumulate(values, np.unique(self.first_time[self.event_row])), 0.0)
        to = upto[np.where(self.hazard_to > self.first_time, self.hazard_to - 1, len(values))]
        if self.entered is None:
            return to
        return to - upto[np.where(self.hazard_from > self.first_time, self.hazard_from - 1, len(values))]

    @property
    def n_times(self) -> int:
        """Count the distinct event times, within strata."""
        return int(self.tie[-1]) + 1 if len(self.tie) else 0

    def keep_columns(self, kept: np.ndarray) -> CoxSample:
        """Return the same rows with only some of the columns."""
        return replace(self, columns=self.columns[:, kept], scale=self.scale[kept])


def prepare_sample(
    X: np.ndarray,
    time: np.ndarray,
    event: np.ndarray,
    *,
    entry: np.ndarray | None,
    stratum: np.ndarray | None,
    ties: str,
) -> CoxSample:
    """Sort the rows and find every risk set.

    Parameters
    ----------
    X : ndarray, shape (n, k)
        Covariates; n is at least 1.
    time, event : ndarray, shape (n,)
        Time and event. A row is at risk at t where entry < t <= time.
    entry : ndarray, shape (n,), or None
        Entry times; None puts all at risk from the beginning.
    stratum : ndarray of int, shape (n,), or None
        Stratum codes.
    ties : str
        "efron" or "breslow".
    """
    stratum = np.zeros(len(time), dtype=int) if stratum is None else stratum
    key, entry_key, width = _time_keys(time, entry, stratum)
    order = _stable_order(2 * key + ~event)
    key, entry_key, event, columns = key[order], entry_key[order], event[order], X[order].astype(float, copy=False)
    event_row = np.flatnonzero(event)
    event_key, tie, size = np.unique(key[event_row], return_inverse=True, return_counts=True)
    fraction = (np.arange(len(event_row)) - (np.cumsum(size) - size)[tie]) / size[tie]
    scale = _standardise(columns)
    return CoxSample(
        columns=columns,
        scale=scale,
        entry=None if entry is None else entry[order],
        time=time[order],
        event=event,
        stratum=stratum[order],
        ties=ties,
        event_row=event_row,
        tie=tie,
        fraction=fraction if ties == "efron" else np.zeros(len(event_row)),
        observed=_find_risk_sets(2 * key + ~event, 2 * event_key, 2 * event_key + 1, 2 * width),
        entered=None if entry is None else _find_risk_sets(entry_key, event_key, event_key, width),
        hazard_from=np.searchsorted(event_key, entry_key, side="right"),
        hazard_to=np.searchsorted(event_key, key, side="right"),
        first_time=np.searchsorted(event_key, key // width * width),
    )


def _time_keys(time: np.ndarray, entry: np.ndarray | None, stratum: np.ndarray) -> tuple[np.ndarray, np.ndarray, int]:
    """Number times so that one comparison of whole numbers compares stratum and time; entry -1 precedes all times."""
    every = time if entry is None else np.concatenate([time, entry])
    _, rank = np.unique(every, return_inverse=True)
    rank = rank + 1
    width = int(rank.max()) + 1
    base = stratum.astype(np.int64) * width
    key = base + rank[: len(time)]
    return key, (base if entry is None else base + rank[len(time) :]), width


def _stable_order(key: np.ndarray) -> np.ndarray:
    """Return the order of whole numbers, equal ones as they come; short numbers are sorted without comparing them."""
    return np.argsort(key.astype(np.min_scalar_type(key.max())), kind="stable")


def _standardise(columns: np.ndarray) -> np.ndarray:
    """Centre and scale the columns where they are, and return what they were divided by."""
    largest = np.maximum(columns.max(axis=0), -columns.min(axis=0))
    columns -= columns.mean(axis=0)
    spread = np.sqrt(np.einsum("ij,ij->j", columns, columns) / len(columns))
    varies = spread > 1e-12 * np.maximum(1.0, largest)
    scale = np.where(varies, spread, 1.0)
    columns /= scale
    columns[:, ~varies] = 0.0
    return scale


def _find_risk_sets(key: np.ndarray, begin: np.ndarray, after: np.ndarray, width: int) -> _RiskSets:
    """Find the rows at risk at each time, those with a key from `begin` on, and those from `after` on."""
    order = None if np.all(key[1:] >= key[:-1]) else _stable_order(key)
    ordered = key if order is None else key[order]
    stratum_start = np.append(0, np.flatnonzero(np.diff(ordered // width)) + 1)
    end = np.searchsorted(ordered, (begin // width + 1) * width)
    first, later = np.searchsorted(ordered, begin), np.searchsorted(ordered, after)
    bound = np.unique(np.concatenate([stratum_start, first[first < end], later[later < end]]))
    return _RiskSets(
        order=order,  # None spares copies: the rows themselves are in order of their times already
        stratum_start=stratum_start,
        bound=bound,
        stratum_bound=np.searchsorted(bound, stratum_start),
        place=np.where(first < end, np.searchsorted(bound, first), len(bound)),
        after=np.where(later < end, np.searchsorted(bound, later), len(bound)),
    )


def _cumulate(values: np.ndarray, start: np.ndarray) -> np.ndarray:
    """Return cumulative sums that begin anew at each start.

    Differences of sums over all strata would be lost in round-off where the risks in two strata are far apart.
    """
    sums = np.empty_like(values)
    for begin, end in pairwise([*start.tolist(), len(values)]):
        np.cumsum(values[begin:end], axis=0, out=sums[begin:end])
    return sums
