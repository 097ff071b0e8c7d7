"""What the command line refuses before anything runs, and with which exit code."""

import json

import pytest

import run_reports
from tests.suites import write_notebook


@pytest.fixture(autouse=True)
def nothing_may_run(monkeypatch):
    """Fail where a section is executed."""
    monkeypatch.setattr("cartcohort.render.workers.run_tasks", None)


def untouched(workspace):
    return not (workspace.root / "reports").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--nonsense"], "unrecognized arguments: --nonsense"),
        (["--sect", "response"], "a section by --section NAME"),
        (["--jobs", "0"], "argument --jobs: must be a whole number, at least 1, not 0"),
        (["--jobs", "x"], "argument --jobs: must be a whole number, at least 1, not x"),
        (["--timeout", "-1"], "argument --timeout: must be a number above 0, not -1"),
        (["--timeout", "soon"], "argument --timeout: must be a number above 0, not soon"),
        (["data/four"], "A study is named by --study FOLDER"),
        (["check"], "the following arguments are required: FOLDER"),
    ],
)
def test_a_wrong_option_is_a_usage_error(workspace, capsys, arguments, message):
    with pytest.raises(SystemExit) as caught:
        run_reports.main(arguments, notebooks=workspace.root / "notebooks")
    assert caught.value.code == 2
    said = capsys.readouterr().err
    assert message in said
    assert len(said.splitlines()) <= 3
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
        ("=0.9", "A parameter is given as name=value."),
        ("subset=[1", "The list cannot be read."),
        ("conf_level=" + "9" * 400, "`conf_level` must be a number, 0.5 to 0.999."),
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
    ("content", "message"), [("- 1\n", "a line for each"), (None, "no such parameter file"), ("[", "not valid YAML")]
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
    assert untouched(workspace)


def test_a_subset_that_leaves_nobody_is_refused_before_any_kernel_starts(workspace):
    path = workspace.root / "notebooks" / "response.ipynb"
    content = json.loads(path.read_text())
    content["cells"][1]["source"] += "\nsubset: str | None = None"
    path.write_text(json.dumps(content))
    answer = workspace.run("-p", "subset=age_years > 100")
    assert answer.code == 10
    assert "subset" in answer.err
    assert untouched(workspace)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("[os, xyz]", "`endpoints` names `xyz`, which is none."),
        ("OS", "`endpoints` names `OS`, which is none. Did you mean `os`?"),
        ("[os, cir]", "`endpoints` names `cir`, which is told by the section on relapse."),
        ("[rfs, dor]", "`endpoints` must name one that counts from infusion: os, pfs, efs."),
    ],
)
def test_endpoints_are_checked_before_any_kernel_starts(workspace, value, message):
    path = workspace.root / "notebooks" / "response.ipynb"
    content = json.loads(path.read_text())
    content["cells"][1]["source"] += "\nendpoints: list[str] = ['os']"
    path.write_text(json.dumps(content))
    answer = workspace.run("-p", f"endpoints={value}")
    assert answer.code == 10
    assert message in answer.err
    assert untouched(workspace)


def test_a_folder_without_a_description_is_an_error_of_the_data(workspace):
    answer = workspace.run(study="data")
    assert answer.code == 11
    assert "The study has no study.yaml.\ndata\n" in answer.err
    assert untouched(workspace)


def test_a_study_that_is_a_link_in_a_circle_is_an_error_of_the_data(workspace):
    (workspace.root / "data" / "loop").symlink_to("loop")
    answer = workspace.run(study="data/loop")
    assert answer.code == 11
    assert "There is no such study folder.\ndata/loop\n" in answer.err


def test_a_study_whose_name_cannot_be_printed_is_refused(workspace):
    (workspace.root / "data" / "four").rename(workspace.root / "data" / "fo\nur")
    answer = workspace.run(study="data/fo\nur")
    assert answer.code == 11
    assert "The name of the study's folder cannot be that of a report." in answer.err
    assert untouched(workspace)


def test_a_report_never_goes_into_the_folder_of_its_study(workspace):
    before = sorted((workspace.root / "data").rglob("*"))
    answer = workspace.run("--output", "data")
    assert answer.code == 13
    assert "The report would be written into the study's own folder.\ndata/four\n" in answer.err
    assert sorted((workspace.root / "data").rglob("*")) == before


def test_an_output_that_cannot_be_written_is_told_before_any_kernel_starts(workspace):
    (workspace.root / "taken").write_text("mine")
    answer = workspace.run("--output", "taken")
    assert answer.code == 13
    assert "The report cannot be written.\ntaken/four: taken is no folder." in answer.err
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
    assert "study_path:" not in answer.out


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
