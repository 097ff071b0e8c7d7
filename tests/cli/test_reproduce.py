"""`reproduce`: a report comes out again to the byte, or it is told what differs and why."""

import json
import shutil

import pytest

from tests.cli.conftest import make_workspace
from tests.suites import WHOLE_SECTION, write_notebook


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A workspace after a run with another parameter, an export, and a section that was last made without it."""
    workspace = make_workspace(tmp_path_factory.mktemp("first"), response=WHOLE_SECTION, survival=["1"])
    assert workspace.run("--section", "survival", "-p", "conf_level=0.8").code == 0
    assert workspace.run("--section", "response", "-p", "conf_level=0.9", "--docx").code == 0
    return workspace


@pytest.fixture
def again(finished, tmp_path):
    shutil.copytree(finished.root, tmp_path, dirs_exist_ok=True)
    return type(finished)(tmp_path)


def list_times(workspace):
    """When each file of the report, and the folder itself, was last changed."""
    return {path: path.stat().st_mtime_ns for path in [workspace.folder, *workspace.folder.rglob("*")]}


def test_a_report_comes_out_again_to_the_byte_and_is_left_alone(finished, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")  # which the run did not have
    before, times = finished.snapshot(), list_times(finished)
    answer = finished.run("reproduce", "reports/four", study=None)
    assert (answer.code, answer.out) == (
        0,
        f"reports/four: {len(before)} of {len(before)} files come out again to the byte.\n",
    )
    assert (finished.snapshot(), list_times(finished)) == (before, times)
    assert "response.docx" in before


def test_a_run_that_was_moved_and_a_study_that_was_renamed_come_out_again(again):
    (again.root / "data" / "four").rename(again.root / "data" / "trial")
    again.folder.rename(again.root / "reports" / "2026")
    answer = again.run("reproduce", "reports/2026", study="data/trial")
    assert answer.code == 0
    assert answer.out.endswith("files come out again to the byte.\n")
    lost = again.run("reproduce", "reports/2026", study=None)
    assert lost.code == 11
    assert lost.err.startswith("The study that the run is of is not there.\n")


def test_what_changed_since_is_said_first_then_what_came_out_otherwise(again):
    write_notebook(again.root / "notebooks" / "survival.ipynb", ["2"], order=2)
    subjects = again.root / "data" / "four" / "subjects.csv"
    subjects.write_text(subjects.read_text().replace(",31,", ",32,"))
    (again.folder / "response.html").unlink()  # what counts is what the manifest says
    answer = again.run("reproduce", "reports/four", study=None)
    assert answer.code == 13
    lines = answer.out.splitlines()
    assert lines[:3] == [
        "It is not made from the same:",
        "  the notebook changed, data file subjects.csv changed",
        "  data file subjects.csv changed",
    ]
    assert "  differs   notebooks/survival.ipynb" in lines
    assert "  differs   manifest.json" in lines
    assert "  differs   results.json" not in lines


def test_a_section_whose_notebook_is_gone_is_named(again):
    (again.root / "notebooks" / "survival.ipynb").unlink()
    answer = again.run("reproduce", "reports/four", study=None)
    assert answer.code == 13
    assert "There is no notebook of the section survival any more.\n" in answer.out
    assert "  not made  survival.html\n" in answer.out


def test_a_report_from_before_manifests_told_of_the_run_is_made_again_too(again):
    assert again.run("-p", "conf_level=0.9").code == 0
    path = again.folder / "manifest.json"
    content = json.loads(path.read_text())
    del content["run"]
    path.write_text(json.dumps(content))
    answer = again.run("reproduce", "reports/four", study=None)
    assert answer.code == 13
    assert answer.out.splitlines()[1:] == ["  differs   manifest.json"]


def test_a_section_that_fails_now_is_told(again):
    write_notebook(again.root / "notebooks" / "survival.ipynb", ["1 / 0"], order=2)
    answer = again.run("reproduce", "reports/four", study=None)
    assert answer.code == 13
    assert "The section survival failed: ZeroDivisionError: division by zero" in answer.out
    assert "  new       survival.error.html\n" in answer.out
