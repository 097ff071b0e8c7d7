"""Tests of association in tables of counts: Fisher's exact test with the odds ratio, and the chi-squared test."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from scipy import optimize, special, stats

from cartcohort.estimate.exact_tables import exact_p, simulated_p
from cartcohort.estimate.inputs import require, require_choice, require_level
from cartcohort.estimate.results import Result

# R's tolerance: tables whose probability equals the observed one but for round-off count as equally likely.
_TIE = 1e-7
_SIMULATED_TABLES = 20_000
_LARGEST_LOG_ODDS = 700.0
_WHOLE_SUPPORT = 2_000
_REACH = 40
"""Standard deviations, at most, from the upper left count beyond which no probability is left to a float."""


def test_fisher(
    table: Sequence[Sequence[int]], *, conf_level: float = 0.95, alternative: str = "two-sided"
) -> Result:
    """Test independence of rows and columns by Fisher's exact test; for 2 x 2 tables with the odds ratio.

    Parameters
    ----------
    table : array_like of int, shape (r, c)
        Counts of patients.
    conf_level : float
        Level of the odds ratio's limits.
    alternative : str
        "two-sided"; for 2 x 2 tables also "less" or "greater" (odds ratio below or above 1), whose interval is open
        towards 0 or infinity.

    Returns
    -------
    Result
        The p-value. For a 2 x 2 table [[a, b], [c, d]] also the conditional maximum likelihood estimate of the odds
        ratio ad / bc and its exact limits; None with a note where it is infinite, or a row or column is empty.

    Raises
    ------
    EstimationError
        If the table is not two-dimensional or holds anything but counts.

    Notes
    -----
    The p-value sums the probabilities of all tables with the same margins that are at most as likely as the observed
    one, as R's `fisher.test`. R's odds ratio and limits are off by up to 2 % (a coarse root search); these are solved
    to full precision. Larger tables are enumerated in two halves of columns; where even that is too many, the p-value
    is simulated with a fixed seed and `method` says so. Fisher, J R Stat Soc 1935; 98:39-82.
    """
    counts = _check_table(table)
    require_level(conf_level)
    require_choice("alternative", alternative, ("two-sided", "less", "greater"))
    require(counts.shape == (2, 2) or alternative == "two-sided", "Only a 2 x 2 table has a one-sided alternative.")
    if counts.sum() == 0:
        return Result(n=0, method="Fisher's exact test", note="not estimable: no patients")
    if counts.shape == (2, 2):
        return _fisher_two_by_two(counts, conf_level=conf_level, alternative=alternative)
    return _fisher_large(counts)


def test_chi_square(table: Sequence[Sequence[int]], *, continuity_correction: bool = False) -> Result:
    """Test independence of rows and columns by Pearson's chi-squared test.

    Parameters
    ----------
    table : array_like of int, shape (r, c)
        Counts of patients.
    continuity_correction : bool
        Yates' correction, only for 2 x 2 tables (R's default there).

    Returns
    -------
    Result
        Statistic, degrees of freedom and p-value, with a note where expected counts below 5 make the approximation
        poor; without them where a row or column is empty.

    Notes
    -----
    Agrees with R's `chisq.test`. Pearson, Phil Mag 1900; 50:157-175.
    """
    counts = _check_table(table)
    corrected = continuity_correction and counts.shape == (2, 2)
    known = {"n": counts.sum(), "method": f"chi-squared test{' with continuity correction' if corrected else ''}"}
    if min(counts.shape) < 2 or not (counts.sum(axis=0).all() and counts.sum(axis=1).all()):
        return Result(**known, note="not estimable: a row or column without patients")
    tested = stats.chi2_contingency(counts, correction=corrected)
    note = "expected counts below 5: approximation poor" if tested.expected_freq.min() < 5 else ""
    return Result(statistic=tested.statistic, df=tested.dof, p_value=tested.pvalue, **known, note=note)


def _fisher_two_by_two(counts: np.ndarray, *, conf_level: float, alternative: str) -> Result:
    known = {"conf_level": conf_level, "n": counts.sum(), "unit": "odds ratio"}
    method = "Fisher's exact test, conditional odds ratio with exact limits"
    if not (counts.sum(axis=0).all() and counts.sum(axis=1).all()):
        note = "odds ratio not estimable: a row or column without patients"
        return Result(p_value=1.0, **known, method=method, note=note)
    support, log_weight = _conditional_distribution(counts)
    seen = int(counts[0, 0])
    near = _near(support, counts)
    estimate, low, high = _odds_ratio(
        support[near], log_weight[near], seen, conf_level=conf_level, alternative=alternative
    )
    note = "an empty cell: the odds ratio has no finite upper limit" if np.isinf(high) else ""
    return Result(
        estimate=estimate,
        conf_low=low,
        conf_high=high,
        p_value=_p_value(support, log_weight, seen, alternative),
        **known,
        method=method if alternative == "two-sided" else f"{method}, one-sided ({alternative})",
        note="odds ratio infinite: an empty cell" if np.isinf(estimate) else note,
    )


def _conditional_distribution(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the possible upper left counts and their log probabilities given the margins, at an odds ratio of 1."""
    first_row, (first_column, second_column) = counts[0].sum(), counts.sum(axis=0)
    support = np.arange(max(0, first_row - second_column), min(first_row, first_column) + 1)
    log_weight = _log_choose(first_column, support) + _log_choose(second_column, first_row - support)
    return support, log_weight - special.logsumexp(log_weight)


