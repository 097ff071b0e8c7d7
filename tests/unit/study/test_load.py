"""Reading a study: what a stranger may bring, and what a Study then holds."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from cartcohort.errors import StudyDataError
from cartcohort.study import PublishedFigure, load_study
from cartcohort.study.schema import SUBJECTS, TABLES
from tests.builders import ADVERSE_EVENTS, ASSESSMENTS, COHORT, CUTOFF, MINIMAL, MINIMAL_DAYS, make_study, write_study


def days(study, column):
    return [None if pd.isna(day) else int(day) for day in study.subjects[column]]


def test_four_columns_make_a_study(tmp_path):
    study = make_study(tmp_path / "mini", subjects=MINIMAL)
    assert (study.name, study.title, study.source, study.synthetic) == ("mini", "mini", "", False)
    assert study.data_cutoff_date == dt.date(2022, 12, 31)
    assert days(study, "death_day") == [152, None, None]
    assert days(study, "last_contact_day") == [None, 1064, 667]
    assert days(study, "data_cutoff_day") == [1095, 1064, 698]
    assert study.factors == () and study.published == () and study.exclusions == () and study.warnings == ()


def test_three_columns_make_a_study_in_days(tmp_path):
    study = make_study(tmp_path, subjects=MINIMAL_DAYS, yaml="")
    assert days(study, "death_day") == [152, None, None]
    assert days(study, "last_contact_day") == [None, 1064, 667]
    assert days(study, "data_cutoff_day") == [None, None, None]
    assert study.data_cutoff_date is None and not study.has_dates
    assert study.subjects["infused"].all()


def test_every_column_of_the_dictionary_is_there_with_its_dtype(tmp_path):
    full = make_study(tmp_path / "full", subjects=COHORT, adverse_events=ADVERSE_EVENTS, assessments=ASSESSMENTS)
    bare = make_study(tmp_path / "bare", subjects=MINIMAL_DAYS, yaml="")
    names = [column.name for column in SUBJECTS.columns]
    added = ["infused", "data_cutoff_day", "progression_after_cutoff", "source_row"]
    assert list(bare.subjects) == names + added
    for table in TABLES:
        pd.testing.assert_series_equal(getattr(full, table).dtypes, getattr(bare, table).dtypes)
    dtypes = bare.subjects.dtypes.astype(str)
    assert dtypes["subject_id"] == "string"
    assert dtypes["infusion_date"] == "datetime64[ns]"
    assert dtypes["age_years"] == "float64"
    assert dtypes["prior_lines"] == dtypes["relapse_day"] == "Int64"
    assert bare.subjects["prior_hsct"].cat.categories.tolist() == ["no", "yes"]
    assert bare.subjects["best_response"].cat.categories.tolist() == ["CR", "CRi", "PR", "NR", "NE"]
    assert bare.subjects["best_response"].cat.ordered


def test_dates_become_days_from_first_infusion_in_every_table(tmp_path):
    study = make_study(tmp_path, adverse_events=ADVERSE_EVENTS, assessments=ASSESSMENTS)
    assert days(study, "response_day") == [28, 28, None, None, 28, None]
    assert days(study, "enrollment_day") == [-12, -12, -2, -9, -12, 0]
    assert study.adverse_events["onset_day"].tolist() == [2, 4, 3, 2, -3]
    assert study.adverse_events["resolution_day"].tolist()[:3] == [7, 5, 5]
    assert study.assessments["assessment_day"].tolist() == [2, 7, 4]
    assert study.assessments["value"].tolist() == [1200.0, 90.0, 30000.0]
    assert study.adverse_events["source_row"].tolist() == [2, 3, 4, 5, 6]


def test_a_patient_never_infused_counts_from_enrollment(tmp_path):
    study = make_study(tmp_path)
    assert study.subjects["infused"].tolist() == [True] * 5 + [False]
    assert days(study, "death_day")[5] == 17


def test_dates_and_days_may_be_mixed_where_there_is_an_infusion_date(tmp_path):
    subjects = """
        subject_id, infusion_date, death_day, last_contact_date
        A,          2020-01-01,    30,
        B,          2020-01-01,    ,          2020-03-01
    """
    study = make_study(tmp_path, subjects=subjects)
    assert days(study, "death_day") == [30, None]
    assert days(study, "last_contact_day") == [None, 60]


def test_an_infusion_date_column_left_empty_is_as_if_absent(tmp_path):
    subjects = MINIMAL_DAYS.replace("last_contact_day\n", "last_contact_day, infusion_date\n")
    study = make_study(tmp_path, subjects=subjects, yaml="")
    assert days(study, "death_day") == [152, None, None]


def test_rows_are_numbered_as_a_spreadsheet_shows_them_blank_rows_and_all(tmp_path):
    folder = write_study(tmp_path, subjects=MINIMAL_DAYS, yaml="")
    (folder / "subjects.csv").write_text("subject_id,death_day,last_contact_day\n\nA,3,\n,,\nB,,5\n\n")
    study = load_study(folder)
    assert study.subjects["source_row"].tolist() == [3, 5]
    assert study.subjects["subject_id"].tolist() == ["A", "B"]


def test_a_line_break_inside_a_cell_is_one_row_of_a_spreadsheet(tmp_path):
    folder = write_study(tmp_path, yaml="")
    (folder / "subjects.csv").write_text('subject_id,death_day,last_contact_day,remark\nA,3,,"two\nlines"\nB,,5,\n')
    assert load_study(folder).subjects["source_row"].tolist() == [2, 3]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_files_from_any_system_are_read(tmp_path, encoding, line_end):
    text = 'subject_id,death_day,last_contact_day,clinic\n"A ",3,,Köln\nB,NA, 5 ,\n'
    folder = write_study(tmp_path, yaml="")
    (folder / "subjects.csv").write_bytes(text.replace("\n", line_end).encode(encoding))
    study = load_study(folder)
    assert study.subjects["subject_id"].tolist() == ["A", "B"]
    assert days(study, "death_day") == [3, None] and days(study, "last_contact_day") == [None, 5]
    assert study.subjects["clinic"].tolist()[0] == "Köln"


def test_a_column_without_a_name_is_passed_over(tmp_path):
    subjects = ",subject_id,death_day,last_contact_day,\n1,A,3,,\n2,B,,5,\n"
    study = make_study(tmp_path, subjects=subjects, yaml="")
    assert not [name for name in study.subjects if "unnamed" in name.lower()]


def test_further_columns_are_kept_as_what_they_are(tmp_path):
    subjects = """
        subject_id,infusion_date,death_date,last_contact_date,bulky,weight_kg,site,visits,ecog,biopsy_date,note_date
        A,         2020-01-01,   ,          2020-03-01,       yes,  70.5,     Köln,3,     1,   2020-01-11, soon
        B,         2020-01-01,   ,          2020-03-01,       no,   81,       Bonn,,      2,   ,
    """
    study = make_study(tmp_path, subjects=subjects, yaml=f"data_cutoff_date: {CUTOFF}\nlevels: {{ecog: [2, 1]}}")
    frame = study.subjects
    assert frame["bulky"].cat.categories.tolist() == ["no", "yes"]
    assert frame["weight_kg"].dtype == "float64" and frame["visits"].dtype == "Int64"
    assert frame["site"].dtype == "string"
    assert frame["ecog"].cat.categories.tolist() == ["2", "1"]
    assert frame["biopsy_day"].tolist()[0] == 10 and "biopsy_date" not in frame
    assert frame["note_date"].dtype == "string"


def test_own_names_and_codes_are_mapped(tmp_path):
    subjects = """
        PatNo, death_day, fu, Sex, cd19
        7, 3, , 1, NEG
        8, , 5, 2,
    """
    yaml = """
