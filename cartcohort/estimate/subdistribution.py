"""The pseudo likelihood of a Fine-Gray model, as cumulative sums over times: nothing grows with events times rows.

A patient with a competing event stays in the risk sets, with weight G(t-) / G(own time-), where G is the Kaplan-Meier
estimate of not being censored; by it those who stay stand for those whom censoring would have left.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cartcohort.estimate.competing_data import CAUSE, CENSORED, COMPETING, CauseCounts, count_causes, just_before

# A step of Newton's method that raises the log likelihood by less than this ends the search.
_GAIN = 1e-14
# Where the likelihood is that flat while a step still moves a linear predictor that much, the estimate is infinite.
_FLAT, _MOVING = 1e-9, 0.1
_MAX_STEPS, _MAX_HALVINGS = 100, 40


@dataclass(frozen=True, eq=False)
class SubdistributionSample:
    """Rows prepared for the pseudo likelihood.

    Attributes
    ----------
    columns : ndarray, shape (n, p)
        Covariates, centred and scaled to standard deviation 1 (0 throughout where a column does not vary).
    scale : ndarray, shape (p,)
        What each column was divided by.
    code : ndarray, shape (n,)
        CENSORED, CAUSE or COMPETING.
    position : ndarray of int, shape (n,)
        Index of each row's time among the distinct times.
    counts : CauseCounts
        Counts at the distinct times, one group.
    uncensored : ndarray, shape (k,)
        G(t-), the probability of not being censored before each distinct time.
    kept : ndarray, shape (n,)
        1 / G(own time-) for competing events, 0 for all others.
    """

    columns: np.ndarray
    scale: np.ndarray
    code: np.ndarray
    position: np.ndarray
    counts: CauseCounts
    uncensored: np.ndarray
    kept: np.ndarray

    @property
    def n_event(self) -> np.ndarray:
        """Return the events of the cause at each distinct time, shape (k,)."""
        return self.counts.n_event[:, 0]

    def keep_columns(self, columns: np.ndarray) -> SubdistributionSample:
        """Return the same rows with only some of the columns."""
        return SubdistributionSample(
            self.columns[:, columns],
            self.scale[columns],
            self.code,
            self.position,
            self.counts,
            self.uncensored,
            self.kept,
        )

    def sum_rows(self, values: np.ndarray) -> np.ndarray:
        """Sum values, (n,) or (n, p), over the rows that end at each distinct time, (k,) or (k, p)."""
        return sum_by(self.position, values, len(self.counts.time))

    def sum_at_risk(self, values: np.ndarray) -> np.ndarray:
        """Sum weighted values over those at risk at each distinct time."""
        remaining = _from_here(self.sum_rows(values))
        gone = just_before(np.cumsum(self.sum_rows(_times(values, self.kept)), axis=0), start=0.0)
        return remaining + _times(gone, self.uncensored)

    def sum_over_own_time(self, increments: np.ndarray) -> np.ndarray:
        """Sum increments at the distinct times, (k,) or (k, p), with each row's weight there, to (n,) or (n, p)."""
        until = np.cumsum(increments, axis=0)[self.position]
        weighted = _times(increments, self.uncensored)
        later = (_from_here(weighted) - weighted)[self.position]
        return until + _times(later, self.kept)


@dataclass(frozen=True, eq=False)
class PseudoLikelihood:
    """The pseudo likelihood at one coefficient vector.

    Attributes
    ----------
    coefficient, score : ndarray, shape (p,)
        Where it was evaluated, and the derivative there.
    value : float
        Log pseudo likelihood (Breslow ties).
    risk : ndarray, shape (n,)
        exp(linear predictor), up to a constant.
    hazard : ndarray, shape (k,)
        Increments of the baseline subdistribution hazard, for that constant.
    mean : ndarray, shape (k, p)
        Weighted mean of the columns among those at risk.
    information : ndarray, shape (p, p)
        Negative second derivative.
    """

    coefficient: np.ndarray
    value: float
    score: np.ndarray
    risk: np.ndarray
    hazard: np.ndarray
    mean: np.ndarray
    information: np.ndarray


@dataclass(frozen=True, eq=False)
class PseudoMaximum:
    """Where the search ended, which coefficients diverge, and whether the value there is the maximum or its limit."""

    likelihood: PseudoLikelihood
    diverging: np.ndarray
    converged: bool


def prepare_subdistribution(X: np.ndarray, time: np.ndarray, code: np.ndarray) -> SubdistributionSample:
    """Count the rows and weight those with a competing event; n is at least 1.

    At a shared time, those with an event then are still at risk of being censored (as in `crr`).
    """
    counts = count_causes(time, code)
    position = np.searchsorted(counts.time, time)
    uncensored = just_before(np.cumprod(1 - counts.n_censored[:, 0] / counts.n_at_risk[:, 0]), start=1.0)
    spread = X.std(axis=0)
    scale = np.where(spread > 1e-12 * np.maximum(1.0, np.abs(X).max(axis=0, initial=0.0)), spread, np.inf)
    return SubdistributionSample(
        columns=(X - X.mean(axis=0)) / scale,
        scale=scale,
        code=code,
        position=position,
        counts=counts,
        uncensored=uncensored,
        kept=np.where(code == COMPETING, 1 / uncensored[position], 0.0),
    )


