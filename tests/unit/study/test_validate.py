"""Logic that must hold in a study: each rule with a breach, told with file, rows and columns."""

import pytest

from cartcohort.errors import StudyDataError
from tests.builders import ADVERSE_EVENTS, ASSESSMENTS, COHORT, CUTOFF, MINIMAL, make_study

START = "subject_id,infusion_date,death_date,last_contact_date"


def breaches(tmp_path, *, header="", row="", **files):
    """The problems of a study of two patients: one without fault, one whose further cells are given."""
    fill = "," * header.count(",")
    if header:
        files["subjects"] = f"{START},{header}\nA,2020-01-01,,2020-12-01,{fill}\nB,{row}\n"
    with pytest.raises(StudyDataError) as caught:
        make_study(tmp_path, **files)
    return [(problem.what, problem.where) for problem in caught.value.problems]


def events(tmp_path, table, subjects=COHORT):
    return breaches(tmp_path, subjects=subjects, adverse_events=table)


def test_the_builders_studies_have_no_fault_and_nothing_odd(tmp_path):
    study = make_study(tmp_path, adverse_events=ADVERSE_EVENTS, assessments=ASSESSMENTS)
    assert study.warnings == ()


def test_a_death_or_a_last_contact_is_needed(tmp_path):
    [(what, where)] = breaches(tmp_path, subjects=MINIMAL.replace("2022-11-30", ""))
    assert what == "`death_date` and `last_contact_date` must not both be empty."
    assert where == "subjects.csv: row 4, columns death_date and last_contact_date"


@pytest.mark.parametrize(
    "column",
    [
        "response_date",
        "hsct_date",
        "new_therapy_date",
        "second_infusion_date",
        "tocilizumab_date",
        "corticosteroid_date",
    ],
)
def test_nothing_lies_after_a_death(tmp_path, column):
    [(what, where)] = breaches(tmp_path, header=column, row="2020-01-01,2020-02-01,,2020-02-02")
    assert what == f"`{column}` must not be after `death_date`: nothing can follow the death."
    assert where == f"subjects.csv: row 3, columns {column} and death_date"


def test_a_last_contact_after_the_death_is_no_last_contact(tmp_path):
    [(what, _)] = breaches(tmp_path, header="sex", row="2020-01-01,2020-02-01,2020-02-02,male")
    assert what.startswith("`last_contact_date` must not be after `death_date`")


def test_an_event_on_the_day_of_death_may_be(tmp_path):
    subjects = f"{START},hsct_date\nA,2020-01-01,2020-02-01,2020-02-01,2020-02-01\n"
    assert len(make_study(tmp_path, subjects=subjects).subjects) == 1


def test_nothing_lies_after_the_last_contact_of_the_living(tmp_path):
    [(what, where)] = breaches(tmp_path, header="hsct_date", row="2020-01-01,,2020-02-01,2020-02-02")
    assert what.startswith("`hsct_date` must not be after `last_contact_date`: it is the last day known alive")
    assert where == "subjects.csv: row 3, columns hsct_date and last_contact_date"


def test_an_event_after_an_old_last_contact_of_the_dead_may_be(tmp_path):
    subjects = f"{START},hsct_date\nA,2020-01-01,2020-05-01,2020-02-01,2020-03-01\n"
    assert len(make_study(tmp_path, subjects=subjects).subjects) == 1


@pytest.mark.parametrize("column", ["response_date", "hsct_date", "new_therapy_date", "tocilizumab_date"])
def test_nothing_lies_before_infusion(tmp_path, column):
    [(what, where)] = breaches(tmp_path, header=column, row="2020-01-01,,2020-02-01,2019-12-31")
    assert what == f"`{column}` must not be before the first infusion."
    assert where == f"subjects.csv: row 3, column {column}"


def test_a_death_before_infusion_is_told(tmp_path):
    [(what, _)] = breaches(tmp_path, subjects=MINIMAL.replace("2020-06-01", "2019-06-01"))
    assert what == "`death_date` must not be before the first infusion."


def test_a_response_on_the_day_of_infusion_may_be(tmp_path):
    subjects = f"{START},best_response,response_date\nA,2020-01-01,,2020-05-01,CR,2020-01-01\n"
    assert make_study(tmp_path, subjects=subjects).subjects["response_day"].tolist() == [0]


