"""Executing several sections at once, each in a process of its own.

A process for each section, and no shared pool: whatever happens to one (a crash, lack of memory, a deadline), the
others go on. There are two ways to start them:

fork
    The section's process is forked from this one, which has imported papermill and nbconvert, and its kernel from the
    fork server, which has imported meanwhile what the notebooks import. Only while this process has a single thread.
spawn
    The section's process comes from a fork server that has imported papermill and nbconvert, where the system has
    fork servers, and its kernel is a new Python.
"""

from __future__ import annotations

import gc
import importlib
import logging
import multiprocessing
import sys
import threading
import time
from collections import deque
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from multiprocessing.connection import Connection, wait
from typing import Any, Protocol

from cartcohort.render.forking import KERNEL, SERVED, ForkedKernel, can_fork, start_server
from cartcohort.render.processes import ENDING, ignore_interrupts, kill_group, watch_parent
from cartcohort.render.tasks import Failure, Outcome, Task, describe_death, describe_end

FORK, SPAWN = STARTS = ("fork", "spawn")
"""The ways to start a kernel."""

_EXECUTION = "cartcohort.render.execution"
_GRACE_SECONDS = 5


class Listener(Protocol):
    """Whoever wants to know how the sections get on."""

    def started(self, name: str) -> None:
        """A section is being executed."""

    def advanced(self, name: str, begun: int, total: int) -> None:
        """A section has begun another of its cells."""

    def ended(self, name: str, outcome: Outcome) -> None:
        """A section is done, or has failed."""


def choose_start(wanted: str | None) -> str:
    """Return the way to start kernels: the one wanted, but forked only where that is safe here and now."""
    safe = can_fork() and threading.active_count() == 1
    return FORK if safe and wanted != SPAWN else SPAWN


def warm_up(start: str, libraries: Iterable[str]) -> None:
    """Import what the sections will need, in two processes at once.

    Parameters
    ----------
    start : str
        "fork" or "spawn".
    libraries : iterable of str
        Modules that the notebooks import.
    """
    if SERVED == "forkserver":
        start_server([*libraries, *KERNEL] if start == FORK else [_EXECUTION])
    if start == FORK:
        _import_execution()


def _import_execution() -> None:
    # nbformat's schema library would build a grammar of internet addresses with this one, which takes longer than all
    # other imports together; it does without where there is none, and no notebook holds what that checks.
    sys.modules.setdefault("rfc3987_syntax", None)
    gc.disable()  # as in `preload`
    with ignore_interrupts(ENDING):  # some libraries take whatever is raised while they are imported for their own
        importlib.import_module(_EXECUTION).prepare()
    gc.enable()
    gc.freeze()


def run_tasks(
    tasks: Sequence[Task], *, jobs: int, timeout: float | None, listener: Listener, start: str = SPAWN
) -> dict[str, Outcome]:
    """Execute tasks, `jobs` at a time, and wait for all of them.

    While the page of one is written, the cells of the next are executed already.

    Parameters
    ----------
    tasks : sequence of Task
    jobs : int
        How many run at once.
    timeout : float or None
        Seconds after which a section is given up; None waits for ever.
    listener : Listener
    start : str
        "fork", after `warm_up`, or "spawn".

    Returns
    -------
    dict of str to Outcome
        By the task's name. However this function is left, no process of a section remains.
    """
    waiting, running, outcomes = deque(tasks), {}, {}
    try:
        while waiting or running:
            while waiting and _has_room(running.values(), jobs):
                worker = _Worker(waiting.popleft(), timeout, start)
                with ignore_interrupts(ENDING):  # a process that is not in the list would not be ended
                    worker.start()
                    running[worker.connection] = worker
                listener.started(worker.name)
            for connection in wait(list(running), timeout=_shortest(running.values())):
                running[connection].listen(listener)
            for worker in [worker for worker in running.values() if worker.finished]:
                with ignore_interrupts(ENDING):
                    outcomes[worker.name] = worker.close()
                    del running[worker.connection]
                listener.ended(worker.name, outcomes[worker.name])
    finally:
        with ignore_interrupts(ENDING):  # whoever is in a hurry presses Ctrl-C twice
            for worker in running.values():
                worker.kill()
    return outcomes


def _has_room(workers: Collection[_Worker], jobs: int) -> bool:
    """Whether another task may start: `jobs` execute cells, and no more than that write pages beside them."""
    return len(workers) < 2 * jobs and sum(not worker.executed for worker in workers) < jobs


