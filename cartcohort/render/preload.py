"""Imported by the fork server as it starts: the libraries that every fork of it will find imported.

Which ones is told by an environment variable, since a fork server takes no arguments. A library that cannot be
imported is passed over: the notebook that needs it will say so itself.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import io
import os
import signal
import sys
from types import TracebackType

VARIABLE = "CARTCOHORT_PRELOAD"
IMPORT_PATH = tuple(sys.path)
"""Where a Python started afresh with this environment looks for modules."""


def import_all(names: str) -> None:
    """Import modules, by names parted by commas, silently."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        for name in filter(None, names.split(",")):
            with contextlib.suppress(Exception):
                importlib.import_module(name)


def ignore_ctrl_c() -> None:
    """Leave Ctrl-C to the run, which ends this process with itself; it was held back while this process started."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])


def pass_over_orphans(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    """Say nothing of a fork whose parent was ended before it could tell what the fork is for."""
    if not issubclass(kind, EOFError):
        sys.__excepthook__(kind, error, traceback)


if VARIABLE in os.environ:  # else this is the run itself
    ignore_ctrl_c()
    sys.excepthook = pass_over_orphans
gc.disable()  # a fifth of the time would go into looking for garbage among what is kept for good
import_all(os.environ.pop(VARIABLE, ""))
gc.enable()
gc.freeze()  # nor need the forks look there
