"""From prepared rows to the record of a Cox model: maximum, tests, and notes on what has no finite estimate."""

from __future__ import annotations

import numpy as np

from cartcohort.estimate.cox_sample import CoxSample
from cartcohort.estimate.design import Design, SurvivalRows
from cartcohort.estimate.models import CoxFit, chi_squared_result, wald_columns, wald_statistic
from cartcohort.estimate.partial_likelihood import Likelihood, Maximum, evaluate, find_independent, maximise
from cartcohort.estimate.results import Result


def fit_sample(sample: CoxSample, design: Design, rows: SurvivalRows, *, method: str, conf_level: float) -> CoxFit:
    """Fit the model of a prepared sample with at least one event and one term.

    Columns that carry no information, or are determined by those before them, are left out of the fit and have no
    estimate, as in R.
    """
    null = evaluate(sample, np.zeros(len(design.terms)))
    fitted = find_independent(null.information)
    if not fitted.any():
        return empty_fit(rows, design, ties=sample.ties, method=method, conf_level=conf_level)
    start = null
    if not fitted.all():
        sample = sample.keep_columns(fitted)
        start = evaluate(sample, np.zeros(int(fitted.sum())))
    maximum = maximise(sample, start)
    coefficient, covariance = _unscaled(sample, maximum, fitted)
    separated = fitted & np.isnan(coefficient)
    wald = wald_columns(coefficient, covariance, conf_level=conf_level)
    likelihood_ratio, overall_wald, score = _global_tests(null, maximum, fitted, rows, coefficient, covariance)
    return CoxFit(
        terms=design.terms,
        contrasts=design.contrasts,
        coefficient=coefficient,
        std_error=wald.std_error,
        conf_low=wald.conf_low,
        conf_high=wald.conf_high,
        statistic=wald.statistic,
        p_value=wald.p_value,
        covariance=covariance,
        conf_level=conf_level,
        n=len(rows.time),
        n_event=int(rows.event.sum()),
        n_dropped=rows.n_dropped,
        log_likelihood=maximum.likelihood.value,
        log_likelihood_null=null.value,
        likelihood_ratio=likelihood_ratio,
        wald=overall_wald,
        score=score,
        unit="hazard ratio",
        method=method,
        note=_fit_note(design, separated),
        term_notes=_term_notes(design, fitted, separated, rows.event),
        ties=sample.ties,
        covariates=design.covariates,
        fitted=fitted,
        separated=separated,
        sample=sample,
        likelihood=maximum.likelihood,
    )


def empty_fit(rows: SurvivalRows, design: Design, *, ties: str, method: str, conf_level: float) -> CoxFit:
    """Return the record of a model that cannot be fitted, with the reason in its notes."""
    k, n_event = len(design.terms), int(rows.event.sum())
    if not len(rows.time):
        reason = "not estimable: no patients"
    elif not n_event:
        reason = "not estimable: no events"
    else:
        reason = "not estimable: nothing to compare among those at risk" if k else "not estimable: no covariate"
    unknown = np.full(k, np.nan)
    test = Result(n=len(rows.time), n_event=n_event, method=method, note=reason)
    return CoxFit(
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
        n=len(rows.time),
        n_event=n_event,
        n_dropped=rows.n_dropped,
        likelihood_ratio=test,
        wald=test,
        score=test,
        unit="hazard ratio",
        method=method,
        note="; ".join(part for part in (reason, design.note) if part),
        term_notes=tuple(note or reason for note in design.term_notes),
        ties=ties,
        covariates=design.covariates,
        fitted=np.zeros(k, dtype=bool),
        separated=np.zeros(k, dtype=bool),
    )


def _unscaled(sample: CoxSample, maximum: Maximum, fitted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return coefficients and covariance of all terms on the covariates' own scale, NaN where not finite.

    In the limit the information of a diverging coefficient is 0, and it takes no part in the others' covariance.
    """
    k, finite = len(fitted), ~maximum.diverging
    position, scale = np.flatnonzero(fitted)[finite], sample.scale[finite]
    coefficient, covariance = np.full(k, np.nan), np.full((k, k), np.nan)
    coefficient[position] = maximum.likelihood.coefficient[finite] / scale
    inverse = np.linalg.inv(maximum.likelihood.information[np.ix_(finite, finite)])
    covariance[np.ix_(position, position)] = inverse / np.outer(scale, scale)
    return coefficient, covariance


def _global_tests(
    null: Likelihood,
    maximum: Maximum,
    fitted: np.ndarray,
    rows: SurvivalRows,
    coefficient: np.ndarray,
    covariance: np.ndarray,
) -> tuple[Result, Result, Result]:
    df, n, n_event = int(fitted.sum()), len(rows.time), int(rows.event.sum())
    gradient, information = null.score[fitted], null.information[np.ix_(fitted, fitted)]
    ratio = 2 * (maximum.likelihood.value - null.value) if maximum.converged else np.nan
    wald = wald_statistic(coefficient[fitted], covariance[np.ix_(fitted, fitted)])
    separation = "not estimable: separation"
    return (
        chi_squared_result(
            ratio,
            df,
            method="likelihood-ratio test",
            n=n,
            n_event=n_event,
            note="" if maximum.converged else separation,
        ),
        chi_squared_result(
            wald, df, method="Wald test", n=n, n_event=n_event, note=separation if np.isnan(wald) else ""
        ),
        chi_squared_result(
            gradient @ np.linalg.solve(information, gradient), df, method="score test", n=n, n_event=n_event
        ),
    )


def _fit_note(design: Design, separated: np.ndarray) -> str:
    names = [term for term, diverges in zip(design.terms, separated, strict=True) if diverges]
    separation = f"separation: no finite estimate for {', '.join(names)}" if names else ""
    return "; ".join(part for part in (separation, design.note) if part)


def _term_notes(design: Design, fitted: np.ndarray, separated: np.ndarray, event: np.ndarray) -> tuple[str, ...]:
    notes = []
    for index, note in enumerate(design.term_notes):
        if separated[index]:
            note = f"separation: {_separation_reason(design, index, event)}"
        elif not fitted[index]:
            note = note or "not estimable: determined by the other covariates, or the same in all at risk"
        notes.append(note)
    return tuple(notes)


def _separation_reason(design: Design, index: int, event: np.ndarray) -> str:
    if design.contrasts[index] == "per unit":
        return "the values order the events perfectly"
    levels = [j for j, name in enumerate(design.covariates) if name == design.covariates[index]]
    if not event[design.X[:, index] == 1].any():
        return "no events at this level"
    if not event[design.X[:, levels].sum(axis=1) == 0].any():
        return "no events at the reference level"
    return "the events of this level do not overlap with those of the others"
