"""Notebooks that are dropped into the suite and die, hang or want too much memory, and machines that cannot fork."""

import pytest

from tests.cli.conftest import make_workspace
from tests.cli.processes import ENDLESS, is_gone, list_descendants, list_leftovers, start, wait_for_kernel, wait_until
from tests.cli.test_failures import headline
from tests.suites import write_notebook

FIVE = ("efficacy", "survival", "risk_factors", "safety", "relapse")
DYING = "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"
GREEDY = "room = bytearray(8 << 30)"


@pytest.mark.parametrize(
    ("cell", "options", "limits", "reason"),
    [
        (DYING, (), {}, "The kernel died, ended by signal 9 (often for lack of memory). (cell 4 of 4)"),
        (ENDLESS, ("--timeout", "15"), {}, "It took longer than the 15 seconds allowed. (cell 4 of 4)"),
        (GREEDY, (), {"RLIMIT_AS": 4 << 30}, "MemoryError (cell 4 of 4)"),
    ],
    ids=["dies", "hangs", "wants too much"],
)
def test_a_sixth_notebook_that_fails_leaves_the_five_others(tmp_path, cell, options, limits, reason):
    workspace = make_workspace(tmp_path, **{name: ["1"] for name in FIVE})
    write_notebook(tmp_path / "notebooks" / "sixth.ipynb", [cell], order=0)
    run = start(workspace, *options, limits=limits)
    if cell is ENDLESS:
        wait_for_kernel(workspace)
    processes = list_descendants(run.pid)
    out, err = run.communicate(timeout=120)
    assert run.returncode == 12
    assert "Traceback" not in err
    assert headline(type("Answer", (), {"out": out}), "sixth") == reason
    assert {page.stem for page in workspace.folder.glob("*.html")} == {*FIVE, "index", "sixth.error"}
    wait_until(lambda: all(map(is_gone, processes)))
    assert list_leftovers(workspace) == ["four"]


def test_two_runs_at_once_are_made_one_after_the_other(tmp_path):
    workspace = make_workspace(tmp_path, good=["1"])
    runs = [start(workspace, "--force", "-p", f"conf_level={level}") for level in (0.8, 0.9)]
    assert [(run.communicate(timeout=120), run.returncode)[1] for run in runs] == [0, 0]
    assert list_leftovers(workspace) == ["four"]
    assert workspace.run("verify", "reports/four", study=None).code == 0


def test_a_machine_that_cannot_fork_makes_the_same_pages(tmp_path, monkeypatch):
    workspace = make_workspace(tmp_path, good=["1"])
    assert workspace.run().code == 0
    before = workspace.snapshot()
    for module in ("workers", "provisioner"):
        monkeypatch.setattr(f"cartcohort.render.{module}.can_fork", lambda: False)
    assert workspace.run("--force").code == 0
    assert workspace.snapshot() == before
