"""A Dask cluster on this machine whose scheduler and workers are processes of their own, and runs that use it.

Runs are processes too: Dask's threads would keep the tests that follow from forking.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from tests.cli.conftest import Answer, Workspace

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import sys
from pathlib import Path
import run_reports
from cartcohort.render import cluster
cluster._WORKER_SECONDS = 2
run_reports._prepare_process()
sys.exit(run_reports.main(sys.argv[1:], notebooks=Path("notebooks")))
"""


class Cluster:
    """A scheduler and its workers; everything that they keep on disk lies below `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._processes: list[subprocess.Popen] = []
        self.scheduler = self._start("scheduler", "--port", "0", "--scheduler-file", "address", python_path=ROOT)
        file = folder / "scheduler" / "address"
        wait_until(lambda: file.is_file() and file.read_text().endswith("}"))
        self.address = json.loads(file.read_text())["address"]

    def _start(self, what: str, *arguments: str, python_path: Path, name: str = "") -> subprocess.Popen:
        folder = self.folder / (name or what)
        (folder / "tmp").mkdir(parents=True)
        with (folder / "log").open("w") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "dask", what, "--host", "127.0.0.1", "--no-dashboard", *arguments],
                cwd=folder,
                env=os.environ | {"PYTHONPATH": str(python_path), "TMPDIR": str(folder / "tmp")},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._processes.append(process)
        return process

    def add_worker(self, name: str, *, python_path: Path = ROOT) -> subprocess.Popen:
        """Start a worker, with a nanny that starts it again where it dies, and wait until it serves."""
        arguments = ["--nthreads", "1", "--local-directory", str(self.folder / name)]
        worker = self._start("worker", self.address, *arguments, python_path=python_path, name=name)
        wait_until(lambda: "Registered to" in (self.folder / name / "log").read_text())
        return worker

    def stop(self) -> None:
        """End all processes."""
        for process in processes_below(self.folder):
            process.kill()
        for process in self._processes:
            process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def rooms(self) -> list[Path]:
        """Return the folders in which sections are executed on the workers just now."""
        return list(self.folder.glob("*/tmp/cartcohort-*"))


def processes_below(folder: Path) -> list[psutil.Process]:
    """Return the living processes whose folder for temporary files lies below a folder."""
    found = []
    for process in psutil.process_iter():
        try:
            place = process.environ().get("TMPDIR", "")
            if place.startswith(str(folder)) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.Error:
            continue
    return found


def wait_until(condition: Callable[[], bool], seconds: float = 30) -> None:
    """Wait for a condition, and fail where it does not come true."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


@dataclass(frozen=True)
class Runner:
    """Runs the command line of a workspace on a cluster."""

    cluster: Cluster
    workspace: Workspace

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen:
        """Start a run."""
        words = ["--study", "data/four", "--scheduler", self.cluster.address, *arguments]
        return subprocess.Popen(
            [sys.executable, "-c", PROGRAM, *words],
            cwd=self.workspace.root,
            env=os.environ | {"PYTHONPATH": str(ROOT), **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, **environment: str) -> Answer:
        """Start a run and wait for its end."""
        return finish(self.start(*arguments, **environment))


def finish(process: subprocess.Popen) -> Answer:
    """Wait for the end of a run."""
    out, err = process.communicate(timeout=60)
    return Answer(process.returncode, out, err)


def interrupt(process: subprocess.Popen) -> Answer:
    """Interrupt a run as Ctrl-C does and wait for its end."""
    process.send_signal(signal.SIGINT)
    return finish(process)


def make_cluster(workers: int) -> Cluster:
    """Start a cluster in a folder with a short name, since those of sockets are limited."""
    cluster = Cluster(Path(tempfile.mkdtemp(prefix="dask-")).resolve())
    for number in range(workers):
        cluster.add_worker(f"w{number}")
    return cluster


@pytest.fixture(scope="package")
def cluster():
    """A cluster of two workers with a thread each."""
    running = make_cluster(2)
    yield running
    running.stop()


@pytest.fixture
def empty_cluster():
    """A cluster that has no worker yet, for one test alone."""
    running = make_cluster(0)
    yield running
    running.stop()
