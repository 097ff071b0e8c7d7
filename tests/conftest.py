"""What holds for all tests: an interrupt interrupts, and two processes can share them."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
_TOGETHER = ("browser", "cluster")
"""Folders whose tests share a costly beginning: a browser with reports to look at, a cluster."""


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist looks for the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the tests of a file, and of some folders, run in one process where they are shared among several."""
    for item in items:
        place = item.path.relative_to(TESTS)
        group = place.parts[0] if place.parts[0] in _TOGETHER else place.as_posix()
        item.add_marker(pytest.mark.xdist_group(group))


@pytest.fixture(scope="session", autouse=True)
def interruptible() -> Iterator[None]:
    """Let Ctrl-C reach the tests and what they start, also where they run in the background and ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
