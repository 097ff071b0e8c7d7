"""Survival curves as statsmodels and lifelines fit them, and what is read off them."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping

import numpy as np
from lifelines import KaplanMeierFitter
from lifelines.utils import qth_survival_time
from statsmodels.duration.survfunc import SurvfuncRight

from cartcohort.estimate.results import DAYS_PER_MONTH
from cartcohort.estimate.second_route.compare import Recomputed, attempt
from cartcohort.estimate.second_route.follow_again import Course
from cartcohort.estimate.second_route.risk_table import z_of

_FLAT = 1e-9

Limits = tuple[float, float]


class FittedCurve(ABC):
    """The curve of a library, or why there is none.

    Parameters
    ----------
    course : Course
    counts : mapping of str to int
        Patients and events as the results name them.
    conf_level, conf_type : float, str
        Of the limits.
    unable : str
        Why the library is not asked; empty where it is.
    """

    route = method = ""

    def __init__(
        self, course: Course, counts: Mapping[str, int], *, conf_level: float, conf_type: str, unable: str = ""
    ) -> None:
        self.counts, self.conf_level, self.conf_type = counts, conf_level, conf_type
        self.last = course.days.max(initial=0.0)
        self.unable = unable or ("" if len(course.days) else f"{self.route} fits no curve to nobody")
        if not self.unable:
            fitted, self.unable = attempt(lambda: self._fit(course))
        if not self.unable:
            self.days, self.shares = fitted

    @abstractmethod
    def _fit(self, course: Course) -> tuple[np.ndarray, np.ndarray]:
        """Fit the curve and return its days and what share is left from each on."""

    @abstractmethod
    def _fall_to(self, share: float) -> float:
        """Return the first day on which no more than a share is left; NaN or infinite where there is none."""

    @abstractmethod
    def _limits(self, position: int) -> Limits | None:
        """Return the limits at the position of a day, None where the library has not those asked for."""

    def median(self, known: Mapping[str, str], rule: str) -> Recomputed:
        """Recompute the median; where the curve lies at one half for a while, from both ends of that step."""
        values = {}
        if not self.unable:
            start, end = (_or_none(self._fall_to(0.5 + shift)) for shift in (_FLAT, -_FLAT))
            if start is not None and rule == "midpoint":
                start = (start + (self.last if end is None else end)) / 2
            values = {"estimate": None if start is None else start / DAYS_PER_MONTH, **self.counts}
        return self._told(known, values)

    def rate(self, known: Mapping[str, str], months: float, *, carried_on: bool) -> Recomputed:
        """Recompute a rate with its limits."""
        values = {} if self.unable else self._rate(months * DAYS_PER_MONTH, carried_on=carried_on) | self.counts
        return self._told(known, values)

    def _rate(self, day: float, *, carried_on: bool) -> dict[str, float | None]:
        reached = np.flatnonzero(self.days <= day)
        share = float(self.shares[reached[-1]]) if len(reached) else 1.0
        if day > self.last and share > 0 and not carried_on:
            return {"estimate": None}
        # Limits where the curve has not fallen, or has reached 0, are conventions that the libraries have not.
        limits = self._limits(reached[-1]) if 0 < share < 1 else None
        return {"estimate": share} | (dict(zip(("conf_low", "conf_high"), limits, strict=True)) if limits else {})

    def _told(self, known: Mapping[str, str], values: Mapping[str, float | int | None]) -> Recomputed:
        return Recomputed(**known, route=self.route, method=self.method, values=values, unable=self.unable)


class ByStatsmodels(FittedCurve):
    """The curve of statsmodels, with limits from its standard error."""

    route, method = "statsmodels", "statsmodels SurvfuncRight"

    def _fit(self, course: Course) -> tuple[np.ndarray, np.ndarray]:
        self._curve = SurvfuncRight(course.days, course.event.astype(int))
        return self._curve.surv_times, self._curve.surv_prob

    def _fall_to(self, share: float) -> float:
        return self._curve.quantile(1 - share)

    def _limits(self, position: int) -> Limits:
        share, error = float(self.shares[position]), float(self._curve.surv_prob_se[position])
        z = z_of(self.conf_level)
        if self.conf_type == "plain":
            return max(share - z * error, 0.0), min(share + z * error, 1.0)
        if self.conf_type == "log":
            return share * math.exp(-z * error / share), min(share * math.exp(z * error / share), 1.0)
        middle, wide = math.log(-math.log(share)), z * error / (share * -math.log(share))
        return math.exp(-math.exp(middle + wide)), math.exp(-math.exp(middle - wide))


class ByLifelines(FittedCurve):
    """The curve of lifelines, which has log-log limits only."""

    route, method = "lifelines", "lifelines KaplanMeierFitter"

    def _fit(self, course: Course) -> tuple[np.ndarray, np.ndarray]:
        self._curve = KaplanMeierFitter(alpha=1 - self.conf_level).fit(course.days, course.event)
        fitted = self._curve.survival_function_
        return fitted.index.to_numpy(), fitted.to_numpy().ravel()

    def _fall_to(self, share: float) -> float:
        return qth_survival_time(share, self._curve.survival_function_.iloc[:, 0])

    def _limits(self, position: int) -> Limits | None:
        if self.conf_type != "log-log":
            return None
        low, high = self._curve.confidence_interval_.iloc[position]
        return float(low), float(high)


def _or_none(day: float) -> float | None:
    return float(day) if math.isfinite(day) else None
