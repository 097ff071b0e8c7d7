"""Trying tests in a scratch copy of the repository, as it is and without one protection."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cartcohort.render.processes import kill_users
from tests.protections.promises import ROOT
from tests.protections.removal import Removal
from tests.protections.witness import FILE

_SECONDS = 1200
_ASSERTED = ("AssertionError", "Failed")
"""Exceptions of a failed assertion; the second is pytest's own, such as where nothing was raised."""


@dataclass(frozen=True)
class Finding:
    """How a test ended.

    Attributes
    ----------
    ended : str
        "passed", "failed", "skipped", "broken" (before it could begin) or "not run".
    kinds : tuple of str
        Names of the exception by which it failed, and of what that is a kind of.
    said : str
        First line of what the exception says.
    """

    ended: str = "not run"
    kinds: tuple[str, ...] = ()
    said: str = ""

    def is_failure(self, by: str) -> bool:
        """Say whether the test ran and failed, by an assertion or the exception that is named."""
        return self.ended == "failed" and bool({*_ASSERTED, by} & {*self.kinds})


class Copy:
    """A copy of the repository's working tree, and what tests in it."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "r"
        self._room = folder
        for name in _list_files():
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, self.root / name)

    def try_removal(self, removal: Removal, tests: Iterable[str]) -> dict[str, Finding]:
        """Return how the tests end without a protection."""
        with removal.applied(self.root):
            return self.try_tests(tests)

    def try_tests(self, tests: Iterable[str]) -> dict[str, Finding]:
        """Run tests in a process of their own and return how each ended."""
        tests = list(tests)
        # Short names: kernels have sockets below them.
        temporary, folders, file, said = (self._room / name for name in ("t", "b", "found.json", "said.txt"))
        temporary.mkdir()
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
        command += ["-p", "tests.protections.witness", f"--basetemp={folders}", *tests]
        environment = {"PYTHONPATH": str(self.root), "TMPDIR": str(temporary), FILE: str(file), "CI": "true"}
        try:
            lost = Finding(said=_run(command, self.root, os.environ | environment, said))
            found = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
        finally:
            kill_users(self._room)  # whatever should have ended, and did not
            file.unlink(missing_ok=True)
            for folder in (temporary, folders):
                shutil.rmtree(folder, ignore_errors=True)
        return {test: _read(found[test]) if test in found else lost for test in tests}


@contextmanager
def open_copies(number: int) -> Iterator[list[Copy]]:
    """Give that many copies, which are gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="p", ignore_cleanup_errors=True) as room:
        Path(room).chmod(0o711)  # a test's database server runs as another user, and has its folder below
        folders = [Path(room).resolve() / str(one) for one in range(number)]
        yield [Copy(folder) for folder in folders]


def _list_files() -> list[str]:
    """Return what git has or would take up: no reports, no caches."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    return [name for name in names if name and (ROOT / name).is_file()]


def _run(command: list[str], folder: Path, environment: Mapping[str, str], said: Path) -> str:
    """Run a command, for as long as it may take, and return the end of what it said."""
    try:
        with said.open("w") as file:
            options = {"stdin": subprocess.DEVNULL, "stdout": file, "stderr": subprocess.STDOUT}
            subprocess.run(command, cwd=folder, env=environment, timeout=_SECONDS, check=False, **options)
    except subprocess.TimeoutExpired:
        return f"it took longer than {_SECONDS} seconds"
    return " / ".join(said.read_text(errors="replace").strip().splitlines()[-3:])


def _read(found: Mapping[str, str]) -> Finding:
    return Finding(found["ended"], tuple(found["kinds"].split()), found["said"])
