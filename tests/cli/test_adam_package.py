"""The ADaM package of a run: made when asked for, kept while it agrees with the report, and never older than it."""

import shutil

import pytest

from tests.cli.conftest import make_workspace
from tests.suites import WHOLE_SECTION, write_notebook

FILES = [
    *("adrs.parquet", "adrs.xpt", "adsl.parquet", "adsl.xpt", "adtte.parquet", "adtte.xpt"),
    *("made_from.json", "study.yaml"),
]


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A workspace after a run with a package, and what was said."""
    workspace = make_workspace(tmp_path_factory.mktemp("f"), response=WHOLE_SECTION, survival=WHOLE_SECTION)
    return workspace, workspace.run("--export", "adam")


@pytest.fixture
def again(finished, tmp_path):
    """A copy of that workspace, to be run again."""
    workspace, _ = finished
    copy = tmp_path / "copy"
    shutil.copytree(workspace.root, copy)
    return type(workspace)(copy)


def read(folder):
    return {path.name: path.read_bytes() for path in sorted((folder / "adam").iterdir())}


def test_a_package_lies_beside_the_pages_and_is_named(finished):
    workspace, answer = finished
    assert answer.code == 0
    assert answer.out.splitlines()[-1] == "ADaM package: reports/four/adam"
    assert list(read(workspace.folder)) == FILES


def test_a_package_that_is_up_to_date_is_not_made_again_and_one_made_again_has_the_same_bytes(again):
    before = read(again.folder)
    answer = again.run("--export", "adam")
    assert (answer.code, answer.out.splitlines()[-1]) == (0, "ADaM package: reports/four/adam, up to date")
    answer = again.run("--export", "adam", "--force")
    assert answer.out.splitlines()[-1] == "ADaM package: reports/four/adam"
    assert read(again.folder) == before


def test_a_package_that_somebody_changed_is_made_again(again):
    before = read(again.folder)
    (again.folder / "adam" / "adsl.xpt").write_bytes(b"changed")
    assert again.run("--export", "adam").out.splitlines()[-1] == "ADaM package: reports/four/adam"
    assert read(again.folder) == before


def test_no_package_is_left_that_disagrees_with_the_report(again):
    answer = again.run("-p", "conf_level=0.9")
    assert answer.code == 0
    assert "reports/four/adam no longer agrees with the report and is removed" in answer.err
    assert not (again.folder / "adam").exists()


def test_a_report_that_is_as_it_was_keeps_its_package(again):
    before = read(again.folder)
    assert again.run().code == 0
    assert read(again.folder) == before


def test_a_folder_of_that_name_that_is_somebody_elses_stays(again):
    shutil.rmtree(again.folder / "adam")
    (again.folder / "adam").mkdir()
    (again.folder / "adam" / "mine.txt").write_text("mine")
    answer = again.run("--export", "adam")
    assert answer.code == 13
    assert "adam is there already, and not from this program" in answer.err
    assert (again.folder / "adam" / "mine.txt").read_text() == "mine"
    assert again.run("-p", "conf_level=0.9").code == 0
    assert (again.folder / "adam" / "mine.txt").read_text() == "mine"


def test_a_dry_run_says_whether_it_would_be_made(again):
    assert again.run("--dry-run", "--export", "adam").out.splitlines()[-1] == "adam: up to date"
    assert again.run("--dry-run", "--export", "adam", "-p", "conf_level=0.9").out.splitlines()[-1] == (
        "adam: would be made"
    )


def test_another_kind_of_package_is_an_error_of_usage(again, capsys):
    with pytest.raises(SystemExit) as left:
        again.run("--export", "sdtm")
    assert left.value.code == 2


def test_a_report_to_share_gets_no_package_of_all_patients(again):
    write_notebook(again.root / "notebooks" / "safety.ipynb", ["1"], order=3, reads="min_cell_count")
    shared = ("--section", "safety", "--output", "shared", "-p", "min_cell_count=3")
    answer = again.run(*shared, "--export", "adam")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("`--export adam` writes down every patient, which `min_cell_count` forbids.")
    assert again.run(*shared).code == 0
    assert not (again.root / "shared" / "four" / "adam").exists()


def test_a_package_is_held_against_what_it_was_made_of(again):
    assert again.run("verify", "reports/four").code == 0
    (again.folder / "adam" / "adsl.xpt").write_bytes(b"changed")
    (again.folder / "adam" / "adrs.xpt").unlink()
    (again.folder / "adam" / "mine.txt").write_text("mine")
    answer = again.run("verify", "reports/four")
    assert answer.code == 13
    lines = [line.split() for line in answer.out.splitlines()]
    assert lines[1:4] == [["touched", "adam/adsl.xpt"], ["missing", "adam/adrs.xpt"], ["added", "adam/mine.txt"]]
