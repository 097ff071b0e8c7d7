"""Concordance: how often the patient with the higher predicted risk has the event first, and its optimism.

lifelines has the index but neither its standard error nor strata nor late entry. Agrees with R's `concordance`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from cartcohort.estimate.cox_sample import CoxSample, prepare_sample
from cartcohort.estimate.design import encode_covariates, select_rows
from cartcohort.estimate.inputs import as_floats, require, require_choice, require_equal_lengths, require_level
from cartcohort.estimate.models import CoxFit
from cartcohort.estimate.pair_counts import PairCounts, count_pairs
from cartcohort.estimate.partial_likelihood import evaluate, find_independent, maximise
from cartcohort.estimate.results import Result
from cartcohort.estimate.tails import normal_margin

_METHOD = "Harrell's concordance"
# A log hazard ratio, per standard deviation of its column, of a maximum at 0.
_ROUND_OFF = 1e-12
_NO_PAIRS = "not estimable: no two patients can be compared"


def estimate_concordance(
    time: Sequence[float],
    event: Sequence[bool],
    score: Sequence[float],
    *,
    strata: Sequence | None = None,
    entry: Sequence[float] | None = None,
    conf_level: float = 0.95,
) -> Result:
    """Estimate Harrell's concordance of a score, higher meaning earlier events.

    Parameters
    ----------
    time, event : array_like, shape (n,)
        Follow-up time and whether the event occurred then.
    score : array_like, shape (n,)
        Predicted risk, such as a linear predictor; rows without one are left out.
    strata, entry : array_like, shape (n,), optional
        Only rows of the same stratum that are at risk together are compared.
    conf_level : float
        Level of the limits, estimate plus or minus z standard errors, cut at 0 and 1.

    Returns
    -------
    Result
        0.5 is chance, 1 perfect order. Without an estimate where no two rows can be compared.

    Notes
    -----
    A pair is comparable if one had the event while the other was still at risk, censorings at that time included.
    Pairs tied in the score count half. Infinitesimal jackknife variance, as R's `concordance`. Harrell et al., JAMA
    1982; 247:2543-2546.
    """
    score = as_floats(score)
    require_equal_lengths(time=time, score=score)
    rows = select_rows(time, event, pd.DataFrame({"score": score}), strata=strata, entry=entry)
    require_level(conf_level)
    if not rows.event.any():
        return Result(n=len(rows.time), n_event=0, method=_METHOD, note=_NO_PAIRS)
    values = rows.covariates[["score"]].to_numpy()
    sample = prepare_sample(values, rows.time, rows.event, entry=rows.entry, stratum=rows.stratum, ties="breslow")
    pairs = count_pairs(sample, sample.columns[:, 0])
    return _result(pairs, conf_level, n=len(rows.time), n_event=int(rows.event.sum()))


def estimate_fit_concordance(fit: CoxFit, *, conf_level: float = 0.95) -> Result:
    """Estimate the concordance of a Cox model in the patients it was fitted to (see `correct_optimism`).

    Returns
    -------
    Result
        As for `estimate_concordance`; without an estimate where nothing was fitted.
    """
    require_level(conf_level)
    if fit.sample is None:
        return Result(n=fit.n, n_event=fit.n_event, method=_METHOD, note=fit.note)
    # What round-off leaves of a coefficient of 0 must not rank the patients.
    coefficient = fit.likelihood.coefficient
    ranking = np.where(np.abs(coefficient) > _ROUND_OFF, coefficient, 0.0)
    pairs = count_pairs(fit.sample, fit.sample.columns @ ranking)
    return _result(pairs, conf_level, n=fit.n, n_event=fit.n_event)


@dataclass(frozen=True)
class CorrectedConcordance:
    """The concordance to be expected in new patients, and the mean optimism by which that of the same ones is off."""

    corrected: Result
    optimism: Result


def correct_optimism(
    time: Sequence[float],
    event: Sequence[bool],
    covariates: pd.DataFrame,
    *,
    samples: int,
    seed: int,
    ties: str = "efron",
    strata: Sequence | None = None,
    conf_level: float = 0.95,
) -> CorrectedConcordance:
    """Estimate the concordance that a Cox model would have in new patients.

    Parameters
    ----------
    time, event, covariates, ties, strata
        As for `fit_cox`.
    samples : int
        Bootstrap samples; those in which no model can be fitted do not count.
    seed : int
        Seed of the resampling.
    conf_level : float
        Level of the limits.

    Returns
    -------
    CorrectedConcordance
        `corrected` is the concordance in the patients themselves less its mean optimism: what a model fitted to
        resampled patients reaches among these, less what it reaches among the original ones. Its limits are those of
        the concordance in the patients themselves, moved by the optimism; they leave out that the optimism is itself
        estimated, and cover somewhat less than their level in small samples. `optimism` is that mean, with limits
        for the number of samples alone.

    Notes
    -----
    Harrell, Lee and Mark, Stat Med 1996; 15:361-387. Location-shifted limits: Noma, Shinozaki, Iba, Teramukai and
    Furukawa, Stat Med 2021; 40:5691-5701.
    """
    require_choice("ties", ties, ("efron", "breslow"))
    require(samples >= 1, "`samples` must be at least 1.")
    rows = select_rows(time, event, covariates, strata=strata)
    n, n_event = len(rows.time), int(rows.event.sum())
    X, stratum = encode_covariates(rows.covariates).X, rows.stratum
    stratum = np.zeros(n, dtype=int) if stratum is None else stratum

    def sample_of(drawn: np.ndarray) -> CoxSample:
        time, event = rows.time[drawn], rows.event[drawn]
        return prepare_sample(X[drawn], time, event, entry=None, stratum=stratum[drawn], ties=ties)

    require_level(conf_level)
    how = f"{samples} bootstrap samples, seed {seed}"
    base = Result(n=n, n_event=n_event, unit="concordance", method=f"{_METHOD}, less its optimism in {how}")
    whole = sample_of(np.arange(n)) if n_event else None
    direction = None if whole is None else _fit_direction(whole)
    if direction is None:
        return _not_corrected(base, "not estimable: no model can be fitted")
    generator = np.random.default_rng(seed)
    drawn = (sample_of(generator.integers(n, size=n)) for _ in range(samples))
    optimism = np.array([_optimism_of(sample, whole) for sample in drawn])
    kept = optimism[~np.isnan(optimism)]
    if not len(kept):
        return _not_corrected(base, "not estimable: no bootstrap sample gave a model")
    apparent = _result(
        count_pairs(whole, whole.columns @ (direction * whole.scale)), conf_level, n=n, n_event=n_event
    )
    lost = f"{samples - len(kept)} of {samples} bootstrap samples gave no model" if len(kept) < samples else ""
    mean, z = kept.mean(), normal_margin(conf_level)
    margin = z * kept.std(ddof=1) / np.sqrt(len(kept)) if len(kept) > 1 else np.nan
    moved = {field: getattr(apparent, field) - mean for field in ("estimate", "conf_low", "conf_high")}
    return CorrectedConcordance(
        corrected=replace(
            base,
            **{field: min(max(value, 0.0), 1.0) for field, value in moved.items()},
            conf_level=conf_level,
            method=f"{base.method}, jackknife limits moved by it",
            note=lost,
        ),
        optimism=replace(
            base,
            estimate=mean,
            conf_low=mean - margin,
            conf_high=mean + margin,
            conf_level=conf_level,
            method=f"mean optimism of Harrell's concordance in {how}, limits for their number",
            note=lost,
        ),
    )


def _not_corrected(base: Result, note: str) -> CorrectedConcordance:
    return CorrectedConcordance(replace(base, note=note), replace(base, note=note))


def _optimism_of(resampled: CoxSample, whole: CoxSample) -> float:
    direction = _fit_direction(resampled)
    if direction is None:
        return np.nan
    return _concordance_in(resampled, direction) - _concordance_in(whole, direction)


def _fit_direction(sample: CoxSample) -> np.ndarray | None:
    """Return fitted coefficients on the covariates' own scale, large where infinite; None where there are none."""
    k = sample.columns.shape[1]
    if not sample.event.any() or not k:
        return None
    null = evaluate(sample, np.zeros(k))
    fitted = find_independent(null.information)
    if not fitted.any():
        return None
    kept, coefficient = sample.keep_columns(fitted), np.zeros(k)
    start = null if fitted.all() else evaluate(kept, coefficient[fitted])
    coefficient[fitted] = maximise(kept, start).likelihood.coefficient
    return coefficient / sample.scale


def _concordance_in(sample: CoxSample, coefficient: np.ndarray) -> float:
    return count_pairs(sample, sample.columns @ (coefficient * sample.scale)).concordance


def _result(pairs: PairCounts, conf_level: float, *, n: int, n_event: int) -> Result:
    z = normal_margin(conf_level)
    estimate, margin = pairs.concordance, z * pairs.std_error
    return Result(
        estimate=estimate,
        conf_low=np.maximum(estimate - margin, 0.0),
        conf_high=np.minimum(estimate + margin, 1.0),
        conf_level=conf_level,
        n=n,
        n_event=n_event,
        unit="concordance",
        method=f"{_METHOD}, jackknife limits",
        note="" if pairs.n_pairs else _NO_PAIRS,
    )
