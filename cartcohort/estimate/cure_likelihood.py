"""The likelihood of a mixture-cure model for one group, with its derivatives, and the climb to its maximum.

A share of the patients is cured and never has the event; the others have it at a time whose logarithm follows a
location-scale family, so that S(t) = cured + (1 - cured) G(location + slope * log t). On this scale the likelihood
without cured patients is concave, and every derivative has a closed form.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

_REACH = 300.0
"""Beyond so many units of the scale every family is 0 or 1 to the last digit; its exponential would overflow."""
_MOST_STEPS = 200
_CONVERGED = 1e-22
_SLACK = 1e-12
"""By what share a step may seem to lower the log likelihood, which is only known to its last digits."""

Parts = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
"""Logarithm of the density with its two derivatives, and logarithm of the survival, at points of the scale."""


@dataclass(frozen=True)
class CureFamily:
    """A distribution of the times of the uncured.

    Attributes
    ----------
    name : str
        In words ("Weibull").
    parts : callable
        Density and survival on the scale of location + slope * log t.
    free_slope : bool
        Whether the slope is estimated; if not it is 1.
    median : float
        Point of the scale where half of the uncured have had the event.
    """

    name: str
    parts: Callable[[np.ndarray], Parts]
    free_slope: bool
    median: float

    @property
    def n_parameters(self) -> int:
        """Return the number of parameters of the distribution, the cured share not counted."""
        return 1 + self.free_slope


def _extreme_value(z: np.ndarray) -> Parts:
    hazard = np.exp(z)
    return z - hazard, 1 - hazard, -hazard, -hazard


def _logistic(z: np.ndarray) -> Parts:
    share = special.expit(z)
    survival = -np.logaddexp(0, z)
    return z + 2 * survival, 1 - 2 * share, -2 * share * (1 - share), survival


def _normal(z: np.ndarray) -> Parts:
    return -(z**2) / 2 - np.log(2 * np.pi) / 2, -z, np.full_like(z, -1.0), special.log_ndtr(-z)


FAMILIES = {
    "weibull": CureFamily("Weibull", _extreme_value, True, float(np.log(np.log(2)))),
    "exponential": CureFamily("exponential", _extreme_value, False, float(np.log(np.log(2)))),
    "log_normal": CureFamily("log-normal", _normal, True, 0.0),
    "log_logistic": CureFamily("log-logistic", _logistic, True, 0.0),
}


@dataclass(frozen=True, eq=False)
class CureSample:
    """Times as the likelihood takes them.

    Attributes
    ----------
    event, censored : ndarray
        Logarithms of the times of events and of censorings, from `centre`; those censored at 0 say nothing.
    centre : float
        Mean logarithm of the times of events.
    """

    event: np.ndarray
    censored: np.ndarray
    centre: float


@dataclass(frozen=True, eq=False)
class CurePoint:
    """The log likelihood at parameters (location, slope, cured), with gradient and matrix of second derivatives."""

    parameters: np.ndarray
    value: float
    gradient: np.ndarray
    hessian: np.ndarray


def make_sample(time: np.ndarray, event: np.ndarray) -> CureSample:
    """Return the sample of times, at least one of them an event and those of events above 0."""
    log_event, log_censored = np.log(time[event]), np.log(time[~event & (time > 0)])
    centre = float(log_event.mean())
    return CureSample(event=log_event - centre, censored=log_censored - centre, centre=centre)


def evaluate(sample: CureSample, family: CureFamily, parameters: np.ndarray) -> CurePoint:
    """Return the log likelihood of times and its derivatives.

    Parameters
    ----------
    sample : CureSample
    family : CureFamily
    parameters : ndarray, shape (3,)
        Location and slope on the scale of `sample`, and the cured share in [0, 1).
    """
    location, slope, cured = parameters
    n_event = len(sample.event)
    at = np.concatenate([sample.event, sample.censored])
    z = np.clip(location + slope * at, -_REACH, _REACH)
    density, first, second, survival = family.parts(z)
    seen = slice(None, n_event)
    later, uncured = slice(n_event, None), np.log1p(-cured)
    mixed = np.logaddexp(np.log(cured) if cured > 0 else -np.inf, uncured + survival[later])
    # Share still to have the event among those not seen to have it, times its hazard.
    hazard = np.exp(uncured + density[later] - mixed)
    died_by = (
        np.expm1(np.minimum(-survival[later], _REACH)) if not cured else -np.expm1(survival[later]) / np.exp(mixed)
    )
    slopes = np.concatenate([first[seen], -hazard])
    curvatures = np.concatenate([second[seen], -hazard * (first[later] + hazard)])
    crossed = np.exp(np.minimum(density[later] - 2 * mixed, _REACH))
    value = density[seen].sum() + n_event * (np.log(slope) + uncured - sample.centre) - sample.event.sum()
    gradient = np.array([slopes.sum(), slopes @ at + n_event / slope, died_by.sum() - n_event / (1 - cured)])
    down = curvatures @ at
    hessian = np.array(
        [
            [curvatures.sum(), down, crossed.sum()],
            [down, curvatures @ at**2 - n_event / slope**2, crossed @ sample.censored],
            [crossed.sum(), crossed @ sample.censored, -(died_by @ died_by) - n_event / (1 - cured) ** 2],
        ]
    )
    return CurePoint(parameters, float(value + mixed.sum()), gradient, hessian)


def climb(sample: CureSample, family: CureFamily, start: np.ndarray, *, free: Sequence[int]) -> CurePoint:
    """Return the maximum reached from a start over the parameters at the positions `free`, by Newton's method.

    A step goes up along every curvature, also where the likelihood is not concave, and is halved until it does not
    lower the likelihood.
    """
    free = list(free)
    here = evaluate(sample, family, start)
    for _ in range(_MOST_STEPS):
        curvature, axes = np.linalg.eigh(here.hessian[np.ix_(free, free)])
        slope = axes.T @ here.gradient[free]
        bent = np.maximum(np.abs(curvature), 1e-12 * np.abs(curvature).max() + 1e-300)
        gain = slope**2 @ (1 / bent)
        step = np.zeros(3)
        step[free] = axes @ (slope / bent)
        here = _take(sample, family, here, step)
        if gain <= _CONVERGED * (1 + abs(here.value)):
            break
    return here


def _take(sample: CureSample, family: CureFamily, here: CurePoint, step: np.ndarray) -> CurePoint:
    """Take the step, or the largest half, quarter, ... of it that stays inside and does not go down."""
    for _ in range(60):
        parameters = here.parameters + step
        if parameters[1] > 0 and 0 <= parameters[2] < 1:
            there = evaluate(sample, family, parameters)
            if there.value >= here.value - _SLACK * (1 + abs(here.value)):
                return there
        step = step / 2
    return here
