"""Results of the relapse section: how often relapse and death in remission occur, in all responders and by factor.

Relapse and death without relapse compete: whoever dies in remission can no longer relapse. Both are therefore
cumulative incidences (Aalen-Johansen) in patients in complete remission, from first response. One minus Kaplan-Meier,
which treats a death in remission as if relapse could still come, stands in the sensitivity analysis only. Names are
given without the section, which the notebook puts before them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from cartcohort.estimate.competing import estimate_bounded_incidence_at, estimate_cumulative_incidence
from cartcohort.estimate.fine_gray import fit_fine_gray
from cartcohort.estimate.firth import fit_firth_cox
from cartcohort.estimate.gray import test_gray
from cartcohort.estimate.multiplicity import adjust_results
from cartcohort.estimate.regression import fit_cox
from cartcohort.estimate.results import IncidenceCurve, ResultSet
from cartcohort.estimate.sections.arrays import Endpoints, TimeToEvent, each_level, in_months, known_factors


def select_documented(endpoints: Endpoints, *, lacking: Sequence[str]) -> dict[str, TimeToEvent]:
    """Return the endpoints, or none where the study lacks a column without which relapses cannot be told.

    Parameters
    ----------
    endpoints : mapping of str to TimeToEvent
    lacking : sequence of str
        Names of the columns that are lacking. A study with the column and nobody relapsed lacks nothing.
    """
    return {} if lacking else dict(endpoints)


def estimate_curves(endpoints: Endpoints, *, conf_level: float) -> dict[str, IncidenceCurve]:
    """Return the cumulative incidence of each endpoint's cause, in months, by cause."""
    return {endpoint.cause: _curve_of(endpoint, conf_level=conf_level) for endpoint in endpoints.values()}


def estimate_curves_by_first_factor(
    endpoints: Endpoints, factors: Sequence[str], *, conf_level: float
) -> tuple[str, dict[str, dict[str, IncidenceCurve]]]:
    """Return the first factor with two levels or more, and its curves by cause and level; "" and none without one."""
    for factor in factors:
        curves = {
            endpoint.cause: {
                level: _curve_of(endpoint, conf_level=conf_level, rows=rows)
                for level, rows in each_level(endpoint.subjects[factor])
            }
            for endpoint in endpoints.values()
            if known_factors((factor,), endpoint.subjects)
        }
        if curves:
            return factor, curves
    return "", {}


def summarise_incidence(
    endpoints: Endpoints, *, timepoints_months: Sequence[float], conf_level: float, past_follow_up: str
) -> ResultSet:
    """Give the cumulative incidences at fixed times.

    Parameters
    ----------
    endpoints : mapping of str to TimeToEvent
        CIR and NRM, or the incidences of relapse by antigen status, from first response.
    timepoints_months : sequence of float
    conf_level : float
    past_follow_up : str
        "not_estimable" or "carry", beyond the last follow-up.

    Returns
    -------
    ResultSet
        `{cir,nrm}/24m`, by the names of the endpoints, to be put under the section's name; `n_event` counts all
        events of the cause. Without one by then the upper limit is exact, see `estimate_bounded_incidence_at`.
    """
    results = ResultSet()
    for name, endpoint in endpoints.items():
        curve = _curve_of(endpoint, conf_level=conf_level)
        results |= _at_times(curve, timepoints_months, past_follow_up).under(name, endpoint.abbreviation)
    return results


def summarise_by_level(
    endpoints: Endpoints,
    factors: Sequence[str],
    *,
    labels: Mapping[str, str],
    timepoints_months: Sequence[float],
    conf_level: float,
    past_follow_up: str,
) -> ResultSet:
    """Give the cumulative incidences in each level of each factor.

    Parameters
    ----------
    endpoints, timepoints_months, conf_level, past_follow_up
        As for `summarise_incidence`.
    factors : sequence of str
        Columns of the endpoints' subjects; one with fewer than two levels among them is left out.
    labels : mapping of str to str
        Words for a reader, by column.

    Returns
    -------
    ResultSet
        `{cir,nrm}/24m/<f>/<l>`.
    """
    results = ResultSet()
    for name, endpoint in endpoints.items():
        for factor in known_factors(factors, endpoint.subjects):
            for level, rows in each_level(endpoint.subjects[factor]):
                curve = _curve_of(endpoint, conf_level=conf_level, rows=rows)
                for at, result in _at_times(curve, timepoints_months, past_follow_up).items():
                    label = f"{endpoint.abbreviation}: {result.label}, {labels[factor]} {level}"
                    results |= {f"{name}/{at}/{factor}/{level}": replace(result, label=label)}
    return results


