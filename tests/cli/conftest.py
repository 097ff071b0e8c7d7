"""A place to run the command line in: a suite of small notebooks, a study, and the working directory above them."""

from __future__ import annotations

import contextlib
import io
import os
from dataclasses import dataclass
from pathlib import Path

import pytest

import run_reports
from tests.suites import write_study, write_suite


@dataclass(frozen=True)
class Answer:
    """What the command line answered."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Workspace:
    """A folder with `notebooks/` and `data/four/`."""

    root: Path

    @property
    def folder(self) -> Path:
        """The run folder."""
        return self.root / "reports" / "four"

    def run(self, *arguments: str, study: str | None = "data/four") -> Answer:
        """Run the command line in this folder; without a study none is named."""
        named = [] if study is None else ["--study", study]
        out, err = io.StringIO(), io.StringIO()
        before = Path.cwd()
        os.chdir(self.root)
        try:
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                code = run_reports.main([*named, *arguments], notebooks=self.root / "notebooks")
        finally:
            os.chdir(before)
        return Answer(code, out.getvalue(), err.getvalue())

    def snapshot(self) -> dict[str, bytes]:
        """Every file of the run but the one that tells how long it took."""
        files = [path for path in self.folder.rglob("*") if path.is_file() and path.name != "timings.json"]
        return {path.relative_to(self.folder).as_posix(): path.read_bytes() for path in files}


def make_workspace(root: Path, **sections) -> Workspace:
    """Write notebooks and study into a folder."""
    write_study(root / "data" / "four")
    write_suite(root / "notebooks", **sections)
    return Workspace(root)


@pytest.fixture
def workspace(tmp_path):
    """A workspace with two sections, not run yet."""
    return make_workspace(tmp_path, response=["1"], survival=["1"])
