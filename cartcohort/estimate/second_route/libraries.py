"""What statsmodels and lifelines say of groups, in the fields of a result."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from lifelines import CoxPHFitter
from lifelines.statistics import multivariate_logrank_test
from statsmodels.duration.hazard_regression import PHReg
from statsmodels.duration.survfunc import survdiff

from cartcohort.estimate.second_route.curves import Conventions
from cartcohort.estimate.second_route.follow_again import Course
from cartcohort.estimate.second_route.group_table import chi_squared_tail

Found = dict[str, float | int | None]

_NO_TEST: Found = {"statistic": None, "df": None, "p_value": None}
_NO_RATIO: Found = {"estimate": None, "conf_low": None, "conf_high": None, "p_value": None}
_NO_FINITE = 15.0  # a log hazard ratio beyond it is a fit on its way to infinity
_STEPS = 30
_HALF_A_DAY = 0.5  # times are whole days
_LARGEST_SCORE = 1e-5  # events not yet accounted for


def ask_survdiff(course: Course, codes: np.ndarray) -> Found:
    """Return statsmodels' log-rank test."""
    return _test(*survdiff(course.days, course.event.astype(int), codes), codes)


def ask_lifelines_logrank(course: Course, codes: np.ndarray) -> Found:
    """Return lifelines' log-rank test."""
    found = multivariate_logrank_test(course.days, codes, course.event)
    return _test(found.test_statistic, found.p_value, codes)


def ask_phreg(
    course: Course, matrix: np.ndarray, *, conventions: Conventions, since: np.ndarray | None = None
) -> list[Found]:
    """Return the hazard ratio of each column by statsmodels' Cox model, then the likelihood ratio test of all.

    Parameters
    ----------
    course : Course
    matrix : ndarray, shape (n, k)
        Covariates.
    conventions : Conventions
    since : ndarray of float, shape (n,), optional
        Day up to which the first, and only, covariate of a patient is still 0.
    """
    days, event, entry, k = course.days, course.event.astype(int), None, matrix.shape[1]
    if since is not None:
        days, event, matrix, entry = _split(course, matrix, since)
    model = PHReg(days, matrix, event, entry=entry, ties=conventions.ties)
    fitted = model.fit(method="newton", tol=1e-9, maxiter=_STEPS)  # the step after is nil
    if np.abs(fitted.params).max() < _NO_FINITE and np.abs(model.score(fitted.params)).max() > _LARGEST_SCORE:
        raise RuntimeError("no convergence")
    limits = fitted.conf_int(alpha=1 - conventions.conf_level)
    ratios = [_ratio(fitted.params[i], *limits[i], fitted.pvalues[i], fitted.bse[i]) for i in range(k)]
    statistic = float(2 * (fitted.llf - model.loglike(np.zeros(k))))
    return [*ratios, {"statistic": statistic, "df": k, "p_value": chi_squared_tail(statistic, k)}]


def ask_lifelines_cox(course: Course, matrix: np.ndarray, *, conventions: Conventions) -> list[Found]:
    """Return the hazard ratio of each column by lifelines' Cox model, then the likelihood ratio test of all."""
    columns = {f"column {i}": matrix[:, i] for i in range(matrix.shape[1])}
    frame = pd.DataFrame({**columns, "days": course.days, "event": course.event})
    # lifelines stops by the square of a step, or where the likelihood stands still, at five to six digits of a limit.
    strict = {"precision": 1e-20, "r_precision": 0.0, "max_steps": _STEPS}
    fitted = CoxPHFitter(alpha=1 - conventions.conf_level).fit(frame, "days", "event", fit_options=strict)
    limits, p_values = fitted.confidence_intervals_.to_numpy(), fitted.summary["p"].to_numpy()
    ratios, errors = fitted.params_.to_numpy(), fitted.standard_errors_.to_numpy()
    tested = fitted.log_likelihood_ratio_test()
    whole = {"statistic": tested.test_statistic, "df": len(columns), "p_value": tested.p_value}
    return [*(_ratio(ratios[i], *limits[i], p_values[i], errors[i]) for i in range(len(columns))), whole]


def no_ratios(k: int) -> list[Found]:
    """Return k hazard ratios that have no answer."""
    return [dict(_NO_RATIO) for _ in range(k)]


def _split(course: Course, matrix: np.ndarray, since: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return a row for each patient until the covariate changes from 0 to 1, and one after it."""
    changed = (matrix[:, 0] == 1) & (since < course.days)
    days = np.concatenate([np.where(changed, since, course.days), course.days[changed]])
    event = np.concatenate([course.event & ~changed, course.event[changed]]).astype(int)
    # All are at risk from the beginning, and statsmodels has no time before 0.
    beginning = min(-1.0, since[changed].min(initial=0.0) - 1.0)
    # A covariate counts from just after its change; statsmodels would have it count on that very day, twice.
    entry = np.concatenate([np.full(len(changed), beginning), since[changed] + _HALF_A_DAY])
    state = np.concatenate([np.zeros(len(changed)), np.ones(changed.sum())])
    return days - beginning, event, state[:, None], entry - beginning


def _test(statistic: float, p_value: float, codes: np.ndarray) -> Found:
    if not math.isfinite(statistic) or not math.isfinite(p_value):
        return dict(_NO_TEST)
    return {"statistic": float(statistic), "df": len(np.unique(codes)) - 1, "p_value": float(p_value)}


def _ratio(log_ratio: float, low: float, high: float, p_value: float, error: float) -> Found:
    """Return a hazard ratio with limits and p; no answer for a fit on its way to infinity."""
    if not math.isfinite(error) or abs(log_ratio) > _NO_FINITE or error > _NO_FINITE:
        return dict(_NO_RATIO)
    return {
        "estimate": math.exp(log_ratio),
        "conf_low": math.exp(low),
        "conf_high": math.exp(high),
        "p_value": float(p_value),
    }
