"""Endpoints compared between the levels of factors known at time zero."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from cartcohort.estimate.comparison import test_logrank
from cartcohort.estimate.models import CoxFit
from cartcohort.estimate.regression import fit_cox
from cartcohort.estimate.results import Result, ResultSet, SurvivalCurve
from cartcohort.estimate.sections.arrays import Endpoints, TimeToEvent, each_level, in_months, known_factors
from cartcohort.estimate.sections.curves import as_cause_specific, estimate_endpoint_curve
from cartcohort.estimate.survival import estimate_bounded_survival_at, estimate_quantile


def estimate_curves_by(
    endpoint: TimeToEvent, factor: str, *, conf_level: float, conf_type: str
) -> dict[str, SurvivalCurve]:
    """Return the curve of each level of a factor, in months, by level."""
    return {
        level: estimate_endpoint_curve(endpoint, rows=rows, conf_level=conf_level, conf_type=conf_type)
        for level, rows in each_level(endpoint.subjects[factor])
    }


def estimate_curves_by_factors(
    endpoint: TimeToEvent, factors: Sequence[str], *, conf_level: float, conf_type: str
) -> dict[str, dict[str, SurvivalCurve]]:
    """Return the curves of an endpoint by level of every factor with at least two levels, by factor."""
    return {
        factor: estimate_curves_by(endpoint, factor, conf_level=conf_level, conf_type=conf_type)
        for factor in known_factors(factors, endpoint.subjects)
    }


def estimate_curves_by_first_factor(
    endpoints: Endpoints, factors: Sequence[str], *, conf_level: float, conf_type: str
) -> tuple[str, dict[str, dict[str, SurvivalCurve]]]:
    """Return the first factor with two levels or more, and its curves by endpoint; "" and none without one."""
    for factor in factors:
        curves = {
            name: estimate_curves_by(endpoint, factor, conf_level=conf_level, conf_type=conf_type)
            for name, endpoint in endpoints.items()
            if known_factors((factor,), endpoint.subjects)
        }
        if curves:
            return factor, curves
    return "", {}


def summarise_by_level(
    endpoints: Endpoints,
    factors: Sequence[str],
    *,
    labels: Mapping[str, str],
    timepoints_months: Sequence[float],
    conf_level: float,
    conf_type: str,
    median_rule: str,
    past_follow_up: str,
) -> ResultSet:
    """Give median and rates of each endpoint in each level of each factor.

    Parameters
    ----------
    endpoints : mapping of str to TimeToEvent
    factors : sequence of str
        Columns of the endpoints' subjects; one with fewer than two levels among them is left out.
    labels : mapping of str to str
        Words for a reader, by column.
    timepoints_months, conf_level, conf_type, median_rule, past_follow_up
        As for `summarise_endpoints`.

    Returns
    -------
    ResultSet
        `<e>/median/<f>/<l>` and `<e>/rate/12m/<f>/<l>`.
    """
    results = ResultSet()
    for name, endpoint in endpoints.items():
        for factor in known_factors(factors, endpoint.subjects):
            curves = estimate_curves_by(endpoint, factor, conf_level=conf_level, conf_type=conf_type)
            found = {}
            for level, curve in curves.items():
                label = f"{labels[factor]}: {level}"
                median = estimate_quantile(curve, median_rule=median_rule)
                found[f"median/{factor}/{level}"] = replace(median, label=f"median, {label}")
                for months in timepoints_months:
                    rate = estimate_bounded_survival_at(curve, months, past_follow_up=past_follow_up)
                    rate = replace(rate, label=f"rate at {months:g} months, {label}")
                    found[f"rate/{months:g}m/{factor}/{level}"] = rate
            results |= ResultSet(found).under(name, endpoint.abbreviation)
    return results


def compare_levels(
    endpoints: Endpoints, factors: Sequence[str], *, labels: Mapping[str, str], conf_level: float, ties: str
) -> ResultSet:
    """Compare each endpoint between the levels of each factor: log-rank test and univariable Cox model.

    Returns
    -------
    ResultSet
        `<e>/logrank/<f>` and `<e>/cox/<f>/<l>` for every level but the reference.
    """
    results = ResultSet()
    for name, endpoint in endpoints.items():
        for factor in known_factors(factors, endpoint.subjects):
            found = compare_levels_of(endpoint, factor, label=labels[factor], conf_level=conf_level, ties=ties)
            results |= found.under(name, endpoint.abbreviation)
    return results


def compare_levels_of(endpoint: TimeToEvent, factor: str, *, label: str, conf_level: float, ties: str) -> ResultSet:
    """Compare one endpoint between the levels of one factor: `logrank/<f>` and `cox/<f>/<l>`."""
    fit = fit_cox(in_months(endpoint), endpoint.event, endpoint.subjects[[factor]], ties=ties, conf_level=conf_level)
    return record_comparison(endpoint, factor, fit, label=label)


def record_comparison(endpoint: TimeToEvent, factor: str, fit: CoxFit, *, label: str) -> ResultSet:
    """Return the same from the Cox model of the factor, where that has been fitted already."""
    found = _name_comparison(endpoint, endpoint.subjects[factor], fit, label=label)
    return as_cause_specific(endpoint, found)


def compare_groups(
    endpoint: TimeToEvent, values: pd.Series, *, label: str, conf_level: float, ties: str
) -> ResultSet:
    """Compare one endpoint between groups, named as their Series is: `logrank/<f>` and `cox/<f>/<l>`."""
    fit = fit_cox(in_months(endpoint), endpoint.event, values.to_frame(), ties=ties, conf_level=conf_level)
    return _name_comparison(endpoint, values, fit, label=label)


def _name_comparison(endpoint: TimeToEvent, values: pd.Series, fit: CoxFit, *, label: str) -> ResultSet:
    logrank = replace(test_logrank(in_months(endpoint), endpoint.event, values), label=f"log-rank, {label}")
    cox = fit.results().map(lambda result: replace(result, label=f"{label}: {result.label}"))
    return ResultSet({f"logrank/{values.name}": logrank}) | cox.under("cox")


def with_note(results: ResultSet, note: str) -> ResultSet:
    """Return the results with a caveat before each one's own note."""

    def add(result: Result) -> Result:
        return replace(result, note="; ".join(part for part in (note, result.note) if part))

    return results.map(add)
