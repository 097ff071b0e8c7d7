"""One endpoint under different readings of a later transplant: each answers another question (another estimand)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from cartcohort.estimate.regression import fit_cox
from cartcohort.estimate.results import Result, ResultSet
from cartcohort.estimate.sections.arrays import Endpoints, TimeToEvent, in_months, known_factors
from cartcohort.estimate.sections.curves import as_cause_specific, competing_rows, estimate_endpoint_curve
from cartcohort.estimate.survival import estimate_quantile, estimate_survival_at

QUESTIONS = {
    "ignore": "Transplant ignored (part of the treatment course)",
    "censor": "Follow-up ends at transplant (as if it could not happen)",
    "event": "Transplant counts as an event",
    "competing": "Transplant competes with the event",
}
"""The readings in words, by the value of the parameter `hsct_handling`."""


def summarise_handling(
    alternatives: Mapping[str, Endpoints],
    *,
    lacking: Sequence[str],
    factors: tuple[str, ...],
    labels: Mapping[str, str],
    rate_months: float,
    conf_level: float,
    conf_type: str,
    median_rule: str,
    past_follow_up: str,
    ties: str,
) -> ResultSet:
    """Summarise endpoints under each reading of a later transplant.

    Parameters
    ----------
    alternatives : mapping of str to mapping of str to TimeToEvent
        Endpoints by name, by reading ("ignore", "censor", "event", "competing").
    lacking : sequence of str
        Not empty where the study does not record transplants; there is nothing to read in several ways then.
    factors : tuple of str
        The first with two levels among the patients gives the hazard ratio.
    labels : mapping of str to str
        Words for a reader, by column.
    rate_months : float
        Time at which the event-free rate is given.
    conf_level, conf_type, median_rule, past_follow_up, ties
        As for the other sections.

    Returns
    -------
    ResultSet
        `survival/<e>/handling/<reading>/{median, rate/24m, cox/<f>/<l>}`. Where transplant competes there is no
        median, the rate is one minus the cumulative incidence of the event, and the hazard is cause-specific.
        `survival/transplant/any` counts the transplanted; where there are none, all but "ignore" are left out.
    """
    if lacking:
        return ResultSet()
    results = _count_transplants(alternatives)
    transplanted = any(result.n_event for result in results.values())
    for reading, endpoints in alternatives.items():
        if reading != "ignore" and not transplanted:
            continue
        for name, endpoint in endpoints.items():
            found = _rate_and_median(
                endpoint,
                rate_months=rate_months,
                conf_level=conf_level,
                conf_type=conf_type,
                median_rule=median_rule,
                past_follow_up=past_follow_up,
            )
            found |= _hazard_ratio(endpoint, factors, labels=labels, conf_level=conf_level, ties=ties)
            results |= found.under(f"survival/{name}/handling/{reading}", f"{endpoint.abbreviation}, {reading}")
    return results


def _count_transplants(alternatives: Mapping[str, Endpoints]) -> ResultSet:
    """Count the patients of the first endpoint with a day of transplant."""
    for endpoints in alternatives.values():
        for endpoint in endpoints.values():
            n, n_event = len(endpoint.subjects), int(endpoint.subjects["hsct_day"].notna().sum())
            share = Result(estimate=n_event / n if n else None, n=n, n_event=n_event, unit="proportion")
            return ResultSet({"survival/transplant/any": replace(share, label="Transplanted after infusion")})
    return ResultSet()


def _rate_and_median(
    endpoint: TimeToEvent,
    *,
    rate_months: float,
    conf_level: float,
    conf_type: str,
    median_rule: str,
    past_follow_up: str,
) -> ResultSet:
    rate_name, rate_label = f"rate/{rate_months:g}m", f"event-free at {rate_months:g} months"
    curve = estimate_endpoint_curve(endpoint, conf_level=conf_level, conf_type=conf_type)
    rate = estimate_survival_at(curve, rate_months, past_follow_up=past_follow_up)
    if competing_rows(endpoint).any():  # "half have had the event" is no median survival where others had transplants
        return ResultSet({rate_name: replace(rate, label=rate_label)})
    median = estimate_quantile(curve, median_rule=median_rule)
    return ResultSet({"median": replace(median, label="median"), rate_name: replace(rate, label=rate_label)})


def _hazard_ratio(
    endpoint: TimeToEvent, factors: tuple[str, ...], *, labels: Mapping[str, str], conf_level: float, ties: str
) -> ResultSet:
    factor = next(iter(known_factors(factors, endpoint.subjects)), None)
    if factor is None:
        return ResultSet()
    fit = fit_cox(in_months(endpoint), endpoint.event, endpoint.subjects[[factor]], ties=ties, conf_level=conf_level)
    ratios = fit.results().map(lambda result: replace(result, label=f"{labels[factor]}: {result.label}"))
    return as_cause_specific(endpoint, ratios.under("cox"))
