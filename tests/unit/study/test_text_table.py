"""Files that are no table, and tables with odd headers."""

import pytest

from cartcohort.errors import StudyDataError
from cartcohort.study import load_study
from tests.builders import CUTOFF, MINIMAL, make_study, write_study


def only_problem(tmp_path, **files):
    with pytest.raises(StudyDataError) as caught:
        make_study(tmp_path, **files)
    [problem] = caught.value.problems
    return problem.what, problem.where


def test_two_unnamed_columns_are_passed_over(tmp_path):
    subjects = "subject_id,death_day,,last_contact_day,,(unnamed 3)\nA,1,x,,y,z\n"
    assert "(unnamed 3)" in make_study(tmp_path, subjects=subjects, yaml="").subjects


@pytest.mark.parametrize(
    ("tables", "what", "where"),
    [
        ("subjects: nowhere.csv", "There is no such table file.", "nowhere.csv"),
        ("adverse_events: nowhere.csv", "There is no such table file.", "nowhere.csv"),
        ("subjects: .", "The table is a folder, not a file.", "."),
        ("subjects: study.yaml", "A table cannot be read from a file ending in `.yaml`.", "study.yaml"),
        ("subjects: table", "A table cannot be read from a file whose name has no ending.", "table"),
        (f"subjects: {300 * 'a'}.csv", "The file cannot be read.", f"{300 * 'a'}.csv"),
        ("subjects: ../subjects.csv", "The file lies outside the study's folder.", "../subjects.csv"),
        ("subjects: /subjects.csv", "The file lies outside the study's folder.", "/subjects.csv"),
        ("subjects: .private/subjects.csv", "The file is hidden.", ".private/subjects.csv"),
        ('subjects: "a\\0.csv"', "The name of a file holds a control character.", "study.yaml"),
    ],
)
def test_a_table_file_that_cannot_be_read_is_told(tmp_path, tables, what, where):
    yaml = f"data_cutoff_date: {CUTOFF}\ntables: {{{tables}}}"
    (tmp_path / "table").write_text("a")
    assert only_problem(tmp_path, subjects=MINIMAL, yaml=yaml) == (what, where)


@pytest.mark.parametrize(
    ("content", "what", "where"),
    [
        (b"", "The file has no header.", "subjects.csv"),
        (b"\n\n", "The file has no header.", "subjects.csv"),
        (b"subject_id,death_day,last_contact_day\n", "The table holds no patient.", "subjects.csv"),
        (
            b"subject_id;death_day;last_contact_day\nA;1;\n",
            "The columns are not separated by commas.",
            "subjects.csv",
        ),
        (
            b"subject_id,death_day,death_day\nA,1,\n",
            "Two columns have the same name.",
            "subjects.csv: column death_day",
        ),
        (
            b"subject_id,death_day,last_contact_day\nA,1,,\nB,1,\nC,1,,9\n",
            "A row has more cells than the header.",
            "subjects.csv: rows 2 and 4",
        ),
        (
            b"subject_id,death_day,last_contact_day\nA,1,\nB,1,,9\n",
            "A row has more cells than the header.",
            "subjects.csv: row 3",
        ),
        (
            b'subject_id,death_day,last_contact_day\nA,1,\nA,"1,\nB,1,\n',
            "The file cannot be read as a table.",
            "subjects.csv: row 3",
        ),
        (
            b'subject_id,death_day,last_contact_day\nA,1,\nA,"1,' + 60_000 * b"1,2\n",
            "The file cannot be read as a table.",
            "subjects.csv: row 3",
        ),
        (
            "subject_id,death_day,last_contact_day\nÄ,1,\n".encode("latin-1"),
            "The file is not encoded in UTF-8.",
            "subjects.csv",
        ),
        (
            "subject_id,death_day,last_contact_day\nA,1,\n".encode("utf-16"),
            "The file is not encoded in UTF-8.",
            "subjects.csv",
        ),
        (
            "subject_id,death_day,last_contact_day\nA,1,\n".encode("utf-16-le"),
            "The file is not encoded in UTF-8.",
            "subjects.csv",
        ),
        (b"PK\x03\x04" + bytes(100), "The file is not encoded in UTF-8.", "subjects.csv"),
        (b"subject_id,death_day,last_contact_day\nA\0,1,\n", "The file is not encoded in UTF-8.", "subjects.csv"),
        (b'"subject_id,' + 200_000 * b"x", "The file cannot be read as a table.", "subjects.csv"),
        (
            b"A-01,152,\nA-02,,1064\n",
            "The first row holds none of the columns that must be there: `subject_id`, `death_date` or `death_day`, "
            "`last_contact_date` or `last_contact_day`.",
            "subjects.csv",
        ),
    ],
)
def test_a_file_that_is_no_table_is_told(tmp_path, content, what, where):
    folder = write_study(tmp_path, yaml="")
    (folder / "subjects.csv").write_bytes(content)
    with pytest.raises(StudyDataError) as caught:
        load_study(folder)
    assert [(problem.what, problem.where) for problem in caught.value.problems] == [(what, where)]
