"""Results of the survival section: endpoints in all patients, and their maturity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from cartcohort.estimate.restricted_mean import estimate_bounded_rmst
from cartcohort.estimate.results import Result, ResultSet, SurvivalCurve
from cartcohort.estimate.sections.arrays import Endpoints, TimeToEvent, in_months
from cartcohort.estimate.sections.curves import competing_rows, estimate_endpoint_curve
from cartcohort.estimate.sections.follow_up import summarise_follow_up
from cartcohort.estimate.survival import estimate_bounded_survival_at, estimate_quantile


def estimate_curves(
    endpoints: Endpoints, *, conf_level: float, conf_type: str
) -> dict[str, dict[str, SurvivalCurve]]:
    """Return the curve of all patients in months, by the endpoint's name."""
    return {
        name: {"All patients": estimate_endpoint_curve(endpoint, conf_level=conf_level, conf_type=conf_type)}
        for name, endpoint in endpoints.items()
    }


def summarise_endpoints(
    endpoints: Endpoints,
    *,
    timepoints_months: Sequence[float],
    rmst_months: float,
    conf_level: float,
    conf_type: str,
    median_rule: str,
    past_follow_up: str,
    min_at_risk: int,
) -> ResultSet:
    """Summarise each endpoint in all its patients.

    Parameters
    ----------
    endpoints : mapping of str to TimeToEvent
    timepoints_months : sequence of float
        Times at which rates are given.
    rmst_months : float
        Horizon of the restricted mean.
    conf_level, conf_type, median_rule, past_follow_up
        Conventions, as the estimators take them.
    min_at_risk : int
        Number at risk below which curves are drawn faint.

    Returns
    -------
    ResultSet
        `survival/<e>/{median, rate/12m, rmst/24m, followup/..., observed/minimum, ...}`, the maturity as
        `summarise_follow_up` names it.
    """
    results = ResultSet()
    for name, endpoint in endpoints.items():
        time, event = in_months(endpoint), np.asarray(endpoint.event)
        curve = estimate_endpoint_curve(endpoint, conf_level=conf_level, conf_type=conf_type)
        found = {"median": _labelled(estimate_quantile(curve, median_rule=median_rule), "median")}
        for months in timepoints_months:
            rate = estimate_bounded_survival_at(curve, months, past_follow_up=past_follow_up)
            found[f"rate/{months:g}m"] = _labelled(rate, f"rate at {months:g} months")
        mean = _restricted_mean(endpoint, curve, rmst_months, conf_level, past_follow_up)
        found[f"rmst/{rmst_months:g}m"] = _labelled(mean, f"mean within {rmst_months:g} months")
        found |= summarise_follow_up(
            endpoint, timepoints_months=timepoints_months, min_at_risk=min_at_risk,
            conf_level=conf_level, conf_type=conf_type, median_rule=median_rule,
        )  # fmt: skip
        results |= ResultSet(found | _observed(time, event)).under(f"survival/{name}", endpoint.abbreviation)
    return results


def _restricted_mean(
    endpoint: TimeToEvent, curve: SurvivalCurve, horizon: float, conf_level: float, past_follow_up: str
) -> Result:
    if competing_rows(endpoint).any():
        note = "not estimable: a mean time without the event is not defined where other events compete"
        return Result(n=curve.n, n_event=curve.n_event.sum(), unit="months", note=note)
    return estimate_bounded_rmst(curve, horizon, conf_level=conf_level, past_follow_up=past_follow_up)


def _labelled(result: Result, label: str) -> Result:
    return replace(result, label=label)


def _observed(time: np.ndarray, event: np.ndarray) -> dict[str, Result]:
    """Return smallest, median and largest observed time, events and censorings alike: no estimate of survival."""
    known = {"n": len(time), "n_event": int(np.sum(event)), "unit": "months", "method": "Observed times, any status"}
    if not len(time):
        known["note"] = "no patients"
    times = pd.Series(time, dtype=float)
    return {
        f"observed/{name}": Result(estimate=value, label=f"{name} observed time", **known)
        for name, value in (("minimum", times.min()), ("median", times.median()), ("maximum", times.max()))
    }
