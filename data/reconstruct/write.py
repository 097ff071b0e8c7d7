"""Write the study's files: dates for days, columns in the order of the data dictionary."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from data.reconstruct.baseline import Baseline
from data.reconstruct.calendar_days import add_days
from data.reconstruct.markers import DETECTION_LIMITS, UNITS, Measurement
from data.reconstruct.targets import DATA_CUTOFF_DATE, TARGETS
from data.reconstruct.timelines import Course
from data.reconstruct.toxicity import AdverseEvent, Syndromes
from data.reconstruct.treatment import Treatment

_LIMITS = [f"{assay} {limit:g} {UNITS[assay]}" for assay, limit in DETECTION_LIMITS.items()]

STUDY_YAML = f"""\
title: Sequential CAR19/22 T-cell therapy in adults with relapsed/refractory B-ALL
data_cutoff_date: {DATA_CUTOFF_DATE}
synthetic: true
source: >-
  Synthetic patients, no real person's data: a cohort of 35 made by the program data.reconstruct so that every figure
  of the published abstract holds at once (long-term outcomes of sequential CAR19/22 T-cell therapy in 35 adults with
  relapsed/refractory B-ALL, a retrospective analysis with last follow-up on February 28, 2023). A measured value
  below the limit of detection is entered as half that limit ({", ".join(_LIMITS[:3])},
  {", ".join(_LIMITS[3:])}).
# genetic_risk is high where genetic_abnormalities names BCR::ABL1, a KMT2A fusion, Ph-like, TP53 mutation, complex
# karyotype, hypodiploidy or TCF3::HLF, low otherwise.
factors: [genetic_risk, tumor_burden, age_group, sex, extramedullary_disease, prior_hsct]
levels: {{genetic_risk: [low, high]}}
published: published.yaml
"""


@dataclass(frozen=True)
class Cohort:
    """All there is to write; the sequences run in order of infusion, events and measurements name their patient."""

    courses: list[Course]
    baselines: list[Baseline]
    treatments: list[Treatment]
    syndromes: list[Syndromes]
    events: list[AdverseEvent]
    measurements: list[Measurement]


def write_study(cohort: Cohort, folder: Path) -> None:
    """Write the five files of the study into a folder, which is made where it does not exist."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = {
        "study.yaml": STUDY_YAML,
        "published.yaml": _published_text(),
        "subjects.csv": _csv_text(_subject_row(cohort, i) for i in range(len(cohort.courses))),
        "adverse_events.csv": _csv_text(_event_rows(cohort)),
        "assessments.csv": _csv_text(_measurement_rows(cohort)),
    }
    for name, text in texts.items():
        (folder / name).write_bytes(text.encode("utf-8"))


def _subject_id(patient: int) -> str:
    return f"P{patient + 1:02d}"


def _subject_row(cohort: Cohort, i: int) -> dict[str, object]:
    course, baseline, treatment = cohort.courses[i], cohort.baselines[i], cohort.treatments[i]
    syndromes = cohort.syndromes[i]
    given = {baseline.first_product}
    if treatment.second_infusion_day:
        given = {"CAR19", "CAR22"}
    return {
        "subject_id": _subject_id(i),
        "infusion_date": course.infusion_date,
        "death_date": _date(course, course.death_day),
        "last_contact_date": _date(course, course.last_contact_day),
        "enrollment_date": _date(course, baseline.enrollment_day),
        "second_infusion_date": _date(course, treatment.second_infusion_day),
        "age_years": baseline.age_years,
        "sex": baseline.sex,
        "disease_status": baseline.disease_status,
        "prior_lines": baseline.prior_lines,
        "prior_hsct": _yes_no(baseline.prior_hsct),
        "extramedullary_disease": _yes_no(baseline.extramedullary_disease),
        "marrow_blasts_pct": baseline.marrow_blasts_pct,
        "genetic_abnormalities": baseline.genetic_abnormalities,
        "genetic_risk": course.genetic_risk,
        "first_product": baseline.first_product,
        "car19_dose_1e6_per_kg": baseline.car19_dose if "CAR19" in given else None,
        "car22_dose_1e6_per_kg": baseline.car22_dose if "CAR22" in given else None,
        "best_response": treatment.best_response,
        "response_date": _date(course, treatment.response_day),
        "mrd_negative": _yes_no(treatment.mrd_negative),
        "progression_date": _date(course, course.progression_day),
        "relapse_date": _date(course, course.relapse_day),
        "relapse_cd19": treatment.relapse_cd19,
        "relapse_cd22": treatment.relapse_cd22,
        "relapse_site": treatment.relapse_site,
        "hsct_date": _date(course, treatment.hsct_day),
        "new_therapy_date": _date(course, treatment.new_therapy_day),
        "death_cause": treatment.death_cause,
        "tocilizumab_date": _date(course, syndromes.tocilizumab_day),
        "corticosteroid_date": _date(course, syndromes.corticosteroid_day),
    }


def _event_rows(cohort: Cohort) -> Iterable[dict[str, object]]:
    for event in sorted(cohort.events, key=lambda row: (row.patient, row.onset_day, row.term)):
        course = cohort.courses[event.patient]
        yield {
            "subject_id": _subject_id(event.patient),
            "term": event.term,
            "grade": event.grade,
            "onset_date": _date(course, event.onset_day),
            "resolution_date": _date(course, event.resolution_day),
            "infusion": event.infusion,
            "treatment": ";".join(event.treatment),
        }


def _measurement_rows(cohort: Cohort) -> Iterable[dict[str, object]]:
    for row in sorted(cohort.measurements, key=lambda row: (row.patient, list(UNITS).index(row.assay), row.day)):
        yield {
            "subject_id": _subject_id(row.patient),
            "assessment_date": _date(cohort.courses[row.patient], row.day),
            "assay": row.assay,
            "value": row.value,
            "unit": UNITS[row.assay],
        }


def _date(course: Course, day: int | None) -> str | None:
    return None if day is None else add_days(course.infusion_date, day).isoformat()


def _yes_no(value: bool | None) -> str | None:
    return None if value is None else "yes" if value else "no"


def _csv_text(rows: Iterable[dict[str, object]]) -> str:
    rows = list(rows)
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _published_text() -> str:
    """Write the targets as YAML; a JSON string is one too."""
    entries = (
        "\n".join(
            (
                f"- claim: {json.dumps(target.claim)}",
                f"  result: {target.result}",
                f"  field: {target.field}",
                f"  published: {json.dumps(target.published)}",
            )
        )
        for target in TARGETS
    )
    return (
        "# Every figure of the abstract, and the result record that must print as published.\n"
        + "\n".join(entries)
        + "\n"
    )