class _Worker:
    """The process of one section, seen from outside."""

    def __init__(self, task: Task, timeout: float | None, start: str) -> None:
        context = multiprocessing.get_context(FORK if start == FORK else SERVED)
        self.name = task.name
        self.connection, self._inner = context.Pipe(duplex=False)
        self._waiting = ForkedKernel() if start == FORK else None
        arguments = (task, self._inner, self._waiting)
        self._process = context.Process(target=_work, args=arguments, name=f"section {self.name}")
        self._started = time.monotonic()
        self._timeout = timeout
        self._kernel: int | None = None
        self._starts_kernel = False
        self.executed = False
        self._cell = ""
        self._answer: tuple[Failure | None] | None = None
        self._hung_up = False

    def start(self) -> None:
        """Start the process, which hears no signal that asks to end: that is this one's to do."""
        with ignore_interrupts(ENDING):
            self._process.start()
        self._inner.close()
        if self._waiting is not None:
            self._waiting.close()  # the section's process holds it now, and it ends with that

    @property
    def seconds_left(self) -> float | None:
        """Time until the section is given up, None where it may take for ever."""
        return None if self._timeout is None else max(0.0, self._started + self._timeout - time.monotonic())

    @property
    def finished(self) -> bool:
        """Whether there is nothing more to wait for."""
        return self._answer is not None or self._hung_up or self.seconds_left == 0

    def listen(self, listener: Listener) -> None:
        """Take one message from the process and pass progress on."""
        what, content = self._receive()
        if what == "cell":
            listener.advanced(self.name, *content)

    def close(self) -> Outcome:
        """End the process and tell how the section went."""
        seconds, hung_up = time.monotonic() - self._started, self._hung_up
        if self._answer is not None:
            self._process.join(_GRACE_SECONDS)
        self.kill()
        if self._answer is not None:
            return Outcome(seconds, self._complete(self._answer[0]))
        if hung_up:
            reason = f"Its process {describe_end(self._process.exitcode)}."
            return Outcome(seconds, Failure(reason, self._cell))
        return Outcome(seconds, Failure(f"It took longer than the {self._timeout:g} seconds allowed.", self._cell))

    def _complete(self, failure: Failure | None) -> Failure | None:
        """Add what only this process knows: how a forked kernel ended."""
        if failure is None or not failure.kernel_died or self._waiting is None:
            return failure
        return replace(failure, reason=describe_death(self._waiting.wait(_GRACE_SECONDS)))

    def kill(self) -> None:
        """Kill the process and its kernel; nothing happens where they have ended."""
        ended_by_itself = self._process.exitcode == 0
        # A kernel whose number is not known yet would outlive its process for a second, and leave files.
        while not self._hung_up and self.connection.poll(_GRACE_SECONDS if self._starts_kernel else 0):
            self._receive()
        self._process.kill()
        self._process.join()
        while not self._hung_up and self.connection.poll():
            self._receive()  # the kernel's number may still be under way
        if self._kernel is not None and not ended_by_itself:
            kill_group(self._kernel)
        self.connection.close()

    def _receive(self) -> tuple[str, Any]:
        try:
            what, content = self.connection.recv()
        except (EOFError, OSError):
            self._hung_up = True
            return "end", None
        if what == "starting":
            self._starts_kernel = True
        elif what == "kernel":
            self._kernel, self._starts_kernel = content, False
        elif what == "cell":
            self._cell = "cell {} of {}".format(*content)
        elif what == "executed":
            self.executed, self._kernel = True, None
        elif what == "answer":
            self._answer = (content,)
        return what, content


def _work(task: Task, connection: Connection, waiting: ForkedKernel | None) -> None:
    """Execute a task; the main function of a section's process."""
    from cartcohort.render.execution import execute_section

    logging.disable(logging.CRITICAL)  # what papermill and nbclient log of a failure stands on the error page
    kernels = []

    def tell(what: str, content: Any) -> None:
        if what == "kernel":
            kernels.append(content)
        connection.send((what, content))

    watch_parent(kernels)
    tell("answer", execute_section(task, tell, waiting=waiting))
    connection.close()


def _shortest(workers: Iterable[_Worker]) -> float | None:
    limits = [worker.seconds_left for worker in workers if worker.seconds_left is not None]
    return min(limits, default=None)
