"""What holds for all tests: an interrupt interrupts, and two processes can share them."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from typing import Any

import pytest

_TOGETHER = ("browser", "cluster")
"""Folders whose tests share a costly beginning: a browser with reports to look at, a cluster."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Let the tests of a file, and of some folders, run in one process where several share the tests."""
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            path = nodeid.partition("::")[0]
            folder = path.split("/")[1]
            return folder if folder in _TOGETHER else path

    return ByFile(config, log)


@pytest.fixture(scope="session", autouse=True)
def interruptible() -> Iterator[None]:
    """Let Ctrl-C reach the tests and what they start, also where they run in the background and ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
