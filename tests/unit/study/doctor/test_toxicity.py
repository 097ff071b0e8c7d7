"""Adverse events that may be, but are mostly slips."""

import pytest

from tests.unit.study.doctor.cases import found

SUBJECTS = """
    subject_id, death_day, last_contact_day, second_infusion_day, tocilizumab_day
  A,            ,          900,              60,                  3
  B,            ,          800,              ,
  C,            ,          700,              ,
"""


def events(folder, table, subjects=SUBJECTS):
    return found(folder, subjects=subjects, adverse_events=table, yaml="")


@pytest.mark.parametrize(
    ("header", "line", "what", "columns"),
    [
        (
            "grade",
            "B,CRS,0",
            "Grade 0 stands for an event that did not happen; the table holds those that did.",
            "column grade",
        ),
        ("onset_day", "B,CRS,31", "CRS begins more than 30 days after infusion.", "column onset_day"),
        ("onset_day,infusion", "A,CRS,91,2", "CRS begins more than 30 days after infusion.", "column onset_day"),
        ("onset_day,infusion", "A,CRS,61,1", "CRS begins more than 30 days after infusion.", "column onset_day"),
        ("onset_day", "B,ICANS,61", "ICANS begins more than 60 days after infusion.", "column onset_day"),
        (
            "infusion",
            "B,CRS,2",
            "The event is said to follow a second infusion, which the subjects table does not have.",
            "column infusion",
        ),
        (
            "onset_day,infusion",
            "A,neutropenia,59,2",
            "The event is said to follow the second infusion, but begins before it.",
            "columns infusion and onset_day",
        ),
        (
            "onset_day,resolution_day",
            "B,CRS,3,94",
            "CRS or ICANS lasts for more than 90 days.",
            "columns onset_day and resolution_day",
        ),
        (
            "treatment",
            "B,CRS,antipyretics;Tocilizumab",
            "`treatment` names tocilizumab, but `tocilizumab_day` of the patient is empty.",
            "column treatment",
        ),
    ],
)
def test_an_odd_event_is_told_with_its_row_and_columns(tmp_path, header, line, what, columns):
    first = "A,CRS" + "," * (header.count(",") + 1)
    table = f"subject_id,term,{header}\n{first}\n{line}\n"
    assert (what, f"adverse_events.csv: row 3, {columns}") in events(tmp_path, table)


def test_events_within_the_usual_are_not_told(tmp_path):
    table = """
        subject_id, term,        grade, onset_day, resolution_day, infusion, treatment
        A,          CRS,         2,     3,         5,              1,        tocilizumab
        A,          CRS,         3,     62,        66,             2,
        A,          CRS,         1,     61,        ,               ,
        A,          ICANS,       1,     60,        70,             2,
        B,          CRS,         1,     30,        120,            1,
        B,          ICANS,       1,     60,        61,             1,
        C,          neutropenia, 4,     200,       600,            1,        filgrastim
    """
    assert events(tmp_path, table) == []


def test_one_event_with_two_grades_on_common_days_is_told(tmp_path):
    table = """
        subject_id, term,  grade, onset_day, resolution_day
        B,          CRS,   1,     3,         6
        B,          CRS,   2,     6,         8
        B,          ICANS, 3,     7,         9
        B,          CRS,   2,     9,         9
        C,          CRS,   1,     3,         6
        C,          CRS,   1,     4,         6
    """
    [(what, where)] = events(tmp_path, table, subjects="subject_id,death_day,last_contact_day\nB,,800\nC,,700\n")
    assert what == "The same event of a patient is recorded with different grades on days that overlap."
    assert where == "adverse_events.csv: rows 2 and 3, columns grade and onset_day"


def test_tocilizumab_before_crs_or_without_it_is_told(tmp_path):
    subjects = SUBJECTS.replace("800,              ,", "800,,4")
    assert events(tmp_path, "subject_id,term,onset_day\nA,CRS,4\nA,CRS,70\n", subjects=subjects) == [
        ("`tocilizumab_day` lies before the onset of CRS.", "subjects.csv: row 2, column tocilizumab_day"),
        (
            "`tocilizumab_day` is given, but the table of adverse events has no CRS of the patient.",
            "subjects.csv: row 3, column tocilizumab_day",
        ),
    ]


def test_a_study_that_records_no_crs_is_not_asked_for_it(tmp_path):
    assert events(tmp_path, "subject_id,term,onset_day\nA,neutropenia,4\n") == []


def test_a_death_of_toxicity_without_its_event_is_told(tmp_path):
    subjects = "subject_id,death_day,last_contact_day,death_cause\nA,9,,toxicity\nB,9,,toxicity\nC,9,,infection\n"
    [(what, where)] = events(tmp_path / "a", "subject_id,term,grade\nA,CRS,5\nB,CRS,4\n", subjects=subjects)
    assert what == "A patient died of toxicity, but the table of adverse events has no event of grade 5."
    assert where == "subjects.csv: row 3, column death_cause"
    assert events(tmp_path / "b", "subject_id,term\nA,CRS\n", subjects=subjects) == []


def test_what_happens_after_the_last_contact_of_the_living_is_told(tmp_path):
    subjects = "subject_id,death_day,last_contact_day\nA,,90\nB,100,90\n"
    table = "subject_id,term,onset_day\nA,pneumonia,90\nA,pneumonia,91\nB,pneumonia,95\n"
    measured = "subject_id,assessment_day,assay\nA,92,crp\n"
    assert found(tmp_path, subjects=subjects, adverse_events=table, assessments=measured, yaml="") == [
        (
            "`onset_day` lies after the last contact of a living patient.",
            "adverse_events.csv: row 3, column onset_day",
        ),
        (
            "`assessment_day` lies after the last contact of a living patient.",
            "assessments.csv: row 2, column assessment_day",
        ),
    ]
