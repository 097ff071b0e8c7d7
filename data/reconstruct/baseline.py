"""Characteristics before infusion that agree with the course: burden, genetics, age, earlier treatment, doses.

Genetic risk follows the lesions: high where at least one lesion of `HIGH_RISK_LESIONS` was found (BCR::ABL1, KMT2A
rearrangement, Ph-like, TP53 mutation, complex karyotype, hypodiploidy, TCF3::HLF), low otherwise (normal karyotype,
high hyperdiploidy, ETV6::RUNX1, TCF3::PBX1, DUX4 rearrangement; mutations of RAS do not count).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from data.reconstruct.calendar_days import nearest_weekday
from data.reconstruct.timelines import Course

HIGH_RISK_LESIONS = frozenset(
    {
        "BCR::ABL1",
        "KMT2A::AFF1",
        "KMT2A::MLLT1",
        "Ph-like",
        "TP53 mutation",
        "complex karyotype",
        "hypodiploidy",
        "TCF3::HLF",
    }
)

_HIGH_RISK_GENETICS = (
    *("BCR::ABL1",) * 3,
    *("BCR::ABL1;IKZF1 deletion",) * 3,
    "BCR::ABL1;ABL1 T315I",
    "BCR::ABL1;CDKN2A deletion",
    *("KMT2A::AFF1",) * 3,
    "KMT2A::MLLT1",
    "Ph-like;P2RY8::CRLF2",
    "Ph-like;IGH::CRLF2;JAK2 mutation",
    "Ph-like;IGH::CRLF2;IKZF1 deletion",
    "Ph-like;EBF1::PDGFRB",
    "Ph-like;IKZF1 deletion;CDKN2A deletion",
    *("TP53 mutation",) * 2,
    "TP53 mutation;hypodiploidy",
    "TP53 mutation;complex karyotype",
    "TP53 mutation;complex karyotype;CDKN2A deletion",
    *("complex karyotype",) * 2,
    "complex karyotype;NRAS mutation",
    "hypodiploidy;TP53 mutation",
    "TCF3::HLF",
)
_LOW_RISK_GENETICS = (
    *("normal karyotype",) * 3,
    "normal karyotype;NRAS mutation",
    "high hyperdiploidy",
    "ETV6::RUNX1",
    "TCF3::PBX1",
    "DUX4 rearrangement",
)

# Ages at which the lesions are usually seen in adults; others from 18 to 62.
_AGE_RANGES = {
    "BCR::ABL1": (27, 65),
    "hypodiploidy": (38, 66),
    "high hyperdiploidy": (18, 32),
    "ETV6::RUNX1": (18, 26),
    "Ph-like": (18, 45),
}
_ANY_AGE = (18, 62)

N_RESPONDERS_HIGH_BURDEN = 13
N_RESPONDERS_EXTRAMEDULLARY_ONLY = 2
N_MALE = 19
N_FIRST_CAR22 = 14
N_PRIOR_HSCT = 8


@dataclass(frozen=True)
class Baseline:
    """One patient before infusion; the dose of a second product that was never given is struck out on writing."""

    enrollment_day: int
    age_years: int
    sex: str
    disease_status: str
    prior_lines: int
    prior_hsct: bool
    extramedullary_disease: bool
    marrow_blasts_pct: float
    genetic_abnormalities: str
    first_product: str
    car19_dose: float | None
    car22_dose: float | None

    @property
    def high_burden(self) -> bool:
        """Tell whether burden is high by the suite's own rule."""
        return self.marrow_blasts_pct >= 50 or self.extramedullary_disease


