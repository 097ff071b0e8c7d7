"""Other readings of relapse: a later transplant handled otherwise, and the estimator that should not be used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from cartcohort.estimate.competing import estimate_bounded_incidence_at
from cartcohort.estimate.results import IncidenceCurve, Result, ResultSet, SurvivalCurve
from cartcohort.estimate.sections.arrays import Endpoints, in_months
from cartcohort.estimate.sections.relapse import summarise_incidence
from cartcohort.estimate.survival import estimate_survival_at, estimate_survival_curve

CONTRAST = "a contrast only: competing events are censored, so it overstates what patients experience"


def contrast_kaplan_meier(
    endpoints: Endpoints,
    *,
    timepoints_months: Sequence[float],
    conf_level: float,
    conf_type: str,
    past_follow_up: str,
) -> ResultSet:
    """Give one minus Kaplan-Meier with competing events censored: what the incidences would wrongly be said to be.

    Parameters
    ----------
    endpoints : mapping of str to TimeToEvent
        CIR and NRM, from first response.
    timepoints_months : sequence of float
    conf_level, conf_type, past_follow_up
        As for the other sections.

    Returns
    -------
    ResultSet
        `one_minus_km/{cir,nrm}/24m`, each with the note that it overstates.
    """
    results = ResultSet()
    for name, endpoint in endpoints.items():
        time = in_months(endpoint)
        curve = estimate_survival_curve(time, endpoint.event, conf_level=conf_level, conf_type=conf_type)
        for months in timepoints_months:
            survival = estimate_survival_at(curve, months, past_follow_up=past_follow_up)
            survival = _bound_certainty(survival, curve, months)
            label = f"{endpoint.abbreviation} by {months:g} months, one minus Kaplan-Meier"
            results |= {f"one_minus_km/{name}/{months:g}m": replace(_complement(survival), label=label)}
    return results


def summarise_handling(
    readings: Mapping[str, Endpoints], *, timepoints_months: Sequence[float], conf_level: float, past_follow_up: str
) -> ResultSet:
    """Give the cumulative incidences under each reading of a later transplant.

    Parameters
    ----------
    readings : mapping of str to mapping of str to TimeToEvent
        Endpoints by name, by value of `hsct_handling`. The reading in which a transplant is an event is left out, a
        transplant in remission being neither relapse nor death; without a transplant all but "ignore" are.
    timepoints_months, conf_level, past_follow_up
        As for `relapse.summarise_incidence`.

    Returns
    -------
    ResultSet
        `handling/<reading>/{cir,nrm}/24m`.
    """
    results = ResultSet()
    for reading, endpoints in readings.items():
        transplanted = any(endpoint.subjects["hsct_day"].notna().any() for endpoint in endpoints.values())
        if reading == "ignore" or (reading != "event" and transplanted):
            found = summarise_incidence(
                endpoints, timepoints_months=timepoints_months, conf_level=conf_level, past_follow_up=past_follow_up
            )
            labelled = {
                name: replace(r, label=r.label.replace(": ", f", {reading}: ", 1)) for name, r in found.items()
            }
            results |= ResultSet(labelled).under(f"handling/{reading}")
    return results


def _complement(survival: Result) -> Result:
    """Return one minus a survival probability, its limits changing places."""
    low, high = survival.conf_high, survival.conf_low
    return replace(
        survival,
        estimate=None if survival.estimate is None else 1 - survival.estimate,
        conf_low=None if low is None else 1 - low,
        conf_high=None if high is None else 1 - high,
        method=f"one minus {survival.method}",
        note="; ".join(part for part in (CONTRAST, survival.note) if part),
    )


def _bound_certainty(survival: Result, curve: SurvivalCurve, time: float) -> Result:
    """Return a Kaplan-Meier survival of 1 or 0, which has no limits of its own, with exact ones; any other as it is.

    The limits are those of an incidence of 0 or 1 with which nothing competes.
    """
    if survival.estimate not in (0, 1):
        return survival
    found = estimate_bounded_incidence_at(_as_incidence(curve), time, past_follow_up="carry")
    return replace(
        survival,
        conf_low=1 - found.conf_high,
        conf_high=1 - found.conf_low,
        method="Kaplan-Meier, exact limits of the effective number followed where none or all had the event",
        note="; ".join(part for part in (_carried(survival.note), "exact limits") if part),
    )


def _as_incidence(curve: SurvivalCurve) -> IncidenceCurve:
    """Return one minus a Kaplan-Meier curve, which is the incidence of an event with which nothing competes."""
    return IncidenceCurve(
        cause="event",
        time=curve.time,
        incidence=1 - curve.survival,
        std_error=curve.std_error,
        conf_low=np.full_like(curve.survival, np.nan),
        conf_high=np.full_like(curve.survival, np.nan),
        n_at_risk=curve.n_at_risk,
        n_event=curve.n_event,
        n_competing=np.zeros_like(curve.n_event),
        n_censored=curve.n_censored,
        n=curve.n,
        conf_level=curve.conf_level,
    )


def _carried(note: str) -> str:
    """Return the note without the reason for which there are no limits."""
    return "" if note.startswith("no limits") else note
