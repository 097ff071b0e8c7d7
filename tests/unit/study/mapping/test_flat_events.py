"""Adverse events that stand as columns of the subjects' file."""

import pandas as pd
import pytest

from cartcohort.errors import StudyDataError
from tests.builders import make_study

SHEET = """
    id, death_day, last_contact_day, crs_grade, crs_start, crs_end, icans, icans_start
  P1,   152,       ,                 2,         1,         6,       0,
  P2,   ,          900,              0,         ,          ,        no,
  P3,   ,          800,              ,          ,          ,        Grade 3, 5
  P4,   ,          700,              1,         ,          ,        ,      4
"""
EVENTS = (
    "flat_events: {CRS: {grade: crs_grade, onset_day: crs_start, resolution_day: crs_end}, "
    "ICANS: {grade: icans, onset_day: icans_start}}\n"
)
YAML = "columns: {subjects: {subject_id: id}}\nvalues: {adverse_events: {grade: {Grade 3: 3}}}\n" + EVENTS


def problems_of(tmp_path, sheet=SHEET, yaml=YAML, **files):
    with pytest.raises(StudyDataError) as caught:
        make_study(tmp_path, subjects=sheet, yaml=yaml, **files)
    return [(problem.what, problem.where, problem.remedy) for problem in caught.value.problems]


def test_columns_of_a_flat_sheet_become_events_with_the_row_of_their_patient(tmp_path):
    study = make_study(tmp_path, subjects=SHEET, yaml=YAML)
    events = study.adverse_events[["subject_id", "term", "grade", "onset_day", "resolution_day", "source_row"]]
    assert events.astype(object).where(events.notna(), None).values.tolist() == [
        ["P1", "CRS", 2, 1, 6, 2],
        ["P3", "ICANS", 3, 5, None, 4],
        ["P4", "CRS", 1, None, None, 5],
        ["P4", "ICANS", None, 4, None, 5],
    ]
    assert not {"crs_grade", "icans_start"} & {*study.subjects}


def test_an_event_without_a_grade_is_there_where_anything_of_it_is(tmp_path):
    yaml = "columns: {subjects: {subject_id: id}}\nflat_events: {ICANS: {onset_day: icans_start}}"
    events = make_study(tmp_path, subjects=SHEET, yaml=yaml).adverse_events
    assert events["subject_id"].tolist() == ["P3", "P4"]
    assert events["grade"].isna().all()


def test_units_and_dates_hold_for_flat_events_too(tmp_path):
    sheet = """
        subject_id, infusion_date, death_date, last_contact_date, crs, crs_start
      P1,           01/02/2020,    ,           31/12/2022,        2,   03/02/2020
    """
    yaml = (
        "data_cutoff_date: 2022-12-31\ndates: {subjects: day/month/year}\n"
        "flat_events: {CRS: {grade: crs, onset_date: crs_start}}"
    )
    assert make_study(tmp_path / "a", subjects=sheet, yaml=yaml).adverse_events["onset_day"].tolist() == [2]
    yaml = f"{YAML}units: {{adverse_events: {{onset_day: weeks, resolution_day: weeks}}}}"
    onset = make_study(tmp_path / "b", subjects=SHEET, yaml=yaml).adverse_events["onset_day"]
    assert [None if pd.isna(day) else day for day in onset] == [7, 35, None, 28]


def test_errors_name_the_columns_of_the_sheet(tmp_path):
    sheet = SHEET.replace("2,         1, ", "7,         9, ").replace("5\n", "x\n")
    assert [(what, where) for what, where, _ in problems_of(tmp_path, sheet=sheet)] == [
        ("`grade` lies outside its range.", "subjects.csv: row 2, column crs_grade"),
        ("`onset_day` holds a cell that is not a whole number.", "subjects.csv: row 4, column icans_start"),
    ]


def test_an_event_that_its_grade_denies_is_told(tmp_path):
    [problem] = problems_of(tmp_path, sheet=SHEET.replace("0,         ,    ", "0,         3,   "))
    assert problem == (
        "The grade says that there was no event, but more is told of one.",
        "subjects.csv: row 3, columns crs_grade, crs_start and crs_end",
        "Correct the grade, or leave the other cells empty.",
    )


def test_a_patient_without_a_key_is_told_once(tmp_path):
    [(what, where, _)] = problems_of(tmp_path, sheet=SHEET.replace("  P1,", "  ,"))
    assert (what, where) == ("`subject_id` is empty.", "subjects.csv: row 2, column id")


@pytest.mark.parametrize(
    ("key", "what", "remedy"),
    [
        (
            "flat_events: {CRS: {grade: crs_grad, onset_day: crs_start}}",
            "`flat_events` names `crs_grad`, which subjects.csv does not hold. Did you mean `crs_grade`?",
            "Give the name as it stands in the header of the file.",
        ),
        (
            "flat_events: {CRS: {grad: crs_grade}}",
            "`flat_events: CRS` has no key `grad`. Did you mean `grade`?",
            "Keys are: grade, onset_date, onset_day, resolution_date, resolution_day, infusion, treatment, fever, "
            "max_temperature_c, hypotension, hypoxia, ice_score, consciousness, seizure, motor_weakness, "
            "cerebral_edema.",
        ),
        (
            "flat_events: {CRS: {}}",
            "`flat_events: CRS` names no column.",
            "Such as {CRS: {grade: crs_grade, onset_date: crs_start}}.",
        ),
        (
            "flat_events: {CRS: crs_grade}",
            "`flat_events: CRS` must hold pairs of name and value.",
            "Such as {CRS: {grade: crs_grade, onset_date: crs_start}}.",
        ),
    ],
)
def test_a_wrong_key_is_told(tmp_path, key, what, remedy):
    yaml = f"columns: {{subjects: {{subject_id: id}}}}\n{key}"
    assert problems_of(tmp_path, yaml=yaml) == [(what, "study.yaml", remedy)]


def test_events_are_not_read_from_two_places(tmp_path):
    [problem] = problems_of(
        tmp_path, adverse_events="subject_id,term\nP1,CRS\n", yaml=YAML.replace("grade: {G", "term: {G")
    )
    assert problem == (
        "`flat_events` makes the adverse events, but they are also read from adverse_events.csv.",
        "study.yaml",
        "Leave out `flat_events`, or take that file away.",
    )
