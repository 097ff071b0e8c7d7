"""Cytokine release syndrome and neurotoxicity: grades, days and the anti-inflammatory treatment given for them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data.reconstruct.baseline import Baseline, pick
from data.reconstruct.targets import N_ICANS
from data.reconstruct.timelines import Course
from data.reconstruct.treatment import Treatment

# Patients by worst ASTCT grade of CRS, most severe first: 32 with, 3 without. The one of grade 5 is the early death.
CRS_GRADES = (5, *(4,) * 2, *(3,) * 6, *(2,) * 12, *(1,) * 11, *(0,) * 3)
ICANS_GRADES = (4, 3, 2, 2, 1, 1)
N_CRS_AGAIN = 9

# By grade: first and last day of onset, shortest and longest duration, days from onset to tocilizumab, all inclusive.
_ONSET_DAYS = {1: (3, 9), 2: (2, 6), 3: (1, 4), 4: (1, 2), 5: (1, 1)}
_DURATION_DAYS = {1: (2, 5), 2: (4, 8), 3: (6, 11), 4: (10, 16)}
_TOCILIZUMAB_DELAY = {2: (1, 4), 3: (0, 3), 4: (0, 2), 5: (2, 2)}
_TOCILIZUMAB_SHARE_GRADE_2 = 0.6
_ICANS_DURATION_DAYS = {1: (1, 3), 2: (3, 6), 3: (5, 9), 4: (8, 12)}
_SUPPORT = {
    1: "antipyretics",
    2: "oxygen",
    3: "vasopressor",
    4: "mechanical ventilation",
    5: "mechanical ventilation",
}


@dataclass(frozen=True)
class AdverseEvent:
    """One row of adverse_events.csv, in days; `infusion` is None for late events that belong to neither product."""

    patient: int
    term: str
    grade: int
    onset_day: int
    resolution_day: int | None
    infusion: int | None
    treatment: tuple[str, ...] = ()


@dataclass(frozen=True)
class Syndromes:
    """CRS and ICANS of one patient after the first product, with the first doses given against them."""

    crs: AdverseEvent | None = None
    icans: AdverseEvent | None = None
    tocilizumab_day: int | None = None
    corticosteroid_day: int | None = None

    @property
    def crs_grade(self) -> int:
        """Return the grade of CRS, 0 for none."""
        return self.crs.grade if self.crs else 0


def draw_syndromes(rng: np.random.Generator, courses: list[Course], baselines: list[Baseline]) -> list[Syndromes]:
    """Draw CRS and ICANS after the first product, the more severe the higher the burden of leukaemia."""
    early_death = min(range(len(courses)), key=lambda i: courses[i].os_days)
    order = sorted(range(len(courses)), key=_draw_severity(rng, baselines, early_death).__getitem__, reverse=True)
    crs_grades = dict(zip(order, CRS_GRADES, strict=True))
    # Neurotoxicity follows CRS of grade 2 or more: the early death, and five others by severity.
    prone = [i for i in order[1:] if crs_grades[i] >= 2]
    others = pick(rng, prone, N_ICANS - 1, weights=[crs_grades[i] ** 2 for i in prone])
    others.sort(key=order.index)
    icans_grades = dict(zip([early_death, *others], ICANS_GRADES, strict=True))
    return [_draw_syndrome(rng, i, crs_grades[i], icans_grades.get(i, 0)) for i in range(len(courses))]


def _draw_severity(rng: np.random.Generator, baselines: list[Baseline], early_death: int) -> list[float]:
    noise = rng.normal(0, 0.6, len(baselines))
    scores = [
        row.marrow_blasts_pct / 100 + 0.4 * row.high_burden + float(extra)
        for row, extra in zip(baselines, noise, strict=True)
    ]
    scores[early_death] = max(scores) + 1
    return scores


def _between(rng: np.random.Generator, window: tuple[int, int]) -> int:
    return int(rng.integers(*window, endpoint=True))


def _draw_syndrome(rng: np.random.Generator, patient: int, crs_grade: int, icans_grade: int) -> Syndromes:
    if crs_grade == 0:
        return Syndromes()
    onset = _between(rng, _ONSET_DAYS[crs_grade])
    resolution = None if crs_grade == 5 else onset + _between(rng, _DURATION_DAYS[crs_grade])
    icans_onset = onset + _between(rng, (2, 4)) if icans_grade else None
    tocilizumab = _tocilizumab_day(rng, crs_grade, onset)
    steroid_days = []
    if crs_grade >= 3:
        steroid_days.append(tocilizumab + _between(rng, (0, 2)))
    if icans_grade >= 2:
        steroid_days.append(icans_onset)
    steroid = min(steroid_days, default=None)
    given = {"tocilizumab": tocilizumab, "corticosteroids": steroid}
    drugs = [name for name, day in given.items() if day is not None and (resolution is None or day <= resolution)]
    crs = AdverseEvent(patient, "CRS", crs_grade, onset, resolution, 1, (_SUPPORT[crs_grade], *drugs))
    icans = _icans(rng, patient, icans_grade, icans_onset, fatal=crs_grade == 5)
    return Syndromes(crs, icans, tocilizumab, steroid)


def _tocilizumab_day(rng: np.random.Generator, grade: int, onset: int) -> int | None:
    if grade == 1 or (grade == 2 and rng.random() >= _TOCILIZUMAB_SHARE_GRADE_2):
        return None
    return onset + _between(rng, _TOCILIZUMAB_DELAY[grade])


def _icans(
    rng: np.random.Generator, patient: int, grade: int, onset: int | None, *, fatal: bool
) -> AdverseEvent | None:
    """Neurotoxicity of a patient who dies of CRS is still there at death."""
    if not grade:
        return None
    resolution = None if fatal else onset + _between(rng, _ICANS_DURATION_DAYS[grade])
    drugs = ("levetiracetam", "corticosteroids") if grade >= 2 else ("levetiracetam",)
    return AdverseEvent(patient, "ICANS", grade, onset, resolution, 1, drugs)


def draw_second_crs(
    rng: np.random.Generator, treatments: list[Treatment], syndromes: list[Syndromes]
) -> list[AdverseEvent]:
    """Some who had CRS after the first product have it again after the second, mildly: little leukaemia is left."""
    again = [i for i, row in enumerate(syndromes) if row.crs and treatments[i].response_day]
    events = []
    for rank, i in enumerate(sorted(pick(rng, again, N_CRS_AGAIN))):
        onset = treatments[i].second_infusion_day + _between(rng, (2, 8))
        grade = min(2 if rank == 0 else 1, syndromes[i].crs_grade)
        events.append(AdverseEvent(i, "CRS", grade, onset, onset + _between(rng, (2, 4)), 2, (_SUPPORT[grade],)))
    return events
