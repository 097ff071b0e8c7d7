"""How much a p-value rests on the threshold that split a number in two groups."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cartcohort.estimate.inputs import as_floats, require
from cartcohort.estimate.results import Result


@dataclass(frozen=True, eq=False)
class ThresholdScan:
    """A test repeated over the thresholds that split a number in two groups.

    Attributes
    ----------
    threshold : ndarray, shape (k,)
        Thresholds looked at, ascending; "high" means at or above.
    n_low, n_high : ndarray of int, shape (k,)
        Patients below, and at or above.
    p_value : ndarray, shape (k,)
        NaN where the test has none.
    n_possible : int
        Thresholds that could have been looked at.
    note : str
        Why there is none.
    """

    threshold: np.ndarray
    n_low: np.ndarray
    n_high: np.ndarray
    p_value: np.ndarray
    n_possible: int
    note: str

    def result(self) -> Result:
        """Return the threshold with the smallest p-value; `method` says how many were looked at, p is unadjusted."""
        known = {
            "unit": "threshold",
            "method": f"smallest p-value over {len(self.threshold)} thresholds, not adjusted",
        }
        if np.isnan(self.p_value).all():
            return Result(**known, note=self.note or "not estimable: no threshold with a p-value")
        best = int(np.nanargmin(self.p_value))
        return Result(
            estimate=self.threshold[best],
            conf_low=self.threshold[0],
            conf_high=self.threshold[-1],
            n=self.n_low[best] + self.n_high[best],
            p_value=self.p_value[best],
            **known,
            note=self.note,
        )


def threshold_scan(
    value: Sequence[float],
    p_value: Callable[[pd.Categorical], float | None],
    *,
    min_patients: int = 1,
    max_thresholds: int = 100,
) -> ThresholdScan:
    """Repeat a test over the thresholds that could have defined a factor.

    The smallest p-value found this way overstates the evidence; the scan is there to show how much p depends on a
    threshold that was chosen.

    Parameters
    ----------
    value : array_like, shape (n,)
        The number that is split; missing values give a missing group.
    p_value : callable
        Takes the groups as a Categorical with levels "low" (below the threshold, the reference) and "high" (at or
        above it), shape (n,), and returns the p-value, or None.
    min_patients : int
        Smallest group that a threshold may leave.
    max_thresholds : int
        Where more are possible, this many of them, evenly spaced by rank.

    Returns
    -------
    ThresholdScan
        Without thresholds, with a note, where no threshold leaves two groups of that size.
    """
    value = as_floats(value)
    require(min_patients >= 1 and max_thresholds >= 1, "`min_patients` and `max_thresholds` must be at least 1.")
    known = np.sort(value[~np.isnan(value)])
    candidates = np.unique(known)
    n_low = np.searchsorted(known, candidates, side="left")
    allowed = (n_low >= min_patients) & (len(known) - n_low >= min_patients)
    candidates, n_low = candidates[allowed], n_low[allowed]
    shown = np.unique(np.linspace(0, len(candidates) - 1, min(max_thresholds, len(candidates))).round().astype(int))
    found = as_floats([p_value(_split_at(value, threshold)) for threshold in candidates[shown]])
    return ThresholdScan(
        threshold=candidates[shown],
        n_low=n_low[shown],
        n_high=len(known) - n_low[shown],
        p_value=found,
        n_possible=len(candidates),
        note="" if len(candidates) else "not estimable: no threshold leaves two groups",
    )


def _split_at(value: np.ndarray, threshold: float) -> pd.Categorical:
    codes = np.where(np.isnan(value), -1, value >= threshold).astype(int)
    return pd.Categorical.from_codes(codes, categories=["low", "high"])
