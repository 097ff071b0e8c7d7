"""Shares of patients once more: limits, differences and exact tests by counting tables, and by statsmodels."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from scipy.stats.contingency import odds_ratio
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from cartcohort.estimate.second_route.compare import ITERATIVE, Recomputed, attempt

MOST_SUMMED = 200
"""Patients up to whom the tails of a binomial are summed term by term."""

MOST_TABLED = 2_000
"""Patients up to whom the tables with given margins are counted in whole numbers."""

_MOST_TABLES = 20_000
_TIE = 1e-7  # R's: tables as likely as the one seen but for round-off count as equally likely
_TOO_MANY = f"summed up to {MOST_SUMMED} patients only"
_TOO_MANY_TABLES = f"counted up to {_MOST_TABLES} tables and {MOST_TABLED} patients only"

Known = Mapping[str, Any]


def recompute_share(
    name: str, n_event: int, n: int, *, conf_level: float, wilson: bool = False, further: Known | None = None
) -> Iterator[Recomputed]:
    """Recompute a share with its exact limits, and with Wilson's under `<name>/wilson` where wanted.

    Parameters
    ----------
    name : str
        Name of the result.
    n_event, n : int
        Counted by the second route.
    conf_level : float
    wilson : bool
    further : mapping, optional
        More fields to compare, such as the p-value of a test.
    """
    counts = {"estimate": n_event / n if n else None, "n": n, "n_event": n_event}
    known = {"name": name, "kind": "Shares with exact limits"}
    low, high = sum_limits(n_event, n, conf_level=conf_level) if 0 < n <= MOST_SUMMED else (None, None)
    counted = counts | ({"conf_low": low, "conf_high": high} if n <= MOST_SUMMED else {}) | dict(further or {})
    method = "patients counted" + (", binomial tails summed" if n <= MOST_SUMMED else "")
    yield Recomputed(**known, route="count", method=method, values=counted)
    yield _library(known, "proportion_confint, beta", counts, lambda: _confint(n_event, n, conf_level, "beta"))
    if wilson:
        known = {"name": f"{name}/wilson", "kind": "Shares with Wilson limits"}
        yield _library(
            known, "proportion_confint, wilson", counts, lambda: _confint(n_event, n, conf_level, "wilson")
        )


def recompute_count(name: str, n_event: int, n: int) -> Recomputed:
    """Recompute a share without limits."""
    values = {"estimate": n_event / n if n else None, "n": n, "n_event": n_event}
    return Recomputed(name=name, kind="Counts", route="count", method="patients counted", values=values)


def recompute_difference(
    name: str, group: tuple[int, int], reference: tuple[int, int], *, conf_level: float
) -> Recomputed:
    """Recompute a difference of shares with Newcombe's limits; the groups as events and patients."""
    (x, n), (x0, n0) = group, reference
    values = {"estimate": x / n - x0 / n0, "n": n + n0, "n_event": x + x0}
    known = {"name": name, "kind": "Differences of shares"}
    method = "confint_proportions_2indep, newcomb"
    return _library(known, method, values, lambda: _newcombe(x, n, x0, n0, conf_level))


def recompute_fisher(
    name: str, counts: Sequence[tuple[int, int]], *, conf_level: float, adjusted: Known | None = None
) -> Iterator[Recomputed]:
    """Recompute Fisher's exact test of a share between groups, given as events and patients, the reference first.

    The tables are counted in whole numbers. Two groups have an odds ratio as well, the conditional one, which scipy
    solves for.
    """
    total, total_events = sum(n for _, n in counts), sum(x for x, _ in counts)
    known = {"name": name, "kind": "Fisher's exact tests"}
    told = {"n": total, "n_event": total_events}
    p_value, unable = None, ""
    if 0 < total_events < total:
        p_value = count_fisher(counts)
        unable = _TOO_MANY_TABLES if p_value is None else ""
    values = {"p_value": p_value, **told, **(adjusted or {})}
    method = "all tables counted"
    yield Recomputed(**known, route="count", method=method, values={} if unable else values, unable=unable)
    if len(counts) == 2:
        yield _odds_ratio(known, counts, conf_level)


def count_fisher(counts: Sequence[tuple[int, int]]) -> float | None:
    """Return the p-value of Fisher's exact test: the chance of a table at most as likely as the one seen.

    None where the tables are too many to be counted.
    """
    sizes, total_events = [n for _, n in counts], sum(x for x, _ in counts)
    if math.prod(size + 1 for size in sizes[:-1]) > _MOST_TABLES or sum(sizes) > MOST_TABLED:
        return None
    seen = math.prod(math.comb(n, x) for x, n in counts)
    total = math.comb(sum(sizes), total_events)
    limit = seen + seen * round(_TIE * 10**9) // 10**9
    return sum(ways for ways in _tables(sizes, total_events) if ways <= limit) / total


