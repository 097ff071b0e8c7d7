"""A plugin of pytest that writes down how each test ended, and by which exception.

A test with parameters has failed when one of its cases has, and the others are then left out.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

import cartcohort

FILE = "PROTECTIONS_FOUND"
"""The environment variable that names the file to be written."""

_found: dict[str, dict[str, str]] = {}


def pytest_sessionstart(session: pytest.Session) -> None:
    """Make sure that it is the copy that is tested."""
    if not Path(cartcohort.__file__).is_relative_to(session.config.rootpath):
        pytest.exit(f"{cartcohort.__file__} is imported, not what lies in {session.config.rootpath}", returncode=3)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leave out what need not be tried any more."""
    if _found.get(_name(item.nodeid), {}).get("ended") == "failed":
        pytest.skip("another case has failed")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """Write down what came of a test."""
    report = yield
    name = _name(item.nodeid)
    before = _found.get(name, {}).get("ended")
    if report.failed and before != "failed":
        # A fixture may look at the end for what must not have happened; one that fails before the test shows nothing.
        ended = "broken" if report.when == "setup" else "failed"
        exception = call.excinfo.type
        kinds = [one.__name__ for one in exception.__mro__]
        _found[name] = {"ended": ended, "kinds": " ".join(kinds), "said": _first_line(call.excinfo)}
    elif report.skipped and before is None:
        _found[name] = {"ended": "skipped", "kinds": "", "said": str(call.excinfo.value)}
    elif report.passed and report.when == "call" and before in (None, "skipped"):
        _found[name] = {"ended": "passed", "kinds": "", "said": ""}
    return report


def pytest_sessionfinish() -> None:
    """Write the file."""
    Path(os.environ[FILE]).write_text(json.dumps(_found), encoding="utf-8")


def _name(nodeid: str) -> str:
    return nodeid.partition("[")[0]


def _first_line(caught: pytest.ExceptionInfo[BaseException]) -> str:
    lines = str(caught.value).strip().splitlines()
    return f"{caught.typename}: {lines[0]}" if lines else caught.typename
