"""The survival section by a second route: curves, factors, response at landmarks, survivors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from cartcohort.estimate.results import DAYS_PER_MONTH, Result, ResultSet
from cartcohort.estimate.second_route.compare import Recomputed, compare_routes
from cartcohort.estimate.second_route.curves import Conventions, recompute_curve, recompute_mean, recompute_observed
from cartcohort.estimate.second_route.follow_again import Course, Declared, Endpoint, follow_again
from cartcohort.estimate.second_route.groups import recompute_cox, recompute_logrank, split_levels
from cartcohort.estimate.second_route.shares import recompute_share

_FURTHER_MONTHS = (12, 24)


def check_survival(
    results: Mapping[str, Result],
    subjects: pd.DataFrame,
    factors: Sequence[str],
    parameters: Mapping[str, Any],
    *,
    declared: Mapping[str, Declared] | None = None,
) -> ResultSet:
    """Recompute the headline results of the survival section; parameters and returns as for `check_efficacy`."""
    courses = follow_endpoints(subjects, parameters, declared)
    conventions = Conventions.of(parameters)
    recomputed: list[Recomputed] = []
    for position, (name, course) in enumerate(courses.items()):
        recomputed += _overall(course, f"survival/{name}", parameters, conventions, with_lifelines=not position)
    for position, (name, course) in enumerate(main_endpoints(courses).items()):
        stem = f"survival/{name}"
        for factor in factors:
            recomputed += _levels(course, factor, stem, parameters, conventions)
            recomputed += _contrasts(
                course, factor, stem, conventions, with_lifelines=not position and factor == factors[0]
            )
        recomputed += _response(course, stem, parameters, conventions)
        recomputed += _survivors(course, stem, parameters["conditional_months"], conventions)
        if not position and _compares_response(course):
            recomputed += _levels(course, "response", stem, parameters, conventions)
    return compare_routes(results, recomputed, section="survival")


def follow_endpoints(
    subjects: pd.DataFrame, parameters: Mapping[str, Any], declared: Mapping[str, Declared] | None
) -> dict[str, Endpoint]:
    """Derive the endpoints of a report again, by name."""
    names = ("origin", "hsct_handling", "new_therapy_handling", "response_assessment_day")
    options = {name: parameters[name] for name in names}
    own = declared or {}
    return {name: follow_again(subjects, name, **options, declared=own.get(name)) for name in parameters["endpoints"]}


def main_endpoints(courses: Mapping[str, Endpoint]) -> dict[str, Endpoint]:
    """Return the first two that count from infusion or enrolment."""
    return dict([(name, course) for name, course in courses.items() if not course.from_response][:2])


def _overall(
    course: Course, stem: str, parameters: Mapping[str, Any], conventions: Conventions, *, with_lifelines: bool
) -> Iterator[Recomputed]:
    rates = {f"{stem}/rate/{months:g}m": months for months in parameters["timepoints_months"]}
    yield from recompute_curve(
        course, median=f"{stem}/median", rates=rates, conventions=conventions, with_lifelines=with_lifelines
    )
    observed = {name: f"{stem}/observed/{name}" for name in ("minimum", "median", "maximum")}
    yield from recompute_observed(course.days, observed, divisor=DAYS_PER_MONTH)
    months = parameters["rmst_months"]
    yield from recompute_mean(course, f"{stem}/rmst/{months:g}m", months=months, conventions=conventions)
    # Reverse Kaplan-Meier: the end of follow-up is the event.
    followed = Course(course.days, ~course.event & ~course.rival, np.zeros_like(course.rival))
    yield from recompute_curve(
        followed,
        median=f"{stem}/followup/median",
        conventions=conventions,
        kind="Median follow-up",
        n_event=int(course.event.sum()),
    )


def _levels(
    course: Endpoint, factor: str, stem: str, parameters: Mapping[str, Any], conventions: Conventions
) -> Iterator[Recomputed]:
    codes, levels = split_levels(course.subjects[factor])
    for code, level in enumerate(levels) if len(levels) > 1 else ():
        rates = {f"{stem}/rate/{months:g}m/{factor}/{level}": months for months in parameters["timepoints_months"]}
        median = f"{stem}/median/{factor}/{level}"
        yield from recompute_curve(
            course.of(codes == code),
            median=median,
            rates=rates,
            conventions=conventions,
            as_incidence=bool(course.rival.any()),
        )


def _contrasts(
    course: Endpoint, factor: str, stem: str, conventions: Conventions, *, with_lifelines: bool
) -> Iterator[Recomputed]:
    codes, levels = split_levels(course.subjects[factor])
    if len(levels) > 1:
        yield from recompute_logrank(course, codes, f"{stem}/logrank/{factor}", with_lifelines=with_lifelines)
        names = [f"{stem}/cox/{factor}/{level}" for level in levels[1:]]
        yield from recompute_cox(course, codes, names, conventions=conventions, with_lifelines=with_lifelines)


def _compares_response(course: Endpoint) -> bool:
    """Say whether a report compares by response, which it does where some have its day."""
    return course.subjects["response"].nunique() > 1 and bool(course.subjects["response_day"].notna().any())


def _response(
    course: Endpoint, stem: str, parameters: Mapping[str, Any], conventions: Conventions
) -> Iterator[Recomputed]:
    """Recompute the comparisons by response: from time zero, from the landmarks, and as it changes."""
    if not _compares_response(course):
        return
    response = course.subjects["response"]
    yield from _contrasts(course, "response", stem, conventions, with_lifelines=False)
    day = course.subjects["response_day"].to_numpy(dtype=float, na_value=np.inf) - course.start
    since = np.where((response == "yes").to_numpy(dtype=bool, na_value=False), day, np.inf)
    for landmark in parameters["landmark_days"]:
        later = course.days > landmark
        kept, codes = course.of(later, later=landmark), (since[later] <= landmark).astype(int)
        name = f"{stem}/landmark/{landmark}d"
        yield from recompute_logrank(kept, codes, f"{name}/logrank/response")
        yield from recompute_cox(kept, codes, [f"{name}/cox/response"], conventions=conventions)
    name, codes = f"{stem}/time_dependent_cox/response", np.isfinite(since).astype(int)
    yield from recompute_cox(course, codes, [name], conventions=conventions, since=since)


def _survivors(course: Course, stem: str, given_months: float, conventions: Conventions) -> Iterator[Recomputed]:
    given = given_months * DAYS_PER_MONTH
    kept = course.of(course.days > given, later=given)
    for further in _FURTHER_MONTHS:
        name = f"{stem}/conditional/{given_months:g}m/{further}m"
        competing = bool(course.rival.any())
        for one in recompute_curve(kept, rates={name: further}, conventions=conventions, as_incidence=competing):
            certain = one.values.get("estimate") == 1
            # Where no event came, the section gives no limits here, and exact ones beside it.
            none = {"conf_low": None, "conf_high": None}
            yield replace(one, kind="Survivors", values={**one.values, **none} if certain else one.values)
            followed = int(np.sum(kept.days >= further * DAYS_PER_MONTH))
            if certain and one.route == "count" and followed:
                for exact in recompute_share(f"{name}/exact", followed, followed, conf_level=conventions.conf_level):
                    yield replace(exact, kind="Survivors", values={**exact.values, "n_event": 0})
