"""Patients as in the cohort, with the truth known: a plateau of long-term survivors, staggered entry, one cut-off.

Survival is that of the default study in outline (0.74 at 6 months, 0.52 at 12, 0.41 at 24, a plateau of 0.40): some
patients never have the event, the others' times are Weibull. Patients enter uniformly over four years, the last of
them 13 months before the cut-off, which alone censors. Times are whole days and hence tied, as in the tables of a
study, and are handed to the estimators in months, as on the pages.
"""

from __future__ import annotations

import numpy as np

DAYS_PER_MONTH = 30.4375
PLATEAU, SHAPE, SCALE_MONTHS = 0.40, 1.5, 8.84
SHORTEST_MONTHS, LONGEST_MONTHS = 13.0, 60.0
"""Time from entry to the cut-off."""
RELAPSE, DEATH = 0.37, 0.24
"""Probability of relapse ever in group 0, and of death among those who never relapse."""
SMALL_GROUP = 8 / 35
"""Share of the smaller group, as with the genetic risk of the cohort."""


def survival_at(months: float | np.ndarray, *, ratio: float = 1.0) -> np.ndarray:
    """Return the true probability of no event by a time, which counts in whole days, for a hazard ratio."""
    return (PLATEAU + (1 - PLATEAU) * _weibull(_whole_days(months))) ** ratio


def incidence_at(months: float, *, ratio: float = 1.0) -> float:
    """Return the true cumulative incidence of relapse by a time, for a subdistribution hazard ratio."""
    return float(1 - (1 - RELAPSE * (1 - _weibull(_whole_days(months)))) ** ratio)


def median() -> float:
    """Return the first whole day by which half of the patients have had the event, in months."""
    days = np.arange(1, LONGEST_MONTHS * DAYS_PER_MONTH)
    return days[np.argmax(survival_at(days / DAYS_PER_MONTH) <= 0.5)] / DAYS_PER_MONTH


def restricted_mean(months: float) -> float:
    """Return the true area under the survival curve to a time; the curve of whole days is a step function."""
    days = np.arange(0, np.floor(months * DAYS_PER_MONTH) + 1)
    ends = np.append(days[1:], months * DAYS_PER_MONTH)
    return float(np.sum(survival_at(days / DAYS_PER_MONTH) * (ends - days)) / DAYS_PER_MONTH)


def hazard_in_year(year: int) -> float:
    """Return expected events over expected person-months in a year, 1 being the first, under the censoring."""
    days = np.arange(1, np.floor(12 * year * DAYS_PER_MONTH) + 1)
    months, before = days / DAYS_PER_MONTH, (days - 1) / DAYS_PER_MONTH
    followed = np.clip((LONGEST_MONTHS - months) / (LONGEST_MONTHS - SHORTEST_MONTHS), 0, 1)
    inside = days > 12 * (year - 1) * DAYS_PER_MONTH
    events = (survival_at(before) - survival_at(months)) * followed
    person_months = survival_at(before) * followed / DAYS_PER_MONTH
    return float(events[inside].sum() / person_months[inside].sum())


def simulate_survival(
    generator: np.random.Generator, n: int, *, ratio: float | np.ndarray = 1.0, whole_days: bool = True
) -> tuple[np.ndarray, np.ndarray]:
    """Return times in months and events of n patients, with hazard ratios against the cohort's."""
    survival = generator.uniform(size=n) ** (1 / np.asarray(ratio))
    share = np.maximum((survival - PLATEAU) / (1 - PLATEAU), 0.0)
    with np.errstate(divide="ignore"):
        time = SCALE_MONTHS * (-np.log(share)) ** (1 / SHAPE)
    return _follow(generator, time, whole_days=whole_days)


def simulate_competing(
    generator: np.random.Generator, n: int, *, ratio: float | np.ndarray = 1.0, whole_days: bool = True
) -> tuple[np.ndarray, np.ndarray]:
    """Return times in months and "relapse", "death" or "censored" of n patients.

    Relapse follows the model of Fine and Gray (J Am Stat Assoc 1999; 94:496-509) with the given ratios.
    """
    incidence, ratio = generator.uniform(size=n), np.broadcast_to(ratio, n)
    relapses = incidence < 1 - (1 - RELAPSE) ** ratio
    dies = ~relapses & (generator.uniform(size=n) < DEATH)
    reached = np.where(relapses, (1 - (1 - incidence) ** (1 / ratio)) / RELAPSE, generator.uniform(size=n))
    time = np.full(n, np.inf)
    time[relapses | dies] = SCALE_MONTHS * (-np.log1p(-reached[relapses | dies])) ** (1 / SHAPE)
    time, event = _follow(generator, time, whole_days=whole_days)
    return time, np.where(~event, "censored", np.where(relapses, "relapse", "death"))


def split(n: int) -> np.ndarray:
    """Return the group of each patient, 0 or 1, of sizes in the proportion 27 to 8."""
    return (np.arange(n) < round(n * SMALL_GROUP)).astype(int)


def _follow(generator: np.random.Generator, time: np.ndarray, *, whole_days: bool) -> tuple[np.ndarray, np.ndarray]:
    """Cut times, in months, at the cut-off."""
    until = generator.uniform(SHORTEST_MONTHS, LONGEST_MONTHS, size=len(time))
    if whole_days:
        time, until = np.ceil(time * DAYS_PER_MONTH) / DAYS_PER_MONTH, _whole_days(until)
    return np.minimum(time, until), time <= until


def _whole_days(months: float | np.ndarray) -> np.ndarray:
    # A little is added since months made of whole days can fall short of them by round-off.
    return np.floor(np.asarray(months) * DAYS_PER_MONTH + 1e-9) / DAYS_PER_MONTH


def _weibull(months: np.ndarray) -> np.ndarray:
    return np.exp(-((np.asarray(months) / SCALE_MONTHS) ** SHAPE))
