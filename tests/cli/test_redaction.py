"""`redact`: no file of a run tells the value of a parameter that it names."""

import contextlib
import io
import json
import os
import shutil
import zipfile
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import pytest

import run_reports
from tests.cli.conftest import make_workspace
from tests.suites import WHOLE_SECTION, write_notebook

ROOT = Path(run_reports.__file__).resolve().parent
STUDY = "hospital-of-saint-nobody"
SUBSET = "age_years >= 23 and marrow_blasts_pct < 98.765"
TRACES = (STUDY, "marrow_blasts_pct <", "marrow_blasts_pct<", "age_years >= 2", "98.765")


def read_texts(folder):
    """Every file below a folder as text, the parts of a Word document on their own."""
    for path in folder.rglob("*"):
        if path.suffix == ".docx":
            with zipfile.ZipFile(path) as parts:
                yield from (
                    (f"{path.name}/{name}", parts.read(name).decode("utf-8", "replace")) for name in parts.namelist()
                )
        elif path.is_file():
            yield path.name, path.read_text(encoding="utf-8", errors="replace")


def find_traces(folder, traces=TRACES):
    """Return which files tell something of the values, however it is escaped."""
    found = []
    for name, text in read_texts(folder):
        forms = (text, unescape(unescape(text)), unquote(text), text.replace("\\", ""))
        found += [(name, trace) for trace in traces if any(trace in form for form in forms)]
    return found


def call(root, *arguments):
    out, err = io.StringIO(), io.StringIO()
    before = Path.cwd()
    os.chdir(root)
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = run_reports.main(list(arguments))
    finally:
        os.chdir(before)
    return code, out.getvalue(), err.getvalue()


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """Two pages of the suite of a study with a telling name, redacted and not, with a Word document."""
    root = tmp_path_factory.mktemp("r")
    shutil.copytree(ROOT / "data" / "car1922", root / STUDY)
    asked = ("--study", STUDY, "--section", "efficacy", "--section", "safety", "--docx")
    assert call(root, *asked, "-p", f"subset={SUBSET}", "--output", "open")[0] == 0
    assert call(root, *asked, "-p", f"subset={SUBSET}", "-p", "redact=[subset, study_path]")[0] == 0
    return root


def test_no_file_tells_a_redacted_value_which_the_same_run_tells_otherwise(told):
    open_files = {name for name, _ in find_traces(told / "open")}
    kinds = {"efficacy.html", "safety.html", "manifest.json", "ro-crate-metadata.json", "efficacy.ipynb"}
    assert kinds <= open_files
    assert find_traces(told / "reports" / STUDY) == []


def test_all_else_is_as_without_redaction(told):
    results = [json.loads((told / output / STUDY / "results.json").read_text()) for output in ("open", "reports")]
    assert results[0] == results[1]
    page = (told / "reports" / STUDY / "efficacy.html").read_text(encoding="utf-8")
    assert "subset = [redacted]" in page and "subset=&#34;[redacted]&#34;" in page
    notebook = json.loads((told / "reports" / STUDY / "notebooks" / "efficacy.ipynb").read_text())
    (injected,) = [cell for cell in notebook["cells"] if "injected-parameters" in cell["metadata"].get("tags", ())]
    assert 'subset = "[redacted]"\n' in "".join(injected["source"])


def test_a_redacted_report_comes_out_again_where_the_values_are_given(told):
    run = ("reproduce", f"reports/{STUDY}")
    code, _, err = call(told, *run)
    assert code == 10 and "does not tell `subset`" in err
    code, _, err = call(told, *run, "-p", f"subset={SUBSET}", "-p", "seed=3")
    assert code == 10 and "`seed` is not redacted in this report." in err
    code, _, err = call(told, *run, "-p", f"subset={SUBSET}")
    assert code == 11 and "Name the study's folder by --study." in err
    code, out, _ = call(told, *run, "--study", STUDY, "-p", f"subset={SUBSET}")
    assert code == 0 and out.endswith("files come out again to the byte.\n")


def test_an_export_knows_the_pages_that_its_own_run_has_made(told):
    index = (told / "reports" / STUDY / "index.html").read_text(encoding="utf-8")
    assert "efficacy.docx" in index and "may have changed" not in index


def test_a_masked_report_keeps_its_pages_while_its_exports_are_made(told):
    asked = ("--study", STUDY, "--section", "efficacy", "--docx", "--output", "both", "-p", "min_cell_count=5")
    assert call(told, *asked, "-p", "subset=age_years >= 21", "-p", "redact=subset")[0] == 0
    files = {path.name for path in (told / "both" / STUDY).iterdir()}
    assert {"efficacy.html", "efficacy.docx"} <= files


def write_sections(root, *cells, name="survival"):
    write_notebook(root / "notebooks" / f"{name}.ipynb", cells, order=3, reads="redact")


@pytest.fixture
def workspace(tmp_path):
    made = make_workspace(tmp_path, response=WHOLE_SECTION)
    write_sections(made.root, *WHOLE_SECTION)
    return made


HIDE = ("--section", "survival", "-p", "redact=[subset]")


