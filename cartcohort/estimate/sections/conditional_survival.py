"""Conditional survival: the chance of further months without the event for those without it so far."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from cartcohort.estimate.proportions import exact_interval
from cartcohort.estimate.results import Result, ResultSet, SurvivalCurve
from cartcohort.estimate.sections.arrays import Endpoints, TimeToEvent, in_months
from cartcohort.estimate.sections.curves import estimate_endpoint_curve
from cartcohort.estimate.survival import estimate_survival_at

_NO_EVENT = "no event so far, so Kaplan-Meier limits say nothing; the few at risk bound the certainty"
_YEAR, _STEP = 12.0, 6.0


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
        curve = curve_from(endpoint, given_months, conf_level=conf_level, conf_type=conf_type)
        for further in further_months:
            label = f"{endpoint.abbreviation}: {further:g} more months, event-free at {given_months:g}"
            key = f"survival/{name}/conditional/{given_months:g}m/{further:g}m"
            results |= further_months_of(curve, further, key=key, label=label, past_follow_up=past_follow_up)
    return results


def further_months_of(
    curve: SurvivalCurve, further: float, *, key: str, label: str, past_follow_up: str, suffix: str = ""
) -> dict[str, Result]:
    """Return the chance of further months, and its exact limits where no event came by then."""
    found = replace(estimate_survival_at(curve, further, past_follow_up=past_follow_up), label=label)
    if found.estimate != 1:
        return {key + suffix: found}
    found = replace(found, conf_low=None, conf_high=None, note=_NO_EVENT)
    # An event after that time takes nobody out: the patient was followed to it.
    followed = int(np.sum((curve.n_censored + curve.n_event)[curve.time >= further]))
    if not followed:
        return {key + suffix: found}
    limits = exact_interval(followed, followed, conf_level=curve.conf_level)
    exact = Result(
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
    return {key + suffix: found, f"{key}/exact{suffix}": exact}


def each_half_year(endpoint: TimeToEvent, *, but: float) -> Iterator[float]:
    """Return every half-year from which somebody was followed for a further year, leaving one time out."""
    time = in_months(endpoint)
    longest = time.max() if len(time) else 0.0
    return (given for given in np.arange(0, longest - _YEAR + 1e-9, _STEP) if given != but)


def curve_from(
    endpoint: TimeToEvent, given_months: float | None, *, conf_level: float, conf_type: str
) -> SurvivalCurve:
    """Return the curve restarted among those event-free at a time and still followed; None is time zero."""
    if given_months is None:
        return estimate_endpoint_curve(endpoint, conf_level=conf_level, conf_type=conf_type)
    later = in_months(endpoint) > given_months
    return estimate_endpoint_curve(
        endpoint, rows=later, from_months=given_months, conf_level=conf_level, conf_type=conf_type
    )
