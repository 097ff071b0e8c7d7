import os
from dataclasses import replace
from pathlib import Path

import pytest

from cartcohort.render.execution import execute_section
from cartcohort.render.notebook import discover_sections
from cartcohort.render.tasks import Task
from cartcohort.render.workers import run_tasks
from tests.suites import WHOLE_SECTION, write_suite


class Listener:
    """Keeps what it is told."""

    def __init__(self):
        self.told = []

    def started(self, name):
        self.told.append(("started", name))

    def advanced(self, name, begun, total):
        self.told.append((begun, total))

    def ended(self, name, outcome):
        self.told.append(("ended", name, outcome.failure))


@pytest.fixture
def task(tmp_path):
    """A task whose folders have braces and blanks in their names, which papermill could take for its own."""
    (section,) = discover_sections(write_suite(tmp_path / "{note} books", response=WHOLE_SECTION))
    folders = [tmp_path / name for name in ("da {ta}", "s", "out")]
    for folder in folders:
        folder.mkdir()
    cwd, scratch, staging = folders
    return Task(section, {"study_path": "four"}, cwd, dict(os.environ), scratch, staging)


def test_a_section_counts_its_cells_without_the_added_one_and_leaves_its_files(task):
    listener = Listener()
    outcomes = run_tasks([task], jobs=1, timeout=None, listener=listener)
    assert outcomes["response"].failure is None
    assert listener.told[0] == ("started", "response")
    assert listener.told[1:-1] == [(number, 11) for number in [1, 2, 2, *range(3, 12)]]
    assert listener.told[-1] == ("ended", "response", None)
    assert (task.staging / "response.html").exists()
    assert 'study_path = \\"four\\"' in (task.staging / "notebooks" / "response.ipynb").read_text()


def test_a_defect_of_ours_is_the_failure_of_one_section(task):
    lost = replace(task, section=replace(task.section, path=Path("/no/such.ipynb")))
    failure = execute_section(lost, print)
    assert failure.headline.startswith("FileNotFoundError")
    assert "Traceback" in failure.traceback
    assert str(Path(__file__).parents[3]) not in failure.traceback
