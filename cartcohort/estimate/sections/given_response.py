"""Whether a factor matters beyond response: among responders alone, and with response adjusted for.

A factor known before infusion may go with survival only because it goes with failure to respond. Response is known
after time zero, so both questions are asked from a landmark, among those still at risk then, grouped by response so
far. To adjust for response is to ask for what a factor adds to it, not for the factor's whole effect.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from cartcohort.estimate.comparison import test_logrank
from cartcohort.estimate.regression import fit_cox
from cartcohort.estimate.results import Result, ResultSet
from cartcohort.estimate.sections.arrays import Endpoints
from cartcohort.estimate.sections.groupings import group_by_response
from cartcohort.estimate.sections.landmarks import Landmark, group_at_landmark
from cartcohort.estimate.sections.risk_factors import headline_factors

_GROUPS = {"all": "all", "responders": "responders", "adjusted": "adjusted for response"}
NOT_TWO_GROUPS = "not estimable: those still at risk do not fall into two groups by response"


def compare_given_response(
    endpoints: Endpoints,
    factors: Sequence[str],
    *,
    labels: Mapping[str, str],
    landmark_days: Sequence[int],
    conf_level: float,
    ties: str,
) -> ResultSet:
    """Compare the first two-level factors from the first landmark: in all, in responders, and adjusted for response.

    Parameters
    ----------
    endpoints : mapping of str to TimeToEvent
        With time zero at infusion or enrolment; one whose patients do not fall into two groups by response, or whose
        responses have no day, is left out.
    factors : sequence of str
    labels : mapping of str to str
        Words for a reader, by column.
    landmark_days : sequence of int
        Landmarks in days from time zero; only the first is used.
    conf_level, ties
        As for the other sections.

    Returns
    -------
    ResultSet
        `risk_factors/<e>/landmark/28d/{all, responders}/{logrank/<f>, cox/<f>/<l>}` and
        `.../landmark/28d/adjusted/cox/<f>/<l>`.
    """
    results = ResultSet()
    for name, endpoint in endpoints.items():
        response = group_by_response(endpoint.subjects)
        if not response.parts:
            continue
        for days in landmark_days[:1]:
            landmark = group_at_landmark(endpoint, response, days=days)
            subjects = endpoint.subjects[landmark.kept].reset_index(drop=True)
            for factor in headline_factors(endpoint, factors, two_levels=True):
                found = _compare(landmark, subjects[factor], conf_level=conf_level, ties=ties)
                named = found.map(lambda result, factor=factor: _with_label(result, labels[factor]))
                for group, words in _GROUPS.items():
                    label = f"{endpoint.abbreviation} from day {days}, {words}"
                    results |= named.select(f"{group}/*").under(f"risk_factors/{name}/landmark/{days}d", label)
    return results


def _with_label(result: Result, label: str) -> Result:
    return replace(result, label=f"{label}: {result.label}" if result.label else f"log-rank, {label}")


def _compare(landmark: Landmark, values: pd.Series, *, conf_level: float, ties: str) -> ResultSet:
    everybody = np.ones(len(values), dtype=bool)
    responded = np.asarray(landmark.group == "yes")
    found = ResultSet()
    for group, rows in (("all", everybody), ("responders", responded)):
        time, event, kept = landmark.time_months[rows], landmark.event[rows], values[rows]
        cox = fit_cox(time, event, kept.to_frame(), ties=ties, conf_level=conf_level).results()
        found |= ResultSet({f"logrank/{values.name}": test_logrank(time, event, kept)}).under(group)
        found |= cox.under(f"{group}/cox")
    return found | _adjust(landmark, values, conf_level=conf_level, ties=ties).under("adjusted/cox")


def _adjust(landmark: Landmark, values: pd.Series, *, conf_level: float, ties: str) -> ResultSet:
    """Return the factor's hazard ratios beside response as a second covariate; none estimable without two groups."""
    covariates = values.to_frame().assign(response=landmark.group)
    fit = fit_cox(landmark.time_months, landmark.event, covariates, ties=ties, conf_level=conf_level)
    own = ResultSet({term: result for term, result in fit.results().items() if not term.startswith("response/")})
    if pd.Series(landmark.group).nunique() == 2:
        return own.map(lambda result: replace(result, method=f"{result.method}, adjusted for response"))

    return own.map(
        lambda result: Result(
            unit=result.unit, n=result.n, n_event=result.n_event, label=result.label, note=NOT_TWO_GROUPS
        )
    )
