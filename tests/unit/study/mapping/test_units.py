"""Units of a file to those of the dictionary."""

import pytest

from cartcohort.errors import StudyDataError
from cartcohort.study.mapping.units import convert_texts
from tests.builders import make_study

SHEET = """
    subject_id, death_day, last_contact_day, age_years, marrow_blasts_pct, car19_dose_1e6_per_kg
  P1,         12.2,      ,                 396,       0.07,              2.5e6
  P2,         ,          35,               511,       1,                 1000000
"""
UNITS = (
    "units: {subjects: {death_day: months, last_contact_day: months, age_years: months, "
    "marrow_blasts_pct: fraction, car19_dose_1e6_per_kg: cells/kg}}"
)


def test_a_sheet_in_months_and_fractions_is_read_in_days_years_and_percent(tmp_path):
    subjects = make_study(tmp_path, subjects=SHEET, yaml=UNITS).subjects
    assert subjects["death_day"].tolist()[0] == 371  # 12.2 * 30.4375 = 371.3375
    assert subjects["last_contact_day"].tolist()[1] == 1065  # 35 * 30.4375 = 1065.3125
    assert subjects["age_years"].tolist() == [33.0, pytest.approx(511 / 12, abs=1e-12)]
    assert subjects["marrow_blasts_pct"].tolist() == [7.0, 100.0]
    assert subjects["car19_dose_1e6_per_kg"].tolist() == [2.5, 1.0]


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        ("0.5", "days", "1"),
        ("-0.5", "days", "-1"),
        ("1.5", "days", "2"),
        ("2.5", "days", "3"),
        ("-2.4", "days", "-2"),
        ("2", "weeks", "14"),
        ("0.5", "weeks", "4"),  # 3.5 days
        ("8", "months", "244"),  # 243.5 days exactly, away from zero
        ("-8", "months", "-244"),
        ("1", "years", "365"),
        ("2", "years", "731"),  # 730.5
        ("1e2", "days", "100"),
        ("+.5e1", "days", "5"),
    ],
)
def test_times_become_whole_days_rounded_half_away_from_zero(text, unit, expected):
    assert convert_texts([text], "death_day", unit) == {text: expected}


@pytest.mark.parametrize("text", ["soon", "1,5", "1_000", "inf", "1e999", "", "9" * 400])
def test_what_is_no_number_is_left_for_the_reader_to_report(text):
    assert convert_texts([text], "death_day", "months") == {}


def test_fractions_are_converted_exactly():
    texts = [f"{n / 100:.2f}" for n in range(101)]
    assert list(convert_texts(texts, "x_pct", "fraction").values()) == [str(n) for n in range(101)]


def test_a_value_out_of_range_after_conversion_is_told_by_the_files_own_name(tmp_path):
    yaml = "columns: {subjects: {marrow_blasts_pct: Blasts}}\nunits: {subjects: {marrow_blasts_pct: fraction}}"
    sheet = "subject_id,death_day,last_contact_day,Blasts\nP1,,9,0.4\nP2,,9,40\n"
    with pytest.raises(StudyDataError) as caught:
        make_study(tmp_path, subjects=sheet, yaml=yaml)
    assert str(caught.value) == (
        "`marrow_blasts_pct` lies outside its range.\nsubjects.csv: row 3, column Blasts\nAllowed: 0-100 %."
    )


def test_units_that_do_not_fit_are_told_all_at_once_with_those_that_do(tmp_path):
    sheet = "subject_id,death_day,last_contact_day,seen_date,sex,age_years\nP1,4,,,male,30\n"
    yaml = (
        "units: {subjects: {death_day: month, seen_date: days, sex: percent, age_yaers: months, "
        "age_years: fraction}, assessments: {value: days}}"
    )
    with pytest.raises(StudyDataError) as caught:
        make_study(tmp_path, subjects=sheet, yaml=yaml)
    assert [(problem.what, problem.where, problem.remedy) for problem in caught.value.problems] == [
        (
            "`units` speaks of `assessments`, but the study has no such table.",
            "study.yaml",
            "Add assessments.csv, or name its file under `tables`.",
        ),
        (
            "`units` gives `death_day` in month, which does not fit it. Did you mean `months`?",
            "study.yaml",
            "Units that fit: days, weeks, months, years.",
        ),
        (
            "`units` gives `seen_date` in days, which does not fit it.",
            "study.yaml",
            "Dates have no unit; say under `dates` in which order their parts stand.",
        ),
        (
            "`units` gives `sex` in percent, which does not fit it.",
            "study.yaml",
            "Only columns whose names end in _day, _days, _years, _pct, _1e6_per_kg can be converted.",
        ),
        (
            "`units` names `age_yaers`, which is no column of subjects.csv. Did you mean `age_years`?",
            "study.yaml",
            "Use the standard name of the column.",
        ),
        (
            "`units` gives `age_years` in fraction, which does not fit it.",
            "study.yaml",
            "Units that fit: days, weeks, months, years.",
        ),
    ]


def test_decimals_where_days_are_expected_come_with_the_key_that_converts(tmp_path):
    with pytest.raises(StudyDataError, match="Weeks, months and years can be told under `units`"):
        make_study(tmp_path, subjects="subject_id,death_day,last_contact_day\nP1,12.2,\n", yaml="")
