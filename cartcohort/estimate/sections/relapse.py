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

from cartcohort.estimate.competing import estimate_cumulative_incidence, estimate_incidence_at
from cartcohort.estimate.fine_gray import fit_fine_gray
from cartcohort.estimate.gray import test_gray
from cartcohort.estimate.multiplicity import adjust_results
from cartcohort.estimate.regression import fit_cox
from cartcohort.estimate.results import IncidenceCurve, ResultSet
from cartcohort.estimate.sections.arrays import Endpoints, TimeToEvent, each_level, in_months, known_factors

CAUSES = {"cir": "relapse", "nrm": "death without relapse"}
"""The event of interest of each endpoint; the other one competes with it."""


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
    """Return the cumulative incidence of relapse and of death without relapse, in months, by cause."""
    return {CAUSES[name]: _curve_of(endpoint, name, conf_level=conf_level) for name, endpoint in endpoints.items()}


def estimate_curves_by_first_factor(
    endpoints: Endpoints, factors: Sequence[str], *, conf_level: float
) -> tuple[str, dict[str, dict[str, IncidenceCurve]]]:
    """Return the first factor with two levels or more, and its curves by cause and level; "" and none without one."""
    for factor in factors:
        curves = {
            CAUSES[name]: {
                level: _curve_of(endpoint, name, conf_level=conf_level, rows=rows)
                for level, rows in each_level(endpoint.subjects[factor])
            }
            for name, endpoint in endpoints.items()
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
        CIR and NRM, from first response.
    timepoints_months : sequence of float
    conf_level : float
    past_follow_up : str
        "not_estimable" or "carry", beyond the last follow-up.

    Returns
    -------
    ResultSet
        `{cir,nrm}/24m`, to be put under the section's name; `n_event` counts all events of the cause.
    """
    results = ResultSet()
    for name, endpoint in endpoints.items():
        curve = _curve_of(endpoint, name, conf_level=conf_level)
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
                curve = _curve_of(endpoint, name, conf_level=conf_level, rows=rows)
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
    the second, so both are given, and the cause-specific model for the competing event with them (Latouche and
    others, J Clin Epidemiol 2013; 66:648-653).

    Returns
    -------
    ResultSet
        `gray/{cir,nrm}/<f>`, p-values also adjusted over the factors; `fine_gray/cir/<f>/<l>` and
        `cause_specific/{cir,nrm}/<f>/<l>` for every level but the reference, each factor alone.
    """
    gray, ratios = ResultSet(), ResultSet()
    for name, endpoint in endpoints.items():
        tests, models = {}, ResultSet()
        for factor in known_factors(factors, endpoint.subjects):
            tested = test_gray(
                in_months(endpoint), endpoint.event_type, endpoint.subjects[factor], cause=CAUSES[name]
            )
            tests[f"gray/{name}/{factor}"] = replace(tested, label=f"{endpoint.abbreviation}: {labels[factor]}")
            models |= _ratios(endpoint, name, factor, label=labels[factor], conf_level=conf_level, ties=ties)
        gray |= adjust_results(tests, family=f"factors tested on {endpoint.abbreviation}")
        ratios |= models
    return gray | ratios


def _curve_of(
    endpoint: TimeToEvent, name: str, *, conf_level: float, rows: np.ndarray | slice = slice(None)
) -> IncidenceCurve:
    return estimate_cumulative_incidence(
        in_months(endpoint)[rows], endpoint.event_type[rows], cause=CAUSES[name], conf_level=conf_level
    )


def _at_times(curve: IncidenceCurve, timepoints_months: Sequence[float], past_follow_up: str) -> ResultSet:
    found = {}
    for months in timepoints_months:
        result = estimate_incidence_at(curve, months, past_follow_up=past_follow_up)
        found[f"{months:g}m"] = replace(result, label=f"{curve.cause} by {months:g} months")
    return ResultSet(found)


def _ratios(endpoint: TimeToEvent, name: str, factor: str, *, label: str, conf_level: float, ties: str) -> ResultSet:
    """Return the ratios of one factor: Fine-Gray for relapse only, cause-specific for either event."""
    time, values = in_months(endpoint), endpoint.subjects[[factor]]
    cox = fit_cox(time, endpoint.event, values, ties=ties, conf_level=conf_level).results()
    found = cox.map(lambda r: replace(r, label=f"{label}: {r.label}", method=f"{r.method}, cause-specific"))
    found = found.under(f"cause_specific/{name}", f"{endpoint.abbreviation}, cause-specific")
    if name != "cir":
        return found
    fine_gray = fit_fine_gray(time, endpoint.event_type, values, cause=CAUSES[name], conf_level=conf_level).results()
    fine_gray = fine_gray.map(lambda r: replace(r, label=f"{label}: {r.label}"))
    return fine_gray.under(f"fine_gray/{name}", f"{endpoint.abbreviation}, Fine-Gray") | found
