"""Cumulative incidences once more: by a plain count, and by statsmodels."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from statsmodels.duration.survfunc import CumIncidenceRight

from cartcohort.estimate.results import DAYS_PER_MONTH
from cartcohort.estimate.second_route.compare import Recomputed, attempt
from cartcohort.estimate.second_route.curves import COUNT, MOST_COUNTED, Conventions
from cartcohort.estimate.second_route.follow_again import Course
from cartcohort.estimate.second_route.risk_table import Point, add_incidence, draw_risk_table, z_of

_STATSMODELS = "statsmodels CumIncidenceRight"
_ROUND_OFF = 1e-7
_TOO_MANY = f"counted up to {MOST_COUNTED} patients only"

Found = Mapping[str, float | None]


def recompute_incidence(
    course: Course, rates: Mapping[str, float], *, conventions: Conventions
) -> Iterator[Recomputed]:
    """Recompute the cumulative incidence of a course's event at times in months, by name of the result."""
    counts = {"n": len(course.days), "n_event": int(course.event.sum())}
    points = _points(course, conventions) if counts["n"] <= MOST_COUNTED else None
    curve, failed = attempt(lambda: _fit(course))
    for name, months in rates.items():
        known = {"name": name, "kind": "Cumulative incidences"}
        day = months * DAYS_PER_MONTH
        past = _is_past(course, day) and conventions.past_follow_up != "carry"
        values = {} if points is None else _read(points, day, past) | counts
        unable = _TOO_MANY if points is None else ""
        yield Recomputed(**known, route="count", method=COUNT, values=values, unable=unable)
        values = {} if failed else _read_fit(curve, day, past, z_of(conventions.conf_level)) | counts
        yield Recomputed(**known, route="statsmodels", method=_STATSMODELS, values=values, unable=failed)


def _is_past(course: Course, day: float) -> bool:
    """Whether a day lies beyond the last follow-up, and somebody was still without any event then."""
    if not len(course.days):
        return True
    last = course.days.max()
    return bool(day > last and np.any((course.days == last) & ~course.event & ~course.rival))


def _points(course: Course, conventions: Conventions) -> list[Point]:
    lines = draw_risk_table(course.days.tolist(), course.event.tolist(), course.rival.tolist())
    return add_incidence(lines, conf_level=conventions.conf_level)


def _read(points: Sequence[Point], day: float, past: bool) -> Found:
    reached = [point for point in points if point.day <= day]
    if past or not points:
        return {"estimate": None, "conf_low": None, "conf_high": None}
    if not reached:
        return {"estimate": 0.0}
    last = reached[-1]
    # Limits where nobody or everybody had the event are no log-log limits, and not recomputed.
    if last.high is None or last.low is None:
        return {"estimate": float(1 - last.share)}
    # Probability of no event and its limits, the other way round.
    return {"estimate": float(1 - last.share), "conf_low": 1 - last.high, "conf_high": 1 - last.low}


def _fit(course: Course) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return statsmodels' times, incidences of the event and standard errors; no times without an event."""
    if not course.event.any():
        return np.empty(0), np.empty(0), np.empty(0)
    curve = CumIncidenceRight(course.days, np.where(course.event, 1, np.where(course.rival, 2, 0)))
    return curve.times, curve.cinc[0], curve.cinc_se[0]


def _read_fit(curve: tuple[np.ndarray, np.ndarray, np.ndarray], day: float, past: bool, z: float) -> Found:
    """Return the incidence by statsmodels, with log-log limits from its standard error where it has one."""
    if past:
        return {"estimate": None}
    times, incidence, std_error = curve
    reached = np.flatnonzero(times <= day)
    share = float(incidence[reached[-1]]) if len(reached) else 0.0
    error = float(std_error[reached[-1]]) if len(reached) else 0.0
    # Where the variance is a difference of two equal sums nothing but round-off is left of it.
    if not 0 < share < 1 or not error > _ROUND_OFF:
        return {"estimate": share}
    middle, wide = math.log(-math.log(share)), z * error / (share * -math.log(share))
    return {
        "estimate": share,
        "conf_low": math.exp(-math.exp(middle + wide)),
        "conf_high": math.exp(-math.exp(middle - wide)),
    }
