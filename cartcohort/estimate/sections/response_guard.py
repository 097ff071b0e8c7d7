"""Survival by response, guarded against guarantee time.

Response is known only after time zero: whoever responds has by then survived long enough to respond. A plain
comparison from time zero credits responders with that guaranteed time. It is therefore marked as biased and set
beside two analyses that are not: landmarks, which start the clock at a fixed day among those still at risk, and a Cox
model in which response counts only from the day on which it was seen.

Anderson, Cain and Gelber, J Clin Oncol 1983; 1:710-719.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from cartcohort.estimate.comparison import test_logrank
from cartcohort.estimate.landmark import select_landmark
from cartcohort.estimate.regression import fit_cox, fit_time_dependent_cox
from cartcohort.estimate.results import DAYS_PER_MONTH, Result, ResultSet, SurvivalCurve
from cartcohort.estimate.sections.arrays import Endpoints, TimeToEvent, each_level, in_months, known_factors
from cartcohort.estimate.sections.by_factor import compare_levels, estimate_curves_by, summarise_by_level, with_note
from cartcohort.estimate.sections.curves import as_cause_specific, estimate_endpoint_curve

BIASED = "biased by guarantee time: response is known only after time zero"
_LEVELS = ("no", "yes")


@dataclass(frozen=True, eq=False)
class Landmark:
    """The patients still at risk after a landmark: months from it, events, and whether they had responded by then.

    `kept` masks the endpoint's patients.
    """

    kept: np.ndarray
    time_months: np.ndarray
    event: np.ndarray
    response: pd.Categorical
    n_event_before: int
    n_censored_before: int


def group_at_landmark(endpoint: TimeToEvent, *, days: int) -> Landmark:
    """Select the patients still at risk after a landmark, in days, and group them by response so far."""
    selection = select_landmark(endpoint.time_days, endpoint.event, landmark=days)
    responded = (_response_day(endpoint) <= days)[selection.kept]
    return Landmark(
        kept=selection.kept,
        time_months=selection.time / DAYS_PER_MONTH,
        event=selection.event,
        response=pd.Categorical(np.where(responded, "yes", "no"), categories=_LEVELS, ordered=True),
        n_event_before=selection.n_event_before,
        n_censored_before=selection.n_censored_before,
    )


@dataclass(frozen=True, eq=False)
class ResponseCurves:
    """Curves of one endpoint by response: from time zero (biased) and from each landmark in days, by level."""

    endpoint: str
    plain: Mapping[str, SurvivalCurve]
    landmarks: Mapping[int, Mapping[str, SurvivalCurve]]


def estimate_response_curves(
    endpoints: Endpoints, *, landmark_days: Sequence[int], conf_level: float, conf_type: str
) -> list[ResponseCurves]:
    """Return the curves by response of each endpoint with two groups, in months from time zero and from landmarks."""
    return [
        ResponseCurves(
            endpoint=name,
            plain=estimate_curves_by(endpoint, "response", conf_level=conf_level, conf_type=conf_type),
            landmarks={
                days: _curves_from(endpoint, days, conf_level=conf_level, conf_type=conf_type)
                for days in landmark_days
            },
        )
        for name, endpoint in endpoints.items()
        if known_factors(("response",), endpoint.subjects)
    ]


def _curves_from(endpoint: TimeToEvent, days: int, *, conf_level: float, conf_type: str) -> dict[str, SurvivalCurve]:
    landmark = group_at_landmark(endpoint, days=days)
    kept, start = np.flatnonzero(landmark.kept), days / DAYS_PER_MONTH
    return {
        level: estimate_endpoint_curve(
            endpoint, rows=kept[rows], from_months=start, conf_level=conf_level, conf_type=conf_type
        )
        for level, rows in each_level(pd.Series(landmark.response))
    }


def compare_by_response(
    endpoints: Endpoints,
    *,
    label: str,
    landmark_days: Sequence[int],
    timepoints_months: Sequence[float],
    conf_level: float,
    conf_type: str,
    median_rule: str,
    past_follow_up: str,
    ties: str,
) -> ResultSet:
    """Compare endpoints by response in three ways: plainly (marked as biased), at landmarks, and time-dependently.

    Parameters
    ----------
    endpoints : mapping of str to TimeToEvent
        With time zero at infusion or enrolment; their subjects need `response` and `response_day`.
    label : str
        Words for response.
    landmark_days : sequence of int
        Landmarks in days from time zero.
    timepoints_months, conf_level, conf_type, median_rule, past_follow_up, ties
        As for the other sections.

    Returns
    -------
    ResultSet
        `<e>/{median, rate/12m}/response/<l>`, `<e>/logrank/response`, `<e>/cox/response/yes`,
        `<e>/landmark/28d/{logrank,cox}/response` and `<e>/time_dependent_cox/response`.
    """
    plain = summarise_by_level(
        endpoints,
        ("response",),
        labels={"response": label},
        timepoints_months=timepoints_months,
        conf_level=conf_level,
        conf_type=conf_type,
        median_rule=median_rule,
        past_follow_up=past_follow_up,
    ) | compare_levels(endpoints, ("response",), labels={"response": label}, conf_level=conf_level, ties=ties)
    results = with_note(plain, BIASED)
    for name, endpoint in endpoints.items():
        if not known_factors(("response",), endpoint.subjects):
            continue
        guarded = _compare_at_landmarks(endpoint, landmark_days, conf_level=conf_level, ties=ties)
        later = _compare_time_dependently(endpoint, conf_level=conf_level, ties=ties)
        guarded |= {"time_dependent_cox/response": later}
        results |= as_cause_specific(endpoint, guarded).under(name, endpoint.abbreviation)
    return results


def _compare_at_landmarks(
    endpoint: TimeToEvent, landmark_days: Sequence[int], *, conf_level: float, ties: str
) -> ResultSet:
    found = {}
    for days in landmark_days:
        landmark = group_at_landmark(endpoint, days=days)
        time, event = landmark.time_months, landmark.event
        response = pd.DataFrame({"response": landmark.response})
        fit = fit_cox(time, event, response, ties=ties, conf_level=conf_level)
        alone = _no_ratio(len(time), event, "only one group is left")
        cox = fit.results().get("response/yes", alone)
        counts = _counts(landmark)
        for kind, result in (("logrank", test_logrank(time, event, landmark.response)), ("cox", cox)):
            note = "; ".join(part for part in (counts, result.note) if part)
            words = {"logrank": "log-rank", "cox": "hazard ratio"}[kind]
            found[f"landmark/{days}d/{kind}/response"] = replace(
                result, label=f"{words} by response from day {days}", note=note
            )
    return ResultSet(found)


def _counts(landmark: Landmark) -> str:
    """Say who takes part, as a reviewer asks of every landmark analysis."""
    responded = int(np.sum(landmark.response == "yes"))
    return (
        f"{responded} with and {len(landmark.event) - responded} without response at the landmark; excluded: "
        f"{landmark.n_event_before} with an earlier event, {landmark.n_censored_before} with shorter follow-up"
    )


def _compare_time_dependently(endpoint: TimeToEvent, *, conf_level: float, ties: str) -> Result:
    time, change = in_months(endpoint), _response_day(endpoint) / DAYS_PER_MONTH
    change[~np.isfinite(change)] = np.nan
    fit = fit_time_dependent_cox(time, endpoint.event, change, ties=ties, conf_level=conf_level)
    unchanged = _no_ratio(len(time), endpoint.event, "no patient changes group")
    result = next(iter(fit.results().values()), unchanged)
    return replace(result, label="hazard ratio after response, time-dependent")


def _no_ratio(n: int, event: np.ndarray, reason: str) -> Result:
    return Result(n=n, n_event=int(np.sum(event)), unit="hazard ratio", note=reason)


def _response_day(endpoint: TimeToEvent) -> np.ndarray:
    """Return the day of response counted from time zero, infinite for those without one."""
    day = endpoint.subjects["response_day"].to_numpy(dtype=float, na_value=np.inf) - endpoint.origin_day
    responded = (endpoint.subjects["response"] == "yes").to_numpy(dtype=bool, na_value=False)
    return np.where(responded, day, np.inf)