def evaluate_pseudo(sample: SubdistributionSample, coefficient: np.ndarray) -> PseudoLikelihood:
    """Evaluate the pseudo likelihood, its score and its information; not finite where exp() overflows."""
    predictor = sample.columns @ coefficient
    predictor = predictor - predictor.max(initial=-np.inf)
    risk = np.exp(predictor)
    n_event, events = sample.n_event, sample.code == CAUSE
    at_events = n_event > 0
    with np.errstate(divide="ignore", invalid="ignore"):
        total = sample.sum_at_risk(risk)
        hazard = np.where(at_events, n_event / total, 0.0)
        mean = np.where(at_events[:, None], sample.sum_at_risk(_times(sample.columns, risk)) / total[:, None], 0.0)
        value = float(predictor[events].sum() - n_event[at_events] @ np.log(total[at_events]))
    score = sample.columns[events].sum(axis=0) - n_event @ mean
    compensator = risk * sample.sum_over_own_time(hazard)
    information = sample.columns.T @ _times(sample.columns, compensator) - mean.T @ _times(mean, n_event)
    return PseudoLikelihood(coefficient, value, score, risk, hazard, mean, information)


def maximise_pseudo(sample: SubdistributionSample) -> PseudoMaximum:
    """Maximise the pseudo likelihood by Newton's method with step halving, from zero.

    Where it has no maximum, the steps keep their length while the gain vanishes; the coefficients that take part in
    such a step are reported as diverging.
    """
    n_columns = sample.columns.shape[1]
    spread = np.ptp(sample.columns, axis=0)
    here, nobody, gain = evaluate_pseudo(sample, np.zeros(n_columns)), np.zeros(n_columns, dtype=bool), np.inf
    for _ in range(_MAX_STEPS):
        step = np.linalg.lstsq(here.information, here.score, rcond=None)[0]
        gain, moves = float(here.score @ step), np.abs(step) * spread
        there = _advance(sample, here, step)
        if there is None:
            break
        here = there
        if gain < _FLAT and np.any(moves > _MOVING):
            return PseudoMaximum(here, moves > 1e-3 * moves.max(), True)
        if gain < _GAIN:
            return PseudoMaximum(here, nobody, True)
    # Numbers cannot come closer to the maximum than round-off of the value lets them.
    return PseudoMaximum(here, nobody, gain < _FLAT)


def sandwich(sample: SubdistributionSample, likelihood: PseudoLikelihood, finite: np.ndarray) -> np.ndarray:
    """Return the covariance of the finite coefficients, which allows for the estimated weights.

    Each row's influence on the score is its own residual plus what it did to the weights of others by being censored
    or not (eta + psi of Fine and Gray).
    """
    columns, risk, hazard, mean = sample.columns, likelihood.risk, likelihood.hazard, likelihood.mean
    compensator = sample.sum_over_own_time(hazard)
    residual = -_times(_times(columns, compensator) - sample.sum_over_own_time(_times(mean, hazard)), risk)
    events = sample.code == CAUSE
    residual[events] += columns[events] - mean[sample.position[events]]
    influence = (residual + _influence_of_censoring(sample, likelihood))[:, finite]
    bread = np.linalg.inv(likelihood.information[np.ix_(finite, finite)])
    return bread @ (influence.T @ influence) @ bread


def _influence_of_censoring(sample: SubdistributionSample, likelihood: PseudoLikelihood) -> np.ndarray:
    """Return psi: the sum over censoring times u of q(u) / (number at risk) times the row's censoring residual."""
    weight = likelihood.risk * sample.kept
    gone = just_before(np.cumsum(sample.sum_rows(weight)), start=0.0)
    gone_columns = just_before(np.cumsum(sample.sum_rows(_times(sample.columns, weight)), axis=0), start=0.0)
    weighted_hazard = sample.uncensored * likelihood.hazard
    still_to_come = _from_here(weighted_hazard)
    mean_to_come = _from_here(_times(likelihood.mean, weighted_hazard))
    n_at_risk, n_censored = sample.counts.n_at_risk[:, 0], sample.counts.n_censored[:, 0]
    pull = _times(_times(gone_columns, still_to_come) - _times(mean_to_come, gone), 1 / n_at_risk)
    expected = np.cumsum(_times(pull, n_censored / n_at_risk), axis=0)[sample.position]
    return _times(pull[sample.position], (sample.code == CENSORED).astype(float)) - expected


def _advance(sample: SubdistributionSample, here: PseudoLikelihood, step: np.ndarray) -> PseudoLikelihood | None:
    """Go along the step, shortened until the likelihood does not fall; None where it cannot be evaluated."""
    slack = 1e-10 * (1 + abs(here.value))
    for _ in range(_MAX_HALVINGS):
        there = evaluate_pseudo(sample, here.coefficient + step)
        if np.isfinite(there.value) and there.value >= here.value - slack:
            return there
        step = step / 2
    return None


def sum_by(position: np.ndarray, values: np.ndarray, length: int) -> np.ndarray:
    """Sum values, (n,) or (n, p), by position, (length,) or (length, p)."""
    if values.ndim == 1:
        return np.bincount(position, weights=values, minlength=length)
    sums = [np.bincount(position, weights=column, minlength=length) for column in values.T]
    return np.column_stack(sums) if sums else np.empty((length, 0))


def _from_here(values: np.ndarray) -> np.ndarray:
    """Return the sum of each value and all after it, along the first axis."""
    return np.cumsum(values[::-1], axis=0)[::-1]


def _times(values: np.ndarray, factor: np.ndarray) -> np.ndarray:
    """Multiply each row of values, (m,) or (m, p), by its factor, (m,)."""
    return values * factor if values.ndim == 1 else values * factor[:, None]
