"""What a study holds, in words."""

from cartcohort.study.doctor.summary import summarise
from cartcohort.study.load import read_study
from tests.builders import ASSESSMENTS, COHORT, MINIMAL_DAYS, write_study
from tests.unit.study.doctor.cases import in_days


def summary(folder, **files):
    return list(summarise(read_study(write_study(folder, **files))))


def test_a_study_in_days_has_no_span_of_dates(tmp_path):
    assert summary(tmp_path, subjects=MINIMAL_DAYS, yaml="") == [
        "patients: 3",
        "adverse events: 0",
        "assessments: 0",
        "followed: to day 1064 at most, 1 death",
        "factors: none",
    ]


def test_what_may_befall_nobody_is_not_called_missing(tmp_path):
    lines = summary(tmp_path, subjects=COHORT, assessments=ASSESSMENTS.replace("30000", ""))
    assert lines[5:] == [
        "factors: genetic_risk, tumor_burden, age_group, sex, extramedullary_disease",
        "not recorded in subjects.csv, of 6 rows:",
        "  best_response      1   17%",
        "  marrow_blasts_pct  1   17%",
        "not recorded in assessments.csv, of 3 rows:",
        "  value  1   33%",
    ]
    assert lines[2] == "assessments: 3 of 2 patients"


def test_of_many_columns_those_that_lack_most_are_listed(tmp_path):
    header = ",".join(["death_day", "last_contact_day", *(f"x{number}" for number in range(25))])
    study = in_days(",9" + 25 * ",", ",8" + 24 * "," + ",1", header=header)
    lines = summary(tmp_path, **study)
    assert lines[-1] == "  and of 5 more columns, a smaller share"
    assert lines[-2].split() == ["x19", "2", "100%"]


def test_without_subjects_the_other_tables_are_counted(tmp_path):
    folder = write_study(tmp_path, adverse_events="subject_id,term\nA,CRS\nA,ICANS\n", yaml="")
    (folder / "subjects.csv").unlink()
    assert list(summarise(read_study(folder))) == ["adverse events: 2 of 1 patient", "assessments: 0"]
