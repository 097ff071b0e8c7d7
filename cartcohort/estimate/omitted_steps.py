"""Hazard ratios of groups without each patient, by one step of Newton's method from the ratio with all.

Among many patients the ratio moves so little without one of them that a single step is exact to more digits than
distinguish patients. It needs the score and the information without each, which are sums over event times, so that it
costs no more than one fit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_RIDGE = 1e-10


@dataclass(frozen=True, eq=False)
class EventSlots:
    """The factors of the partial likelihood of k groups, one an event, in the order of their times.

    Attributes
    ----------
    at : ndarray of int, shape (s,)
        Index of the time of each event.
    place, n_tied : ndarray of int, shape (s,)
        Place of each event among those tied with it, and their number.
    at_risk, dying : ndarray, shape (s, k)
        Patients at risk at its time, and with the event then, by group.
    efron : bool
        Whether tied events leave the risk set one after the other.
    """

    at: np.ndarray
    place: np.ndarray
    n_tied: np.ndarray
    at_risk: np.ndarray
    dying: np.ndarray
    efron: bool

    @property
    def observed(self) -> np.ndarray:
        """Return the events of each group, shape (k,)."""
        return (self.dying / self.n_tied[:, None]).sum(axis=0)

    def fraction(self, n_tied: np.ndarray) -> np.ndarray:
        """Return the share of the tied events, of so many, that has left the risk set before each, shape (s, 1)."""
        return (self.place / np.maximum(n_tied, 1) if self.efron else np.zeros(len(self.place)))[:, None]


def step_without_each(slots: EventSlots, log_ratio: np.ndarray, n_times: int) -> np.ndarray:
    """Return the log ratios without a patient of each time, group and outcome, shape (n_times, k, 2, k - 1).

    Parameters
    ----------
    slots : EventSlots
    log_ratio : ndarray, shape (k - 1,)
        With all patients; finite.
    n_times : int
        Distinct times, those without events among them.
    """
    k = slots.at_risk.shape[1]
    risk, found = np.exp(np.append(0.0, log_ratio)), np.empty((n_times, k, 2, k - 1))
    begin = np.flatnonzero(slots.place == 0)
    until = np.searchsorted(slots.at[begin], np.arange(n_times), side="right")
    before = until - np.isin(np.arange(n_times), slots.at[begin])
    left = slots.at_risk - slots.fraction(slots.n_tied) * slots.dying
    whole = _Sums.over(left, risk, begin)
    for group, one in enumerate(np.eye(k)):
        less = _Sums.over(left - one, risk, begin)
        # Without one of the events at a time, the last of its factors is gone.
        kept = slots.place < slots.n_tied - 1
        own = slots.at_risk - one - slots.fraction(slots.n_tied - 1) * (slots.dying - one)
        alone = _Sums.over(own, risk, begin, kept=kept)
        for event, sums in enumerate((less.up_to(until), less.up_to(before) + alone.at(until - 1))):
            sums = sums + whole.after(until)
            score = (slots.observed - event * one)[1:] - sums.share
            information = sums.spread + _RIDGE * np.eye(k - 1)
            found[:, group, event] = log_ratio + np.linalg.solve(information, score[..., None])[..., 0]
    return found


@dataclass(frozen=True, eq=False)
class _Sums:
    """Shares of the groups but the first in the risk, and their covariance, summed over the events of each time."""

    share: np.ndarray
    spread: np.ndarray

    @classmethod
    def over(cls, left: np.ndarray, risk: np.ndarray, begin: np.ndarray, *, kept: np.ndarray | None = None) -> _Sums:
        """Sum over the events, which begin a new time at each of `begin`; only over those kept, if not all."""
        weight = np.maximum(left, 0.0) * risk
        total = weight.sum(axis=1, keepdims=True)
        share = (weight / np.where(total > 0, total, 1.0))[:, 1:]
        share = share if kept is None else share * kept[:, None]
        spread = share[:, :, None] * (np.eye(share.shape[1]) - share[:, None, :])
        return cls(np.add.reduceat(share, begin, axis=0), np.add.reduceat(spread, begin, axis=0))

    def __add__(self, other: _Sums) -> _Sums:
        return _Sums(self.share + other.share, self.spread + other.spread)

    def at(self, index: np.ndarray) -> _Sums:
        """Return the sums of these event times."""
        return _Sums(self.share[index], self.spread[index])

    def up_to(self, until: np.ndarray) -> _Sums:
        """Return the sums over so many event times from the first."""
        return _Sums(*(_cumulated(part)[until] for part in (self.share, self.spread)))

    def after(self, until: np.ndarray) -> _Sums:
        """Return the sums over the event times after the first so many."""
        return _Sums(*(part.sum(axis=0) - _cumulated(part)[until] for part in (self.share, self.spread)))


def _cumulated(values: np.ndarray) -> np.ndarray:
    return np.concatenate([np.zeros((1, *values.shape[1:])), np.cumsum(values, axis=0)])
