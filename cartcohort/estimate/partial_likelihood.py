"""The Cox partial likelihood: value, score and information, with Efron or Breslow ties, strata and late entry.

Written out once, since the score test, the test of proportional hazards and the detection of separation need its
terms, which lifelines keeps to itself. Cumulative sums over sorted rows: nothing grows with events times rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cartcohort.estimate.cox_sample import BLOCK, CoxSample
from cartcohort.estimate.risk_set_means import RiskSetMeans, find_means

# A step of Newton's method that raises the log likelihood by less than this ends the search.
_GAIN = 1e-12
# Where the likelihood is that flat while a step still moves a linear predictor that much, the estimate is infinite.
_FLAT, _MOVING = 1e-9, 0.1
# exp() of predictors further apart than this could underflow in a risk set; with late entry, where risk sets are
# differences of sums, round-off comes earlier. Small samples (events times rows) are then evaluated row by row.
_WIDEST, _WIDEST_WITH_ENTRY, _MOST_CELLS = 300.0, 10.0, 20_000_000
# A standard error of a whole column's spread beyond this says that there is no information left.
_FAR = 100.0
# Information this small beside the sums whose difference it is, is round-off.
_ROUND_OFF = 1e-14
_MAX_STEPS, _MAX_HALVINGS = 100, 40


@dataclass(frozen=True, eq=False)
class Likelihood:
    """The partial likelihood at one coefficient vector.

    Attributes
    ----------
    coefficient, score : ndarray, shape (k,)
        Where it was evaluated, and the derivative there.
    value : float
        Log partial likelihood.
    risk : ndarray, shape (n,)
        exp(linear predictor), up to a constant.
    total : ndarray, shape (d,)
        Summed risk in the risk set of each event.
    mean : RiskSetMeans
        Weighted means of the columns there.
    information : ndarray, shape (k, k)
        Negative second derivative.
    """

    coefficient: np.ndarray
    value: float
    score: np.ndarray
    risk: np.ndarray
    total: np.ndarray
    mean: RiskSetMeans
    information: np.ndarray


@dataclass(frozen=True, eq=False)
class Maximum:
    """Where the search ended, which coefficients diverge, and whether the value there is the maximum or its limit."""

    likelihood: Likelihood
    diverging: np.ndarray
    converged: bool


def evaluate(sample: CoxSample, coefficient: np.ndarray) -> Likelihood:
    """Evaluate the partial likelihood, its score and information; NaN for risks too far apart in a large sample."""
    columns, rows = sample.columns, sample.event_row
    predictor = columns @ coefficient
    # Only differences within a stratum matter.
    starts = sample.stratum_start
    predictor = predictor - np.repeat(np.maximum.reduceat(predictor, starts), np.diff([*starts, len(predictor)]))
    reach, small = -predictor.min(), len(rows) * len(predictor) <= _MOST_CELLS
    if small and reach > (_WIDEST if sample.entry is None else _WIDEST_WITH_ENTRY):
        return _evaluate_row_by_row(sample, coefficient, predictor)
    if reach > _WIDEST:
        return _unknown(sample, coefficient)
    risk = np.exp(predictor)
    mean, each = find_means(sample, risk), np.ones(len(rows))
    value = float(predictor[rows].sum() - np.log(mean.total).sum())
    score = sample.event.astype(float) @ columns - mean.sum(each)
    information = _subtract(_sum_products(sample, risk, mean.total, each), mean.sum_products(each))
    return Likelihood(coefficient, value, score, risk, mean.total, mean, information)


def _evaluate_row_by_row(sample: CoxSample, coefficient: np.ndarray, predictor: np.ndarray) -> Likelihood:
    """Evaluate with each risk set scaled by its own largest member.

    Hardly a sample comes here that is not on its way to an infinite estimate.
    """
    columns, rows, tie = sample.columns, sample.event_row, sample.tie
    at_risk = (sample.hazard_from <= tie[:, None]) & (tie[:, None] < sample.hazard_to)
    tied = at_risk & sample.event & (sample.hazard_to == tie[:, None] + 1)
    exponent = np.where(at_risk, predictor, -np.inf)
    largest = exponent.max(axis=1, keepdims=True)
    weight = np.exp(exponent - largest) * (1 - sample.fraction[:, None] * tied)
    total = weight.sum(axis=1)
    share = weight / total[:, None]
    each = np.ones(len(rows))
    # Sums of risk can be too small for their squares here: the means themselves stand for them.
    mean = RiskSetMeans(share @ columns, np.zeros_like(columns[rows]), np.arange(len(rows)), each, each)
    return Likelihood(
        coefficient=coefficient,
        value=float((predictor[rows] - largest[:, 0] - np.log(total)).sum()),
        score=columns[rows].sum(axis=0) - mean.sum(each),
        risk=np.exp(predictor),
        total=total * np.exp(largest[:, 0]),
        mean=mean,
        information=_subtract((columns * share.sum(axis=0)[:, None]).T @ columns, mean.sum_products(each)),
    )


def _unknown(sample: CoxSample, coefficient: np.ndarray) -> Likelihood:
    d, k = len(sample.event_row), len(coefficient)
    total, mean = np.full(d, np.nan), np.full((d, k), np.nan)
    means = RiskSetMeans(mean, mean, np.arange(d), total, total)
    risk = np.full(len(sample.time), np.nan)
    return Likelihood(coefficient, np.nan, np.full(k, np.nan), risk, total, means, np.full((k, k), np.nan))


def sum_variances(
    sample: CoxSample, risk: np.ndarray, total: np.ndarray, mean: RiskSetMeans, weight: np.ndarray
) -> np.ndarray:
    """Sum weight times the covariance of the columns in the risk set, over the events."""
    return _sum_products(sample, risk, total, weight) - mean.sum_products(weight)


def _sum_products(sample: CoxSample, risk: np.ndarray, total: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Sum weight times the mean product of each two columns in the risk set, over the events.

    The sum over events and rows at risk is taken the other way round: a row counts with its risk times the hazard
    that passed while it was at risk. That leaves a single product of matrices.
    """
    tie, rows, m = sample.tie, sample.event_row, sample.n_times
    tied = np.bincount(tie, weights=weight * sample.fraction / total, minlength=m)
    share = risk * sample.while_at_risk(np.bincount(tie, weights=weight / total, minlength=m))
    share[rows] -= risk[rows] * tied[tie]
    blocks = (slice(start, start + BLOCK) for start in range(0, len(share), BLOCK))
    return sum((sample.columns[rows] * share[rows, None]).T @ sample.columns[rows] for rows in blocks)