def test_what_was_made_with_another_value_is_never_taken_for_up_to_date(workspace):
    write_sections(workspace.root, *WHOLE_SECTION, name="safety")
    first = workspace.run("--section", "safety", *HIDE, "-p", "subset=age_years > 30")
    assert first.code == 0
    again = workspace.run(*HIDE, "-p", "subset=age_years > 40", "--dry-run")
    assert again.out.startswith("survival: would be made, parameter subset is redacted and may have changed")
    assert workspace.run(*HIDE, "-p", "subset=age_years > 40").code == 0
    assert "parameter subset is redacted and may have changed" in (workspace.folder / "index.html").read_text()


def test_what_tells_the_value_does_not_stay_beside_it(workspace):
    write_sections(workspace.root, *WHOLE_SECTION, name="safety")
    subset = "subset=age_years > 30.25"
    assert workspace.run("--section", "survival", "--section", "safety", "-p", subset).code == 0
    assert (workspace.folder / "safety.html").exists()
    assert workspace.run(*HIDE, "-p", subset).code == 0
    assert not (workspace.folder / "safety.html").exists()
    assert find_traces(workspace.folder, ["30.25"]) == []


def test_a_cell_that_prints_the_value_is_refused_without_saying_it(workspace):
    subset = "sex == 'female' or age_years > 30.25"
    write_sections(workspace.root, *WHOLE_SECTION, "print('kept:', subset.upper().lower())")
    answer = workspace.run(*HIDE, "-p", f"subset={subset}")
    assert answer.code == 12
    assert "survival.html would tell the value of `subset`, which is redacted." in answer.err
    assert "30.25" not in answer.out + answer.err
    assert find_traces(workspace.folder, ["30.25"]) == []


def test_a_failure_does_not_say_what_python_said(workspace):
    write_sections(workspace.root, "raise ValueError(f'nobody in {subset}')")
    answer = workspace.run(*HIDE, "-p", "subset=age_years > 30.25")
    assert answer.code == 12
    assert "What was said is left out, since it could tell what is redacted" in answer.err
    assert find_traces(workspace.folder, ["30.25", "ValueError"]) == []


def test_a_section_that_cannot_redact_is_refused(workspace):
    answer = workspace.run(*HIDE, "--section", "response", "-p", "subset=age_years > 30")
    assert answer.code == 10
    assert "The section response does not read `redact`, so it would tell every value." in answer.err


def test_only_what_no_result_is_named_by_can_be_redacted(workspace):
    answer = workspace.run("--section", "survival", "-p", "redact=[conf_level]")
    assert answer.code == 10
    assert answer.err.startswith("`redact` must be one of study_path, subset.")


def test_a_redacted_value_is_asked_for_where_it_is_used_again(workspace):
    answer = workspace.run("--section", "survival", "-p", 'subset="[redacted]"')
    assert answer.code == 10
    assert "The value of `subset` was redacted where this was made." in answer.err


def test_two_redacted_runs_are_said_to_differ_perhaps(workspace):
    for output, value in (("a", 30), ("b", 40)):
        assert workspace.run(*HIDE, "-p", f"subset=age_years > {value}", "--output", output).code == 0
    assert workspace.run("compare", "a/four", "b/four", study=None).code == 0
    page = next((workspace.root / "reports" / "comparisons").glob("*.html")).read_text(encoding="utf-8")
    assert "subset perhaps, redacted in both" in page


def test_scenarios_tell_no_redacted_value(workspace):
    (workspace.root / "notebooks" / "response.ipynb").unlink()
    (workspace.root / "s.yaml").write_text(
        "base: {redact: [subset, study_path]}\n"
        "runs: {older: {subset: age_years > 30.25}, nobody: {subset: age_years > 130.25}, same: {study: ./data/four}}"
    )
    answer = workspace.run("--scenarios", "s.yaml")
    assert answer.code == 10
    assert "No patient is left to analyse." in answer.out
    assert find_traces(workspace.root / "reports", ["30.25", "four/", "data/four"]) == []
    scenarios = json.loads((workspace.root / "reports" / "scenarios.json").read_text())["scenarios"]
    subsets, study = [{"subset": "[redacted]"}] * 2, {"study": "[redacted]"}
    assert [one["changes"] for one in scenarios] == [{}, *subsets, study]


def test_a_grid_over_redacted_values_is_refused_since_folders_would_be_named_by_them(workspace):
    (workspace.root / "s.yaml").write_text(
        "base: {redact: subset}\ngrids: {age: {subset: [age_years > 30.25, age_years > 40]}}\n"
    )
    answer = workspace.run("--scenarios", "s.yaml")
    assert answer.code == 10
    assert "The grid `age` would tell values of `subset`, which is redacted." in answer.err


def test_a_package_of_data_tells_no_redacted_value(workspace):
    asked = ("-p", "subset=age_years > 30.25", "--export", "adam")
    assert workspace.run(*HIDE, *asked).code == 0
    assert (workspace.folder / "adam" / "made_from.json").exists()
    assert find_traces(workspace.folder, ["30.25"]) == []
    answer = workspace.run("--section", "survival", "-p", "redact=[study_path]", "--export", "adam")
    assert answer.code == 2
    assert "names the study in each record" in answer.err
