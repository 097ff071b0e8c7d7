"""Cox and logistic regression with Firth's penalty: finite estimates under separation, less bias with few events.

The fits, penalised likelihood-ratio tests and profile limits are those of firthmodels, which agrees with R's coxphf
and logistf. Columns are centred and scaled for it; that moves neither estimates nor tests.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
import pandas as pd
from firthmodels import FirthCoxPH, FirthLogisticRegression

from cartcohort.estimate.cox_fit import empty_fit
from cartcohort.estimate.cox_sample import CoxSample, prepare_sample
from cartcohort.estimate.design import Design, encode_covariates, select_rows
from cartcohort.estimate.inputs import as_floats, require, require_equal_lengths, require_level
from cartcohort.estimate.models import CoxFit, LogisticFit, chi_squared_result, to_ratio, wald_statistic
from cartcohort.estimate.partial_likelihood import evaluate, find_independent
from cartcohort.estimate.profile_limits import verify_logistic_limits
from cartcohort.estimate.results import Result
from cartcohort.estimate.tails import chi_squared_tail

_COX_METHOD = "Cox model with Firth's penalty, Breslow ties, profile penalised likelihood limits and tests"
_LOGISTIC_METHOD = "logistic model with Firth's penalty, profile penalised likelihood limits and tests"
_SEARCH = {"backend": "numpy", "max_iter": 500, "max_halfstep": 25}
# Each can fail by round-off, the less the looser it is; the last still agrees with R to 1e-6.
_TIGHT, _SAFE, _LOOSE = ({"gtol": gtol, "xtol": 1e-6} for gtol in (1e-9, 1e-6, 1e-4))
_TEST = "penalised likelihood-ratio test"
_Fit = TypeVar("_Fit", CoxFit, LogisticFit)
_Model = FirthCoxPH | FirthLogisticRegression


@dataclass(frozen=True, eq=False)
class _Slopes:
    """What firthmodels found for k slopes, on the scale of the covariates; NaN where it found nothing."""

    coefficient: np.ndarray
    covariance: np.ndarray
    low: np.ndarray
    high: np.ndarray
    chi_squared: np.ndarray


def fit_firth_cox(
    time: Sequence[float], event: Sequence[bool], covariates: pd.DataFrame, *, conf_level: float = 0.95
) -> CoxFit:
    """Fit a Cox model with Firth's penalty.

    Parameters
    ----------
    time, event : array_like, shape (n,)
        Follow-up time and whether the event occurred then.
    covariates : DataFrame, n rows
        As for `fit_cox`; rows with a missing value are left out.
    conf_level : float
        Level of the limits.

    Returns
    -------
    CoxFit
        `statistic` and `p_value` of a term are those of its penalised likelihood-ratio test; `std_error` and
        `covariance` come from the inverse information at the estimate. There is no score test.

    Notes
    -----
    Heinze and Schemper, Biometrics 2001; 57:114-119.
    """
    require_level(conf_level)
    rows = select_rows(time, event, covariates)
    design = encode_covariates(rows.covariates)
    empty = empty_fit(rows, design, ties="breslow", method=_COX_METHOD, conf_level=conf_level)
    if not rows.event.any() or not design.terms:
        return empty
    sample = prepare_sample(design.X, rows.time, rows.event, entry=None, stratum=None, ties="breslow")
    fitted = find_independent(evaluate(sample, np.zeros(len(design.terms))).information)
    if not fitted.any():
        return empty
    sample = sample.keep_columns(fitted)
    model = FirthCoxPH(**_SEARCH)
    if not _search(model, sample.columns, (sample.event, sample.time)):
        return _not_found(empty)
    limits = _profile_limits(model, conf_level)
    information = evaluate(sample, model.coef_).information
    slopes = _unscale(model, limits, np.linalg.inv(information), sample.scale)
    null, full = _penalised(sample, np.zeros(len(model.coef_))), _penalised(sample, model.coef_)
    fit = _with_terms(empty, slopes, fitted, design, 2 * (full - null))
    return replace(fit, log_likelihood=full, log_likelihood_null=null, fitted=fitted)


def fit_firth_logistic(outcome: Sequence[bool], covariates: pd.DataFrame, *, conf_level: float = 0.95) -> LogisticFit:
    """Fit a logistic model with Firth's penalty.

    Parameters
    ----------
    outcome : array_like, shape (n,)
        True (1) or False (0); rows with a missing outcome or covariate are left out.
    covariates : DataFrame, n rows
        As for `fit_cox`.
    conf_level : float
        Level of the limits.

    Returns
    -------
    LogisticFit
        As for `fit_firth_cox`, with odds ratios; `n_event` counts those with the outcome.

    Notes
    -----
    Heinze and Schemper, Stat Med 2002; 21:2409-2419.
    """
    require_level(conf_level)
    outcome = as_floats(outcome)
    require_equal_lengths(outcome=outcome, covariates=covariates)
    kept = ~np.isnan(outcome) & ~covariates.isna().to_numpy(dtype=bool).any(axis=1)
    y = outcome[kept]
    require(bool(np.all(np.isin(y, (0.0, 1.0)))), "Outcomes must be true or false.")
    design = encode_covariates(covariates.loc[kept].reset_index(drop=True))
    empty = _empty_logistic(design, y, n_dropped=int(np.sum(~kept)), conf_level=conf_level)
    if len(np.unique(y)) < 2 or not design.terms:
        return empty
    fitted = find_independent(np.atleast_2d(np.cov(design.X, rowvar=False)))
    if not fitted.any():
        return empty
    X = design.X[:, fitted]
    centre, scale = X.mean(axis=0), X.std(axis=0)
    columns = (X - centre) / scale
    model = FirthLogisticRegression(**_SEARCH)
    if not _search(model, columns, y.astype(int)):
        return _not_found(empty)
    with_constant = np.column_stack([columns, np.ones(len(y))])
    limits = verify_logistic_limits(
        with_constant,
        y,
        np.append(model.coef_, model.intercept_),
        _profile_limits(model, conf_level),
        conf_level=conf_level,
    )
    probability = model.predict_proba(columns)[:, 1]
    information = (with_constant * (probability * (1 - probability))[:, None]).T @ with_constant
    k = columns.shape[1]
    slopes = _unscale(model, limits, np.linalg.inv(information)[:k, :k], scale)
    null, full = _constant_log_likelihood(with_constant, y), float(model.loglik_)
    fit = _with_terms(empty, slopes, fitted, design, 2 * (full - null))
    intercept = float(model.intercept_ - (centre / scale) @ model.coef_)
    # The penalty, half a log determinant, is reported on the covariates' own scale.
    own = float(np.log(scale).sum())
    return replace(fit, log_likelihood=full + own, log_likelihood_null=null + own, intercept=intercept)


def _search(model: _Model, columns: np.ndarray, target: np.ndarray | tuple[np.ndarray, np.ndarray]) -> bool:
    """Fit the model in place and test its slopes; return whether the maximum was found."""
    with warnings.catch_warnings():
        # It warns (scikit-learn's ConvergenceWarning) of what did not converge and stays NaN: a note here.
        warnings.simplefilter("ignore", UserWarning)
        try:
            for criterion in (_TIGHT, _SAFE, _LOOSE):
                model.set_params(**criterion).fit(columns, target)
                if model.converged_:
                    break
            _test_slopes(model, columns.shape[1])
        except np.linalg.LinAlgError:
            return False
    return bool(model.converged_)


def _test_slopes(model: _Model, n_slopes: int) -> None:
    """Test each slope in place; a search that fails from the model's own coefficients starts again from 0."""
    for criterion, warm_start in ((_SAFE, True), (_SAFE, False), (_LOOSE, True), (_LOOSE, False)):
        # Slopes that have a p-value are passed over.
        model.set_params(**criterion).lrt(list(range(n_slopes)), warm_start=warm_start)
    model.set_params(**_SAFE)