def test_enrollment_comes_before_infusion(tmp_path):
    [(what, where)] = breaches(tmp_path, header="enrollment_date", row="2020-01-01,,2020-02-01,2020-01-02")
    assert what == "`enrollment_date` must not be after the first infusion."
    assert where == "subjects.csv: row 3, column enrollment_date"


@pytest.mark.parametrize("response", ["PR", "NR", "NE", ""])
def test_a_relapse_needs_a_complete_remission(tmp_path, response):
    header, row = "best_response,relapse_date", f"2020-01-01,,2020-09-01,{response},2020-06-01"
    [(what, where)] = breaches(tmp_path, header=header, row=row)
    assert what == "`relapse_date` is for patients whose `best_response` is CR or CRi."
    assert where == "subjects.csv: row 3, columns relapse_date and best_response"


def test_a_study_without_responses_may_have_relapses(tmp_path):
    subjects = f"{START},relapse_date\nA,2020-01-01,,2020-09-01,2020-06-01\n"
    assert make_study(tmp_path, subjects=subjects).subjects["relapse_day"].tolist() == [152]


@pytest.mark.parametrize("relapse", ["2020-02-01", "2020-01-31"])
def test_a_relapse_comes_after_the_response(tmp_path, relapse):
    header, row = "best_response,response_date,relapse_date", f"2020-01-01,,2020-09-01,CR,2020-02-01,{relapse}"
    [(what, where)] = breaches(tmp_path, header=header, row=row)
    assert what == "`relapse_date` must be after `response_date`."
    assert where == "subjects.csv: row 3, columns relapse_date and response_date"


def test_a_cause_of_death_needs_a_death(tmp_path):
    [(what, where)] = breaches(tmp_path, header="death_cause", row="2020-01-01,,2020-09-01,disease")
    assert what == "`death_cause` is given where `death_date` is empty."
    assert where == "subjects.csv: row 3, columns death_cause and death_date"


def test_nothing_lies_after_the_data_cutoff(tmp_path):
    subjects = (
        MINIMAL.replace("2022-12-31", "2023-01-01")
        .replace("2021-02-01", "2023-02-01")
        .replace("2022-11-30", "2023-03-01")
    )
    assert breaches(tmp_path, subjects=subjects) == [
        ("`infusion_date` must not be after `data_cutoff_date`.", "subjects.csv: row 4, column infusion_date"),
        (
            "`last_contact_date` must not be after `data_cutoff_date`.",
            "subjects.csv: row 3, column last_contact_date",
        ),
    ]


def test_a_study_in_days_is_not_compared_with_a_cutoff(tmp_path):
    subjects = "subject_id,death_day,last_contact_day\nA,,9000\n"
    assert len(make_study(tmp_path, subjects=subjects, yaml=f"data_cutoff_date: {CUTOFF}").subjects) == 1


def test_a_row_that_cannot_be_read_is_not_compared_further(tmp_path):
    problems = breaches(tmp_path, header="age_years,hsct_date", row="2020-01-01,,soon,old,2030-01-01")
    assert [what for what, _ in problems] == [
        "`last_contact_date` holds a cell that is not a date.",
        "`age_years` holds a cell that is not a number.",
    ]


def test_an_event_belongs_to_a_patient(tmp_path):
    assert events(tmp_path, "subject_id,term\nP1,CRS\nP9,CRS\n,CRS\n") == [
        ("`subject_id` is empty.", "adverse_events.csv: row 4, column subject_id"),
        (
            "`subject_id` names a patient who is not in the subjects table.",
            "adverse_events.csv: row 3, column subject_id",
        ),
    ]


@pytest.mark.parametrize(
    ("grade", "what"),
    [
        ("0", "lies outside its range"),
        ("6", "lies outside its range"),
        ("2.5", "not a whole number"),
        ("III", "not a whole number"),
    ],
)
def test_grades_are_whole_numbers_from_one_to_five(tmp_path, grade, what):
    [(told, where)] = events(tmp_path, f"subject_id,term,grade\nP1,CRS,{grade}\n")
    assert what in told
    assert where == "adverse_events.csv: row 2, column grade"


def test_a_grade_may_be_unknown(tmp_path):
    study = make_study(tmp_path, adverse_events="subject_id,term,grade\nP1,CRS,\n")
    assert study.adverse_events["grade"].isna().all()