def compare_levels(
    endpoints: Endpoints, factors: Sequence[str], *, labels: Mapping[str, str], conf_level: float, ties: str
) -> ResultSet:
    """Compare the incidences between the levels of each factor: Gray's test and two regressions.

    The Fine-Gray model speaks of the incidence that patients experience, the cause-specific Cox model of the rate
    among those still in remission. A factor that prevents deaths in remission raises the first for relapse and not
    the second, so both are given for every event (Latouche and others, J Clin Epidemiol 2013; 66:648-653).

    Returns
    -------
    ResultSet
        `gray/{cir,nrm}/<f>`, p-values also adjusted over the factors; `fine_gray/{cir,nrm}/<f>/<l>` and
        `cause_specific/{cir,nrm}/<f>/<l>` for every level but the reference, each factor alone. Where a level without
        events leaves the cause-specific ratio infinite, it has no estimate, and `cause_specific_firth/...` holds the
        penalised one. Endpoints by antigen status have their own names in place of `cir`.
    """
    gray, ratios = ResultSet(), ResultSet()
    for name, endpoint in endpoints.items():
        tests = {}
        for factor in known_factors(factors, endpoint.subjects):
            tested = test_gray(
                in_months(endpoint), endpoint.event_type, endpoint.subjects[factor], cause=endpoint.cause
            )
            tests[f"gray/{name}/{factor}"] = replace(tested, label=f"{endpoint.abbreviation}: {labels[factor]}")
            ratios |= _ratios(endpoint, name, factor, label=labels[factor], conf_level=conf_level, ties=ties)
        gray |= adjust_results(tests, family=f"factors tested on {endpoint.abbreviation}")
    return gray | ratios


def _curve_of(endpoint: TimeToEvent, *, conf_level: float, rows: np.ndarray | slice = slice(None)) -> IncidenceCurve:
    return estimate_cumulative_incidence(
        in_months(endpoint)[rows], endpoint.event_type[rows], cause=endpoint.cause, conf_level=conf_level
    )


def _at_times(curve: IncidenceCurve, timepoints_months: Sequence[float], past_follow_up: str) -> ResultSet:
    found = {}
    for months in timepoints_months:
        result = estimate_bounded_incidence_at(curve, months, past_follow_up=past_follow_up)
        found[f"{months:g}m"] = replace(result, label=f"{curve.cause} by {months:g} months")
    return ResultSet(found)


def _ratios(endpoint: TimeToEvent, name: str, factor: str, *, label: str, conf_level: float, ties: str) -> ResultSet:
    """Return the ratios of one factor: Fine-Gray, cause-specific, and penalised where the latter is infinite."""
    time, values = in_months(endpoint), endpoint.subjects[[factor]]
    fine_gray = fit_fine_gray(time, endpoint.event_type, values, cause=endpoint.cause, conf_level=conf_level)
    cox = fit_cox(time, endpoint.event, values, ties=ties, conf_level=conf_level)
    fits = {"fine_gray": (fine_gray, "Fine-Gray", ""), "cause_specific": (cox, "cause-specific", ", cause-specific")}
    if cox.separated.any():
        firth = fit_firth_cox(time, endpoint.event, values, conf_level=conf_level)
        fits["cause_specific_firth"] = (firth, "cause-specific, Firth", ", cause-specific")
    found = ResultSet()
    for model, (fit, words, added) in fits.items():
        named = ResultSet(
            {
                term: replace(result, label=f"{label}: {result.label}", method=f"{result.method}{added}")
                for term, result in fit.results().items()
            }
        )
        found |= named.under(f"{model}/{name}", f"{endpoint.abbreviation}, {words}")
    return found
