"""Marker curves: cytokines around each product, CAR transgene, residual disease and B cells while followed.

A value below the limit of detection is entered as half that limit, as registries do, so that it can be drawn on a
logarithmic axis. Days are those of visits; a death, a relapse that ends monitoring or the last contact ends them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from data.reconstruct.baseline import Baseline
from data.reconstruct.calendar_days import nearest_weekday
from data.reconstruct.kinetics import draw_b_cells, draw_residual_disease, draw_surges, draw_transgene
from data.reconstruct.timelines import ASSESSMENT_DAY, Course
from data.reconstruct.toxicity import AdverseEvent, Syndromes
from data.reconstruct.treatment import Treatment

UNITS = {
    "il6": "pg/mL",
    "ferritin": "ng/mL",
    "crp": "mg/L",
    "car_transgene": "copies/µg DNA",
    "mrd": "% of marrow cells",
    "b_cell": "cells/µL",
}
DETECTION_LIMITS = {"il6": 1.5, "ferritin": 5.0, "crp": 0.5, "car_transgene": 10.0, "mrd": 0.01, "b_cell": 1.0}

_NOISE = {"il6": 0.25, "ferritin": 0.15, "crp": 0.2, "car_transgene": 0.3, "mrd": 0.15, "b_cell": 0.2}
_INPATIENT_DAYS = {
    "il6": (0, 1, 3, 5, 7, 10, 14, 21),
    "ferritin": (0, 1, 3, 5, 7, 10, 14, 21),
    "crp": (0, 1, 3, 5, 7, 10, 14, 21),
    "car_transgene": (0, 3, 5, 7, 10, 14, 21),
    "mrd": (),
    "b_cell": (0, 7, 14, 21),
}
_DAYS_AFTER_SECOND = {
    "il6": (0, 3, 7, 14),
    "ferritin": (0, 3, 7, 14),
    "crp": (0, 3, 7, 14),
    "car_transgene": (3, 7, 10, 14),
    "mrd": (),
    "b_cell": (),
}
_LONG_TERM = ("car_transgene", "mrd", "b_cell")
_FIRST_VISITS = (60, 90)
_VISIT_INTERVAL = 91
_MISSED_VISITS = 0.07


@dataclass(frozen=True)
class Measurement:
    """One row of assessments.csv, in days."""

    patient: int
    day: int
    assay: str
    value: str


def draw_measurements(
    rng: np.random.Generator,
    patient: int,
    course: Course,
    baseline: Baseline,
    treatment: Treatment,
    syndromes: Syndromes,
    second_crs: AdverseEvent | None,
) -> list[Measurement]:
    """Draw all measurements of one patient, by assay and day."""
    first_marrow_day = treatment.response_day or course.progression_day or ASSESSMENT_DAY
    transgene = draw_transgene(rng, course, treatment, syndromes)
    surges = draw_surges(rng, treatment, syndromes, second_crs)
    curves = {
        assay: lambda day, parts=parts: max(surge.level(day) for surge in parts) for assay, parts in surges.items()
    }
    curves["car_transgene"] = transgene.level
    curves["mrd"] = draw_residual_disease(rng, course, baseline, treatment, first_marrow_day).level
    curves["b_cell"] = draw_b_cells(rng, course, treatment, transgene.loss_day).level
    visits = _draw_visits(rng, course)
    rows = []
    for assay, level in curves.items():
        for day in _days(assay, course, treatment, first_marrow_day, visits):
            noisy = level(day) * math.exp(rng.normal(0, _NOISE[assay]))
            rows.append(Measurement(patient, day, assay, print_value(assay, noisy)))
    return rows


def print_value(assay: str, value: float) -> str:
    """Write a value as the laboratory would, half the limit of detection where it is below that limit."""
    limit = DETECTION_LIMITS[assay]
    shown = value if value >= limit else limit / 2
    if assay == "mrd":
        shown = min(shown, 98.0)
        decimals = 3 if shown < 0.1 else 2 if shown < 10 else 1
    elif assay == "b_cell":
        decimals = 1 if shown < 1 else 0
    else:
        decimals = {"il6": 2, "ferritin": 1, "crp": 1, "car_transgene": 0}[assay]
    return f"{shown:.{decimals}f}"


def _last_monitored_day(course: Course) -> int:
    """Monitoring ends with a relapse that is not overcome, three months after non-response, or with follow-up."""
    if not course.died:
        return course.last_contact_day
    if course.relapse_day:
        return course.relapse_day
    if not course.responded:
        return min(course.death_day - 1, _FIRST_VISITS[-1] + 5)
    return course.death_day - 1


def _draw_visits(rng: np.random.Generator, course: Course) -> list[int]:
    """Draw outpatient visits: days 60 and 90, then every three months, give or take; the last contact is one."""
    last = _last_monitored_day(course)
    planned = [*_FIRST_VISITS, *range(_FIRST_VISITS[-1] + _VISIT_INTERVAL, last, _VISIT_INTERVAL)]
    jittered = (nearest_weekday(course.infusion_date, day + round(float(rng.normal(0, 4)))) for day in planned)
    kept = [day for day in jittered if rng.random() >= _MISSED_VISITS and day < last - 14]
    closing = course.relapse_day if course.died else course.last_contact_day
    return sorted({*kept, *([closing] if closing else []), *([course.relapse_day] if course.relapse_day else [])})


def _days(
    assay: str, course: Course, treatment: Treatment, first_marrow_day: int, visits: list[int]
) -> Iterable[int]:
    """List the days of one assay in order, none after monitoring has ended."""
    days = {*_INPATIENT_DAYS[assay], first_marrow_day}
    if treatment.second_infusion_day:
        days |= {treatment.second_infusion_day + day for day in _DAYS_AFTER_SECOND[assay]}
    if assay in _LONG_TERM:
        days |= set(visits)
    return sorted(day for day in days if day <= _last_monitored_day(course))
