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
    """Times as the likelihood takes them, each once, so that its cost depends on the days and not on the patients.

    Attributes
    ----------
    time, count : ndarray, shape (k,)
        Logarithms, from `centre`, of the distinct times of events and after them of censorings, and how many patients
        have each. Those censored at 0 say nothing and are left out.
    n_times : int
        How many of the times are those of events.
    n_event, n_censored : int
        Patients with and without the event.
    centre : float
        Mean logarithm of the times of events.
    """

    time: np.ndarray
    count: np.ndarray
    n_times: int
    n_event: int
    n_censored: int
    centre: float

    @property
    def spread(self) -> float:
        """Return the standard deviation of the logarithms of the times of events."""
        events = slice(None, self.n_times)
        return float(np.sqrt(self.count[events] @ self.time[events] ** 2 / self.n_event))


@dataclass(frozen=True, eq=False)
class CurePoint:
    """The log likelihood at parameters (location, slope, cured), with gradient and matrix of second derivatives."""

    parameters: np.ndarray
    value: float
    gradient: np.ndarray
    hessian: np.ndarray


def make_sample(time: np.ndarray, event: np.ndarray) -> CureSample:
    """Return the sample of times, at least one of them an event and those of events above 0."""
    centre = float(np.log(time[event]).mean())
    (events, n_at_event), (censored, n_at_censored) = (
        np.unique(time[rows], return_counts=True) for rows in (event, ~event & (time > 0))
    )
    return CureSample(
        time=np.log(np.concatenate([events, censored])) - centre,
        count=np.concatenate([n_at_event, n_at_censored]).astype(float),
        n_times=len(events),
        n_event=int(n_at_event.sum()),
        n_censored=int(n_at_censored.sum()),
        centre=centre,
    )


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
    at, n_event = sample.time, sample.n_event
    seen, later, uncured = slice(None, sample.n_times), slice(sample.n_times, None), np.log1p(-cured)
    n_seen, n_later = sample.count[seen], sample.count[later]
    z = np.clip(location + slope * at, -_REACH, _REACH)
    density, first, second, survival = family.parts(z)
    mixed = np.logaddexp(np.log(cured) if cured > 0 else -np.inf, uncured + survival[later])
    # Share still to have the event among those not seen to have it, times its hazard.
    hazard = np.exp(uncured + density[later] - mixed)
    died_by = (
        np.expm1(np.minimum(-survival[later], _REACH)) if not cured else -np.expm1(survival[later]) / np.exp(mixed)
    )
    slopes = sample.count * np.concatenate([first[seen], -hazard])
    curvatures = sample.count * np.concatenate([second[seen], -hazard * (first[later] + hazard)])
    crossed = n_later * np.exp(np.minimum(density[later] - 2 * mixed, _REACH))
    # The logarithms of the times of events add up to 0 from their centre.
    value = n_seen @ density[seen] + n_event * (np.log(slope) + uncured - sample.centre) + n_later @ mixed
    gradient = np.array([slopes.sum(), slopes @ at + n_event / slope, n_later @ died_by - n_event / (1 - cured)])
    down = curvatures @ at
    hessian = np.array(
        [
            [curvatures.sum(), down, crossed.sum()],
            [down, curvatures @ at**2 - n_event / slope**2, crossed @ at[later]],
            [crossed.sum(), crossed @ at[later], -(n_later @ died_by**2) - n_event / (1 - cured) ** 2],
        ]
    )
    return CurePoint(parameters, float(value), gradient, hessian)


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