def count_binomial(n_event: int, n: int, benchmark: float) -> float | None:
    """Return the p-value of the exact binomial test: the chance of a count at most as likely as the one seen.

    None where there is nobody to count.
    """
    if not n:
        return None
    chances = [math.comb(n, k) * benchmark**k * (1 - benchmark) ** (n - k) for k in range(n + 1)]
    return min(1.0, math.fsum(chance for chance in chances if chance <= chances[n_event] * (1 + _TIE)))


def sum_limits(n_event: int, n: int, *, conf_level: float) -> tuple[float, float]:
    """Return Clopper and Pearson's limits: the shares under which so many, or so few, come in half of 1 - level."""
    tail = (1 - conf_level) / 2
    low = 0.0 if n_event == 0 else _bisect(lambda p: _at_least(n_event, n, p) - tail)
    # That few events come is that many of the others do.
    high = 1.0 if n_event == n else 1 - _bisect(lambda p: _at_least(n - n_event, n, p) - tail)
    return low, high


def adjust_by_hand(p_values: Mapping[str, float | None]) -> dict[str, dict[str, float]]:
    """Return Holm's and Benjamini and Hochberg's p-values by name, for the tests that have one."""
    ranked = sorted((p, name) for name, p in p_values.items() if p is not None)
    m, adjusted, largest = len(ranked), {}, 0.0
    for rank, (p, name) in enumerate(ranked):
        largest = max(largest, min(1.0, (m - rank) * p))
        adjusted[name] = {"p_holm": largest}
    smallest = 1.0
    for rank, (p, name) in reversed(list(enumerate(ranked, start=1))):
        smallest = min(smallest, p * m / rank)
        adjusted[name]["p_bh"] = smallest
    return adjusted


def _tables(sizes: Sequence[int], events: int) -> Iterator[int]:
    """Give, for every way to spread the events over the groups, in how many ways patients can have them so."""
    first, *others = sizes
    if not others:
        if events <= first:
            yield math.comb(first, events)
        return
    for here in range(min(first, events) + 1):
        ways = math.comb(first, here)
        for rest in _tables(others, events - here):
            yield ways * rest


def _at_least(k: int, n: int, p: float) -> float:
    return math.fsum(math.comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(k, n + 1))


def _bisect(increasing: Callable[[float], float]) -> float:
    """Return where a function that rises over [0, 1] crosses 0, by halving until the halves are the same number."""
    low, high = 0.0, 1.0
    while low < (middle := (low + high) / 2) < high:
        low, high = (middle, high) if increasing(middle) < 0 else (low, middle)
    return high


def _library(known: Known, method: str, counts: Known, compute: Callable[[], tuple[float, float]]) -> Recomputed:
    limits, unable = (None, None), "there is nobody to count"
    if counts["n"]:
        limits, unable = attempt(compute)
    values = {} if unable else {**counts, "conf_low": limits[0], "conf_high": limits[1]}
    return Recomputed(**known, route="statsmodels", method=f"statsmodels {method}", values=values, unable=unable)


def _confint(n_event: int, n: int, conf_level: float, method: str) -> tuple[float, float]:
    low, high = proportion_confint(n_event, n, alpha=1 - conf_level, method=method)
    return float(low), float(high)


def _newcombe(x: int, n: int, x0: int, n0: int, conf_level: float) -> tuple[float, float]:
    low, high = confint_proportions_2indep(
        x, n, x0, n0, method="newcomb", compare="diff", alpha=1 - conf_level, correction=False
    )
    return float(low), float(high)


def _odds_ratio(known: Known, counts: Sequence[tuple[int, int]], conf_level: float) -> Recomputed:
    (x0, n0), (x, n) = counts
    values, unable = {}, "everybody had the event, or nobody"
    if n0 + n > MOST_TABLED:
        unable = _TOO_MANY_TABLES
    elif 0 < x0 + x < n0 + n:
        values, unable = attempt(lambda: _ask_odds_ratio([[x, n - x], [x0, n0 - x0]], conf_level))
    method = "scipy odds_ratio, conditional"
    return Recomputed(**known, route="scipy", method=method, values=values, tolerance=ITERATIVE, unable=unable)


def _ask_odds_ratio(table: Sequence[Sequence[int]], conf_level: float) -> dict[str, float | None]:
    found = odds_ratio(table, kind="conditional")
    limits = found.confidence_interval(conf_level)
    values = {"estimate": found.statistic, "conf_low": limits.low, "conf_high": limits.high}
    return {name: float(value) if math.isfinite(value) else None for name, value in values.items()}
