"""An axis of days since a day zero: weeks in the first months, months later on, the first of several years wider."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes

from cartcohort.estimate.results import DAYS_PER_MONTH
from cartcohort.present import style

_MOST_DAYS, _MOST_TICKS = 92, 7
_SHARE = 0.56
"""Share of the axis that the first year takes."""


@dataclass(frozen=True)
class DayAxis:
    """An axis from the first to the last day, both included, that begins at 0 at the latest."""

    first: float
    last: float
    month: float = DAYS_PER_MONTH
    """Length of a month on the axis: 1 where times are in months and not in days."""

    @property
    def in_months(self) -> bool:
        """Whether the axis is labelled in months."""
        return self.month == 1 or self.last > _MOST_DAYS

    @property
    def is_bent(self) -> bool:
        """Whether the first year is drawn wider than those after it."""
        return self.last > 2 * self._year

    @property
    def said(self) -> list[str]:
        """Return what the note under the figure must say."""
        return ["The first year is drawn wider than later ones"] if self.is_bent else []

    @property
    def ticks(self) -> np.ndarray:
        """Return the days of the ticks."""
        if self.is_bent:
            step = 12 * np.ceil((self.last // self._year - 1) / (_MOST_TICKS - 3))
            return np.append(np.arange(5) * 3, np.arange(12 + step, self.last / self.month, step)) * self.month
        unit, steps = (self.month, (1, 2, 3, 6)) if self.in_months else (7, (1, 2, 4))
        step = next((step for step in steps if self.last / unit / step < _MOST_TICKS), steps[-1]) * unit
        return np.arange(0, max(self.last, 1) + 1e-9, step)

    def set_on(self, axes: Axes) -> None:
        """Make the x axis of these axes, whose x are days, such an axis."""
        if self.is_bent:
            axes.set_xscale("function", functions=(self._bend, self._unbend))
            axes.axvline(
                self._year, color=style.RULE, linewidth=0.9, linestyle=(0, (2, 2)), zorder=0, gid="class bend"
            )
        axes.set_xlim(min(0.0, self.first), max(self.last, 1) * 1.02)
        unit = self.month if self.in_months else 1
        axes.set_xticks(self.ticks, [f"{tick / unit:g}" for tick in self.ticks])
        axes.minorticks_off()

    def _bend(self, day: np.ndarray) -> np.ndarray:
        year = np.asarray(day, dtype=float) / self._year
        return np.where(year <= 1, year * _SHARE, _SHARE + (year - 1) * self._later)

    def _unbend(self, place: np.ndarray) -> np.ndarray:
        place = np.asarray(place, dtype=float)
        return self._year * np.where(place <= _SHARE, place / _SHARE, 1 + (place - _SHARE) / self._later)

    @property
    def _year(self) -> float:
        return 12 * self.month

    @property
    def _later(self) -> float:
        return (1 - _SHARE) / (self.last / self._year - 1)
