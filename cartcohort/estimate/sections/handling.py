"""Endpoints read in several ways, of which each answers another question (another estimand)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from cartcohort.estimate.regression import fit_cox
from cartcohort.estimate.results import Result, ResultSet
from cartcohort.estimate.sections.arrays import Endpoints, TimeToEvent, from_time_zero, in_months
from cartcohort.estimate.sections.curves import as_cause_specific, competing_rows, estimate_endpoint_curve
from cartcohort.estimate.survival import estimate_bounded_survival_at, estimate_quantile

QUESTIONS = {
    "ignore": "Transplant ignored (part of the treatment course)",
    "censor": "Follow-up ends at transplant (as if it could not happen)",
    "event": "Transplant counts as an event",
    "competing": "Transplant competes with the event",
}
"""The readings of a later transplant in words, by the value of the parameter `hsct_handling`."""

_INTERCURRENT = {"transplant": ("hsct_day", ""), "new_therapy": ("new_therapy_day", "new_therapy_")}
"""What may come between time zero and the event: its column, and the prefix of the readings that handle it."""


def summarise_estimands(
    readings: Mapping[str, Endpoints],
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
    """Summarise endpoints under each reading, the report's own first.

    Parameters
    ----------
    readings : mapping of str to mapping of str to TimeToEvent
        Endpoints by name, by reading, as `derive_estimands` returns them: "ignore", "censor", "event" and "competing"
        say what a later transplant is, "new_therapy_censor" and so on what a new therapy is, "both_censor" that both
        end follow-up; "enrolled" is everybody enrolled from enrolment, "infused" the infused from infusion.
    lacking : sequence of str
        Those of `hsct_day` and `new_therapy_day` that the study does not record: there is nothing to count then.
    factors : tuple of str
        The first with exactly two levels among the patients gives the hazard ratio, the same one for all readings.
    labels : mapping of str to str
        Words for a reader, by column.
    rate_months : float
        Time at which the event-free rate is given.
    conf_level, conf_type, median_rule, past_follow_up, ties
        As for the other sections.

    Returns
    -------
    ResultSet
        `survival/<e>/handling/<reading>/{median, rate/24m, cox/<f>/<l>}`. Where anything competes there is no median,
        the rate is one minus the cumulative incidence of the event, and the hazard is cause-specific. A reading of no
        patient, or one that repeats an earlier one of the endpoint for every patient, is left out; so is an endpoint
        that then has one reading only.
        `survival/<e>/intercurrent/{transplant, new_therapy}` counts the patients who had it before the end of their
        time; `survival/{transplant, new_therapy, never_infused}/any` count all those with it in the first endpoint
        from time zero.

    Notes
    -----
    ICH E9(R1), Addendum on estimands and sensitivity analysis in clinical trials, 2019.
    """
    own = next(iter(readings.values()), {})
    recorded = {name: found for name, found in _INTERCURRENT.items() if found[0] not in lacking}
    results = _count_patients(readings, recorded)
    for name, endpoint in own.items():
        counts = _count_intercurrent(readings, name, recorded)
        results |= counts.under(f"survival/{name}/intercurrent", endpoint.abbreviation)
        factor = _first_of_two_levels(factors, endpoint)
        for reading, found in _distinct({reading: chosen[name] for reading, chosen in readings.items()}).items():
            summary = _rate_and_median(
                found,
                rate_months=rate_months,
                conf_level=conf_level,
                conf_type=conf_type,
                median_rule=median_rule,
                past_follow_up=past_follow_up,
            )
            summary |= _hazard_ratio(found, factor, labels=labels, conf_level=conf_level, ties=ties)
            words = f"{endpoint.abbreviation}, {reading.replace('_', ' ')}"
            results |= summary.under(f"survival/{name}/handling/{reading}", words)
    return results


def _distinct(endpoints: Endpoints) -> dict[str, TimeToEvent]:
    """Return the readings of one endpoint without those of no patient and those that repeat an earlier one."""
    kept: dict[tuple[bytes, ...], tuple[str, TimeToEvent]] = {}
    for reading, endpoint in endpoints.items():
        arrays = (endpoint.time_days, endpoint.event, competing_rows(endpoint))
        if len(endpoint.event):
            kept.setdefault(tuple(np.asarray(array).tobytes() for array in arrays), (reading, endpoint))
    return dict(kept.values()) if len(kept) > 1 else {}


def _count_patients(readings: Mapping[str, Endpoints], recorded: Mapping[str, tuple[str, str]]) -> ResultSet:
    """Count, in the first endpoint from time zero, those with each recorded treatment, and those never infused."""
    own, enrolled = (_first_from_time_zero(readings.get(name, {})) for name in (next(iter(readings), ""), "enrolled"))
    results = ResultSet()
    for name, (column, _) in recorded.items() if own is not None else ():
        label = f"{name.replace('_', ' ').capitalize()} after infusion"
        results |= {f"survival/{name}/any": _share(own.subjects[column].notna().to_numpy(), label)}
    if enrolled is not None and len(enrolled.event):
        never = ~enrolled.subjects["infused"].to_numpy(dtype=bool)
        share = _share(never, "Never infused, of those enrolled")
        note = f"{enrolled.n_excluded} without a day of enrolment left out" if enrolled.n_excluded else ""
        results |= {"survival/never_infused/any": replace(share, note=note)}
    return results


def _first_from_time_zero(endpoints: Endpoints) -> TimeToEvent | None:
    return next(iter(from_time_zero(endpoints, most=1).values()), None)


def _count_intercurrent(
    readings: Mapping[str, Endpoints], name: str, recorded: Mapping[str, tuple[str, str]]
) -> ResultSet:
    """Count the patients whose time, where a treatment is ignored, includes the day on which they had it."""
    own = next(iter(readings.values()))[name]
    results = ResultSet()
    for treatment, (column, prefix) in recorded.items():
        endpoint = readings.get(f"{prefix}ignore", {}).get(name, own)
        day = endpoint.subjects[column].to_numpy(dtype=float, na_value=np.nan)
        end = np.asarray(endpoint.origin_day) + np.asarray(endpoint.time_days)
        # On one day the event comes first.
        before = (day < end) | ((day == end) & ~np.asarray(endpoint.event, dtype=bool))
        results |= {treatment: _share(before, f"{treatment.replace('_', ' ')} before the end of their time")}
    return results


def _share(chosen: np.ndarray, label: str) -> Result:
    n, n_event = len(chosen), int(np.sum(chosen))
    note = "" if n else "not estimable: no patients"
    return Result(
        estimate=n_event / n if n else None, n=n, n_event=n_event, unit="proportion", note=note, label=label
    )


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
    rate = estimate_bounded_survival_at(curve, rate_months, past_follow_up=past_follow_up)
    if competing_rows(endpoint).any():  # "half have had the event" is no median survival where others had transplants
        return ResultSet({rate_name: replace(rate, label=rate_label)})
    median = estimate_quantile(curve, median_rule=median_rule)
    return ResultSet({"median": replace(median, label="median"), rate_name: replace(rate, label=rate_label)})


def _first_of_two_levels(factors: tuple[str, ...], endpoint: TimeToEvent) -> str | None:
    known = (factor for factor in factors if factor in endpoint.subjects)
    return next((factor for factor in known if endpoint.subjects[factor].nunique() == 2), None)


def _hazard_ratio(
    endpoint: TimeToEvent, factor: str | None, *, labels: Mapping[str, str], conf_level: float, ties: str
) -> ResultSet:
    if factor is None:
        return ResultSet()
    fit = fit_cox(in_months(endpoint), endpoint.event, endpoint.subjects[[factor]], ties=ties, conf_level=conf_level)
    ratios = fit.results().map(lambda result: replace(result, label=f"{labels[factor]}: {result.label}"))
    return as_cause_specific(endpoint, ratios.under("cox"))
