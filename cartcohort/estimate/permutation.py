"""The log-rank test by permutation: how often shuffled groups differ at least as much."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, combinations
from math import comb

import numpy as np

from cartcohort.estimate.inputs import check_survival, encode_groups, require, require_equal_lengths
from cartcohort.estimate.proportions import exact_interval
from cartcohort.estimate.results import Result

# Cells (patients times shuffles) that are worked on at once: few enough for a processor's cache.
_CELLS = 30_000
# Of so few labellings of two groups every one is looked at.
_MOST_LABELLINGS = 50_000
# Of more patients, groups that expect so many events are left to the chi-squared distribution; others are shuffled as
# often as makes so many patients to be shuffled, but no less than a few hundred times.
_MOST_PATIENTS, _ENOUGH_EVENTS = 5_000, 100
_PATIENTS_SHUFFLED, _FEWEST_SHUFFLES = 20_000_000, 500
# Shuffles that reproduce the observed statistic but for round-off count as equally extreme.
_TIE = 1e-9
_NO_VARIANCE = 1e-12

SERVES = "not shuffled: where every group expects 100 events, the chi-squared distribution of the test serves as well"
"""Why many patients are not shuffled."""


def permutation_p(
    time: Sequence[float],
    event: Sequence[bool],
    group: Sequence,
    *,
    samples: int = 10_000,
    seed: int,
    conf_level: float = 0.95,
) -> Result:
    """Test whether groups have the same survival by shuffling the group labels.

    Exact in spirit where the chi-squared approximation of the log-rank test is not: few patients, a small group, few
    events. It asks for the same censoring in all groups.

    Parameters
    ----------
    time, event : array_like, shape (n,)
        Follow-up times and whether the event occurred.
    group : array_like, shape (n,)
        Group of each row, two or more; rows with a missing group are left out.
    samples : int
        Number of shuffles. Two groups with at most 50,000 labellings are not shuffled: all labellings are looked at.
        More than 5,000 patients are shuffled less often, and not at all where every group expects 100 events or more.
    seed : int
        Seed of the shuffles.
    conf_level : float
        Level of the Monte Carlo limits.

    Returns
    -------
    Result
        Log-rank statistic and the share of labellings, the observed one among them, whose statistic is at least as
        large, also as the estimate. Its limits are Clopper-Pearson's for the shuffles, how far more of them might
        move it; an exact share has none. Without them for fewer than two groups, no events, or where the chi-squared
        distribution serves.

    Raises
    ------
    EstimationError
        If lengths differ, a time is negative or missing, or `samples` is below 1.
    """
    time, event = check_survival(time, event)
    codes, _ = encode_groups(group)
    require_equal_lengths(time=time, group=codes)
    require(samples >= 1, "`samples` must be at least 1.")
    used = codes >= 0
    order = np.argsort(time[used], kind="stable")
    time, event = time[used][order], event[used][order]
    levels, label = np.unique(codes[used][order], return_inverse=True)
    exact = len(levels) == 2 and _has_few_labellings(len(label), int(label.sum()))
    if len(label) > _MOST_PATIENTS:
        samples = min(samples, max(_FEWEST_SHUFFLES, _PATIENTS_SHUFFLED // len(label)))
    how = f"{samples} permutations of the groups, seed {seed}"
    how = f"all {comb(len(label), int(label.sum()))} permutations of the groups, exact" if exact else how
    known = {"n": len(time), "n_event": event.sum(), "unit": "p-value", "method": f"log-rank test, {how}"}
    if len(levels) < 2:
        return Result(**known, note="not estimable: fewer than two groups")
    if not event.any():
        return Result(**known, note="not estimable: no events")
    scores = _Scores(time, event)
    observed = scores.statistics(label[None, :], len(levels))[0]
    if np.isnan(observed):
        return Result(**known, note="not estimable: the groups are not at risk together")
    if len(label) > _MOST_PATIENTS and scores.expected(label).min() >= _ENOUGH_EVENTS:
        known["method"] = "log-rank test, chi-squared"
        return Result(statistic=observed, **known, note=SERVES)
    drawn = _every_labelling(label) if exact else _shuffled(label, samples, np.random.default_rng(seed))
    least = observed * (1 - _TIE)
    n_extreme = sum(int(np.sum(scores.statistics(labels, len(levels)) >= least)) for labels in drawn)
    if exact:
        p_value = n_extreme / comb(len(label), int(label.sum()))
        return Result(estimate=p_value, statistic=observed, p_value=p_value, **known)
    return monte_carlo_result(n_extreme, samples, observed, conf_level=conf_level, **known)


def _has_few_labellings(n: int, n_second: int) -> bool:
    # With ten patients in either group there are too many already; of a registry the number has thousands of digits.
    return min(n_second, n - n_second) < 10 and comb(n, n_second) <= _MOST_LABELLINGS


def monte_carlo_result(
    n_extreme: int,
    samples: int,
    statistic: float,
    *,
    conf_level: float,
    n: int,
    n_event: int,
    method: str,
    unit: str = "p-value",
    drawn: str = "shuffles",
) -> Result:
    """Return the p-value of a shuffled test, the observed labelling among them, with its Monte Carlo limits."""
    low, high = exact_interval(n_extreme, samples, conf_level=conf_level)
    p_value = (1 + n_extreme) / (1 + samples)
    return Result(
        estimate=p_value,
        conf_low=low,
        conf_high=high,
        conf_level=conf_level,
        statistic=statistic,
        p_value=p_value,
        n=n,
        n_event=n_event,
        unit=unit,
        method=f"{method}, Clopper-Pearson limits of the {drawn}",
    )


def _shuffled(label: np.ndarray, samples: int, generator: np.random.Generator) -> Iterator[np.ndarray]:
    """Iterate over shuffles of a labelling in blocks, one a row."""
    at_once = max(1, _CELLS // len(label))
    for start in range(0, samples, at_once):
        yield generator.permuted(np.tile(label, (min(at_once, samples - start), 1)), axis=1)


def _every_labelling(label: np.ndarray) -> Iterator[np.ndarray]:
    """Return all labellings with as many ones as the given, in one block."""
    n, n_second = len(label), int(label.sum())
    chosen = np.fromiter(chain.from_iterable(combinations(range(n), n_second)), dtype=int).reshape(-1, n_second)
    labels = np.zeros((len(chosen), n), dtype=int)
    np.put_along_axis(labels, chosen, 1, axis=1)
    yield labels


class _Scores:
    """What the log-rank statistic of any labelling of the same times needs; rows sorted by time."""

    def __init__(self, time: np.ndarray, event: np.ndarray) -> None:
        _, start, position = np.unique(time, return_index=True, return_inverse=True)
        n_event = np.bincount(position[event], minlength=len(start))
        n_at_risk = (len(time) - start).astype(float)
        spread = n_event * (n_at_risk - n_event) / np.maximum(n_at_risk - 1, 1)
        with_event = n_event > 0
        self._n_at_risk, self._spread = n_at_risk[with_event], spread[with_event]
        self._start = start[with_event]
        self._event = event
        # Observed minus expected, and the sum of spread times share, are sums of one number a patient.
        self._excess = event - np.cumsum(n_event / n_at_risk)[position]
        self._share = np.cumsum(spread / n_at_risk)[position]

    def expected(self, label: np.ndarray) -> np.ndarray:
        """Return the events expected in each group of a labelling if all had the same hazard."""
        return np.bincount(label, weights=self._event - self._excess)

    def statistics(self, label: np.ndarray, n_groups: int) -> np.ndarray:
        """Return the log-rank statistic of each labelling, (samples, n) in, (samples,) out; NaN without variance."""
        # The last group is redundant.
        members = [(label == group).astype(float) for group in range(n_groups - 1)]
        shares = [self._shares_at_risk(member) for member in members]
        excess = np.stack([member @ self._excess for member in members], axis=1)
        variance = np.empty((len(label), n_groups - 1, n_groups - 1))
        for first, first_share in enumerate(shares):
            for second, second_share in enumerate(shares):
                variance[:, first, second] = -(first_share * second_share) @ self._spread
            variance[:, first, first] += members[first] @ self._share
        # A labelling under which a group is never at risk has no variance: the pseudo-inverse then leaves it out.
        inverse = np.linalg.pinv(variance, hermitian=True)
        statistic = np.einsum("si,sij,sj->s", excess, inverse, excess)
        return np.where(np.trace(variance, axis1=1, axis2=2) > _NO_VARIANCE, statistic, np.nan)

    def _shares_at_risk(self, member: np.ndarray) -> np.ndarray:
        """Return the group's share of those at risk at each event time, shape (samples, event times)."""
        remaining = np.cumsum(member[:, ::-1], axis=1)[:, ::-1]
        return remaining[:, self._start] / self._n_at_risk
