"""Groups by counting: who is at risk and who dies in each group, one line a day with an event."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

_LARGEST = 15.0  # a log hazard ratio beyond it is on its way to infinity
_STEPS = 200


class GroupLine(NamedTuple):
    """A day with an event: patients at risk and events, by group."""

    at_risk: list[int]
    events: list[int]


def count_groups(
    days: Sequence[float], event: Sequence[bool], group: Sequence[int], *, since: Sequence[float] | None = None
) -> list[GroupLine]:
    """Count those at risk and those with the event in each group, for each day with an event.

    Parameters
    ----------
    days, event, group : sequence, length n
        Groups are 0, 1, ...
    since : sequence of float, length n, optional
        Day after which a patient of group 1 belongs to it, of group 0 until then.
    """
    since = since or [-math.inf] * len(days)
    n_groups, lines = max(group, default=0) + 1, []
    for today in sorted({day for day, happened in zip(days, event, strict=True) if happened}):
        at_risk, events = [0] * n_groups, [0] * n_groups
        for day, happened, own, start in zip(days, event, group, since, strict=True):
            if day >= today:
                now = own if today > start else 0
                at_risk[now] += 1
                events[now] += happened and day == today
        lines.append(GroupLine(at_risk, events))
    return lines


def sum_logrank(lines: Sequence[GroupLine]) -> dict[str, float | None]:
    """Return statistic, degrees of freedom and p of the log-rank test; None without groups to compare.

    Each line adds the events of a group, those expected if all had the same hazard, and the covariance of their
    difference (hypergeometric).
    """
    none = {"statistic": None, "df": None, "p_value": None}
    n_groups = len(lines[0].at_risk) if lines else 0
    compared = [g for g in range(n_groups) if any(line.at_risk[g] for line in lines)][1:]
    excess = [0.0] * len(compared)
    spread = [[0.0] * len(compared) for _ in compared]
    for line in lines:
        r, d = sum(line.at_risk), sum(line.events)
        for i, g in enumerate(compared):
            excess[i] += line.events[g] - d * line.at_risk[g] / r
            for j, h in enumerate(compared):
                if r > 1:
                    share = line.at_risk[g] / r * ((g == h) - line.at_risk[h] / r)
                    spread[i][j] += d * (r - d) / (r - 1) * share
    solved = _solve(spread, excess) if compared else None
    if solved is None:
        return none
    statistic = math.fsum(x * y for x, y in zip(excess, solved, strict=True))
    return {"statistic": statistic, "df": len(compared), "p_value": chi_squared_tail(statistic, len(compared))}


def fit_two_groups(lines: Sequence[GroupLine], ties: str, z: float) -> dict[str, float | None]:
    """Return the hazard ratio of group 1 to group 0 at which the partial likelihood is largest, its limits, Wald's p.

    None where no finite ratio does. Each event at one day is taken off the risk set after the other, by its share
    (Efron), or all stay in it (Breslow).
    """
    log_ratio, score, information = 0.0, 0.0, 0.0
    for _ in range(_STEPS):
        score, information = _score(lines, log_ratio, ties)
        if information <= 1e-12 or abs(log_ratio) > _LARGEST:
            return {"estimate": None, "conf_low": None, "conf_high": None, "p_value": None}
        step = max(-1.0, min(1.0, score / information))
        log_ratio += step
        if abs(step) < 1e-14:
            break
    error = 1 / math.sqrt(information)
    return {
        "estimate": math.exp(log_ratio),
        "conf_low": math.exp(log_ratio - z * error),
        "conf_high": math.exp(log_ratio + z * error),
        "p_value": math.erfc(abs(log_ratio / error) / math.sqrt(2)),
    }


def _score(lines: Sequence[GroupLine], log_ratio: float, ties: str) -> tuple[float, float]:
    """Return slope and curvature (its negative) of the log partial likelihood."""
    ratio, slopes, curvatures = math.exp(log_ratio), [], []
    for line in lines:
        r0, r1, *_ = [*line.at_risk, 0]
        d0, d1, *_ = [*line.events, 0]
        slopes.append(d1)
        for gone in range(d0 + d1):
            left = gone / (d0 + d1) if ties == "efron" else 0.0
            weight = (r1 - left * d1) * ratio
            share = weight / (weight + r0 - left * d0)
            slopes.append(-share)
            curvatures.append(share * (1 - share))
    return math.fsum(slopes), math.fsum(curvatures)


def chi_squared_tail(statistic: float, df: int) -> float:
    """Return the chance of a larger chi-squared value, from the recursion over degrees of freedom."""
    half = max(statistic, 0.0) / 2
    tail, term = (math.erfc(math.sqrt(half)), 1) if df % 2 else (math.exp(-half), 2)
    while term < df:
        if half > 0:
            tail += math.exp(term / 2 * math.log(half) - half - math.lgamma(term / 2 + 1))
        term += 2
    return tail


def _solve(matrix: Sequence[Sequence[float]], right: Sequence[float]) -> list[float] | None:
    """Solve linear equations by elimination; None where they are dependent."""
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    n, largest = len(rows), max((abs(row[i]) for i, row in enumerate(rows)), default=0.0)
    for i in range(n):
        pivot = max(range(i, n), key=lambda j: abs(rows[j][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        if abs(rows[i][i]) <= 1e-12 * largest:
            return None
        for j in range(i + 1, n):
            factor = rows[j][i] / rows[i][i]
            rows[j] = [a - factor * b for a, b in zip(rows[j], rows[i], strict=True)]
    solution = [0.0] * n
    for i in reversed(range(n)):
        known = math.fsum(rows[i][j] * solution[j] for j in range(i + 1, n))
        solution[i] = (rows[i][n] - known) / rows[i][i]
    return solution
