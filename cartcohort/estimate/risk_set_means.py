"""Weighted means of covariates in the risk sets of a Cox model, kept by event time however many events are tied."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cartcohort.estimate.cox_sample import CoxSample


@dataclass(frozen=True, eq=False)
class RiskSetMeans:
    """The mean of the columns in the risk set of each event, as (apart + left * tied) / total.

    Of m distinct times only sums are kept, and of d events only numbers: with whole days, d is far above m.

    Attributes
    ----------
    apart, tied : ndarray, shape (m, k)
        Columns times risk, summed at each time over those at risk without the event then, and over those with it.
    tie : ndarray of int, shape (d,)
        Number of the time of each event.
    left : ndarray, shape (d,)
        Efron's share of the tied events that is still at risk; 1 for Breslow.
    total : ndarray, shape (d,)
        Summed risk.
    """

    apart: np.ndarray
    tied: np.ndarray
    tie: np.ndarray
    left: np.ndarray
    total: np.ndarray

    def by_event(self) -> np.ndarray:
        """Return the means themselves, shape (d, k)."""
        return (self.apart[self.tie] + self.left[:, None] * self.tied[self.tie]) / self.total[:, None]

    def sum(self, weight: np.ndarray) -> np.ndarray:
        """Return the sum of weight times mean over the events, shape (k,)."""
        share = weight / self.total
        return self._at_times(share) @ self.apart + self._at_times(share * self.left) @ self.tied

    def sum_products(self, weight: np.ndarray) -> np.ndarray:
        """Return the sum of weight times the product of each two columns' means over the events, shape (k, k)."""
        share = weight / self.total**2
        mixed = self.apart.T @ (self._at_times(share * self.left)[:, None] * self.tied)
        apart = self.apart.T @ (self._at_times(share)[:, None] * self.apart)
        return apart + mixed + mixed.T + self.tied.T @ (self._at_times(share * self.left**2)[:, None] * self.tied)

    def _at_times(self, values: np.ndarray) -> np.ndarray:
        return np.bincount(self.tie, weights=values, minlength=len(self.apart))


def find_means(sample: CoxSample, risk: np.ndarray) -> RiskSetMeans:
    """Average the columns over each risk set, with weights `risk`, shape (n,)."""
    left = 1 - sample.fraction
    risk_apart, risk_tied = (sums[sample.tie, 0] for sums in sample.at_risk_split(np.ones((len(risk), 1)), risk))
    apart, tied = sample.at_risk_split(sample.columns, risk)
    return RiskSetMeans(apart, tied, sample.tie, left, risk_apart + left * risk_tied)