columns: {subjects: {subject_id: PatNo, last_contact_day: fu, sex: Sex, relapse_cd19: cd19}}
values: {subjects: {sex: {1: male, 2: female}, relapse_cd19: {NEG: ''}}}
"""
    study = make_study(tmp_path, subjects=subjects, yaml=yaml)
    assert study.subjects["subject_id"].tolist() == ["7", "8"]
    assert study.subjects["sex"].tolist() == ["male", "female"]
    assert study.subjects["relapse_cd19"].isna().all()
    assert days(study, "last_contact_day") == [None, 5]


def test_codes_may_swap_and_several_may_mean_the_same(tmp_path):
    subjects = "subject_id,death_day,last_contact_day,prior_hsct,k\nA,,1,0,a\nB,,1,1,b\nC,,1,8,c\n"
    yaml = "values: {subjects: {prior_hsct: {0: no, 8: no, 1: yes}, k: {a: b, b: a}}}"
    study = make_study(tmp_path, subjects=subjects, yaml=yaml)
    assert study.subjects["prior_hsct"].tolist() == ["no", "yes", "no"]
    assert study.subjects["k"].tolist() == ["b", "a", "c"]


def test_levels_reorder_a_category_of_the_dictionary(tmp_path):
    study = make_study(tmp_path, yaml=f"data_cutoff_date: {CUTOFF}\nlevels: {{genetic_risk: [low, high]}}")
    assert study.subjects["genetic_risk"].cat.categories.tolist() == ["low", "high"]
    assert study.subjects["genetic_risk"].tolist()[:2] == ["high", "low"]


def test_default_factors_are_those_that_the_study_holds(tmp_path):
    study = make_study(tmp_path)
    assert study.factors == ("genetic_risk", "tumor_burden", "age_group", "sex", "extramedullary_disease")


def test_every_column_has_a_label_and_the_description_has_the_last_word(tmp_path):
    subjects = MINIMAL_DAYS.replace("last_contact_day\n", "last_contact_day, donor_age\n")
    study = make_study(tmp_path, subjects=subjects, yaml="labels: {sex: Sex at birth}")
    assert set(study.labels) >= set(study.subjects) | {"tumor_burden", "age_group", "response"}
    assert study.labels["sex"] == "Sex at birth"
    assert study.labels["age_years"] == "Age (years)"
    assert study.labels["donor_age"] == "Donor age"


def test_other_table_files_and_published_figures_are_found_by_name(tmp_path):
    yaml = f"data_cutoff_date: {CUTOFF}\ntables: {{adverse_events: ae.CSV}}\npublished: figures.yaml"
    folder = write_study(tmp_path, subjects=COHORT, yaml=yaml)
    (folder / "ae.CSV").write_text("subject_id,term\nP1,CRS\n")
    (folder / "figures.yaml").write_text(
        "- {claim: Deaths, result: survival/os/median, field: n_event, published: 12.20}\n"
    )
    study = load_study(str(folder))
    assert study.adverse_events["term"].tolist() == ["CRS"]
    assert study.adverse_events["grade"].isna().all()
    assert study.published == (PublishedFigure("Deaths", "survival/os/median", "n_event", "12.20"),)


def test_lacking_names_what_is_absent_or_wholly_empty(tmp_path):
    study = make_study(tmp_path, adverse_events=ADVERSE_EVENTS)
    assert study.lacking("genetic_risk", "relapse_day", "adverse_events.grade") == ()
    asked = ("relapse_cd19", "no_such_column", "assessments.assay", "adverse_events.infusion", "other.term")
    assert study.lacking(*asked) == asked


def test_an_empty_column_of_what_may_befall_nobody_is_not_lacking(tmp_path):
    table = "subject_id,infusion_date,death_date,last_contact_date,relapse_date,sex\nP1,2020-01-01,,2021-01-01,,\n"
    study = make_study(tmp_path, subjects=table)
    assert study.lacking("relapse_day", "hsct_day", "sex") == ("hsct_day", "sex")


def test_many_patients_load(tmp_path):
    n = 20_000
    number = np.arange(n)
    frame = pd.DataFrame(
        {"subject_id": number, "death_day": np.where(number % 2, number % 900, -1), "last_contact_day": 900}
    )
    frame = frame.astype("Int64").assign(death_day=lambda d: d["death_day"].mask(d["death_day"] < 0))
    frame["last_contact_day"] = frame["last_contact_day"].mask(frame["death_day"].notna())
    folder = write_study(tmp_path, yaml="")
    frame.to_csv(folder / "subjects.csv", index=False)
    assert load_study(folder).subjects["death_day"].sum() == frame["death_day"].sum()


def test_what_is_no_study_folder_is_refused_with_what_it_takes(tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("")
    for path, what in (
        (tmp_path / "none", "There is no such study folder."),
        (tmp_path / "file", "The study is not a folder."),
        (tmp_path / "empty", "The study has no study.yaml."),
    ):
        with pytest.raises(StudyDataError) as caught:
            load_study(path)
        assert caught.value.problems[0].what == what
        assert caught.value.problems[0].remedy
