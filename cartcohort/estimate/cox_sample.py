"""The rows of a Cox model, sorted once so that every risk set is a range of rows.

Columns are centred and scaled: coefficients computed from a sample are on that scale.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np


@dataclass(frozen=True, eq=False)
class _RiskSets:
    """Where each risk set begins and ends among the rows, once these are put in order of (stratum, time)."""

    order: np.ndarray | slice
    stratum_start: np.ndarray
    first: np.ndarray
    last: np.ndarray

    def sums(self, values: np.ndarray) -> np.ndarray:
        """Sum the values of the rows from `first` to the end of the stratum, for each event time."""
        ordered = values[self.order]
        ends = len(ordered) - self.stratum_start[::-1]
        from_here = _cumulate(ordered[::-1], np.append(0, ends[:-1]))[::-1]
        padded = np.concatenate([from_here, np.zeros((1, *values.shape[1:]))])
        return padded[np.where(self.first < self.last, self.first, len(ordered))]


@dataclass(frozen=True, eq=False)
class CoxSample:
    """Rows prepared for the partial likelihood, sorted by stratum and time.

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

    def at_risk(self, values: np.ndarray) -> np.ndarray:
        """Sum values of the rows over the risk set of each distinct event time, along the first axis."""
        sums = self.observed.sums(values)
        return sums if self.entered is None else sums - self.entered.sums(values)

    def while_at_risk(self, values: np.ndarray) -> np.ndarray:
        """Sum values of the distinct event times over those at which each row is at risk, shape (n,)."""
        upto = np.append(_cumulate(values, np.unique(self.first_time[self.event_row])), 0.0)
        to, begin = (
            upto[np.where(number > self.first_time, number - 1, len(values))]
            for number in (self.hazard_to, self.hazard_from)
        )
        return to - begin

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
    order = np.argsort(key, kind="stable")
    key, entry_key, event, X = key[order], entry_key[order], event[order], X[order]
    event_row = np.flatnonzero(event)
    event_key, tie, size = np.unique(key[event_row], return_inverse=True, return_counts=True)
    fraction = (np.arange(len(event_row)) - (np.cumsum(size) - size)[tie]) / size[tie]
    spread = X.std(axis=0)
    varies = spread > 1e-12 * np.maximum(1.0, np.abs(X).max(axis=0, initial=0.0))
    scale = np.where(varies, spread, 1.0)
    return CoxSample(
        columns=np.where(varies, X - X.mean(axis=0), 0.0) / scale,
        scale=scale,
        entry=None if entry is None else entry[order],
        time=time[order],
        event=event,
        stratum=stratum[order],
        ties=ties,
        event_row=event_row,
        tie=tie,
        fraction=fraction if ties == "efron" else np.zeros(len(event_row)),
        observed=_find_risk_sets(key, event_key, width),
        entered=None if entry is None else _find_risk_sets(entry_key, event_key, width),
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


def _find_risk_sets(key: np.ndarray, event_key: np.ndarray, width: int) -> _RiskSets:
    order = np.argsort(key, kind="stable")
    ordered = key[order]
    # The rows themselves are in order of their times already: a slice spares copies.
    return _RiskSets(
        order=slice(None) if np.array_equal(order, np.arange(len(order))) else order,
        stratum_start=np.append(0, np.flatnonzero(np.diff(ordered // width)) + 1),
        first=np.searchsorted(ordered, event_key),
        last=np.searchsorted(ordered, (event_key // width + 1) * width),
    )


def _cumulate(values: np.ndarray, start: np.ndarray) -> np.ndarray:
    """Return cumulative sums that begin anew at each start.

    Differences of sums over all strata would be lost in round-off where the risks in two strata are far apart.
    """
    sums = np.empty_like(values)
    for begin, end in pairwise([*start.tolist(), len(values)]):
        np.cumsum(values[begin:end], axis=0, out=sums[begin:end])
    return sums
