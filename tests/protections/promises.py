"""The promises of SECURITY.md and the tests that it names for them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
_TEST = re.compile(r"`(tests/[\w/]+\.py::\w+)`")


@dataclass(frozen=True)
class Promise:
    """A row of SECURITY.md.

    Attributes
    ----------
    section, text : str
    tests : tuple of str
        As pytest names them: `tests/folder/test_file.py::test_name`.
    """

    section: str
    text: str
    tests: tuple[str, ...]


def read_promises(text: str = TEXT) -> list[Promise]:
    """Return every promise, in the order of the page."""
    section, found = "", []
    for line in text.splitlines():
        if line.startswith("### "):
            section = line.removeprefix("### ")
        elif line.startswith("| ") and not line.startswith("| promise |"):
            promise = line.split("|")[1].strip()
            found.append(Promise(section, promise, tuple(_TEST.findall(line))))
    return found


def find_test(name: str, promises: Sequence[Promise]) -> str:
    """Return the whole name of a named test; its file may be left out where one test alone has that name.

    Raises
    ------
    LookupError
        Where none is named so, or several are.
    """
    found = {one for promise in promises for one in promise.tests if one == name or one.endswith(f"::{name}")}
    if len(found) != 1:
        raise LookupError(f"{name}: {len(found)} tests of this name in SECURITY.md")
    return found.pop()