def _subtract(products: np.ndarray, of_means: np.ndarray) -> np.ndarray:
    """Return the difference, 0 for a column where only round-off is left: one that varies in no risk set."""
    difference = products - of_means
    known = np.diag(difference) > _ROUND_OFF * np.diag(of_means)
    return difference * np.outer(known, known)


def find_independent(information: np.ndarray) -> np.ndarray:
    """Return the mask of columns that are not determined by those before them (R's singular columns left out)."""
    kept: list[int] = []
    largest = np.max(np.diag(information), initial=0.0)
    for j, own in enumerate(np.diag(information)):
        cross = information[j, kept]
        left = own - cross @ np.linalg.solve(information[np.ix_(kept, kept)], cross) if kept else own
        if own > 1e-12 * largest and left > 1e-9 * own:
            kept.append(j)
    mask = np.zeros(len(information), dtype=bool)
    mask[kept] = True
    return mask


def maximise(sample: CoxSample, start: Likelihood) -> Maximum:
    """Maximise the partial likelihood by Newton's method with step halving.

    Where the likelihood is monotone in some direction it has no maximum: the steps keep their length while the gain
    vanishes. The coefficients that take part in such a step are reported as diverging; the others, the likelihood and
    hence the likelihood-ratio test have reached their limits by then.
    """
    spread, here = np.ptp(sample.columns, axis=0), start
    for _ in range(_MAX_STEPS):
        step = _solve(here.information, here.score)
        gain, moves = float(here.score @ step), np.abs(step) * spread
        there = _advance(sample, here, step)
        if there is None:
            break
        here = there
        # A long step can take a coefficient at once to where nothing is left to learn about it.
        lost = np.diag(here.information) <= 0
        if gain < _FLAT and np.any(moves > _MOVING):
            return Maximum(here, _without_information(here, lost | (moves > 1e-3 * moves.max()), spread), True)
        if gain < _GAIN:
            return Maximum(here, lost, True)
    return Maximum(here, np.ones(len(spread), dtype=bool), False)


def _without_information(here: Likelihood, diverging: np.ndarray, spread: np.ndarray) -> np.ndarray:
    """Add to the diverging coefficients those about which nothing is left to learn (perfectly ordered events)."""
    finite = np.flatnonzero(~diverging)
    variance = np.diag(np.linalg.pinv(here.information[np.ix_(finite, finite)], hermitian=True))
    unknown = (variance <= 0) | (np.sqrt(np.abs(variance)) * spread[finite] > _FAR)
    return diverging | np.isin(np.arange(len(diverging)), finite[unknown])


def _solve(information: np.ndarray, score: np.ndarray) -> np.ndarray:
    try:
        return np.linalg.solve(information, score)
    except np.linalg.LinAlgError:
        return np.linalg.lstsq(information, score, rcond=None)[0]


def _advance(sample: CoxSample, here: Likelihood, step: np.ndarray) -> Likelihood | None:
    """Go along the step, shortened until the likelihood does not fall; None where it cannot be evaluated."""
    slack = 1e-10 * (1 + abs(here.value))
    for _ in range(_MAX_HALVINGS):
        there = evaluate(sample, here.coefficient + step)
        if np.isfinite(there.value) and there.value >= here.value - slack:
            return there
        step = step / 2
    return None
