"""A study folder to fill in."""

import os

import pytest

from cartcohort.errors import OutputError, StudyDataError, UsageError
from cartcohort.study import load_study
from cartcohort.study.description import Description, read_description
from cartcohort.study.dictionary import KEYS, describe_table
from cartcohort.study.new import make_folder
from cartcohort.study.schema import TABLES

PATIENTS = """A-01,2021-03-04,2021-09-30
A-02,2021-05-20,,2023-02-28
A-03,2021-06-01,,2023-01-15
"""


def read(folder):
    return {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}


def fill_in(folder):
    with (folder / "subjects.csv").open("a") as table:
        table.write(PATIENTS)
    description = folder / "study.yaml"
    description.write_text(
        description.read_text().replace("\ndata_cutoff_date:\n", "\ndata_cutoff_date: 2023-02-28\n")
    )


def test_the_folder_holds_a_description_headers_and_the_dictionary(tmp_path):
    said = make_folder(str(tmp_path / "my study"))
    files = read(tmp_path / "my study")
    assert sorted(files) == ["README.md", "adverse_events.csv", "assessments.csv", "study.yaml", "subjects.csv"]
    assert files["adverse_events.csv"] == (
        "subject_id,term,grade,onset_date,resolution_date,infusion,treatment,fever,max_temperature_c,hypotension,hypoxia,"
        "ice_score,consciousness,seizure,motor_weakness,cerebral_edema\n"
    )
    assert files["subjects.csv"].startswith("subject_id,infusion_date,death_date,last_contact_date,enrollment_date,")
    assert all(describe_table(table) in files["README.md"] for table in TABLES.values())
    assert said.splitlines()[-1] == f"  python run_reports.py check '{tmp_path}/my study'"


def test_the_description_explains_every_key_and_is_one(tmp_path):
    make_folder(str(tmp_path / "mine"))
    text = (tmp_path / "mine" / "study.yaml").read_text()
    assert all(f"\n# {key.example}\n" in text for key in KEYS if key.name != "title")
    assert read_description(tmp_path / "mine") == Description(title="mine")


def test_the_untouched_folder_is_told_what_to_fill_in(tmp_path):
    make_folder(str(tmp_path / "mine"))
    with pytest.raises(StudyDataError) as caught:
        load_study(tmp_path / "mine")
    assert [(problem.what, problem.where, problem.remedy) for problem in caught.value.problems] == [
        ("The table holds no patient.", "subjects.csv", "Below the header, give each patient a row."),
        (
            "A study with dates needs `data_cutoff_date`.",
            "study.yaml",
            "Add the last day of follow-up, such as `data_cutoff_date: 2023-02-28`.",
        ),
    ]


def test_filled_in_with_three_patients_it_is_sound_and_says_what_its_empty_places_mean(tmp_path):
    make_folder(str(tmp_path / "mine"))
    fill_in(tmp_path / "mine")
    study = load_study(tmp_path / "mine")
    assert study.subjects["death_day"].fillna(-1).tolist() == [210, -1, -1]
    assert study.lacking("adverse_events.term") == ("adverse_events.term",)
    assert [(warning.what, warning.where) for warning in study.warnings] == [
        ("The table holds no row, which says nothing of adverse events.", "adverse_events.csv"),
        ("The table holds no row, which says nothing of assessments.", "assessments.csv"),
        (
            "Columns are empty for every patient, which says that it happened to nobody.",
            "subjects.csv: columns response_date, progression_date, relapse_date, relapse_cd19, relapse_cd22, "
            "relapse_site, hsct_date, new_therapy_date, death_cause, tocilizumab_date and corticosteroid_date",
        ),
    ]


def test_an_empty_folder_is_filled_and_a_name_of_any_kind_is_its_title(tmp_path):
    folder = tmp_path / "a: #b"
    folder.mkdir()
    make_folder(str(folder))
    assert read_description(folder).title == "a: #b"


def test_nothing_that_is_there_is_touched(tmp_path):
    (tmp_path / "notes.txt").write_text("x")
    with pytest.raises(OutputError) as caught:
        make_folder(str(tmp_path))
    assert str(caught.value) == (
        f"The folder is there already, and not empty.\n{tmp_path}\nName another one; nothing was written."
    )
    assert read(tmp_path) == {"notes.txt": "x"}


@pytest.mark.parametrize(
    ("place", "error", "what", "remedy"),
    [
        ("file", OutputError, "There is a file of that name.", "Name another one."),
        ("file/inside", OutputError, "The folder cannot be made.", "Not a directory."),
        ("x" * 300, OutputError, "The folder cannot be made.", "File name too long."),
        ("s3://bucket/new", UsageError, "A new study is made in a folder, not at a URL.", "Name a folder."),
    ],
)
def test_a_place_where_no_folder_can_be_made_is_told(tmp_path, monkeypatch, place, error, what, remedy):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("x")
    with pytest.raises(error) as caught:
        make_folder(place)
    assert str(caught.value) == f"{what}\n{place}\n{remedy}"
    assert os.listdir(tmp_path) == ["file"]  # noqa: PTH208 - names, not paths
