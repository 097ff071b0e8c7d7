"""Rank tests of a numeric value between groups: Wilcoxon's rank sum test and the Kruskal-Wallis test."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from scipy import stats

from cartcohort.estimate.inputs import as_floats, encode_groups, require, require_equal_lengths, require_level
from cartcohort.estimate.results import Result

_EXACT_BELOW = 50
_SORTED_PAIRS = 4_000_000
_HALVINGS = 80


def test_rank_sum(value: Sequence[float], group: Sequence, *, conf_level: float = 0.95, unit: str = "") -> Result:
    """Test whether a value tends to be larger in one of two groups (Wilcoxon, Mann-Whitney).

    Exact where both groups have fewer than 50 patients and no two values are equal, otherwise by the normal
    approximation with continuity correction: R's rule.

    Parameters
    ----------
    value : array_like, shape (n,)
        Numbers; rows with a missing value are left out.
    group : array_like, shape (n,)
        Group of each row, the first level is the reference; rows with a missing group are left out.
    conf_level : float
        Level of the shift's limits.
    unit : str
        Unit of the value.

    Returns
    -------
    Result
        `estimate` is the Hodges-Lehmann shift, the median of all differences (a value of the other group minus a
        value of the reference group), with limits in the unit of the value; `statistic` is R's W, the number of pairs
        in which the reference group has the larger value (ties count half). Without them where there are not
        exactly two groups with patients.

    Raises
    ------
    EstimationError
        If lengths differ.

    Notes
    -----
    Agrees with R's `wilcox.test`, but for the sign of the shift (R: reference minus other).
    Hollander and Wolfe, Nonparametric Statistical Methods 1973, pp 68-82.
    """
    reference, other, known, note = _two_samples(value, group, unit)
    require_level(conf_level)
    if note:
        return Result(**known, method="Wilcoxon rank sum test", note=note)
    tied = len(np.unique(np.concatenate((reference, other)))) < known["n"]
    if tied or max(len(reference), len(other)) >= _EXACT_BELOW:
        return _normal(reference, other, known, conf_level=conf_level, continuity_correction=True)
    return _exact(reference, other, known, conf_level=conf_level)


def test_rank_sum_exact(
    value: Sequence[float], group: Sequence, *, conf_level: float = 0.95, unit: str = ""
) -> Result:
    """Test as `test_rank_sum` by the exact distribution; with ties there is none, and the result has a note."""
    reference, other, known, note = _two_samples(value, group, unit)
    require_level(conf_level)
    if not note and len(np.unique(np.concatenate((reference, other)))) < known["n"]:
        note = "not estimable: ties have no exact distribution"
    if note:
        return Result(**known, method="Wilcoxon rank sum test, exact", note=note)
    return _exact(reference, other, known, conf_level=conf_level)


def test_rank_sum_normal(
    value: Sequence[float],
    group: Sequence,
    *,
    continuity_correction: bool = True,
    conf_level: float = 0.95,
    unit: str = "",
) -> Result:
    """Test as `test_rank_sum` by the normal approximation with the variance corrected for ties."""
    reference, other, known, note = _two_samples(value, group, unit)
    require_level(conf_level)
    if note:
        return Result(**known, method="Wilcoxon rank sum test, normal approximation", note=note)
    return _normal(reference, other, known, conf_level=conf_level, continuity_correction=continuity_correction)


def test_kruskal(value: Sequence[float], group: Sequence) -> Result:
    """Test whether a value has the same distribution in all groups (Kruskal-Wallis).

    Parameters
    ----------
    value, group : array_like, shape (n,)
        Numbers and the group of each row; rows with either missing are left out.

    Returns
    -------
    Result
        Chi-squared statistic, degrees of freedom and p-value; without them for fewer than two groups with patients,
        or where all values are equal.

    Notes
    -----
    Agrees with R's `kruskal.test`. Kruskal and Wallis, J Am Stat Assoc 1952; 47:583-621.
    """
    value, position, _ = _complete_rows(value, group)
    samples = [value[position == level] for level in np.unique(position)]
    known = {"n": len(value), "method": "Kruskal-Wallis rank sum test"}
    if len(samples) < 2:
        return Result(**known, note="not estimable: fewer than two groups")
    if np.ptp(value) == 0:
        return Result(**known, note="not estimable: all values are equal")
    statistic, p_value = stats.kruskal(*samples)
    return Result(statistic=statistic, df=len(samples) - 1, p_value=p_value, **known)


def _complete_rows(value: Sequence[float], group: Sequence) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    value = as_floats(value)
    position, levels = encode_groups(group)
    require_equal_lengths(value=value, group=position)
    used = ~np.isnan(value) & (position >= 0)
    require(bool(np.all(np.isfinite(value[used]))), "Values must be finite.")
    return value[used], position[used], levels


def _two_samples(value: Sequence[float], group: Sequence, unit: str) -> tuple[np.ndarray, np.ndarray, dict, str]:
    value, position, _ = _complete_rows(value, group)
    present = np.unique(position)
    known = {"n": len(value), "unit": unit}
    if len(present) != 2:
        return value, value, known, "not estimable: needs exactly two groups with values"
    return np.sort(value[position == present[0]]), np.sort(value[position == present[1]]), known, ""


def _exact(reference: np.ndarray, other: np.ndarray, known: dict, *, conf_level: float) -> Result:
    statistic = _pairs_below(reference, other)
    at_most = np.cumsum(_rank_sum_distribution(len(reference), len(other)))
    # W is symmetric about half the number of pairs.
    p_value = min(1.0, 2 * at_most[int(min(statistic, len(reference) * len(other) - statistic))])
    # The limits leave out as many differences at each end as the level allows; at least the range stays in.
    left_out = int(np.searchsorted(at_most, (1 - conf_level) / 2))
    estimate, low, high = _shift(reference, other, max(1, left_out))
    return Result(
        estimate=estimate,
        conf_low=low,
        conf_high=high,
        conf_level=conf_level,
        statistic=statistic,
        p_value=p_value,
        **known,
        method="Wilcoxon rank sum test, exact; Hodges-Lehmann shift",
        note="" if left_out else "too few patients for limits of this level: the range of all differences is given",
    )


def _normal(
    reference: np.ndarray, other: np.ndarray, known: dict, *, conf_level: float, continuity_correction: bool
) -> Result:
    correction = "with" if continuity_correction else "without"
    method = f"Wilcoxon rank sum test, normal approximation {correction} continuity correction"
    n_pairs, n = len(reference) * len(other), known["n"]
    _, n_tied = np.unique(np.concatenate((reference, other)), return_counts=True)
    variance = n_pairs / 12 * (n + 1 - np.sum(n_tied.astype(float) ** 3 - n_tied) / (n * (n - 1)))
    if variance <= 0:
        return Result(**known, method=method, note="not estimable: all values are equal")
    statistic = _pairs_below(reference, other)
    distance = abs(statistic - n_pairs / 2)
    if continuity_correction:
        distance = max(0.0, distance - 0.5)
    margin = stats.norm.ppf(0.5 + conf_level / 2) * np.sqrt(variance)
    estimate, low, high = _shift(reference, other, max(1, int(n_pairs / 2 - margin)))
    return Result(
        estimate=estimate,
        conf_low=low,
        conf_high=high,
        conf_level=conf_level,
        statistic=statistic,
        p_value=2 * stats.norm.sf(distance / np.sqrt(variance)),
        **known,
        method=f"{method}; Hodges-Lehmann shift",
    )


def _pairs_below(reference: np.ndarray, other: np.ndarray) -> float:
    """Return R's W: pairs in which the reference value is the larger one, ties counting half; both sorted."""
    below = np.searchsorted(other, reference, side="left").sum()
    not_above = np.searchsorted(other, reference, side="right").sum()
    return (below + not_above) / 2


