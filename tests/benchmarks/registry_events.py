"""The adverse events and the measurements of a simulated registry, as columns; `patient` is a position."""

from __future__ import annotations

import numpy as np

from tests.benchmarks.registry_course import Course
from tests.benchmarks.registry_patients import Patients

_FURTHER_TERMS = {
    # term: probability, probabilities of grades 1 to 4, first and last day of onset, median days, treatment
    "neutropenia": (0.95, (0.1, 0.25, 0.35, 0.3), (0, 6), 18, "filgrastim"),
    "thrombocytopenia": (0.80, (0.3, 0.15, 0.3, 0.25), (1, 9), 22, "platelet transfusion"),
    "anemia": (0.85, (0.0, 0.55, 0.45, 0.0), (0, 9), 26, "red cell transfusion"),
    "hypogammaglobulinemia": (0.45, (0.3, 0.7, 0.0, 0.0), (22, 56), 270, "immunoglobulin replacement"),
    "pneumonia": (0.25, (0.0, 0.35, 0.55, 0.1), (8, 40), 16, "antibiotics"),
}
_CRS_TREATMENT = ("", "antipyretics", "oxygen", "oxygen", "vasopressor", "mechanical ventilation")
"""By grade, 0 to 5; tocilizumab is added where a dose is dated."""
_MARKERS = {"il6": ("pg/mL", 8.0, 1.5), "ferritin": ("ng/mL", 1100.0, 0.6), "crp": ("mg/L", 9.0, 0.9)}
"""Unit, median at CRS grade 1, and rise with each grade on the log scale."""
_MARKER_DAYS, _MONITORING_DAYS = (0, 7), (28, 90, 180, 365)


def draw_adverse_events(generator: np.random.Generator, patients: Patients, course: Course) -> dict[str, np.ndarray]:
    """Return the columns of the table of adverse events, by patient and onset."""
    n = len(course.end)
    parts = [_draw_crs(generator, course), _draw_icans(generator, course)]
    for term, (probability, shares, (first, last), median, treatment) in _FURTHER_TERMS.items():
        struck = generator.random(n) < probability
        grade = 1.0 + generator.choice(4, n, p=shares)
        onset = generator.integers(first, last, n).astype(float)
        lasts = 1 + np.floor(median * np.exp(0.5 * generator.standard_normal(n)))
        parts.append(_make(course, term, struck, grade, onset, onset + lasts, np.where(grade >= 3, treatment, "")))
    return _join(parts, "onset_day")


def _draw_crs(generator: np.random.Generator, course: Course) -> dict[str, np.ndarray]:
    n, grade = len(course.end), course.crs_grade
    over = course.crs_onset + 1 + generator.integers(1, 6, n) + grade
    over[course.fatal] = np.nan
    treatment = np.array(_CRS_TREATMENT, dtype=object)[grade]
    treatment[~np.isnan(course.days["tocilizumab"])] += ";tocilizumab"
    return _make(course, "CRS", grade > 0, grade.astype(float), course.crs_onset, over, treatment)


def _draw_icans(generator: np.random.Generator, course: Course) -> dict[str, np.ndarray]:
    n = len(course.end)
    struck = (course.crs_grade >= 2) & ~course.fatal & (generator.random(n) < 0.33)
    grade = 1.0 + generator.choice(4, n, p=(0.35, 0.3, 0.2, 0.15))
    onset = generator.integers(3, 8, n).astype(float)
    over = onset + generator.integers(2, 8, n)
    return _make(course, "ICANS", struck, grade, onset, over, np.where(grade >= 2, "levetiracetam", ""))


def _make(
    course: Course,
    term: str,
    struck: np.ndarray,
    grade: np.ndarray,
    onset: np.ndarray,
    over: np.ndarray,
    treatment: np.ndarray,
) -> dict[str, np.ndarray]:
    """Return the events of one term that began in the patient's time; one that outlasts it has no end."""
    patient = np.flatnonzero(struck & (onset <= course.end))
    over = np.where(over <= course.end, over, np.nan)
    return {
        "patient": patient,
        "term": np.full(len(patient), term, dtype=object),
        "grade": grade[patient],
        "onset_day": onset[patient],
        "resolution_day": over[patient],
        "infusion": np.ones(len(patient)),
        "treatment": treatment[patient].astype(object),
    }


def draw_assessments(generator: np.random.Generator, patients: Patients, course: Course) -> dict[str, np.ndarray]:
    """Return the columns of the table of assessments, by patient and day."""
    n, parts = len(course.end), []
    severity = np.maximum(course.crs_grade, 1) - 1
    for planned in _MARKER_DAYS:
        day = planned + (generator.integers(-2, 3, n) if planned else np.zeros(n))
        for assay, (unit, median, rise) in _MARKERS.items():
            at_peak = rise * severity if planned else 0.0
            value = median * np.exp(at_peak + 0.6 * generator.standard_normal(n))
            parts.append(_measure(course, assay, unit, day, value))
    for planned in _MONITORING_DAYS:
        day = planned + generator.integers(-3, 4, n)
        parts.extend(_monitor(generator, course, planned, day))
    return _join(parts, "assessment_day")


def _monitor(
    generator: np.random.Generator, course: Course, planned: int, day: np.ndarray
) -> list[dict[str, np.ndarray]]:
    n = len(day)
    transgene = 8000 * np.exp(-planned / 60 + 1.2 * generator.standard_normal(n))
    returned = generator.random(n) < planned / 800
    b_cell = np.where(returned, 90 * np.exp(0.6 * generator.standard_normal(n)), 0.5)
    ill = (course.days["relapse"] <= day) | np.isin(course.best_response, ("NR", "PR"))
    mrd = np.where(ill, 100 * generator.beta(0.8, 1.5, n), 0.01)
    return [
        _measure(course, "car_transgene", "copies/ug DNA", day, np.maximum(5, transgene)),
        _measure(course, "b_cell", "cells/uL", day, b_cell),
        _measure(course, "mrd", "% of marrow cells", day, np.maximum(0.01, mrd)),
    ]


def _measure(course: Course, assay: str, unit: str, day: np.ndarray, value: np.ndarray) -> dict[str, np.ndarray]:
    patient = np.flatnonzero(day <= course.end)
    return {
        "patient": patient,
        "assessment_day": day[patient].astype(float),
        "assay": np.full(len(patient), assay, dtype=object),
        "value": _three_digits(value[patient]),
        "unit": np.full(len(patient), unit, dtype=object),
    }


def _three_digits(value: np.ndarray) -> np.ndarray:
    """Round as a laboratory reports: three significant digits."""
    step = 10.0 ** (np.floor(np.log10(value)) - 2)
    return np.round(value / step) * step


def _join(parts: list[dict[str, np.ndarray]], day: str) -> dict[str, np.ndarray]:
    joined = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    order = np.lexsort((joined[day], joined["patient"]))
    return {name: values[order] for name, values in joined.items()}
