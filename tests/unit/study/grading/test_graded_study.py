"""A study whose tables hold components: what counts, what stays as recorded, and what `check` tells."""

import pandas as pd
import pytest

from cartcohort.errors import StudyDataError
from cartcohort.study import grade_icaht, list_graded_events, list_judged_responses, select_cohort
from tests.builders import COHORT, make_study
from tests.unit.study.grading.components import as_list

SUBJECTS = """
    subject_id, infusion_date, death_date, last_contact_date, best_response, response_date, relapse_date, \
tocilizumab_date, corticosteroid_date, marrow_blasts_pct, response_marrow_blasts_pct, response_anc_1e9_per_l, \
response_platelets_1e9_per_l, response_extramedullary, response_mrd_pct
  P1, 2020-01-01, , 2022-12-31,    , 2020-01-29, 2021-01-01, , , 80, 3, 1.5, 150, no, 0.01
  P2, 2020-02-01, , 2022-12-31, CR , 2020-02-29,           , , , 80, 3, 0.5,  40, no,
  P3, 2020-02-01, , 2022-12-31,    , 2020-03-05,           , , , 80, 3,    ,    , no,
  P4, 2020-02-01, , 2022-12-31, NR ,           ,           , , , 80, 60, 1,  200, no,
  P5, 2020-02-01, , 2022-12-31,    , 2020-02-25,           , , , 80, 3, 1.5, 150, no, 2
"""
EVENTS = """
    subject_id, term, grade, onset_date, resolution_date, treatment, fever, hypotension, hypoxia, ice_score, \
consciousness, seizure, motor_weakness, cerebral_edema
  P1, CRS,   ,  2020-01-03, 2020-01-08, , yes, one vasopressor, low-flow, , , , ,
  P2, CRS,   1, 2020-02-04, 2020-02-08, , yes, no vasopressor, none, , , , ,
  P3, crs,   ,  2020-02-04, 2020-02-08, , yes, none, , , , , ,
  P4, CRS,   ,  2020-02-04, 2020-02-08, , no, none, low-flow, , , , ,
  P1, ICANS, ,  2020-01-05, 2020-01-08, , , , , 5, normal, none, no, none
  P5, sepsis, 4, 2020-02-20, 2020-02-25, , yes, multiple vasopressors, none, , , , ,
  P2, ICANS, 3, 2020-02-06, 2020-02-08, , , , , 1, awakens to voice, none, no, none
"""
YAML = "data_cutoff_date: 2022-12-31"


@pytest.fixture
def study(tmp_path):
    return make_study(tmp_path / "graded", subjects=SUBJECTS, adverse_events=EVENTS, yaml=YAML)


def test_a_grade_that_is_not_recorded_is_the_computed_one_and_a_recorded_one_stays(study):
    assert as_list(study.adverse_events["grade"]) == [3, 1, None, None, 2, 4, 3]
    graded = list_graded_events(study)
    assert graded["source_row"].tolist() == [2, 3, 4, 5, 6, 8]
    assert as_list(graded["recorded"]) == [None, 1, None, None, None, 3]
    assert as_list(graded["computed"]) == [3, 2, None, 0, 2, 3]


def test_a_fatal_event_is_not_compared(tmp_path):
    subjects = "subject_id,death_day,last_contact_day\nP1,9,\n"
    events = "subject_id,term,grade,fever,hypotension,hypoxia\nP1,CRS,5,yes,none,none\n"
    study = make_study(tmp_path, subjects=subjects, adverse_events=events, yaml="")
    assert as_list(study.adverse_events["grade"]) == [5]
    assert list_graded_events(study).empty and not [told for told in study.warnings if "differs" in told.what]


@pytest.mark.parametrize(
    ("criteria", "best", "computed"),
    [
        ("eln", ["CR", "CR", None, "NR", "NR"], ["CR", "CRi", None, "NR", "NR"]),
        ("cibmtr", ["CR", "CR", None, "NR", "CR"], ["CR", "CRi", None, "NR", "CR"]),
    ],
)
def test_a_response_that_is_not_recorded_is_the_computed_one_by_the_criteria_asked_for(
    study, criteria, best, computed
):
    cohort = select_cohort(study, response_criteria=criteria)
    assert as_list(cohort.subjects["best_response"]) == best
    judged = list_judged_responses(cohort)
    assert as_list(judged["computed"]) == computed
    assert as_list(judged["recorded"]) == [None, "CR", None, "NR", None]


def test_responses_are_known_to_derived_columns_subsets_and_earlier_cutoffs(study):
    cohort = select_cohort(study, subset="best_response == 'CR'")
    assert cohort.subjects["subject_id"].tolist() == ["P1", "P2"] and set(cohort.subjects["response"]) == {"yes"}
    earlier = select_cohort(study, data_cutoff_date="2020-02-28")
    assert as_list(earlier.subjects["best_response"])[:2] == ["CR", "NE"]
    assert as_list(list_judged_responses(earlier)["recorded"]) == [None, "NR", None]  # P1, P4 and P5


