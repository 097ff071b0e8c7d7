"""The profile likelihood of the share cured: its maximum, and the shares at which it has fallen by so much."""

from __future__ import annotations

import numpy as np
from scipy import optimize

from cartcohort.estimate.cure_likelihood import CureFamily, CurePoint, CureSample, climb

_GRID = 9


class CureProfile:
    """The highest likelihood for every share cured, followed over a grid of shares from both ends.

    Parameters
    ----------
    sample : CureSample
    family : CureFamily

    Attributes
    ----------
    points : list of CurePoint
        Ascending in the share; the first is the model without cured patients. The share of the maximum is never above
        that censored, so the grid ends there.
    """

    def __init__(self, sample: CureSample, family: CureFamily) -> None:
        self.sample, self.family = sample, family
        self.uncured = [0, 1] if family.free_slope else [0]
        n_event, n_censored = sample.n_event, sample.n_censored
        shares = np.unique(np.linspace(0, n_censored / (n_event + n_censored), _GRID))
        spread = sample.spread if family.free_slope else 1.0
        start = np.array([np.log(n_event / (n_event + n_censored)), 1.0, 0.0])
        events_only = np.array([0.0, 1 / spread, 0.0])
        upwards = self._follow(shares, start)
        downwards = self._follow(shares[::-1], events_only)[::-1]
        self.points = [max(pair, key=lambda point: point.value) for pair in zip(upwards, downwards, strict=True)]

    def highest(self) -> CurePoint:
        """Return the maximum over all shares and add it to the grid."""
        best = max(self.points, key=lambda point: point.value)
        if best.parameters[2] == 0 and best.gradient[2] <= 0:
            return best
        best = climb(self.sample, self.family, best.parameters, free=[*self.uncured, 2])
        self.points = sorted([*self.points, best], key=lambda point: point.parameters[2])
        return best

    def limits(self, level: float) -> tuple[float, float]:
        """Return the outermost shares at which the profile is at a level below its maximum."""
        while self.points[-1].value >= level:
            last = self.points[-1]
            share = (1 + last.parameters[2]) / 2
            self.points.append(self._at(share, last))
        inside = [position for position, point in enumerate(self.points) if point.value >= level]
        low = self._crossing(inside[0] - 1, inside[0], level) if inside[0] else 0.0
        return low, self._crossing(inside[-1] + 1, inside[-1], level)

    def on_log_time(self, point: CurePoint) -> np.ndarray:
        """Return the parameters with the location on the scale of log t itself."""
        location, slope, cured = point.parameters
        return np.array([location - slope * self.sample.centre, slope, cured])

    def _follow(self, shares: np.ndarray, start: np.ndarray) -> list[CurePoint]:
        points: list[CurePoint] = []
        for share in shares:
            before = points[-1].parameters if points else start
            points.append(climb(self.sample, self.family, np.append(before[:2], share), free=self.uncured))
        return points

    def _at(self, share: float, *near: CurePoint) -> CurePoint:
        starts = (np.append(point.parameters[:2], share) for point in near)
        found = (climb(self.sample, self.family, start, free=self.uncured) for start in starts)
        return max(found, key=lambda point: point.value)

    def _crossing(self, outside: int, inside: int, level: float) -> float:
        ends = self.points[outside], self.points[inside]
        shares = [point.parameters[2] for point in ends]
        return float(
            optimize.brentq(lambda share: self._at(share, *ends).value - level, *shares, xtol=1e-14, rtol=1e-14)
        )
