"""The risk factor section by a second route: factors one at a time, and together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from cartcohort.estimate.results import Result, ResultSet
from cartcohort.estimate.second_route.compare import Recomputed, compare_routes
from cartcohort.estimate.second_route.curves import MOST_COUNTED, Conventions
from cartcohort.estimate.second_route.follow_again import Declared, Endpoint
from cartcohort.estimate.second_route.groups import (
    count_logrank_p,
    recompute_cox,
    recompute_logrank,
    recompute_multivariable,
    split_factors,
)
from cartcohort.estimate.second_route.shares import adjust_by_hand
from cartcohort.estimate.sections.self_check.survival import follow_endpoints, main_endpoints


def check_risk_factors(
    results: Mapping[str, Result],
    subjects: pd.DataFrame,
    factors: Sequence[str],
    parameters: Mapping[str, Any],
    *,
    declared: Mapping[str, Declared] | None = None,
) -> ResultSet:
    """Recompute the headline results of the risk factor section; parameters and returns as for `check_efficacy`."""
    conventions = Conventions.of(parameters)
    recomputed: list[Recomputed] = []
    for position, (name, course) in enumerate(
        main_endpoints(follow_endpoints(subjects, parameters, declared)).items()
    ):
        recomputed += _alone(course, factors, f"risk_factors/{name}", conventions, with_lifelines=not position)
        recomputed += _together(course, factors, f"risk_factors/{name}", conventions)
    return compare_routes(results, recomputed, section="risk_factors")


def _alone(
    course: Endpoint, factors: Sequence[str], stem: str, conventions: Conventions, *, with_lifelines: bool
) -> Iterator[Recomputed]:
    split = split_factors(course.subjects, factors)
    p_values = {factor: count_logrank_p(course, codes) for factor, (codes, _) in split.items()}
    adjusted = adjust_by_hand(p_values) if len(course.days) <= MOST_COUNTED else {}
    for position, (factor, (codes, levels)) in enumerate(split.items()):
        first = with_lifelines and position == 0
        name, own = f"{stem}/logrank/{factor}", adjusted.get(factor)
        yield from recompute_logrank(course, codes, name, with_lifelines=first, adjusted=own)
        names = [f"{stem}/cox/{factor}/{level}" for level in levels[1:]]
        yield from recompute_cox(course, codes, names, conventions=conventions, with_lifelines=first)
        for code, level in enumerate(levels):
            n, n_event = int((codes == code).sum()), int(course.event[codes == code].sum())
            values = {"estimate": n_event, "n": n, "n_event": n_event}
            known = {"name": f"{stem}/events/{factor}/{level}", "kind": "Counts", "route": "count"}
            yield Recomputed(**known, method="patients counted", values=values)


def _together(course: Endpoint, factors: Sequence[str], stem: str, conventions: Conventions) -> Iterator[Recomputed]:
    split = split_factors(course.subjects, factors)
    if split:
        yield from recompute_multivariable(course, split, stem, conventions=conventions)
