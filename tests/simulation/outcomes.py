"""What one replicate gives, and what all of them say together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cartcohort.estimate.results import Result

LEVEL, SIZE = 0.95, 0.05


@dataclass(frozen=True)
class Interval:
    """The limits that a method gave for an estimate, NaN for none, and the truth."""

    what: str
    method: str
    low: float
    high: float
    truth: float


@dataclass(frozen=True)
class PValue:
    """The p-value of a method where nothing differs, NaN for none."""

    what: str
    method: str
    p_value: float


@dataclass(frozen=True)
class Cell:
    """How often an interval covered the truth, or a test rejected, among all replicates.

    Attributes
    ----------
    rate : float
        Share.
    error : float
        Its Monte Carlo standard error if the method holds its level; 0 where all outcomes were enumerated.
    below, above : float
        Shares of intervals that lie wholly below or above the truth.
    none : float
        Share without limits or without a p-value: neither covers nor rejects.
    width : float
        Median width of the intervals that have both limits.
    """

    rate: float
    error: float
    below: float = np.nan
    above: float = np.nan
    none: float = 0.0
    width: float = np.nan


def interval_of(what: str, method: str, result: Result, truth: float, *, open_above: bool = False) -> Interval:
    """Return a result's limits; with `open_above` a lower limit alone says that the upper one was not reached."""
    low, high = (np.nan if limit is None else limit for limit in (result.conf_low, result.conf_high))
    return Interval(what, method, low, np.inf if open_above and np.isnan(high) else high, truth)


def test_of(what: str, method: str, result: Result) -> PValue:
    """Return a result's p-value."""
    return PValue(what, method, np.nan if result.p_value is None else result.p_value)


def summarise_intervals(found: Sequence[Interval], weight: np.ndarray | None = None) -> Cell:
    """Return the coverage over replicates, or over all outcomes with their probabilities as weights."""
    low, high, truth = (np.array([getattr(one, name) for one in found]) for name in ("low", "high", "truth"))
    share = np.full(len(found), 1 / len(found)) if weight is None else weight
    finite = np.isfinite(high - low)
    return Cell(
        rate=float(share @ ((low <= truth) & (truth <= high))),
        error=_monte_carlo_error(len(found)) if weight is None else 0.0,
        below=float(share @ (high < truth)),
        above=float(share @ (low > truth)),
        none=float(share @ (np.isnan(low) | np.isnan(high))),
        width=_weighted_median((high - low)[finite], share[finite]),
    )


def summarise_tests(found: Sequence[PValue], weight: np.ndarray | None = None) -> Cell:
    """Return the share rejected at the nominal size."""
    p_value = np.array([one.p_value for one in found])
    share = np.full(len(found), 1 / len(found)) if weight is None else weight
    # A p-value made of counts can miss 0.05 by round-off.
    rate = float(share @ (p_value <= SIZE + 1e-12))
    error = _monte_carlo_error(len(found)) if weight is None else 0.0
    return Cell(rate=rate, error=error, none=float(share @ np.isnan(p_value)))


def _monte_carlo_error(replicates: int) -> float:
    return float(np.sqrt(LEVEL * (1 - LEVEL) / replicates))


def _weighted_median(values: np.ndarray, weight: np.ndarray) -> float:
    if not len(values):
        return float("nan")
    order = np.argsort(values)
    passed = np.cumsum(weight[order])
    return float(values[order][np.searchsorted(passed, passed[-1] / 2)])
