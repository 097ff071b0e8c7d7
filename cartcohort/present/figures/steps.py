"""Step curves as the figures draw them: numbers at risk at any time, thinned vertices, and ticks at even steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from cartcohort.estimate.results import IncidenceCurve, SurvivalCurve

_TICK_STEPS = (0.1, 0.25, 0.5, 1, 2, 3, 6, 12, 24, 36, 48, 60, 120, 240, 600)
_PIXEL = 1.0
MOST_TIMES, MOST_TOGETHER = 400, 1_600
"""Curves with at most so many times, and figures with at most so many, are drawn and listed as they are."""
_BEYOND, _AFTER = 1.15, 1.015
"""How far an axis may reach beyond the end to end on a tick, and how far it does where it ends on none."""
_ROUNDING = 1e-9  # 0.7 / 0.1 is a little less than 7


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
    crowded : bool
        Whether there are so many times in the figure that fewer are drawn and listed.
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
    crowded: bool = False

    @property
    def last(self) -> float:
        """Return the last observed time, 0 without any."""
        return float(self.time[-1]) if len(self.time) else 0.0

    @property
    def is_thinned(self) -> bool:
        """Whether there are more times than are drawn or listed."""
        return self.crowded or len(self.time) > MOST_TIMES

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

    @property
    def censor_times(self) -> np.ndarray:
        """Return the times at which anybody was censored."""
        return self.time[self.n_censored > 0]

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


def thin_together(panels: Mapping[str, Sequence[StepLine]]) -> dict[str, list[StepLine]]:
    """Return the lines of a figure, to be thinned all where they have too many times together."""
    total = sum(len(line.time) for lines in panels.values() for line in lines)
    crowded = total > MOST_TOGETHER
    return {name: [replace(line, crowded=crowded) for line in lines] for name, lines in panels.items()}


def step_path(time: np.ndarray, value: np.ndarray, start: float) -> tuple[np.ndarray, np.ndarray]:
    """Return x and y of the corners of a right-continuous step curve from time 0."""
    x = np.repeat(np.append(0.0, time), 2)[1:]
    y = np.repeat(np.append(start, value), 2)[:-1]
    return x, y


def even_ticks(last: float, *, most: int) -> np.ndarray:
    """Return ticks from 0 at an even step (in months: 1, 2, 3, 6, 12, 24, ...), at most `most` of them."""
    most = max(most, 2)
    step = next((step for step in _TICK_STEPS if last / step + _ROUNDING < most), last / (most - 1))
    return np.arange(0, int(np.floor(last / step + _ROUNDING)) + 1) * step


def time_axis(last: float, *, most: int) -> tuple[np.ndarray, float]:
    """Return ticks at an even step, and where the axis ends: on a tick unless that would leave much of it empty."""
    if last <= 0:
        return np.array([0.0, 1.0]), 1.0
    found = (_whole_ticks(last, step) for step in _TICK_STEPS)
    ticks = next((ticks for ticks in found if 2 <= len(ticks) <= max(most, 2)), np.array([0.0, last]))
    reached = ticks[-1] * (1 + _ROUNDING) >= last
    return ticks, max(float(ticks[-1]), last) if reached else last * _AFTER


def _whole_ticks(last: float, step: float) -> np.ndarray:
    """Return the ticks at that step, one beyond the end where it lies near."""
    beyond = np.ceil(last / step - _ROUNDING)
    return np.arange(beyond + (1 if beyond * step <= last * _BEYOND else 0)) * step