def draw_baselines(rng: np.random.Generator, courses: list[Course]) -> list[Baseline]:
    """Draw the characteristics of all patients, in the order of their courses."""
    burdens = _draw_burdens(rng, courses)
    genetics = _deal_genetics(rng, courses)
    refractory = [rng.random() < (0.3 if course.responded else 0.5) for course in courses]
    relapsed = [i for i, none in enumerate(refractory) if not none]
    prior_hsct = set(pick(rng, relapsed, N_PRIOR_HSCT))
    male = set(pick(rng, range(len(courses)), N_MALE))
    first_car22 = set(pick(rng, range(len(courses)), N_FIRST_CAR22))
    dose_lost = pick(rng, [i for i, course in enumerate(courses) if course.responded], 2)
    return [
        Baseline(
            enrollment_day=_draw_enrollment(rng, course),
            age_years=_draw_age(rng, genetics[i]),
            sex="male" if i in male else "female",
            disease_status="refractory" if refractory[i] else "relapsed",
            prior_lines=int(min(7, 2 + (i in prior_hsct) + refractory[i] + rng.poisson(0.9))),
            prior_hsct=i in prior_hsct,
            extramedullary_disease=burdens[i][1],
            marrow_blasts_pct=burdens[i][0],
            genetic_abnormalities=genetics[i],
            first_product="CAR22" if i in first_car22 else "CAR19",
            car19_dose=None if i == dose_lost[0] else _draw_dose(rng),
            car22_dose=None if i == dose_lost[1] else _draw_dose(rng),
        )
        for i, course in enumerate(courses)
    ]


def pick(
    rng: np.random.Generator, members: Sequence[int], size: int, *, weights: Sequence[float] | None = None
) -> list[int]:
    """Draw so many different members, with chances in proportion to the weights where there are any."""
    chances = None if weights is None else np.array(weights, dtype=float) / math.fsum(weights)
    return [int(i) for i in rng.choice(np.array(members, dtype=int), size, replace=False, p=chances)]


def _draw_burdens(rng: np.random.Generator, courses: list[Course]) -> list[tuple[float, bool]]:
    """Return blasts and extramedullary disease: high in all non-responders and in fewer than half of the others."""
    responders = [i for i, course in enumerate(courses) if course.responded]
    # Those who fare worse later have more often come with much disease.
    weights = [1.5 if courses[i].progressed else 1.0 for i in responders]
    high = pick(rng, responders, N_RESPONDERS_HIGH_BURDEN, weights=weights)
    extramedullary_only = set(high[:N_RESPONDERS_EXTRAMEDULLARY_ONLY])
    burdens = []
    for i, course in enumerate(courses):
        much = not course.responded or (i in high and i not in extramedullary_only)
        blasts = 50 + 46 * rng.beta(1.7, 1.3) if much else 1.5 + 47 * rng.beta(0.9, 1.7)
        extramedullary = i in extramedullary_only or (much and rng.random() < 0.25)
        burdens.append((round(float(blasts), 1), extramedullary))
    return burdens


def _deal_genetics(rng: np.random.Generator, courses: list[Course]) -> list[str]:
    """Deal the lesions of each risk group to its patients in random order."""
    hands = {
        "high": [_HIGH_RISK_GENETICS[i] for i in rng.permutation(len(_HIGH_RISK_GENETICS))],
        "low": [_LOW_RISK_GENETICS[i] for i in rng.permutation(len(_LOW_RISK_GENETICS))],
    }
    return [hands[course.genetic_risk].pop() for course in courses]


def _draw_age(rng: np.random.Generator, genetics: str) -> int:
    ranges = [_AGE_RANGES[lesion] for lesion in genetics.split(";") if lesion in _AGE_RANGES]
    youngest, oldest = ranges[0] if ranges else _ANY_AGE
    return youngest + int((oldest - youngest) * rng.beta(1.2, 1.6))


def _draw_enrollment(rng: np.random.Generator, course: Course) -> int:
    """Manufacture and lymphodepletion take some weeks."""
    return nearest_weekday(course.infusion_date, -max(15, round(float(rng.lognormal(math.log(26), 0.3)))))


def _draw_dose(rng: np.random.Generator) -> float:
    return round(min(6.0, max(0.6, float(rng.lognormal(math.log(2.4), 0.45)))), 2)
