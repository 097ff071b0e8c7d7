"""`check`: what is told of a study, sound or not, and the list of queries."""

import csv
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.builders import ADVERSE_EVENTS, ASSESSMENTS, COHORT, write_study

PROGRAM = Path(__file__).parents[2]


@pytest.fixture
def broken(workspace):
    """A study with three errors and two oddities."""
    subjects = COHORT.replace("33,male", "33,mael").replace("PR,2021-06-29", "PR,")
    events = ADVERSE_EVENTS.replace("neutropenia, 4,", "neutropenia, 0,").replace(
        "P2,         CRS", "P9,         CRS"
    )
    write_study(workspace.root / "data" / "odd", subjects=subjects, adverse_events=events, assessments=ASSESSMENTS)
    return workspace


def test_a_sound_study_is_told_with_what_it_holds_and_lacks(workspace):
    subjects = COHORT.replace("10,no", "10,")
    write_study(workspace.root / "mine", subjects=subjects, adverse_events=ADVERSE_EVENTS)
    answer = workspace.run("check", "mine")
    assert (answer.code, answer.err) == (0, "")
    assert (
        answer.out
        == """mine: the study is sound.
  patients: 6
  adverse events: 5 of 4 patients
  assessments: 0
  infused: 2020-01-01 to 2021-06-01, data cut-off 2022-12-31
  followed: to day 1064 at most, 4 deaths
  factors: genetic_risk, tumor_burden, age_group, sex, extramedullary_disease
  not recorded in subjects.csv, of 6 rows:
    best_response           1   17%
    marrow_blasts_pct       1   17%
    extramedullary_disease  1   17%

Next: python run_reports.py --study mine
"""
    )


def test_oddities_of_a_sound_study_come_with_the_way_to_the_list(workspace):
    subjects = workspace.root / "data" / "four" / "subjects.csv"
    subjects.write_text(subjects.read_text().replace("PR,2021-06-17", "PR,"))
    answer = workspace.run("check", "data/four")
    assert answer.code == 0
    assert "Four patients & a <tag>: the study is sound, with 1 thing worth a look.\n" in answer.out
    assert answer.out.endswith(
        "Worth a look, though nothing of it prevents a report:\n\n"
        "  A responder has no `response_date`.\n"
        "    subjects.csv: row 5, column response_date\n"
        "    Such a patient is left out of the analyses that start at response.\n\n"
        "As a list to send to the data manager: python run_reports.py check data/four --queries FOLDER\n"
        "Next: python run_reports.py --study data/four\n"
    )


def test_of_a_study_with_errors_what_is_odd_is_told_too(broken):
    answer = broken.run("check", "data/odd")
    assert (answer.code, answer.out) == (11, "")
    assert answer.err.startswith("odd: 3 errors, with 2 things worth a look.\n  patients: 6\n")
    assert answer.err.index("Errors, to be mended before") < answer.err.index("Worth a look")
    assert "A responder has no `response_date`." in answer.err
    assert "Grade 0 stands for an event that did not happen" in answer.err
    assert answer.err.endswith("Next: mend the errors, and check again.\n")
    assert not (broken.root / "queries").exists()


def read_list(folder):
    text = (folder / "queries.csv").read_text(encoding="utf-8-sig")
    return list(csv.reader(text.splitlines()))


def test_the_list_of_queries_has_a_line_for_each_row_of_each_finding(broken):
    answer = broken.run("check", "data/odd", "--queries", "asked/for")
    assert answer.code == 11
    assert answer.out == "Queries, 5 lines: asked/for/queries.html and queries.csv beside it\n"
    header, *lines = read_list(broken.root / "asked" / "for")
    assert header == ["number", "severity", "file", "row", "column", "finding", "remedy", "answer"]
    assert [line[:5] for line in lines] == [
        ["1", "error", "subjects.csv", "2", "sex"],
        ["2", "error", "adverse_events.csv", "6", "grade"],
        ["3", "error", "adverse_events.csv", "4", "subject_id"],
        ["4", "warning", "subjects.csv", "6", "response_date"],
        ["5", "warning", "adverse_events.csv", "6", "grade"],
    ]
    assert lines[0][5:] == [
        "`sex` holds a value that is not in its list. Did you mean `male`?",
        "Allowed: female, male. Correct the cells, or map them with `values` in study.yaml.",
        "",
    ]
    page = (broken.root / "asked" / "for" / "queries.html").read_text()
    assert page.count('<tr><th scope="row">') == 5
    assert "mael" not in page + str(lines)
    assert sorted(path.name for path in (broken.root / "asked" / "for").iterdir()) == ["queries.csv", "queries.html"]


