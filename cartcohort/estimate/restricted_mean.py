"""Restricted mean survival time: the area under a Kaplan-Meier curve up to a horizon."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cartcohort.estimate.inputs import require, require_choice, require_level
from cartcohort.estimate.results import Result, SurvivalCurve
from cartcohort.estimate.tails import normal_margin, normal_tail


def estimate_rmst(curve: SurvivalCurve, horizon: float, *, conf_level: float = 0.95, unit: str = "months") -> Result:
    """Estimate the mean event-free time up to a horizon.

    Parameters
    ----------
    curve : SurvivalCurve
        The estimated curve.
    horizon : float
        Upper end of the area, in the unit of the curve, above 0.
    conf_level : float
        Level of the symmetric limits, estimate plus or minus z standard errors.
    unit : str
        Unit of the curve's times.

    Returns
    -------
    Result
        With a note where the horizon lies beyond the last follow-up of a curve above 0, which is then carried on.

    Notes
    -----
    Standard error of Greenwood's type without a small-sample factor, as R's `summary(survfit, rmean=)`. Royston and
    Parmar, BMC Med Res Methodol 2013; 13:152.
    """
    require_level(conf_level)
    mean, std_error = _area(curve, horizon)
    z = normal_margin(conf_level)
    return Result(
        estimate=mean,
        conf_low=mean - z * std_error,
        conf_high=mean + z * std_error,
        conf_level=conf_level,
        n=curve.n,
        n_event=curve.n_event.sum(),
        unit=unit,
        method="area under the Kaplan-Meier curve up to the horizon, symmetric limits",
        note=_horizon_note(curve, horizon),
    )


def estimate_bounded_rmst(
    curve: SurvivalCurve,
    horizon: float,
    *,
    conf_level: float = 0.95,
    past_follow_up: str = "not_estimable",
    unit: str = "months",
) -> Result:
    """Estimate the mean event-free time up to a horizon as far as the data carry it.

    Parameters
    ----------
    curve, horizon, conf_level, unit
        As for `estimate_rmst`.
    past_follow_up : str
        Where the horizon lies beyond the last follow-up of a curve above 0: "not_estimable", or "carry" the last
        value on to the horizon, as `estimate_rmst` does.

    Returns
    -------
    Result
        As from `estimate_rmst`, with limits cut at 0 and at the horizon, between which the mean lies. Without them,
        with a note, where the standard error is 0: no event, or all at once, is no certainty.
    """
    require_choice("past_follow_up", past_follow_up, ("not_estimable", "carry"))
    result = estimate_rmst(curve, horizon, conf_level=conf_level, unit=unit)
    result = replace(result, method=f"{result.method} cut at 0 and at the horizon")
    if result.estimate is None:
        return result
    if _is_beyond(curve, horizon) and past_follow_up == "not_estimable":
        note = "not estimable: the horizon lies beyond the last follow-up"
        return replace(result, estimate=None, conf_low=None, conf_high=None, note=note)
    if result.conf_low == result.conf_high:
        return replace(result, conf_low=None, conf_high=None, note=result.note or _why_certain(curve, horizon))
    return replace(result, conf_low=max(result.conf_low, 0.0), conf_high=min(result.conf_high, horizon))


def estimate_rmst_difference(
    reference: SurvivalCurve, other: SurvivalCurve, horizon: float, *, conf_level: float = 0.95, unit: str = "months"
) -> Result:
    """Estimate the difference of two restricted means, `other` minus `reference`.

    Parameters
    ----------
    reference, other : SurvivalCurve
        Curves of two groups without common patients.
    horizon, conf_level, unit
        As for `estimate_rmst`.

    Returns
    -------
    Result
        Difference with symmetric limits; `statistic` is z and `p_value` two-sided.
    """
    require_level(conf_level)
    (first, first_error), (second, second_error) = _area(reference, horizon), _area(other, horizon)
    difference, std_error = second - first, np.hypot(first_error, second_error)
    z = normal_margin(conf_level)
    statistic = difference / std_error if std_error > 0 else np.nan
    return Result(
        estimate=difference,
        conf_low=difference - z * std_error,
        conf_high=difference + z * std_error,
        conf_level=conf_level,
        n=reference.n + other.n,
        n_event=reference.n_event.sum() + other.n_event.sum(),
        statistic=statistic,
        p_value=2 * normal_tail(abs(statistic)),
        unit=unit,
        method="difference of areas under two Kaplan-Meier curves up to the horizon, symmetric limits",
        note=_horizon_note(reference, horizon) or _horizon_note(other, horizon),
    )


def _area(curve: SurvivalCurve, horizon: float) -> tuple[float, float]:
    """Return the area under the curve up to the horizon and its standard error; NaN without patients."""
    require(horizon > 0, "The horizon must lie above 0.")
    if curve.n == 0:
        return np.nan, np.nan
    before = curve.time <= horizon
    edges = np.concatenate([[0.0], curve.time[before], [horizon]])
    rectangles = np.diff(edges) * np.concatenate([[1.0], curve.survival[before]])
    # The area still to come after each observed time carries the variance of that step.
    to_come = np.cumsum(rectangles[::-1])[::-1][1:]
    at_risk, event = curve.n_at_risk[before], curve.n_event[before]
    left = at_risk - event
    increments = np.where(left > 0, event / np.where(left > 0, at_risk * left, 1), 0.0)
    return float(rectangles.sum()), float(np.sqrt(np.sum(to_come**2 * increments)))


def _is_beyond(curve: SurvivalCurve, horizon: float) -> bool:
    return bool(horizon > curve.time[-1] and curve.survival[-1] > 0)


def _why_certain(curve: SurvivalCurve, horizon: float) -> str:
    """Return why an area has no standard error: no event, or everybody at risk with the event at once."""
    happened = bool(curve.n_event[curve.time < horizon].any())
    return f"no limits: {'all events came at once' if happened else 'no event by then'}"


def _horizon_note(curve: SurvivalCurve, horizon: float) -> str:
    if curve.n == 0:
        return "not estimable: no patients"
    if _is_beyond(curve, horizon):
        return "last value carried on beyond the last follow-up"
    return ""
