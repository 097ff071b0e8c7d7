"""Concordance: how often the patient with the higher predicted risk has the event first.

lifelines has the index but neither its standard error nor strata nor late entry. Agrees with R's `concordance`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from cartcohort.estimate.cox_sample import prepare_sample
from cartcohort.estimate.design import select_rows
from cartcohort.estimate.inputs import as_floats, require_equal_lengths, require_level
from cartcohort.estimate.models import CoxFit
from cartcohort.estimate.pair_counts import PairCounts, count_pairs
from cartcohort.estimate.results import Result
from cartcohort.estimate.tails import normal_margin

METHOD = "Harrell's concordance"
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
        return Result(n=len(rows.time), n_event=0, method=METHOD, note=_NO_PAIRS)
    values = rows.covariates[["score"]].to_numpy()
    sample = prepare_sample(values, rows.time, rows.event, entry=rows.entry, stratum=rows.stratum, ties="breslow")
    pairs = count_pairs(sample, sample.columns[:, 0])
    return concordance_result(pairs, conf_level, n=len(rows.time), n_event=int(rows.event.sum()))


def estimate_fit_concordance(fit: CoxFit, *, conf_level: float = 0.95) -> Result:
    """Estimate the concordance of a Cox model in the patients it was fitted to (see `optimism.correct_optimism`).

    Returns
    -------
    Result
        As for `estimate_concordance`; without an estimate where nothing was fitted.
    """
    require_level(conf_level)
    if fit.sample is None:
        return Result(n=fit.n, n_event=fit.n_event, method=METHOD, note=fit.note)
    # What round-off leaves of a coefficient of 0 must not rank the patients.
    coefficient = fit.likelihood.coefficient
    ranking = np.where(np.abs(coefficient) > _ROUND_OFF, coefficient, 0.0)
    pairs = count_pairs(fit.sample, fit.sample.columns @ ranking)
    return concordance_result(pairs, conf_level, n=fit.n, n_event=fit.n_event)


def concordance_result(pairs: PairCounts, conf_level: float, *, n: int, n_event: int) -> Result:
    """Return the share of concordant pairs with jackknife limits, cut at 0 and 1."""
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
        method=f"{METHOD}, jackknife limits",
        note="" if pairs.n_pairs else _NO_PAIRS,
    )
