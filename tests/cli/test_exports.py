"""Exports of a run: made when asked for, kept while their source is the same, and never older than it."""

import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import docx
import pytest

from tests.cli.conftest import make_workspace
from tests.cli.processes import list_leftovers, start, wait_until
from tests.suites import WHOLE_SECTION, write_notebook
from tests.unit.render.exports.browsers import DYING, HANGING, HELPFUL, write_browser
from tests.unit.render.exports.test_browser import still_running

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the false browsers are shell scripts")

ROOT = Path(__file__).resolve().parents[2]
ALL = ("--pdf", "--docx", "--png")
EXPORTS = {
    "index.pdf",
    *("response.pdf", "response.docx", "figures/response-curve.png"),
    *("survival.pdf", "survival.docx", "figures/survival-curve.png"),
}
HEAVY = (
    "{'pandas', 'numpy', 'papermill', 'nbconvert', 'nbformat', 'jupyter_client', 'jinja2', 'docx', 'lxml', 'PIL', "
)
HEAVY += "'resvg_py', 'matplotlib', 'concurrent.futures', 'bs4'}"


@pytest.fixture(scope="module")
def helpful(tmp_path_factory):
    return write_browser(tmp_path_factory.mktemp("browser") / "browser", HELPFUL)


@pytest.fixture(autouse=True)
def browser(helpful, monkeypatch):
    """A browser that prints the same for every page, in no time."""
    monkeypatch.setenv("CHROMIUM", str(helpful))


@pytest.fixture(scope="module")
def finished(tmp_path_factory, helpful):
    """A workspace after a run with all exports, and what was said."""
    workspace = make_workspace(tmp_path_factory.mktemp("f"), response=WHOLE_SECTION, survival=WHOLE_SECTION)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CHROMIUM", str(helpful))
        return workspace, workspace.run(*ALL)


@pytest.fixture
def again(finished, tmp_path):
    """A copy of that workspace, to be run again."""
    workspace, _ = finished
    shutil.copytree(workspace.root, tmp_path, dirs_exist_ok=True)
    return type(workspace)(tmp_path)


def executed(answer):
    return re.findall(r"^(\w+) +done in", answer.out, flags=re.MULTILINE)


def exports_of(workspace):
    """The exports in a run folder, of which each must be known to the manifest."""
    found = {name for name in workspace.snapshot() if Path(name).suffix in (".pdf", ".docx", ".png")}
    assert found == set(json.loads((workspace.folder / "manifest.json").read_text()).get("exports", {}))
    return found


def change(workspace, name="survival", *more):
    write_notebook(workspace.root / "notebooks" / f"{name}.ipynb", [*WHOLE_SECTION, *more], order=2)


def test_a_run_leaves_each_page_document_and_figure(finished):
    workspace, answer = finished
    assert answer.code == 0
    assert exports_of(workspace) == EXPORTS
    assert (
        "exports: made, response.pdf, survival.pdf, response.docx, survival.docx, index.pdf, 2 figures" in answer.out
    )
    assert (workspace.folder / "survival.pdf").read_bytes().startswith(b"%PDF-")


def test_the_overview_lists_the_exports_with_a_word_about_them(finished):
    page = (finished[0].folder / "index.html").read_text()
    assert '<a href="index.pdf">index.pdf</a> <span class="remark">the page on paper</span>' in page
    assert (
        '<a href="survival.docx">survival.docx</a> <span class="remark">tables and figures to be edited</span>'
        in page
    )
    assert '<a href="figures/survival-curve.png">survival-curve.png</a>' in page


def test_a_document_has_the_cells_of_the_page_and_a_figure(finished):
    document = docx.Document(io.BytesIO((finished[0].folder / "survival.docx").read_bytes()))
    rows = [[cell.text for cell in row.cells] for row in document.tables[0].rows]
    assert rows[0] == ["Response", "n (%)", *(f"Column {number}" for number in range(12))]
    assert rows[1:] == [[name, *13 * ["2 (50.0)"]] for name in ("CR", "CRi", "PR", "NR")]
    assert [shape._inline.docPr.get("descr") for shape in document.inline_shapes] == [
        "4 patients, 2 deaths, median 12.2 months."
    ]


def test_equal_runs_in_different_folders_have_equal_exports(finished, tmp_path):
    workspace = make_workspace(tmp_path / "elsewhere", response=WHOLE_SECTION, survival=WHOLE_SECTION)
    assert workspace.run(*ALL).code == 0
    assert workspace.snapshot() == finished[0].snapshot()


def test_nothing_is_made_and_nothing_heavy_imported_where_all_is_up_to_date(again):
    before = again.snapshot()
    code = (
        "import sys, run_reports\nfrom pathlib import Path\n"
        f"code = run_reports.main(['--study', 'data/four', *{ALL}], notebooks=Path('notebooks'))\n"
        f"print(code, sorted({HEAVY} & set(sys.modules)))"
    )
    environment = {"PYTHONPATH": str(ROOT), "CHROMIUM": "/none"}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=again.root, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "0 []"
    assert "exports: up to date" in done.stdout
    assert again.snapshot() == before