def _profile_limits(model: _Model, conf_level: float) -> np.ndarray:
    """Return the profile limits of the slopes, shape (k, 2), NaN where the search for them failed."""
    limits = np.full((len(np.ravel(model.coef_)), 2), np.nan)
    for index in range(len(limits)):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            # Far out the information can become singular.
            with contextlib.suppress(np.linalg.LinAlgError):
                found = model.conf_int(alpha=1 - conf_level, method="pl", features=[index], max_iter=100, tol=1e-8)
                limits[index] = found[index]
    return limits


def _unscale(model: _Model, limits: np.ndarray, covariance: np.ndarray, scale: np.ndarray) -> _Slopes:
    coefficient = model.coef_ / scale
    # firthmodels keeps the standard error with which the Wald test equals the likelihood-ratio test.
    likelihood_ratio_error = model.lrt_bse_[: len(scale)] / scale
    return _Slopes(
        coefficient=coefficient,
        covariance=covariance / np.outer(scale, scale),
        low=to_ratio(limits[:, 0] / scale),
        high=to_ratio(limits[:, 1] / scale),
        chi_squared=(coefficient / likelihood_ratio_error) ** 2,
    )


def _not_found(empty: _Fit) -> _Fit:
    note = "not estimable: the search for the penalised maximum did not converge"
    return replace(empty, note=note, term_notes=tuple(note for _ in empty.terms))


