"""The program as a process: its streams, its place, its Python."""

import io
import subprocess
import sys
from pathlib import Path

import pytest

import run_reports

PROGRAM = Path(__file__).resolve().parents[2] / "run_reports.py"
HEAVY = {"pandas", "numpy", "papermill", "nbconvert", "nbformat", "jupyter_client", "jinja2", "matplotlib", "tqdm"}
HEAVY |= {"distributed", "dask", "fsspec", "s3fs"}


@pytest.mark.parametrize("argument", ["--help", "--list-parameters", "--dry-run"])
def test_no_heavy_library_is_imported_to_answer(workspace, argument):
    code = (
        "import sys, run_reports\n"
        "from pathlib import Path\n"
        "try:\n"
        f"    run_reports.main(['--study', 'data/four', '{argument}'], notebooks=Path('notebooks'))\n"
        "except SystemExit:\n"
        "    pass\n"
        f"print(sorted({HEAVY!r} & set(sys.modules)))"
    )
    environment = {"PYTHONPATH": str(PROGRAM.parent)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=workspace.root, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("argument", ["--list-parameters", "--dry-run", "check"])
def test_a_reader_who_has_had_enough_is_no_error(workspace, argument):
    arguments = ["check", "data/four"] if argument == "check" else ["--study", "data/four", argument]
    command = " ".join([sys.executable, str(PROGRAM), *arguments])
    done = subprocess.run(
        ["bash", "-c", f"{command} | true; echo ${{PIPESTATUS[0]}}"],
        cwd=workspace.root,
        capture_output=True,
        text=True,
        check=True,
    )
    assert (done.stdout, done.stderr) == ("0\n", "")


def test_an_answer_that_cannot_be_written_is_told(workspace, monkeypatch):
    class Full(io.StringIO):
        def write(self, text):
            raise OSError(28, "No space left on device")

    monkeypatch.setattr("sys.stdout", Full())
    code = run_reports.main(["--list-parameters"])
    assert code == 13


def test_a_folder_with_too_long_a_name_is_an_error_of_the_output(workspace):
    answer = workspace.run("--dry-run", "--output", 300 * "a")
    assert answer.code == 13
    assert "File name too long" in answer.err


def test_a_folder_that_is_no_more_is_told(tmp_path):
    command = f"mkdir gone && cd gone && rmdir ../gone && {sys.executable} {PROGRAM} --dry-run"
    done = subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 13
    assert done.stderr == "The folder you are in is no more.\nGo to another one.\n"


def test_the_default_study_is_found_from_anywhere(tmp_path):
    done = subprocess.run(
        [sys.executable, PROGRAM, "--dry-run"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert "survival: would be made, there is no report yet" in done.stdout


def test_a_python_without_the_libraries_gets_the_remedy(tmp_path):
    done = subprocess.run(
        [sys.executable, "-S", PROGRAM, "--help"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "is not installed for this Python" in done.stderr
    assert "make env" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_program_itself_answers(tmp_path):
    done = subprocess.run(
        [sys.executable, PROGRAM, "--help"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert "--section NAME" in done.stdout
    wrong = subprocess.run(
        [sys.executable, PROGRAM, "check", "nowhere"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert wrong.returncode == 11
    assert "Traceback" not in wrong.stderr
    assert list(tmp_path.iterdir()) == []