def _rank_sum_distribution(n_reference: int, n_other: int) -> np.ndarray:
    """Return the probability of W = 0, 1, ..., n_reference * n_other without ties."""
    # ways[k, w]: of the ranks so far, choices of k for the reference group with k (k + 1) / 2 + w as their sum.
    ways = np.zeros((n_reference + 1, n_reference * n_other + 1))
    ways[0, 0] = 1.0
    for rank in range(1, n_reference + n_other + 1):
        for k in range(min(rank, n_reference), max(0, rank - n_other - 1), -1):
            shift = rank - k
            ways[k, shift:] += ways[k - 1, : ways.shape[1] - shift]
    return ways[-1] / ways[-1].sum()


def _shift(reference: np.ndarray, other: np.ndarray, left_out: int) -> tuple[float, float, float]:
    """Return the median of all differences other - reference, and the `left_out`-th from either end."""
    n_pairs = len(reference) * len(other)
    wanted = [(n_pairs - 1) // 2, n_pairs // 2, left_out - 1, n_pairs - left_out]
    if n_pairs <= _SORTED_PAIRS:
        ordered = np.sort(np.subtract.outer(other, reference), axis=None)[wanted]
    else:
        ordered = _ordered_differences(reference, other, wanted)
    return (ordered[0] + ordered[1]) / 2, ordered[2], ordered[3]


def _ordered_differences(reference: np.ndarray, other: np.ndarray, wanted: Sequence[int]) -> list[float]:
    """Return the differences at places of the sorted differences by halving, without forming all of them.

    Equal values, as of grades or of whole units, are looked up once.
    """
    values, times = np.unique(reference, return_counts=True)
    distinct, counts = np.unique(other, return_counts=True)
    n_up_to = np.concatenate(([0], np.cumsum(counts)))

    def count_up_to(bound: float) -> int:
        return int(times @ n_up_to[np.searchsorted(distinct, values + bound, side="right")])

    return [_halve(distinct[0] - values[-1], distinct[-1] - values[0], count_up_to, index) for index in wanted]


def _halve(low: float, high: float, count_up_to: Callable[[float], int], index: int) -> float:
    for _ in range(_HALVINGS):
        middle = low + (high - low) / 2
        if not low < middle < high:
            break
        if count_up_to(middle) > index:
            high = middle
        else:
            low = middle
    return high
