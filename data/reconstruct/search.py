"""Find a cohort: draw courses until some division into low and high genetic risk gives both published P values.

The log-rank test sees only ranks and labels, so for one draw of the times every division can be tried. Each one that
meets the P values has two deaths among the eight low-risk patients, both of them responders: 66 pairs of dead
responders times 1,716 sixes of those in remission. The test's excess is a sum over the low-risk patients and its
variance is quadratic in their number at risk, so all divisions are tested at once with plain element-wise arithmetic.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from data.reconstruct.logrank import logrank_chi_square, months_in_tenths
from data.reconstruct.targets import (
    N_LOW_RISK,
    OS_GENETIC_RISK_P,
    PFS_GENETIC_RISK_P,
    RESPONSE_P,
    chi_square_at,
    chi_square_window,
)
from data.reconstruct.timelines import Course, draw_courses

N_LOW_RISK_DEAD = 2
MAX_DRAWS = 3_000_000


@dataclass(frozen=True)
class _Endpoint:
    """Times and events of all patients, and the window of chi-square for genetic risk."""

    time: list[int]
    event: list[bool]
    window: tuple[float, float]

    def in_tenths(self) -> _Endpoint:
        return replace(self, time=months_in_tenths(self.time))

    def fits(self, low_risk: list[bool]) -> bool:
        excess, chi_square = logrank_chi_square(self.time, self.event, low_risk)
        return excess < 0 and self.window[0] < chi_square < self.window[1]


def find_cohort(seed: int) -> list[Course]:
    """Search from a seed for a cohort that meets the published figures of survival.

    Parameters
    ----------
    seed : int
        Start of the random numbers; the same seed finds the same cohort.

    Returns
    -------
    list of Course
        In order of infusion, with genetic risk.

    Raises
    ------
    RuntimeError
        Where the draws are used up; another seed may do.
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    for _ in range(MAX_DRAWS):
        courses = draw_courses(rng)
        if courses is None or not _response_matters(courses):
            continue
        divisions = _divisions_that_fit(courses)
        if divisions:
            low_risk = divisions[rng.integers(0, len(divisions))]
            labelled = [_label(course, low) for course, low in zip(courses, low_risk, strict=True)]
            return sorted(labelled, key=lambda course: course.infusion_date)
    raise RuntimeError(f"No cohort found from seed {seed} in {MAX_DRAWS} draws; try another seed.")


def _label(course: Course, low: bool) -> Course:
    return replace(course, genetic_risk="low" if low else "high")


def _endpoints(courses: list[Course]) -> tuple[_Endpoint, _Endpoint]:
    os_window, pfs_window = chi_square_window(OS_GENETIC_RISK_P), chi_square_window(PFS_GENETIC_RISK_P)
    return (
        _Endpoint([c.os_days for c in courses], [c.died for c in courses], os_window),
        _Endpoint([c.pfs_days for c in courses], [c.progressed for c in courses], pfs_window),
    )


def _response_matters(courses: list[Course]) -> bool:
    """Tell whether non-responders fare worse at P < 0.0001, with times in days and in tenths of a month."""
    needed = chi_square_at(float(RESPONSE_P.removeprefix("<")))
    responded = [course.responded for course in courses]
    return all(
        logrank_chi_square(shown.time, shown.event, responded)[1] > needed
        for endpoint in _endpoints(courses)
        for shown in (endpoint, endpoint.in_tenths())
    )


def _divisions_that_fit(courses: list[Course]) -> list[list[bool]]:
    """Return every division into low and high risk whose P values print as published, also from tenths of a month."""
    dead = [i for i, course in enumerate(courses) if course.responded and course.died]
    free = [i for i, course in enumerate(courses) if not course.progressed]
    pairs = np.array(list(combinations(dead, N_LOW_RISK_DEAD)))
    rest = np.array(list(combinations(free, N_LOW_RISK - N_LOW_RISK_DEAD)))
    endpoints = _endpoints(courses)
    fits = np.logical_and(*(_fits_everywhere(endpoint, pairs, rest) for endpoint in endpoints))
    divisions = ([*pairs[i], *rest[j]] for i, j in np.argwhere(fits))
    labels = [[i in members for i in range(len(courses))] for members in divisions]
    return [low for low in labels if all(e.fits(low) and e.in_tenths().fits(low) for e in endpoints)]


def _fits_everywhere(endpoint: _Endpoint, pairs: np.ndarray, rest: np.ndarray) -> np.ndarray:
    """Test all divisions at once: True at [i, j] where pair i with rest j has a chi-square in the window."""
    time, event = np.array(endpoint.time), np.array(endpoint.event)
    at = np.unique(time[event])
    at_risk = time >= at[:, None]
    n = at_risk.sum(axis=1)
    deaths = ((time == at[:, None]) & event).sum(axis=1)
    hazard = ((deaths / n)[:, None] * at_risk).cumsum(axis=0)[-1]
    score = event - hazard
    excess = score[pairs].sum(axis=1)[:, None] + score[rest].sum(axis=1)
    weight = deaths * (n - deaths) / np.maximum(n - 1, 1)
    variance = np.zeros_like(excess)
    for k in range(len(at)):
        share = (at_risk[k][pairs].sum(axis=1)[:, None] + at_risk[k][rest].sum(axis=1)) / n[k]
        variance += weight[k] * share * (1 - share)
    chi_square = excess * excess / variance
    return (excess < 0) & (chi_square > endpoint.window[0]) & (chi_square < endpoint.window[1])
