"""Results on those who have survived for a while: conditional survival, what became of them, the hazard by year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from cartcohort.estimate.comparison import test_logrank
from cartcohort.estimate.hazard import PiecewiseHazard, estimate_hazard
from cartcohort.estimate.results import Result, ResultSet, SurvivalCurve
from cartcohort.estimate.sections.arrays import (
    Endpoints,
    TimeToEvent,
    each_level,
    from_time_zero,
    in_months,
    known_factors,
)
from cartcohort.estimate.sections.conditional_survival import (
    curve_from,
    each_half_year,
    estimate_conditional,
    further_months_of,
)
from cartcohort.estimate.sections.curves import as_cause_specific, estimate_endpoint_curve

_YEAR = 12.0


def summarise_survivors(
    endpoints: Endpoints,
    *,
    given_months: float,
    factors: Sequence[str],
    labels: Mapping[str, str],
    conf_level: float,
    conf_type: str,
    past_follow_up: str,
) -> ResultSet:
    """Summarise what those can expect who were event-free at a time, and what became of them.

    Parameters
    ----------
    endpoints : mapping of str to TimeToEvent
    given_months : float
        Time already survived.
    factors : sequence of str
        Columns known at time zero by which the survivors are split.
    labels : mapping of str to str
        Words for a reader, by column.
    conf_level, conf_type, past_follow_up
        Conventions, as the estimators take them.

    Returns
    -------
    ResultSet
        Of every endpoint `survival/<e>/conditional/24m/{12m,24m}`; of the first two from time zero the further year
        after each half-year, `survival/<e>/conditional/6m/12m`, and `survival/<e>/survivors/24m/...`; of the first by
        level `survival/<e>/conditional/24m/12m/<f>/<l>`, `survival/<e>/survivors/24m/{followed,event_after}/<f>/<l>`
        and `survival/<e>/survivors/24m/logrank/<f>`.
    """
    options = {"conf_level": conf_level, "conf_type": conf_type, "past_follow_up": past_follow_up}
    main = from_time_zero(endpoints, most=2)
    results = estimate_conditional(endpoints, given_months=given_months, **options)
    for name, endpoint in main.items():
        for given in each_half_year(endpoint, but=given_months):
            results |= estimate_conditional({name: endpoint}, given_months=given, further_months=(_YEAR,), **options)
    results |= count_survivors(main, given_months=given_months)
    for name, endpoint in list(main.items())[:1]:
        for factor in known_factors(factors, endpoint.subjects):
            found = _by_level(endpoint, factor, label=labels[factor], given_months=given_months, **options)
            results |= found.under(f"survival/{name}", endpoint.abbreviation)
    return results


def count_survivors(endpoints: Endpoints, *, given_months: float) -> ResultSet:
    """Count who was event-free at a time and still followed, and what became of them.

    Returns
    -------
    ResultSet
        `survival/<e>/survivors/24m/{event_before,ended_before,followed,event_after}` in patients; of those followed
        for the first endpoint beyond that time the same by the second, `survival/<e>/survivors/24m/<second>/...`. An
        event at the time itself came before.
    """
    results = ResultSet()
    for name, endpoint in endpoints.items():
        found = _states(endpoint, np.ones(len(endpoint.event), dtype=bool), given_months)
        results |= found.under(f"survival/{name}/survivors/{given_months:g}m", endpoint.abbreviation)
    if len(endpoints) == 2:
        (name, first), (other, second) = endpoints.items()
        found = _states(second, in_months(first) > given_months, given_months)
        label = f"{second.abbreviation} of those followed for {first.abbreviation}"
        results |= found.under(f"survival/{name}/survivors/{given_months:g}m/{other}", label)
    return results


def _states(endpoint: TimeToEvent, rows: np.ndarray, months: float) -> ResultSet:
    event, later = np.asarray(endpoint.event)[rows], in_months(endpoint)[rows] > months
    counts = {
        "event_before": (event & ~later, rows, f"event by {months:g} months"),
        "ended_before": (~event & ~later, rows, f"no longer followed at {months:g} months"),
        "followed": (later, rows, f"event-free and followed beyond {months:g} months"),
        "event_after": (event & later, later, f"event after {months:g} months"),
    }
    return ResultSet(
        {
            key: Result(estimate=found.sum(), n=among.sum(), n_event=None, unit="patients", label=label)
            for key, (found, among, label) in counts.items()
        }
    )


def _by_level(
    endpoint: TimeToEvent,
    factor: str,
    *,
    label: str,
    given_months: float,
    conf_level: float,
    conf_type: str,
    past_follow_up: str,
) -> ResultSet:
    """Split those event-free at a time by the levels of a factor, and compare what came afterwards."""
    results, prefix = ResultSet(), f"survivors/{given_months:g}m"
    later = in_months(endpoint) > given_months
    for level, rows in each_level(endpoint.subjects[factor]):
        suffix, words = f"/{factor}/{level}", f"{label}: {level}"
        states = _states(endpoint, rows, given_months)
        for key in ("followed", "event_after"):
            results |= {f"{prefix}/{key}{suffix}": replace(states[key], label=f"{states[key].label}, {words}")}
        curve = estimate_endpoint_curve(
            endpoint, rows=rows & later, from_months=given_months, conf_level=conf_level, conf_type=conf_type
        )
        key = f"conditional/{given_months:g}m/{_YEAR:g}m"
        label_of_level = f"{_YEAR:g} more months, event-free at {given_months:g}, {words}"
        results |= further_months_of(
            curve, _YEAR, key=key, label=label_of_level, past_follow_up=past_follow_up, suffix=suffix
        )
    time, event = in_months(endpoint)[later] - given_months, np.asarray(endpoint.event)[later]
    logrank = test_logrank(time, event, endpoint.subjects[factor][later])
    logrank = replace(logrank, label=f"log-rank after {given_months:g} months, {label}")
    return results | as_cause_specific(endpoint, ResultSet({f"{prefix}/logrank/{factor}": logrank}))


def estimate_from_starts(
    endpoints: Endpoints, *, given_months: float, conf_level: float, conf_type: str
) -> dict[str, SurvivalCurve]:
    """Return the curve of the first endpoint from time zero, and that of those event-free at a time from then on."""
    curves = {}
    for endpoint in list(endpoints.values())[:1]:
        for label, start in (("From time zero", None), (f"From {given_months:g} months", given_months)):
            curves[label] = curve_from(endpoint, start, conf_level=conf_level, conf_type=conf_type)
    return curves


def estimate_annual_hazards(endpoints: Endpoints, *, conf_level: float) -> dict[str, PiecewiseHazard]:
    """Return the hazard of each endpoint in intervals of a year, per month of follow-up, by the endpoint's name."""
    return {
        name: estimate_hazard(in_months(endpoint), endpoint.event, width=_YEAR, conf_level=conf_level)
        for name, endpoint in endpoints.items()
    }


def record_hazards(hazards: Mapping[str, PiecewiseHazard]) -> ResultSet:
    """Name the hazard of each year, in events per patient-year: `survival/<e>/hazard/year/1`, ...

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
        unit="events per patient-year",
        method=hazard.method,
        label=f"{name.upper()}, year {year + 1}",
        note="" if hazard.person_time[year] > 0 else "not estimable: no time under observation",
    )
