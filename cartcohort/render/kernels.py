"""Starting and stopping the kernel of one section.

The kernel is a process of its own, started by `jupyter_client`: forked where a process waits for that, else a new
Python. It talks over Unix sockets in the run's scratch folder where the system has them (no port is opened), with a
fixed environment: one thread for linear algebra, no hash randomisation, none of the user's IPython settings.
"""

from __future__ import annotations

import math
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from queue import Empty
from subprocess import DEVNULL
from typing import Any

from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import run_sync

from cartcohort.render.forking import ForkedKernel, fix_environment
from cartcohort.render.processes import kill_group
from cartcohort.render.provisioner import ForkedProvisioner

KERNEL_NAME = "python3"
_HAS_UNIX_SOCKETS = sys.platform != "win32"


class _OwnPython(KernelSpecManager):
    """Knows one kernel, the Python that runs the suite, whatever kernels are installed for the user."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=command, display_name="Python 3", language="python")


class PromptClient(AsyncKernelClient):
    """Takes a kernel for ready when it says that it is idle.

    Its parent waits until the kernel has said nothing for a fifth of a second: longer than one takes to start.
    """

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait until the kernel answers on all channels.

        Raises
        ------
        RuntimeError
            Where it dies, or does not answer within so many seconds.
        """
        deadline = time.monotonic() + (math.inf if timeout is None else timeout)
        while not await self._answers(self.kernel_info()):
            if not await self.is_alive():
                raise RuntimeError("Kernel died before replying to kernel_info")
            if time.monotonic() > deadline:
                raise RuntimeError(f"Kernel didn't respond in {timeout} seconds")

    async def _answers(self, question: str) -> bool:
        """Say whether the answer has come, and after it the news that the kernel is idle again."""
        try:
            while (await self.get_shell_msg(timeout=1))["parent_header"].get("msg_id") != question:
                pass
            while not _is_idle(await self.get_iopub_msg(timeout=0.2), question):
                pass
        except Empty:
            return False
        return True


def _is_idle(message: Mapping[str, Any], question: str) -> bool:
    answers = message["parent_header"].get("msg_id") == question
    return answers and message["content"].get("execution_state") == "idle"


def start_kernel(
    scratch: Path, cwd: Path, environment: Mapping[str, str], *, waiting: ForkedKernel | None = None
) -> AsyncKernelManager:
    """Start a kernel.

    Parameters
    ----------
    scratch : Path
        An empty folder for the kernel's own files; its path must be short (Unix sockets end at about 100 letters).
    cwd : Path
        Working directory of the notebook.
    environment : mapping of str to str
        Environment of the run, on which the kernel's own is built.
    waiting : ForkedKernel, optional
        The process that becomes the kernel; by default a new Python is started.

    Returns
    -------
    AsyncKernelManager
        Its `provisioner.pid` is the process, which leads a process group of its own.
    """
    manager = AsyncKernelManager(
        kernel_name=KERNEL_NAME,
        kernel_spec_manager=_OwnPython(),
        client_class=f"{__name__}.{PromptClient.__name__}",
        transport="ipc" if _HAS_UNIX_SOCKETS else "tcp",
        connection_file=str(scratch / "kernel.json"),
    )
    if waiting is not None:
        manager.provisioner = ForkedProvisioner(
            kernel_id="", kernel_spec=manager.kernel_spec, parent=manager, waiting=waiting
        )
    run_sync(manager.start_kernel)(
        cwd=str(cwd),
        env=_kernel_environment(environment, scratch),
        extra_arguments=["--HistoryManager.enabled=False", "--IPKernelApp.ignore_cwd=True"],
        stdout=DEVNULL,
        stderr=DEVNULL,
    )
    return manager


def stop_kernel(manager: AsyncKernelManager) -> None:
    """End a kernel and what it has started, at once."""
    if manager.provisioner is not None and manager.provisioner.pid is not None:
        kill_group(manager.provisioner.pid)


def _kernel_environment(environment: Mapping[str, str], scratch: Path) -> dict[str, str]:
    return fix_environment(environment) | {
        "IPYTHONDIR": str(scratch),
        "JPY_PARENT_PID": str(os.getpid()),
        "TMPDIR": str(scratch),  # what a killed kernel leaves goes with it
    }
