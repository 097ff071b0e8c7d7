"""A time and a status that stand for an event and its day."""

import pandas as pd
import pytest

from cartcohort.errors import StudyDataError
from tests.builders import make_study

SHEET = """
    id, os_months, vital, rfs_months, rel, best_response
  P1,   5,         1,     3,          1,   CR
  P2,   35,        0,     35,         0,   CR
  P3,   22,        0,     ,           ,    NR
"""
YAML = "columns: {subjects: {subject_id: id}}\n"
FOLLOW_UP = "follow_up: {time: os_months, status: vital, dead: [1], unit: months}\n"
RELAPSE = "status_times: {relapse: {time: rfs_months, status: rel, event: 1, unit: months}}\n"


def load(tmp_path, sheet=SHEET, yaml=YAML + FOLLOW_UP):
    return make_study(tmp_path, subjects=sheet, yaml=yaml)


def problems_of(tmp_path, **files):
    with pytest.raises(StudyDataError) as caught:
        load(tmp_path, **files)
    return [(problem.what, problem.where, problem.remedy) for problem in caught.value.problems]


def days(column):
    return [None if pd.isna(day) else day for day in column]


def test_the_follow_up_of_a_statisticians_sheet_is_death_or_last_contact(tmp_path):
    subjects = load(tmp_path).subjects
    assert days(subjects["death_day"]) == [152, None, None]
    assert days(subjects["last_contact_day"]) == [None, 1065, 670]
    assert "os_months" not in subjects and "vital" not in subjects


def test_a_date_with_a_status_serves_as_well(tmp_path):
    sheet = """
        subject_id, infusion_date, seen,       state
      P1,           2020-01-01,    01.06.2020, Dead
      P2,           2020-02-01,    31.12.2022, Alive
    """
    yaml = "data_cutoff_date: 2022-12-31\ndates: day/month/year\nfollow_up: {date: seen, status: state, dead: Dead}"
    study = load(tmp_path, sheet=sheet, yaml=yaml)
    assert days(study.subjects["death_day"]) == [152, None]
    assert days(study.subjects["last_contact_day"]) == [None, 1064]


def test_a_time_from_infusion_may_stand_beside_dates(tmp_path):
    sheet = SHEET.replace("id, os", "id, infusion_date, os").replace("P1, ", "P1, 2020-01-01,")
    sheet = sheet.replace("P2, ", "P2, 2020-01-01,").replace("P3, ", "P3, 2020-01-01,")
    study = load(tmp_path, sheet=sheet, yaml=f"data_cutoff_date: 2023-06-30\n{YAML}{FOLLOW_UP}")
    assert days(study.subjects["death_day"]) == [152, None, None]
    assert study.has_dates


def test_a_time_and_a_status_of_relapse_give_its_day_where_it_happened(tmp_path):
    subjects = load(tmp_path, yaml=YAML + FOLLOW_UP + RELAPSE).subjects
    assert days(subjects["relapse_day"]) == [91, None, None]


def test_what_a_problem_is_told_of_is_the_files_own_column(tmp_path):
    sheet = SHEET.replace("35,        0", "x,         0").replace("22, ", "-2, ")
    whats = [(what, where) for what, where, _ in problems_of(tmp_path, sheet=sheet)]
    assert whats == [
        ("`last_contact_day` holds a cell that is not a whole number.", "subjects.csv: row 3, column os_months"),
        ("`last_contact_day` must not be before the first infusion.", "subjects.csv: row 4, column os_months"),
    ]


def test_no_follow_up_at_all_is_told(tmp_path):
    [(what, where, _)] = problems_of(tmp_path, sheet=SHEET.replace("22,        0", ",          "))
    assert what == "`death_day` and `last_contact_day` must not both be empty."
    assert where == "subjects.csv: row 4, column os_months"


