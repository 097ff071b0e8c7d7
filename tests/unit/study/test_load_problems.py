"""What is told where the files of a study are wrong: the problem, where, the remedy, all at once."""

import pytest

from cartcohort.errors import StudyDataError
from tests.builders import COHORT, CUTOFF, MINIMAL, MINIMAL_DAYS, make_study


def problems_of(tmp_path, **files):
    with pytest.raises(StudyDataError) as caught:
        make_study(tmp_path, **files)
    return [(problem.what, problem.where) for problem in caught.value.problems]


def only_problem(tmp_path, **files):
    [problem] = problems_of(tmp_path, **files)
    return problem


def test_a_missing_column_is_named_with_the_one_that_looks_like_it(tmp_path):
    subjects = "subject_id,infusion_date,deth_date,last_contact\nA,2020-01-01,,2020-02-01\n"
    assert problems_of(tmp_path, subjects=subjects) == [
        ("The column `death_date` or `death_day` is missing. Did you mean `deth_date`?", "subjects.csv"),
        (
            "The column `last_contact_date` or `last_contact_day` is missing. Did you mean `last_contact`?",
            "subjects.csv",
        ),
    ]


def test_capitals_do_not_hide_a_column_that_is_meant(tmp_path):
    what, _ = only_problem(tmp_path, subjects=MINIMAL_DAYS.replace("subject_id", "SUBJECT_ID"), yaml="")
    assert what == "The column `subject_id` is missing. Did you mean `SUBJECT_ID`?"


def test_wrong_categories_come_with_the_closest_match_and_never_with_the_value(tmp_path):
    subjects = COHORT.replace(",male,", ",mael,").replace(",NE,", ",died,")
    problems = problems_of(tmp_path, subjects=subjects)
    assert problems == [
        ("`best_response` holds a value that is not in its list.", "subjects.csv: row 4, column best_response"),
        (
            "`sex` holds a value that is not in its list. Did you mean `male`?",
            "subjects.csv: rows 2, 5 and 6, column sex",
        ),
    ]
    assert "mael" not in str(problems) and "died" not in str(problems)


@pytest.mark.parametrize("date", ["01.06.2020", "2020-13-01", "2020-6-1", "20200601", "2020-06-01 12:00", "soon"])
def test_a_cell_that_is_no_iso_date_is_told(tmp_path, date):
    subjects = MINIMAL.replace("2020-06-01", date)
    expected = ("`death_date` holds a cell that is not a date.", "subjects.csv: row 2, column death_date")
    assert only_problem(tmp_path, subjects=subjects) == expected


@pytest.mark.parametrize("cell", ["1.5", "ten", "1 064", "inf", "0x10"])
def test_a_cell_that_is_no_whole_number_of_days_is_told(tmp_path, cell):
    subjects = MINIMAL_DAYS.replace("1064", cell)
    expected = (
        "`last_contact_day` holds a cell that is not a whole number.",
        "subjects.csv: row 3, column last_contact_day",
    )
    assert only_problem(tmp_path, subjects=subjects, yaml="") == expected


def test_dates_and_days_in_each_others_columns_come_with_the_other_name(tmp_path):
    with pytest.raises(StudyDataError, match="Dates belong in a column `death_date`"):
        make_study(tmp_path / "a", subjects=MINIMAL.replace("death_date", "death_day"))
    with pytest.raises(StudyDataError, match="Days from infusion belong in a column `death_day`"):
        make_study(tmp_path / "b", subjects=MINIMAL.replace("2020-06-01", "152"))


def test_a_date_that_excel_left_as_a_number_comes_with_the_reason(tmp_path):
    with pytest.raises(StudyDataError) as caught:
        make_study(tmp_path, subjects=MINIMAL.replace("2020-06-01", "43983"))
    [problem] = caught.value.problems
    assert (problem.what, problem.remedy) == (
        "`death_date` holds a cell that is not a date.",
        "Write dates as year-month-day, such as 2023-02-28, from 1900 to 2200. Numbers of five digits are how Excel, "
        "SAS and R count days: give the column a format of dates.",
    )


