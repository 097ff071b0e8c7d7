"""The log-rank test taken apart, so that its change by any single patient has a closed form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cartcohort.estimate.inputs import check_survival, encode_groups, require_equal_lengths
from cartcohort.estimate.tails import chi_squared_tail

# A variance, or an expected number, this small is round-off: nothing can be compared.
_ROUND_OFF = 1e-10


@dataclass(frozen=True, eq=False)
class GroupCounts:
    """Rows of k groups with the counts at their distinct times.

    Attributes
    ----------
    row : ndarray of int, shape (n,)
        Positions in the arrays given; rows with a missing group are left out.
    position : ndarray of int, shape (n,)
        Index of each row's time among the distinct times.
    event : ndarray of bool, shape (n,)
        Whether the event occurred.
    member : ndarray, shape (n, k)
        1 in the column of the row's group, else 0; levels without rows have no column.
    n_at_risk, n_event : ndarray of int, shape (t,)
        At each distinct time: number with time >= t, and events.
    n_group : ndarray of int, shape (t, k)
        Those at risk by group.
    note : str
        Why the groups cannot be compared; empty where they can.
    """

    row: np.ndarray
    position: np.ndarray
    event: np.ndarray
    member: np.ndarray
    n_at_risk: np.ndarray
    n_event: np.ndarray
    n_group: np.ndarray
    note: str


@dataclass(frozen=True, eq=False)
class Moments:
    """Expected events of each group, (..., k), and the covariance of the observed ones, (..., k, k)."""

    expected: np.ndarray
    variance: np.ndarray

    def total(self) -> Moments:
        """Sum over the times, the first axis."""
        return Moments(self.expected.sum(axis=0), self.variance.sum(axis=0))


def count_groups(time: Sequence[float], event: Sequence[bool], group: Sequence) -> GroupCounts:
    """Check and count survival times of groups."""
    time, event = check_survival(time, event)
    codes, _ = encode_groups(group)
    require_equal_lengths(time=time, group=codes)
    row = np.flatnonzero(codes >= 0)
    levels, code = np.unique(codes[row], return_inverse=True)
    distinct, position = np.unique(time[row], return_inverse=True)
    ended = np.zeros((len(distinct), len(levels)), dtype=int)
    np.add.at(ended, (position, code), 1)
    n_group = ended[::-1].cumsum(axis=0)[::-1]
    counts = GroupCounts(
        row=row,
        position=position,
        event=event[row],
        member=(code[:, None] == np.arange(len(levels))).astype(float),
        n_at_risk=n_group.sum(axis=1),
        n_event=np.bincount(position[event[row]], minlength=len(distinct)),
        n_group=n_group,
        note="",
    )
    return GroupCounts(**{**vars(counts), "note": _why_not(counts)})


def moments_of(n_event: np.ndarray, n_at_risk: np.ndarray, n_group: np.ndarray) -> Moments:
    """Return the moments of each time; shapes (..., t), (t,) and (t, k), nobody at risk gives 0."""
    at_risk = np.maximum(n_at_risk, 1).astype(float)
    spread = n_event * (at_risk - n_event) / np.maximum(at_risk - 1, 1)
    share = n_group / at_risk[:, None]
    return Moments(n_event[..., None] * share, spread[..., None, None] * share_variance(share))


def share_variance(share: np.ndarray) -> np.ndarray:
    """Return the covariance of the group of one patient drawn by these shares, (..., k) in and (..., k, k) out."""
    return share[..., :, None] * (np.eye(share.shape[-1]) - share[..., None, :])


def logrank_p(observed: np.ndarray, moments: Moments) -> np.ndarray:
    """Return log-rank p-values from observed events, (..., k), and moments; NaN where nothing can vary.

    Of two groups the second alone, k = 1, is enough.
    """
    excess, variance = observed - moments.expected, moments.variance
    if excess.shape[-1] <= 2:
        only = variance[..., -1, -1]
        unknown = np.full(only.shape, np.nan)
        return chi_squared_tail(np.divide(excess[..., -1] ** 2, only, out=unknown, where=only > _ROUND_OFF), 1)
    values, vectors = np.linalg.eigh(variance)
    kept = values > _ROUND_OFF
    along = (excess[..., None, :] @ vectors)[..., 0, :]
    statistic = np.divide(along**2, values, out=np.zeros(values.shape), where=kept).sum(axis=-1)
    df = (moments.expected > _ROUND_OFF).sum(axis=-1) - 1
    return np.where((df > 0) & (kept.sum(axis=-1) == df), chi_squared_tail(statistic, np.maximum(df, 1)), np.nan)


def _why_not(counts: GroupCounts) -> str:
    if counts.member.shape[1] < 2:
        return "not estimable: fewer than two groups"
    if not counts.event.any():
        return "not estimable: no events"
    moments = moments_of(counts.n_event, counts.n_at_risk, counts.n_group).total()
    observed = counts.event @ counts.member
    return "not estimable: the groups are not at risk together" if np.isnan(logrank_p(observed, moments)) else ""
