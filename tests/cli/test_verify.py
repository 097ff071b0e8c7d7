"""`verify`: a report as it was made, and whatever became of one."""

import hashlib
import shutil

import pytest

from tests.cli.conftest import make_workspace
from tests.suites import WHOLE_SECTION


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    workspace = make_workspace(tmp_path_factory.mktemp("verify"), response=WHOLE_SECTION)
    assert workspace.run().code == 0
    return workspace


@pytest.fixture
def again(finished, tmp_path):
    shutil.copytree(finished.root, tmp_path, dirs_exist_ok=True)
    return type(finished)(tmp_path)


def verify(workspace, run="reports/four"):
    return workspace.run("verify", run, study=None)


def digest(workspace):
    return hashlib.sha256((workspace.folder / "manifest.json").read_bytes()).hexdigest()


def test_a_report_as_it_was_made_is_sound_and_the_hash_of_its_manifest_told(finished):
    answer = verify(finished)
    n_files = len(finished.snapshot()) - 1
    assert (answer.code, answer.err) == (0, "")
    assert answer.out == (
        f"reports/four: all {n_files} files are as the manifest says.\n"
        f"SHA-256 of manifest.json itself: {digest(finished)}\n"
    )


def test_what_was_touched_removed_or_added_is_named(again):
    (again.folder / "response.html").write_text("rounded up")
    (again.folder / "tables/response-response.csv").unlink()
    (again.folder / "figures/more.svg").write_text("<svg/>")
    (again.folder / "timings.json").write_text("{}")
    answer = verify(again)
    assert answer.code == 13
    assert answer.out == (
        "reports/four: it is not as the manifest says.\n"
        "  touched  response.html\n"
        "  missing  tables/response-response.csv\n"
        "  added    figures/more.svg\n"
        f"SHA-256 of manifest.json itself: {digest(again)}\n"
    )


@pytest.mark.parametrize("name", ["index.html", "results.json", "ro-crate-metadata.json", "notebooks/response.ipynb"])
def test_a_single_character_in_any_file_is_found(again, name):
    path = again.folder / name
    path.write_text(path.read_text() + " ")
    answer = verify(again)
    assert (answer.code, answer.out.count("\n  ")) == (13, 1)
    assert f"\n  touched  {name}\n" in answer.out


def test_a_damaged_manifest_is_told_and_nothing_is_said_of_the_files(again):
    (again.folder / "manifest.json").write_text("{")
    answer = verify(again)
    assert (answer.code, answer.out) == (13, "")
    assert answer.err.startswith("The manifest is damaged.\nreports/four: manifest.json cannot be read.\n")


@pytest.mark.parametrize(
    ("run", "said"),
    [
        ("data/four", "The folder is no run.\ndata/four: it has no manifest.json."),
        ("reports/five", "There is no such"),
    ],
)
def test_what_is_no_run_is_told(finished, run, said):
    answer = verify(finished, run)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith(said)


def test_a_copy_in_an_archive_is_read_and_nothing_is_written_beside_it(again):
    archive = again.root / "archive"
    shutil.copytree(again.folder, archive / "2026")
    assert verify(again, "archive/2026").code == 0
    assert [path.name for path in archive.iterdir()] == ["2026"]


def test_the_name_of_an_added_file_cannot_command_the_terminal(again):
    (again.folder / "\x1b[2J.html").write_text("")
    assert "added    \\x1b[2J.html\n" in verify(again).out
