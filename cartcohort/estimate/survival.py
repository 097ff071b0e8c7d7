"""Kaplan-Meier curves and what is read off them: rates, quantiles, restricted means, conditional survival.

Convention throughout: at a shared time events come before censorings, and the number at risk at t counts those with
time >= t. All agree with R's `survival`. lifelines has the curve, but only log-log limits and another rule for the
median, and a fit takes it twenty times as long in a small cohort: it is asked by the second route.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from cartcohort.estimate.inputs import check_survival, require, require_choice, require_level
from cartcohort.estimate.proportions import exact_interval
from cartcohort.estimate.results import MEDIAN_RULES, NO_EVENT_BY_THEN, Result, SurvivalCurve
from cartcohort.estimate.tails import normal_margin

CONF_TYPES = ("log-log", "log", "plain")
# R's tolerance for S(t) = 1 - p: a product of fractions such as 2/3 * 3/4 misses 0.5 by round-off.
_FLAT_TOLERANCE = np.sqrt(np.finfo(float).eps)


def estimate_survival_curve(
    time: Sequence[float], event: Sequence[bool], *, conf_level: float = 0.95, conf_type: str = "log-log"
) -> SurvivalCurve:
    """Estimate a survival curve by the product limit.

    Parameters
    ----------
    time, event : array_like, shape (n,)
        Follow-up time in any unit, and whether the event occurred then.
    conf_level : float
        Level of the pointwise limits, between 0 and 1.
    conf_type : str
        Scale on which the limits are symmetric: "log-log", "log" or "plain".

    Returns
    -------
    SurvivalCurve
        At the distinct observed times; without any for empty arrays. Standard error (Greenwood) and limits are NaN
        where S(t) = 0, log-log limits also where S(t) = 1.

    Raises
    ------
    EstimationError
        If lengths differ, or a time is negative or missing.

    Notes
    -----
    Agrees with R's `survfit`. Kaplan and Meier, J Am Stat Assoc 1958; 53:457-481.
    """
    time, event = check_survival(time, event)
    require_level(conf_level)
    require_choice("conf_type", conf_type, CONF_TYPES)
    at, n_at_risk, n_event, n_censored, survival = _product_limit(time, event)
    se_log = _greenwood(n_at_risk, n_event)
    conf_low, conf_high = _survival_limits(survival, se_log, conf_level=conf_level, conf_type=conf_type)
    std_error = np.multiply(survival, se_log, out=np.full_like(survival, np.nan), where=survival > 0)
    return SurvivalCurve(
        time=at,
        survival=survival,
        std_error=std_error,
        conf_low=conf_low,
        conf_high=conf_high,
        n_at_risk=n_at_risk,
        n_event=n_event,
        n_censored=n_censored,
        n=len(time),
        conf_level=conf_level,
        conf_type=conf_type,
    )


def estimate_survival_at(curve: SurvivalCurve, time: float, *, past_follow_up: str = "not_estimable") -> Result:
    """Read the survival probability at one time off a curve.

    Parameters
    ----------
    curve : SurvivalCurve
        The estimated curve.
    time : float
        In the unit of the curve, at least 0.
    past_follow_up : str
        Beyond the last observed time: "not_estimable", or "carry" the last value on (R's `extend`). A curve that has
        reached 0 stays there under either.

    Returns
    -------
    Result
        A proportion; without an estimate beyond the last follow-up.
    """
    require(time >= 0, "The time must not be negative.")
    require_choice("past_follow_up", past_follow_up, ("not_estimable", "carry"))
    known = {
        "conf_level": curve.conf_level,
        "n": curve.n,
        "n_event": curve.n_event.sum(),
        "unit": "proportion",
        "method": f"{curve.estimator}, {curve.conf_type} limits",
    }
    if curve.n == 0:
        return Result(**known, note="no patients")
    index = np.searchsorted(curve.time, time, side="right") - 1
    if index < 0:
        return Result(estimate=1.0, conf_low=1.0, conf_high=1.0, **known)
    survival, beyond = curve.survival[index], time > curve.time[-1]
    if beyond and survival > 0 and past_follow_up == "not_estimable":
        return Result(**known, note="not estimable: beyond the last follow-up")
    if beyond and survival > 0:
        note = "last value carried on beyond the last follow-up"
    elif np.isnan(curve.conf_low[index]):
        note = "no limits: no event by then" if survival > 0 else "no limits: the curve has reached 0"
    else:
        note = ""
    return Result(
        estimate=survival, conf_low=curve.conf_low[index], conf_high=curve.conf_high[index], **known, note=note
    )


def estimate_bounded_survival_at(
    curve: SurvivalCurve, time: float, *, past_follow_up: str = "not_estimable"
) -> Result:
    """Read the survival probability at one time off a curve, with an exact lower limit where no event came by then.

    The standard error is 0 there and R's limits are 1 and 1, but nobody is certain to live.

    Parameters
    ----------
    curve, time, past_follow_up
        As for `estimate_survival_at`.

    Returns
    -------
    Result
        As from `estimate_survival_at`; with a survival of 1 the limits are Clopper and Pearson's for no event among
        the patients still followed then, on the wide side because those censored earlier count for nothing. Without
        limits where 1 is carried on to a time to which nobody was followed.
    """
    result = estimate_survival_at(curve, time, past_follow_up=past_follow_up)
    if result.estimate != 1:
        return result
    index = np.searchsorted(curve.time, time)
    if index == len(curve.time):
        return replace(result, conf_low=None, conf_high=None)
    followed = int(curve.n_at_risk[index])
    low, high = exact_interval(followed, followed, conf_level=curve.conf_level)
    method = f"{result.method}, exact limits from those still followed where no event came"
    return replace(result, conf_low=low, conf_high=high, method=method, note=NO_EVENT_BY_THEN)


def estimate_quantile(
    curve: SurvivalCurve, *, probability: float = 0.5, median_rule: str = "midpoint", unit: str = "months"
) -> Result:
    """Estimate the time by which a share of the patients has had the event; the median by default.

    Parameters
    ----------
    curve : SurvivalCurve
        The estimated curve; its limits give those of the quantile (where they cross 1 - `probability`).
    probability : float
        Share with the event, between 0 and 1.
    median_rule : str
        Where the curve lies at 1 - `probability` for a while: "midpoint" of that step (R and SAS; a step without end
        ends at the last observed time), or its "first" time.
    unit : str
        Unit of the curve's times.

    Returns
    -------
    Result
        Without an estimate and with the note "not reached" where the curve stays above 1 - `probability`.

    Notes
    -----
    Agrees with R's `quantile` of a survfit object. Brookmeyer and Crowley, Biometrics 1982; 38:29-41.
    """
    require(0 < probability < 1, "`probability` must lie between 0 and 1.")
    require_choice("median_rule", median_rule, tuple(MEDIAN_RULES))
    estimate, conf_low, conf_high = (
        _crossing_time(curve.time, values, 1 - probability, median_rule=median_rule)
        for values in (curve.survival, curve.conf_low, curve.conf_high)
    )
    note = "" if np.isfinite(conf_high) else "upper limit not reached"
    if np.isnan(estimate):
        note = "not reached" if curve.n else "not estimable: no patients"
    rule = f"{'median' if probability == 0.5 else 'quantile'} at {MEDIAN_RULES[median_rule]} {1 - probability:g}"
    return Result(
        estimate=estimate,
        conf_low=conf_low,
        conf_high=conf_high,
        conf_level=curve.conf_level,
        n=curve.n,
        n_event=curve.n_event.sum(),
        unit=unit,
        method=f"{curve.estimator}, {curve.conf_type} limits, {rule}",
        note=note,
    )


def estimate_conditional_survival(
    time: Sequence[float],
    event: Sequence[bool],
    *,
    given: float,
    further: float,
    conf_level: float = 0.95,
    conf_type: str = "log-log",
    past_follow_up: str = "not_estimable",
) -> Result:
    """Estimate the probability of surviving `further` time for those event-free at `given`.

    Parameters
    ----------
    time, event : array_like, shape (n,)
        Follow-up time and whether the event occurred then.
    given, further : float
        Time already survived, and the time after it, in the unit of `time`.
    conf_level, conf_type, past_follow_up
        As for the curve and `estimate_survival_at`.

    Returns
    -------
    Result
        A proportion, S(given + further) / S(given); `n` counts those with time > `given`.

    Notes
    -----
    The curve is restarted at `given` among those with time > `given`; the limits are those of that curve.
    Zabor et al., J Natl Cancer Inst 2013; 105:1525-1530.
    """
    time, event = check_survival(time, event)
    require(given >= 0, "`given` must not be negative.")
    alive = time > given
    curve = estimate_survival_curve(time[alive] - given, event[alive], conf_level=conf_level, conf_type=conf_type)
    return estimate_survival_at(curve, further, past_follow_up=past_follow_up)


def _product_limit(time: np.ndarray, event: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return the distinct times, the numbers at risk, with the event and censored at each, and S(t)."""
    at, position, n_ended = np.unique(time, return_inverse=True, return_counts=True)
    n_event = np.bincount(position[event], minlength=len(at))
    n_at_risk = n_ended[::-1].cumsum()[::-1]
    with np.errstate(divide="ignore"):
        # The product over logarithms: where everybody at risk has the event it is 0 from then on.
        survival = np.exp(np.cumsum(np.log(n_at_risk - n_event) - np.log(n_at_risk)))
    return at, n_at_risk, n_event, n_ended - n_event, survival


def _greenwood(n_at_risk: np.ndarray, n_event: np.ndarray) -> np.ndarray:
    """Return the standard error of log S(t); infinite where everybody at risk had the event."""
    with np.errstate(divide="ignore"):
        return np.sqrt(np.cumsum(n_event / (n_at_risk * (n_at_risk - n_event))))


def _survival_limits(
    survival: np.ndarray, se_log: np.ndarray, *, conf_level: float, conf_type: str
) -> tuple[np.ndarray, np.ndarray]:
    z = normal_margin(conf_level)
    low, high = np.full_like(survival, np.nan), np.full_like(survival, np.nan)
    inside = (survival > 0) & ((survival < 1) | (conf_type != "log-log"))
    s, margin = survival[inside], z * se_log[inside]
    if conf_type == "plain":
        low[inside], high[inside] = s - margin * s, s + margin * s
    elif conf_type == "log":
        low[inside], high[inside] = s * np.exp(-margin), s * np.exp(margin)
    else:
        margin = margin / np.log(s)
        low[inside], high[inside] = s ** np.exp(-margin), s ** np.exp(margin)
    return np.maximum(low, 0.0), np.minimum(high, 1.0)


def _crossing_time(time: np.ndarray, values: np.ndarray, level: float, *, median_rule: str) -> float:
    """Return when a step function falls to the level; NaN where it does not.

    Curves of limits can rise again after a fall. Among the times at or below the level R takes the one whose value is
    closest to it, and so do we; for a falling curve that is the first of them.
    """
    reached = np.where(values <= level + _FLAT_TOLERANCE, values, -np.inf)
    if not np.any(reached >= 0):
        return np.nan
    at = np.argmax(reached)
    passed = np.where(values <= level - _FLAT_TOLERANCE, values, -np.inf)
    if median_rule == "first":
        return time[at]
    if np.any(passed >= 0):
        return (time[at] + time[np.argmax(passed)]) / 2
    return (time[at] + time[-1]) / 2 if abs(values[-1] - level) < _FLAT_TOLERANCE else np.nan
