"""Medians, rates, means and follow-up of one curve by a plain count, statsmodels and lifelines."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from cartcohort.estimate.results import DAYS_PER_MONTH
from cartcohort.estimate.second_route.compare import Recomputed
from cartcohort.estimate.second_route.fitted_curves import ByLifelines, ByStatsmodels
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

MOST_BY_LIFELINES = 5_000
"""Patients up to whom lifelines is asked; beyond it takes long."""

COUNT = "risk table, exact fractions"
_NO_INCIDENCE = "the survival functions of the libraries know no competing events"
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
    with_lifelines: bool = False,
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
    with_lifelines : bool
        Whether lifelines fits the curve as well.
    """
    rates, n = rates or {}, len(course.days)
    counts = {"n": n, "n_event": int(course.event.sum()) if n_event is None else n_event}
    as_incidence = bool(course.rival.any()) if as_incidence is None else as_incidence
    points = _points(course, conventions, as_incidence=as_incidence) if n <= MOST_COUNTED else None
    libraries = (ByStatsmodels, ByLifelines) if with_lifelines and n <= MOST_BY_LIFELINES else (ByStatsmodels,)
    options = {"conf_level": conventions.conf_level, "conf_type": conventions.conf_type}
    options["unable"] = _NO_INCIDENCE if as_incidence else ""
    fitted = [library(course, counts, **options) for library in libraries]
    if median:
        known = {"name": median, "kind": kind}
        found = None if points is None else read_median(points, rule=conventions.median_rule)
        yield _counted(known, None if found is None else [_months(day) for day in found], counts)
        yield from (curve.median(known, conventions.median_rule) for curve in fitted)
    for name, months in rates.items():
        known = {"name": name, "kind": "Rates at fixed times"}
        carried = conventions.past_follow_up == "carry"
        found = None if points is None else read_share(points, months * DAYS_PER_MONTH, carried_on=carried)
        if found and found[0] == 1:
            found = (1.0, *_exact_limits(course, months, conventions.conf_level))
        yield _counted(known, found, counts)
        yield from (curve.rate(known, months, carried_on=carried) for curve in fitted)


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
    last = course.days.max(initial=0.0)
    unseen = last < months * DAYS_PER_MONTH and not course.event[course.days == last].all()
    if mean is None or (unseen and conventions.past_follow_up == "not_estimable"):
        yield _counted(known, [None] * 3, counts)
        return
    margin = z_of(conventions.conf_level) * error / DAYS_PER_MONTH
    mean = mean / DAYS_PER_MONTH
    limits = (max(mean - margin, 0.0), min(mean + margin, float(months))) if error else (None, None)
    yield _counted(known, [mean, *limits], counts)


def _exact_limits(course: Course, months: float, conf_level: float) -> tuple[float | None, float | None]:
    """Return the limits of a curve without an event by then, from those still followed; none without any."""
    followed = int(np.sum(course.days >= months * DAYS_PER_MONTH))
    return ((1 - conf_level) / 2) ** (1 / followed) if followed else None, 1.0 if followed else None


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