def test_an_unchanged_run_makes_only_the_exports_that_are_newly_asked_for(workspace):
    assert workspace.run().code == 0
    assert exports_of(workspace) == set()
    answer = workspace.run("--pdf")
    assert (executed(answer), answer.code) == ([], 0)
    assert exports_of(workspace) == {"response.pdf", "survival.pdf", "index.pdf"}
    answer = workspace.run("--docx", "--pdf")
    # The overview names the documents, so that it has to be printed anew.
    assert "exports: made, response.docx, survival.docx, index.pdf\n" in answer.out
    assert exports_of(workspace) == {"response.pdf", "survival.pdf", "index.pdf", "response.docx", "survival.docx"}


def test_a_run_without_options_removes_the_exports_of_what_changed_and_keeps_the_others(again):
    change(again, "survival", "1 + 1")
    answer = again.run()
    assert (answer.code, executed(answer)) == (0, ["survival"])
    # The figure is as it was; the page, the notebook and the overview, which names the exports, are not.
    assert exports_of(again) == {"response.pdf", "response.docx", "figures/response-curve.png"} | {
        "figures/survival-curve.png"
    }
    assert "survival.docx" not in (again.folder / "index.html").read_text()


def test_what_changed_is_exported_anew(again):
    before = again.snapshot()
    change(again, "survival", "1 + 1")
    answer = again.run(*ALL)
    assert exports_of(again) == EXPORTS
    assert "exports: made, survival.pdf, survival.docx, index.pdf\n" in answer.out
    assert again.snapshot()["response.docx"] == before["response.docx"]


def test_exports_of_a_section_that_is_gone_go_with_it(again):
    (again.root / "notebooks" / "survival.ipynb").unlink()
    assert again.run().code == 0
    assert exports_of(again) == {"response.docx", "figures/response-curve.png"}  # pages name the other sections


def test_only_selected_sections_are_exported(workspace):
    workspace.run()
    assert workspace.run("--section", "survival", "--docx", "--pdf").code == 0
    assert exports_of(workspace) == {"survival.docx", "survival.pdf", "index.pdf"}


def test_force_makes_them_again(again):
    answer = again.run("--docx", "--force")
    assert "exports: made, response.docx, survival.docx\n" in answer.out
    assert exports_of(again) == EXPORTS  # the others hold still


def test_a_dry_run_says_which_exports_would_be_made_and_makes_none(again):
    before = again.snapshot()
    assert again.run(*ALL, "--dry-run").out.endswith("exports: up to date\n")
    change(again, "survival", "1 + 1")
    answer = again.run(*ALL, "--dry-run")
    assert answer.out.endswith(
        "exports: would be made, survival.pdf, survival.docx, figures/survival-*.png, index.pdf\n"
    )
    assert again.snapshot() == before


def test_an_export_that_is_damaged_or_gone_is_made_again_if_asked_for_and_else_forgotten(again):
    (again.folder / "index.pdf").unlink()
    answer = again.run(*ALL)
    assert (answer.code, exports_of(again)) == (0, EXPORTS)
    (again.folder / "index.pdf").unlink()
    assert again.run().code == 0
    assert exports_of(again) == EXPORTS - {"index.pdf"}


def test_a_document_that_somebody_edited_is_kept_under_another_name(again):
    for name in ("survival.edited.docx", "survival.edited-2.docx"):
        (again.folder / "survival.docx").write_bytes(name.encode())
        answer = again.run("--docx")
        assert f"{name}: somebody had edited this export; it is kept under this name." in answer.err
        assert (again.folder / name).read_bytes() == name.encode()
        assert (again.folder / "survival.docx").read_bytes().startswith(b"PK")


def test_no_export_is_left_beside_newer_pages_where_the_manifest_is_damaged(again):
    (again.folder / "manifest.json").write_text("{")
    assert again.run().code == 0
    assert exports_of(again) == set()


def test_without_a_browser_nothing_is_run(workspace, monkeypatch):
    monkeypatch.setenv("CHROMIUM", "/none/such")
    answer = workspace.run("--pdf")
    assert answer.code == 13
    assert "CHROMIUM names no program that can be started." in answer.err
    assert not workspace.folder.exists()
    assert workspace.run("--docx").code == 0


@pytest.mark.parametrize(
    ("script", "reason"),
    [(DYING, "the browser ended by signal 11"), (HANGING, "the browser took longer than 2 seconds")],
)
def test_a_browser_that_fails_spoils_no_report(workspace, tmp_path, monkeypatch, script, reason):
    workspace.run()
    before = workspace.snapshot()
    monkeypatch.setenv("CHROMIUM", str(write_browser(tmp_path / "false" / "browser", script)))
    answer = workspace.run("--pdf", "--docx", "--timeout", "2", "--jobs", "1")
    assert answer.code == 13
    assert "exports: NOT ALL made, response.docx, survival.docx" in answer.out
    assert "Exports could not be made.\n" in answer.err
    assert f"reports/four/survival.pdf: {reason}" in answer.err
    assert exports_of(workspace) == {"response.docx", "survival.docx"}
    assert "index.pdf" not in (workspace.folder / "index.html").read_text()
    after = workspace.snapshot()
    changed = {name for name in before if after[name] != before[name]}
    assert changed == {"index.html", "manifest.json", "ro-crate-metadata.json"}
    assert still_running(tmp_path / "false" / "pids") == []


