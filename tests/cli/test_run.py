"""A run that goes well: what it writes, that it writes the same again, and what it need not do again."""

import csv
import getpass
import hashlib
import io
import json
import platform
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from importlib import metadata
from pathlib import Path

import pytest

from tests.cli.conftest import make_workspace
from tests.suites import WHOLE_SECTION, write_notebook, write_study

ROOT = Path(__file__).resolve().parents[2]
TALKATIVE = (
    "import os, sys, warnings\nwarnings.warn('as expected')\nprint(os.getcwd(), object(), file=sys.stderr)\nobject()",
    "print(os.path.isdir(study_path), hash('a'), os.environ['OMP_NUM_THREADS'])",
)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A workspace after its first run, and what was said."""
    workspace = make_workspace(
        tmp_path_factory.mktemp("finished"), response=WHOLE_SECTION, survival=(*WHOLE_SECTION, *TALKATIVE)
    )
    write_notebook(workspace.root / "notebooks" / "risk.ipynb", [], order=3, reads="ties")
    return workspace, workspace.run()


@pytest.fixture
def again(finished, tmp_path):
    """A copy of that workspace, to be run again."""
    workspace, _ = finished
    shutil.copytree(workspace.root, tmp_path, dirs_exist_ok=True)
    return type(workspace)(tmp_path)


def made(answer):
    return re.findall(r"^(\w+) +done in", answer.out, flags=re.MULTILINE)


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_run_ends_with_a_line_for_each_section_and_where_the_report_lies(finished):
    _, answer = finished
    assert answer.code == 0
    assert made(answer) == ["response", "survival", "risk"]
    assert "reports/four/response.html" in answer.out
    assert "Report: reports/four/index.html" in answer.out
    assert "Next: " in answer.out
    assert "response: running" in answer.err


def test_the_terminal_is_told_what_a_page_warns_of(tmp_path):
    warned = [cell.replace('"thumbnail"', '"warning": "Routes differ.", "thumbnail"') for cell in WHOLE_SECTION]
    answer = make_workspace(tmp_path, response=warned).run()
    assert answer.code == 0
    assert "response: WARNING: Routes differ." in answer.err


def test_a_run_leaves_pages_results_tables_figures_notebooks_and_records(finished):
    workspace, _ = finished
    assert set(workspace.snapshot()) == {
        "index.html",
        "manifest.json",
        "results.json",
        "ro-crate-metadata.json",
        *(f"{name}.html" for name in ("response", "survival", "risk")),
        *(f"notebooks/{name}.ipynb" for name in ("response", "survival", "risk")),
        *(f"tables/{name}-response.csv" for name in ("response", "survival")),
        *(f"figures/{name}-curve.{ending}" for name in ("response", "survival") for ending in ("svg", "csv")),
    }
    assert [path.name for path in (workspace.root / "reports").iterdir() if path.name != ".four.lock"] == ["four"]
    timings = json.loads((workspace.folder / "timings.json").read_text())
    assert list(timings) == ["response", "survival", "risk"]


def test_results_tables_and_figures_are_what_the_notebooks_handed_over(finished):
    workspace, _ = finished
    records = json.loads((workspace.folder / "results.json").read_text())
    assert [record["id"] for record in records] == [
        "response/orr",
        "response/os/median",
        "survival/orr",
        "survival/os/median",
    ]
    assert records[0]["estimate"] == 0.1 + 0.2
    table = io.StringIO((workspace.folder / "tables/response-response.csv").read_text())
    assert list(csv.reader(table)) == [["response", "n"], ["CR", "2"], ["a,b", "1"]]
    assert "Months since infusion" in (workspace.folder / "figures/survival-curve.svg").read_text()


def test_pages_link_to_each_other(finished):
    workspace, _ = finished
    page = (workspace.folder / "response.html").read_text()
    for name in ("index", "response", "survival", "risk"):
        assert f'href="{name}.html"' in page


def test_the_kernel_runs_beside_the_study_with_a_fixed_environment(finished):
    workspace, _ = finished
    executed = (workspace.folder / "notebooks/survival.ipynb").read_text()
    assert re.search(r"True -?\d+ 1\\n", executed)


def test_a_run_tells_how_many_things_of_the_study_are_worth_a_look(workspace):
    subjects = workspace.root / "data" / "four" / "subjects.csv"
    subjects.write_text(subjects.read_text().replace("PR,2021-06-17", "PR,").replace("2023-01-20", "2022-01-20"))
    answer = workspace.run("--section", "survival")
    assert answer.code == 0
    assert "The study is sound, with 2 things worth a look: python run_reports.py check data/four" in answer.err


def test_what_the_kernel_leaves_in_its_folder_for_temporary_files_is_gone(workspace):
    write_notebook(workspace.root / "notebooks" / "response.ipynb", ["import tempfile\ntempfile.mkdtemp('-mine')"])
    before = set(Path(tempfile.gettempdir()).glob("*-mine"))
    assert workspace.run("--section", "response").code == 0
    assert set(Path(tempfile.gettempdir()).glob("*-mine")) == before


def test_a_file_beside_the_study_is_no_library(tmp_path):
    workspace = make_workspace(tmp_path, response=["import colorsys\nimport cartcohort"])
    for name in ("colorsys", "cartcohort", "random"):
        (tmp_path / "data" / f"{name}.py").write_text("raise ImportError")
    assert workspace.run().code == 0


def test_no_output_names_a_folder_of_this_machine_the_user_or_the_host(finished):
    workspace, _ = finished
    words = [str(workspace.root), str(ROOT), sys.prefix, str(Path.home()), socket.gethostname(), "/tmp/"]
    words += [getpass.getuser()] if len(getpass.getuser()) > 4 else []
    files = workspace.snapshot()
    assert {"survival.html", "manifest.json", "notebooks/survival.ipynb"} <= files.keys()
    for name, content in files.items():
        text = content.decode()
        for word in words:
            assert not re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text), f"{word} in {name}"


def test_equal_inputs_give_equal_bytes_wherever_they_are(finished, tmp_path):
    workspace, _ = finished
    elsewhere = make_workspace(
        tmp_path / "another place", response=WHOLE_SECTION, survival=(*WHOLE_SECTION, *TALKATIVE)
    )
    write_notebook(elsewhere.root / "notebooks" / "risk.ipynb", [], order=3, reads="ties")
    assert elsewhere.run("--jobs", "1", "-p", "conf_level=0.95").code == 0
    assert elsewhere.snapshot() == workspace.snapshot()


def test_nothing_is_made_again_where_nothing_changed(again):
    before = again.snapshot()
    answer = again.run()
    assert answer.code == 0
    assert answer.out.count("up to date") == 3
    assert again.snapshot() == before


def test_a_study_may_keep_its_reports_in_its_own_folder(workspace):
    output = ("--output", "data/four/reports")
    assert made(workspace.run(*output)) == ["response", "survival"]
    assert (workspace.root / "data" / "four" / "reports" / "four" / "response.html").exists()
    assert made(workspace.run(*output)) == []


def test_a_run_with_nothing_to_do_imports_no_heavy_library(again):
    code = (
        "import sys, run_reports\nfrom pathlib import Path\n"
        "code = run_reports.main(['--study', 'data/four'], notebooks=Path('notebooks'))\n"
        "heavy = {'pandas', 'numpy', 'papermill', 'nbconvert', 'nbformat', 'jupyter_client', 'jinja2', 'tqdm'}\n"
        "print(code, sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=again.root,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "0 []"


def test_one_parameter_changed_makes_only_the_sections_that_read_it(again):
    answer = again.run("-p", "ties=breslow")
    assert made(answer) == ["risk"]
    assert "risk: to be made, parameter ties changed" in answer.err
    assert answer.out.count("up to date") == 2
    manifest = json.loads((again.folder / "manifest.json").read_text())
    assert manifest["sections"]["risk"]["inputs"]["parameters"] == {"study_path": "four", "ties": "breslow"}


def test_a_changed_parameter_reaches_the_notebook_and_the_page(again):
    answer = again.run("--section", "response", "-p", "conf_level=0.9")
    assert made(answer) == ["response"]
    assert "<strong>conf_level = 0.9</strong> (default 0.95)" in (again.folder / "response.html").read_text()
    records = {record["id"]: record for record in json.loads((again.folder / "results.json").read_text())}
    assert records["response/orr"]["conf_level"] == 0.9
    assert records["survival/orr"]["conf_level"] == 0.95  # kept from the first run
    index = (again.folder / "index.html").read_text()
    assert "<strong>Older</strong>: parameter conf_level changed" in index
    assert index.count("<strong>Fresh</strong>") == 2


@pytest.mark.parametrize(
    ("arguments", "damage", "reason"),
    [
        ([], "tables/response-response.csv", "tables/response-response.csv is missing"),
        ([], "response.html", "response.html is missing"),
        (["--force"], None, "asked for by --force"),
    ],
)
def test_a_section_is_made_again_with_the_reason(again, arguments, damage, reason):
    before = again.snapshot()
    if damage:
        (again.folder / damage).unlink()
    answer = again.run("--section", "response", *arguments)
    assert made(answer) == ["response"]
    assert f"response: to be made, {reason}" in answer.err
    assert again.snapshot() == before


def test_changed_data_and_a_changed_notebook_are_named(again):
    subjects = again.root / "data" / "four" / "subjects.csv"
    subjects.write_text(subjects.read_text().replace(",52,", ",53,"))
    write_notebook(again.root / "notebooks" / "risk.ipynb", ["1"], order=3, reads="ties")
    answer = again.run("--dry-run")
    assert "response: would be made, data file subjects.csv changed" in answer.out
    assert "risk: would be made, the notebook changed, data file subjects.csv changed" in answer.out


def test_a_damaged_manifest_makes_everything_again_and_says_so(again):
    before = again.snapshot()
    (again.folder / "manifest.json").write_text("{")
    answer = again.run()
    assert made(answer) == ["response", "survival", "risk"]
    assert "response: to be made, manifest.json cannot be read" in answer.err
    assert again.snapshot() == before


@pytest.mark.parametrize("name", ["index.html", "results.json"])
def test_a_damaged_overview_is_written_again_without_executing_anything(again, name):
    before = again.snapshot()
    (again.folder / name).write_text("damaged")
    answer = again.run()
    assert answer.code == 0
    assert made(answer) == []
    assert f"written again: {name} is not as it was written" in answer.err
    assert again.snapshot() == before


def test_a_notebook_that_is_gone_takes_its_files_with_it(again):
    (again.root / "notebooks" / "survival.ipynb").unlink()
    (again.folder / "mine.txt").write_text("kept")
    answer = again.run()
    assert made(answer) == []
    assert [name for name in again.snapshot() if "survival" in name] == []
    assert "survival.html" not in (again.folder / "response.html").read_text()
    assert (again.folder / "mine.txt").read_text() == "kept"


def test_each_study_has_a_folder_of_its_own(again):
    write_study(again.root / "data" / "other")
    assert again.run("--section", "risk", study="data/other").code == 0
    assert (again.root / "reports" / "other" / "risk.html").exists()
    assert not (again.root / "reports" / "other" / "survival.html").exists()
    assert "survival.html" not in (again.root / "reports" / "other" / "risk.html").read_text()


def test_two_sections_that_hand_over_the_same_result_leave_the_report_as_it_was(again):
    before = again.snapshot()
    bundle = {"application/vnd.cartcohort.results+json": {"records": [{"id": "response/orr"}]}}
    write_notebook(again.root / "notebooks" / "risk.ipynb", [f"display({bundle}, raw=True)"], order=3, reads="ties")
    answer = again.run()
    assert answer.code == 12
    assert "The result `response/orr` is handed over twice" in answer.err
    assert again.snapshot() == before


def test_the_manifest_tells_what_the_run_as_a_whole_was_of(finished):
    workspace, _ = finished
    manifest = json.loads((workspace.folder / "manifest.json").read_text())
    inputs = manifest["sections"]["survival"]["inputs"]
    assert manifest["run"] == {
        "name": "four",
        "study": "four",
        "parameters": {},
        **{name: inputs[name] for name in ("code", "versions", "source_date_epoch")},
    }
    for name in ("cart-reports", "numpy", "lifelines"):
        assert inputs["versions"][name] == metadata.version(name)
    assert inputs["versions"]["python"] == platform.python_version()
    study = workspace.root / "data" / "four"
    assert inputs["data"] == {name: digest(study / name) for name in ("study.yaml", "subjects.csv")}
    assert inputs["notebook"] == digest(workspace.root / "notebooks" / "survival.ipynb")
    package = sorted(path for path in (ROOT / "cartcohort").rglob("*") if path.is_file() and path.suffix != ".pyc")
    lines = [f"{path.relative_to(ROOT / 'cartcohort').as_posix()} {digest(path)}\n" for path in package]
    assert inputs["code"] == hashlib.sha256("".join(lines).encode()).hexdigest()
    told = [manifest["outputs"], *(section["outputs"] for section in manifest["sections"].values())]
    written = {name: hashlib.sha256(content).hexdigest() for name, content in workspace.snapshot().items()}
    assert {name: one for part in told for name, one in part.items()} == {
        name: one for name, one in written.items() if name != "manifest.json"
    }
