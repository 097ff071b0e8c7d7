"""Ctrl-C at any moment, once or more than once: no process and no partial file is left, and the next run goes on."""

import os
import signal
import time
from contextlib import suppress
from functools import partial

import pytest

from tests.cli.conftest import make_workspace
from tests.cli.processes import ENDLESS, is_gone, list_descendants, list_leftovers, start, wait_for_kernel, wait_until
from tests.suites import WHOLE_SECTION, write_notebook

SCENARIOS = """
runs:
  first: {conf_level: 0.8}
  held: {conf_level: 0.9}
  last: {conf_level: 0.99}
"""
SLOW = """import time
from pathlib import Path
Path("importing").touch()
time.sleep(3)
"""


def press_ctrl_c(run, times=1):
    """Send what a terminal sends to all that run in it."""
    for _ in range(times):
        os.killpg(run.pid, signal.SIGINT)
        time.sleep(0.01)


def expect_interrupted(run, processes):
    """Wait for the end of a run that was interrupted and check that nothing but its answer is left."""
    out, err = run.communicate(timeout=60)
    assert run.returncode == 130
    assert "Interrupted" in err
    assert "Traceback" not in err
    assert out == ""
    wait_until(lambda: all(map(is_gone, processes)))


class Pipe:
    """A named pipe in place of a file of a report: a run that reads it while it publishes is held there."""

    def __init__(self, path):
        self._path = path
        path.unlink()
        os.mkfifo(path)
        self._writer = None

    def hold(self):
        """Wait until a run reads the pipe, and let it wait for more."""
        wait_until(self._try_to_hold)

    def _try_to_hold(self):
        try:
            self._writer = os.open(self._path, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:
            return False
        return True

    def close(self):
        """Let go of whoever reads, and leave the path free."""
        os.close(self._writer)
        self._path.unlink()


@pytest.mark.parametrize("kernel_start", ["fork", "spawn"])
def test_a_run_can_be_interrupted_while_it_imports_and_checks(tmp_path, kernel_start):
    workspace = make_workspace(tmp_path, good=["import slow_library"])
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "slow_library.py").write_text(SLOW)
    (tmp_path / "data" / "four" / "subjects.csv").write_text("x")  # would be refused after the imports
    run = start(workspace, "--kernel-start", kernel_start)
    if kernel_start == "fork":
        wait_until(lambda: (tmp_path / "importing").exists())
    else:
        wait_until(lambda: list_descendants(run.pid))
    processes = list_descendants(run.pid)
    press_ctrl_c(run)
    expect_interrupted(run, processes)
    assert list_leftovers(workspace) == []


def press_ctrl_c_to_the_end(run):
    """Send it for as long as the run lives."""
    with suppress(ProcessLookupError):
        while run.poll() is None:
            press_ctrl_c(run)


@pytest.mark.parametrize(
    "press", [partial(press_ctrl_c, times=5), press_ctrl_c_to_the_end], ids=["often", "to the end"]
)
@pytest.mark.parametrize("kernel_start", ["fork", "spawn"])
def test_whoever_presses_ctrl_c_again_and_again_leaves_nothing_either(tmp_path, kernel_start, press):
    workspace = make_workspace(tmp_path, good=["1"], endless=[ENDLESS], other=[ENDLESS.replace("pid", "other")])
    run = start(workspace, "--kernel-start", kernel_start)
    wait_for_kernel(workspace)
    processes = list_descendants(run.pid)
    press(run)
    expect_interrupted(run, processes)
    assert list_leftovers(workspace) == []


def test_a_run_interrupted_while_it_publishes_leaves_the_report_as_it_was(tmp_path):
    workspace = make_workspace(tmp_path, good=WHOLE_SECTION)
    assert workspace.run().code == 0
    before = workspace.snapshot()
    pipe = Pipe(workspace.folder / "timings.json")
    run = start(workspace, "-p", "conf_level=0.9")
    pipe.hold()
    processes = list_descendants(run.pid)
    press_ctrl_c(run, times=2)
    expect_interrupted(run, processes)
    pipe.close()
    assert workspace.snapshot() == before
    assert list_leftovers(workspace) == ["four"]
    assert "up to date" in workspace.run().out


def test_an_interrupted_batch_keeps_what_is_finished_and_the_next_one_goes_on(tmp_path):
    workspace = make_workspace(tmp_path, good=WHOLE_SECTION)
    (tmp_path / "s.yaml").write_text(SCENARIOS)
    batch = ("--scenarios", "s.yaml", "--jobs", "1")
    assert workspace.run(*batch).code == 0
    write_notebook(tmp_path / "notebooks" / "good.ipynb", [*WHOLE_SECTION, "'again'"])
    reports = tmp_path / "reports"
    before = {path: path.read_bytes() for path in sorted(reports.glob("*/manifest.json"))}
    pipe = Pipe(reports / "held" / "timings.json")
    run = start(workspace, *batch)
    pipe.hold()
    processes = list_descendants(run.pid)
    press_ctrl_c(run)
    expect_interrupted(run, processes)
    pipe.close()
    changed = {path.parent.name for path, content in before.items() if path.read_bytes() != content}
    assert changed == {"base", "first"}
    assert list_leftovers(workspace) == [
        "base",
        "comparisons",
        "first",
        "held",
        "index.html",
        "last",
        "scenarios.csv",
        "scenarios.json",
    ]
    answer = workspace.run(*batch)
    assert answer.code == 0
    assert [line.split()[:2] for line in answer.out.splitlines()[:4]] == [
        ["base", "up"],
        ["first", "up"],
        ["held", "made"],
        ["last", "made"],
    ]
