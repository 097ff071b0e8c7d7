"""The rows of a Cox model counted by event time and covariate pattern, for many samples of the same rows at once.

A sample drawn from rows is no more than other counts in the same cells. What a Cox model of fixed covariates asks of
it are products of these counts with something by pattern: its cost depends on days and patterns, not on patients.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

# Cells (samples times event times times patterns) that are worked on at once.
_CELLS = 500_000
# A table is worth its while up to so many cells, or so many a row; and pairs of patterns have to be counted.
_FEW_CELLS, _CELLS_A_ROW, _MOST_PATTERNS = 20_000, 30, 300


@dataclass(frozen=True, eq=False)
class PatternCounts:
    """Counts of m samples over t event times, some of them without events in a sample, and P patterns.

    Attributes
    ----------
    columns : ndarray, shape (P, k)
        The patterns.
    events, at_risk : ndarray of float, shape (m, t, P)
        Rows with the event at each time, and all at risk then.
    rows : ndarray of float, shape (m, P)
        Rows of each pattern.
    """

    columns: np.ndarray
    events: np.ndarray
    at_risk: np.ndarray
    rows: np.ndarray

    def take(self, chosen: np.ndarray) -> PatternCounts:
        """Return the counts of some of the samples."""
        return PatternCounts(self.columns, self.events[chosen], self.at_risk[chosen], self.rows[chosen])

    def pairs(self) -> np.ndarray:
        """Count the comparable pairs of each pattern, with the earlier event, and each other, shape (m, P, P).

        A row can be compared with an event if it outlived it, or was censored at that very time.
        """
        return self.events.transpose(0, 2, 1) @ (self.at_risk - self.events)


@dataclass(frozen=True, eq=False)
class PatternTable:
    """Which cell each row is counted in.

    Attributes
    ----------
    columns : ndarray, shape (P, k)
        Distinct rows of covariates, centred and scaled.
    scale : ndarray, shape (k,)
        What each column was divided by.
    cell : ndarray of int, shape (n,)
        Number of each row's cell, by the last event time at which it is at risk, pattern, and event.
    stratum_start : tuple of int
        First event time of each stratum.
    n_times : int
        Distinct event times, within strata.
    """

    columns: np.ndarray
    scale: np.ndarray
    cell: np.ndarray
    stratum_start: tuple[int, ...]
    n_times: int

    @property
    def is_small(self) -> bool:
        """Whether the table is so small beside the rows that counting in it spares work."""
        cells = self.n_times * len(self.columns)
        return len(self.columns) <= _MOST_PATTERNS and cells <= max(_FEW_CELLS, _CELLS_A_ROW * len(self.cell))

    def count(self, drawn: np.ndarray) -> PatternCounts:
        """Count samples given as positions of rows, shape (m, any)."""
        m, times, patterns = len(drawn), self.n_times, len(self.columns)
        cells = (times + 1) * patterns * 2
        place = (self.cell[drawn] + cells * np.arange(m)[:, None]).ravel()
        counts = np.bincount(place, minlength=m * cells).reshape(m, times + 1, patterns, 2).astype(float)
        ended = counts.sum(axis=3)
        at_risk = np.empty((m, times, patterns))
        for start, end in pairwise((*self.stratum_start, times)):
            at_risk[:, start:end] = ended[:, start:end][:, ::-1].cumsum(axis=1)[:, ::-1]
        return PatternCounts(self.columns, counts[:, :times, :, 1], at_risk, ended.sum(axis=1))

    def bootstrap(self, samples: int, generator: np.random.Generator) -> Iterator[tuple[np.ndarray, PatternCounts]]:
        """Draw samples of as many rows, with replacement: iterate over blocks of them with their counts."""
        n, at_once = len(self.cell), max(1, _CELLS // (self.n_times * len(self.columns)))
        for start in range(0, samples, at_once):
            drawn = np.stack([generator.integers(n, size=n) for _ in range(min(at_once, samples - start))])
            yield drawn, self.count(drawn)


def make_table(X: np.ndarray, time: np.ndarray, event: np.ndarray, stratum: np.ndarray) -> PatternTable:
    """Lay out the table of rows of which at least one has the event.

    Parameters
    ----------
    X : ndarray, shape (n, k)
        Covariates.
    time, event : ndarray, shape (n,)
        Time and event.
    stratum : ndarray of int, shape (n,)
        Stratum codes.
    """
    rank = np.unique(time, return_inverse=True)[1]
    width = int(rank.max()) + 1
    key, start = stratum.astype(np.int64) * width + rank, stratum.astype(np.int64) * width
    event_key = np.unique(key[event])
    last, first = np.searchsorted(event_key, key, side="right") - 1, np.searchsorted(event_key, start)
    # Rows that are at risk at no event are counted beyond the last of them.
    last = np.where(last >= first, last, len(event_key))
    patterns, pattern = find_patterns(X)
    centre, scale = X.mean(axis=0), X.std(axis=0)
    scale = np.where(scale > 0, scale, 1.0)
    return PatternTable(
        columns=(patterns - centre) / scale,
        scale=scale,
        cell=(last * len(patterns) + pattern) * 2 + event,
        stratum_start=tuple(np.unique(first[first < len(event_key)]).tolist()),
        n_times=len(event_key),
    )


def find_patterns(X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the distinct rows and the number of each row among them, without sorting rows of several columns."""
    pattern = np.zeros(len(X), dtype=np.int64)
    for column in X.T:
        values, code = np.unique(column, return_inverse=True)
        pattern = np.unique(pattern * len(values) + code, return_inverse=True)[1]
    _, first = np.unique(pattern, return_index=True)
    return X[first], pattern
