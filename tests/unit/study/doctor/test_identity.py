"""Patients who may be in the table twice, and keys in several spellings."""

import pytest

from cartcohort.study.doctor.identity import plain_id
from tests.unit.study.doctor.cases import found, in_days

SEXES = ("female", "male")
HEADER = "infusion_date,death_date,last_contact_date,age_years,sex,marrow_blasts_pct,prior_lines"


def patients(*lines):
    """Thirty patients who differ, and these."""
    others = [
        f"S{10 + n},2020-01-{1 + n % 28:02d},,2022-12-{1 + n:02d},{30 + n},{SEXES[n % 2]},{2 * n},{n % 6}"
        for n in range(30)
    ]
    return "\n".join([f"subject_id,{HEADER}", *others, *lines])


def test_patients_who_agree_in_all_that_was_known_before_infusion_are_told(tmp_path):
    twice = "2020-05-04,,2022-12-01,44,male,71.5,3"
    later = twice.replace("2022-12-01", "2022-12-11")
    [(what, where)] = found(tmp_path, subjects=patients(f"S50,{twice}", f"S51,{later}"))
    assert what == "Patients under different ids agree in everything known before infusion."
    assert where == "subjects.csv: rows 32 and 33, column subject_id"


def test_in_a_study_in_days_the_last_day_tells_too(tmp_path):
    lines = [f",{500 + 7 * n},{30 + n},{'male' if n % 2 else 'female'}" for n in range(30)]
    study = in_days(*lines, ",801,48,male", ",801,48,male", header="death_day,last_contact_day,age_years,sex")
    assert found(tmp_path, **study) == []  # three cells are too few
    lines = [f"{line},{n}.5" for n, line in enumerate(lines)]
    header = "death_day,last_contact_day,age_years,sex,marrow_blasts_pct"
    study = in_days(*lines, ",801,48,male,3.1", ",801,48,male,3.1", header=header)
    [(what, where)] = found(tmp_path, **study)
    assert what == "Patients under different ids agree in everything known before infusion, and in their last day."
    assert where == "subjects.csv: rows 32 and 33, column subject_id"


def test_likeness_that_chance_explains_is_not_told(tmp_path):
    lines = [f",900,{40 + n % 2},{3 + n % 2},x,y" for n in range(40)]
    header = "death_day,last_contact_day,age_years,prior_lines,a,b"
    assert found(tmp_path, **in_days(*lines, header=header)) == []


@pytest.mark.parametrize("text", ["P-007", "p7", " P 07", "P_0007", "(P) 7"])
def test_an_id_is_plain_without_capitals_marks_and_leading_zeros(text):
    assert plain_id(text) == "p 7"


@pytest.mark.parametrize(("one", "other"), [("1-11", "11-1"), ("P1", "P10"), ("A1", "B1"), ("0", "")])
def test_ids_of_other_parts_stay_apart(one, other):
    assert plain_id(one) != plain_id(other)


def test_ids_that_differ_in_their_writing_only_are_told_in_every_table(tmp_path):
    subjects = "subject_id,death_day,last_contact_day\nP-01,,900\np1,,800\nP-02,,700\n"
    events = "subject_id,term\nP-02,CRS\nP2,CRS\nP-9,CRS\n"
    assert found(tmp_path, subjects=subjects, adverse_events=events, yaml="") == [
        (
            "Ids differ only in capitals, blanks, marks or leading zeros.",
            "subjects.csv: rows 2 and 3, column subject_id",
        ),
        (
            "The id is that of a patient but for capitals, blanks, marks or leading zeros.",
            "adverse_events.csv: row 3, column subject_id",
        ),
    ]


def test_an_id_of_another_form_is_told(tmp_path):
    study = in_days(n=12)
    subjects = study["subjects"].replace("S15,", "15,")
    [(what, where)] = found(tmp_path, subjects=subjects, yaml="")
    assert what == "Ids are written in another form than nearly all others."
    assert where == "subjects.csv: row 7, column subject_id"
    two = subjects.replace("S16,", "16,")
    assert found(tmp_path, subjects=two, yaml="") == []