@pytest.mark.parametrize("date", ["1899-12-31", "0202-06-01", "9999-12-31", "２０２０-06-01"])
def test_a_date_of_another_age_is_no_date(tmp_path, date):
    with pytest.raises(StudyDataError, match="such as 2023-02-28, from 1900 to 2200") as caught:
        make_study(tmp_path, subjects=MINIMAL.replace("2020-06-01", date))
    assert len(caught.value.problems) == 1


def test_dates_farther_than_a_century_are_told(tmp_path):
    what, where = only_problem(tmp_path, subjects=MINIMAL.replace("2020-02-01", "1920-02-01"))
    assert what == "`last_contact_date` lies more than a hundred years from the first infusion."
    assert where == "subjects.csv: row 3, columns last_contact_date and infusion_date"


def test_whole_numbers_may_be_written_with_a_point(tmp_path):
    study = make_study(tmp_path, subjects=MINIMAL_DAYS.replace("1064", "1064.0"), yaml="")
    assert study.subjects["last_contact_day"].tolist()[1] == 1064


@pytest.mark.parametrize(
    ("column", "cell"),
    [("age_years", "121"), ("prior_lines", "-1"), ("marrow_blasts_pct", "100.1"), ("car19_dose_1e6_per_kg", "0")],
)
def test_a_number_outside_its_range_is_told(tmp_path, column, cell):
    subjects = f"subject_id,death_day,last_contact_day,{column}\nA,1,,{cell}\n"
    expected = (f"`{column}` lies outside its range.", f"subjects.csv: row 2, column {column}")
    assert only_problem(tmp_path, subjects=subjects, yaml="") == expected


def test_days_farther_than_a_century_are_told(tmp_path):
    what, _ = only_problem(tmp_path, subjects=MINIMAL_DAYS.replace("1064", "44927"), yaml="")
    assert what == "`last_contact_day` lies outside its range."


def test_a_problem_names_the_column_as_the_file_does(tmp_path):
    subjects = MINIMAL_DAYS.replace("death_day", "DTH").replace("152", "x")
    _, where = only_problem(tmp_path, subjects=subjects, yaml="columns: {subjects: {death_day: DTH}}")
    assert where == "subjects.csv: row 2, column DTH"


def test_empty_and_double_ids_are_told(tmp_path):
    subjects = "subject_id,death_day,last_contact_day\nA,1,\n,2,\nA,3,\n"
    assert problems_of(tmp_path, subjects=subjects, adverse_events="subject_id,term\nA,CRS\n", yaml="") == [
        ("`subject_id` is empty.", "subjects.csv: row 3, column subject_id"),
        ("`subject_id` must be unique.", "subjects.csv: rows 2 and 4, column subject_id"),
    ]


def test_dates_without_a_cutoff_are_refused(tmp_path):
    expected = ("A study with dates needs `data_cutoff_date`.", "study.yaml")
    assert only_problem(tmp_path, subjects=MINIMAL, yaml="title: x") == expected


def test_dates_without_an_infusion_are_refused_in_every_table(tmp_path):
    events = "subject_id,term,onset_date\nP1,CRS,2020-01-03\n"
    subjects = (
        MINIMAL_DAYS.replace("last_contact_day", "last_contact_date")
        .replace("1064", "2020-01-09")
        .replace("667", "2020-01-09")
    )
    [(what, where)] = problems_of(tmp_path / "a", subjects=subjects, yaml="")
    assert what == "Dates need `infusion_date` in the subjects table to be counted from: `last_contact_date`."
    assert where == "subjects.csv: column last_contact_date"
    [(what, where)] = problems_of(tmp_path / "b", subjects=MINIMAL_DAYS, adverse_events=events, yaml="")
    assert where == "adverse_events.csv: column onset_date"


def test_one_time_in_both_forms_is_refused(tmp_path):
    subjects = MINIMAL.replace("last_contact_date\n", "last_contact_date, death_day\n")
    what, where = only_problem(tmp_path, subjects=subjects)
    assert what == "The same time is given twice, as `death_date` and `death_day`."
    assert where == "subjects.csv: columns death_date and death_day"


