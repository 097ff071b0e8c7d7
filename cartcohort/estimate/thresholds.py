"""How much a p-value rests on the threshold that split a number in two groups."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from cartcohort.estimate.inputs import as_floats, check_survival, require, require_equal_lengths
from cartcohort.estimate.permutation import monte_carlo_result
from cartcohort.estimate.results import Result
from cartcohort.estimate.tails import chi_squared_tail

# Cells (shuffles times event times times thresholds) that are worked on at once: few enough for a processor's cache.
_CELLS = 50_000
# More patients are not shuffled.
_MOST_SHUFFLED = 5_000
_TIE, _NO_VARIANCE = 1e-9, 1e-10


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
    scan = _choose_thresholds(value, min_patients, max_thresholds)
    found = as_floats([p_value(_split_at(value, threshold)) for threshold in scan.threshold])
    return replace(scan, p_value=found)


def threshold_scan_logrank(
    time: Sequence[float],
    event: Sequence[bool],
    value: Sequence[float],
    *,
    min_patients: int = 1,
    max_thresholds: int = 100,
) -> ThresholdScan:
    """Repeat the log-rank test over the thresholds, for all of them in one pass over the patients.

    Parameters
    ----------
    time, event, value : array_like, shape (n,)
        Follow-up times, whether the event occurred, and the number that is split; rows without it are left out.
    min_patients, max_thresholds : int
        As for `threshold_scan`, and so are the results but for round-off.
    """
    time, event = check_survival(time, event)
    value = as_floats(value)
    require_equal_lengths(time=time, value=value)
    scan, used = _choose_thresholds(value, min_patients, max_thresholds), ~np.isnan(value)
    if not len(scan.threshold) or not event[used].any():
        return scan
    bins = np.searchsorted(scan.threshold, value[used], side="right")
    statistic = _Cuts(time[used], event[used], len(scan.threshold)).statistics(bins[None, :])[0]
    return replace(scan, p_value=np.where(np.isnan(statistic), np.nan, chi_squared_tail(statistic, 1)))


def _choose_thresholds(value: np.ndarray, min_patients: int, max_thresholds: int) -> ThresholdScan:
    """Return the thresholds to be looked at, without p-values."""
    require(min_patients >= 1 and max_thresholds >= 1, "`min_patients` and `max_thresholds` must be at least 1.")
    known = np.sort(value[~np.isnan(value)])
    candidates = np.unique(known)
    n_low = np.searchsorted(known, candidates, side="left")
    allowed = (n_low >= min_patients) & (len(known) - n_low >= min_patients)
    candidates, n_low = candidates[allowed], n_low[allowed]
    shown = np.unique(np.linspace(0, len(candidates) - 1, min(max_thresholds, len(candidates))).round().astype(int))
    return ThresholdScan(
        threshold=candidates[shown],
        n_low=n_low[shown],
        n_high=len(known) - n_low[shown],
        p_value=np.full(len(shown), np.nan),
        n_possible=len(candidates),
        note="" if len(candidates) else "not estimable: no threshold leaves two groups",
    )


def _split_at(value: np.ndarray, threshold: float) -> pd.Categorical:
    codes = np.where(np.isnan(value), -1, value >= threshold).astype(int)
    return pd.Categorical.from_codes(codes, categories=["low", "high"])


def selected_threshold_p(
    time: Sequence[float],
    event: Sequence[bool],
    value: Sequence[float],
    thresholds: Sequence[float],
    *,
    samples: int = 2_000,
    seed: int,
    conf_level: float = 0.95,
) -> Result:
    """Test whether survival goes with a number that is cut wherever the log-rank statistic is largest.

    The smallest p-value over many thresholds is no p-value: it is small by chance more often than it says. Here the
    number is shuffled among the patients, and the largest statistic over the same thresholds found anew each time.

    Parameters
    ----------
    time, event, value : array_like, shape (n,)
        Follow-up times, whether the event occurred, and the number; rows without it are left out.
    thresholds : array_like, shape (k,)
        Thresholds looked at, ascending.
    samples : int
        Number of shuffles.
    seed : int
        Seed of the shuffles.
    conf_level : float
        Level of the Monte Carlo limits.

    Returns
    -------
    Result
        The largest statistic and the share of shuffles, the data as they are among them, whose largest statistic is
        at least as large, also as the estimate, with Clopper-Pearson limits for the shuffles. Without them, with a
        note, for no thresholds or no events. More than 5,000 patients are not shuffled: the statistics are drawn from
        the normal distribution that those of shuffled patients tend to.

    Notes
    -----
    The maximally selected log-rank statistic, standardised by the variance of the log-rank test itself, with its
    permutation distribution in place of the asymptotic one of Lausen and Schumacher, Biometrics 1992; 48:73-85.
    """
    time, event = check_survival(time, event)
    value = as_floats(value)
    require_equal_lengths(time=time, value=value)
    require(samples >= 1, "`samples` must be at least 1.")
    used = ~np.isnan(value)
    time, event = time[used], event[used]
    bins = np.searchsorted(as_floats(thresholds), value[used], side="right")
    method = f"largest log-rank statistic over all thresholds, {samples} permutations, seed {seed}"
    known = {"n": len(time), "n_event": int(event.sum()), "unit": "p-value", "method": method}
    if not len(thresholds):
        return Result(**known, note="not estimable: no threshold leaves two groups")
    if not event.any():
        return Result(**known, note="not estimable: no events")
    cuts = _Cuts(time, event, len(thresholds))
    observed = float(cuts.largest(bins[None, :])[0])
    if not observed > 0:
        return Result(**known, note="not estimable: no threshold with a p-value")
    generator, least = np.random.default_rng(seed), observed * (1 - _TIE)
    if len(time) > _MOST_SHUFFLED:
        known["method"] = f"largest log-rank statistic over all thresholds, {samples} draws of its limit, seed {seed}"
        n_extreme = int(np.sum(_draw_largest(bins, len(thresholds), samples, generator) >= least))
        found = monte_carlo_result(n_extreme, samples, observed, conf_level=conf_level, drawn="draws", **known)
        return replace(found, note=f"{len(thresholds)} thresholds looked at")
    n_extreme = 0
    for start in range(0, samples, cuts.at_once):
        rows = np.tile(bins, (min(cuts.at_once, samples - start), 1))
        n_extreme += int(np.sum(cuts.largest(generator.permuted(rows, axis=1)) >= least))
    found = monte_carlo_result(n_extreme, samples, observed, conf_level=conf_level, **known)
    return replace(found, note=f"{len(thresholds)} thresholds looked at")


def _draw_largest(bins: np.ndarray, n_cuts: int, samples: int, generator: np.random.Generator) -> np.ndarray:
    """Draw the largest of the statistics of all cuts from their limit under shuffling: a Brownian bridge, squared.

    What the log-rank test sums over the patients at or above a threshold is, if shuffled, the sum of as many numbers
    drawn without replacement.
    """
    share = np.bincount(bins, minlength=n_cuts + 1) / len(bins)
    walk = np.cumsum(generator.normal(size=(samples, n_cuts + 1)) * np.sqrt(share), axis=1)
    below = np.cumsum(share)[:-1]
    return ((walk[:, :-1] - below * walk[:, -1:]) ** 2 / (below * (1 - below))).max(axis=1)


class _Cuts:
    """What the log-rank statistics of all cuts of any shuffle of the same times need."""

    def __init__(self, time: np.ndarray, event: np.ndarray, n_cuts: int) -> None:
        at = np.unique(time[event])
        position = np.searchsorted(at, time, side="right")  # event times up to the own time
        n_at_risk = (len(time) - np.searchsorted(np.sort(time), at)).astype(float)
        n_event = np.bincount(position[event], minlength=len(at) + 1)[1:]
        spread = n_event * (n_at_risk - n_event) / np.maximum(n_at_risk - 1, 1)
        summed = [np.append(0.0, np.cumsum(each / n_at_risk))[position] for each in (n_event, spread)]
        self._excess, self._share = event - summed[0], summed[1]
        self._position, self._weight = position, np.append(0.0, spread / n_at_risk**2)
        self._shape = (len(at) + 1, n_cuts + 1)
        self.at_once = max(1, _CELLS // (self._shape[0] * self._shape[1]))

    def largest(self, bins: np.ndarray) -> np.ndarray:
        """Return the largest statistic of each shuffle; `bins`, (m, n), count the thresholds up to each value."""
        return np.nan_to_num(self.statistics(bins)).max(axis=1)

    def statistics(self, bins: np.ndarray) -> np.ndarray:
        """Return the statistics of all cuts of each shuffle, shape (m, k); NaN where nothing can vary."""
        m, cells = len(bins), self._shape[0] * self._shape[1]
        place = (np.arange(m)[:, None] * cells + self._position * self._shape[1] + bins).ravel()
        at_risk = np.bincount(place, minlength=m * cells).astype(float).reshape(m, *self._shape)
        at_risk = at_risk[:, ::-1, ::-1].cumsum(axis=1).cumsum(axis=2)[:, ::-1, ::-1]
        variance = self._above(bins, self._share) - (self._weight @ at_risk**2)[:, 1:]
        known = variance > _NO_VARIANCE
        statistic = self._above(bins, self._excess) ** 2 / np.where(known, variance, 1.0)
        return np.where(known, statistic, np.nan)

    def _above(self, bins: np.ndarray, scores: np.ndarray) -> np.ndarray:
        """Sum scores over the patients at or above each threshold, shape (m, k)."""
        m, k = len(bins), self._shape[1]
        place = (np.arange(m)[:, None] * k + bins).ravel()
        sums = np.bincount(place, weights=np.tile(scores, m), minlength=m * k).reshape(m, k)
        return sums[:, ::-1].cumsum(axis=1)[:, ::-1][:, 1:]
