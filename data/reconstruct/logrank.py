"""A log-rank test small enough to read: one group against the rest, exact hypergeometric variance."""

from __future__ import annotations

import math
from collections.abc import Sequence


def logrank_chi_square(time: Sequence[int], event: Sequence[bool], member: Sequence[bool]) -> tuple[float, float]:
    """Compare the members of a group with the rest by the plain log-rank test.

    Parameters
    ----------
    time : sequence of int
        Times in any unit; subjects censored at an event time count as at risk there.
    event, member : sequence of bool
        Whether the time ends in an event, and whether the subject belongs to the group.

    Returns
    -------
    tuple of float
        Observed minus expected events of the group, and chi-square on one degree of freedom.
    """
    rows = list(zip(time, event, member, strict=True))
    excess = variance = 0.0
    for at in sorted({t for t, died, _ in rows if died}):
        n = sum(t >= at for t, _, _ in rows)
        n_group = sum(t >= at and inside for t, _, inside in rows)
        deaths = sum(t == at and died for t, died, _ in rows)
        deaths_group = sum(t == at and died and inside for t, died, inside in rows)
        share = n_group / n
        excess += deaths_group - deaths * share
        variance += deaths * share * (1 - share) * (n - deaths) / max(n - 1, 1)
    return excess, excess * excess / variance


def p_value(chi_square: float) -> float:
    """Return the two-sided p-value of a chi-square on one degree of freedom."""
    return math.erfc(math.sqrt(chi_square / 2))


def months_in_tenths(days: Sequence[int]) -> list[int]:
    """Return days as tenths of a month of 30.4375 days, rounded half up, in exact whole-number arithmetic."""
    return [(320 * day + 487) // 974 for day in days]
