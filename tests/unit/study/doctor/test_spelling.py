"""Names and levels in several spellings."""

import pytest

from cartcohort.study.doctor.spelling import fold
from tests.builders import COHORT
from tests.unit.study.doctor.cases import found, in_days


@pytest.mark.parametrize("text", ["Île  de-France", "ile_de france", "ÎLE DE FRANCE "])
def test_a_name_is_the_same_without_capitals_accents_and_kinds_of_blanks(text):
    assert fold(text) == "ile de france"


def test_one_name_in_two_spellings_is_told_with_the_rows_of_the_rarer(tmp_path):
    events = "subject_id,term\nP1,CRS\nP2,crs\nP4,CRS\nP2,grade I\nP1,grade-I\n"
    [(what, where)] = found(tmp_path, subjects=COHORT, adverse_events=events)
    assert what == "`term` spells the same name in several ways (capitals, blanks, marks or accents differ)."
    assert where == "adverse_events.csv: rows 3 and 6, column term"


def test_levels_of_a_column_of_the_study_are_looked_at_too(tmp_path):
    study = in_days(",901,Köln", ",902,Koln", ",903,Köln", ",904,Bonn", header="death_day,last_contact_day,center")
    [(what, where)] = found(tmp_path, **study)
    assert what == "`center` spells the same name in several ways (capitals, blanks, marks or accents differ)."
    assert where == "subjects.csv: row 3, column center"


def test_units_of_one_assay_that_differ_in_capitals_are_told_as_both(tmp_path):
    assessments = (
        "subject_id,assessment_date,assay,value,unit\nP1,2020-01-03,il6,3,pg/mL\nP2,2020-02-03,il6,3,pg/ml\n"
    )
    assert found(tmp_path, subjects=COHORT, assessments=assessments) == [
        (
            "`unit` spells the same name in several ways (capitals, blanks, marks or accents differ).",
            "assessments.csv: row 3, column unit",
        ),
        ("The assay `il6` is given in more than one unit.", "assessments.csv: rows 2 and 3, columns assay and unit"),
    ]
