"""Step curves as the figures draw them: numbers at risk at any time, thinned vertices, and ticks at even steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from cartcohort.estimate.results import IncidenceCurve, SurvivalCurve

_TICK_STEPS = (0.1, 0.25, 0.5, 1, 2, 3, 6, 12, 24, 36, 48, 60, 120, 240, 600)
_PIXEL = 1.0
_MARK_EVERY = 9.0
_FEW = 400
"""Curves with at most so many times are drawn as they are."""


@dataclass(frozen=True, eq=False)
class StepLine:
    """A step curve of one group: a survival curve that falls from 1 or an incidence that rises from 0.

    Attributes
    ----------
    label : str
    start : float
        Value at time 0.
    time, value, conf_low, conf_high : ndarray, shape (k,)
        Ascending times and the values from each on (right-continuous).
    n_at_risk, n_event, n_censored : ndarray of int, shape (k,)
        Number with time >= t; events (of the cause) and censorings at t.
    n : int
    conf_level : float
    """

    label: str
    start: float
    time: np.ndarray
    value: np.ndarray
    conf_low: np.ndarray
    conf_high: np.ndarray
    n_at_risk: np.ndarray
    n_event: np.ndarray
    n_censored: np.ndarray
    n: int
    conf_level: float

    @property
    def last(self) -> float:
        """Return the last observed time, 0 without any."""
        return float(self.time[-1]) if len(self.time) else 0.0

    @property
    def is_thinned(self) -> bool:
        """Whether there are more times than are drawn or listed."""
        return len(self.time) > _FEW

    @property
    def total_events(self) -> int:
        """Return the number of events."""
        return int(self.n_event.sum())

    def at_risk(self, times: np.ndarray) -> np.ndarray:
        """Return the number with time >= t for each t."""
        return np.append(self.n_at_risk, 0)[np.searchsorted(self.time, times, side="left")]

    def events_by(self, times: np.ndarray) -> np.ndarray:
        """Return the number of events with time <= t for each t."""
        return np.append(0, np.cumsum(self.n_event))[np.searchsorted(self.time, times, side="right")]

    def values_at(self, times: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return value and limits at each t, NaN beyond the last observed time."""
        position = np.searchsorted(self.time, times, side="right")
        beyond = times > self.last
        columns = (self.value, self.conf_low, self.conf_high)
        read = (np.append(self.start, column)[position] for column in columns)
        return tuple(np.where(beyond, np.nan, column) for column in read)

    def vertices(self, *columns: np.ndarray, y_units: float) -> np.ndarray:
        """Return which times need a vertex when these columns are drawn so many units high.

        All of them for a small curve; else those at which a column moves by a unit, and the last.
        """
        if not self.is_thinned:
            return np.arange(len(self.time))
        levels = [np.floor(np.nan_to_num(column, nan=-1.0) * y_units / _PIXEL) for column in columns]
        changed = np.any([np.diff(level) != 0 for level in levels], axis=0)
        return np.unique(np.concatenate([[0], np.flatnonzero(changed) + 1, [len(self.time) - 1]]))

    def censor_times(self, *, x_units: float) -> np.ndarray:
        """Return the times at which a censoring is marked; for a large curve one every few units is left."""
        times = self.time[self.n_censored > 0]
        if len(times) <= _FEW:
            return times
        return times[np.unique(np.floor(times * x_units / _MARK_EVERY), return_index=True)[1]]

    def faint_from(self, min_at_risk: int) -> float:
        """Return the time after which fewer than `min_at_risk` remain; infinite where that never happens."""
        few = np.flatnonzero(self.n_at_risk < min_at_risk)
        if not len(few):
            return np.inf
        return float(self.time[few[0] - 1]) if few[0] else 0.0


def survival_lines(curves: Mapping[str, SurvivalCurve]) -> list[StepLine]:
    """Return the survival curves of groups with at least one patient."""
    return [_line(label, curve, curve.survival, start=1.0) for label, curve in curves.items() if curve.n]


def incidence_lines(curves: Mapping[str, IncidenceCurve]) -> list[StepLine]:
    """Return the incidence curves of groups with at least one patient."""
    return [_line(label, curve, curve.incidence, start=0.0) for label, curve in curves.items() if curve.n]


def _line(label: str, curve: SurvivalCurve | IncidenceCurve, value: np.ndarray, *, start: float) -> StepLine:
    return StepLine(
        label=str(label),
        start=start,
        time=curve.time,
        value=value,
        conf_low=curve.conf_low,
        conf_high=curve.conf_high,
        n_at_risk=curve.n_at_risk,
        n_event=curve.n_event,
        n_censored=curve.n_censored,
        n=curve.n,
        conf_level=curve.conf_level,
    )


def step_path(time: np.ndarray, value: np.ndarray, start: float) -> tuple[np.ndarray, np.ndarray]:
    """Return x and y of the corners of a right-continuous step curve from time 0."""
    x = np.repeat(np.append(0.0, time), 2)[1:]
    y = np.repeat(np.append(start, value), 2)[:-1]
    return x, y


def even_ticks(last: float, *, most: int) -> np.ndarray:
    """Return ticks from 0 at an even step (in months: 1, 2, 3, 6, 12, 24, ...), at most `most` of them."""
    most = max(most, 2)
    rounding = 1e-9  # 0.7 / 0.1 is a little less than 7
    step = next((step for step in _TICK_STEPS if last / step + rounding < most), last / (most - 1))
    return np.arange(0, int(np.floor(last / step + rounding)) + 1) * step