def test_a_resolution_does_not_precede_the_onset(tmp_path):
    table = "subject_id,term,onset_date,resolution_date\nP1,CRS,2020-01-05,2020-01-04\nP1,CRS,2020-01-05,2020-01-05\n"
    [(what, where)] = events(tmp_path, table)
    assert what == "`resolution_date` must not be before `onset_date`."
    assert where == "adverse_events.csv: row 2, columns onset_date and resolution_date"


def test_an_event_lies_within_the_life_and_the_study(tmp_path):
    table = "subject_id,term,onset_date,resolution_date\nP1,CRS,2020-06-02,\nP2,CRS,2022-12-30,2023-01-01\n"
    assert events(tmp_path, table) == [
        ("`onset_date` must not be after the patient's death.", "adverse_events.csv: row 2, column onset_date"),
        (
            "`resolution_date` must not be after `data_cutoff_date`.",
            "adverse_events.csv: row 3, column resolution_date",
        ),
    ]


@pytest.mark.parametrize("term", ["CRS", "ICANS"])
def test_only_other_events_may_begin_before_infusion(tmp_path, term):
    table = f"subject_id,term,onset_date\nP1,neutropenia,2019-12-28\nP1,{term},2019-12-28\n"
    [(what, where)] = events(tmp_path, table)
    assert what == "`onset_date` of CRS and ICANS must not be before infusion."
    assert where == "adverse_events.csv: row 3, column onset_date"


def test_grade_five_needs_a_death(tmp_path):
    [(what, where)] = events(tmp_path, "subject_id,term,grade\nP1,CRS,5\nP2,CRS,5\n")
    assert what == "Grade 5 is for the fatal event, but the patient is alive."
    assert where == "adverse_events.csv: row 3, column grade"


def test_grade_five_is_no_death_of_the_disease(tmp_path):
    subjects = "subject_id,death_day,last_contact_day,death_cause\nA,9,,disease\nB,9,,toxicity\n"
    table = "subject_id,term,grade\nA,CRS,5\nB,CRS,5\n"
    [(what, where)] = events(tmp_path, table, subjects=subjects)
    assert what == "Grade 5 is for the fatal event, but the patient died of the disease."
    assert where == "adverse_events.csv: row 2, column grade"


def test_grade_five_lasts_to_the_death(tmp_path):
    table = "subject_id,term,grade,resolution_date\nP1,CRS,5,2020-05-31\nP3,CRS,5,2021-02-10\n"
    [(what, where)] = events(tmp_path, table)
    assert what == "Grade 5 is for the fatal event, but the event was over before the death."
    assert where == "adverse_events.csv: row 2, columns grade and resolution_date"


def test_a_patient_has_one_fatal_event(tmp_path):
    [(what, where)] = events(tmp_path, "subject_id,term,grade\nP1,CRS,5\nP1,ICANS,5\nP3,CRS,5\nP3,ICANS,4\n")
    assert what == "Grade 5 is for the fatal event, but a patient has more than one."
    assert where == "adverse_events.csv: rows 2 and 3, column grade"


def test_a_measurement_has_a_day_within_the_life_and_the_study(tmp_path):
    table = """
        subject_id, assessment_date, assay
        P1,         ,                il6
        P1,         2020-07-01,      il6
        P9,         2020-07-01,      il6
        P2,         2023-07-01,      il6
        P2,         2019-07-01,      il6
    """
    assert breaches(tmp_path, subjects=COHORT, assessments=table) == [
        (
            "`subject_id` names a patient who is not in the subjects table.",
            "assessments.csv: row 4, column subject_id",
        ),
        (
            "`assessment_date` must not be after the patient's death.",
            "assessments.csv: row 3, column assessment_date",
        ),
        ("`assessment_date` must not be after `data_cutoff_date`.", "assessments.csv: row 5, column assessment_date"),
        ("`assessment_date` is empty.", "assessments.csv: row 2, column assessment_date"),
    ]


def test_breaches_of_all_rules_come_at_once(tmp_path):
    subjects = COHORT.replace("2020-03-01", "2020-07-01").replace("2021-02-10", "2021-01-10")
    problems = breaches(
        tmp_path, subjects=subjects, adverse_events=ADVERSE_EVENTS.replace("2020-01-08", "2019-01-01")
    )
    assert {where.split(":")[0] for _, where in problems} == {"subjects.csv", "adverse_events.csv"}
    assert len(problems) >= 4
