"""What the command line refuses before anything runs, and with which exit code."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.suites import write_notebook

PROGRAM = Path(__file__).resolve().parents[2] / "run_reports.py"
HEAVY = {"pandas", "numpy", "papermill", "nbconvert", "nbformat", "jupyter_client", "jinja2", "matplotlib", "tqdm"}


@pytest.fixture(autouse=True)
def nothing_may_run(monkeypatch):
    """Fail where a section is executed."""
    monkeypatch.setattr("cartcohort.render.workers.run_tasks", None)


def untouched(workspace):
    return not (workspace.root / "reports").exists()


@pytest.mark.parametrize(
    "arguments", [["--nonsense"], ["--jobs", "0"], ["--jobs", "x"], ["--timeout", "-1"], ["--sect", "response"]]
)
def test_a_wrong_option_is_a_usage_error(workspace, arguments):
    with pytest.raises(SystemExit) as caught:
        workspace.run(*arguments)
    assert caught.value.code == 2
    assert untouched(workspace)


def test_an_unknown_section_is_refused_with_the_closest_name(workspace):
    answer = workspace.run("--section", "surviva")
    assert answer.code == 2
    assert "There is no section `surviva`. Did you mean `survival`?" in answer.err
    assert "Traceback" not in answer.err
    assert answer.out == ""
    assert untouched(workspace)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("conf_levle=0.9", "There is no parameter `conf_levle`. Did you mean `conf_level`?"),
        ("conf_level=high", "`conf_level` must be a number, 0.5 to 0.999."),
        ("conf_level=0.1", "`conf_level` must be a number, 0.5 to 0.999."),
        ("conf_type=logit", "`conf_type` must be one of log-log, log, plain."),
        ("seed=1", "No selected section reads the parameter `seed`."),
        ("study_path=data/bmt", "Name the study by --study."),
        ("conf_level", "A parameter is given as name=value."),
        ("subset=[1", "This is no YAML"),
    ],
)
def test_a_wrong_parameter_is_refused_with_the_remedy(workspace, given, message):
    answer = workspace.run("-p", given)
    assert answer.code == 10
    assert message in answer.err
    assert "Traceback" not in answer.err
    assert untouched(workspace)


def test_a_parameter_that_the_selected_section_does_not_read_is_refused(workspace):
    write_notebook(workspace.root / "notebooks" / "risk.ipynb", [], order=3, reads="ties")
    answer = workspace.run("--section", "survival", "-p", "ties=breslow")
    assert answer.code == 10
    assert "No selected section reads the parameter `ties`.\nIt is read by: risk." in answer.err


def test_parameters_come_from_a_file_and_the_command_line_goes_before_it(workspace):
    (workspace.root / "p.yaml").write_text("conf_level: 7\nseed: x\n")
    answer = workspace.run("--parameters", "p.yaml", "-p", "conf_level=0.9", "--dry-run")
    assert answer.code == 10
    assert "seed" in answer.err
    assert "conf_level" not in answer.err


@pytest.mark.parametrize(
    ("content", "message"), [("- 1\n", "lines such as"), (None, "cannot be read"), ("[", "no YAML")]
)
def test_a_wrong_parameter_file_is_refused(workspace, content, message):
    if content is not None:
        (workspace.root / "p.yaml").write_text(content)
    answer = workspace.run("--parameters", "p.yaml")
    assert (answer.code, message in answer.err) == (10, True)


def test_an_empty_parameter_file_changes_nothing(workspace):
    (workspace.root / "p.yaml").write_text("# nothing\n")
    assert workspace.run("--parameters", "p.yaml", "--dry-run").code == 0


def test_a_missing_study_is_an_error_of_the_data(workspace):
    answer = workspace.run(study="data/fuor")
    assert answer.code == 11
    assert "There is no such study folder.\ndata/fuor" in answer.err
    assert untouched(workspace)


def test_an_unsound_study_is_refused_before_any_kernel_starts(workspace):
    subjects = workspace.root / "data" / "four" / "subjects.csv"
    subjects.write_text(subjects.read_text().replace("2021-06-10", "2020-06-10"))
    answer = workspace.run()
    assert answer.code == 11
    assert "subjects.csv" in answer.err
    assert "death_date" in answer.err
    assert not workspace.folder.exists()


def test_a_subset_that_leaves_nobody_is_refused_before_any_kernel_starts(workspace):
    path = workspace.root / "notebooks" / "response.ipynb"
    content = json.loads(path.read_text())
    content["cells"][1]["source"] += "\nsubset: str | None = None"
    path.write_text(json.dumps(content))
    answer = workspace.run("-p", "subset=age_years > 100")
    assert answer.code == 10
    assert "subset" in answer.err
    assert not workspace.folder.exists()


def test_an_output_that_cannot_be_written_is_told_before_any_kernel_starts(workspace):
    (workspace.root / "taken").write_text("mine")
    answer = workspace.run("--output", "taken")
    assert answer.code == 13
    assert "The report cannot be written.\ntaken/four" in answer.err
    assert (workspace.root / "taken").read_text() == "mine"


def test_a_damaged_notebook_is_told_before_any_kernel_starts(workspace):
    (workspace.root / "notebooks" / "response.ipynb").write_text("{")
    answer = workspace.run()
    assert answer.code == 12
    assert "notebooks/response.ipynb" in answer.err


def test_a_dry_run_says_what_would_be_made_and_writes_nothing(workspace):
    answer = workspace.run("--dry-run")
    assert answer.code == 0
    assert answer.out == (
        "response: would be made, there is no report yet\nsurvival: would be made, there is no report yet\n"
    )
    assert untouched(workspace)


def test_the_list_of_parameters_names_default_and_range(workspace):
    answer = workspace.run("--list-parameters")
    assert answer.code == 0
    assert "conf_level: level of all confidence limits\n    float; default 0.95; 0.5 to 0.999" in answer.out
    assert "study_path" not in answer.out


def test_check_tells_what_was_found_in_a_sound_study(workspace):
    answer = workspace.run("check", "data/four")
    assert answer.code == 0
    assert "Four patients & a <tag>: the study is sound." in answer.out
    assert "patients: 4\n" in answer.out
    assert "adverse events: 0\n" in answer.out


def test_check_tells_everything_that_is_wrong_with_a_study(workspace):
    subjects = workspace.root / "data" / "four" / "subjects.csv"
    subjects.write_text(subjects.read_text().replace("2021-06-10", "2020-06-10").replace("52,female", "52,femal"))
    answer = workspace.run("check", "data/four")
    assert answer.code == 11
    assert "death_date" in answer.err and "sex" in answer.err
    assert "2020-06-10" not in answer.err


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
