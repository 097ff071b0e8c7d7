"""How mature an endpoint is: how long and how completely patients were followed, and where a curve rests on few."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from cartcohort.estimate.follow_up import count_at_risk, estimate_completeness, estimate_follow_up, last_time_at_risk
from cartcohort.estimate.results import DAYS_PER_MONTH, Result
from cartcohort.estimate.sections.arrays import TimeToEvent, in_months
from cartcohort.estimate.sections.curves import competing_rows

_NO_CUTOFF = "not estimable: the study has no data cut-off"
_RANGE = {"minimum": np.min, "median": np.median, "maximum": np.max}


def summarise_follow_up(
    endpoint: TimeToEvent,
    *,
    timepoints_months: Sequence[float],
    min_at_risk: int,
    conf_level: float,
    conf_type: str,
    median_rule: str,
) -> dict[str, Result]:
    """Summarise the follow-up of one endpoint.

    Parameters
    ----------
    endpoint : TimeToEvent
    timepoints_months : sequence of float
        Times at which the number at risk is given.
    min_at_risk : int
        Number at risk below which curves are drawn faint.
    conf_level, conf_type, median_rule
        Of the reverse Kaplan-Meier median.

    Returns
    -------
    dict of str to Result
        `followup/median` (reverse Kaplan-Meier), `followup/completeness` (Clark), `followup/censored/{minimum,...}`
        (times of those without the event), `followup/potential/{minimum,...}` (from time zero to the data cut-off),
        `followup/at_risk/12m`, and `followup/few_from`, the last time with `min_at_risk` patients at risk. A
        competing event ends follow-up as an event does.
    """
    time, event = in_months(endpoint), np.asarray(endpoint.event)
    ended = event | competing_rows(endpoint)
    known = {"n": len(time), "n_event": int(event.sum())}
    options = {"conf_level": conf_level, "conf_type": conf_type, "median_rule": median_rule}
    median = estimate_follow_up(time, ended, **options)
    potential = _potential_months(endpoint)
    complete = Result(**known, unit="proportion", note=_NO_CUTOFF)
    if potential is not None:
        complete = estimate_completeness(time, ended, potential)
    found = {
        "followup/median": replace(median, n_event=known["n_event"], label="median follow-up"),
        "followup/completeness": replace(complete, label="completeness of follow-up"),
    }
    found |= _range_of(time[~ended], "censored", "follow-up without the event", "nobody without the event")
    possible = np.empty(0) if potential is None else potential[np.isfinite(potential)]
    found |= _range_of(possible, "potential", "time to the data cut-off", _NO_CUTOFF)
    for months, at_risk in zip(timepoints_months, count_at_risk(time, timepoints_months), strict=True):
        label = f"at risk at {months:g} months"
        found[f"followup/at_risk/{months:g}m"] = Result(estimate=at_risk, unit="patients", label=label, **known)
    few = last_time_at_risk(time, min_at_risk)
    found["followup/few_from"] = replace(
        few, n_event=known["n_event"], label=f"fewer than {min_at_risk} at risk after"
    )
    return found


def _potential_months(endpoint: TimeToEvent) -> np.ndarray | None:
    """Return the months from time zero to the data cut-off, NaN where unknown; None where the study has none."""
    columns = endpoint.subjects
    if "data_cutoff_day" not in columns or (len(columns) and columns["data_cutoff_day"].isna().all()):
        return None
    days = columns["data_cutoff_day"].to_numpy(dtype=float, na_value=np.nan) - endpoint.origin_day
    return days / DAYS_PER_MONTH


def _range_of(months: np.ndarray, name: str, label: str, without: str) -> dict[str, Result]:
    known = {"n": len(months), "unit": "months", "note": "" if len(months) else without}
    return {
        f"followup/{name}/{which}": Result(
            estimate=take(months) if len(months) else None, label=f"{label}, {which}", **known
        )
        for which, take in _RANGE.items()
    }
