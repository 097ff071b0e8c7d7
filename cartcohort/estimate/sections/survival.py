"""Results of the survival section: endpoints in all patients, their maturity, and what survivors can expect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from cartcohort.estimate.follow_up import estimate_completeness, estimate_follow_up
from cartcohort.estimate.hazard import PiecewiseHazard, estimate_hazard
from cartcohort.estimate.proportions import exact_interval
from cartcohort.estimate.restricted_mean import estimate_rmst
from cartcohort.estimate.results import DAYS_PER_MONTH, Result, ResultSet, SurvivalCurve
from cartcohort.estimate.sections.arrays import Endpoints, TimeToEvent, in_months
from cartcohort.estimate.sections.curves import competing_rows, estimate_endpoint_curve
from cartcohort.estimate.survival import estimate_quantile, estimate_survival_at

_NO_EVENT = "no event so far, so Kaplan-Meier limits say nothing; the few at risk bound the certainty"


def estimate_curves(
    endpoints: Endpoints, *, conf_level: float, conf_type: str
) -> dict[str, dict[str, SurvivalCurve]]:
    """Return the curve of all patients in months, by the endpoint's label."""
    curves = {}
    for endpoint in endpoints.values():
        curve = estimate_endpoint_curve(endpoint, conf_level=conf_level, conf_type=conf_type)
        curves[endpoint.label] = {"All patients": curve}
    return curves


