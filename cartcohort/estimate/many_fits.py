"""Cox models of many samples of the same rows, all fitted at once.

The search is that of `partial_likelihood.maximise`, on counts by event time and covariate pattern. It is made for
resampling, which wants the coefficients alone, and leaves to that one the samples without a finite estimate.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cartcohort.estimate.pattern_table import PatternCounts

_GAIN = 1e-12
_MAX_STEPS, _MAX_HALVINGS = 100, 40
_ROUND_OFF = 1e-14
# A column that moves the predictor that far is on its way to an infinite estimate.
_INFINITE = 12.0


@dataclass(frozen=True, eq=False)
class _Points:
    """Value, score and information of m samples, each at its own coefficients."""

    coefficient: np.ndarray
    value: np.ndarray
    score: np.ndarray
    information: np.ndarray

    def take(self, chosen: np.ndarray) -> _Points:
        """Return the points of some samples."""
        return _Points(*(part[chosen] for part in vars(self).values()))

    def put(self, chosen: np.ndarray, points: _Points) -> None:
        """Replace the points of some samples by theirs among `points`."""
        for mine, theirs in zip(vars(self).values(), vars(points).values(), strict=True):
            mine[chosen] = theirs[chosen]


def maximise_each(counts: PatternCounts, ties: str) -> tuple[np.ndarray, np.ndarray]:
    """Maximise the partial likelihood of each sample by Newton's method with step halving.

    Parameters
    ----------
    counts : PatternCounts
        Of m samples.
    ties : str
        "efron" or "breslow".

    Returns
    -------
    coefficient : ndarray, shape (m, k)
        Of the columns.
    fitted : ndarray of bool, shape (m,)
        False for a sample that is to be fitted alone: without events, with columns that tell nothing or follow from
        others, or with a likelihood that seems to have no maximum.
    """
    likelihoods, group = _Likelihoods(counts, ties), np.arange(len(counts.rows))
    here = likelihoods.evaluate(np.zeros((len(group), counts.columns.shape[1])))
    fitted = _are_independent(here.information)
    found, moving = here.coefficient.copy(), fitted.copy()
    for _ in range(_MAX_STEPS):
        if 2 * moving.sum() <= len(moving):
            group, here = group[moving], here.take(moving)
            if not len(group):
                break
            likelihoods, moving = likelihoods.take(moving), np.ones(len(group), dtype=bool)
        step = _solve_each(here, moving)
        gain = np.sum(here.score * step, axis=1)
        advanced = _advance(likelihoods, here, step, moving)
        infinite = np.any(np.abs(here.coefficient) * likelihoods.spread > _INFINITE, axis=1)
        found[group], fitted[group[infinite]] = here.coefficient, False
        moving &= advanced & ~infinite & (gain >= _GAIN)
    return found, fitted


class _Likelihoods:
    """The partial likelihoods of m samples: the counts of each, and a slot for each of their events."""

    def __init__(self, counts: PatternCounts, ties: str) -> None:
        self._counts, self._ties = counts, ties
        size = counts.events.sum(axis=2).astype(int).ravel()
        self._filled = np.flatnonzero(size)
        size = size[self._filled]
        self._begin = np.cumsum(size) - size
        place = np.arange(size.sum()) - np.repeat(self._begin, size)
        self._fraction = place / np.repeat(size, size) if ties == "efron" else np.zeros(len(place))
        self._slot = np.repeat(self._filled, size)
        self._events, there = counts.events.sum(axis=1), (counts.rows > 0)[..., None]
        self.spread = np.where(there, counts.columns, -np.inf).max(1) - np.where(there, counts.columns, np.inf).min(1)

    def take(self, chosen: np.ndarray) -> _Likelihoods:
        """Return those of some of the samples."""
        return _Likelihoods(self._counts.take(chosen), self._ties)

    def evaluate(self, coefficient: np.ndarray) -> _Points:
        """Evaluate each sample at its coefficients, shape (m, k)."""
        columns, events, at_risk = self._counts.columns, self._counts.events, self._counts.at_risk
        predictor = coefficient @ columns.T
        predictor = predictor - predictor.max(axis=1, keepdims=True)
        risk = np.exp(predictor)
        weighted = risk[..., None] * np.column_stack([np.ones(len(columns)), columns])
        whole, tied = at_risk @ weighted, events @ weighted
        total = whole[..., 0].ravel()[self._slot] - self._fraction * tied[..., 0].ravel()[self._slot]
        value = (self._events * predictor).sum(axis=1) - self._by_time(np.log(total)).sum(axis=1)
        whole, tied = whole[..., 1:], tied[..., 1:]
        hazard, own = (self._by_time(share)[:, None, :] for share in (1 / total, self._fraction / total))
        score = self._events @ columns - (hazard @ whole - own @ tied)[:, 0]
        exposed = (hazard @ at_risk - own @ events)[:, 0]
        products = (columns.T * (risk * exposed)[:, None, :]) @ columns
        return _Points(coefficient, value, score, _subtract(products, self._of_means(total, whole, tied)))

    def _of_means(self, total: np.ndarray, whole: np.ndarray, tied: np.ndarray) -> np.ndarray:
        """Sum the products of each two columns' means in the risk sets over the events."""
        share = total**-2
        both, mixed, own = (self._by_time(share * self._fraction**power)[..., None] for power in range(3))
        across = whole.transpose(0, 2, 1) @ (mixed * tied)
        squares = whole.transpose(0, 2, 1) @ (both * whole) + tied.transpose(0, 2, 1) @ (own * tied)
        return squares - across - across.transpose(0, 2, 1)

    def _by_time(self, values: np.ndarray) -> np.ndarray:
        """Sum values of the events by sample and time, shape (m, t)."""
        sums = np.zeros(self._counts.events.shape[:2])
        if len(self._begin):
            sums.ravel()[self._filled] = np.add.reduceat(values, self._begin)
        return sums


