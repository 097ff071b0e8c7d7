"""Sending tasks to the workers of a cluster and taking in what comes back."""

from __future__ import annotations

import hashlib
import itertools
import queue
import time
import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from cartcohort.errors import OutputError, Problem
from cartcohort.render import remote
from cartcohort.render.tasks import Failure, Outcome, Task
from cartcohort.render.travel import Delivery, pack_study, pack_task, write_files
from cartcohort.render.workers import Listener

if TYPE_CHECKING:
    from distributed import Client, Future

_ANSWER_SECONDS = 10
_LOST_SECONDS = 60
_LOOK_SECONDS = 0.2
_CHECK_SECONDS = 5
_MOST_SUBMITTED = 5


def unfit_workers(lines: Sequence[str]) -> OutputError:
    """Return the error that names workers and what differs on each."""
    what = "A worker of the cluster has other code or libraries than this machine."
    remedy = "Install the same cart-reports there, with requirements.lock and the same Python, and start it again."
    return OutputError([Problem(what, line, remedy) for line in lines])


def lost_cluster(scheduler: str) -> OutputError:
    """Return the error that there is no cluster any more."""
    remedy = "Look at the log of its scheduler and run again: what was finished before is as it was."
    return OutputError(Problem("The cluster was lost while sections were being executed.", scheduler, remedy))


