"""Times that look like months, weeks or years."""

import numpy as np
import pytest

from cartcohort.study.doctor.rules import find_at_once
from cartcohort.study.load import read_study
from tests.benchmarks.registry_course import draw_course
from tests.benchmarks.registry_patients import draw_patients
from tests.builders import write_study
from tests.unit.study.doctor.cases import found, in_days

SHORT = "Nobody is followed beyond day 130: these look like months, weeks or years, not days."
EARLY = "Most responses come within a week of infusion: these look like months or weeks, not days."
UNEQUAL = "No living patient is followed beyond day 130, but deaths come much later."


def cohort(n: int, seed: int, *, days_a_unit: float) -> str:
    """A simulated cohort whose times are whole numbers of the unit."""
    generator = np.random.default_rng(seed)
    course = draw_course(generator, draw_patients(generator, n), cutoff_day=generator.integers(90, 1800, n))
    names = ("death", "last_contact", "response")
    lines = ["subject_id,death_day,last_contact_day,response_day,best_response"]
    for patient in range(n):
        cells = [course.days[name][patient] for name in names]
        texts = ["" if np.isnan(cell) else str(round(cell / days_a_unit)) for cell in cells]
        lines.append(",".join([f"S{patient + 1}", *texts, course.best_response[patient]]))
    return "\n".join(lines)


def told(folder, subjects):
    """What is told of times; slips that rounding to whole units makes by itself are passed over."""
    reading = read_study(write_study(folder, subjects=subjects, yaml=""))
    return {problem.what for problem in find_at_once(reading)} & {SHORT, EARLY, UNEQUAL}


@pytest.mark.parametrize("n", [20, 35, 200])
@pytest.mark.parametrize("seed", range(5))
def test_simulated_cohorts_in_days_are_taken_for_days(tmp_path, n, seed):
    assert told(tmp_path, cohort(n, seed, days_a_unit=1)) == set()


@pytest.mark.parametrize("n", [20, 35, 200])
@pytest.mark.parametrize("seed", range(5))
def test_simulated_cohorts_in_months_are_told_twice(tmp_path, n, seed):
    assert told(tmp_path, cohort(n, seed, days_a_unit=30.4375)) == {SHORT, EARLY}


@pytest.mark.parametrize(("unit", "expected"), [(7, {EARLY}), (365.25, {SHORT})])
def test_simulated_cohorts_in_weeks_or_years_are_told(tmp_path, unit, expected):
    assert told(tmp_path, cohort(200, 1, days_a_unit=unit)) == expected


def test_last_contacts_in_months_beside_deaths_in_days_are_told(tmp_path):
    lines = [*(f"{day}," for day in (40, 200, 400, 500, 600)), *(f",{month}" for month in (8, 20, 31, 44, 60))]
    assert found(tmp_path, **in_days(*lines)) == [(UNEQUAL, "subjects.csv: columns death_day and last_contact_day")]


def test_responses_on_the_day_of_a_transplant_are_no_months(tmp_path):
    lines = [f",{900 + day},CR,1" for day in range(12)]
    study = in_days(*lines, header="death_day,last_contact_day,best_response,response_day")
    assert found(tmp_path, **study | {"yaml": "day_zero: transplant"}) == []
