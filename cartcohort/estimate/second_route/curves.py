"""Medians, rates, means and follow-up of one curve by a plain count and by statsmodels."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from statsmodels.duration.survfunc import SurvfuncRight

from cartcohort.estimate.results import DAYS_PER_MONTH
from cartcohort.estimate.second_route.compare import Recomputed, attempt
from cartcohort.estimate.second_route.follow_again import Course
from cartcohort.estimate.second_route.risk_table import (
    Line,
    Point,
    add_incidence,
    draw_risk_table,
    measure_area,
    multiply_survival,
    read_median,
    read_share,
    z_of,
)

MOST_COUNTED = 500
"""Patients up to whom fractions stay short enough to be exact in no time."""

COUNT = "risk table, exact fractions"
_STATSMODELS = "statsmodels SurvfuncRight"
_FLAT = 1e-9
_TOO_MANY = f"counted up to {MOST_COUNTED} patients only"


@dataclass(frozen=True, kw_only=True)
class Conventions:
    """The parameters that say how a curve is read; the same as those of the report."""

    conf_level: float = 0.95
    conf_type: str = "log-log"
    median_rule: str = "midpoint"
    past_follow_up: str = "not_estimable"
    ties: str = "efron"

    @classmethod
    def of(cls, parameters: Mapping[str, Any]) -> Conventions:
        """Take from the parameters of a report those that it has."""
        named = ("conf_level", "conf_type", "median_rule", "past_follow_up", "ties")
        return cls(**{name: parameters[name] for name in named if name in parameters})


def recompute_curve(
    course: Course,
    *,
    median: str = "",
    rates: Mapping[str, float] | None = None,
    conventions: Conventions,
    kind: str = "Medians with limits",
    n_event: int | None = None,
    as_incidence: bool | None = None,
) -> Iterator[Recomputed]:
    """Recompute the median and the rates of a curve.

    Parameters
    ----------
    course : Course
    median : str
        Name of the result; empty for none.
    rates : mapping of str to float
        Months by name of the result.
    conventions : Conventions
    kind : str
        What the median is, in words.
    n_event : int, optional
        Events that the results name, where they are others than those of the curve.
    as_incidence : bool, optional
        Whether the curve is one minus a cumulative incidence; by default where events compete. A part of the patients
        follows the whole, whether or not any of them had a competing event.
    """
    rates, n = rates or {}, len(course.days)
    counts = {"n": n, "n_event": int(course.event.sum()) if n_event is None else n_event}
    as_incidence = bool(course.rival.any()) if as_incidence is None else as_incidence
    points = _points(course, conventions, as_incidence=as_incidence) if n <= MOST_COUNTED else None
    fitted = _Fitted(course, counts, conventions, as_incidence=as_incidence)
    if median:
        known = {"name": median, "kind": kind}
        found = None if points is None else read_median(points, rule=conventions.median_rule)
        yield _counted(known, None if found is None else [_months(day) for day in found], counts)
        yield fitted.median(known, conventions.median_rule)
    for name, months in rates.items():
        known = {"name": name, "kind": "Rates at fixed times"}
        carried = conventions.past_follow_up == "carry"
        found = None if points is None else read_share(points, months * DAYS_PER_MONTH, carried_on=carried)
        yield _counted(known, found, counts)
        yield fitted.rate(known, months, carried_on=carried)


def recompute_mean(course: Course, name: str, *, months: float, conventions: Conventions) -> Iterator[Recomputed]:
    """Recompute a restricted mean; it is not defined where other events compete."""
    known = {"name": name, "kind": "Restricted means"}
    counts = {"n": len(course.days), "n_event": int(course.event.sum())}
    if len(course.days) > MOST_COUNTED:
        yield _counted(known, None, counts)
        return
    mean, error = (None, None)
    if not course.rival.any():
        mean, error = measure_area(_table(course), months * DAYS_PER_MONTH)
    z = z_of(conventions.conf_level)
    found = [None] * 3 if mean is None else [_months(value) for value in (mean, mean - z * error, mean + z * error)]
    yield _counted(known, found, counts)


def recompute_observed(days: np.ndarray, names: Mapping[str, str], *, divisor: float = 1.0) -> Iterator[Recomputed]:
    """Recompute smallest, median and largest of what was observed, by sorting; `names` by "minimum", "median", ..."""
    known = days[~np.isnan(days)]
    pick = {"minimum": np.min, "median": np.median, "maximum": np.max}
    if len(known) <= MOST_COUNTED:
        known, pick = known.tolist(), {"minimum": min, "median": statistics.median, "maximum": max}
    for which, name in names.items():
        value = float(pick[which](known)) / divisor if len(known) else None
        yield Recomputed(
            name=name,
            kind="Observed times and values",
            route="count",
            method="values sorted",
            values={"estimate": value, "n": len(known)},
        )


class _Fitted:
    """The curve of statsmodels, or why there is none."""

    def __init__(
        self, course: Course, counts: Mapping[str, int], conventions: Conventions, *, as_incidence: bool
    ) -> None:
        self.counts, self.z, self.conf_type = counts, z_of(conventions.conf_level), conventions.conf_type
        self.last = course.days.max(initial=0.0)
        self.unable = "" if len(course.days) else "statsmodels fits no curve to nobody"
        if as_incidence:
            self.unable = "statsmodels' survival function knows no competing events"
        if not self.unable:
            self.curve, self.unable = attempt(lambda: _survfunc(course))

    def median(self, known: Mapping[str, str], rule: str) -> Recomputed:
        """Recompute the median; where the curve lies at one half for a while, from both ends of that step."""
        values = {}
        if not self.unable:
            # statsmodels takes the first time below; just above one half that is the beginning of the step.
            start, end = (_or_none(self.curve.quantile(0.5 + shift)) for shift in (-_FLAT, _FLAT))
            if start is not None and rule == "midpoint":
                start = (start + (self.last if end is None else end)) / 2
            values = {"estimate": _months(start), **self.counts}
        return Recomputed(**known, route="statsmodels", method=_STATSMODELS, values=values, unable=self.unable)

    def rate(self, known: Mapping[str, str], months: float, *, carried_on: bool) -> Recomputed:
        """Recompute a rate, with limits from statsmodels' standard error."""
        values = {} if self.unable else self._rate(months * DAYS_PER_MONTH, carried_on=carried_on) | self.counts
        return Recomputed(**known, route="statsmodels", method=_STATSMODELS, values=values, unable=self.unable)

    def _rate(self, day: float, *, carried_on: bool) -> dict[str, float | None]:
        reached = np.flatnonzero(self.curve.surv_times <= day)
        share = float(self.curve.surv_prob[reached[-1]]) if len(reached) else 1.0
        error = float(self.curve.surv_prob_se[reached[-1]]) if len(reached) else 0.0
        if day > self.last and share > 0 and not carried_on:
            return {"estimate": None}
        # Limits where the curve has not fallen, or has reached 0, are conventions that statsmodels has not.
        if not 0 < share < 1:
            return {"estimate": share}
        if self.conf_type == "plain":
            limits = (max(share - self.z * error, 0.0), min(share + self.z * error, 1.0))
        elif self.conf_type == "log":
            limits = (share * math.exp(-self.z * error / share), min(share * math.exp(self.z * error / share), 1.0))
        else:
            middle, wide = math.log(-math.log(share)), self.z * error / (share * -math.log(share))
            limits = (math.exp(-math.exp(middle + wide)), math.exp(-math.exp(middle - wide)))
        return {"estimate": share, "conf_low": limits[0], "conf_high": limits[1]}


def _survfunc(course: Course) -> Any:
    return SurvfuncRight(course.days, course.event.astype(int))


def _table(course: Course) -> list[Line]:
    return draw_risk_table(course.days.tolist(), course.event.tolist(), course.rival.tolist())


def _points(course: Course, conventions: Conventions, *, as_incidence: bool) -> list[Point]:
    if as_incidence:
        return add_incidence(_table(course), conf_level=conventions.conf_level)
    return multiply_survival(_table(course), conf_level=conventions.conf_level, conf_type=conventions.conf_type)


def _counted(known: Mapping[str, str], found: Any, counts: Mapping[str, int]) -> Recomputed:
    """Return the count of a curve's value with its limits; None for too many patients to count."""
    if found is None:
        return Recomputed(**known, route="count", method=COUNT, values={}, unable=_TOO_MANY)
    values = dict(zip(("estimate", "conf_low", "conf_high"), found, strict=True)) | dict(counts)
    return Recomputed(**known, route="count", method=COUNT, values=values)


def _months(days: float | None) -> float | None:
    return None if days is None else days / DAYS_PER_MONTH


def _or_none(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