def summarise_endpoints(
    endpoints: Endpoints,
    *,
    timepoints_months: Sequence[float],
    rmst_months: float,
    conf_level: float,
    conf_type: str,
    median_rule: str,
    past_follow_up: str,
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

    Returns
    -------
    ResultSet
        `survival/<e>/{median, rate/12m, rmst/24m, followup/median, followup/completeness, observed/minimum, ...}`.
    """
    results = ResultSet()
    for name, endpoint in endpoints.items():
        time, event = in_months(endpoint), np.asarray(endpoint.event)
        curve = estimate_endpoint_curve(endpoint, conf_level=conf_level, conf_type=conf_type)
        found = {"median": _labelled(estimate_quantile(curve, median_rule=median_rule), "median")}
        for months in timepoints_months:
            rate = estimate_survival_at(curve, months, past_follow_up=past_follow_up)
            found[f"rate/{months:g}m"] = _labelled(rate, f"rate at {months:g} months")
        mean = _restricted_mean(endpoint, curve, rmst_months, conf_level)
        found[f"rmst/{rmst_months:g}m"] = _labelled(mean, f"mean within {rmst_months:g} months")
        ended = event | competing_rows(endpoint)
        follow_up = estimate_follow_up(
            time, ended, conf_level=conf_level, conf_type=conf_type, median_rule=median_rule
        )
        follow_up = replace(follow_up, n_event=int(event.sum()))
        found["followup/median"] = _labelled(follow_up, "median follow-up")
        found["followup/completeness"] = _labelled(_completeness(endpoint), "completeness of follow-up")
        results |= ResultSet(found | _observed(time, event)).under(f"survival/{name}", endpoint.abbreviation)
    return results


def estimate_conditional(
    endpoints: Endpoints,
    *,
    given_months: float,
    conf_level: float,
    conf_type: str,
    past_follow_up: str,
    further_months: Sequence[float] = (12, 24),
) -> ResultSet:
    """Estimate the chance of a further year, and of two, for those event-free at a time.

    Returns
    -------
    ResultSet
        `survival/<e>/conditional/24m/12m`: event-free 12 months after having been so at 24. Where no event came by
        then, the curve has no limits, and `.../12m/exact` has those of a proportion among the patients still
        followed then, on the wide side because those censored earlier count for nothing.
    """
    results = ResultSet()
    for name, endpoint in endpoints.items():
        for further in further_months:
            curve = _curve_from(endpoint, given_months, conf_level=conf_level, conf_type=conf_type)
            found = estimate_survival_at(curve, further, past_follow_up=past_follow_up)
            label = f"{endpoint.abbreviation}: {further:g} more months, event-free at {given_months:g}"
            key = f"survival/{name}/conditional/{given_months:g}m/{further:g}m"
            if found.estimate == 1:
                found = replace(found, conf_low=None, conf_high=None, note=_NO_EVENT)
                results |= _exact_without_events(curve, further, key=key, label=label)
            results |= {key: _labelled(found, label)}
    return results


def _exact_without_events(curve: SurvivalCurve, further: float, *, key: str, label: str) -> dict[str, Result]:
    """Return exact limits from those still followed at the end: all of them were event-free; none without anybody."""
    # An event after that time takes nobody out: the patient was followed to it.
    followed = int(np.sum((curve.n_censored + curve.n_event)[curve.time >= further]))
    if not followed:
        return {}
    limits = exact_interval(followed, followed, conf_level=curve.conf_level)
    return {
        f"{key}/exact": Result(
            estimate=1.0,
            conf_low=limits[0],
            conf_high=limits[1],
            conf_level=curve.conf_level,
            n=followed,
            n_event=0,
            unit="proportion",
            method="Kaplan-Meier, without events exact (Clopper-Pearson) limits from those still followed then",
            label=f"{label}, exact limits",
        )
    }


def estimate_from_starts(
    endpoints: Endpoints, *, given_months: float, conf_level: float, conf_type: str
) -> dict[str, SurvivalCurve]:
    """Return the curve of the first endpoint from time zero, and that of those event-free at a time from then on."""
    curves = {}
    for endpoint in list(endpoints.values())[:1]:
        for label, start in (("From time zero", None), (f"From {given_months:g} months", given_months)):
            curves[label] = _curve_from(endpoint, start, conf_level=conf_level, conf_type=conf_type)
    return curves


def _curve_from(
    endpoint: TimeToEvent, given_months: float | None, *, conf_level: float, conf_type: str
) -> SurvivalCurve:
    """Return the curve restarted among those event-free at a time and still followed; None is time zero."""
    if given_months is None:
        return estimate_endpoint_curve(endpoint, conf_level=conf_level, conf_type=conf_type)
    later = in_months(endpoint) > given_months
    return estimate_endpoint_curve(
        endpoint, rows=later, from_months=given_months, conf_level=conf_level, conf_type=conf_type
    )


def _restricted_mean(endpoint: TimeToEvent, curve: SurvivalCurve, horizon: float, conf_level: float) -> Result:
    if competing_rows(endpoint).any():
        note = "not estimable: a mean time without the event is not defined where other events compete"
        return Result(n=curve.n, n_event=curve.n_event.sum(), unit="months", note=note)
    return estimate_rmst(curve, horizon, conf_level=conf_level)


def estimate_annual_hazards(endpoints: Endpoints, *, conf_level: float) -> dict[str, PiecewiseHazard]:
    """Return the hazard of each endpoint in intervals of a year, per month of follow-up, by the endpoint's name."""
    return {
        name: estimate_hazard(in_months(endpoint), endpoint.event, width=12, conf_level=conf_level)
        for name, endpoint in endpoints.items()
    }


def record_hazards(hazards: Mapping[str, PiecewiseHazard]) -> ResultSet:
    """Name the hazard of each year, in events per person-year: `survival/<e>/hazard/year/1`, ...

    `n` counts those at risk when the year begins.
    """
    return ResultSet(
        {
            f"survival/{name}/hazard/year/{year + 1}": _hazard_in_year(hazard, year, name)
            for name, hazard in hazards.items()
            for year in range(len(hazard.rate))
        }
    )


def _hazard_in_year(hazard: PiecewiseHazard, year: int, name: str) -> Result:
    return Result(
        estimate=12 * hazard.rate[year],
        conf_low=12 * hazard.conf_low[year],
        conf_high=12 * hazard.conf_high[year],
        conf_level=hazard.conf_level,
        n=hazard.n_at_risk[year],
        n_event=hazard.n_event[year],
        unit="events per person-year",
        method=hazard.method,
        label=f"{name.upper()}, year {year + 1}",
    )


def _labelled(result: Result, label: str) -> Result:
    return replace(result, label=label)


def _completeness(endpoint: TimeToEvent) -> Result:
    """Return Clark's completeness; without a known cut-off it is not estimable."""
    columns = endpoint.subjects
    if "data_cutoff_day" not in columns or (len(columns) and columns["data_cutoff_day"].isna().all()):
        known = {"n": len(endpoint.event), "n_event": np.sum(endpoint.event), "unit": "proportion"}
        return Result(**known, note="not estimable: the study has no data cut-off")
    potential = columns["data_cutoff_day"].to_numpy(dtype=float, na_value=np.nan) - endpoint.origin_day
    ended = np.asarray(endpoint.event) | competing_rows(endpoint)
    return estimate_completeness(in_months(endpoint), ended, potential / DAYS_PER_MONTH)


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
