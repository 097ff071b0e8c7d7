"""When responses come and how long they last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from cartcohort.estimate.results import Result, ResultSet, SurvivalCurve
from cartcohort.estimate.sections.arrays import TimeToEvent, in_months
from cartcohort.estimate.sections.curves import estimate_endpoint_curve
from cartcohort.estimate.sections.efficacy import count_share, find_responders
from cartcohort.estimate.survival import estimate_bounded_survival_at, estimate_quantile


def summarise_time_to_response(subjects: pd.DataFrame) -> ResultSet:
    """Summarise the days from infusion to first response, in the responders with a known day.

    Returns
    -------
    ResultSet
        `efficacy/time_to_response/{median,minimum,maximum}` and, where there were second infusions,
        `.../before_second_infusion`: of the responders with one, those who had responded before it.
    """
    responders = subjects[find_responders(subjects)]
    days = responders["response_day"].dropna().astype(float)
    known = {"n": len(days), "unit": "days", "method": "Observed times of the responders"}
    note = "" if len(days) else "not estimable: no responder with a known day of response"
    values = {"median": days.median(), "minimum": days.min(), "maximum": days.max()}
    found = {
        name: Result(estimate=value, label=f"Time to first response, {name}", note=note, **known)
        for name, value in values.items()
    }
    both = responders[["response_day", "second_infusion_day"]].dropna()
    if len(both):
        n_before = int((both["response_day"] < both["second_infusion_day"]).sum())
        found["before_second_infusion"] = count_share(
            n_before, len(both), "First response before the second infusion"
        )
    return ResultSet(found).under("efficacy/time_to_response")


def estimate_duration_curve(endpoint: TimeToEvent, *, conf_level: float, conf_type: str) -> dict[str, SurvivalCurve]:
    """Return the curve of duration of response, in months, under the name of its group."""
    return {"Responders": estimate_endpoint_curve(endpoint, conf_level=conf_level, conf_type=conf_type)}


def summarise_duration(
    endpoint: TimeToEvent,
    *,
    timepoints_months: Sequence[float],
    conf_level: float,
    conf_type: str,
    median_rule: str,
    past_follow_up: str,
) -> ResultSet:
    """Estimate how long responses last, by Kaplan-Meier, or by the cumulative incidence where other events compete.

    Parameters
    ----------
    endpoint : TimeToEvent
        Duration of response: the responders, from first response.
    timepoints_months, conf_level, conf_type, median_rule, past_follow_up
        As for the other sections.

    Returns
    -------
    ResultSet
        `efficacy/dor/{median, rate/12m, ongoing, observed/maximum}`.
    """
    (curve,) = estimate_duration_curve(endpoint, conf_level=conf_level, conf_type=conf_type).values()
    median = estimate_quantile(curve, median_rule=median_rule)
    found = {"median": replace(median, label="Duration of response, median")}
    for months in timepoints_months:
        rate = estimate_bounded_survival_at(curve, months, past_follow_up=past_follow_up)
        found[f"rate/{months:g}m"] = replace(rate, label=f"Response lasting {months:g} months")
    n = len(endpoint.time_days)
    ongoing = np.asarray(endpoint.event_type == "censored", dtype=bool)
    found["ongoing"] = count_share(int(ongoing.sum()), n, "In response when last seen")
    found["observed/maximum"] = Result(
        estimate=in_months(endpoint).max() if n else None,
        n=n,
        unit="months",
        label="Longest response so far, ended or not",
        note="" if n else "not estimable: no responders",
    )
    return ResultSet(found).under("efficacy/dor")
