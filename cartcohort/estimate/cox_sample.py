"""The rows of a Cox model, sorted once so that every risk set is a range of rows.

Columns are centred and scaled: coefficients computed from a sample are on that scale.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True, eq=False)
class _RiskSets:
    """Where each risk set begins and ends among the rows, once these are put in order of (stratum, time)."""

    order: np.ndarray | slice
    first: np.ndarray
    last: np.ndarray

    def sums(self, values: np.ndarray) -> np.ndarray:
        """Sum the values of the rows from `first` to the end of the stratum, for each event time."""
        ordered = values[self.order][::-1]
        from_here = np.concatenate([np.cumsum(ordered, axis=0)[::-1], np.zeros((1, *values.shape[1:]))])
        return from_here[self.first] - from_here[self.last]


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

    def at_risk(self, values: np.ndarray) -> np.ndarray:
        """Sum values of the rows over the risk set of each distinct event time, along the first axis."""
        sums = self.observed.sums(values)
        return sums if self.entered is None else sums - self.entered.sums(values)

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
    stratum_end = (event_key // width + 1) * width
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
        observed=_RiskSets(slice(None), np.searchsorted(key, event_key), np.searchsorted(key, stratum_end)),
        entered=None if entry is None else _find_entered(entry_key, event_key, stratum_end),
        hazard_from=np.searchsorted(event_key, entry_key, side="right"),
        hazard_to=np.searchsorted(event_key, key, side="right"),
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


def _find_entered(entry_key: np.ndarray, event_key: np.ndarray, stratum_end: np.ndarray) -> _RiskSets:
    order = np.argsort(entry_key, kind="stable")
    ordered = entry_key[order]
    return _RiskSets(order, np.searchsorted(ordered, event_key), np.searchsorted(ordered, stratum_end))