@pytest.mark.parametrize(
    ("sheet", "follow_up", "what", "where", "remedy"),
    [
        (
            SHEET.replace("22,        0", "22,        9"),
            "dead: [1], alive: [0]",
            "`vital` holds a value that `follow_up` names neither under `dead` nor under `alive`.",
            "subjects.csv: row 4, column vital",
            "Correct the cells, or complete the lists.",
        ),
        (
            SHEET.replace("22,        0", "22,        Dead"),
            "dead: [1, dead]",
            "`vital` holds a value that differs in capitals from one that `follow_up` names under `dead`.",
            "subjects.csv: row 4, column vital",
            "Name it too under `dead`, or write the cells alike.",
        ),
        (
            SHEET.replace("22,        0", "22,        9"),
            "dead: [1]",
            "`vital` holds 2 values besides those that `follow_up` names under `dead`.",
            "subjects.csv: rows 3 and 4, column vital",
            "Say under `alive` which of them mean that it had not happened.",
        ),
        (
            SHEET,
            "dead: [dead, Dead]",
            "`vital` holds none of the values that `follow_up` names under `dead`.",
            "subjects.csv: column vital",
            "Write them as they stand in the file; if there is none yet, say under `alive` what there is.",
        ),
        (
            SHEET.replace("22,        0", "22,         "),
            "dead: [1], alive: [0]",
            "`vital` is empty, so that `follow_up` cannot tell what happened at `os_months`.",
            "subjects.csv: row 4, column vital",
            "Fill it in.",
        ),
    ],
)
def test_a_status_that_cannot_be_told_is_a_problem_and_the_only_one(tmp_path, sheet, follow_up, what, where, remedy):
    yaml = f"{YAML}follow_up: {{time: os_months, status: vital, unit: months, {follow_up}}}"
    assert problems_of(tmp_path, sheet=sheet, yaml=yaml) == [(what, where, remedy)]


def test_nobody_dead_is_no_problem_where_the_living_are_named(tmp_path):
    yaml = YAML + "follow_up: {time: os_months, status: vital, dead: [2], alive: [0, 1], unit: months}"
    assert load(tmp_path, yaml=yaml).subjects["death_day"].isna().all()


@pytest.mark.parametrize(
    ("key", "what", "remedy"),
    [
        (
            "follow_up: {tme: os_months, status: vital, dead: [1]}",
            "`follow_up` has no key `tme`. Did you mean `time`?",
            "Keys are: time, date, status, dead, alive, unit.",
        ),
        (
            "follow_up: {time: os_months}",
            "`follow_up` lacks `status` and `dead`.",
            "Such as {time: os_months, status: vital_status, dead: [1], unit: months}.",
        ),
        (
            "follow_up: {time: a, date: b, status: vital, dead: [1]}",
            "`follow_up` must have either `time` or `date`.",
            "Such as {time: os_months, status: vital_status, dead: [1], unit: months}.",
        ),
        (
            "follow_up: {date: b, status: vital, dead: [1], unit: days}",
            "`follow_up` has a `unit`, but dates have none.",
            "Leave one of `date` and `unit` out.",
        ),
        (
            "follow_up: {time: os_months, status: vital, dead: [1], alive: [1]}",
            "`follow_up` names a value under both `dead` and `alive`.",
            "Keep it under one.",
        ),
        (
            "follow_up: {time: os_months, status: vital, dead: [1], unit: month}",
            "`follow_up: unit` must be one of days, weeks, months, years. Did you mean `months`?",
            "Such as days.",
        ),
        (
            "follow_up: {time: os_months, status: vital, dead: {1: 2}}",
            "`follow_up: dead` must be a list of texts.",
            "Such as [1, dead].",
        ),
        (
            "status_times: {relapse: {time: rfs_months, status: rel}}",
            "`status_times: relapse` lacks `event`.",
            "Such as {relapse: {time: relapse_months, status: relapsed, event: [1], unit: months}}.",
        ),
    ],
)
def test_a_key_of_a_wrong_form_is_told(tmp_path, key, what, remedy):
    assert problems_of(tmp_path, yaml=YAML + key) == [(what, "study.yaml", remedy)]


def test_names_that_the_file_does_not_hold_or_holds_twice_are_told_at_once(tmp_path):
    yaml = (
        "columns: {subjects: {subject_id: id, age_years: os_months, response_date: rel}}\n"
        + FOLLOW_UP
        + "status_times: {relaps: {time: rfs_months, status: rel, event: 1}, "
        "progression: {time: rfs, status: rell, event: 1}, response: {time: rfs_months, status: rel, event: 1}}"
    )
    whats = [what for what, where, _ in problems_of(tmp_path, yaml=yaml) if where == "study.yaml"]
    assert whats == [
        "`columns` and `follow_up` both read `os_months`.",
        "`status_times` names `relaps`, which is none of its times. Did you mean `relapse`?",
        "`status_times: progression` names `rfs`, which subjects.csv does not hold.",
        "`status_times: progression` names `rell`, which subjects.csv does not hold. Did you mean `rel`?",
        "`status_times: response` makes `response_day`, but subjects.csv also gives `response_date`.",
        "`columns` names `os_months`, which subjects.csv does not hold.",
    ]
