"""A process beside a Dask worker in which sections are executed, one after the other, as they are in a local run.

A Dask worker has threads, signal handlers and an event loop of its own, and may not have children by
`multiprocessing`. None of that reaches the kernels from here: this process has one thread, imports once what all
sections need, and forks the rest. It ends, with all it has started, as soon as the worker has ended in whatever way
or has closed the connection, and by itself after some seconds without work.

Started by `remote.Station` as `python -m cartcohort.render.station NUMBER`, the number of an open socket.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any

from cartcohort.errors import CartCohortError
from cartcohort.render.exchange import list_files
from cartcohort.render.folder import check_temporary_folder, open_scratch
from cartcohort.render.hide import hide_folders
from cartcohort.render.processes import kill_users
from cartcohort.render.tasks import Failure, Outcome
from cartcohort.render.travel import Delivery, Parcel, read_files, unpack_task
from cartcohort.render.workers import choose_start, run_tasks, warm_up
from cartcohort.rooms import clear_rooms

IDLE_SECONDS = 20
_LOOK_SECONDS = 0.5


def serve(connection: Connection) -> None:
    """Execute the parcels that come until no more do.

    Parameters
    ----------
    connection : Connection
        Gives pairs of a parcel and its study. Is given ("room", folder) as a section begins, ("cell", (cells begun,
        cells in all)) as it goes on, and ("delivery", Delivery) at its end.
    """
    with suppress(EOFError, OSError):
        while connection.poll(IDLE_SECONDS):
            parcel, study = connection.recv()
            with _watch(connection):
                delivery = _try_to_execute(parcel, study, connection.send)
            connection.send(("delivery", delivery))


def _try_to_execute(parcel: Parcel, study: bytes, tell: Callable[[tuple[str, Any]], None]) -> Delivery:
    try:
        return execute(parcel, study, tell)
    except CartCohortError as error:
        return Delivery(Outcome(0.0, Failure(hide_folders(str(error), ()))), {})
    except OSError as error:  # such as a full disk; the path would tell of the worker
        return Delivery(Outcome(0.0, Failure(f"The worker cannot execute it: {error.strerror}.")), {})


def execute(parcel: Parcel, study: bytes, tell: Callable[[tuple[str, Any]], None]) -> Delivery:
    """Execute one section in a folder that is gone afterwards."""
    check_temporary_folder()
    clear_rooms(kill_users)
    start = choose_start(None)
    warm_up(start, parcel.libraries)
    with open_scratch() as room:
        tell(("room", str(room)))
        task = unpack_task(parcel, study, room)
        outcomes = run_tasks([task], jobs=1, timeout=parcel.timeout, listener=_Teller(tell), start=start)
        outcome = outcomes[task.name]
        files = [] if outcome.failure else [task.staging / name for name in list_files(task.staging)]
        return Delivery(outcome, read_files(files, task.staging))


class _Teller:
    """Passes on how a section gets on."""

    def __init__(self, tell: Callable[[tuple[str, Any]], None]) -> None:
        self._tell = tell

    def started(self, name: str) -> None:
        """Say nothing: the worker knows."""

    def advanced(self, name: str, begun: int, total: int) -> None:
        """Say that another cell has begun."""
        self._tell(("cell", (begun, total)))

    def ended(self, name: str, outcome: Outcome) -> None:
        """Say nothing: the delivery follows."""


class _watch:  # noqa: N801 - used as a function
    """End this process in order when the other end of the connection is closed while a section is executed.

    By a timer, which forks do not inherit: a thread would make forking unsafe. Nothing is to be read meanwhile, so
    whatever there is means the end.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def __enter__(self) -> None:
        signal.signal(signal.SIGALRM, self._look)
        signal.setitimer(signal.ITIMER_REAL, _LOOK_SECONDS, _LOOK_SECONDS)

    def __exit__(self, *error: object) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)

    def _look(self, number: int, frame: Any) -> None:
        if self._connection.poll():
            signal.raise_signal(signal.SIGTERM)  # which is ignored for a moment where processes are being started


def _end(number: int, frame: Any) -> None:
    raise SystemExit(1)


def main() -> None:
    """Serve the connection whose number is given."""
    descriptor = int(sys.argv[1])
    os.set_inheritable(descriptor, False)
    signal.signal(signal.SIGTERM, _end)
    serve(Connection(descriptor))


if __name__ == "__main__":
    main()
