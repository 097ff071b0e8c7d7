"""Adverse events other than CRS and ICANS: cytopenias, infections, laboratory findings and the fatal events."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from data.reconstruct.baseline import Baseline
from data.reconstruct.timelines import Course
from data.reconstruct.toxicity import AdverseEvent, Syndromes
from data.reconstruct.treatment import Treatment

# An event belongs to a product if it began at most so many days after it.
ATTRIBUTION_DAYS = 60


@dataclass(frozen=True)
class _Kind:
    """How often a kind of event occurs (with CRS of grade 0-2, and 3 or more), its grades, days and treatment."""

    term: str
    share: float
    share_severe_crs: float
    grades: tuple[int, ...]
    onset: tuple[int, int]
    median_duration: int
    treatment: tuple[str, ...] = ()


_KINDS = (
    _Kind("neutropenia", 0.92, 1.0, (2, 3, 3, 4, 4, 4), (0, 5), 17, ("filgrastim",)),
    _Kind("thrombocytopenia", 0.8, 1.0, (1, 2, 3, 3, 4, 4), (1, 8), 24, ("platelet transfusion",)),
    _Kind("anemia", 0.9, 1.0, (2, 2, 3, 3), (0, 8), 26, ("red cell transfusion",)),
    _Kind("alanine aminotransferase increased", 0.3, 0.6, (1, 1, 2, 3), (3, 14), 12),
    _Kind("fibrinogen decreased", 0.2, 0.8, (1, 2, 2, 3), (4, 10), 9, ("fibrinogen",)),
    _Kind("pneumonia", 0.12, 0.3, (2, 3, 3), (5, 45), 16, ("antibiotics",)),
    _Kind("bloodstream infection", 0.08, 0.3, (3, 3, 4), (4, 25), 12, ("antibiotics",)),
    _Kind("cytomegalovirus reactivation", 0.2, 0.25, (1, 2, 2), (20, 80), 25, ("ganciclovir",)),
    _Kind("invasive fungal infection", 0.03, 0.12, (3,), (12, 40), 45, ("voriconazole",)),
    _Kind("herpes zoster", 0.08, 0.05, (2,), (90, 240), 18, ("aciclovir",)),
)
_HYPOGAMMAGLOBULINEMIA = _Kind(
    "hypogammaglobulinemia", 0.8, 0.9, (1, 2, 2), (21, 60), 320, ("immunoglobulin replacement",)
)
_LATER_NEUTROPENIA = _Kind("neutropenia", 0.5, 0.6, (1, 2, 3, 3), (1, 6), 10, ("filgrastim",))
_LYSIS = _Kind("tumor lysis syndrome", 0.08, 0.2, (3,), (1, 4), 6, ("rasburicase",))
_HLH_LIKE = _Kind("HLH-like syndrome", 0.0, 0.6, (3, 4), (9, 13), 14, ("ruxolitinib",))
_GVHD = _Kind("graft-versus-host disease", 0.5, 0.5, (1, 2, 2), (25, 70), 60, ("ciclosporin",))


def draw_other_events(
    rng: np.random.Generator,
    patient: int,
    course: Course,
    baseline: Baseline,
    treatment: Treatment,
    syndromes: Syndromes,
) -> list[AdverseEvent]:
    """Draw one patient's further adverse events; none begins after follow-up and none is left resolved after it."""
    severe = syndromes.crs_grade >= 3
    wanted = [(kind, 0) for kind in _KINDS]
    if course.responded:
        wanted += [(_HYPOGAMMAGLOBULINEMIA, 0), (_LATER_NEUTROPENIA, treatment.second_infusion_day)]
    if baseline.marrow_blasts_pct >= 70:
        wanted.append((_LYSIS, 0))
    if syndromes.crs_grade == 4:
        wanted.append((_HLH_LIKE, 0))
    if treatment.hsct_day and treatment.death_cause != "transplant":
        wanted.append((_GVHD, treatment.hsct_day))
    drawn = [_draw_event(rng, patient, kind, start, course, treatment, severe=severe) for kind, start in wanted]
    fatal = _fatal_event(rng, patient, course, treatment)
    terms_at_death = {fatal.term} if fatal else set()
    return [event for event in drawn if event and event.term not in terms_at_death] + ([fatal] if fatal else [])


def _draw_event(
    rng: np.random.Generator,
    patient: int,
    kind: _Kind,
    start: int,
    course: Course,
    treatment: Treatment,
    *,
    severe: bool,
) -> AdverseEvent | None:
    """Draw the event, or None where it does not occur or the patient's follow-up ends before it."""
    occurs = rng.random() < (kind.share_severe_crs if severe else kind.share)
    grade = kind.grades[rng.integers(0, len(kind.grades))]
    onset = start + int(rng.integers(*kind.onset, endpoint=True))
    spread = 0.35 + 0.1 * severe
    # Marrow full of leukaemia recovers slowly, severe events take longer.
    factor = (0.6 + 0.13 * grade) * (1 if course.responded else 2)
    duration = max(2, round(float(rng.lognormal(math.log(kind.median_duration * factor), spread))))
    if not occurs or onset >= course.os_days:
        return None
    resolution = onset + duration if onset + duration < course.os_days else None
    given = kind.treatment if grade >= 2 else ()
    return AdverseEvent(patient, kind.term, grade, onset, resolution, _product(onset, treatment), given)


def _product(onset: int, treatment: Treatment) -> int | None:
    """Attribute an event to the last product given before it, unless that was long ago."""
    second = treatment.second_infusion_day
    number, given = (2, second) if second is not None and onset >= second else (1, 0)
    return number if onset - given <= ATTRIBUTION_DAYS else None


# Term of the fatal event by cause, first and last day of its onset before death, treatment. A death of disease has no
# event of grade 5, one of toxicity has the CRS that caused it.
_FATAL = {
    "infection": (("pneumonia", "sepsis"), (3, 9), ("antibiotics", "vasopressor")),
    "transplant": (("graft-versus-host disease",), (14, 35), ("ciclosporin", "corticosteroids")),
    "other": (("intracranial hemorrhage",), (0, 2), ("platelet transfusion",)),
}


def _fatal_event(rng: np.random.Generator, patient: int, course: Course, treatment: Treatment) -> AdverseEvent | None:
    if treatment.death_cause not in _FATAL:
        return None
    terms, before, given = _FATAL[treatment.death_cause]
    term = terms[rng.integers(0, len(terms))]
    onset = course.death_day - int(rng.integers(*before, endpoint=True))
    return AdverseEvent(patient, term, 5, onset, None, _product(onset, treatment), given)
