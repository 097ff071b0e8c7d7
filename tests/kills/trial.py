"""One trial: a run that is killed, what a reader finds then, and the run after it."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cartcohort.render.exchange import is_exchanging, list_files
from cartcohort.rooms import PREFIX
from tests.cli.conftest import Workspace, make_workspace
from tests.suites import WHOLE_SECTION

ROOT = Path(__file__).resolve().parents[2]
LEVELS = ("0.9", "0.8")
MOST_CHANGES = 80
"""About as many changes a run makes to files and folders below its reports."""
_PROGRAM = textwrap.dedent("""
    import sys
    from pathlib import Path
    import run_reports
    from tests.kills.hook import end_at_change
    number, place = int(sys.argv.pop(1)), Path(sys.argv.pop(1))
    if number:
        end_at_change(number, below=place)
    run_reports.main.__kwdefaults__["notebooks"] = Path("notebooks").resolve()
    sys.exit(run_reports.run_program())
""")


@dataclass(frozen=True)
class Ending:
    """What a trial found.

    Attributes
    ----------
    killed : bool
        Whether the run was, before it had ended.
    exchanging : bool
        Whether it was while files were being exchanged.
    found : str
        "old" or "new", whichever report lay there whole.
    """

    killed: bool
    exchanging: bool
    found: str


class Trials:
    """A workspace in which a report is made with one parameter or the other, and both as they must come out."""

    def __init__(self, root: Path) -> None:
        self.workspace = make_workspace(root, response=WHOLE_SECTION, survival=("1",))
        (root / "tmp").mkdir()
        self.reports: dict[str, dict[str, bytes]] = {}
        for level in reversed(LEVELS):
            began = time.monotonic()
            self.make(level)
            self.seconds = time.monotonic() - began
            self.reports[level] = self.workspace.snapshot()
        self.current = 0

    def make(self, level: str) -> None:
        """Make the report with a parameter, undisturbed."""
        code = self.start(level, 0).wait()
        assert code == 0, code

    def start(self, level: str, number: int, below: str = "reports") -> subprocess.Popen:
        """Start a run, which kills itself before its change of that number below a folder, unless it is 0."""
        root = self.workspace.root
        return subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, str(number), below, "--study", "data/four", "-p", f"conf_level={level}"],
            cwd=root,
            env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(root / "tmp")},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def kill_at_change(self, number: int, below: str = "reports") -> Ending:
        """Kill a run before its change of that number to a file or folder below a folder."""
        run = self.start(self._coming, number, below)
        return self._judge(run.wait() == -signal.SIGKILL)

    def kill_after(self, seconds: float) -> Ending:
        """Kill a run after a time."""
        run = self.start(self._coming, 0)
        try:
            run.wait(seconds)
        except subprocess.TimeoutExpired:
            run.kill()
        return self._judge(run.wait() == -signal.SIGKILL)

    def kill_at_random(self, chance: random.Random) -> Ending:
        """Kill a run at any moment of its time, or before any of the changes it makes."""
        if chance.random() < 0.5:
            return self.kill_after(chance.uniform(0, self.seconds))
        return self.kill_at_change(chance.randint(1, MOST_CHANGES))

    @property
    def _coming(self) -> str:
        return LEVELS[1 - self.current]

    def _judge(self, killed: bool) -> Ending:
        """Check what a reader finds, then let the next run go on and check its report."""
        old, new = self.reports[LEVELS[self.current]], self.reports[self._coming]
        exchanging = is_exchanging(self.workspace.folder)
        self._check_each_file(old, new)
        answer = self.workspace.run("verify", "reports/four", study=None)
        assert answer.code == 0, answer
        found = self.workspace.snapshot()
        assert found in (old, new)
        self.make(self._coming)
        assert self.workspace.snapshot() == new
        assert left_beside(self.workspace) == [".four.lock", "four"]
        assert not list(self.workspace.root.glob(f"tmp/{PREFIX}*"))
        self.current = 1 - self.current
        return Ending(killed, exchanging, "old" if found == old else "new")

    def _check_each_file(self, old: Mapping[str, bytes], new: Mapping[str, bytes]) -> None:
        """Check that even between two moves every file is whole: that of one report or of the other."""
        folder = self.workspace.folder
        for name in list_files(folder):
            if name != "timings.json":
                assert (folder / name).read_bytes() in (old.get(name), new.get(name)), name


def left_beside(workspace: Workspace) -> list[str]:
    """Return what lies where the reports are kept."""
    return sorted(path.name for path in (workspace.root / "reports").iterdir())