def test_a_patient_neither_infused_nor_enrolled_is_told_once(tmp_path):
    what, where = only_problem(tmp_path, subjects=MINIMAL.replace("2020-01-01", ""))
    assert what == "`infusion_date` is empty, and there is no `enrollment_date` to count from instead."
    assert where == "subjects.csv: row 2, column infusion_date"


@pytest.mark.parametrize(
    ("factor", "what"),
    [
        ("subject_id", "`factors` names `subject_id`, which makes no groups of patients."),
        ("death_day", "`factors` names `death_day`, which makes no groups of patients."),
        ("source_row", "`factors` names `source_row`, which makes no groups of patients."),
        ("a/b", "`factors` names `a/b`: a factor's name is of letters, digits and underscores."),
        ("BMI group", "`factors` names `BMI group`: a factor's name is of letters, digits and underscores."),
    ],
)
def test_a_column_that_patients_cannot_be_compared_by_is_told(tmp_path, factor, what):
    subjects = "subject_id,death_day,last_contact_day,a/b,BMI group\nA,1,,x,y\n"
    assert only_problem(tmp_path, subjects=subjects, yaml=f"factors: [{factor}]") == (what, "study.yaml")


def test_a_factor_may_have_letters_of_any_script(tmp_path):
    subjects = "subject_id,death_day,last_contact_day,年龄,Centre_2\nA,1,,x,y\n"
    assert make_study(tmp_path, subjects=subjects, yaml="factors: [年龄, Centre_2]").factors == ("年龄", "Centre_2")


def test_names_of_the_suite_are_kept_for_the_suite(tmp_path):
    what, _ = only_problem(tmp_path, subjects="subject_id,death_day,last_contact_day,infused\nA,1,,yes\n", yaml="")
    assert what == "`infused` is a name that the suite gives itself."


def test_columns_that_study_yaml_names_must_be_there(tmp_path):
    yaml = f"data_cutoff_date: {CUTOFF}\nfactors: [genetic_rsik]\nlevels: {{genetic_risk: [low]}}\nlabels: {{zzz: y}}"
    assert problems_of(tmp_path, subjects=COHORT, yaml=yaml) == [
        (
            "`factors` names `genetic_rsik`, which is no column of the subjects table. Did you mean `genetic_risk`?",
            "study.yaml",
        ),
        ("`labels` names `zzz`, which is no column of the subjects table.", "study.yaml"),
        (
            "`levels` of `genetic_risk` lacks a value that the column holds.",
            "subjects.csv: rows 2, 4, 5 and 7, column genetic_risk",
        ),
    ]


def test_maps_must_fit_the_file(tmp_path):
    yaml = (
        "columns: {subjects: {sex: Sx, age_years: subject_id, prior_lines: subject_id, "
        "death_day: last_contact_day}}\n"
        "values: {subjects: {sxe: {1: male}}}"
    )
    whats = [what for what, _ in problems_of(tmp_path, subjects=MINIMAL_DAYS, yaml=yaml)]
    assert whats[:3] == [
        "`columns` names `Sx`, which subjects.csv does not hold.",
        "`columns` reads both `age_years` and `prior_lines` from `subject_id`.",
        "`columns` reads `death_day` from `last_contact_day`, but the file also holds `death_day`.",
    ]
    assert whats[3] == "`values` names `sxe`, which is no column of subjects.csv."


def test_a_missing_file_of_published_figures_is_told(tmp_path):
    expected = ("There is no such file.", "figures.yaml")
    assert only_problem(tmp_path, subjects=MINIMAL_DAYS, yaml="published: figures.yaml") == expected


def test_problems_of_all_files_come_together(tmp_path):
    with pytest.raises(StudyDataError) as caught:
        make_study(
            tmp_path,
            subjects=MINIMAL.replace("2020-06-01", "June"),
            adverse_events="subject_id,term,grade\nP2,CRS,7\n",
            assessments="subject_id,assay,value\nP2,il6,high\n",
            yaml=f"data_cutoff_date: {CUTOFF}\npublished: nowhere.yaml",
        )
    assert {problem.where.split(":")[0] for problem in caught.value.problems} == {
        "subjects.csv",
        "adverse_events.csv",
        "assessments.csv",
        "nowhere.yaml",
    }
    assert all(problem.remedy for problem in caught.value.problems)
