"""Calling functions in other processes, so that this one need not import what they need, nor keep its threads."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from cartcohort.errors import CartCohortError
from cartcohort.render.forking import SERVED, start_server
from cartcohort.render.processes import ENDING, ignore_interrupts, watch_parent
from cartcohort.render.tasks import describe_end

_T = TypeVar("_T")


def call_apart(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a function in a process that has the libraries imported, so that this one need not import them.

    Returns what it returns, and raises what it raises of our own errors, of the system's, and for lack of memory.

    Raises
    ------
    ChildProcessError
        Where the process ends before the function does; says how.
    """
    if SERVED == "forkserver":
        start_server([])
    return _call_by(SERVED, function, arguments)


def call_in_new_process(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a function in a new Python, which keeps what it imports and the threads of that from this one."""
    return _call_by("spawn", function, arguments)


def _call_by(method: str, function: Callable[..., Any], arguments: Sequence[Any]) -> Any:
    context = multiprocessing.get_context(method)
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_call, args=(function, arguments, theirs), daemon=True)
    with ignore_interrupts():
        process.start()
    theirs.close()
    try:
        result, error = ours.recv()
    except EOFError:
        process.join()
        raise ChildProcessError(f"A process started by this one {describe_end(process.exitcode)}.") from None
    finally:
        with ignore_interrupts(ENDING):
            ours.close()
            process.kill()
            process.join()
    if error is not None:
        raise error
    return result


def _call(function: Callable[..., Any], arguments: Sequence[Any], connection: Connection) -> None:
    try:
        connection.send((function(*arguments), None))
    except (CartCohortError, OSError, MemoryError) as error:
        connection.send((None, error))


def map_apart(function: Callable[..., _T], calls: Sequence[Sequence[Any]], *, jobs: int) -> list[_T]:
    """Call a function once for each sequence of arguments, in `jobs` processes that have the libraries imported.

    Returns what each call returns, in order, and raises what the first raises that raises.

    Raises
    ------
    ChildProcessError
        Where a process ends before its call does.
    """
    # Imported here: most runs have no use for it.
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    if SERVED == "forkserver":
        start_server([])  # or it would start by itself, and kernels forked from it would hash text by chance
    workers = min(jobs, max(1, len(calls)))
    pool = ProcessPoolExecutor(workers, multiprocessing.get_context(SERVED), initializer=watch_parent)
    try:
        return [future.result() for future in [pool.submit(function, *arguments) for arguments in calls]]
    except BrokenProcessPool:
        raise ChildProcessError(None, "a process was killed (often for lack of memory)") from None
    finally:
        pool.shutdown(cancel_futures=True)
