"""A notebook gives the same numbers through the command line, plain papermill and by hand in its own folder."""

import json
from pathlib import Path

import nbformat
import papermill
import pytest
from nbclient import NotebookClient

from cartcohort.present.display import MIME_RESULTS
from run_reports import main
from tests.notebooks.execute import NOTEBOOKS, run_notebook

ROOT = NOTEBOOKS.parent
pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning", "ignore::ResourceWarning", "ignore::FutureWarning"
)


def records_of(notebook):
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    (shown,) = [output.data[MIME_RESULTS] for output in outputs if MIME_RESULTS in output.get("data", {})]
    return {record["id"]: record for record in shown["records"]}


@pytest.fixture(scope="module")
def expected():
    """What the notebook's cells give when run in this process; through JSON, as the others travel."""
    return json.loads(json.dumps(run_notebook("survival", conf_level=0.9).results))


def test_plain_papermill_from_another_folder_gives_the_same_numbers(expected, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    notebook = papermill.execute_notebook(
        NOTEBOOKS / "survival.ipynb", tmp_path / "out.ipynb", {"conf_level": 0.9}, progress_bar=False
    )
    assert records_of(notebook) == expected


def test_a_notebook_edited_and_run_by_hand_in_its_own_folder_gives_the_same_numbers(expected):
    notebook = nbformat.read(NOTEBOOKS / "survival.ipynb", as_version=4)
    (cell,) = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]
    assert "conf_level: float = 0.95" in cell.source
    cell.source = cell.source.replace("conf_level: float = 0.95", "conf_level: float = 0.9")
    NotebookClient(notebook, resources={"metadata": {"path": str(NOTEBOOKS)}}).execute()
    assert records_of(notebook) == expected


def test_the_command_line_gives_the_same_numbers(expected, tmp_path):
    arguments = ["--study", str(ROOT / "data" / "car1922"), "--section", "survival", "-p", "conf_level=0.9"]
    assert main([*arguments, "--output", str(tmp_path / "out")]) == 0
    written = json.loads(Path(tmp_path / "out" / "car1922" / "results.json").read_text(encoding="utf-8"))
    assert {record["id"]: record for record in written} == expected
