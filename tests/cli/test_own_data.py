"""A user's day with data of their own: from a file as it is, or an empty folder, to a page."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Workspace
from tests.sheets import REDCAP, STATISTICIAN
from tests.unit.study.test_new import fill_in

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def workspace(tmp_path):
    """An empty folder beside the suite's own notebooks."""
    (tmp_path / "notebooks").symlink_to(ROOT / "notebooks")
    return Workspace(tmp_path)


def run_survival(workspace, study):
    answer = workspace.run("--section", "survival", study=study)
    assert answer.code == 0, answer.err
    records = json.loads((workspace.root / "reports" / Path(study).name / "results.json").read_text())
    return {record["id"]: record for record in records}


@pytest.mark.parametrize(
    ("sheet", "n", "n_death"), [(REDCAP, 3, 1), (STATISTICIAN, 5, 2)], ids=["redcap", "statistician"]
)
def test_a_file_as_it_is_becomes_a_page_by_accepting_what_is_proposed(workspace, sheet, n, n_death):
    folder = workspace.root / "mine"
    folder.mkdir()
    (folder / "export.csv").write_text(sheet)
    proposed = workspace.run("check", "mine/export.csv", "--suggest")
    assert (proposed.code, proposed.err) == (0, "")
    assert sorted(path.name for path in folder.iterdir()) == ["export.csv"]
    (folder / "study.yaml").write_text(proposed.out)
    checked = workspace.run("check", "mine")
    assert checked.code == 0
    assert checked.out.startswith("export: the study is sound") and f"\n  patients: {n}\n" in checked.out
    median = run_survival(workspace, "mine")["survival/os/median"]
    assert (median["n"], median["n_event"]) == (n, n_death)


def test_a_new_folder_filled_in_with_three_patients_becomes_a_page(workspace):
    made = workspace.run("new", "mine")
    assert (made.code, made.err) == (0, "")
    assert made.out.endswith("  python run_reports.py check mine\n")
    assert workspace.run("check", "mine").code == 11
    assert workspace.run("new", "mine").code == 13
    fill_in(workspace.root / "mine")
    assert workspace.run("check", "mine").code == 0
    median = run_survival(workspace, "mine")["survival/os/median"]
    assert (median["n"], median["n_event"]) == (3, 1)


def test_a_folder_without_a_description_is_told_of_the_proposal(workspace):
    (workspace.root / "raw").mkdir()
    (workspace.root / "raw" / "export.csv").write_text(REDCAP)
    answer = workspace.run("check", "raw")
    assert answer.code == 11
    assert "`check FOLDER --suggest` proposes one for tables as they are." in answer.err
    assert workspace.run("check", "raw", "--suggest").out.startswith("# Proposed from raw: subjects in export.csv, ")
    answer = workspace.run("check", "raw/export.csv")
    assert answer.code == 11
    assert "`check FILE --suggest` proposes one for a table as it is." in answer.err
