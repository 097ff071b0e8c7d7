"""Runs on a cluster: the same reports as at home, whatever happens to the workers."""

from __future__ import annotations

import re
import shutil
import socket
import sys

import psutil
import pytest

from cartcohort.errors import OutputError, UsageError
from cartcohort.render import cluster as scale_out
from tests.cli.conftest import make_workspace
from tests.cluster.conftest import ROOT, Runner, finish, interrupt, processes_below, wait_until
from tests.suites import WHOLE_SECTION

# A kernel's parents: the fork server, the station, the Dask worker.
FIND_WORKER = "import psutil, time\nfrom pathlib import Path\nworker = psutil.Process().parents()[2]"
KILL_WORKER = f"{FIND_WORKER}\nworker.kill()\ntime.sleep(60)"


def test_a_cluster_makes_the_same_bytes_as_a_local_run(cluster, tmp_path):
    sections = {"response": WHOLE_SECTION, "survival": WHOLE_SECTION, "secret": ['import os; "SECRET" in os.environ']}
    at_home = make_workspace(tmp_path / "home", **sections)
    away = make_workspace(tmp_path / "away", **sections)
    options = ["-p", "conf_level=0.9"]
    assert at_home.run(*options).code == 0
    answer = Runner(cluster, away).run(*options, SECRET="yes")
    assert (answer.code, away.snapshot()) == (0, at_home.snapshot())
    assert "True" not in (away.folder / "notebooks" / "secret.ipynb").read_text()
    again = Runner(cluster, away).run(*options)
    assert again.out.count("up to date") == 3


def test_a_section_whose_worker_is_lost_is_executed_by_another(cluster, tmp_path):
    kill_once = f"""{FIND_WORKER}
mark = Path({str(tmp_path / "mark")!r})
if not mark.exists():
    mark.write_text(" ".join(str(one.pid) for one in [psutil.Process(), *psutil.Process().parents()[:3]]))
    worker.kill()
    time.sleep(60)"""
    workspace = make_workspace(tmp_path, response=[kill_once, "1"], survival=["1"])
    answer = Runner(cluster, workspace).run()
    assert (answer.code, answer.out.count("done in")) == (0, 2)
    lost = [int(number) for number in (tmp_path / "mark").read_text().split()]
    wait_until(lambda: not any(psutil.pid_exists(number) for number in lost))
    assert not cluster.rooms()


def test_a_section_that_ends_two_workers_fails_alone(cluster, tmp_path):
    workspace = make_workspace(tmp_path, response=[KILL_WORKER], survival=["1"], safety=["1"])
    answer = Runner(cluster, workspace).run()
    assert (answer.code, answer.out.count("done in")) == (12, 2)
    assert len(re.findall(r"and is not tried again\. \(tcp://127\.0\.0\.1:\d+, tcp://", answer.err)) == 1
    page = (workspace.folder / "response.error.html").read_text()
    assert "It ended each worker that executed it" in page
    assert "127.0.0.1" not in page + (workspace.folder / "manifest.json").read_text()


def test_a_section_that_takes_too_long_is_given_up_on_its_worker(cluster, tmp_path):
    workspace = make_workspace(tmp_path, response=["import time; time.sleep(60)"], survival=["1"])
    answer = Runner(cluster, workspace).run("--timeout", "6")
    assert (answer.code, answer.out.count("done in")) == (12, 1)
    assert "It took longer than the 6 seconds allowed. (cell 4 of 4)" in answer.out
    assert not cluster.rooms()


def test_a_section_whose_station_is_killed_fails_and_leaves_no_study_behind(cluster, tmp_path):
    kill_station = "import psutil, time\npsutil.Process().parents()[1].kill()\ntime.sleep(60)"
    workspace = make_workspace(tmp_path, response=[kill_station], survival=["1"])
    answer = Runner(cluster, workspace).run()
    assert (answer.code, answer.out.count("done in")) == (12, 1)
    assert "Its process ended with code -9." in answer.out
    assert not cluster.rooms()


def test_an_interrupted_run_leaves_nothing_on_the_cluster(cluster, tmp_path):
    workspace = make_workspace(tmp_path, response=["import time; time.sleep(60)"])
    before = {process.pid for process in processes_below(cluster.folder)}
    run = Runner(cluster, workspace).start()
    wait_until(cluster.rooms)
    answer = interrupt(run)
    assert (answer.code, answer.err.splitlines()[-1][:12]) == (130, "Interrupted.")
    wait_until(lambda: not cluster.rooms())
    wait_until(lambda: {process.pid for process in processes_below(cluster.folder)} <= before)
    assert not workspace.folder.exists()


def test_a_run_that_is_killed_leaves_nothing_on_the_cluster(cluster, tmp_path, temporary):
    workspace = make_workspace(tmp_path, response=["import time; time.sleep(60)"])
    run = Runner(cluster, workspace).start(TMPDIR=str(temporary))
    wait_until(cluster.rooms)
    run.kill()
    finish(run)
    wait_until(lambda: not cluster.rooms())


@pytest.mark.parametrize("lost", ["scheduler", "w0"])
def test_a_cluster_lost_on_the_way_ends_the_run_and_leaves_the_reports(empty_cluster, tmp_path, lost):
    empty_cluster.add_worker("w0")
    workspace = make_workspace(tmp_path, response=["import time; time.sleep(60 if conf_level == 0.8 else 0)"])
    assert Runner(empty_cluster, workspace).run().code == 0
    before = workspace.snapshot()
    run = Runner(empty_cluster, workspace).start("-p", "conf_level=0.8")
    wait_until(empty_cluster.rooms)
    empty_cluster.kill(lost)
    answer = finish(run)
    assert (answer.code, workspace.snapshot()) == (13, before)
    assert "The cluster was lost while sections were being executed." in answer.err


def test_a_cluster_without_workers_is_told(empty_cluster, tmp_path):
    answer = Runner(empty_cluster, make_workspace(tmp_path, response=["1"])).run()
    assert answer.code == 13
    assert f"The cluster has no workers.\n{empty_cluster.address}\nStart some" in answer.err


def test_a_worker_with_other_code_is_named_with_the_remedy(empty_cluster, tmp_path):
    shutil.copytree(ROOT / "cartcohort", tmp_path / "other" / "cartcohort")
    (tmp_path / "other" / "cartcohort" / "more.py").write_text("")
    empty_cluster.add_worker("w0", python_path=tmp_path / "other")
    answer = Runner(empty_cluster, make_workspace(tmp_path, response=["1"])).run()
    assert answer.code == 13
    problem, worker, remedy = answer.err.splitlines()[-3:]
    assert problem == "A worker of the cluster has other code or libraries than this machine."
    assert worker.startswith("tcp://127.0.0.1:")
    assert worker.endswith(": the code of cartcohort")
    assert remedy.startswith("Install the same cart-reports there")


def test_no_scheduler_at_the_address_is_told_in_time(monkeypatch):
    monkeypatch.setattr(scale_out, "_CONNECT_SECONDS", 1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"tcp://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(OutputError, match=f"There is no Dask scheduler that answers at this address.\n{address}"):
            scale_out.check_cluster(address)


def test_a_missing_dask_is_told_with_the_command_that_installs_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UsageError, match=r'pip install "cart-reports\[cluster\]"'):
        scale_out.check_cluster("tcp://127.0.0.1:1")
