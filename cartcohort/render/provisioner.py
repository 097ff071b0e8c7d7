"""Kernels from the fork server, for whoever starts kernels through `jupyter_client`.

Registered as the kernel provisioner "cartcohort-fork", so that plain papermill in this environment can use it too:

    JUPYTER_DEFAULT_PROVISIONER_NAME=cartcohort-fork papermill notebooks/survival.ipynb out.ipynb
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import LocalProvisioner
from traitlets import Instance

from cartcohort.render.forking import ForkedKernel, Order, can_fork


class ForkedProvisioner(LocalProvisioner):
    """Forks a kernel of this very Python; starts any other, or all where forking is unsafe, in the ordinary way."""

    waiting = Instance(ForkedKernel, allow_none=True)
    """A process forked beforehand, which the first launch takes; None forks one at the launch."""

    async def launch_kernel(self, cmd: Sequence[str], **kwargs: Any) -> KernelConnectionInfo:
        """Launch a kernel with the arguments of an ordinary start."""
        arguments = _arguments_of_ipykernel(cmd)
        if arguments is None or not can_fork():
            return await super().launch_kernel(list(cmd), **kwargs)
        self.process, self.waiting = self.waiting or ForkedKernel(), None
        self.cwd = kwargs.get("cwd")
        environment = {name: str(value) for name, value in kwargs.get("env", os.environ).items()}
        self.process.order(Order(arguments, self.cwd, environment))
        self.pid = self.pgid = self.process.pid
        return self.connection_info


def _arguments_of_ipykernel(cmd: Sequence[str]) -> list[str] | None:
    """Return what ipykernel is given by a command that starts it in this Python; None for any other command."""
    python, *rest = cmd
    # Links are not followed: the Pythons of two environments may be links to one.
    if Path(python).absolute() != Path(sys.executable).absolute() or "ipykernel_launcher" not in rest:
        return None
    return rest[rest.index("ipykernel_launcher") + 1 :]