def test_a_first_run_whose_browser_fails_publishes_its_report(workspace, tmp_path, monkeypatch):
    monkeypatch.setenv("CHROMIUM", str(write_browser(tmp_path / "false" / "browser", DYING)))
    answer = workspace.run("--pdf")
    assert (answer.code, executed(answer)) == (13, ["response", "survival"])
    assert (workspace.folder / "survival.html").exists()
    assert sorted(path.name for path in (workspace.root / "reports").iterdir()) == [".four.lock", "four"]


def test_a_browser_that_fails_leaves_an_older_pdf_of_the_same_page(again, tmp_path, monkeypatch):
    monkeypatch.setenv("CHROMIUM", str(write_browser(tmp_path / "false" / "browser", DYING)))
    answer = again.run("--pdf", "--force")
    assert (answer.code, exports_of(again)) == (13, EXPORTS)


@pytest.mark.parametrize("times", [1, 3])
def test_ctrl_c_while_a_page_is_printed_leaves_the_report_and_no_browser(workspace, monkeypatch, times):
    false = write_browser(workspace.root / "false" / "browser", HANGING)
    monkeypatch.setenv("CHROMIUM", str(false))
    run = start(workspace, "--pdf")
    pids = workspace.root / "false" / "pids"
    wait_until(lambda: pids.exists() and pids.read_text())
    for _ in range(times):
        os.killpg(run.pid, signal.SIGINT)
        time.sleep(0.01)
    out, err = run.communicate(timeout=60)
    assert (run.returncode, out) == (130, "")
    assert "Interrupted" in err and "Traceback" not in err
    assert (still_running(pids), list_leftovers(workspace)) == ([], ["four"])
    assert (workspace.folder / "survival.html").exists()
    assert exports_of(workspace) == set()


def test_a_failed_section_keeps_the_exports_of_its_older_page(again):
    kept = again.snapshot()["survival.docx"]
    write_notebook(again.root / "notebooks" / "survival.ipynb", ["1 / 0"], order=2)
    answer = again.run(*ALL)
    assert answer.code == 12
    assert exports_of(again) == EXPORTS
    assert again.snapshot()["survival.docx"] == kept
    assert "exports: made, index.pdf\n" in answer.out


def test_a_section_that_never_succeeded_has_no_exports(tmp_path):
    workspace = make_workspace(tmp_path, response=WHOLE_SECTION, broken=["1 / 0"])
    assert workspace.run(*ALL).code == 12
    assert exports_of(workspace) == {"index.pdf", "response.pdf", "response.docx", "figures/response-curve.png"}


def test_every_scenario_of_a_batch_is_exported(tmp_path):
    workspace = make_workspace(tmp_path, response=WHOLE_SECTION)
    (tmp_path / "s.yaml").write_text("runs: {wider: {conf_level: 0.99}}")
    answer = workspace.run("--scenarios", "s.yaml", *ALL)
    assert answer.code == 0
    wanted = {"index.pdf", "response.pdf", "response.docx", "figures/response-curve.png"}
    for name in ("base", "wider"):
        folder = tmp_path / "reports" / name
        assert wanted <= {path.relative_to(folder).as_posix() for path in folder.rglob("*")}
    assert workspace.run("--scenarios", "s.yaml", *ALL).code == 0


def test_a_batch_whose_browser_fails_has_its_reports_and_says_so(tmp_path, monkeypatch):
    workspace = make_workspace(tmp_path, response=WHOLE_SECTION)
    (tmp_path / "s.yaml").write_text("runs: {wider: {conf_level: 0.99}}")
    monkeypatch.setenv("CHROMIUM", str(write_browser(tmp_path / "false" / "browser", DYING)))
    answer = workspace.run("--scenarios", "s.yaml", "--pdf")
    assert answer.code == 13
    assert answer.err.count("Exports could not be made.") == 2
    assert (tmp_path / "reports" / "index.html").exists()


def test_a_report_with_all_exports_comes_out_again_to_the_byte(again):
    answer = again.run("reproduce", "reports/four", study=None)
    assert (answer.code, answer.out.endswith("files come out again to the byte.\n")) == (0, True)


def test_a_report_whose_overview_was_printed_before_its_other_exports_came_comes_out_again(tmp_path):
    workspace = make_workspace(tmp_path, response=WHOLE_SECTION)
    assert workspace.run("--pdf").code == 0
    assert workspace.run("--docx").code == 0
    assert exports_of(workspace) == {"response.pdf", "response.docx"}  # the overview now names the document
    answer = workspace.run("reproduce", "reports/four", study=None)
    assert (answer.code, answer.out.endswith("files come out again to the byte.\n")) == (0, True)
