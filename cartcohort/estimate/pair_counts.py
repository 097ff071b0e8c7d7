"""Counting of comparable pairs, concordant, discordant and tied, in n log n steps and per row.

The counts per row are what the standard error of a concordance is made of.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cartcohort.estimate.cox_sample import CoxSample

# So few pairs are looked at one by one; rows are counted by time and score where that makes no more cells.
_FEW_PAIRS, _MOST_CELLS = 20_000, 2_000_000


@dataclass(frozen=True, eq=False)
class PairCounts:
    """Comparable pairs that each row is part of.

    Attributes
    ----------
    concordant, discordant, tied : ndarray of int, shape (n,)
        Pairs in which the one with the earlier event had the higher, the lower, or the same score.
    """

    concordant: np.ndarray
    discordant: np.ndarray
    tied: np.ndarray

    @property
    def n_pairs(self) -> int:
        """Count the pairs; each has two rows."""
        return int(self.concordant.sum() + self.discordant.sum() + self.tied.sum()) // 2

    @property
    def concordance(self) -> float:
        """Return the share of concordant pairs, ties counting half; NaN without pairs."""
        return (self.concordant.sum() + self.tied.sum() / 2) / (2 * self.n_pairs) if self.n_pairs else np.nan

    @property
    def std_error(self) -> float:
        """Return the infinitesimal jackknife standard error of the concordance; NaN without pairs."""
        if not self.n_pairs:
            return np.nan
        every = self.concordant + self.discordant + self.tied
        influence = (self.concordant + self.tied / 2 - self.concordance * every) / self.n_pairs
        return float(np.sqrt(np.sum(influence**2)))


def count_pairs(sample: CoxSample, score: np.ndarray) -> PairCounts:
    """Count the comparable pairs of each row.

    Parameters
    ----------
    sample : CoxSample
        Rows with their risk sets.
    score : ndarray, shape (n,)
        Score of each row of the sample; scores that differ by round-off only count as tied.
    """
    spread = score.std()
    rank = np.unique(np.round(score / spread, 9) if spread > 0 else np.zeros(len(score)), return_inverse=True)[1]
    rows, time_number = sample.event_row, sample.tie
    if len(rows) * len(rank) <= _FEW_PAIRS:
        return _count_each(sample, rank)
    if sample.n_times * (int(rank.max()) + 1) <= _MOST_CELLS:
        return _count_in_cells(sample, rank)
    # Row j can be compared with the events at times numbered start[j] to until[j] - 1, which leaves out its own event
    # and those tied with it.
    start, until = sample.hazard_from, sample.hazard_to - sample.event
    at, own = time_number + 1, rank[rows]
    lower, same, higher = _count_order(start, rank, at, own) - _count_order(until, rank, at, own)
    # Seen from the later of a pair, it is concordant where the earlier had the higher score.
    discordant, tied, concordant = _count_order(time_number, own, until, rank) - _count_order(
        time_number, own, start, rank
    )
    concordant[rows] += lower
    tied[rows] += same
    discordant[rows] += higher
    return PairCounts(concordant, discordant, tied)


def _count_each(sample: CoxSample, rank: np.ndarray) -> PairCounts:
    """Count the pairs of few rows by looking at each, which is quicker than sorting."""
    rows, at = sample.event_row, sample.tie[:, None]
    comparable = (sample.hazard_from <= at) & (at < sample.hazard_to - sample.event)
    own = rank[rows][:, None]
    counts = []
    for ordered in (own > rank, own < rank, own == rank):
        pairs = comparable & ordered
        count = pairs.sum(axis=0)
        count[rows] += pairs.sum(axis=1)
        counts.append(count)
    return PairCounts(*counts)


def _count_in_cells(sample: CoxSample, rank: np.ndarray) -> PairCounts:
    """Count the pairs of many rows with few distinct scores and days, in a table of both."""
    shape = sample.n_times + 1, int(rank.max()) + 1
    rows, start, until = sample.event_row, sample.hazard_from, sample.hazard_to - sample.event

    def table(time: np.ndarray, rank: np.ndarray) -> np.ndarray:
        return np.bincount(time * shape[1] + rank, minlength=shape[0] * shape[1]).reshape(shape)

    alive = np.cumsum(table(start, rank) - table(until, rank), axis=0)
    counts = _order_in(alive, sample.tie, rank[rows])
    # Events before each time: seen from the later of a pair, it is concordant where the earlier had the higher score.
    earlier = np.cumsum(table(sample.tie + 1, rank[rows]), axis=0)
    discordant, tied, concordant = _order_in(earlier, until, rank) - _order_in(earlier, start, rank)
    for count, more in zip((concordant, tied, discordant), counts, strict=True):
        count[rows] += more
    return PairCounts(concordant, discordant, tied)


def _order_in(table: np.ndarray, row: np.ndarray, rank: np.ndarray) -> np.ndarray:
    """Return how many in the rows of a table by rank have a lower, the same and a higher one; shape (3, m)."""
    same, upto = table[row, rank], np.cumsum(table, axis=1)
    return np.stack([upto[row, rank] - same, same, upto[row, -1] - upto[row, rank]])


def _count_order(key: np.ndarray, rank: np.ndarray, below_key: np.ndarray, own_rank: np.ndarray) -> np.ndarray:
    """Count, for each query, the points with a smaller key whose rank is lower, the same, or higher; shape (3, m)."""
    lower, up_to = np.split(_count_below(key, rank, np.tile(below_key, 2), np.append(own_rank, own_rank + 1)), 2)
    every = np.searchsorted(np.sort(key), below_key)
    return np.stack([lower, up_to - lower, every - up_to])


def _count_below(key: np.ndarray, rank: np.ndarray, below_key: np.ndarray, below_rank: np.ndarray) -> np.ndarray:
    """Count, for each query, the points with a smaller key and a smaller rank.

    The points with a smaller key are a prefix of the points sorted by key. A prefix is a union of blocks whose sizes
    are powers of two, and within blocks sorted by rank the count is one binary search.
    """
    order = np.argsort(key, kind="stable")
    prefix, rank = np.searchsorted(key[order], below_key), rank[order]
    width = int(max(rank.max(initial=0), below_rank.max(initial=0))) + 1
    position, count = np.arange(len(rank)), np.zeros(len(prefix), dtype=int)
    for bit in range(len(rank).bit_length()):
        sorted_blocks = np.sort((position >> bit) * width + rank)
        chosen = np.flatnonzero((prefix >> bit) & 1)
        block = (prefix[chosen] >> bit) - 1
        count[chosen] += np.searchsorted(sorted_blocks, block * width + below_rank[chosen]) - (block << bit)
    return count
