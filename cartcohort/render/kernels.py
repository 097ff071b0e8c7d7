"""Starting and stopping the kernel of one section.

The kernel is a process of its own, started by `jupyter_client`. It talks over Unix sockets in the run's scratch
folder where the system has them (no port is opened), with a fixed environment: one thread for linear algebra, no hash
randomisation, none of the user's IPython settings.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from subprocess import DEVNULL

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import run_sync

from cartcohort.render.cache import PACKAGE
from cartcohort.render.processes import kill_group

KERNEL_NAME = "python3"
_HAS_UNIX_SOCKETS = sys.platform != "win32"


class _OwnPython(KernelSpecManager):
    """Knows one kernel, the Python that runs the suite, whatever kernels are installed for the user."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=command, display_name="Python 3", language="python")


def start_kernel(scratch: Path, cwd: Path, environment: Mapping[str, str]) -> AsyncKernelManager:
    """Start a kernel.

    Parameters
    ----------
    scratch : Path
        An empty folder for the kernel's own files; its path must be short (Unix sockets end at about 100 letters).
    cwd : Path
        Working directory of the notebook.
    environment : mapping of str to str
        Environment of the run, on which the kernel's own is built.

    Returns
    -------
    AsyncKernelManager
        Its `provisioner.pid` is the process, which leads a process group of its own.
    """
    manager = AsyncKernelManager(
        kernel_name=KERNEL_NAME,
        kernel_spec_manager=_OwnPython(),
        transport="ipc" if _HAS_UNIX_SOCKETS else "tcp",
        connection_file=str(scratch / "kernel.json"),
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
    threads = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
    paths = [str(PACKAGE.parent), *filter(None, [environment.get("PYTHONPATH")])]
    return {
        **environment,
        **dict.fromkeys(threads, "1"),
        "IPYTHONDIR": str(scratch),
        "JPY_PARENT_PID": str(os.getpid()),
        "MPLBACKEND": "agg",
        "PYTHONHASHSEED": "0",
        "PYTHONSAFEPATH": "1",  # a file `random.py` beside the study is no library
        "PYTHONPATH": os.pathsep.join(paths),  # the package whose source the manifest vouches for
        "TMPDIR": str(scratch),  # what a killed kernel leaves goes with it
        "TZ": "UTC",
    }
