"""The curve of an endpoint: Kaplan-Meier, or where other events compete, one minus the cumulative incidence.

Kaplan-Meier would censor a competing event, as if the patient could still have the event afterwards. The parameters
that let a transplant or a new therapy compete therefore change the estimator of every curve, rate and median.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from cartcohort.estimate.competing import estimate_cumulative_incidence
from cartcohort.estimate.results import Result, ResultSet, SurvivalCurve
from cartcohort.estimate.sections.arrays import TimeToEvent, in_months
from cartcohort.estimate.survival import estimate_survival_curve

ONE_MINUS_INCIDENCE = "One minus the Aalen-Johansen cumulative incidence of the event"


def competing_rows(endpoint: TimeToEvent) -> np.ndarray:
    """Return which patients had an event that competes with the endpoint's own, shape (n,)."""
    return ~np.asarray(endpoint.event, dtype=bool) & np.asarray(endpoint.event_type != "censored", dtype=bool)


def estimate_endpoint_curve(
    endpoint: TimeToEvent,
    *,
    conf_level: float,
    conf_type: str,
    rows: np.ndarray | None = None,
    from_months: float = 0.0,
) -> SurvivalCurve:
    """Estimate the probability of not having had an endpoint's event, in months.

    Parameters
    ----------
    endpoint : TimeToEvent
        One in which any patient has a competing event gives one minus the Aalen-Johansen estimate.
    conf_level, conf_type
        As for `estimate_survival_curve`. Limits of an incidence are on the log-log scale whatever `conf_type` says.
    rows : ndarray, optional
        Mask or positions of the patients; all by default.
    from_months : float
        The clock restarts here; the rows must be those still at risk.
    """
    chosen = np.arange(len(endpoint.event)) if rows is None else rows
    time, event = in_months(endpoint)[chosen] - from_months, np.asarray(endpoint.event)[chosen]
    competing = competing_rows(endpoint)
    if not competing.any():
        return estimate_survival_curve(time, event, conf_level=conf_level, conf_type=conf_type)
    kinds = np.where(event, "event", np.where(competing[chosen], "competing", "censored"))
    return _event_free(time, pd.Categorical(kinds, categories=["censored", "event", "competing"]), conf_level)


def _event_free(time: np.ndarray, kinds: pd.Categorical, conf_level: float) -> SurvivalCurve:
    curve = estimate_cumulative_incidence(time, kinds, cause="event", conf_level=conf_level)
    return SurvivalCurve(
        time=curve.time,
        survival=1 - curve.incidence,
        std_error=curve.std_error,
        conf_low=1 - curve.conf_high,
        conf_high=1 - curve.conf_low,
        n_at_risk=curve.n_at_risk,
        n_event=curve.n_event,
        n_censored=curve.n_censored,
        n=curve.n,
        conf_level=curve.conf_level,
        conf_type="log-log",
        estimator=ONE_MINUS_INCIDENCE,
    )


def as_cause_specific(endpoint: TimeToEvent, results: ResultSet) -> ResultSet:
    """Return tests and hazard ratios with the word for what they are where other events compete with the endpoint's.

    Competing events leave the risk set, so what is compared is the rate of the event among those without either.
    """
    if not competing_rows(endpoint).any():
        return results

    def named(result: Result) -> Result:
        return replace(result, method=f"{result.method}, cause-specific") if result.method else result

    return results.map(named)
