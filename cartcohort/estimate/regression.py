"""Cox proportional hazards models, also with late entry and with a state that patients enter during follow-up.

Newton's method on the partial likelihood, from zero: the likelihood is concave, so where it has a maximum any start
leads there, and where it has none (separation) the steps keep their length while the gain vanishes, which tells it.
Value, score and information at the end give the tests. No other program is asked for a start: one made for finding a
maximum gives up, or stops somewhere, exactly where the answer is that there is none. All agree with R's `coxph`, and
with lifelines where that has the model (Efron ties, right censoring).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from cartcohort.estimate.cox_fit import empty_fit, fit_sample
from cartcohort.estimate.cox_sample import prepare_sample
from cartcohort.estimate.design import SurvivalRows, encode_covariates, select_rows
from cartcohort.estimate.inputs import as_floats, require, require_choice, require_equal_lengths, require_level
from cartcohort.estimate.models import CoxFit


def fit_cox(
    time: Sequence[float],
    event: Sequence[bool],
    covariates: pd.DataFrame,
    *,
    ties: str = "efron",
    strata: Sequence | None = None,
    entry: Sequence[float] | None = None,
    conf_level: float = 0.95,
) -> CoxFit:
    """Fit a Cox model.

    Parameters
    ----------
    time, event : array_like, shape (n,)
        Follow-up time (the end of the interval, with `entry`) and whether the event occurred then.
    covariates : DataFrame, n rows
        Categorical columns are coded against their first level, numeric ones enter per unit. Rows are taken in order;
        the index does not matter. Rows with a missing value are left out.
    ties : str
        "efron" or "breslow".
    strata : array_like, shape (n,), optional
        Each stratum has its own baseline hazard.
    entry : array_like, shape (n,), optional
        Start of each row's interval (entry, time]: late entry, or a patient's history in several rows.
    conf_level : float
        Level of the limits.

    Returns
    -------
    CoxFit
        A term that separates the events (none at a level, say) has no finite estimate: NaN with the note
        "separation: ...", while the likelihood-ratio and score tests stay. Without events all terms are NaN.

    Raises
    ------
    EstimationError
        If lengths differ, a time is negative or missing, or an entry does not precede its time.

    Notes
    -----
    Cox, J R Stat Soc B 1972; 34:187-220; Efron, J Am Stat Assoc 1977; 72:557-565.
    """
    require_choice("ties", ties, ("efron", "breslow"))
    require_level(conf_level)
    rows = select_rows(time, event, covariates, strata=strata, entry=entry)
    design = encode_covariates(rows.covariates)
    method = f"Cox model, {ties.capitalize()} ties, Wald limits" + ("" if strata is None else ", stratified")
    if not rows.event.any() or not design.terms:
        return empty_fit(rows, design, ties=ties, method=method, conf_level=conf_level)
    sample = prepare_sample(design.X, rows.time, rows.event, entry=rows.entry, stratum=rows.stratum, ties=ties)
    return fit_sample(sample, design, rows, method=method, conf_level=conf_level)


def fit_time_dependent_cox(
    time: Sequence[float],
    event: Sequence[bool],
    change_time: Sequence[float],
    *,
    name: str = "response",
    covariates: pd.DataFrame | None = None,
    strata: Sequence | None = None,
    entry: Sequence[float] | None = None,
    ties: str = "efron",
    conf_level: float = 0.95,
) -> CoxFit:
    """Fit a Cox model with a state that patients enter during follow-up, such as response.

    Each patient counts as "no" up to and at the change, as "yes" afterwards: time before the change is never credited
    to those who changed.

    Parameters
    ----------
    time, event : array_like, shape (n,)
        Follow-up time and whether the event occurred then.
    change_time : array_like, shape (n,)
        When the state was entered, in the unit of `time`, at least 0; NaN where it was not.
    name : str
        Name of the state; the term is "name/yes".
    covariates : DataFrame, n rows, optional
        Further covariates, fixed at time zero.
    entry : array_like, shape (n,), optional
        When each patient comes under observation, before `time`; from the beginning by default. One who changed by
        then is "yes" throughout.
    strata, ties, conf_level
        As for `fit_cox`.

    Returns
    -------
    CoxFit
        `n` counts patients.

    Notes
    -----
    As R's counting process: the covariate counts from just after the change, so not for an event at that very time.
    """
    no_covariates = pd.DataFrame(index=range(len(time)))
    covariates = no_covariates if covariates is None else covariates.reset_index(drop=True)
    change = as_floats(change_time)
    require_equal_lengths(time=time, change_time=change)
    require(not np.any(change < 0), "A change must not precede time zero.")
    rows = select_rows(time, event, covariates, strata=strata, entry=entry)
    histories = _split_at_change(rows, change[rows.kept])
    fixed = rows.covariates.iloc[histories.patient].reset_index(drop=True)
    fit = fit_cox(
        histories.stop,
        histories.event,
        pd.concat([histories.state.to_frame(name), fixed], axis=1),
        ties=ties,
        strata=None if rows.stratum is None else rows.stratum[histories.patient],
        entry=histories.start,
        conf_level=conf_level,
    )
    return replace(
        fit, n=len(rows.time), n_dropped=rows.n_dropped, method=f"{fit.method}, with a time-dependent covariate"
    )


@dataclass(frozen=True, eq=False)
class _Histories:
    """One row for each patient and state: interval (start, stop], event at its end, state "no" or "yes", patient."""

    start: np.ndarray
    stop: np.ndarray
    event: np.ndarray
    state: pd.Series
    patient: np.ndarray


def _split_at_change(rows: SurvivalRows, change: np.ndarray) -> _Histories:
    # At risk from before time 0, so that an event at time 0 counts.
    begin = np.full(len(rows.time), -1.0) if rows.entry is None else rows.entry
    changed = np.flatnonzero(change < rows.time)
    before = np.flatnonzero(~(change <= begin))
    state = np.repeat(["no", "yes"], [len(before), len(changed)])
    return _Histories(
        start=np.concatenate([begin[before], np.maximum(change, begin)[changed]]),
        stop=np.concatenate([np.fmin(change, rows.time)[before], rows.time[changed]]),
        event=np.concatenate([(rows.event & ~(change < rows.time))[before], rows.event[changed]]),
        state=pd.Series(pd.Categorical(state, categories=["no", "yes"])),
        patient=np.concatenate([before, changed]),
    )
