"""What befalls the simulated patients of a registry after infusion: response, toxicity, relapse, death.

Long-term survivors exist because a share of the patients in complete remission is cured. All times are whole days
from infusion, NaN where nothing happened; what lies after a death or the last contact has not happened.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tests.benchmarks.registry_patients import Patients, choose

_MONTH = 30.4375
_RELAPSE, _DEATH_IN_REMISSION = 0.42, 0.20
"""Probability of relapse ever, and of death in remission ever, of the average patient in complete remission."""
_SHAPE, _SCALE_DAYS = 1.3, 8.5 * _MONTH
"""Weibull times to relapse, or to death in remission, of those not cured."""


@dataclass(frozen=True)
class Course:
    """One entry a patient.

    Attributes
    ----------
    days : dict of str to ndarray
        Days of enrollment, response, relapse, death, last_contact, ...
    end : ndarray
        Last day on which anything can have happened: death or last contact.
    crs_grade, crs_onset, fatal : ndarray
        Worst grade of CRS after the first infusion, 0 for none, and its first day; whether the patient died of it.
    best_response, mrd_negative, relapse_cd19, relapse_cd22, relapse_site, death_cause : ndarray of str
        Cells of the subjects table, empty where they do not apply.
    """

    days: dict[str, np.ndarray]
    end: np.ndarray
    crs_grade: np.ndarray
    crs_onset: np.ndarray
    fatal: np.ndarray
    best_response: np.ndarray
    mrd_negative: np.ndarray
    relapse_cd19: np.ndarray
    relapse_cd22: np.ndarray
    relapse_site: np.ndarray
    death_cause: np.ndarray


def draw_course(generator: np.random.Generator, patients: Patients, *, cutoff_day: np.ndarray) -> Course:
    """Draw what befalls each patient up to a last contact within a month before the cut-off."""
    n = len(cutoff_day)
    contact = cutoff_day - generator.integers(0, 28, n)
    best = _draw_response(generator, patients)
    crs_grade = _draw_crs(generator, patients)
    fatal = best == "NE"
    crs_grade[fatal] = 5
    crs_onset = np.maximum(1.0, generator.integers(3, 10, n) - crs_grade)
    days, cause = _draw_outcome(generator, patients, best)
    days["enrollment"] = -generator.integers(14, 50, n).astype(float)
    dead = days["death"] <= contact
    end = np.where(dead, days["death"], contact)
    days |= _draw_treatment(generator, days, best)
    days |= _draw_drugs(generator, crs_grade, crs_onset)
    for name in days:
        days[name] = np.where(days[name] <= end, days[name], np.nan)
    days["last_contact"] = np.where(dead, np.nan, contact)
    cause = np.where((cause == "transplant") & np.isnan(days["hsct"]), "other", cause)
    relapsed = ~np.isnan(days["relapse"])
    mrd = generator.random(n) < 0.88
    return Course(
        days=days,
        end=end,
        crs_grade=crs_grade,
        crs_onset=crs_onset,
        fatal=fatal,
        best_response=best,
        mrd_negative=_where(np.isin(best, ("CR", "CRi")), np.where(mrd, "yes", "no")),
        relapse_cd19=_where(relapsed, choose(generator, n, {"positive": 0.7, "dim": 0.18, "negative": 0.12})),
        relapse_cd22=_where(relapsed, choose(generator, n, {"positive": 0.9, "dim": 0.06, "negative": 0.04})),
        relapse_site=_where(relapsed, choose(generator, n, {"marrow": 0.75, "extramedullary": 0.1, "both": 0.15})),
        death_cause=_where(dead, cause),
    )


def _draw_response(generator: np.random.Generator, patients: Patients) -> np.ndarray:
    n = len(patients.age_years)
    odds = np.exp(-1.25 + 1.1 * patients.log_hazard)
    fails = generator.random(n) < odds / (1 + odds)
    good = choose(generator, n, {"CR": 0.62, "CRi": 0.38})
    poor = choose(generator, n, {"NR": 0.80, "PR": 0.12, "NE": 0.08})
    return np.where(fails, poor, good)


def _draw_crs(generator: np.random.Generator, patients: Patients) -> np.ndarray:
    """Return grades 0 to 4; a high burden shifts them upwards."""
    latent = generator.logistic(size=len(patients.age_years)) + 0.9 * (patients.high_burden - 0.5)
    return np.searchsorted([-2.3, 0.1, 1.4, 2.6], latent)


def _draw_outcome(
    generator: np.random.Generator, patients: Patients, best: np.ndarray
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Return the days of response, progression, relapse and death, without regard to the cut-off, and the cause."""
    n = len(best)
    ratio = np.exp(patients.log_hazard)
    remission, partial = np.isin(best, ("CR", "CRi")), best == "PR"
    response = np.where(remission | partial, generator.integers(25, 32, n), np.nan)
    drawn = generator.random(n)
    relapses = remission & (drawn < 1 - (1 - _RELAPSE) ** ratio)
    dies_first = remission & ~relapses & (generator.random(n) < _DEATH_IN_REMISSION)
    event = response + 1 + np.floor(_SCALE_DAYS * generator.weibull(_SHAPE, n))
    relapse = np.where(relapses, event, np.nan)
    progression = np.where(best == "NR", generator.integers(20, 33, n), np.nan)
    progression[(best == "NR") & (generator.random(n) < 0.3)] = np.nan
    progression = np.where(partial, response + 1 + np.floor(generator.exponential(90, n)), progression)
    later = np.floor(np.exp(np.log(180) + generator.standard_normal(n)) / ratio) + 14
    death = np.where(dies_first, event, np.nan)
    death = np.where(relapses, np.where(generator.random(n) < 0.8, relapse + later, np.nan), death)
    death = np.where(best == "NR", 34 + later, death)
    death = np.where(partial, progression + later, death)
    death = np.where(best == "NE", generator.integers(6, 22, n), death)
    in_remission = choose(generator, n, {"infection": 0.5, "transplant": 0.2, "other": 0.3})
    cause = np.where(dies_first, in_remission, np.where(best == "NE", "toxicity", "disease"))
    return {"response": response, "progression": progression, "relapse": relapse, "death": death}, cause


