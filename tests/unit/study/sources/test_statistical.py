"""Files of SAS, Stata and SPSS: labels, missing values, and what is told of damaged ones."""

import datetime as dt

import pandas as pd
import pyreadstat
import pytest

from cartcohort.errors import StudyDataError
from cartcohort.study import load_study
from cartcohort.study.sources.read import read_table

FRAME = pd.DataFrame(
    {
        "id": ["A", "B", "C"],
        "sex": [1.0, 2.0, None],
        "age": [40.0, 61.5, 999.0],
        "seen": [dt.date(2021, 3, 4), None, dt.date(2020, 2, 29)],
    }
)
CODES = {"sex": {1: "male", 2: "female"}}
WORDS = {
    "xpt": "a SAS transport file",
    "sas7bdat": "a SAS data set",
    "dta": "a Stata file",
    "sav": "an SPSS file",
    "zsav": "an SPSS file",
}


def write(folder, ending, frame=FRAME, **options):
    path = str(folder / f"a.{ending}")
    if ending == "xpt":
        pyreadstat.write_xport(frame, path, **options)
    elif ending == "dta":
        pyreadstat.write_dta(frame, path, **options)
    else:
        pyreadstat.write_sav(frame, path, compress=ending == "zsav", **options)


def read(folder, ending):
    return read_table(folder, f"a.{ending}", table="subjects")


def only_problem(folder, ending):
    with pytest.raises(StudyDataError) as caught:
        read(folder, ending)
    [problem] = caught.value.problems
    return problem.what, problem.where, problem.remedy


def cells_of(table, name):
    return [None if pd.isna(cell) else cell for cell in table.cells[name]]


@pytest.mark.parametrize("ending", ["dta", "sav"])
def test_value_labels_are_read_instead_of_codes_and_this_is_said(tmp_path, ending):
    write(tmp_path, ending, variable_value_labels={**CODES, "age": {999: "unknown"}})
    table = read(tmp_path, ending)
    assert cells_of(table, "sex") == ["male", "female", None]
    assert cells_of(table, "age") == ["40", "61.5", "unknown"]
    assert cells_of(table, "seen") == ["2021-03-04", None, "2020-02-29"]
    assert table.readings == (f"a.{ending}: value labels instead of codes in sex and age",)


def test_values_in_study_yaml_map_the_labels_further(tmp_path):
    frame = pd.DataFrame({"subject_id": ["A", "B"], "sex": [1.0, 2.0], "death_day": [5.0, 6.0]})
    frame["last_contact_day"] = pd.Series([None, None], dtype=float)
    write(tmp_path, "sav", frame, variable_value_labels={"sex": {1: "Mann", 2: "Frau"}})
    (tmp_path / "study.yaml").write_text(
        "tables: {subjects: a.sav}\nvalues: {subjects: {sex: {Mann: male, Frau: female}}}"
    )
    assert load_study(tmp_path).subjects["sex"].tolist() == ["male", "female"]


def test_values_declared_missing_are_missing(tmp_path):
    write(tmp_path, "sav", missing_ranges={"age": [999]})
    assert cells_of(read(tmp_path, "sav"), "age") == ["40", "61.5", None]


def test_special_missing_values_of_stata_are_missing(tmp_path):
    write(tmp_path, "dta", FRAME.assign(age=[40.0, "a", 61.5]), missing_user_values={"age": ["a"]})
    assert cells_of(read(tmp_path, "dta"), "age") == ["40", None, "61.5"]


@pytest.mark.parametrize("ending", ["xpt", "dta", "sav"])
def test_labels_of_columns_serve_readers_where_study_yaml_has_none(tmp_path, ending):
    frame = pd.DataFrame(
        {"subject_id": ["A"], "dth": [5.0], "last_contact_day": [None], "bmi": [21.5], "ecog": [1.0]}
    )
    write(tmp_path, ending, frame.astype({"last_contact_day": float}), column_labels=["", "x", "y", "Body mass", "E"])
    (tmp_path / "study.yaml").write_text(
        f"tables: {{subjects: a.{ending}}}\ncolumns: {{subjects: {{death_day: dth, own_ecog: ecog}}}}\n"
        "labels: {own_ecog: Performance status}"
    )
    labels = load_study(tmp_path).labels
    assert (labels["bmi"], labels["own_ecog"], labels["death_day"]) == ("Body mass", "Performance status", "Death")


def test_a_transport_file_in_windows_encoding_is_read_and_said(tmp_path):
    write(tmp_path, "xpt", FRAME.assign(id=["Köln", "B", "C"]))
    content = (tmp_path / "a.xpt").read_bytes().replace("Köln".encode(), "Köln ".encode("cp1252"))
    (tmp_path / "a.xpt").write_bytes(content)
    table = read(tmp_path, "xpt")
    assert (cells_of(table, "id")[0], table.readings) == ("Köln", ("a.xpt: Windows-1252 (Western European)",))


def damaged(ending):
    return (
        f"The file cannot be read as {WORDS[ending]}: it is damaged, incomplete, or of another kind.",
        f"a.{ending}",
        "Save it anew from the program that made it.",
    )


@pytest.mark.parametrize("ending", WORDS)
def test_a_file_of_another_kind_is_told(tmp_path, ending):
    (tmp_path / f"a.{ending}").write_bytes(b"subject_id,death_day\n" * 4)
    assert only_problem(tmp_path, ending) == damaged(ending)


@pytest.mark.parametrize("ending", ["xpt", "dta", "sav", "zsav"])
def test_a_file_that_breaks_off_is_told(tmp_path, ending):
    write(tmp_path, ending)
    content = (tmp_path / f"a.{ending}").read_bytes()
    (tmp_path / f"a.{ending}").write_bytes(content[: len(content) - 100])
    incomplete = ("The file is not complete.", f"a.{ending}", "Copy or export it once more.")
    assert only_problem(tmp_path, ending) == (incomplete if ending in ("xpt", "dta") else damaged(ending))


def test_an_empty_file_and_a_picture_are_told(tmp_path):
    (tmp_path / "a.sav").touch()
    assert only_problem(tmp_path, "sav") == ("The file is empty.", "a.sav", "Put the table in its place.")
    (tmp_path / "a.sas7bdat").write_bytes(b"\x89PNG\r\n\x1a\n")
    assert only_problem(tmp_path, "sas7bdat")[0] == "The file is a picture, not what its name says."
