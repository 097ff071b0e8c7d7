"""Profile limits of a penalised logistic model, checked against the profile itself.

The search of Venzon and Moolgavkar, which firthmodels uses, looks for a point where the likelihood has fallen far
enough and the other coefficients have no slope. In small samples there can be several such points, not all of them on
the profile.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import optimize, stats

from cartcohort.estimate.pattern_table import find_patterns

# Likelihood ratios closer than this to their critical value belong to a limit.
_CLOSE = 1e-5
_MAX_STEPS, _MAX_HALVINGS, _MAX_REACH = 200, 30, 40
_MOST_ROWS = 5_000


def verify_logistic_limits(
    columns: np.ndarray, y: np.ndarray, coefficient: np.ndarray, limits: np.ndarray, *, conf_level: float
) -> np.ndarray:
    """Return the limits of the slopes, those that are not on the profile searched for again; NaN where there is none.

    Parameters
    ----------
    columns : ndarray, shape (n, k + 1)
        Covariates, then the constant.
    y : ndarray, shape (n,)
        Outcomes, 0 or 1.
    coefficient : ndarray, shape (k + 1,)
        The penalised maximum.
    limits : ndarray, shape (k, 2)
        Limits found so far, NaN where there are none.
    conf_level : float
        Level of the limits.
    """
    critical = stats.chi2.ppf(conf_level, 1)
    table = _tabulate(columns, y)
    highest, information = _penalised(table, coefficient)[:2]
    std_error = np.sqrt(np.diag(np.linalg.inv(information)))
    verified = limits.copy()
    for index, side in np.ndindex(limits.shape):

        def excess(value: float, index: int = index) -> float:
            return 2 * (highest - _profile(table, coefficient, index, value)) - critical

        if np.isnan(limits[index, side]) or abs(excess(limits[index, side])) > _CLOSE:
            reach = std_error[index] * (1 if side else -1)
            verified[index, side] = _search(excess, coefficient[index], reach)
    return verified


@dataclass(frozen=True, eq=False)
class _Table:
    """Rows of covariates with how many patients each stands for, and how many of them have the outcome."""

    columns: np.ndarray
    successes: np.ndarray
    n: np.ndarray


def _tabulate(columns: np.ndarray, y: np.ndarray) -> _Table:
    """Return the rows as they are or, of many patients, each once: the search takes hundreds of evaluations."""
    if len(y) <= _MOST_ROWS:
        return _Table(columns, y, np.ones(len(y)))
    distinct, place = find_patterns(columns)
    return _Table(distinct, np.bincount(place, weights=y), np.bincount(place).astype(float))


def _search(excess: Callable[[float], float], estimate: float, reach: float) -> float:
    """Return where the likelihood ratio has grown to its critical value, going outwards; NaN where it does not."""
    for _ in range(_MAX_REACH):
        if excess(estimate + reach) > 0:
            return float(optimize.brentq(excess, estimate, estimate + reach, xtol=1e-12))
        reach *= 1.5
    return np.nan


def _profile(table: _Table, start: np.ndarray, index: int, value: float) -> float:
    """Return the largest penalised log likelihood with one coefficient held, by Fisher scoring in the others."""
    free = np.arange(len(start)) != index
    here = np.where(free, start, value)
    height, information, score = _penalised(table, here)
    for _ in range(_MAX_STEPS):
        step = np.zeros(len(start))
        step[free] = np.linalg.solve(information[np.ix_(free, free)], score[free])
        for _ in range(_MAX_HALVINGS):
            there = _penalised(table, here + step)
            if there[0] >= height:
                break
            step = step / 2
        else:
            return height
        gain = there[0] - height
        here, (height, information, score) = here + step, there
        if gain < 1e-13:
            return height
    return height


def _penalised(table: _Table, coefficient: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
    """Return the penalised log likelihood, the information and the modified score."""
    columns, y, n = table.columns, table.successes, table.n
    predictor = columns @ coefficient
    probability = 1 / (1 + np.exp(-np.clip(predictor, -700, 700)))
    weight = n * probability * (1 - probability)
    information = (columns * weight[:, None]).T @ columns
    sign, log_determinant = np.linalg.slogdet(information)
    if sign <= 0:
        return -np.inf, information, np.zeros(len(coefficient))
    leverage = np.einsum("ij,jk,ik->i", columns, np.linalg.inv(information), columns) * weight
    height = float(y @ predictor - (n * np.logaddexp(0, predictor)).sum() + log_determinant / 2)
    return height, information, columns.T @ (y - n * probability + leverage * (0.5 - probability))
