"""A full disk, folders that are in the way or vanish, damaged records: a clear line, and earlier reports whole."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from cartcohort.errors import OutputError, StudyDataError
from cartcohort.render.plan import Request
from cartcohort.render.runner import run_suite
from tests.cli.conftest import make_workspace
from tests.cli.processes import ENDLESS, list_leftovers, start, wait_for_kernel
from tests.suites import WHOLE_SECTION, write_notebook

WAITING = ENDLESS.replace("while True", 'while not os.path.exists("go")')
LONG = "print(3_000_000 * 'x')"
MANIFESTS = [
    100_000 * "[",
    '{"sections": {"good": []}, "outputs": {}}',
    '{"sections": {}, "outputs": {"": "x"}}',
    '{"sections": {}, "outputs": {"a\\u0000b": "x"}}',
    '{"sections": {}, "outputs": {"tables": "x"}}',
    '{"sections": {}, "outputs": {"../../kept.txt": "x"}}',
]


@pytest.fixture(scope="module")
def again(tmp_path_factory):
    """A workspace with a whole report, which tests damage and find whole again."""
    workspace = make_workspace(tmp_path_factory.mktemp("disk"), good=WHOLE_SECTION)
    assert workspace.run().code == 0
    return workspace


def test_a_file_that_cannot_be_written_ends_the_run_and_leaves_the_report(again):
    before, notebook = again.snapshot(), again.root / "notebooks" / "good.ipynb"
    sound = notebook.read_text()
    write_notebook(notebook, [*WHOLE_SECTION, LONG])
    run = start(again, limits={"RLIMIT_FSIZE": 2_000_000})
    _, err = run.communicate(timeout=60)
    notebook.write_text(sound)
    assert run.returncode == 13
    assert "The report cannot be written.\nreports/four: File too large.\n" in err
    assert again.snapshot() == before
    assert list_leftovers(again) == ["four"]


def mount(folder, options):
    """Mount a disk in memory for a while, where the test may do so."""
    command = ["mount", "-t", "tmpfs", "-o", options, "none", str(folder)]
    if shutil.which("mount") is None or subprocess.run(command, capture_output=True, check=False).returncode != 0:
        pytest.skip("only who may mount a disk can have a small one, or one that nobody can write")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def small_disk(tmp_path):
    """A disk of one megabyte."""
    folder = tmp_path / "reports"
    folder.mkdir()
    yield from mount(folder, "size=1m")


@pytest.fixture
def unwritable(tmp_path):
    """A folder that may not be written: by root, who may write in every folder, as it is a disk for reading only."""
    folder = tmp_path / "reports"
    folder.mkdir(mode=0o500)
    if os.geteuid() == 0:
        yield from mount(folder, "ro")
    else:
        yield folder


def test_a_full_disk_leaves_the_report_as_it_was(small_disk):
    workspace = make_workspace(small_disk.parent, good=WHOLE_SECTION)
    assert workspace.run().code == 0
    before, filling = workspace.snapshot(), small_disk / "filling"
    with pytest.raises(OSError, match="No space left"), filling.open("wb", buffering=0) as file:
        while file.write(bytes(4096)):
            pass
    answer = workspace.run("--force")
    assert answer.code == 13
    assert "The report cannot be written.\nreports/four: No space left on device" in answer.err
    assert workspace.snapshot() == before
    filling.unlink()
    assert workspace.run("--force").code == 0
    assert workspace.snapshot() == before


@pytest.mark.parametrize(
    ("name", "what"),
    [("good.html", "good.html is a folder"), ("tables", "tables is a file"), ("manifest.json", "is a folder")],
)
def test_what_is_in_the_way_of_a_report_is_told_before_any_file_is_moved(tmp_path, name, what):
    workspace = make_workspace(tmp_path, good=WHOLE_SECTION)
    workspace.folder.mkdir(parents=True)
    if name == "tables":
        (workspace.folder / name).touch()
    else:
        (workspace.folder / name).mkdir()
    answer = workspace.run()
    assert answer.code == 13
    assert what in answer.err
    assert [path.name for path in workspace.folder.iterdir()] == [name]


def test_a_folder_that_may_not_be_written_is_told_before_any_kernel_starts(unwritable):
    workspace = make_workspace(unwritable.parent, good=["1"])
    answer = workspace.run()
    assert answer.code == 13
    assert "running" not in answer.err


@pytest.mark.parametrize("content", MANIFESTS, ids=range(len(MANIFESTS)))
def test_whatever_the_manifest_holds_the_report_is_whole_again(again, content):
    before = again.snapshot()
    (again.root / "kept.txt").touch()
    (again.folder / "manifest.json").write_text(content)
    answer = again.run()
    assert answer.code == 0
    assert again.snapshot() == before
    assert (again.root / "kept.txt").exists()


@pytest.mark.parametrize("lost", ["reports", "notebooks/late.ipynb", "data/four/subjects.csv"])
def test_what_vanishes_while_the_run_goes_on_is_told(tmp_path, lost):
    workspace = make_workspace(tmp_path, good=["1"], waiting=[WAITING], late=["1"])
    run = start(workspace, "--jobs", "1")
    wait_for_kernel(workspace)
    path = tmp_path / lost
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    (tmp_path / "data" / "go").touch()
    out, err = run.communicate(timeout=60)
    assert "Traceback" not in err
    if lost == "notebooks/late.ipynb":
        assert run.returncode == 12
        assert "The notebook was removed while the suite ran." in out
        assert (workspace.folder / "good.html").exists()
    else:
        assert run.returncode == (13 if lost == "reports" else 11)
        assert ("The report cannot be written" if lost == "reports" else "The study was changed while") in err
        assert not workspace.folder.exists()
    assert list((tmp_path / "tmp").iterdir()) == []


def kill_itself(*_):
    os.kill(os.getpid(), 9)


def need_too_much(*_):
    return bytearray(1 << 62)


def fill_the_disk(*_):
    Path("/dev/full").write_text("x")


@pytest.mark.parametrize(
    ("check", "error", "message"),
    [
        (kill_itself, StudyDataError, r"ended by signal 9 \(often for lack of memory\)"),
        (need_too_much, StudyDataError, "there is not enough memory"),
        (fill_the_disk, OutputError, "cannot be kept for the notebooks.*\n.*No space left on device"),
    ],
)
def test_a_study_that_cannot_be_checked_is_told_in_words(tmp_path, check, error, message):
    workspace = make_workspace(tmp_path, good=["1"])
    request = Request(study=tmp_path / "data" / "four", notebooks=tmp_path / "notebooks", output=tmp_path / "reports")
    with pytest.raises(error, match=message):
        run_suite(request, check_study=check)
    assert not workspace.folder.exists()
