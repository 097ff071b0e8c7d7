"""Survival by groups known only after time zero, guarded against guarantee time.

Whoever responds, is transplanted or is treated has by then lived long enough for it. A plain comparison from time
zero credits that group with the guaranteed time. It is therefore marked as biased and set beside analyses that are
not: landmarks, which start the clock at a fixed day among those still at risk and group them by what was known then,
and a Cox model in which a patient changes group on the day on which it happened.

Anderson, Cain and Gelber, J Clin Oncol 1983; 1:710-719.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from cartcohort.estimate.comparison import test_logrank
from cartcohort.estimate.regression import fit_cox, fit_time_dependent_cox
from cartcohort.estimate.results import DAYS_PER_MONTH, Result, ResultSet, SurvivalCurve
from cartcohort.estimate.sections.arrays import Endpoints, TimeToEvent, each_level, in_months
from cartcohort.estimate.sections.by_factor import compare_groups, summarise_by_level, with_note
from cartcohort.estimate.sections.curves import as_cause_specific, estimate_endpoint_curve
from cartcohort.estimate.sections.groupings import Grouping
from cartcohort.estimate.sections.landmarks import Landmark, group_at_landmark

STRIP_DAYS = tuple(range(14, 183, 14))
"""Landmarks of the strip: every fortnight to half a year, whatever `landmark_days` says."""


@dataclass(frozen=True, eq=False)
class GuardedCurves:
    """Curves of one endpoint by a grouping: from time zero (biased) and from each landmark in days, by level."""

    endpoint: str
    grouping: Grouping
    plain: Mapping[str, SurvivalCurve]
    landmarks: Mapping[int, Mapping[str, SurvivalCurve]]


def estimate_guarded_curves(
    endpoints: Endpoints,
    groupings: Mapping[str, Grouping],
    *,
    landmark_days: Sequence[int],
    conf_level: float,
    conf_type: str,
) -> list[GuardedCurves]:
    """Return the curves by the first grouping, of each endpoint, in months from time zero and from landmarks."""
    return [
        GuardedCurves(
            endpoint=name,
            grouping=grouping,
            plain=_curves(endpoint, grouping.of(endpoint).group, conf_level=conf_level, conf_type=conf_type),
            landmarks={
                days: _curves_from(endpoint, grouping, days, conf_level=conf_level, conf_type=conf_type)
                for days in landmark_days
            },
        )
        for grouping in list(groupings.values())[:1]
        for name, endpoint in endpoints.items()
    ]


def _curves_from(
    endpoint: TimeToEvent, grouping: Grouping, days: int, *, conf_level: float, conf_type: str
) -> dict[str, SurvivalCurve]:
    landmark = group_at_landmark(endpoint, grouping, days=days)
    codes = np.full(len(landmark.kept), -1)
    codes[landmark.kept] = landmark.group.codes
    start = days / DAYS_PER_MONTH
    return _curves(
        endpoint, grouping.categories(codes), conf_level=conf_level, conf_type=conf_type, from_months=start
    )


def _curves(
    endpoint: TimeToEvent, group: pd.Categorical, *, conf_level: float, conf_type: str, from_months: float = 0.0
) -> dict[str, SurvivalCurve]:
    return {
        level: estimate_endpoint_curve(
            endpoint, rows=rows, from_months=from_months, conf_level=conf_level, conf_type=conf_type
        )
        for level, rows in each_level(pd.Series(group))
    }


def compare_guarded(
    endpoints: Endpoints,
    groupings: Mapping[str, Grouping],
    *,
    main: Collection[str],
    landmark_days: Sequence[int],
    timepoints_months: Sequence[float],
    conf_level: float,
    conf_type: str,
    median_rule: str,
    past_follow_up: str,
    ties: str,
) -> ResultSet:
    """Compare endpoints by groups known only after time zero, the plain comparison marked as biased.

    Parameters
    ----------
    endpoints : mapping of str to TimeToEvent
        With time zero at infusion or enrolment.
    groupings : mapping of str to Grouping
    main : collection of str
        Endpoints compared by every grouping; the others are compared by response only.
    landmark_days : sequence of int
        Landmarks in days from time zero.
    timepoints_months, conf_level, conf_type, median_rule, past_follow_up, ties
        As for the other sections.

    Returns
    -------
    ResultSet
        For a grouping g: `<e>/{median, rate/12m}/response/<l>` (response only), `<e>/logrank/g`, `<e>/cox/g/<l>`,
        `<e>/count/g/<l>`; `<e>/landmark/28d/{logrank, cox}/g` and `.../count/g/{<l>, earlier_event,
        shorter_follow_up, unknown}`; `<e>/time_dependent_cox/g` and `.../count/g/<l>`; on the main endpoints, over
        `STRIP_DAYS`, `<e>/landmark_strip/42d/{cox/g, count/g/<l>}`. A hazard ratio is of the second group against
        the first; where one group, or no event in one, is left, it is null with the reason.
    """
    results = ResultSet()
    for name, endpoint in endpoints.items():
        for grouping in groupings.values():
            if name not in main and grouping.name != "response":
                continue
            found = _compare_plainly(endpoint, grouping, conf_level=conf_level, ties=ties)
            for days in landmark_days:
                found |= _compare_from(endpoint, grouping, days, conf_level=conf_level, ties=ties)
            found |= _compare_time_dependently(endpoint, grouping, conf_level=conf_level, ties=ties)
            if name in main:
                found |= _compare_in_strip(endpoint, grouping, conf_level=conf_level, ties=ties)
            results |= as_cause_specific(endpoint, found).under(name, endpoint.abbreviation)
    for grouping in [groupings[name] for name in groupings if name == "response"]:
        levels = summarise_by_level(
            endpoints,
            (grouping.name,),
            labels={grouping.name: grouping.label},
            timepoints_months=timepoints_months,
            conf_level=conf_level,
            conf_type=conf_type,
            median_rule=median_rule,
            past_follow_up=past_follow_up,
        )
        results |= with_note(levels, _biased(grouping))
    return results


def _biased(grouping: Grouping) -> str:
    return f"biased by guarantee time: {grouping.label} is known only after time zero"


def _compare_plainly(endpoint: TimeToEvent, grouping: Grouping, *, conf_level: float, ties: str) -> ResultSet:
    group = grouping.of(endpoint).group
    values = pd.Series(group, name=grouping.name)
    found = compare_groups(endpoint, values, label=grouping.label, conf_level=conf_level, ties=ties)
    counts = _count_groups(grouping, group, endpoint.event, f"{grouping.label}, from time zero")
    return with_note(found, _biased(grouping)) | counts


def _compare_from(endpoint: TimeToEvent, grouping: Grouping, days: int, *, conf_level: float, ties: str) -> ResultSet:
    landmark = group_at_landmark(endpoint, grouping, days=days)
    label = f"{grouping.label}, from day {days}"
    test = test_logrank(landmark.time_months, landmark.event, landmark.group)
    ratio = _ratio_at(landmark, grouping, conf_level=conf_level, ties=ties)
    excluded = {
        "earlier_event": (landmark.n_event_before, "excluded, earlier event"),
        "shorter_follow_up": (landmark.n_censored_before, "excluded, shorter follow-up"),
        "unknown": (landmark.n_unknown, "excluded, group not known or not concerned"),
    }
    return (
        ResultSet(
            {
                f"logrank/{grouping.name}": replace(test, label=f"{label}: log-rank"),
                f"cox/{grouping.name}": replace(ratio, label=f"{label}: hazard ratio"),
            }
        )
        | _count_groups(grouping, landmark.group, landmark.event, label)
        | {
            f"count/{grouping.name}/{name}": Result(
                estimate=n, n=len(endpoint.event), unit="patients", label=f"{label}: {words}"
            )
            for name, (n, words) in excluded.items()
        }
    ).under(f"landmark/{days}d")


def _compare_in_strip(endpoint: TimeToEvent, grouping: Grouping, *, conf_level: float, ties: str) -> ResultSet:
    results, ratio, last = ResultSet(), Result(), None
    for days in STRIP_DAYS:
        landmark = group_at_landmark(endpoint, grouping, days=days)
        # A Cox model knows the order of the times only: the same patients in the same groups have the same ratio.
        compared = (landmark.kept.tobytes(), landmark.group.codes.tobytes())
        if compared != last:
            ratio, last = _ratio_at(landmark, grouping, conf_level=conf_level, ties=ties), compared
        label = f"{grouping.label}, strip, from day {days}"
        found = ResultSet({f"cox/{grouping.name}": replace(ratio, label=f"{label}: hazard ratio")})
        found |= _count_groups(grouping, landmark.group, landmark.event, label)
        results |= found.under(f"landmark_strip/{days}d")
    return results


def _ratio_at(landmark: Landmark, grouping: Grouping, *, conf_level: float, ties: str) -> Result:
    group = pd.DataFrame({grouping.name: landmark.group})
    if len(np.unique(landmark.group.codes)) < len(grouping.levels):
        return _no_ratio(len(landmark.event), landmark.event, "not estimable: only one group")
    fit = fit_cox(landmark.time_months, landmark.event, group, ties=ties, conf_level=conf_level)
    return fit.results()[f"{grouping.name}/{grouping.levels[1]}"]


def _count_groups(grouping: Grouping, group: pd.Categorical, event: np.ndarray, label: str) -> ResultSet:
    """Count the patients of each group, and their events from then on."""
    return ResultSet(
        {
            f"count/{grouping.name}/{level}": Result(
                estimate=np.sum(group.codes == code),
                n=np.sum(group.codes >= 0),
                n_event=np.sum(np.asarray(event)[group.codes == code]),
                unit="patients",
                label=f"{label}: {words}",
            )
            for code, (level, words) in enumerate(zip(grouping.levels, grouping.words, strict=True))
        }
    )


def _compare_time_dependently(
    endpoint: TimeToEvent, grouping: Grouping, *, conf_level: float, ties: str
) -> ResultSet:
    """Fit the model in which a patient changes group on a day; from the day on which the question arises."""
    own, label = grouping.of(endpoint), f"{grouping.label}, time-dependent"
    concerned = ~np.isnan(own.day) & (own.since < endpoint.time_days)
    time, event = in_months(endpoint)[concerned], np.asarray(endpoint.event)[concerned]
    day, since = own.day[concerned], own.since[concerned]
    fit = fit_time_dependent_cox(
        time,
        event,
        np.where(np.isfinite(day), day, np.nan) / DAYS_PER_MONTH,
        name=grouping.name,
        entry=since / DAYS_PER_MONTH if np.isfinite(since).all() and len(since) else None,
        ties=ties,
        conf_level=conf_level,
    )
    changed = grouping.categories(day / DAYS_PER_MONTH < time)
    ratio = next(iter(fit.results().values()), Result())
    if not changed.codes.any():
        ratio = _no_ratio(len(time), event, "not estimable: no patient changes group while at risk")
    return ResultSet({grouping.name: replace(ratio, label=f"{label}: hazard ratio")}).under(
        "time_dependent_cox"
    ) | _count_groups(grouping, changed, event, label).under("time_dependent_cox")


def _no_ratio(n: int, event: np.ndarray, reason: str) -> Result:
    return Result(n=n, n_event=int(np.sum(event)), unit="hazard ratio", note=reason)
