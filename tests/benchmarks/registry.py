"""A simulated registry: a study folder of as many patients as asked for, in the shape of the default study.

    python -m tests.benchmarks.registry N FOLDER [--seed S]

Every patient is drawn, none is real. A share of those in complete remission is cured, the others relapse or die
early; genetic risk, tumour burden and age act on response and on the hazards; severe CRS follows a high burden and
comes with high markers. Days are whole and patients enter over seven years, so that at scale hundreds have the event
on one day. Visits are sparser than in the default study, as in a registry: about four adverse events and sixteen
measurements a patient.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from tests.benchmarks import registry_events
from tests.benchmarks.registry_course import Course, draw_course
from tests.benchmarks.registry_patients import Patients, draw_patients

CUTOFF = np.datetime64("2023-02-28")
_LATEST_ENTRY_DAYS, _EARLIEST_ENTRY_DAYS = 400, 2950
"""From first infusion to the data cut-off."""

_DESCRIPTION = """title: Simulated registry of {n:,} patients after sequential CAR19/22 T-cell therapy
data_cutoff_date: {cutoff}
synthetic: true
source: Drawn by the program tests.benchmarks.registry with seed {seed}; no real person's data.
factors: [genetic_risk, tumor_burden, age_group, sex, extramedullary_disease, prior_hsct]
levels: {{genetic_risk: [low, high]}}
"""


def write_registry(n: int, folder: Path, *, seed: int = 1) -> None:
    """Write a study of n simulated patients; the same n and seed make the same bytes."""
    generator = np.random.default_rng(seed)
    infusion = CUTOFF - np.sort(generator.integers(_LATEST_ENTRY_DAYS, _EARLIEST_ENTRY_DAYS, n))[::-1]
    patients = draw_patients(generator, n)
    course = draw_course(generator, patients, cutoff_day=(CUTOFF - infusion).astype(int))
    subject_id = np.char.add("R", np.char.zfill(np.arange(1, n + 1).astype(str), 7)).astype(object)
    folder.mkdir(parents=True, exist_ok=True)
    description = _DESCRIPTION.format(n=n, cutoff=CUTOFF, seed=seed)
    (folder / "study.yaml").write_text(description, encoding="utf-8")
    _write(folder / "subjects.csv", _subject_columns(subject_id, infusion, patients, course))
    for name, table in (
        ("adverse_events.csv", registry_events.draw_adverse_events(generator, patients, course)),
        ("assessments.csv", registry_events.draw_assessments(generator, patients, course)),
    ):
        _write(folder / name, _event_columns(table, subject_id, infusion))


def _subject_columns(
    subject_id: np.ndarray, infusion: np.ndarray, patients: Patients, course: Course
) -> dict[str, np.ndarray]:
    """Return the columns of the subjects table, in the order of the default study, as text."""
    days = course.days
    return {
        "subject_id": subject_id,
        "infusion_date": _date(infusion, np.zeros(len(infusion))),
        "death_date": _date(infusion, days["death"]),
        "last_contact_date": _date(infusion, days["last_contact"]),
        "enrollment_date": _date(infusion, days["enrollment"]),
        "second_infusion_date": _date(infusion, days["second_infusion"]),
        "age_years": _number(patients.age_years),
        "sex": patients.sex,
        "disease_status": patients.disease_status,
        "prior_lines": _number(patients.prior_lines),
        "prior_hsct": _yes_no(patients.prior_hsct),
        "extramedullary_disease": _yes_no(patients.extramedullary_disease),
        "marrow_blasts_pct": _number(patients.marrow_blasts_pct, decimals=1),
        "genetic_abnormalities": patients.genetic_abnormalities,
        "genetic_risk": np.where(patients.high_risk, "high", "low").astype(object),
        "first_product": patients.first_product,
        "car19_dose_1e6_per_kg": _number(patients.car19_dose, decimals=2),
        "car22_dose_1e6_per_kg": _number(patients.car22_dose, decimals=2),
        "best_response": course.best_response,
        "response_date": _date(infusion, days["response"]),
        "mrd_negative": course.mrd_negative,
        "progression_date": _date(infusion, days["progression"]),
        "relapse_date": _date(infusion, days["relapse"]),
        "relapse_cd19": course.relapse_cd19,
        "relapse_cd22": course.relapse_cd22,
        "relapse_site": course.relapse_site,
        "hsct_date": _date(infusion, days["hsct"]),
        "new_therapy_date": _date(infusion, days["new_therapy"]),
        "death_cause": course.death_cause,
        "tocilizumab_date": _date(infusion, days["tocilizumab"]),
        "corticosteroid_date": _date(infusion, days["corticosteroid"]),
    }


def _event_columns(
    table: Mapping[str, np.ndarray], subject_id: np.ndarray, infusion: np.ndarray
) -> dict[str, np.ndarray]:
    """Return a table of events as text: the patient's number as the key, days as dates."""
    patient = table["patient"]
    columns = {"subject_id": subject_id[patient]}
    for name, values in table.items():
        if name.endswith("_day"):
            columns[name.removesuffix("_day") + "_date"] = _date(infusion[patient], values)
        elif name != "patient":
            columns[name] = values if values.dtype == object else _number(values, decimals=2)
    return columns


def _date(infusion: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Return infusion plus day as ISO dates; a missing day is an empty cell."""
    known = ~np.isnan(day)
    date = np.where(known, infusion + np.where(known, day, 0).astype("timedelta64[D]"), np.datetime64("NaT"))
    return _texts_of(date.astype("datetime64[D]").astype(int), lambda days: days.astype("datetime64[D]").astype(str))


def _number(values: np.ndarray, *, decimals: int = 0) -> np.ndarray:
    """Return numbers as text; NaN is an empty cell."""
    return _texts_of(
        np.where(np.isnan(values), np.iinfo(int).min, np.round(values * 10.0**decimals)).astype(int),
        lambda whole: [f"{one / 10**decimals:.10g}" for one in whole.tolist()],
    )


def _texts_of(whole: np.ndarray, spell: Callable[[np.ndarray], Sequence[str]]) -> np.ndarray:
    """Spell every distinct whole number once; the smallest of all is a missing value."""
    distinct, position = np.unique(whole, return_inverse=True)
    texts = np.array(spell(distinct), dtype=object)
    texts[distinct == np.iinfo(int).min] = ""
    return texts[position]


def _yes_no(values: np.ndarray) -> np.ndarray:
    return np.where(values, "yes", "no").astype(object)


def _write(path: Path, columns: Mapping[str, Sequence[str]]) -> None:
    # No cell holds a comma or a quotation mark, so that the texts can be joined as they are.
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(",".join(columns) + "\n")
        rows = map(",".join, zip(*columns.values(), strict=True))
        file.writelines(row + "\n" for row in rows)


def main() -> None:
    """Read the arguments and write the study."""
    parser = argparse.ArgumentParser(description="Write a study of simulated patients.")
    parser.add_argument("n", type=int, help="patients")
    parser.add_argument("folder", type=Path, help="where the study goes")
    parser.add_argument("--seed", type=int, default=1, help="seed of the simulated patients")
    arguments = parser.parse_args()
    write_registry(arguments.n, arguments.folder, seed=arguments.seed)


if __name__ == "__main__":
    main()
