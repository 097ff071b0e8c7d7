"""Comparison of survival between groups: the log-rank family.

lifelines' `multivariate_logrank_test` has the same statistic (a test compares the two), but neither observed and
expected events nor strata nor a trend, so the counts are ours. All agree with R's `survdiff`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import pandas as pd

from cartcohort.estimate.inputs import as_floats, check_survival, encode_groups, require, require_equal_lengths
from cartcohort.estimate.multiplicity import adjust_results
from cartcohort.estimate.results import Result
from cartcohort.estimate.tails import chi_squared_tail

_NO_VARIATION = "not estimable: no variation, everybody at risk had the event"


@dataclass(frozen=True, eq=False)
class LogrankCounts:
    """What a log-rank test compares, summed over strata.

    Attributes
    ----------
    levels : tuple of str, length k
        Groups in order.
    n : ndarray of int, shape (k,)
        Patients in each group; those without group or stratum are left out.
    n_event : int
        Events in all groups.
    observed, expected : ndarray, shape (k,)
        Events observed, and expected if all groups had the same hazard; weighted by S(t-)^rho.
    variance : ndarray, shape (k, k)
        Hypergeometric covariance of observed - expected.
    """

    levels: tuple[str, ...]
    n: np.ndarray
    n_event: int
    observed: np.ndarray
    expected: np.ndarray
    variance: np.ndarray


def count_logrank(
    time: Sequence[float], event: Sequence[bool], group: Sequence, *, rho: float = 0.0, strata: Sequence | None = None
) -> LogrankCounts:
    """Count observed and expected events of each group.

    Parameters
    ----------
    time, event : array_like, shape (n,)
        Follow-up time and whether the event occurred then.
    group : array_like, shape (n,)
        Group of each patient, a Categorical for levels in a given order. Patients without a group are left out.
    rho : float
        Weight S(t-)^rho with the pooled curve of the stratum just before t: 0 log-rank, 1 Peto-Peto.
    strata : array_like, shape (n,), optional
        Groups are compared only within a stratum. Patients without one are left out.
    """
    time, event = check_survival(time, event)
    require(rho >= 0, "`rho` must not be negative.")
    codes, levels = encode_groups(group)
    blocks = np.zeros(len(time), dtype=int) if strata is None else encode_groups(strata)[0]
    require_equal_lengths(time=time, group=codes, strata=blocks)
    known = (codes >= 0) & (blocks >= 0)
    time, event, codes, blocks = time[known], event[known], codes[known], blocks[known]
    k = len(levels)
    observed, expected, variance = np.zeros(k), np.zeros(k), np.zeros((k, k))
    order = np.argsort(blocks, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(blocks[order])) + 1):
        moments = _moments(time[rows], event[rows], codes[rows], k, rho)
        observed, expected, variance = observed + moments[0], expected + moments[1], variance + moments[2]
    return LogrankCounts(levels, np.bincount(codes, minlength=k), int(event.sum()), observed, expected, variance)


def test_logrank(
    time: Sequence[float], event: Sequence[bool], group: Sequence, *, rho: float = 0.0, strata: Sequence | None = None
) -> Result:
    """Test whether groups have the same hazard.

    Parameters
    ----------
    time, event, group, rho, strata
        As for `count_logrank`.

    Returns
    -------
    Result
        Chi-squared `statistic` with `df` one less than the groups at risk when an event occurred. Without a statistic
        where fewer than two groups were at risk, with the reason in `note`.

    Notes
    -----
    Mantel, Cancer Chemother Rep 1966; 50:163-170; Harrington and Fleming, Biometrika 1982; 69:553-566.
    """
    counts = count_logrank(time, event, group, rho=rho, strata=strata)
    compared = counts.expected > 0
    base = Result(n=counts.n.sum(), n_event=counts.n_event, method=_method(rho, strata))
    if compared.sum() < 2:
        return replace(base, note=_nothing_to_compare(counts))
    difference = (counts.observed - counts.expected)[compared][1:]
    variance = counts.variance[np.ix_(compared, compared)][1:, 1:]
    if np.linalg.matrix_rank(variance) < len(difference):
        return replace(base, note=_NO_VARIATION)
    statistic = difference @ np.linalg.solve(variance, difference)
    df = len(difference)
    return replace(base, statistic=statistic, df=df, p_value=chi_squared_tail(statistic, df))


def test_logrank_trend(
    time: Sequence[float],
    event: Sequence[bool],
    group: Sequence,
    *,
    scores: Sequence[float] | None = None,
    rho: float = 0.0,
    strata: Sequence | None = None,
) -> Result:
    """Test for a trend of the hazard over ordered groups.

    Parameters
    ----------
    time, event, group, rho, strata
        As for `count_logrank`; the levels of `group` are in order.
    scores : array_like, shape (k,), optional
        One number a level, by default 0, 1, 2, ...

    Returns
    -------
    Result
        Chi-squared `statistic` (the square of z) with 1 degree of freedom.

    Notes
    -----
    Tarone, Biometrika 1975; 62:679-682.
    """
    counts = count_logrank(time, event, group, rho=rho, strata=strata)
    scores = np.arange(len(counts.levels), dtype=float) if scores is None else as_floats(scores)
    require_equal_lengths(scores=scores, levels=counts.levels)
    base = Result(
        n=counts.n.sum(), n_event=counts.n_event, method=f"{_method(rho, strata)}, trend over ordered groups"
    )
    variance = scores @ counts.variance @ scores
    if len(np.unique(scores[counts.expected > 0])) < 2:
        return replace(base, note=_nothing_to_compare(counts))
    if variance <= 0:
        return replace(base, note=_NO_VARIATION)
    statistic = (scores @ (counts.observed - counts.expected)) ** 2 / variance
    return replace(base, statistic=statistic, df=1, p_value=chi_squared_tail(statistic, 1))


def test_logrank_pairwise(
    time: Sequence[float], event: Sequence[bool], group: Sequence, *, rho: float = 0.0, strata: Sequence | None = None
) -> dict[tuple[str, str], Result]:
    """Compare every two groups by a log-rank test on these two alone.

    Parameters
    ----------
    time, event, group, rho, strata
        As for `count_logrank`.

    Returns
    -------
    dict of (str, str) to Result
        By pair of levels, in order; levels without patients are left out. `p_holm` and `p_bh` are adjusted over all
        pairs that could be tested.
    """
    time, event = check_survival(time, event)
    codes, levels = encode_groups(group)
    require_equal_lengths(time=time, group=codes)
    found = {}
    for first, second in combinations(np.unique(codes[codes >= 0]), 2):
        rows = (codes == first) | (codes == second)
        pair = pd.Categorical.from_codes((codes[rows] == second).astype(int), [levels[first], levels[second]])
        within = None if strata is None else pd.Series(strata).reset_index(drop=True)[rows]
        found[levels[first], levels[second]] = test_logrank(time[rows], event[rows], pair, rho=rho, strata=within)
    return dict(adjust_results(found, family="pairs of groups"))


def _moments(
    time: np.ndarray, event: np.ndarray, codes: np.ndarray, k: int, rho: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return weighted observed and expected events and their covariance in one stratum."""
    times, position = np.unique(time, return_inverse=True)
    cell = position * k + codes
    shape = (len(times), k)
    ended = np.bincount(cell, minlength=len(times) * k).reshape(shape)
    dying = np.bincount(cell[event], minlength=len(times) * k).reshape(shape)
    at_risk = np.cumsum(ended[::-1], axis=0)[::-1]
    with_event = dying.any(axis=1)
    dying, at_risk = dying[with_event], at_risk[with_event]
    d, r = dying.sum(axis=1), at_risk.sum(axis=1)
    weight = np.concatenate([[1.0], np.cumprod(1 - d / r)])[:-1] ** rho
    share = at_risk / r[:, None]
    factor = weight**2 * d * (r - d) / np.maximum(r - 1, 1)
    variance = np.diag(factor @ share) - (share * factor[:, None]).T @ share
    return weight @ dying, (weight * d) @ share, variance


def _method(rho: float, strata: Sequence | None) -> str:
    name = {0: "log-rank test", 1: "Peto-Peto test, weight S(t-)"}.get(rho, f"weighted log-rank test, rho {rho:g}")
    return name if strata is None else f"{name}, stratified"


def _nothing_to_compare(counts: LogrankCounts) -> str:
    if counts.n_event == 0:
        return "not estimable: no events"
    if np.sum(counts.n > 0) < 2:
        return "not estimable: only one group"
    return "not estimable: only one group was at risk when events occurred"
