"""Results of the relapse section: when relapse came, survival after it, and what comes after a landmark.

Times to relapse describe those who have relapsed so far; they are no estimate of when a patient will. Survival after
relapse starts on the day of relapse, so that nobody is credited with the time before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from cartcohort.estimate.competing import estimate_bounded_incidence_at, estimate_cumulative_incidence
from cartcohort.estimate.hazard import estimate_hazard
from cartcohort.estimate.results import DAYS_PER_MONTH, Result, ResultSet, SurvivalCurve
from cartcohort.estimate.sections.arrays import Endpoints, TimeToEvent, in_months
from cartcohort.estimate.survival import estimate_bounded_survival_at, estimate_quantile, estimate_survival_curve

_NO_DEATH = "no limits: no death by then"


def summarise_time_to_relapse(subjects: pd.DataFrame) -> ResultSet:
    """Return median and range of the months to relapse, in those who have relapsed.

    Parameters
    ----------
    subjects : DataFrame
        With `relapse_day` and `response_day`, counted from infusion.

    Returns
    -------
    ResultSet
        `time_to_relapse/{median,minimum,maximum}` from first response, and `time_to_relapse/from_infusion/...`.
    """
    relapse, response = (_as_months(subjects[column]) for column in ("relapse_day", "response_day"))
    return ResultSet(
        {
            **_observed(relapse - response, "first response"),
            **{f"from_infusion/{name}": result for name, result in _observed(relapse, "infusion").items()},
        }
    ).under("time_to_relapse")


def estimate_curve_after_relapse(overall: TimeToEvent, *, conf_level: float, conf_type: str) -> SurvivalCurve:
    """Return the Kaplan-Meier curve from the day of relapse, in months, of the patients who relapsed.

    Parameters
    ----------
    overall : TimeToEvent
        Overall survival; its subjects have `relapse_day`.
    conf_level, conf_type
        As for the other sections.
    """
    start = overall.subjects["relapse_day"].to_numpy(dtype=float, na_value=np.nan)
    days = overall.time_days + overall.origin_day - start
    followed = days >= 0  # false where there was no relapse
    time, event = days[followed] / DAYS_PER_MONTH, overall.event[followed]
    return estimate_survival_curve(time, event, conf_level=conf_level, conf_type=conf_type)


def summarise_survival_after_relapse(
    curve: SurvivalCurve, *, timepoints_months: Sequence[float], median_rule: str, past_follow_up: str
) -> ResultSet:
    """Read median and rates off the curve from relapse: `survival_after_relapse/{median, rate/12m}`."""
    median = estimate_quantile(curve, median_rule=median_rule)
    found = {"median": replace(median, label="Survival after relapse: median")}
    for months in timepoints_months:
        rate = estimate_bounded_survival_at(curve, months, past_follow_up=past_follow_up)
        if rate.estimate == 1:
            rate = replace(rate, conf_low=None, conf_high=None, note=_NO_DEATH)
        found[f"rate/{months:g}m"] = replace(rate, label=f"Survival after relapse: alive at {months:g} months")
    return ResultSet(found).under("survival_after_relapse")


def summarise_landmark(
    endpoints: Endpoints,
    *,
    landmark_months: float,
    conf_level: float,
    past_follow_up: str,
    further_months: Sequence[float] = (12, 24),
) -> ResultSet:
    """Estimate relapse and death in remission after a landmark, among those free of both and followed then.

    Parameters
    ----------
    endpoints : mapping of str to TimeToEvent
        CIR and NRM, from first response.
    landmark_months : float
        Months since first response at which the clock restarts.
    conf_level, past_follow_up
        As for the other sections.
    further_months : sequence of float
        Times after the landmark.

    Returns
    -------
    ResultSet
        `landmark/24m/{cir,nrm}/{12m,24m}`, cumulative incidences after the landmark, and
        `landmark/24m/{cir,nrm}/hazard`, events per patient-year from then on. Where there is no event both have exact
        upper limits. `n` counts those with time strictly beyond the landmark.
    """
    results = ResultSet()
    for name, endpoint in endpoints.items():
        kept = in_months(endpoint) > landmark_months
        time, kinds = in_months(endpoint)[kept] - landmark_months, endpoint.event_type[kept]
        curve = estimate_cumulative_incidence(time, kinds, cause=endpoint.cause, conf_level=conf_level)
        found = {}
        for months in further_months:
            result = estimate_bounded_incidence_at(curve, months, past_follow_up=past_follow_up)
            label = f"{endpoint.cause} within {months:g} months after month {landmark_months:g}"
            found[f"{months:g}m"] = replace(result, label=label)
        rate = _hazard_after(time, endpoint.event[kept], conf_level=conf_level)
        found["hazard"] = replace(rate, label=f"{endpoint.cause} after month {landmark_months:g}")
        results |= ResultSet(found).under(f"landmark/{landmark_months:g}m/{name}", endpoint.abbreviation)
    return results


def _hazard_after(time: np.ndarray, event: np.ndarray, *, conf_level: float) -> Result:
    """Return events per patient-year over all the time, with exact Poisson limits."""
    known = {"n": len(time), "n_event": np.sum(event), "unit": "events per patient-year"}
    if not len(time):
        return Result(**known, note="not estimable: nobody was followed beyond the landmark")
    hazard = estimate_hazard(time, event, width=np.ceil(time.max()), conf_level=conf_level)
    return Result(
        estimate=12 * hazard.rate[0],
        conf_low=12 * hazard.conf_low[0],
        conf_high=12 * hazard.conf_high[0],
        conf_level=conf_level,
        method=hazard.method,
        **known,
    )


def _as_months(days: pd.Series) -> np.ndarray:
    return days.to_numpy(dtype=float, na_value=np.nan) / DAYS_PER_MONTH


def _observed(months: np.ndarray, origin: str) -> dict[str, Result]:
    known = months[np.isfinite(months)]
    note = "" if len(known) else "not estimable: no relapse with a known day of its origin"
    values = pd.Series(known, dtype=float)
    return {
        name: Result(
            estimate=value,
            n=len(known),
            unit="months",
            method="Observed times of the patients who have relapsed",
            note=note,
            label=f"Time from {origin} to relapse, {name}",
        )
        for name, value in (("median", values.median()), ("minimum", values.min()), ("maximum", values.max()))
    }
