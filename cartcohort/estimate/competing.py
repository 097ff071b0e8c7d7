"""Cumulative incidence of one cause where other causes compete with it.

Convention: at a shared time events come before censorings, and the number at risk at t counts those with time >= t.
One minus Kaplan-Meier with competing events censored overstates an incidence and is not offered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from cartcohort.estimate.competing_data import check_competing, count_causes, just_before
from cartcohort.estimate.inputs import require, require_choice, require_level
from cartcohort.estimate.results import IncidenceCurve, Result
from cartcohort.estimate.tails import normal_margin

# A variance is a difference of sums that are equal where everybody had the event; what is left is round-off.
_ROUND_OFF = 1e-13
_EXACT = "Aalen-Johansen, exact limits of the effective number followed where none or all had the event"


def estimate_cumulative_incidence(
    time: Sequence[float], event_type: Sequence[str], *, cause: str, conf_level: float = 0.95
) -> IncidenceCurve:
    """Estimate the probability of an event of one cause by each time, in the presence of other causes.

    Parameters
    ----------
    time : array_like, shape (n,)
        Time to the first event of any cause, or to the end of follow-up; any unit.
    event_type : Categorical or array_like of str, shape (n,)
        "censored", or the name of the cause.
    cause : str
        The cause of interest; the others compete with it.
    conf_level : float
        Level of the pointwise limits, between 0 and 1.

    Returns
    -------
    IncidenceCurve
        At the distinct observed times; without any for empty arrays. Limits are NaN where the incidence is 0 or 1.

    Raises
    ------
    EstimationError
        If lengths differ, a time is negative or missing, or an event type is missing.

    Notes
    -----
    Aalen-Johansen estimate with the delta-method standard error, as in R's `survfit` of a multi-state response and in
    statsmodels' `CumIncidenceRight`, but also defined where nobody is left at risk. R's `cuminc` has the same
    estimate and another variance, see `estimate_aalen_std_error`. Limits are symmetric on the log(-log) scale.
    Dinse and Larson, Biometrika 1986; 73:379-386.
    """
    require_level(conf_level)
    time, code = check_competing(time, event_type, cause=cause)
    counts = count_causes(time, code)
    n_at_risk, n_event, n_competing = (
        column[:, 0] for column in (counts.n_at_risk, counts.n_event, counts.n_competing)
    )
    incidence, before = counts.incidence[:, 0], counts.event_free_before[:, 0]
    hazard, hazard_any = n_event / n_at_risk, (n_event + n_competing) / n_at_risk
    variance = _variance(
        incidence,
        own=before**2 * hazard * (1 - hazard) / n_at_risk,
        cross=before * hazard / n_at_risk,
        later=_divide(hazard_any, n_at_risk * (1 - hazard_any)),
    )
    std_error = np.sqrt(variance)
    conf_low, conf_high = _log_log_limits(incidence, std_error, conf_level=conf_level)
    return IncidenceCurve(
        cause=cause,
        time=counts.time,
        incidence=incidence,
        std_error=std_error,
        conf_low=conf_low,
        conf_high=conf_high,
        n_at_risk=n_at_risk,
        n_event=n_event,
        n_competing=n_competing,
        n_censored=counts.n_censored[:, 0],
        n=len(time),
        conf_level=conf_level,
    )


def estimate_incidence_at(curve: IncidenceCurve, time: float, *, past_follow_up: str = "not_estimable") -> Result:
    """Read the cumulative incidence at one time off a curve.

    Parameters
    ----------
    curve : IncidenceCurve
        The estimated curve.
    time : float
        In the unit of the curve, at least 0.
    past_follow_up : str
        Beyond the last observed time: "not_estimable" (as R's `cuminc`), or "carry" the last value on (as `survfit`
        with `extend`). A curve after which nobody is left without an event stays where it is under either.

    Returns
    -------
    Result
        A proportion; `n_event` counts all events of the cause. Without an estimate beyond the last follow-up.
    """
    require(time >= 0, "The time must not be negative.")
    require_choice("past_follow_up", past_follow_up, ("not_estimable", "carry"))
    known = {
        "conf_level": curve.conf_level,
        "n": curve.n,
        "n_event": curve.n_event.sum(),
        "unit": "proportion",
        "method": "Aalen-Johansen, log-log limits",
        "label": f"Cumulative incidence of {curve.cause}",
    }
    if curve.n == 0:
        return Result(**known, note="no patients")
    beyond = time > curve.time[-1] and _somebody_left(curve)
    if beyond and past_follow_up == "not_estimable":
        return Result(**known, note="not estimable: beyond the last follow-up")
    index = np.searchsorted(curve.time, time, side="right") - 1
    estimate = curve.incidence[index] if index >= 0 else 0.0
    note = "last value carried on beyond the last follow-up" if beyond else ""
    if not note and (estimate == 0 or np.isnan(curve.conf_low[index])):
        note = "no limits: no event of this cause by then" if estimate == 0 else "no limits: everybody had the event"
    limits = (curve.conf_low[index], curve.conf_high[index]) if estimate > 0 else (None, None)
    return Result(estimate=estimate, conf_low=limits[0], conf_high=limits[1], **known, note=note)


def estimate_bounded_incidence_at(
    curve: IncidenceCurve, time: float, *, past_follow_up: str = "not_estimable"
) -> Result:
    """Read the cumulative incidence at one time off a curve, with a limit also where it is still 0 or has become 1.

    The standard error is 0 there, but certainty is not: the limit is that of no event (or of nothing else) among the
    patients of whom it is known.

    Parameters
    ----------
    curve, time, past_follow_up
        As for `estimate_incidence_at`.

    Returns
    -------
    Result
        As from `estimate_incidence_at`; with an incidence of 0 the limits are 0 and Clopper and Pearson's upper one,
        with 1 their lower one and 1.

    Notes
    -----
    The number followed is the size of a Fine-Gray model's risk set: those with time >= t, and those with an earlier
    event, each with the chance of not having been censored between. Without censoring all patients count, so that
    the limits are exact; without events before t those still followed count. Else an approximation.
    Dorey and Korn, Stat Med 1987; 6:679-687.
    """
    result = estimate_incidence_at(curve, time, past_follow_up=past_follow_up)
    if result.estimate is None or result.conf_low is not None:
        return result
    bound = ((1 - curve.conf_level) / 2) ** (1 / _effective_number(curve, time))
    nobody = result.estimate < 0.5
    note = result.note.replace("no limits: ", "") + (", exact upper limit" if nobody else ", exact lower limit")
    limits = (0.0, 1 - bound) if nobody else (bound, 1.0)
    return replace(result, conf_low=limits[0], conf_high=limits[1], method=_EXACT, note=note)


def estimate_aalen_std_error(curve: IncidenceCurve) -> np.ndarray:
    """Return Aalen's standard error of a cumulative incidence, shape (k,), as R's `cuminc` has it.

    Parameters
    ----------
    curve : IncidenceCurve
        The estimated curve, whose own standard error comes from the delta method.

    Notes
    -----
    Causes are taken as independent; (n - d) / (n - 1) corrects for d events tied among n at risk. In small samples
    slightly larger than the delta-method error. Aalen, Ann Stat 1978; 6:534-545.
    """
    n_at_risk = curve.n_at_risk.astype(float)
    hazard = (curve.n_event + curve.n_competing) / n_at_risk
    before = just_before(np.cumprod(1 - hazard), start=1.0)
    own = curve.n_event * _tie_correction(curve.n_event, n_at_risk) / n_at_risk**2
    other = curve.n_competing * _tie_correction(curve.n_competing, n_at_risk) / n_at_risk**2
    variance = _variance(
        curve.incidence,
        own=before**2 * own,
        cross=_divide(before * own, 1 - hazard),
        later=_divide(own + other, (1 - hazard) ** 2),
    )
    return np.sqrt(variance)


def _variance(incidence: np.ndarray, *, own: np.ndarray, cross: np.ndarray, later: np.ndarray) -> np.ndarray:
    """Return sum over u <= t of own(u) - 2 [F(t) - F(u)] cross(u) + [F(t) - F(u)]^2 later(u), for every t at once.

    Each double sum follows from the one before it by F's next step, so that only positive terms are accumulated.
    """
    step = np.diff(incidence, prepend=0.0)
    later_before = just_before(np.cumsum(later), start=0.0)
    first_moment = np.cumsum(step * later_before)
    second_moment = np.cumsum(2 * step * just_before(first_moment, start=0.0) + step**2 * later_before)
    cross_sum = np.cumsum(step * just_before(np.cumsum(cross), start=0.0))
    positive = np.cumsum(own) + second_moment
    variance = positive - 2 * cross_sum
    return np.where(variance > _ROUND_OFF * positive, variance, 0.0)


def _log_log_limits(
    incidence: np.ndarray, std_error: np.ndarray, *, conf_level: float
) -> tuple[np.ndarray, np.ndarray]:
    low, high = np.full_like(incidence, np.nan), np.full_like(incidence, np.nan)
    inside = (incidence > 0) & (std_error > 0)
    share = incidence[inside]
    margin = normal_margin(conf_level) * std_error[inside] / (share * -np.log(share))
    low[inside], high[inside] = share ** np.exp(margin), share ** np.exp(-margin)
    return low, high


def _effective_number(curve: IncidenceCurve, time: float) -> float:
    """Return how many patients are known of at a time: those still followed, and the earlier events as far as so."""
    position = np.searchsorted(curve.time, min(time, curve.time[-1]), side="left")
    uncensored = just_before(np.cumprod(1 - curve.n_censored / curve.n_at_risk), start=1.0)
    earlier = (curve.n_event + curve.n_competing)[:position] * (uncensored[position] / uncensored[:position])
    return float(curve.n_at_risk[position] + earlier.sum())


def _somebody_left(curve: IncidenceCurve) -> bool:
    """Whether anybody was still without an event at the last observed time."""
    return bool(curve.n_censored[-1] > 0)


def _tie_correction(n_event: np.ndarray, n_at_risk: np.ndarray) -> np.ndarray:
    return np.where(n_event > 1, (n_at_risk - n_event) / np.maximum(n_at_risk - 1, 1), 1.0)


def _divide(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    """Divide, giving 0 for a denominator of 0: then nobody is left at risk and no later step uses the term."""
    return np.divide(numerator, denominator, out=np.zeros(len(numerator)), where=denominator > 0)