def _penalised(sample: CoxSample, coefficient: np.ndarray) -> float:
    """Return the penalised log partial likelihood on the covariates' own scale."""
    at = evaluate(sample, coefficient)
    return float(at.value + np.linalg.slogdet(at.information)[1] / 2 + np.log(sample.scale).sum())


def _constant_log_likelihood(with_constant: np.ndarray, y: np.ndarray) -> float:
    """Return the largest penalised log likelihood with all slopes 0.

    The fitted probability is then the same for all and has a closed form, because the penalty is that of as many
    half successes and half failures as there are coefficients.
    """
    n, k = with_constant.shape
    p = (y.sum() + k / 2) / (n + k)
    penalty = (k * np.log(p * (1 - p)) + np.linalg.slogdet(with_constant.T @ with_constant)[1]) / 2
    return float(y.sum() * np.log(p) + (n - y.sum()) * np.log(1 - p) + penalty)


def _with_terms(empty: _Fit, slopes: _Slopes, fitted: np.ndarray, design: Design, likelihood_ratio: float) -> _Fit:
    """Fill the estimates of the fitted columns and the global tests into a record without any."""
    covariance = np.full((len(fitted), len(fitted)), np.nan)
    covariance[np.ix_(fitted, fitted)] = slopes.covariance
    chi_squared = _spread(slopes.chi_squared, fitted)
    df, counts = int(fitted.sum()), {"n": empty.n, "n_event": empty.n_event}
    wald = wald_statistic(slopes.coefficient, slopes.covariance)
    return replace(
        empty,
        coefficient=_spread(slopes.coefficient, fitted),
        std_error=_spread(np.sqrt(np.diag(slopes.covariance)), fitted),
        conf_low=_spread(slopes.low, fitted),
        conf_high=_spread(slopes.high, fitted),
        statistic=chi_squared,
        term_df=1,
        p_value=chi_squared_tail(chi_squared, 1),
        covariance=covariance,
        likelihood_ratio=chi_squared_result(likelihood_ratio, df, method=_TEST, **counts),
        wald=chi_squared_result(wald, df, method="Wald test", **counts),
        score=Result(),
        note=design.note,
        term_notes=_term_notes(design, slopes, fitted),
    )


def _spread(values: np.ndarray, fitted: np.ndarray) -> np.ndarray:
    whole = np.full(len(fitted), np.nan)
    whole[fitted] = values
    return whole


def _term_notes(design: Design, slopes: _Slopes, fitted: np.ndarray) -> tuple[str, ...]:
    open_ended = _spread(np.isnan(slopes.low + slopes.high).astype(float), fitted)
    untested = _spread(np.isnan(slopes.chi_squared).astype(float), fitted)
    notes = []
    for note, known, lacking, missing in zip(design.term_notes, fitted, open_ended, untested, strict=True):
        if not known:
            notes.append(note or "not estimable: determined by the other covariates")
        else:
            remarks = ("a profile limit could not be found" * bool(lacking), "no test could be found" * bool(missing))
            notes.append("; ".join(remark for remark in remarks if remark))
    return tuple(notes)


def _empty_logistic(design: Design, y: np.ndarray, *, n_dropped: int, conf_level: float) -> LogisticFit:
    if not len(y):
        reason = "not estimable: no patients"
    elif len(np.unique(y)) < 2:
        reason = "not estimable: the outcome is the same in all"
    else:
        reason = "not estimable: nothing to compare" if design.terms else "not estimable: no covariate"
    k = len(design.terms)
    unknown = np.full(k, np.nan)
    test = Result(n=len(y), n_event=int(y.sum()), method=_LOGISTIC_METHOD, note=reason)
    return LogisticFit(
        terms=design.terms,
        contrasts=design.contrasts,
        coefficient=unknown,
        std_error=unknown,
        conf_low=unknown,
        conf_high=unknown,
        statistic=unknown,
        p_value=unknown,
        covariance=np.full((k, k), np.nan),
        conf_level=conf_level,
        n=len(y),
        n_event=int(y.sum()),
        n_dropped=n_dropped,
        likelihood_ratio=test,
        wald=test,
        score=Result(),
        unit="odds ratio",
        method=_LOGISTIC_METHOD,
        note="; ".join(part for part in (reason, design.note) if part),
        term_notes=tuple(note or reason for note in design.term_notes),
    )
