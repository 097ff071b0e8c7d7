"""Regression of the cumulative incidence of one cause: the proportional subdistribution hazards model."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from cartcohort.estimate.competing_data import CAUSE, check_competing
from cartcohort.estimate.design import Design, encode_covariates, select_rows
from cartcohort.estimate.inputs import require_level
from cartcohort.estimate.models import FineGrayFit, chi_squared_result, wald_columns, wald_statistic
from cartcohort.estimate.partial_likelihood import find_independent
from cartcohort.estimate.results import Result
from cartcohort.estimate.subdistribution import (
    PseudoMaximum,
    SubdistributionSample,
    evaluate_pseudo,
    maximise_pseudo,
    prepare_subdistribution,
    sandwich,
)

_UNIT = "subdistribution hazard ratio"
# Columns have standard deviation 1: a variance below this is round-off of 0, as where all events fall on one time.
_NO_VARIANCE = 1e-14
_METHOD = "Fine-Gray model, Breslow ties, sandwich variance, Wald limits"


def fit_fine_gray(
    time: Sequence[float],
    event_type: Sequence[str],
    covariates: pd.DataFrame,
    *,
    cause: str,
    conf_level: float = 0.95,
) -> FineGrayFit:
    """Fit a Fine-Gray model of one cause in the presence of others.

    A ratio above 1 means a higher cumulative incidence of the cause; it mixes the effect on the cause with the effect
    on the competing causes, so that a cause-specific Cox model belongs beside it.

    Parameters
    ----------
    time : array_like, shape (n,)
        Time to the first event of any cause, or to the end of follow-up; any unit.
    event_type : Categorical or array_like of str, shape (n,)
        "censored", or the name of the cause.
    covariates : DataFrame, n rows
        Categorical columns are coded against their first level, numeric ones enter per unit. Rows are taken in order;
        the index does not matter. Rows with a missing value are left out.
    cause : str
        The cause of interest.
    conf_level : float
        Level of the limits.

    Returns
    -------
    FineGrayFit
        `likelihood_ratio` is that of the pseudo likelihood. A term that separates the events has no finite estimate:
        NaN with the note "separation: ...". Without events of the cause, or patients, all terms are NaN.

    Raises
    ------
    EstimationError
        If lengths differ, a time is negative or missing, or an event type is missing.

    Notes
    -----
    Agrees with `crr` of R's cmprsk, also under ties: at a shared time events come before censorings. The censoring
    distribution is one for all patients, and the variance allows for its being estimated.
    Fine and Gray, J Am Stat Assoc 1999; 94:496-509.
    """
    require_level(conf_level)
    time, code = check_competing(time, event_type, cause=cause)
    rows = select_rows(time, code == CAUSE, covariates)
    code = code[rows.kept]
    design = encode_covariates(rows.covariates)
    counts = {"n": len(rows.time), "n_event": int(rows.event.sum()), "n_dropped": int(np.sum(~rows.kept))}
    if not rows.event.any() or not design.terms:
        return _empty_fit(design, counts, cause=cause, conf_level=conf_level)
    return _fit_sample(
        prepare_subdistribution(design.X, rows.time, code), design, counts, cause=cause, conf_level=conf_level
    )


def _fit_sample(
    sample: SubdistributionSample, design: Design, counts: dict, *, cause: str, conf_level: float
) -> FineGrayFit:
    null = evaluate_pseudo(sample, np.zeros(len(design.terms)))
    fitted = find_independent(null.information)
    if not fitted.any():
        return _empty_fit(design, counts, cause=cause, conf_level=conf_level)
    sample = sample.keep_columns(fitted)
    maximum = maximise_pseudo(sample)
    coefficient, covariance, invariant = _unscaled(sample, maximum, fitted)
    wald = wald_columns(coefficient, covariance, conf_level=conf_level)
    likelihood_ratio, overall_wald = _global_tests(
        2 * (maximum.likelihood.value - null.value),
        coefficient[fitted],
        covariance[np.ix_(fitted, fitted)],
        counts,
        lacking="no variance" if invariant.any() else "separation",
    )
    separated = fitted & np.isnan(coefficient) & ~invariant
    return FineGrayFit(
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
        **counts,
        log_likelihood=maximum.likelihood.value,
        log_likelihood_null=null.value,
        likelihood_ratio=likelihood_ratio,
        wald=overall_wald,
        unit=_UNIT,
        method=_METHOD,
        note=_fit_note(design, separated, maximum),
        term_notes=_term_notes(design, fitted, separated, invariant),
        cause=cause,
    )


def _unscaled(
    sample: SubdistributionSample, maximum: PseudoMaximum, fitted: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return coefficients and covariance of all terms on the covariates' own scale, and which have no variance.

    They are NaN where the coefficient is not finite or the sandwich leaves it no variance.
    """
    k, finite = len(fitted), ~maximum.diverging
    coefficient, covariance, invariant = np.full(k, np.nan), np.full((k, k), np.nan), np.zeros(k, dtype=bool)
    if not maximum.converged or not finite.any():
        return coefficient, covariance, invariant
    position, scale = np.flatnonzero(fitted)[finite], sample.scale[finite]
    likelihood = maximum.likelihood
    coefficient[position] = likelihood.coefficient[finite] / scale
    # In the limit a diverging coefficient has no information and takes no part in the others' covariance.
    inside = sandwich(sample, likelihood, finite)
    covariance[np.ix_(position, position)] = inside / np.outer(scale, scale)
    invariant[position] = np.diag(inside) < _NO_VARIANCE
    coefficient[invariant] = covariance[invariant] = covariance[:, invariant] = np.nan
    return coefficient, covariance, invariant