def _draw_treatment(
    generator: np.random.Generator, days: dict[str, np.ndarray], best: np.ndarray
) -> dict[str, np.ndarray]:
    """Return the days of second infusions, transplants and new therapies."""
    n = len(best)
    failure = np.fmin(days["relapse"], days["progression"])
    transplant = np.where(generator.random(n) < 0.2, generator.integers(80, 170, n), np.nan)
    free = np.isin(best, ("CR", "CRi")) & ~(failure <= transplant)
    return {
        "second_infusion": np.where(generator.random(n) < 0.9, generator.integers(28, 76, n), np.nan),
        "hsct": np.where(free, transplant, np.nan),
        "new_therapy": np.where(generator.random(n) < 0.75, failure + generator.integers(5, 45, n), np.nan),
    }


def _draw_drugs(
    generator: np.random.Generator, crs_grade: np.ndarray, crs_onset: np.ndarray
) -> dict[str, np.ndarray]:
    """Return the days of first doses: the more severe the CRS, the more often, and never before it."""
    n = len(crs_grade)
    treated = (crs_grade >= 2) & (generator.random(n) < 0.25 + 0.2 * crs_grade)
    steroids = treated & (generator.random(n) < 0.6)
    first = crs_onset + generator.integers(0, 4, n)
    return {
        "tocilizumab": np.where(treated, first, np.nan),
        "corticosteroid": np.where(steroids, first + generator.integers(0, 3, n), np.nan),
    }


def _where(condition: np.ndarray, texts: np.ndarray) -> np.ndarray:
    return np.where(condition, texts, "").astype(object)
