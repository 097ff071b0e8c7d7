"""The command line as a process of its own, to be interrupted, limited and killed, and what comes of that."""

import os
import resource
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

ENDLESS = """import os, time
open("pid", "w").write(str(os.getpid()))
while True:
    time.sleep(0.1)"""


def is_gone(pid):
    """Whether a process has ended; one that only waits to be buried counts as ended."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return state.stdout.strip() in ("",) or state.stdout.startswith("Z")


def wait_until(condition, seconds=30):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def start(workspace, *arguments, limits=None, environment=None):
    """Start the command line in a process of its own, with a folder of its own for temporary files.

    `limits` are those of the process, by the name of the resource; `environment` is added to that of the test.
    """
    code = textwrap.dedent("""
        import sys
        from pathlib import Path
        import run_reports
        run_reports.main.__kwdefaults__["notebooks"] = Path("notebooks").resolve()
        sys.exit(run_reports.run_program())
    """)
    (workspace.root / "tmp").mkdir(exist_ok=True)
    paths = {"PYTHONPATH": f"{ROOT}:{workspace.root / 'lib'}", "TMPDIR": str(workspace.root / "tmp")}
    return subprocess.Popen(
        [sys.executable, "-c", code, "--study", "data/four", *arguments],
        cwd=workspace.root,
        env={**os.environ, **paths, **(environment or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: prepare(limits or {}),
    )


def prepare(limits):
    """Undo what a test run in the background or under nohup hands down, signals that are ignored, and set limits."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    for name, limit in limits.items():
        resource.setrlimit(getattr(resource, name), (limit, limit))


def list_leftovers(workspace):
    """Return what lies where a run keeps its reports and its temporary files, but locks."""
    folders = (workspace.root / "reports", workspace.root / "tmp")
    names = [path.name for folder in folders if folder.exists() for path in folder.iterdir()]
    return sorted(name for name in names if not name.endswith(".lock"))


def wait_for_kernel(workspace):
    """Wait until the endless cell runs and return the number of its process."""
    path = workspace.root / "data" / "pid"
    wait_until(lambda: path.exists() and path.read_text())
    return int(path.read_text())


def list_descendants(pid):
    """Return the numbers of all processes that come from one, itself left out."""
    table = subprocess.run(["ps", "-e", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    pairs = [tuple(map(int, line.split())) for line in table.splitlines()]
    found = [pid]
    for one in found:
        found += [child for child, parent in pairs if parent == one]
    return found[1:]