def test_equal_studies_give_equal_lists_byte_by_byte(broken):
    for folder in ("one", "two"):
        broken.run("check", "data/odd", "--queries", folder)
    one, two = ({p.name: p.read_bytes() for p in (broken.root / name).iterdir()} for name in ("one", "two"))
    assert one == two


def test_an_earlier_list_is_replaced_by_an_empty_one_once_all_is_mended(broken):
    broken.run("check", "data/odd", "--queries", "list")
    answer = broken.run("check", "data/four", "--queries", "list")
    assert answer.code == 0
    assert answer.out.endswith("Queries, 0 lines: list/queries.html and queries.csv beside it\n")
    assert read_list(broken.root / "list") == [
        ["number", "severity", "file", "row", "column", "finding", "remedy", "answer"]
    ]
    assert "Nothing is to be asked." in (broken.root / "list" / "queries.html").read_text()


@pytest.mark.parametrize("folder", ["data/odd", "data/odd/queries", "data/../data/odd/x"])
def test_the_list_is_not_written_into_the_study(broken, folder):
    before = sorted((broken.root / "data" / "odd").rglob("*"))
    answer = broken.run("check", "data/odd", "--queries", folder)
    assert (answer.code, answer.out) == (13, "")
    assert answer.err == (
        f"The query list would be written into the study's own folder.\n{Path(folder)}\n"
        "Name another folder by --queries.\n"
    )
    assert sorted((broken.root / "data" / "odd").rglob("*")) == before


def test_a_folder_that_cannot_be_written_is_told_after_what_was_found(broken):
    (broken.root / "taken").write_text("a file")
    answer = broken.run("check", "data/odd", "--queries", "taken/here")
    assert answer.code == 13
    assert "odd: 3 errors" in answer.err
    assert answer.err.endswith(
        "The query list cannot be written.\ntaken/here: Not a directory.\n"
        "Name another folder by --queries, or make room or give the right to write there.\n"
    )


def test_a_folder_in_the_way_of_the_list_is_told_and_nothing_is_written(broken):
    (broken.root / "list" / "queries.html").mkdir(parents=True)
    answer = broken.run("check", "data/odd", "--queries", "list")
    assert answer.code == 13
    assert "list: queries.html is a folder, and a file is to be written there." in answer.err
    assert [path.name for path in (broken.root / "list").iterdir()] == ["queries.html"]


@pytest.mark.parametrize("study", ["nowhere", "data/four"])
def test_of_a_study_that_cannot_be_read_at_all_no_list_is_written(workspace, study):
    (workspace.root / "data" / "four" / "study.yaml").write_text("titel: x")
    answer = workspace.run("check", study, "--queries", "list")
    assert (answer.code, answer.out) == (11, "")
    assert not (workspace.root / "list").exists()


def test_study_and_list_may_be_named_by_url(broken, tmp_path):
    pytest.importorskip("fsspec")
    study, folder = (broken.root / "data" / "odd", broken.root / "list")
    answer = broken.run("check", study.as_uri(), "--queries", folder.as_uri())
    assert answer.code == 11
    assert len(read_list(folder)) == 6


def test_a_run_of_the_reports_does_not_import_pandera(workspace):
    code = (
        "import sys\nfrom cartcohort.study import load_study\nload_study('data/four')\n"
        "print(sorted({'pandera', 'openpyxl', 'pyarrow.parquet', 'jinja2'} & set(sys.modules)))"
    )
    environment = {**os.environ, "PYTHONPATH": str(PROGRAM)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=workspace.root, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
