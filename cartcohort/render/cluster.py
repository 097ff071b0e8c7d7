"""Executing sections on a Dask cluster that the user already has.

The workers share no disk with this machine: study and sections travel there and finished files back (`travel`), and
on a worker the same function executes a section as here (`remote`, `station`). Dask does a task again elsewhere where
its worker is lost; how often is counted here, whatever the cluster's own settings are.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import logging
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from cartcohort.errors import OutputError, Problem, UsageError
from cartcohort.render import remote
from cartcohort.render.dispatch import Batch, lost_cluster, unfit_workers
from cartcohort.render.processes import ignore_interrupts
from cartcohort.render.store import INSTALL
from cartcohort.render.tasks import Outcome, Task
from cartcohort.render.workers import Listener

if TYPE_CHECKING:
    from distributed import Client

_CONNECT_SECONDS = 10
_WORKER_SECONDS = 10
_CLOSE_SECONDS = 5


def run_tasks_on_cluster(
    tasks: Sequence[Task], *, scheduler: str, timeout: float | None, listener: Listener
) -> dict[str, Outcome]:
    """Execute tasks on the workers of a cluster and wait for all of them.

    Parameters
    ----------
    tasks : sequence of Task
    scheduler : str
        Address of the cluster's scheduler, such as "tcp://10.0.0.1:8786".
    timeout : float or None
        Seconds after which a section is given up; None waits for ever.
    listener : Listener

    Returns
    -------
    dict of str to Outcome
        By the task's name, the files in its staging folder. A section whose worker is lost is executed by another
        one; that it ended two workers is a failure. However this function is left, nothing goes on running.

    Raises
    ------
    UsageError
        Where Dask is not installed.
    OutputError
        Where there is no such cluster, it has no workers, a worker runs other code or libraries, or it is lost.
    """
    with open_client(scheduler) as client:
        expected = _check_workers(client, scheduler)
        batch = Batch(client, scheduler, expected, listener)
        try:
            batch.submit(tasks, timeout)
            return batch.wait()
        except (OSError, TimeoutError, asyncio.CancelledError, concurrent.futures.CancelledError) as error:
            raise lost_cluster(scheduler) from error
        finally:
            with ignore_interrupts():
                batch.close()


def check_cluster(scheduler: str) -> None:
    """Make sure that there is a cluster with workers fit for a run.

    Raises
    ------
    UsageError, OutputError
        As `run_tasks_on_cluster` does.
    """
    with open_client(scheduler) as client:
        _check_workers(client, scheduler)


@contextmanager
def open_client(scheduler: str) -> Iterator[Client]:
    """Connect with a scheduler; Dask's own words about what goes wrong are kept from the user."""
    with _silence():
        client = _connect(scheduler)
        try:
            yield client
        finally:
            with ignore_interrupts():
                client.close(timeout=_CLOSE_SECONDS)


def _connect(scheduler: str) -> Client:
    try:
        from distributed import Client
    except ModuleNotFoundError as error:
        what = "Dask is not installed, which --scheduler needs."
        raise UsageError(Problem(what, remedy=f"Install it: {INSTALL}")) from error
    try:
        # Asked first, since a client waits for ever where a server of another kind listens.
        asyncio.run(asyncio.wait_for(_greet(scheduler), _CONNECT_SECONDS))
        return Client(scheduler, timeout=_CONNECT_SECONDS, set_as_default=False, name="cart-reports")
    except Exception as error:  # whatever Dask makes of an address that is none
        what = "There is no Dask scheduler that answers at this address."
        remedy = "Start one by `dask scheduler` and name the address it tells by --scheduler, as in tcp://host:8786."
        raise OutputError(Problem(what, scheduler, remedy)) from error


async def _greet(scheduler: str) -> None:
    """Raise where no scheduler answers."""
    from distributed import Security, rpc

    arguments = Security().get_connection_args("client")
    async with rpc(scheduler, connection_args=arguments, timeout=_CONNECT_SECONDS) as other:
        if (await other.identity())["type"] != "Scheduler":
            raise ValueError("no scheduler")


@contextmanager
def _silence() -> Iterator[None]:
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)


def _check_workers(client: Client, scheduler: str) -> dict[str, str]:
    """Make sure that there are workers, with the code and libraries of this machine; return what they must have."""
    try:
        client.wait_for_workers(1, timeout=_WORKER_SECONDS)
    except TimeoutError:
        what, remedy = "The cluster has no workers.", f"Start some, each by `dask worker {scheduler}`, and run again."
        raise OutputError(Problem(what, scheduler, remedy)) from None
    expected = remote.describe_worker()
    answers = client.run(remote.describe_worker, on_error="return")
    differences = {address: _differ(expected, answer) for address, answer in sorted(answers.items())}
    unfit = [f"{address}: {difference}" for address, difference in differences.items() if difference]
    unfit += _check_scheduler(client, scheduler)
    if unfit:
        raise unfit_workers(unfit)
    return expected


def _check_scheduler(client: Client, scheduler: str) -> list[str]:
    """Say what keeps the scheduler from handing tasks on, which it has to read for that."""
    try:
        client.run_on_scheduler(remote.describe_worker)
    except Exception as error:  # whatever it has met, it cannot do what was asked
        return [f"{scheduler}, the scheduler: {_differ({}, error)}"]
    return []


def _differ(expected: Mapping[str, str], answer: Any) -> str:
    if isinstance(answer, Exception):
        return f"cartcohort does not answer there ({type(answer).__name__})"
    return remote.compare_workers(expected, answer)
