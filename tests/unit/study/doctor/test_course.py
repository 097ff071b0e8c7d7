"""Courses that may be, but are mostly slips."""

import pytest

from tests.unit.study.doctor.cases import found, in_days


def course(header, *lines, yaml=""):
    return in_days(*lines, header=f"death_day,last_contact_day,{header}") | {"yaml": yaml}


@pytest.mark.parametrize(
    ("header", "line", "what", "where"),
    [
        (
            "best_response,response_day,hsct_day",
            ",900,CR,90,60",
            "`hsct_day` lies before `response_day`: a response after a transplant is not one to the T cells.",
            "columns hsct_day and response_day",
        ),
        (
            "best_response,response_day,new_therapy_day",
            ",900,CR,90,60",
            "`new_therapy_day` lies before `response_day`: a response after a new therapy is not one to the T cells.",
            "columns new_therapy_day and response_day",
        ),
        (
            "best_response,response_day,progression_day",
            ",900,PR,90,60",
            "`progression_day` lies before `response_day`: a progression before the response is not one from it.",
            "columns progression_day and response_day",
        ),
        (
            "best_response,response_day",
            ",900,CR,6",
            "`response_day` lies within a week of infusion.",
            "column response_day",
        ),
        ("relapse_day", ",900,0", "`relapse_day` lies within a week of day 0.", "column relapse_day"),
        ("note", "0,,x", "`death_day` is the day of infusion itself.", "column death_day"),
        (
            "second_infusion_day",
            ",900,0",
            "`second_infusion_day` is the day of infusion itself.",
            "column second_infusion_day",
        ),
        (
            "enrollment_day",
            ",900,-366",
            "`enrollment_day` lies more than a year before infusion.",
            "column enrollment_day",
        ),
        (
            "best_response,response_day,relapse_day,death_cause",
            "90,,CR,30,,disease",
            "A patient in CR or CRi died of the disease, but `relapse_day` is empty.",
            "columns death_cause and relapse_day",
        ),
        (
            "hsct_day,death_cause",
            "90,,,transplant",
            "A patient died of a transplant, but `hsct_day` is empty.",
            "columns death_cause and hsct_day",
        ),
        (
            "best_response,mrd_negative",
            ",900,NR,yes",
            "`mrd_negative` is yes where there was no response.",
            "columns mrd_negative and best_response",
        ),
    ],
)
def test_an_odd_course_is_told_with_its_row_and_columns(tmp_path, header, line, what, where):
    study = course(header, ",901" + "," * (header.count(",") + 1), line)
    assert found(tmp_path, **study) == [(what, f"subjects.csv: row 3, {where}")]


@pytest.mark.parametrize(
    ("header", "line"),
    [
        ("best_response,response_day,hsct_day,new_therapy_day", ",900,CR,7,60,7"),
        ("relapse_day", ",900,7"),
        ("second_infusion_day,enrollment_day", "1,,1,-365"),
        ("best_response,response_day,relapse_day,death_cause", "90,,CR,30,60,disease"),
        ("best_response,death_cause", "90,,NR,disease"),
        ("best_response,mrd_negative", ",900,NR,no"),
    ],
)
def test_a_course_within_the_usual_is_not_told(tmp_path, header, line):
    assert found(tmp_path, **course(header, line)) == []


def test_times_of_the_studys_own_after_the_end_are_told(tmp_path):
    subjects = (
        "subject_id,infusion_date,death_date,last_contact_date,peak_date,visit_day,note_date\n"
        "A,2020-01-01,2020-06-01,,2020-06-02,20,soon\nB,2020-01-01,,2022-12-01,2020-02-02,2000,\n"
    )
    assert found(tmp_path, subjects=subjects) == [
        ("`peak_date` lies after the death.", "subjects.csv: row 2, column peak_date"),
        ("`visit_day` lies after the data cut-off.", "subjects.csv: row 3, column visit_day"),
    ]


def test_a_death_of_an_earlier_transplant_is_not_told(tmp_path):
    told = found(tmp_path, **course("hsct_day,prior_hsct,death_cause", "90,,,yes,transplant", ",900,,no,"))
    assert told == []


def test_a_remission_at_transplant_is_not_too_early(tmp_path):
    assert found(tmp_path, **course("best_response,response_day", ",900,CR,0", yaml="day_zero: transplant")) == []


def test_dates_are_named_as_the_file_holds_them(tmp_path):
    subjects = (
        "subject_id,infusion_date,death_date,last_contact_date,best_response,response_date,hsct_date\n"
        "A,2020-01-01,,2022-12-01,CR,2020-03-01,2020-02-01\n"
    )
    [(what, where)] = found(tmp_path, subjects=subjects)
    assert what.startswith("`hsct_date` lies before `response_date`")
    assert where == "subjects.csv: row 2, columns hsct_date and response_date"
