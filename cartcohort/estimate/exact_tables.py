"""All r x c tables with given margins: the exact and the simulated p-value of Fisher's test."""

from __future__ import annotations

import math

import numpy as np
from scipy import special, stats

ENUMERATION_LIMIT = 10_000_000
"""Ways to fill half of the columns above which the exact p-value is not attempted: a few seconds."""

_HELD_AT_ONCE = 500_000
_SEED = 20230228


def exact_p(counts: np.ndarray, *, tie: float, limit: int = ENUMERATION_LIMIT) -> float | None:
    """Return the probability of all tables at most as likely as the observed one, or None for too many tables.

    Parameters
    ----------
    counts : ndarray of int, shape (r, c)
        The observed table, without empty rows or columns.
    tie : float
        Relative tolerance within which probabilities count as equal.
    limit : int
        Largest number of half tables to look at.

    Notes
    -----
    The columns are split in two halves, and each half is filled in all possible ways. Halves that use up the rows
    exactly belong together; with one side sorted by probability, the sum over all pairs below the observed
    probability needs a search for each half table instead of a look at each pair.
    """
    rows, first, second = min((_split(counts), _split(counts.T)), key=lambda split: _ways_at_most(*split[:2]))
    if _ways_at_most(rows, first) > limit:
        return None
    columns = np.concatenate((first, second))
    log_factorial = special.gammaln(np.arange(rows.sum() + 1) + 1.0)
    # Of a table's probability, what all tables with these margins share; the rest is 1 / (product of factorials).
    shared = log_factorial[rows].sum() + log_factorial[columns].sum() - log_factorial[-1]
    bound = shared - log_factorial[counts].sum() + np.log1p(tie)
    begun = _fill_columns(rows[None, :], np.full(1, shared), first[:-1], log_factorial)
    ended = _fill_columns(rows[None, :], np.zeros(1), second, log_factorial)
    n_chunks = min(len(begun[0]), 1 + len(begun[0]) * _ways_at_most(rows, first[-1:]) // _HELD_AT_ONCE)
    total = 0.0
    for chunk in np.array_split(np.arange(len(begun[0])), n_chunks):
        half = _fill_columns(begun[0][chunk], begun[1][chunk], first[-1:], log_factorial)
        total += _sum_of_pairs(half, ended, rows, bound)
    return min(1.0, total)


def simulated_p(counts: np.ndarray, *, tie: float, samples: int) -> float:
    """Return the share of random tables with the same margins at most as likely as the observed one.

    The observed table counts as one of the samples, so that the p-value is never 0. The seed is fixed.
    """
    tables = stats.random_table(counts.sum(axis=1), counts.sum(axis=0)).rvs(
        samples, random_state=np.random.default_rng(_SEED)
    )
    log_weight = -special.gammaln(tables + 1).sum(axis=(1, 2))
    observed = -special.gammaln(counts + 1).sum()
    return float((1 + np.sum(log_weight <= observed + np.log1p(tie))) / (1 + samples))


def _split(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the row totals and the totals of two halves of the columns, first the half with more ways to fill it."""
    rows, columns = counts.sum(axis=1), np.sort(counts.sum(axis=0))
    # Small columns go with large ones, so that the halves offer about as many ways each.
    outer = np.isin(np.arange(len(columns)) % 4, (0, 3))
    halves = sorted((columns[outer], columns[~outer]), key=lambda half: _ways_at_most(rows, half))
    return rows, halves[1], halves[0]


def _ways_at_most(rows: np.ndarray, columns: np.ndarray) -> int:
    """Return how many ways there were to fill the columns if the rows set no limit."""
    n_rows = len(rows)
    return math.prod(math.comb(int(total) + n_rows - 1, n_rows - 1) for total in columns)


def _fill_columns(
    left: np.ndarray, weight: np.ndarray, columns: np.ndarray, log_factorial: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Fill further columns in all ways.

    Parameters
    ----------
    left : ndarray of int, shape (s, r)
        What is left of each row in each of s tables begun.
    weight : ndarray, shape (s,)
        Their log weights so far.
    columns : ndarray of int
        Totals of the columns to fill.
    log_factorial : ndarray
        Log factorials of 0, 1, 2, ...

    Returns
    -------
    left, weight
        The same for the tables with these columns; a cell lowers the log weight by its log factorial.
    """
    for total in columns:
        need = np.full(len(left), total)
        for row in range(left.shape[1] - 1):
            lowest = np.maximum(0, need - left[:, row + 1 :].sum(axis=1))
            n_ways = np.minimum(left[:, row], need) - lowest + 1
            parent = np.repeat(np.arange(len(left)), n_ways)
            cell = lowest[parent] + np.arange(len(parent)) - np.repeat(np.cumsum(n_ways) - n_ways, n_ways)
            left, need, weight = left[parent], need[parent] - cell, weight[parent] - log_factorial[cell]
            left[:, row] -= cell
        # The last row takes what the column still needs.
        weight = weight - log_factorial[need]
        left = np.column_stack((left[:, :-1], left[:, -1] - need))
    return left, weight


def _sum_of_pairs(
    first: tuple[np.ndarray, np.ndarray], second: tuple[np.ndarray, np.ndarray], rows: np.ndarray, bound: float
) -> float:
    """Return the summed probability of all pairs of halves that make a table at most as likely as the bound."""
    radix = np.cumprod(np.concatenate(([1], rows[:-1] + 1)))
    # What the first half leaves over must be what the second half uses.
    key_first, key_second = first[0] @ radix, (rows - second[0]) @ radix
    order = np.lexsort((second[1], key_second))
    key_second, weight = key_second[order], second[1][order]
    start = np.searchsorted(key_second, key_first, side="left")
    stop = np.searchsorted(key_second, key_first, side="right")
    end = _search_within(weight, start, stop, bound - first[1])
    # Sums begin anew, from the least likely on, among halves that use up the same; the last of these is the largest.
    begin = np.flatnonzero(np.diff(key_second, prepend=-1))
    largest = weight[np.append(begin[1:], len(weight)) - 1]
    relative = np.split(np.exp(weight - np.repeat(largest, np.diff(begin, append=len(weight)))), begin[1:])
    summed = np.concatenate([np.cumsum(part) for part in relative])
    counted = np.flatnonzero(end > start)
    top = largest[np.searchsorted(begin, start[counted])]
    return float(np.exp(first[1][counted] + top) @ summed[end[counted] - 1])


def _search_within(values: np.ndarray, start: np.ndarray, stop: np.ndarray, bound: np.ndarray) -> np.ndarray:
    """Return, for each slice of ascending values, the index after its last value that is at most the bound."""
    low, high = start.copy(), stop.copy()
    while np.any(low < high):
        middle = (low + high) // 2
        inside = low < high
        below = inside & (values[np.minimum(middle, len(values) - 1)] <= bound)
        low = np.where(below, middle + 1, low)
        high = np.where(inside & ~below, middle, high)
    return low