def test_a_relapse_may_follow_a_remission_that_is_computed_by_any_criteria(tmp_path):
    relapsed = SUBJECTS.replace("2020-02-25,           ,", "2020-02-25, 2021-01-01,")
    assert make_study(tmp_path / "a", subjects=relapsed).subjects["relapse_day"].notna().sum() == 2
    none = SUBJECTS.replace("80, 3, 1.5, 150, no, 0.01", "80, 30, 1.5, 150, no, 0.01")
    with pytest.raises(StudyDataError, match="for patients whose `best_response` is CR or CRi") as caught:
        make_study(tmp_path / "b", subjects=none)
    assert caught.value.problems[0].where.rows == (2,)


CRS = "grade, fever, hypotension and hypoxia"
RESPONSE = (
    "best_response, response_marrow_blasts_pct, response_anc_1e9_per_l, response_platelets_1e9_per_l, "
    "response_extramedullary and response_mrd_pct"
)


def test_what_differs_or_cannot_be_computed_is_told_with_its_rows(study):
    assert [(told.what, told.where, told.remedy) for told in study.warnings if "omponents" in told.what] == [
        (
            "The grade of CRS differs from the one that its components make (ASTCT).",
            f"adverse_events.csv: row 3, columns {CRS}",
            "The recorded one stays; correct it, or its components.",
        ),
        (
            "The components make no CRS (ASTCT), and no grade is recorded.",
            f"adverse_events.csv: row 5, columns {CRS}",
            "Correct the components, or give a grade.",
        ),
        (
            "The components of CRS do not suffice to grade it, and no grade is recorded.",
            f"adverse_events.csv: row 4, columns {CRS}",
            "Fill in the others, or give a grade.",
        ),
        (
            "`best_response` differs from the one that its components make (ELN).",
            f"subjects.csv: row 3, columns {RESPONSE}",
            "The recorded one stays; correct it, or its components.",
        ),
        (
            "The components of a response do not suffice to judge it (ELN), and none is recorded.",
            f"subjects.csv: row 4, columns {RESPONSE}",
            "Fill in the others, or give `best_response`.",
        ),
    ]


def test_a_study_without_components_is_as_it_was(tmp_path):
    events = "subject_id,term,grade\nP1,CRS,\nP2,ICANS,2\n"
    study = make_study(tmp_path, subjects=COHORT, adverse_events=events)
    cohort = select_cohort(study)
    assert "grade_computed" not in cohort.adverse_events and "response_computed" not in cohort.subjects
    assert list_graded_events(cohort).empty and list_judged_responses(cohort).empty and grade_icaht(cohort).empty
    assert not [told for told in study.warnings if "omponents" in told.what]


PATIENTS = """
    subject_id, death_day, last_contact_day, relapse_day
  P1, , 400,
  P2, , 400,
  P3, 20, ,
  P4, , 400, 40
  P5, , 400,
  P6, , 400,
"""


def neutrophils(**courses):
    """Return assessments of the patients: a count of every third day, in the unit that stands first."""
    rows = ["subject_id,assessment_day,assay,value,unit", "P1,3,crp,1,mg/L"]
    for subject, (unit, value, last) in courses.items():
        rows += [f"{subject},{day},ANC,{value},{unit}" for day in range(0, last + 1, 3)]
    return "\n".join(rows)


COUNTS = neutrophils(P1=("10^9/L", 1.2, 60), P2=("/uL", 3000, 60), P3=("/uL", 90, 20), P4=("/uL", 900, 60))


def icaht(folder, *, adverse_events=None, assessments=COUNTS):
    study = make_study(folder, subjects=PATIENTS, adverse_events=adverse_events, assessments=assessments, yaml="")
    return study, grade_icaht(select_cohort(study))


def test_icaht_is_graded_from_the_counts_of_each_patient(tmp_path):
    _, graded = icaht(tmp_path)
    assert graded["subject_id"].tolist() == ["P1", "P2", "P3", "P4", "P5", "P6"]
    assert as_list(graded["early"]) == [0, 0, 4, 0, None, None]
    assert as_list(graded["late"]) == [1, 0, None, 2, None, None]  # dead by day 20; counted until the relapse
    assert as_list(graded["grade"]) == [1, 0, 4, 2, None, None]
    assert graded["had"].tolist() == [True, False, True, True, False, False]
    assert graded["known"].tolist() == [True, True, True, True, False, False]


