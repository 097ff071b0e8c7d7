"""What a command costs with everything that it starts: wall and CPU seconds, peak memory.

The command runs below a process that adopts what it leaves behind, such as kernels forked from a fork server, so that
their CPU time is counted too. Linux only.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import resource
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

_ADOPT = 36  # PR_SET_CHILD_SUBREAPER


@dataclass(frozen=True)
class Cost:
    """Of a command: seconds by the clock, seconds of CPU over all its processes, peak MB of the largest of them."""

    wall: float
    cpu: float
    megabytes: float
    said: str


def cost(command: Sequence[str], *, cwd: Path, environment: Mapping[str, str] | None = None) -> Cost:
    """Run a command and return what it cost.

    Parameters
    ----------
    command : sequence of str
    cwd : Path
    environment : mapping of str to str, optional
        Added to this process's own.

    Raises
    ------
    SystemExit
        Where the command fails, with what it said.
    """
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=_run, args=(command, cwd, {**os.environ, **(environment or {})}, theirs))
    child.start()
    theirs.close()
    code, *found = ours.recv()
    child.join()
    if code:
        raise SystemExit(f"{' '.join(command)} ended with code {code}:\n{found[-1]}")
    return Cost(*found)


def _run(command: Sequence[str], cwd: Path, environment: Mapping[str, str], connection: Connection) -> None:
    ctypes.CDLL(None).prctl(_ADOPT, 1, 0, 0, 0)
    started = time.perf_counter()
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    wall = time.perf_counter() - started
    while True:
        try:
            os.wait()
        except ChildProcessError:
            break
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = used.ru_utime + used.ru_stime
    connection.send((done.returncode, wall, cpu, used.ru_maxrss / 1024, done.stdout + done.stderr))
