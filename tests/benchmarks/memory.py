"""How much memory a run holds as it goes on."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.ways import ROOT

_SHARES = (0.1, 0.25, 0.5, 0.75, 0.95)


def watch_memory(out: Path, *arguments: str) -> Iterator[tuple[float, float, float]]:
    """Run `run_reports.py` and tell, at some shares of the time it took, the MB it held: the runner, and all of it.

    Shared memory counts in full for each process, so that of all is more than the machine gave.
    """
    command = [sys.executable, "run_reports.py", "--output", str(out), *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as run:
        seen = []
        while run.poll() is None:
            sizes = _sizes_of_session(run.pid)
            seen.append((sizes.get(run.pid, 0.0), sum(sizes.values())))
            time.sleep(0.2)
    if run.returncode:
        raise SystemExit(f"{' '.join(command)} ended with code {run.returncode}.")
    for share in _SHARES:
        yield share, *seen[int(share * (len(seen) - 1))]


def _sizes_of_session(leader: int) -> dict[int, float]:
    """Return MB of resident memory of a process and of all that come from it, by number."""
    table = subprocess.run(["ps", "-e", "-o", "pid=,ppid=,rss="], capture_output=True, text=True, check=True).stdout
    rows = [tuple(map(int, line.split())) for line in table.splitlines()]
    found = {leader}
    for pid, parent, _ in sorted(rows):
        if parent in found:
            found.add(pid)
    return {pid: size / 1024 for pid, _, size in rows if pid in found}
