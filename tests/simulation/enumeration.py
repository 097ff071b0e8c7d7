"""Intervals and tests of proportions, over all outcomes with their probabilities: no simulation, no error."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import numpy as np
from scipy import stats

from cartcohort.estimate.association import test_chi_square, test_fisher
from cartcohort.estimate.proportions import estimate_risk_difference, exact_interval, wilson_interval
from tests.simulation import cohort
from tests.simulation.outcomes import Cell, Interval, interval_of, summarise_intervals, summarise_tests, test_of

SHARES = (0.1, 0.5, 0.77, 0.92)
GRID = tuple(np.arange(1, 100) / 100)
PAIRS = ((0.77, 0.77), (0.9, 0.75), (0.1, 0.1))
"""Probabilities in the larger and in the smaller group."""
_NEGLIGIBLE = 1e-7
"""Outcomes less likely than that are left out."""

TESTS = {
    "Fisher": test_fisher,
    "chi-squared": test_chi_square,
    "chi-squared, Yates": partial(test_chi_square, continuity_correction=True),
}

Cells = Iterator[tuple[str, str, int, Cell]]
"""What, method, patients and how the method did."""
Limits = Callable[[int, int], tuple[float, float]]


def cover_shares(limits: Limits, n: int, shares: Sequence[float]) -> list[Cell]:
    """Return the coverage of limits for each of several proportions among n patients."""
    found = [limits(count, n) for count in range(n + 1)]
    return [
        summarise_intervals(
            [Interval("", "", low, high, share) for low, high in found], stats.binom.pmf(np.arange(n + 1), n, share)
        )
        for share in shares
    ]


def enumerate_shares(sizes: tuple[int, ...]) -> Cells:
    """Yield the coverage of the limits of a proportion."""
    for n in sizes:
        for method, limits in (("exact", exact_interval), ("Wilson", wilson_interval)):
            for share, cell in zip(SHARES, cover_shares(limits, n, SHARES), strict=True):
                yield f"Proportion of {share:.0%}", method, n, cell
            rates = [cell.rate for cell in cover_shares(limits, n, GRID)]
            yield "Proportions of 1% to 99%, mean", method, n, Cell(rate=float(np.mean(rates)), error=0.0)
            yield "Proportions of 1% to 99%, worst", method, n, Cell(rate=min(rates), error=0.0)


def enumerate_differences(sizes: tuple[int, ...]) -> Cells:
    """Yield the coverage of the limits of a difference between two groups."""
    for n in sizes:
        small = int(cohort.split(n).sum())
        for in_large, in_small in PAIRS:
            tables, weight = _list_tables(n - small, small, in_large, in_small)
            results = [estimate_risk_difference(b, small, a, n - small) for a, b in tables]
            found = [interval_of("", "", result, in_small - in_large) for result in results]
            what = f"Difference, {in_large:.0%} and {in_small:.0%}"
            yield what, "Newcombe", n, summarise_intervals(found, weight)


def enumerate_tests(sizes: tuple[int, ...]) -> Cells:
    """Yield how often tests reject where two groups have the same proportion."""
    for n in sizes:
        small = int(cohort.split(n).sum())
        for share in (in_large for in_large, in_small in PAIRS if in_large == in_small):
            counts, weight = _list_tables(n - small, small, share, share)
            tables = [[[a, n - small - a], [b, small - b]] for a, b in counts]
            for method, test in TESTS.items():
                found = [test_of("", "", test(table)) for table in tables]
                yield f"Proportions of {share:.0%} in two groups", method, n, summarise_tests(found, weight)


def _list_tables(
    large: int, small: int, in_large: float, in_small: float
) -> tuple[list[tuple[int, int]], np.ndarray]:
    """List the counts in both groups that are not too unlikely, with their probabilities."""
    joint = np.outer(
        stats.binom.pmf(np.arange(large + 1), large, in_large), stats.binom.pmf(np.arange(small + 1), small, in_small)
    )
    kept = np.argwhere(joint > _NEGLIGIBLE)
    weight = joint[tuple(kept.T)]
    return [(int(a), int(b)) for a, b in kept], weight / weight.sum()
