"""The relapse section by a second route: incidences, cause-specific models, antigens, survival after relapse."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from cartcohort.estimate.results import DAYS_PER_MONTH, Result, ResultSet
from cartcohort.estimate.second_route.compare import Recomputed, compare_routes
from cartcohort.estimate.second_route.curves import Conventions, recompute_curve, recompute_observed
from cartcohort.estimate.second_route.follow_again import Course, Endpoint, follow_again
from cartcohort.estimate.second_route.groups import recompute_cox, split_levels
from cartcohort.estimate.second_route.incidences import recompute_incidence
from cartcohort.estimate.second_route.shares import MOST_SUMMED, count_binomial, recompute_share

_ANTIGENS = {"cd19": "relapse_cd19", "cd22": "relapse_cd22"}
_KEPT = ("positive", "dim")


def check_relapse(
    results: Mapping[str, Result],
    subjects: pd.DataFrame,
    factors: Sequence[str],
    parameters: Mapping[str, Any],
    *,
    lacking: Sequence[str] = (),
) -> ResultSet:
    """Recompute the headline results of the relapse section.

    Parameters
    ----------
    results, subjects, factors, parameters
        As for `check_efficacy`.
    lacking : sequence of str
        Not empty where the study does not document relapses; only what needs none of them is recomputed then.
    """
    conventions = Conventions.of(parameters)
    recomputed = [*_after_relapse(subjects, parameters, conventions)]
    if not lacking:
        recomputed = [
            *_totals(subjects, conventions.conf_level),
            *_incidences(subjects, factors, parameters, conventions),
            *_antigens(subjects, conventions.conf_level, parameters["escape_benchmark"]),
            *recomputed,
        ]
    return compare_routes(results, recomputed, section="relapse")


def _totals(subjects: pd.DataFrame, conf_level: float) -> Iterator[Recomputed]:
    relapsed = subjects["relapse_day"].notna().to_numpy()
    remission = subjects["best_response"].isin(("CR", "CRi")).to_numpy(dtype=bool)
    counts = {
        "relapse/total": (int(relapsed.sum()), len(subjects)),
        "relapse/total/of_responders": (int((relapsed & remission).sum()), int(remission.sum())),
    }
    for name, (n_event, n) in counts.items():
        yield from recompute_share(name, n_event, n, conf_level=conf_level)


def _incidences(
    subjects: pd.DataFrame, factors: Sequence[str], parameters: Mapping[str, Any], conventions: Conventions
) -> Iterator[Recomputed]:
    options = {name: parameters[name] for name in ("hsct_handling", "new_therapy_handling")}
    times = {f"{months:g}m": months for months in parameters["timepoints_months"]}
    for name in ("cir", "nrm"):
        course = follow_again(subjects, name, **options)
        rates = {f"relapse/{name}/{at}": months for at, months in times.items()}
        yield from recompute_incidence(course, rates, conventions=conventions)
        for factor in factors:
            yield from _by_factor(course, name, factor, times, conventions)


def _by_factor(
    course: Endpoint, name: str, factor: str, times: Mapping[str, float], conventions: Conventions
) -> Iterator[Recomputed]:
    codes, levels = split_levels(course.subjects[factor])
    if len(levels) < 2:
        return
    for code, level in enumerate(levels):
        rates = {f"relapse/{name}/{at}/{factor}/{level}": months for at, months in times.items()}
        yield from recompute_incidence(course.of(codes == code), rates, conventions=conventions)
    names = [f"relapse/cause_specific/{name}/{factor}/{level}" for level in levels[1:]]
    for one in recompute_cox(course, codes, names, conventions=conventions):
        yield replace(one, kind="Cause-specific hazard ratios")


def _antigens(subjects: pd.DataFrame, conf_level: float, benchmark: float) -> Iterator[Recomputed]:
    """Recount the relapses by antigen, of all patients, of those in remission and of the relapses."""
    relapses = subjects[subjects["relapse_day"].notna()]
    cells = (relapses[column].astype(object) for column in ("best_response", *_ANTIGENS.values()))
    rows = [
        (best in ("CR", "CRi"), *(str(state) for state in states))
        for best, *states in zip(*(values.where(values.notna(), "") for values in cells), strict=True)
    ]
    recorded = [i for i in (1, 2) if any(row[i] in (*_KEPT, "negative") for row in rows)]
    if not recorded:
        return
    n_all, n_remission = len(subjects), int(subjects["best_response"].isin(("CR", "CRi")).sum())
    for name, wanted in _states(recorded).items():
        found = [row for row in rows if wanted(row)]
        stem = f"relapse/antigen/{name}"
        yield from recompute_share(stem, len(found), n_all, conf_level=conf_level)
        in_remission = sum(row[0] for row in found)
        yield from recompute_share(f"{stem}/of_responders", in_remission, n_remission, conf_level=conf_level)
        yield from recompute_share(f"{stem}/of_relapsed", len(found), len(rows), conf_level=conf_level)
    lost = sum("negative" in row[1:] for row in rows)
    known = lost + sum(all(row[i] in _KEPT for i in recorded) and "negative" not in row[1:] for row in rows)
    p_value = {"p_value": count_binomial(lost, known, benchmark)} if known <= MOST_SUMMED else {}
    yield from recompute_share("relapse/antigen/escape", lost, known, conf_level=conf_level, further=p_value)


def _states(recorded: Sequence[int]) -> dict[str, Any]:
    """Return which relapses count, by name of the state; each as (in remission, CD19, CD22)."""
    states: dict[str, Any] = {}
    if len(recorded) == len(_ANTIGENS):
        states["double_positive"] = lambda row: row[1] in _KEPT and row[2] in _KEPT
    for position, antigen in enumerate(_ANTIGENS, start=1):
        if position in recorded:
            for state in ("dim", "negative"):
                states[f"{antigen}_{state}"] = lambda row, i=position, state=state: row[i] == state
    return states


def _after_relapse(
    subjects: pd.DataFrame, parameters: Mapping[str, Any], conventions: Conventions
) -> Iterator[Recomputed]:
    course = follow_again(subjects, "os")
    relapse = course.subjects["relapse_day"].to_numpy(dtype=float, na_value=np.nan)
    until = course.days - relapse
    kept = until >= 0
    later = Course(until[kept], course.event[kept], course.rival[kept])
    stem = "relapse/survival_after_relapse"
    rates = {f"{stem}/rate/{months:g}m": months for months in parameters["timepoints_months"]}
    for one in recompute_curve(later, median=f"{stem}/median", rates=rates, conventions=conventions):
        certain = "rate" in one.name and one.values.get("estimate") == 1
        none = {"conf_low": None, "conf_high": None}
        yield replace(one, values={**one.values, **none} if certain else one.values)
    both = subjects["relapse_day"].astype(float) - subjects["response_day"].astype(float)
    names = {name: f"relapse/time_to_relapse/{name}" for name in ("median", "minimum", "maximum")}
    yield from recompute_observed(both.to_numpy(dtype=float, na_value=np.nan), names, divisor=DAYS_PER_MONTH)
