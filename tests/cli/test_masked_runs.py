"""A run for sharing: what its folder must not hold, and what is refused since it would undo the masking."""

import hashlib
import json

import pytest

from tests.cli.conftest import make_workspace
from tests.suites import WHOLE_SECTION, write_notebook

MASK = ("-p", "min_cell_count=3")
SECRET = "patient S3 died on day 28"
TALKATIVE = f"import sys, warnings\nprint({SECRET!r})\nprint({SECRET!r}, file=sys.stderr)\n{SECRET!r}"


def write_sections(workspace, **sections):
    for order, (name, cells) in enumerate(sections.items(), start=5):
        write_notebook(workspace.root / "notebooks" / f"{name}.ipynb", cells, order=order, reads="min_cell_count")


def texts(workspace):
    return {name: content.decode("utf-8", "replace") for name, content in workspace.snapshot().items()}


@pytest.fixture(scope="module")
def masked(tmp_path_factory):
    """A workspace that held an unmasked report of three sections when one of them was masked and one failed."""
    workspace = make_workspace(tmp_path_factory.mktemp("masked"), response=WHOLE_SECTION)
    failing = f"if min_cell_count:\n    raise ValueError({SECRET!r})"
    write_sections(workspace, survival=(*WHOLE_SECTION, TALKATIVE), safety=(failing,))
    assert workspace.run().code == 0
    assert "response.html" in workspace.snapshot()
    assert SECRET in texts(workspace)["survival.html"]
    answer = workspace.run("--section", "survival", "--section", "safety", *MASK)
    return workspace, answer


def test_nothing_that_was_made_without_masking_stays_beside_it(masked):
    workspace, _ = masked
    files = texts(workspace)
    assert "survival.html" in files
    assert not [name for name in files if "/response" in name or name in ("response.html", "safety.html")]
    assert set(json.loads(files["manifest.json"])["sections"]) == {"survival", "safety"}
    assert {record["section"] for record in json.loads(files["results.json"])} == {"survival"}


def test_what_a_cell_printed_or_left_as_its_value_is_left_out(masked):
    workspace, _ = masked
    cells = json.loads(texts(workspace)["notebooks/survival.ipynb"])["cells"]
    outputs = [output for cell in cells for output in cell.get("outputs", ())]
    assert {output["output_type"] for output in outputs} == {"display_data"}
    assert SECRET not in json.dumps(outputs)


def test_no_hash_of_a_single_file_of_the_study_is_told(masked):
    workspace, _ = masked
    study = workspace.root / "data" / "four"
    hashes = [hashlib.sha256(path.read_bytes()).hexdigest() for path in study.iterdir()]
    assert len(hashes) >= 2
    assert not [name for name, text in texts(workspace).items() if any(one in text for one in hashes)]


def test_a_failure_does_not_say_what_python_said(masked):
    workspace, answer = masked
    assert answer.code == 12
    page = texts(workspace)["safety.error.html"]
    assert SECRET not in page and "ValueError" not in page
    assert "What was said is left out, since it could tell of single patients" in page
    assert SECRET not in answer.out + answer.err


def test_a_section_that_cannot_mask_is_refused(masked):
    workspace, _ = masked
    answer = workspace.run("--section", "response", "--section", "survival", *MASK)
    assert answer.code == 10
    assert "The section response does not read `min_cell_count`, so it would show every count." in answer.err


def test_a_masked_run_is_not_compared(masked):
    workspace, _ = masked
    assert workspace.run("--section", "survival", "--output", "open").code == 0
    answer = workspace.run("compare", "open/four", "reports/four")
    assert answer.code == 2
    assert "is not compared: subtraction could tell them.\nreports/four\n" in answer.err


def test_an_unmasked_run_does_not_stand_beside_an_older_masked_one(masked):
    workspace, _ = masked
    assert workspace.run("--section", "survival", "--output", "turned", *MASK).code == 0
    assert workspace.run("--section", "safety", "--output", "turned").code == 0
    folder = workspace.root / "turned" / "four"
    assert (folder / "safety.html").exists()
    assert not (folder / "survival.html").exists()


@pytest.mark.parametrize(
    ("parameter", "said"),
    [
        ("min_cell_count=2", "`min_cell_count` must be 0 or at least 3"),
        ("min_cell_count=5", "These are fewer patients than `min_cell_count`"),
    ],
)
def test_what_could_not_be_masked_well_is_refused_before_anything_runs(masked, parameter, said):
    workspace, _ = masked
    answer = workspace.run("--section", "survival", "--output", "refused", "-p", parameter)
    assert answer.code == 10
    assert said in answer.err
    assert not (workspace.root / "refused" / "four" / "survival.html").exists()
