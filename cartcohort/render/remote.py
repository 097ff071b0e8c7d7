"""What runs inside a Dask worker: it passes each section on to a station beside it and watches over that.

Dask calls these functions by name, so they are to be the same on the workers as where the run was started, which
`describe_worker` lets the run check.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from importlib import metadata
from multiprocessing import Pipe
from typing import Any

from cartcohort.render.cache import hash_package, read_versions
from cartcohort.render.forking import fix_environment
from cartcohort.render.station import IDLE_SECONDS
from cartcohort.render.tasks import Failure, Outcome
from cartcohort.render.travel import Delivery, Parcel

TOPIC = "cart-reports"
"""Of the events by which a worker tells how a section gets on: dicts of `run`, `name` and `begun`, `total`."""

MOST_LOST = 2
"""A section that has cost so many workers is not tried again."""

_IDLE = "cart_reports_stations"
_LOOK_SECONDS = 0.5
_GRACE_SECONDS = 5
_ANSWER_SECONDS = 10


class UnwantedError(Exception):
    """A section was called off while it was executed."""


def describe_worker() -> dict[str, str]:
    """Return what must be the same everywhere: the code's hash and the versions."""
    own = {"the code of cartcohort": hash_package(), "distributed": metadata.version("distributed")}
    return own | read_versions()


def compare_workers(here: Mapping[str, str], there: Mapping[str, str]) -> str:
    """Say what differs between this machine and a worker; empty where nothing does."""
    names = sorted(name for name in {*here, *there} if here.get(name) != there.get(name))
    return ", ".join(
        name if name.startswith("the code") else f"{name} {there.get(name, 'unknown')} instead of {here.get(name)}"
        for name in names
    )


def keep(content: bytes) -> bytes:
    """Return the content: a task of its own, which Dask does again where its worker is lost."""
    return content


def run_parcel(parcel: Parcel, study: bytes, *, run: str, expected: Mapping[str, str]) -> Delivery | str:
    """Execute a section on this worker.

    Parameters
    ----------
    parcel : Parcel
    study : bytes
        As `travel.pack_study` made it.
    run : str
        Tells the runs on a cluster apart.
    expected : mapping of str to str
        As `describe_worker` returns it where the run was started.

    Returns
    -------
    Delivery or str
        Text where this worker is not fit for the run: what differs.

    Raises
    ------
    UnwantedError
        Where the run was interrupted meanwhile.
    """
    from distributed import Variable, get_worker

    worker = get_worker()
    differences = compare_workers(expected, describe_worker())
    if differences:
        return f"{worker.address}: {differences}"
    starts = Variable(name_ledger(run, parcel.name))
    lost = starts.get(timeout=_ANSWER_SECONDS)
    if len(lost) >= MOST_LOST:
        return Delivery(Outcome(0.0, describe_loss(lost)), {})
    starts.set([*lost, worker.address])
    delivery = _run_at_station(worker, run, parcel, study, expected)
    starts.set(lost)  # whoever gets here has not lost its worker
    return delivery


def name_ledger(run: str, name: str) -> str:
    """Return the name of the variable that holds the workers which a task was started on and did not return from."""
    return f"cart-reports-{run}-{name}"


def describe_loss(lost: list[str]) -> Failure:
    """Say which workers a section has cost."""
    return Failure("It ended each worker that executed it, and is not tried again.", machines=", ".join(lost))


def _run_at_station(worker: Any, run: str, parcel: Parcel, study: bytes, expected: Mapping[str, str]) -> Delivery:
    key = worker.get_current_task()

    def is_wanted() -> bool:
        state = worker.state.tasks.get(key)
        return state is not None and state.state not in ("cancelled", "released", "forgotten")

    def tell(begun: int, total: int) -> None:
        worker.log_event(TOPIC, {"run": run, "name": parcel.name, "begun": begun, "total": total})

    tell(0, 0)
    station = _take_station(worker, expected)
    try:
        delivery = station.execute(parcel, study, tell=tell, is_wanted=is_wanted)
    except BaseException:
        station.close()
        raise
    worker.__dict__.setdefault(_IDLE, []).append(station)
    return delivery


def _take_station(worker: Any, expected: Mapping[str, str]) -> Station:
    """Take a station that is idle and has the same code, or start one."""
    stations = worker.__dict__.setdefault(_IDLE, [])
    with suppress(IndexError):
        while True:
            station = stations.pop()
            if station.is_fit(expected):
                return station
            station.close()
    return Station(expected)


class Station:
    """The process of a station, seen from the worker."""

    def __init__(self, expected: Mapping[str, str]) -> None:
        self._expected, self._last_used = dict(expected), time.monotonic()
        self._connection, theirs = Pipe()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "cartcohort.render.station", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                env=fix_environment(os.environ),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                start_new_session=True,  # what interrupts the worker's terminal reaches it through the worker
            )

    def is_fit(self, expected: Mapping[str, str]) -> bool:
        """Say whether the process was started from the code expected, lives, and will not end just now."""
        idle = time.monotonic() - self._last_used
        return self._expected == expected and self._process.poll() is None and idle < IDLE_SECONDS / 2

    def execute(
        self, parcel: Parcel, study: bytes, *, tell: Callable[[int, int], None], is_wanted: Callable[[], bool]
    ) -> Delivery:
        """Let the station execute a section and wait for it."""
        room = None
        try:
            self._connection.send((parcel, study))
            while True:
                what, content = self._receive(is_wanted)
                if what == "delivery":
                    self._last_used = time.monotonic()
                    return content
                if what == "room":
                    room = content
                else:
                    tell(*content)
        except (EOFError, ConnectionError):
            code = self._wait()
            if room is not None:
                shutil.rmtree(room, ignore_errors=True)  # a process that was killed leaves the study behind
            return Delivery(Outcome(0.0, Failure(f"Its process ended with code {code}.")), {})

    def _receive(self, is_wanted: Callable[[], bool]) -> tuple[str, Any]:
        while not self._connection.poll(_LOOK_SECONDS):
            if not is_wanted():
                raise UnwantedError
        return self._connection.recv()

    def close(self) -> None:
        """End the process and everything it has started."""
        self._connection.close()
        self._wait()

    def _wait(self) -> int:
        try:
            return self._process.wait(_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()  # what it has started notices that and ends too
            return self._process.wait()
