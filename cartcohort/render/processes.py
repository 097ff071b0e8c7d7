"""Signals and processes: ending them for good, and not being interrupted at the wrong moment."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

ENDING = ("SIGINT", "SIGTERM", "SIGHUP")
"""The signals that ask a program to end in order: Ctrl-C, `kill`, a terminal that is closed."""


def kill_group(leader: int) -> None:
    """Kill a process and all that belong to its group; nothing happens where they have ended already.

    Parameters
    ----------
    leader : int
        Number of a process that leads a group of its own, as a kernel does.
    """
    with suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(leader, signal.SIGKILL)
        else:
            os.kill(leader, signal.SIGTERM)


def watch_parent(kernels: Sequence[int] = ()) -> None:
    """End this process and its kernels, from a thread, as soon as the run that started it has ended in whatever way.

    Parameters
    ----------
    kernels : sequence of int
        Numbers of the kernels' processes; those put into it later count too.
    """
    threading.Thread(target=_end_with_parent, args=(kernels,), daemon=True).start()


def _end_with_parent(kernels: Sequence[int]) -> None:
    from multiprocessing import parent_process  # a run with nothing to do needs none of it

    parent_process().join()
    for kernel in kernels:
        kill_group(kernel)
    os._exit(1)


def kill_users(folder: Path) -> None:
    """Kill every process that was started with its folder for temporary files inside this one.

    So ends what a kernel has started in another session, to live on by itself. Nothing happens on systems that do
    not tell of processes in `/proc`.
    """
    sign = b"\0TMPDIR=" + os.fsencode(folder) + b"/"
    for environment in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):  # it has ended, or it is another user's
            if sign in b"\0" + environment.read_bytes():
                os.kill(int(environment.parent.name), signal.SIGKILL)


@contextmanager
def ignore_interrupts(names: Iterable[str] = ("SIGINT",)) -> Iterator[None]:
    """Let Ctrl-C, or other signals, wait for a moment; processes started meanwhile never hear them.

    Here they are heard at the end of that moment, where the system can hold signals back (not on Windows).

    Parameters
    ----------
    names : iterable of str
        Signals by name; those that the system does not have are passed over.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # signals reach the main thread only
        return
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    with _hold(numbers) if hasattr(signal, "pthread_sigmask") else _ignore(numbers):
        yield


@contextmanager
def _hold(numbers: Iterable[int]) -> Iterator[None]:
    # They are not ignored besides: that would drop one that has come already.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, numbers)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _ignore(numbers: Iterable[int]) -> Iterator[None]:
    before = {number: signal.signal(number, signal.SIG_IGN) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
