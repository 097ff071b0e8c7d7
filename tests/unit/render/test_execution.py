import multiprocessing
import os
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from cartcohort.errors import ParameterError
from cartcohort.render.apart import call_apart
from cartcohort.render.execution import execute_section
from cartcohort.render.forking import can_fork
from cartcohort.render.notebook import discover_sections
from cartcohort.render.tasks import Task
from cartcohort.render.workers import STARTS, choose_start, run_tasks, warm_up
from tests.suites import WHOLE_SECTION, write_suite

each_start = pytest.mark.parametrize("start", STARTS)


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
    return Task("response", section, {"study_path": "four"}, cwd / "four", None, dict(os.environ), scratch, staging)


@each_start
def test_a_section_counts_its_cells_without_the_added_one_and_leaves_its_files(task, start):
    listener = Listener()
    outcomes = run_tasks([task], jobs=1, timeout=None, listener=listener, start=start)
    assert outcomes["response"].failure is None
    assert listener.told[0] == ("started", "response")
    assert listener.told[1:-1] == [(number, 11) for number in [1, 2, 2, *range(3, 12)]]
    assert listener.told[-1] == ("ended", "response", None)
    assert (task.staging / "response.html").exists()
    assert 'study_path = \\"four\\"' in (task.staging / "notebooks" / "response.ipynb").read_text()


@each_start
def test_a_section_whose_process_is_killed_fails_alone(task, start):
    class Killer(Listener):
        def advanced(self, name, begun, total):
            super().advanced(name, begun, total)
            (worker,) = [child for child in multiprocessing.active_children() if child.name == "section response"]
            worker.kill()

    outcomes = run_tasks([task], jobs=1, timeout=None, listener=Killer(), start=start)
    assert outcomes["response"].failure.reason == "Its process ended by signal 9 (often for lack of memory)."


def test_threads_forbid_forking():
    assert choose_start(None) == ("fork" if can_fork() else "spawn")
    assert choose_start("spawn") == "spawn"
    done = threading.Event()
    other = threading.Thread(target=done.wait)
    other.start()
    try:
        assert choose_start("fork") == "spawn"
    finally:
        done.set()
        other.join()


def test_a_function_called_apart_returns_and_raises_as_if_called_here():
    warm_up("fork", ())
    assert call_apart(divmod, 7, 2) == (3, 1)
    with pytest.raises(ParameterError, match="Set it right"):
        call_apart(refuse)
    with pytest.raises(ChildProcessError, match="ended with exit code 3"):
        call_apart(os._exit, 3)


def refuse():
    raise ParameterError("`x` is wrong. Set it right.")


def test_a_defect_of_ours_is_the_failure_of_one_section(task):
    lost = replace(task, section=replace(task.section, path=Path("/")))
    failure = execute_section(lost, print)
    assert failure.headline.startswith("IsADirectoryError")
    assert "Traceback" in failure.traceback
    assert str(Path(__file__).parents[3]) not in failure.traceback
