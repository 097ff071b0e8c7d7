"""One file that serves several tables."""

import pytest

from cartcohort.errors import StudyDataError
from cartcohort.study import load_study
from tests.builders import make_study, write_study

EXPORT = """
    record_id, redcap_repeat_instrument, redcap_repeat_instance, death_day, last_contact_day, sex,  term,  grade, onset_day
  P1,          ,                         ,                       152,       ,                 male, ,      ,
  P1,          ae,                       1,                      ,          ,                 ,     CRS,   2,     3
  P1,          ae,                       2,                      ,          ,                 ,     ICANS, 1,     5
  P2,          ,                         ,                       ,          900,              male, ,      ,
  P2,          ae,                       1,                      ,          ,                 ,     CRS,   7,     3
"""  # noqa: E501 - a table
YAML = """
tables: {subjects: export.csv, adverse_events: export.csv}
rows: {subjects: "redcap_repeat_instrument == ''", adverse_events: "redcap_repeat_instrument == 'ae'"}
columns: {subjects: {subject_id: record_id}, adverse_events: {subject_id: record_id}}
"""


def write_export(folder, table=EXPORT, yaml=YAML):
    write_study(folder, subjects=table, yaml=yaml)
    (folder / "subjects.csv").rename(folder / "export.csv")
    return folder


def load(folder, **files):
    return load_study(write_export(folder, **files))


def test_an_export_with_repeating_instruments_makes_subjects_and_events(tmp_path):
    study = load(tmp_path, table=EXPORT.replace("7, ", "3, "))
    assert study.subjects["subject_id"].tolist() == ["P1", "P2"]
    assert study.subjects["source_row"].tolist() == [2, 5]
    assert study.adverse_events["term"].tolist() == ["CRS", "ICANS", "CRS"]
    assert study.adverse_events["source_row"].tolist() == [3, 4, 6]


def test_columns_that_belong_to_other_rows_are_left_out(tmp_path):
    study = load(tmp_path, table=EXPORT.replace("7, ", "3, "))
    assert "term" not in study.subjects and "redcap_repeat_instance" not in study.subjects
    assert "sex" not in study.adverse_events and "redcap_repeat_instance" in study.adverse_events


def test_a_problem_names_the_row_of_the_file(tmp_path):
    with pytest.raises(StudyDataError) as caught:
        load(tmp_path)
    assert [(problem.what, problem.where) for problem in caught.value.problems] == [
        ("`grade` lies outside its range.", "export.csv: row 6, column grade")
    ]


def test_a_file_that_cannot_be_read_is_told_once_however_many_tables_it_serves(tmp_path):
    (write_export(tmp_path) / "export.csv").write_text("")
    with pytest.raises(StudyDataError) as caught:
        load_study(tmp_path)
    assert [problem.what for problem in caught.value.problems] == ["The file has no header."]


@pytest.mark.parametrize(
    ("expression", "ids"),
    [
        ("`Event Name` == 'base line'", ["P1", "P3"]),
        ("`Event Name` != 'base line' and visit > 1", ["P2"]),
        ("baseline == 'yes'", ["P1"]),
        ("visit in [1, 3]", ["P1", "P3"]),
        ("kept == 'x'", ["P3"]),
    ],
)
def test_rows_are_chosen_by_the_files_own_names_in_the_language_of_subset(tmp_path, expression, ids):
    subjects = """
        subject_id, death_day, Event Name, visit, baseline, kept
      P1,           5,         base line,  1,     yes,
      P2,           5,         other,      2,     no,
      P3,           5,         base line,  3,     ,         x
    """
    subjects = subjects.replace("death_day,", "death_day, last_contact_day,").replace("5, ", "5, , ")
    yaml = f'rows: {{subjects: "{expression}"}}'
    assert make_study(tmp_path, subjects=subjects, yaml=yaml).subjects["subject_id"].tolist() == ids


@pytest.mark.parametrize(
    ("expression", "what", "remedy"),
    [
        ("arm_nmae == 'a'", "names `arm_nmae`, which is no column. Did you mean `arm_name`?", ""),
        ("arm_name == a", "names `a`, which is no column.", "Put a text in quotation marks. "),
        ("`Arm` == 'a'", "names `Arm`, which is no column.", "Put a text in quotation marks. "),
        ("arm_name = 'a'", "cannot be read.", "Write == for equal. "),
        ("arm_name == 1", "compares `arm_name` with another kind of value.", "Write it such as 'A-01'. "),
    ],
)
def test_an_expression_that_cannot_be_used_is_a_problem_of_study_yaml(tmp_path, expression, what, remedy):
    with pytest.raises(StudyDataError) as caught:
        make_study(
            tmp_path,
            subjects="subject_id,death_day,last_contact_day,arm_name\nP1,4,,a\n",
            yaml=f'rows: {{subjects: "{expression}"}}',
        )
    [problem] = caught.value.problems
    assert (problem.what, problem.where) == (f"`rows: subjects` {what}", "study.yaml")
    assert problem.remedy == f"{remedy}Such as: redcap_repeat_instrument == 'adverse_events'"


def test_rows_that_do_not_exist_are_told_without_any_value(tmp_path):
    with pytest.raises(StudyDataError) as caught:
        load(tmp_path, yaml=YAML.replace("'ae'", "'AE'"))
    [problem] = caught.value.problems
    assert problem.what == "`rows: adverse_events` holds for no row of export.csv."
    assert problem.remedy == "Write values as they stand in the file, capitals and blanks too; an empty cell is ''."
