"""By how much the concordance of a Cox model is too good in the patients that it was fitted to: the bootstrap."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from cartcohort.estimate.concordance import METHOD, concordance_result
from cartcohort.estimate.cox_sample import CoxSample, prepare_sample
from cartcohort.estimate.design import encode_covariates, select_rows
from cartcohort.estimate.inputs import require, require_choice, require_level
from cartcohort.estimate.many_fits import maximise_each
from cartcohort.estimate.pair_counts import count_pairs
from cartcohort.estimate.partial_likelihood import evaluate, find_independent, maximise
from cartcohort.estimate.pattern_table import PatternTable, make_table
from cartcohort.estimate.results import Result
from cartcohort.estimate.tails import normal_margin


@dataclass(frozen=True)
class CorrectedConcordance:
    """The concordance to be expected in new patients, and the mean optimism by which that of the same ones is off."""

    corrected: Result
    optimism: Result


@dataclass(frozen=True, eq=False)
class _Rows:
    """The complete rows of a model, and how samples of them are fitted."""

    X: np.ndarray
    time: np.ndarray
    event: np.ndarray
    stratum: np.ndarray
    ties: str

    def sample(self, drawn: np.ndarray) -> CoxSample:
        """Return the rows at these positions as a sample of their own."""
        time, event, stratum = self.time[drawn], self.event[drawn], self.stratum[drawn]
        return prepare_sample(self.X[drawn], time, event, entry=None, stratum=stratum, ties=self.ties)


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
    require_level(conf_level)
    kept = select_rows(time, event, covariates, strata=strata)
    n, n_event = len(kept.time), int(kept.event.sum())
    stratum = np.zeros(n, dtype=int) if kept.stratum is None else kept.stratum
    rows = _Rows(encode_covariates(kept.covariates).X, kept.time, kept.event, stratum, ties)
    how = f"{samples} bootstrap samples, seed {seed}"
    base = Result(n=n, n_event=n_event, unit="concordance", method=f"{METHOD}, less its optimism in {how}")
    whole = rows.sample(np.arange(n)) if n_event else None
    direction = None if whole is None else _fit_direction(whole)
    if direction is None:
        return _not_corrected(base, "not estimable: no model can be fitted")
    optimism = np.concatenate(list(_optimisms(rows, whole, samples, np.random.default_rng(seed))))
    found = optimism[~np.isnan(optimism)]
    if not len(found):
        return _not_corrected(base, "not estimable: no bootstrap sample gave a model")
    pairs = count_pairs(whole, whole.columns @ (direction * whole.scale))
    apparent = concordance_result(pairs, conf_level, n=n, n_event=n_event)
    lost = f"{samples - len(found)} of {samples} bootstrap samples gave no model" if len(found) < samples else ""
    return _correct(replace(base, conf_level=conf_level, note=lost), apparent, found, how)


def _not_corrected(base: Result, note: str) -> CorrectedConcordance:
    return CorrectedConcordance(replace(base, note=note), replace(base, note=note))


def _correct(base: Result, apparent: Result, optimism: np.ndarray, how: str) -> CorrectedConcordance:
    mean, z = optimism.mean(), normal_margin(base.conf_level)
    margin = z * optimism.std(ddof=1) / np.sqrt(len(optimism)) if len(optimism) > 1 else np.nan
    moved = {field: getattr(apparent, field) - mean for field in ("estimate", "conf_low", "conf_high")}
    return CorrectedConcordance(
        corrected=replace(
            base,
            **{field: min(max(value, 0.0), 1.0) for field, value in moved.items()},
            method=f"{base.method}, jackknife limits moved by it",
        ),
        optimism=replace(
            base,
            estimate=mean,
            conf_low=mean - margin,
            conf_high=mean + margin,
            method=f"mean optimism of Harrell's concordance in {how}, limits for their number",
        ),
    )


def _optimisms(rows: _Rows, whole: CoxSample, samples: int, generator: np.random.Generator) -> Iterator[np.ndarray]:
    """Iterate over the optimism of each bootstrap sample in blocks; NaN where no model can be fitted to it."""
    n = len(rows.time)
    table = make_table(rows.X, rows.time, rows.event, rows.stratum)
    if table.is_small:
        yield from _in_table(table, rows, whole, samples, generator)
        return
    for _ in range(samples):
        yield np.array([_optimism_of(rows.sample(generator.integers(n, size=n)), whole)])


def _in_table(
    table: PatternTable, rows: _Rows, whole: CoxSample, samples: int, generator: np.random.Generator
) -> Iterator[np.ndarray]:
    everybody = table.count(np.arange(len(rows.time))[None, :])
    pairs = everybody.pairs()
    for drawn, counts in table.bootstrap(samples, generator):
        coefficient, fitted = maximise_each(counts, rows.ties)
        score = coefficient @ table.columns.T
        own = _share_concordant(counts.pairs(), counts.rows, score)
        optimism = own - _share_concordant(pairs, everybody.rows, score)
        for alone in np.flatnonzero(~fitted):
            optimism[alone] = _optimism_of(rows.sample(drawn[alone]), whole)
        yield optimism


def _share_concordant(pairs: np.ndarray, rows: np.ndarray, score: np.ndarray) -> np.ndarray:
    """Return the concordance of scores by pattern, (m, P), from pairs of patterns, (m, P, P), and rows, (m, P)."""
    n = rows.sum(axis=1, keepdims=True)
    centred = score - (rows * score).sum(axis=1, keepdims=True) / n
    spread = np.sqrt((rows * centred**2).sum(axis=1, keepdims=True) / n)
    # Scores that differ by round-off only are tied.
    rank = np.where(spread > 0, np.round(centred / np.where(spread > 0, spread, 1.0), 9), 0.0)
    order = np.sign(rank[:, :, None] - rank[:, None, :])
    total = pairs.sum(axis=(1, 2))
    with np.errstate(invalid="ignore"):
        return (total + (pairs * order).sum(axis=(1, 2))) / (2 * total)


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
