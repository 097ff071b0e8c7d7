"""The log-rank test of two groups taken apart, so that its change by any single patient has a closed form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from cartcohort.estimate.inputs import check_survival, encode_groups, require_equal_lengths

# A variance this small beside its largest possible value is round-off: nothing can be compared.
_ROUND_OFF = 1e-12


@dataclass(frozen=True, eq=False)
class TwoGroups:
    """Rows of two groups with the counts at their distinct times.

    Attributes
    ----------
    row : ndarray of int, shape (n,)
        Positions in the arrays given; rows with a missing group are left out.
    position : ndarray of int, shape (n,)
        Index of each row's time among the distinct times.
    event : ndarray of bool, shape (n,)
        Whether the event occurred.
    second : ndarray of bool, shape (n,)
        Whether the row is in the second group.
    n_at_risk, n_second, n_event : ndarray of int, shape (k,)
        At each distinct time: number with time >= t, those of them in the second group, and events.
    note : str
        Why the groups cannot be compared; empty where they can.
    """

    row: np.ndarray
    position: np.ndarray
    event: np.ndarray
    second: np.ndarray
    n_at_risk: np.ndarray
    n_second: np.ndarray
    n_event: np.ndarray
    note: str


def prepare_two_groups(time: Sequence[float], event: Sequence[bool], group: Sequence) -> TwoGroups:
    """Check and count survival times of two groups; the first level with rows is the reference."""
    time, event = check_survival(time, event)
    codes, _ = encode_groups(group)
    require_equal_lengths(time=time, group=codes)
    row = np.flatnonzero(codes >= 0)
    levels = np.unique(codes[row])
    distinct, position = np.unique(time[row], return_inverse=True)
    second = codes[row] == (levels[-1] if len(levels) else -1)
    return TwoGroups(
        row=row,
        position=position,
        event=event[row],
        second=second,
        n_at_risk=_at_risk(np.bincount(position, minlength=len(distinct))),
        n_second=_at_risk(np.bincount(position[second], minlength=len(distinct))),
        n_event=np.bincount(position[event[row]], minlength=len(distinct)),
        note=_why_not(levels, event[row]),
    )


def expected_and_variance(
    n_event: np.ndarray, n_at_risk: np.ndarray, n_second: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return, for each time, expected events of the second group and the hypergeometric variance of observed ones.

    All arrays broadcast; nobody at risk gives 0.
    """
    at_risk = np.maximum(n_at_risk, 1).astype(float)
    share = n_second / at_risk
    expected = n_event * share
    spread = n_event * (at_risk - n_event) / np.maximum(at_risk - 1, 1)
    return expected, spread * share * (1 - share)


def chi_squared_p(excess: np.ndarray, variance: np.ndarray) -> np.ndarray:
    """Return log-rank p-values from observed minus expected and its variance; NaN where nothing can vary."""
    variance = np.asarray(variance, dtype=float)
    safe = variance > _ROUND_OFF
    statistic = np.divide(np.square(excess), variance, out=np.full(variance.shape, np.nan), where=safe)
    return stats.chi2.sf(statistic, 1)


def _at_risk(ended: np.ndarray) -> np.ndarray:
    return ended[::-1].cumsum()[::-1]


def _why_not(levels: np.ndarray, event: np.ndarray) -> str:
    if len(levels) != 2:
        return "not estimable: needs exactly two groups"
    return "" if event.any() else "not estimable: no events"
