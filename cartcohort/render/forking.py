"""Processes forked from one that has the libraries imported already.

A new Python spends seconds on importing what a notebook needs. `multiprocessing`'s fork server imports it once, and
each kernel is a fork of it, ready in tens of milliseconds. Forking is safe there: the server has one thread and has
opened no socket of a kernel.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import forkserver, resource_tracker
from multiprocessing.connection import Connection

from cartcohort.render import preload
from cartcohort.render.cache import PACKAGE
from cartcohort.render.processes import ignore_interrupts

SERVED = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
"""How `multiprocessing` is to start a process: from the fork server, where the system has one."""

KERNEL = (
    "ipykernel.kernelapp",
    "ipykernel.zmqshell",
    "ipykernel.debugger",
    "IPython.core.completerlib",
    "tornado.platform.asyncio",
    __name__,
)
"""What a kernel itself imports."""

_USUAL = (
    "pandas",
    "scipy.stats",
    "lifelines",
    "statsmodels.duration.hazard_regression",
    "seaborn",
    "cartcohort.study",
    *KERNEL,
)
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
_POLL_SECONDS = 0.02


def can_fork() -> bool:
    """Say whether forking is safe on this system; on macOS its libraries do not bear it, Windows has none."""
    return sys.platform != "darwin" and "forkserver" in multiprocessing.get_all_start_methods()


def fix_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment with what every kernel shall have: nothing random, nothing of where it was started."""
    paths = [str(PACKAGE.parent), *filter(None, [environment.get("PYTHONPATH")])]
    return {
        **environment,
        **dict.fromkeys(_THREADS, "1"),  # kernels share the processors, and threads before a fork would be lost
        "LC_ALL": "C.UTF-8",
        "MPLBACKEND": "agg",
        "PYTHONHASHSEED": "0",
        "PYTHONPATH": os.pathsep.join(paths),  # the package whose source the manifest vouches for
        "PYTHONSAFEPATH": "1",  # a file `random.py` beside the study is no library
        "TZ": "UTC",
    }


def start_server(libraries: Iterable[str] = _USUAL) -> None:
    """Start the fork server, which imports the libraries while this process goes on.

    Nothing happens where it runs already. Ctrl-C in a terminal does not reach it, nor any process forked from it.

    Parameters
    ----------
    libraries : iterable of str
        Names of modules; by default what kernels and most notebooks import.
    """
    multiprocessing.get_context("forkserver").set_forkserver_preload([preload.__name__])
    environment = fix_environment(os.environ) | {preload.VARIABLE: ",".join(libraries)}
    resource_tracker.ensure_running()  # it guards its own start, and lets signals through that are held back
    with ignore_interrupts(), _environment(environment):
        forkserver.ensure_running()


@contextmanager
def _environment(environment: Mapping[str, str]) -> Iterator[None]:
    """Hand an environment to the processes started meanwhile."""
    before = dict(os.environ)
    os.environ.update(environment)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


_MAIN_LOCK = threading.Lock()


@contextmanager
def _without_main() -> Iterator[None]:
    """Keep `multiprocessing` from importing the program that runs here, such as papermill, in the new process."""
    main = sys.modules["__main__"]
    with _MAIN_LOCK:
        hidden = {name: main.__dict__.pop(name) for name in ("__file__", "__spec__") if name in main.__dict__}
        main.__spec__ = None
        try:
            yield
        finally:
            del main.__spec__
            main.__dict__.update(hidden)


@dataclass(frozen=True)
class Order:
    """What a waiting process needs to become a kernel: arguments of ipykernel, folder, environment."""

    arguments: Sequence[str]
    cwd: str | None
    environment: Mapping[str, str]


class ForkedKernel:
    """A forked process that waits for its order to become a kernel.

    To `jupyter_client` it looks like a `subprocess.Popen`. The process ends when this end of the pipe to it is
    closed, as it is when the process that holds it ends in whatever way.

    Attributes
    ----------
    pid : int
        Number of the process, which leads a process group of its own.
    """

    stdin = stdout = stderr = None

    def __init__(self) -> None:
        context = multiprocessing.get_context("forkserver")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=_wait_for_order, args=(theirs,), name="kernel")
        start_server()
        with _without_main():
            self._process.start()
        theirs.close()
        self._owner = os.getpid()
        self.pid = self._process.pid

    def order(self, order: Order) -> None:
        """Let the process become a kernel."""
        self._connection.send(order)

    def poll(self) -> int | None:
        """Return the exit code, None while the process lives; 1 where another process started it."""
        if os.getpid() == self._owner:
            return self._process.exitcode
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return 1
        return None

    @property
    def returncode(self) -> int | None:
        """The exit code, None while the process lives."""
        return self.poll()

    def wait(self, timeout: float | None = None) -> int | None:
        """Wait for the end and return the exit code, None where the process still lives after `timeout` seconds."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while self.poll() is None and (deadline is None or time.monotonic() < deadline):
            time.sleep(_POLL_SECONDS)
        return self.poll()

    def send_signal(self, number: int) -> None:
        """Send a signal; nothing happens where the process has ended."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask the process to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the process at once."""
        self.send_signal(signal.SIGKILL)

    def close(self) -> None:
        """Let go of the process in this process; it lives on while another one holds its pipe."""
        self._connection.close()


def _wait_for_order(connection: Connection) -> None:
    """Be a kernel as soon as the order comes; the main function of a forked process."""
    with suppress(EOFError, ConnectionResetError):
        os.setsid()
        order = connection.recv()
        threading.Thread(target=_end_with_pipe, args=(connection,), daemon=True).start()
        _settle(order)
        from ipykernel.kernelapp import IPKernelApp

        IPKernelApp.launch_instance(argv=list(order.arguments))


def _end_with_pipe(connection: Connection) -> None:
    """Wait until nobody holds the other end of the pipe any more, then end with all that was started here."""
    with suppress(EOFError, OSError):
        connection.recv()
    os.killpg(os.getpid(), signal.SIGKILL)


def _settle(order: Order) -> None:
    """Make this process look as one that was started with the order's environment in its folder."""
    os.environ.clear()
    os.environ.update(order.environment)
    os.environ.pop("JPY_PARENT_PID", None)  # the pipe watches over the parent instead
    time.tzset()
    if order.cwd is not None:
        os.chdir(order.cwd)
    tempfile.tempdir = None
    added = order.environment.get("PYTHONPATH", "").split(os.pathsep)
    sys.path[:] = dict.fromkeys([*filter(None, added), *preload.IMPORT_PATH])
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    os.close(nowhere)
