"""The log-rank test by permutation: how often shuffled groups differ at least as much."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cartcohort.estimate.inputs import check_survival, encode_groups, require, require_equal_lengths
from cartcohort.estimate.results import Result

# Cells (patients times shuffles) that are worked on at once.
_CELLS = 2_000_000
# Shuffles that reproduce the observed statistic but for round-off count as equally extreme.
_TIE = 1e-9
_NO_VARIANCE = 1e-12


def permutation_p(
    time: Sequence[float], event: Sequence[bool], group: Sequence, *, samples: int = 10_000, seed: int
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
        Number of shuffles.
    seed : int
        Seed of the shuffles.

    Returns
    -------
    Result
        Log-rank statistic and the share of labellings, the observed one among them, whose statistic is at least as
        large. Without them for fewer than two groups or no events.

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
    known = {
        "n": len(time),
        "n_event": event.sum(),
        "method": f"log-rank test, {samples} permutations of the groups, seed {seed}",
    }
    if len(levels) < 2:
        return Result(**known, note="not estimable: fewer than two groups")
    if not event.any():
        return Result(**known, note="not estimable: no events")
    scores = _Scores(time, event)
    observed = scores.statistics(label[None, :], len(levels))[0]
    if np.isnan(observed):
        return Result(**known, note="not estimable: the groups are not at risk together")
    generator = np.random.default_rng(seed)
    at_once = max(1, _CELLS // len(time))
    n_extreme = 0
    for start in range(0, samples, at_once):
        shuffled = generator.permuted(np.tile(label, (min(at_once, samples - start), 1)), axis=1)
        n_extreme += np.sum(scores.statistics(shuffled, len(levels)) >= observed * (1 - _TIE))
    return Result(statistic=observed, p_value=(1 + n_extreme) / (1 + samples), **known)


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
        # Observed minus expected, and the sum of spread times share, are sums of one number a patient.
        self._excess = event - np.cumsum(n_event / n_at_risk)[position]
        self._share = np.cumsum(spread / n_at_risk)[position]

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
