"""How long a call takes and how much memory it asks for, each measured in a process of its own.

A child is forked for every measurement: the data are there without a copy, the child's peak is the call's own, and
one that takes too long, or too much memory, is stopped.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from multiprocessing.connection import Connection
from time import process_time

import numpy as np

_MOST_MEMORY = 8 * 2**30
"""Bytes that a child may ask for."""
_ENOUGH = 2.0
"""Seconds over which a call is repeated."""


@dataclass(frozen=True)
class Measurement:
    """CPU seconds of a call, peak memory above the data in MB, and the numbers found; None if stopped."""

    seconds: float | None
    megabytes: float | None
    found: np.ndarray | None


def measure(call: Callable[[], np.ndarray], *, limit: float) -> Measurement:
    """Run the call, for no longer than `limit` CPU seconds."""
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=_run, args=(call, theirs, limit))
    child.start()
    theirs.close()
    try:
        answer = ours.recv()
    except EOFError:  # It was stopped, or ended for want of memory.
        answer = None
    child.join()
    return Measurement(*(answer or (None, None, None)))


def describe_machine() -> str:
    """Say what the figures depend on, without naming the machine."""
    packages = ", ".join(f"{name} {metadata.version(name)}" for name in ("numpy", "lifelines", "statsmodels"))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    version = ".".join(str(part) for part in sys.version_info[:3])
    return f"Python {version}, {packages}; {os.cpu_count()} cores, {memory:.0f} GiB of memory."


def _run(call: Callable[[], np.ndarray], connection: Connection, limit: float) -> None:
    warnings.simplefilter("ignore")
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (int(process_time() + limit) + 1,) * 2)
    before, started = _peak(), process_time()
    found = call()
    seconds = process_time() - started
    # The first call also pays for what is loaded late and for fresh memory; it counts where it is long.
    if seconds < _ENOUGH:
        calls, started = 0, process_time()
        # The clock of CPU time is coarse: short calls are repeated until they add up.
        while process_time() - started < _ENOUGH:
            found, calls = call(), calls + 1
        seconds = (process_time() - started) / calls
    connection.send((seconds, _peak() - before, np.atleast_1d(found)))


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
