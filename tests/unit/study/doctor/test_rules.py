"""The rules together: which a run asks, what sound studies raise, and what a study with errors still does."""

from pathlib import Path

import pytest

from cartcohort.study.doctor.rules import find_all, find_at_once
from cartcohort.study.load import load_study, read_study
from tests.benchmarks.registry import write_registry
from tests.builders import ADVERSE_EVENTS, ASSESSMENTS, COHORT, write_study

DATA = Path(__file__).parents[4] / "data"


@pytest.mark.parametrize("name", ["car1922", "bmt"])
def test_the_bundled_studies_raise_nothing(name):
    assert find_all(read_study(DATA / name)) == ()


@pytest.mark.parametrize(("n", "seed"), [(12, 1), (35, 2), (100, 3), (2000, 4)])
def test_simulated_registries_raise_at_most_that_a_level_has_one_patient(tmp_path, n, seed):
    write_registry(n, tmp_path, seed=seed)
    told = {problem.what.split("`")[0] for problem in find_all(read_study(tmp_path))}
    assert told <= {"A level of the factor ", "The factor "}


def test_a_run_tells_what_is_cheap_and_matters_and_check_the_rest(tmp_path):
    subjects = COHORT.replace("PR,2021-06-29", "PR,").replace("2020-01-29", "2020-01-03")
    folder = write_study(tmp_path, subjects=subjects)
    reading = read_study(folder)
    assert [one.what for one in find_at_once(reading)] == ["A responder has no `response_date`."]
    assert load_study(folder).warnings == find_at_once(reading)
    assert [one.what for one in find_all(reading)] == [
        "A responder has no `response_date`.",
        "`response_date` lies within a week of infusion.",
    ]


def test_a_study_with_errors_is_looked_at_as_far_as_it_can_be_read(tmp_path):
    folder = write_study(
        tmp_path,
        subjects=COHORT.replace("male,high,80", "mael,high,80").replace("PR,2021-06-29", "PR,"),
        adverse_events=ADVERSE_EVENTS.replace("2020-01-08", "2020-08-08"),
        assessments=ASSESSMENTS.replace("90,", "-90,"),
    )
    reading = read_study(folder)
    assert len(reading.problems) == 2
    assert [one.what for one in find_all(reading)] == [
        "A responder has no `response_date`.",
        "CRS or ICANS lasts for more than 90 days.",
        "A measured value is negative.",
    ]


def test_without_a_table_of_subjects_the_others_are_still_read(tmp_path):
    folder = write_study(tmp_path, adverse_events="subject_id,term,grade\nA,CRS,7\nB,crs,1\nB,CRS,1\n", yaml="")
    (folder / "subjects.csv").write_text("subject_id,death_day,last_contact_day\n")
    reading = read_study(folder)
    assert [str(one.where) for one in reading.problems] == ["subjects.csv", "adverse_events.csv: row 2, column grade"]
    assert [str(one.where) for one in find_all(reading)] == ["adverse_events.csv: row 3, column term"]


def test_a_table_without_any_of_its_columns_is_still_looked_at(tmp_path):
    reading = read_study(write_study(tmp_path, subjects="subject_id,x\nA,1\nB,2\nB,2\n", yaml=""))
    assert len(reading.problems) == 2
    assert find_all(reading) == ()