def _advance(likelihoods: _Likelihoods, here: _Points, step: np.ndarray, moving: np.ndarray) -> np.ndarray:
    """Take the steps where they are, shortened until no likelihood falls; return which could be taken."""
    slack, waiting = 1e-10 * (1 + np.abs(here.value)), moving.copy()
    lowest = here.value - slack
    for _ in range(_MAX_HALVINGS):
        there = likelihoods.evaluate(here.coefficient + step * waiting[:, None])
        taken = waiting & (there.value >= lowest)
        here.put(taken, there)
        waiting &= ~taken
        if not waiting.any():
            break
        step = step / 2
    return moving & ~waiting


def _solve_each(points: _Points, chosen: np.ndarray) -> np.ndarray:
    """Return Newton's step of the samples chosen, 0 for the others."""
    steps, part = np.zeros_like(points.score), points.take(chosen)
    try:
        steps[chosen] = np.linalg.solve(part.information, part.score[..., None])[..., 0]
    except np.linalg.LinAlgError:
        steps[chosen] = [_solve(*each) for each in zip(part.information, part.score, strict=True)]
    return steps


def _solve(information: np.ndarray, score: np.ndarray) -> np.ndarray:
    try:
        return np.linalg.solve(information, score)
    except np.linalg.LinAlgError:
        return np.linalg.lstsq(information, score, rcond=None)[0]


def _subtract(products: np.ndarray, of_means: np.ndarray) -> np.ndarray:
    """Return the difference, 0 for a column where only round-off is left: one that varies in no risk set."""
    difference = products - of_means
    known = np.einsum("mii->mi", difference) > _ROUND_OFF * np.einsum("mii->mi", of_means)
    return difference * (known[:, :, None] & known[:, None, :])


def _are_independent(information: np.ndarray) -> np.ndarray:
    """Return whether every column tells something that those before it do not, shape (m,)."""
    own = np.einsum("mii->mi", information)
    independent = np.all(own > 1e-12 * own.max(axis=1, initial=0.0, keepdims=True), axis=1)
    left = information.copy()
    for j in range(information.shape[1]):
        pivot = left[:, j, j]
        independent &= pivot > 1e-9 * own[:, j]
        row = left[:, j] / np.where(pivot > 0, pivot, 1.0)[:, None]
        left = left - left[:, :, j, None] * row[:, None, :]
    return independent
