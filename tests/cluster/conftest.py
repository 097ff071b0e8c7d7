"""A Dask cluster on this machine whose scheduler and workers are processes of their own, and runs that use it.

Runs are processes too: Dask's threads would keep the tests that follow from forking.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import psutil
import pytest

from tests.cli.conftest import Answer, Workspace

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import sys
from pathlib import Path
import run_reports
from cartcohort.render import cluster, dispatch
cluster._WORKER_SECONDS, dispatch._LOST_SECONDS, dispatch._CHECK_SECONDS = 2, 3, 1
run_reports._prepare_process()
sys.exit(run_reports.main(sys.argv[1:], notebooks=Path("notebooks")))
"""


class Cluster:
    """A scheduler and its workers; everything that they keep on disk lies below `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.address = ""
        self._processes: list[subprocess.Popen] = []

    def start(self) -> None:
        """Start the scheduler and wait until it serves."""
        self._start("scheduler", "--port", "0", "--scheduler-file", "address", python_path=ROOT)
        file = self.folder / "scheduler" / "address"
        wait_until(lambda: read_address(file))
        self.address = read_address(file)

    def _start(self, what: str, *arguments: str, python_path: Path, name: str = "") -> None:
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

    def add_worker(self, name: str, *, python_path: Path = ROOT) -> None:
        """Start a worker, with a nanny that starts it again where it dies, and wait until it serves."""
        arguments = ["--nthreads", "1", "--local-directory", str(self.folder / name)]
        self._start("worker", self.address, *arguments, python_path=python_path, name=name)
        wait_until(lambda: "Registered to" in (self.folder / name / "log").read_text())

    def stop(self) -> None:
        """End all processes."""
        self.kill(".")
        for process in self._processes:
            process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def kill(self, name: str) -> None:
        """Kill the scheduler or a worker, nanny and all."""
        while found := processes_below(self.folder / name):  # a nanny may just be starting a worker
            for process in found:
                with suppress(psutil.NoSuchProcess):
                    process.kill()

    def rooms(self) -> list[Path]:
        """Return the folders in which sections are executed on the workers just now."""
        return list(self.folder.glob("*/tmp/cartcohort-*"))


def read_address(file: Path) -> str:
    """Return the address in a scheduler's file; empty until that is written."""
    try:
        return json.loads(file.read_text())["address"]
    except (OSError, ValueError):
        return ""


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
        return start_program(self.workspace.root, *words, **environment)

    def run(self, *arguments: str, **environment: str) -> Answer:
        """Start a run and wait for its end."""
        return finish(self.start(*arguments, **environment))


def start_program(folder: Path, *arguments: str, **environment: str) -> subprocess.Popen:
    """Start the command line in a folder."""
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: subprocess.Popen) -> Answer:
    """Wait for the end of a run."""
    out, err = process.communicate(timeout=60)
    return Answer(process.returncode, out, err)


def interrupt(process: subprocess.Popen) -> Answer:
    """Interrupt a run as Ctrl-C does and wait for its end."""
    process.send_signal(signal.SIGINT)
    return finish(process)


@contextmanager
def open_cluster(workers: int) -> Iterator[Cluster]:
    """Give a cluster in a folder with a short name, since those of sockets are limited."""
    running = Cluster(Path(tempfile.mkdtemp(prefix="dask-")).resolve())
    try:
        running.start()
        for number in range(workers):
            running.add_worker(f"w{number}")
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="package")
def cluster():
    """A cluster of two workers with a thread each."""
    with open_cluster(2) as running:
        yield running


@pytest.fixture
def empty_cluster():
    """A cluster that has no worker yet, for one test alone."""
    with open_cluster(0) as running:
        yield running


@dataclass(frozen=True)
class Store:
    """A bucket of a store like S3 that runs on this machine."""

    environment: dict[str, str]
    client: Any
    bucket: str

    @property
    def url(self) -> str:
        """The bucket's URL."""
        return f"s3://{self.bucket}"

    def put_folder(self, folder: Path, place: str) -> None:
        """Put the files of a folder below a place."""
        for path in (path for path in folder.rglob("*") if path.is_file()):
            key = f"{place}/{path.relative_to(folder).as_posix()}"
            self.client.put_object(Bucket=self.bucket, Key=key, Body=path.read_bytes())

    def read_folder(self, place: str) -> dict[str, bytes]:
        """Return the files below a place, but for the one that tells how long a run took."""
        keys = [
            key for key in self.list_changes() if key.startswith(f"{place}/") and not key.endswith("timings.json")
        ]
        read = {key: self.client.get_object(Bucket=self.bucket, Key=key)["Body"].read() for key in keys}
        return {key.removeprefix(f"{place}/"): content for key, content in read.items()}

    def list_changes(self) -> dict[str, Any]:
        """Return when each file was last written."""
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket)
        return {one["Key"]: one["LastModified"] for page in pages for one in page.get("Contents", ())}


@pytest.fixture
def temporary():
    """A folder for the temporary files of a run, with a short name since those of sockets are limited."""
    folder = Path(tempfile.mkdtemp(prefix="run-")).resolve()
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="package")
def s3():
    """A server of moto's and how it is reached."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = "import sys; from moto.server import main; main(sys.argv[1:])"
    server = subprocess.Popen(
        [sys.executable, "-c", command, "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    environment = {
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
    }
    wait_until(lambda: _listens(port))
    client = boto3.client(
        "s3",
        endpoint_url=environment["AWS_ENDPOINT_URL"],
        aws_access_key_id="key",
        aws_secret_access_key="secret",
        region_name="us-east-1",
    )
    yield environment, client
    client.close()
    server.kill()
    server.wait()


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


@pytest.fixture
def store(s3):
    """An empty bucket."""
    environment, client = s3
    bucket = f"bucket-{uuid.uuid4().hex}"
    client.create_bucket(Bucket=bucket)
    return Store(environment, client, bucket)
