"""Check of proportional hazards: does a hazard ratio change with time?

lifelines' test approximates the variance as R did before survival 3.0 and differs from R's now; this is R's.
"""

from __future__ import annotations

import numpy as np
from scipy import stats

from cartcohort.estimate.cox_sample import CoxSample, prepare_sample
from cartcohort.estimate.inputs import require_choice
from cartcohort.estimate.models import CoxFit, chi_squared_result
from cartcohort.estimate.partial_likelihood import sum_variances
from cartcohort.estimate.results import Result

TRANSFORMS = ("km", "identity", "rank", "log")


def test_proportional_hazards(fit: CoxFit, *, transform: str = "km") -> dict[str, Result]:
    """Test each covariate of a Cox model, and all together, for a coefficient that changes with time.

    Parameters
    ----------
    fit : CoxFit
        The fitted model.
    transform : str
        Function g of time with which a coefficient may change: "km" (1 - S(t-), the pooled curve), "identity",
        "rank" or "log".

    Returns
    -------
    dict of str to Result
        By covariate (all levels of a factor together), the last is "global". Chi-squared `statistic`; without one
        where the model has no finite estimate or the events do not suffice, with the reason in `note`.

    Notes
    -----
    Score test of adding the products covariate times g(t), as R's `cox.zph` from survival 3.0 on. Grambsch and
    Therneau, Biometrika 1994; 81:515-526.
    """
    require_choice("transform", transform, TRANSFORMS)
    method = f"score test of proportional hazards, {transform} transform of time"
    names = tuple(dict.fromkeys(fit.covariates))
    reason = _reason_not_testable(fit, transform)
    if reason:
        untested = Result(n=fit.n, n_event=fit.n_event, method=method, note=reason)
        return dict.fromkeys((*names, "global"), untested)
    gradient, variance = _score_of_products(fit, _centred_times(fit.sample, transform))
    fitted_covariates = np.array(fit.covariates)[fit.fitted]
    groups = {name: fitted_covariates == name for name in names} | {"global": np.ones(len(gradient), dtype=bool)}
    return {name: _chi_squared(fit, gradient, variance, columns, method) for name, columns in groups.items()}


def _reason_not_testable(fit: CoxFit, transform: str) -> str:
    if fit.sample is None:
        return fit.note or "not estimable: no fitted model"
    if fit.separated.any():
        return "not estimable: separation"
    if transform == "log" and np.any(fit.sample.time[fit.sample.event] <= 0):
        return "not estimable: an event at time 0 has no logarithm"
    return ""


def _centred_times(sample: CoxSample, transform: str) -> np.ndarray:
    """Return g(t) of each event, less its mean over the events."""
    at_event = sample.time[sample.event_row]
    if transform == "km":
        values = _probability_before(sample)
    elif transform == "rank":
        values = stats.rankdata(sample.time)[sample.event_row]
    else:
        values = np.log(at_event) if transform == "log" else at_event
    return values - values.mean()


def _probability_before(sample: CoxSample) -> np.ndarray:
    """Return 1 - S(t-) of all rows, strata pooled, at the time of each event."""
    n = len(sample.time)
    pooled = prepare_sample(
        np.ones((n, 1)), sample.time, sample.event, entry=sample.entry, stratum=None, ties=sample.ties
    )
    before = np.concatenate([[1.0], np.cumprod(1 - np.bincount(pooled.tie) / pooled.at_risk(np.ones(n)))])
    event_times = np.unique(pooled.time[pooled.event_row])
    return 1 - before[np.searchsorted(event_times, sample.time[sample.event_row])]


def _score_of_products(fit: CoxFit, g: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the score of the products with g at the fitted model, and its covariance given the coefficients."""
    sample, at = fit.sample, fit.likelihood
    gradient = g @ sample.columns[sample.event_row] - at.mean.sum(g)
    cross, own = (sum_variances(sample, at.risk, at.total, at.mean, weight) for weight in (g, g**2))
    return gradient, own - cross @ np.linalg.solve(at.information, cross)


def _chi_squared(fit: CoxFit, gradient: np.ndarray, variance: np.ndarray, columns: np.ndarray, method: str) -> Result:
    part, df = variance[np.ix_(columns, columns)], int(columns.sum())
    if df == 0 or np.linalg.matrix_rank(part, tol=1e-10 * max(1.0, np.abs(part).max()), hermitian=True) < df:
        return Result(n=fit.n, n_event=fit.n_event, method=method, note="not estimable: too few events")
    statistic = gradient[columns] @ np.linalg.solve(part, gradient[columns])
    return chi_squared_result(statistic, df, method=method, n=fit.n, n_event=fit.n_event)
