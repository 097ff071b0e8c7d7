"""What happens to one scenario of a batch, or to the batch as a whole, spoils no other scenario."""

import json
import os
import re
import signal
import textwrap

import pytest

from tests.cli.conftest import make_workspace
from tests.cli.processes import ENDLESS, is_gone, list_descendants, list_leftovers, start, wait_for_kernel, wait_until
from tests.suites import WHOLE_SECTION

SCENARIOS = """
runs:
  died: {conf_level: 0.8}
  hung: {conf_level: 0.9}
  fine: {conf_level: 0.99}
"""
FATAL = "import os, signal\nif conf_level == 0.8:\n    os.kill(os.getpid(), signal.SIGKILL)"
HANGING = "if conf_level == 0.9:\n" + textwrap.indent(ENDLESS, "    ")
LONG = "print(3_000_000 * 'x' if conf_level == 0.8 else '')"
LONG_RESULT = """display({"application/vnd.cartcohort.results+json": {"records": [
    {"id": "NAME/long", "label": (1_200_000 if conf_level == 0.8 else 1) * "x", "estimate": 1}]}}, raw=True)"""
DAMAGES = [
    "{",
    "[]",
    "null",
    100_000 * "[",
    '{"scenarios": [{"name": [], "manifest": {}}], "outputs": {}}',
    lambda text: text.replace('"key_results": [', '"key_results": ["x", '),
    lambda text: text.replace('"flipped": 0', '"flipped": "none"'),
    lambda text: text.replace('"sections": {', '"sections": [], "section": {'),
]


def answer_by_scenario(out):
    return dict(re.findall(r"^(\w+) +(NOT MADE .*|FAILED .*|made .*|up to date.*)$", out, flags=re.MULTILINE))


def list_pages(workspace):
    return sorted(page.parent.name for page in (workspace.root / "reports").glob("*/good.html"))


def make_batch(folder, **sections):
    workspace = make_workspace(folder, **sections)
    (folder / "s.yaml").write_text(SCENARIOS)
    return workspace


def test_a_scenario_whose_kernel_dies_or_hangs_fails_alone(tmp_path):
    workspace = make_batch(tmp_path, good=["1"], bad=[FATAL, HANGING])
    run = start(workspace, "--scenarios", "s.yaml", "--jobs", "4", "--timeout", "10")
    wait_for_kernel(workspace)
    processes = list_descendants(run.pid)
    out, err = run.communicate(timeout=120)
    assert run.returncode == 12
    assert "Traceback" not in err
    said = answer_by_scenario(out)
    assert (
        said["died"]
        == "FAILED      bad: The kernel died, ended by signal 9 (often for lack of memory). (cell 4 of 5)"
    )
    assert said["hung"].startswith("FAILED      bad: It took longer than the 10 seconds allowed.")
    assert said["base"].startswith("made 2 of 2")
    assert said["fine"].startswith("made 2 of 2")
    assert list_pages(workspace) == ["base", "died", "fine", "hung"]
    wait_until(lambda: all(map(is_gone, processes)))
    assert not [name for name in list_leftovers(workspace) if name.startswith((".", "cartcohort-", "pymp-"))]


@pytest.mark.parametrize(
    "cells", [[LONG], [LONG_RESULT]], ids=["as a section is written", "as a run is put together"]
)
def test_a_full_disk_is_an_error_of_the_scenario_that_it_hits(tmp_path, cells):
    workspace = make_batch(tmp_path, good=cells, other=cells)
    run = start(workspace, "--scenarios", "s.yaml", limits={"RLIMIT_FSIZE": 2_000_000})
    out, err = run.communicate(timeout=120)
    assert run.returncode == 13
    assert "Traceback" not in err
    said = answer_by_scenario(out)
    assert said["died"].startswith("NOT MADE    The report cannot be written. reports/died: File too large")
    assert {name for name, what in said.items() if what.startswith("made 2 of 2")} == {"base", "hung", "fine"}
    assert list_pages(workspace) == ["base", "fine", "hung"]
    overview = json.loads((workspace.root / "reports" / "scenarios.json").read_text())["scenarios"]
    assert [one["name"] for one in overview if one["error"]] == ["died"]
    assert not list(workspace.root.glob("reports/.*unfinished*"))


def test_batches_that_share_folders_in_another_order_wait_for_each_other(tmp_path):
    workspace = make_batch(tmp_path, good=["import time\ntime.sleep(0.3)"])
    (tmp_path / "t.yaml").write_text("runs: {fine: {conf_level: 0.8}, hung: {conf_level: 0.98}, died: {}}")
    runs = [start(workspace, "--scenarios", file, "--jobs", "2") for file in ("s.yaml", "t.yaml")]
    assert [(run.communicate(timeout=120), run.returncode)[1] for run in runs] == [0, 0]
    assert list_pages(workspace) == ["base", "died", "fine", "hung"]
    for file in ("s.yaml", "t.yaml"):
        answer = workspace.run("--scenarios", file)
        assert answer.code == 0
        assert answer_by_scenario(answer.out)["base"].startswith("up to date")


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A workspace after a batch, and what its overview holds."""
    workspace = make_batch(tmp_path_factory.mktemp("finished"), good=WHOLE_SECTION)
    assert workspace.run("--scenarios", "s.yaml").code == 0
    return workspace, (workspace.root / "reports" / "scenarios.json").read_text()


@pytest.mark.parametrize("damage", DAMAGES, ids=range(len(DAMAGES)))
def test_a_damaged_memory_of_the_batch_is_written_again(finished, damage):
    workspace, text = finished
    memory = workspace.root / "reports" / "scenarios.json"
    memory.write_text(damage if isinstance(damage, str) else damage(text))
    assert memory.read_text() != text
    answer = workspace.run("--scenarios", "s.yaml")
    assert answer.code == 0
    assert "to be made" not in answer.err
    assert memory.read_text() == text


def test_a_batch_that_is_killed_while_it_compares_leaves_no_process(tmp_path):
    workspace = make_batch(tmp_path, good=WHOLE_SECTION)
    run = start(workspace, "--scenarios", "s.yaml")
    wait_until(lambda: (tmp_path / "reports" / ".overview.lock").exists())
    processes = list_descendants(run.pid)
    os.kill(run.pid, signal.SIGKILL)
    run.communicate(timeout=60)
    wait_until(lambda: all(map(is_gone, processes)))
    answer = workspace.run("--scenarios", "s.yaml")
    assert answer.code == 0
    assert all(what.startswith("up to date") for what in answer_by_scenario(answer.out).values())