class Batch:
    """Tasks that workers of a cluster execute.

    Parameters
    ----------
    client : distributed.Client
    scheduler : str
        Its address, for messages.
    expected : mapping of str to str
        What each worker must have, as `remote.describe_worker` returns it.
    listener : Listener
    """

    def __init__(self, client: Client, scheduler: str, expected: Mapping[str, str], listener: Listener) -> None:
        self._client, self._scheduler, self._expected, self._listener = client, scheduler, expected, listener
        self._run = uuid.uuid4().hex
        self._events = queue.SimpleQueue()
        self._started: set[str] = set()
        self._tasks: dict[str, Task] = {}
        self._arguments: dict[str, tuple[Any, ...]] = {}
        self._futures: dict[str, Future] = {}
        self._numbers: dict[str, int] = {}
        self._submitted: dict[str, int] = {}
        self._last_checked = self._last_staffed = time.monotonic()

    def submit(self, tasks: Sequence[Task], timeout: float | None) -> None:
        """Send the studies and every task."""
        self._client.subscribe_topic(remote.TOPIC, self._hear)
        libraries = tuple(dict.fromkeys(name for task in tasks for name in task.section.libraries))
        studies = {}
        for number, task in enumerate(tasks):
            self._tasks[task.name], self._numbers[task.name], self._submitted[task.name] = task, number, 0
            self._ledger(task.name).set([])
            if task.study not in studies:
                studies[task.study] = self._send_study(task)
            self._arguments[task.name] = (pack_task(task, libraries, timeout), studies[task.study])
        self._send(list(self._arguments), self._choose_places(len(tasks)))

    def _send_study(self, task: Task) -> Future:
        packed = pack_study(task)
        # Part of the task itself and not scattered, so that Dask can make it again where its worker is lost.
        return self._client.submit(remote.keep, packed, key=f"cart-reports-{hashlib.sha256(packed).hexdigest()}")

    def _choose_places(self, number: int) -> list[str]:
        """Return the worker each task is to begin with, where Dask would crowd few tasks where the study is.

        Empty where they are so many that Dask hands them out one by one, as workers become free.
        """
        threads = self._client.nthreads()
        turns = range(max(threads.values(), default=0))
        places = [address for turn in turns for address in threads if threads[address] > turn]
        return [] if number > 2 * len(places) else list(itertools.islice(itertools.cycle(places), number))

    def _send(self, names: Sequence[str], places: Sequence[str]) -> None:
        """Send tasks, all at once unless each has its place: Dask is to see how many they are."""
        groups = [([name], [place]) for name, place in zip(names, places, strict=True)] if places else [(names, None)]
        for group, place in groups:
            for name in group:
                self._submitted[name] += 1
            futures = self._client.map(
                remote.run_parcel,
                *zip(*(self._arguments[name] for name in group), strict=True),
                run=self._run,
                expected=self._expected,
                key=[(f"cart-reports-{self._run}", self._numbers[name], self._submitted[name]) for name in group],
                pure=False,
                workers=place,
                allow_other_workers=place is not None,
            )
            self._futures |= dict(zip(group, futures, strict=True))

    def _ledger(self, name: str) -> Any:
        from distributed import Variable

        return Variable(remote.name_ledger(self._run, name), client=self._client)

    def _hear(self, event: tuple[float, Mapping[str, Any]]) -> None:
        """Take what a worker tells; called in a thread of Dask."""
        if event[1].get("run") == self._run:
            self._events.put(event[1])

    def wait(self) -> dict[str, Outcome]:
        """Wait for all tasks, bringing the files of each to its staging folder."""
        outcomes = {}
        while self._futures:
            self._pass_on()
            for name in [name for name, future in self._futures.items() if future.done()]:
                outcome = self._take(name, self._futures.pop(name))
                if outcome is not None:
                    outcomes[name] = outcome
                    self._start(name)
                    self._listener.ended(name, outcome)
            self._check_cluster()
        return outcomes

    def _pass_on(self) -> None:
        """Tell the listener what the workers have told."""
        with suppress(queue.Empty):
            event = self._events.get(timeout=_LOOK_SECONDS)
            while True:
                if event["name"] in self._futures:
                    self._start(event["name"])
                    if event["total"]:
                        self._listener.advanced(event["name"], event["begun"], event["total"])
                event = self._events.get_nowait()

    def _start(self, name: str) -> None:
        if name not in self._started:
            self._started.add(name)
            self._listener.started(name)

    def _take(self, name: str, future: Future) -> Outcome | None:
        """Return how a task ended, None where it has been sent anew."""
        from distributed import KilledWorker

        if future.status == "error":
            error = future.exception(timeout=_ANSWER_SECONDS)
            if isinstance(error, KilledWorker):
                return self._settle_loss(name)
            return Outcome(0.0, Failure(f"{type(error).__name__}: {error}"))
        if future.status != "finished":
            raise lost_cluster(self._scheduler)
        delivery = future.result()
        if not isinstance(delivery, Delivery):
            raise unfit_workers([delivery])
        try:
            write_files(delivery.files, self._tasks[name].staging)
        except OSError as error:
            return Outcome(delivery.outcome.seconds, Failure(f"Its files cannot be written: {error.strerror}."))
        return delivery.outcome

    def _settle_loss(self, name: str) -> Outcome | None:
        """Send a task anew where Dask has given it up for the sake of others, or sooner than is agreed here."""
        lost = self._ledger(name).get(timeout=_ANSWER_SECONDS)
        if len(lost) < remote.MOST_LOST and self._submitted[name] < _MOST_SUBMITTED:
            self._send([name], [])
            return None
        if len(lost) >= remote.MOST_LOST:
            return Outcome(0.0, remote.describe_loss(lost))
        return Outcome(0.0, Failure("The workers it was sent to were lost, again and again."))

    def _check_cluster(self) -> None:
        """Raise where there is no cluster any more, or has been no worker for long."""
        if self._client.status != "running":
            raise lost_cluster(self._scheduler)
        now = time.monotonic()
        if now - self._last_checked < _CHECK_SECONDS:
            return
        self._last_checked = now
        if self._client.nthreads():
            self._last_staffed = now
        elif now - self._last_staffed > _LOST_SECONDS:
            raise lost_cluster(self._scheduler)

    def close(self) -> None:
        """Call off what is not done and leave nothing on the cluster."""
        if self._client.status != "running":
            return
        with suppress(Exception):  # the cluster may be lost at any moment
            self._client.cancel(list(self._futures.values()))
            for name in self._tasks:
                self._ledger(name).delete()
            self._client.unsubscribe_topic(remote.TOPIC)