def _near(support: np.ndarray, counts: np.ndarray) -> slice:
    """Return which counts can matter at an odds ratio within its limits: of many patients, those near the count seen.

    There the distribution centres within a few standard deviations of the count seen, and its variance is less than
    the smallest cell.
    """
    if len(support) <= _WHOLE_SUPPORT:
        return slice(None)
    seen = counts[0, 0] - support[0]
    reach = int(_REACH * np.sqrt(counts.min() + _REACH))
    return slice(max(0, seen - reach), seen + reach + 1)


def _log_choose(n: int, k: np.ndarray) -> np.ndarray:
    return -special.betaln(n - k + 1, k + 1) - np.log1p(n)


def _p_value(support: np.ndarray, log_weight: np.ndarray, seen: int, alternative: str) -> float:
    probability = np.exp(log_weight)
    if alternative == "less":
        extreme = support <= seen
    elif alternative == "greater":
        extreme = support >= seen
    else:
        extreme = probability <= probability[support == seen] * (1 + _TIE)
    return min(1.0, float(probability[extreme].sum()))


def _odds_ratio(
    support: np.ndarray, log_weight: np.ndarray, seen: int, *, conf_level: float, alternative: str
) -> tuple[float, float, float]:
    """Return conditional estimate and limits; infinite where the upper left count is the largest possible."""
    tail = 1 - conf_level if alternative != "two-sided" else (1 - conf_level) / 2

    def tilted(log_odds: float) -> np.ndarray:
        return special.softmax(log_weight + log_odds * (support - seen))

    lowest, highest = seen == support[0], seen == support[-1]
    estimate = 0.0 if lowest else np.inf
    if not lowest and not highest:
        estimate = _root(lambda log_odds: tilted(log_odds) @ (support - seen))
    low, high = 0.0, np.inf
    if not lowest and alternative != "less":
        low = _root(lambda log_odds: tilted(log_odds)[support >= seen].sum() - tail)
    if not highest and alternative != "greater":
        high = _root(lambda log_odds: tail - tilted(log_odds)[support <= seen].sum())
    return estimate, low, high


def _root(increasing: Callable[[float], float]) -> float:
    """Return exp(x) at the zero of an increasing function of x, widening the bracket until it holds the zero."""
    reach = 1.0
    while reach < _LARGEST_LOG_ODDS and not increasing(-reach) < 0 < increasing(reach):
        reach *= 2
    return float(np.exp(optimize.brentq(increasing, -reach, reach, xtol=1e-15, rtol=1e-15)))


def _fisher_large(counts: np.ndarray) -> Result:
    counts = counts[counts.sum(axis=1) > 0][:, counts.sum(axis=0) > 0]
    if min(counts.shape) < 2:
        return Result(p_value=1.0, n=counts.sum(), method="Fisher's exact test", note="only one row or column")
    p_value = exact_p(counts, tie=_TIE)
    if p_value is not None:
        return Result(p_value=p_value, n=counts.sum(), method="Fisher's exact test")
    return Result(
        p_value=simulated_p(counts, tie=_TIE, samples=_SIMULATED_TABLES),
        n=counts.sum(),
        method=f"Fisher's test, p-value simulated from {_SIMULATED_TABLES} tables with fixed seed",
    )


def _check_table(table: Sequence[Sequence[int]]) -> np.ndarray:
    counts = np.asarray(table)
    require(counts.ndim == 2 and counts.size > 0, "The table must have rows and columns.")
    whole = np.issubdtype(counts.dtype, np.number) and np.all(np.isfinite(counts)) and np.all(counts == counts // 1)
    require(bool(whole) and bool(np.all(counts >= 0)), "A table holds counts: whole numbers, not negative.")
    return counts.astype(np.int64)