def test_a_recorded_icaht_stays_and_its_difference_is_told(tmp_path):
    events = (
        "subject_id,term,grade,onset_day\nP1,ICAHT,3,2\nP1,Icaht,2,40\nP2,ICAHT,,4\nP5,ICAHT,1,3\nP6,ICAHT,4,-3\n"
    )
    study, graded = icaht(tmp_path, adverse_events=events)
    assert as_list(graded["recorded"]) == [3, None, None, None, 1, None]
    assert as_list(graded["grade"]) == [3, None, 4, 2, 1, None]
    assert graded["had"].tolist() == [True, True, True, True, True, False]
    [told] = [told for told in study.warnings if "ICAHT" in told.what]
    assert str(told) == (
        "The grade of ICAHT differs from the one that the neutrophil counts make (EHA/EBMT).\n"
        "adverse_events.csv: rows 2 and 3, column grade\n"
        "The recorded one stays; correct it, or the counts."
    )


def test_a_fatal_icaht_is_not_compared(tmp_path):
    study, graded = icaht(tmp_path, adverse_events="subject_id,term,grade,onset_day\nP3,ICAHT,5,2\n")
    assert as_list(graded["grade"])[2] == 5 and as_list(graded["computed"])[2] is None
    assert not [told for told in study.warnings if "ICAHT" in told.what]


def test_without_counts_a_patient_without_an_event_did_not_have_icaht(tmp_path):
    events = "subject_id,term,grade,onset_day\nP1,ICAHT,3,2\n"
    _, graded = icaht(tmp_path, adverse_events=events, assessments=None)
    assert as_list(graded["grade"]) == [3, 0, 0, 0, 0, 0] and graded["known"].all()


def test_counts_without_a_unit_of_theirs_are_told_and_not_used(tmp_path):
    study, graded = icaht(tmp_path, assessments=neutrophils(P1=("%", 50, 3), P2=("", 3000, 3)))
    assert graded.empty
    [told] = [told for told in study.warnings if "Neutrophil" in told.what]
    assert str(told) == (
        "Neutrophil counts (`anc`) have no unit, or one that they are not given in.\n"
        "assessments.csv: rows 3, 4, 5 and 6, column unit\n"
        "They are not used; give them per µL (`/uL`) or in `10^9/L`."
    )


def test_an_earlier_cutoff_takes_late_counts_away(tmp_path):
    dated = PATIENTS.replace("subject_id,", "subject_id, infusion_date,")
    dated = "\n".join(line.replace(",", ", 2020-01-01,", 1) if " P" in line else line for line in dated.splitlines())
    study = make_study(tmp_path, subjects=dated, assessments=COUNTS)
    assert as_list(grade_icaht(select_cohort(study))["late"])[0] == 1
    earlier = grade_icaht(select_cohort(study, data_cutoff_date="2020-01-31"))
    assert as_list(earlier["late"])[0] is None and as_list(earlier["early"])[:2] == [0, 0]


def test_an_early_grade_needs_follow_up_to_day_30_or_to_the_death(tmp_path):
    subjects = """
        subject_id, infusion_date, death_date, last_contact_date
      P1, 2020-01-01,           , 2022-12-31
      P2, 2020-01-01,           , 2020-01-04
      P3, 2020-01-01, 2020-01-02,
      P4, 2020-01-01, 2020-01-20,
    """
    courses = {"P1": [300] * 16 + [900] + [1900] * 14, "P2": [300] * 4, "P3": [200] * 2, "P4": [300] * 20}
    rows = [f"{name},2020-01-{day:02},anc,{n},/uL" for name, days in courses.items() for day, n in enumerate(days, 1)]
    assessments = "\n".join(["subject_id,assessment_date,assay,value,unit", *rows])
    study = make_study(tmp_path, subjects=subjects, assessments=assessments, yaml=YAML)
    assert as_list(grade_icaht(select_cohort(study))["early"]) == [3, None, 1, 4]
    earlier = grade_icaht(select_cohort(study, data_cutoff_date="2020-01-06"))
    assert as_list(earlier["early"]) == [None, None, 1, None]  # P4 was alive then
    assert earlier["known"].tolist() == [False, False, True, False]


def test_a_component_of_another_kind_is_an_error_as_in_any_column(tmp_path):
    events = "subject_id,term,fever,hypotension,ice_score,max_temperature_c\nP1,CRS,38.5,fluids,11,101.3\n"
    with pytest.raises(StudyDataError) as caught:
        make_study(tmp_path, subjects=PATIENTS, adverse_events=events, yaml="")
    assert [problem.what for problem in caught.value.problems] == [
        "`fever` holds a value that is not in its list.",
        "`hypotension` holds a value that is not in its list.",
        "`ice_score` lies outside its range.",
        "`max_temperature_c` lies outside its range.",
    ]


def test_the_table_of_events_keeps_its_types(study):
    events = study.adverse_events
    assert {str(events[name].dtype) for name in ("grade", "grade_recorded", "grade_computed")} == {"Int64"}
    assert isinstance(select_cohort(study).subjects["best_response"].dtype, pd.CategoricalDtype)