def _global_tests(
    ratio: float, coefficient: np.ndarray, covariance: np.ndarray, counts: dict, *, lacking: str
) -> tuple[Result, Result]:
    df, known = len(coefficient), {"n": counts["n"], "n_event": counts["n_event"]}
    wald = wald_statistic(coefficient, covariance)
    note = f"not estimable: {lacking}" if np.isnan(wald) else ""
    return (
        chi_squared_result(ratio, df, method="likelihood-ratio test of the pseudo likelihood", **known),
        chi_squared_result(wald, df, method="Wald test, sandwich variance", **known, note=note),
    )


def _empty_fit(design: Design, counts: dict, *, cause: str, conf_level: float) -> FineGrayFit:
    k = len(design.terms)
    if not counts["n"]:
        reason = "not estimable: no patients"
    elif not counts["n_event"]:
        reason = "not estimable: no event of this cause"
    else:
        reason = "not estimable: nothing to compare among those at risk" if k else "not estimable: no covariate"
    unknown = np.full(k, np.nan)
    test = Result(n=counts["n"], n_event=counts["n_event"], method=_METHOD, note=reason)
    return FineGrayFit(
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
        **counts,
        likelihood_ratio=test,
        wald=test,
        unit=_UNIT,
        method=_METHOD,
        note="; ".join(part for part in (reason, design.note) if part),
        term_notes=tuple(note or reason for note in design.term_notes),
        cause=cause,
    )


def _fit_note(design: Design, separated: np.ndarray, maximum: PseudoMaximum) -> str:
    names = [term for term, diverges in zip(design.terms, separated, strict=True) if diverges]
    separation = f"separation: no finite estimate for {', '.join(names)}" if names else ""
    if not maximum.converged:
        separation = "not estimable: the search for the maximum did not converge"
    return "; ".join(part for part in (separation, design.note) if part)


def _term_notes(design: Design, fitted: np.ndarray, separated: np.ndarray, invariant: np.ndarray) -> tuple[str, ...]:
    notes = []
    for note, is_fitted, diverges, same in zip(design.term_notes, fitted, separated, invariant, strict=True):
        if diverges:
            note = "separation: no finite estimate"
        elif same:
            note = "not estimable: no variance, as where all events fall on one time"
        elif not is_fitted:
            note = note or "not estimable: determined by the other covariates, or the same in all at risk"
        notes.append(note)
    return tuple(notes)
