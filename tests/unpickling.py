"""Watching a process and all that it starts for pickles being read: who reads one, and what it names."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOG = "UNPICKLING_LOG"

# Python imports a module of this name as it starts, before any library can take hold of what is replaced here.
_SITE = f"""
import os, pickle, sys, _pickle

LOG = os.environ[{LOG!r}]

def note(what):
    frame = sys._getframe(1)
    while frame.f_code.co_filename in (__file__, pickle.__file__):
        frame = frame.f_back
    line = f"{{what}}\\t{{frame.f_code.co_filename}}\\n"
    descriptor = os.open(LOG, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(descriptor, line.encode())
    os.close(descriptor)

def watch(function):
    def watched(*arguments, **options):
        note("read")
        return function(*arguments, **options)
    return watched

class Unpickler(_pickle.Unpickler):
    def __init__(self, *arguments, **options):
        note("read")
        super().__init__(*arguments, **options)

pickle._Unpickler.__init__ = watch(pickle._Unpickler.__init__)
for module in (pickle, _pickle):
    module.load, module.loads, module.Unpickler = watch(_pickle.load), watch(_pickle.loads), Unpickler

def hook(event, arguments):
    if event == "pickle.find_class":
        note("global")

sys.addaudithook(hook)
note("started")
"""


@dataclass(frozen=True)
class Watched:
    """What a watched process answered, and which files of code had a pickle read or a name of one looked up."""

    code: int
    out: str
    processes: int
    readers: frozenset[str]

    @property
    def foreign(self) -> set[str]:
        """Those that are not the channels by which `multiprocessing` talks to processes that it has started."""
        return {one for one in self.readers if Path(one).parent.name != "multiprocessing"}


def watch(folder: Path, arguments: Sequence[str], *, cwd: Path = ROOT, **environment: str) -> Watched:
    """Run Python with arguments and watch it; `folder` holds what that takes."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sitecustomize.py").write_text(_SITE)
    log = folder / "log"
    log.unlink(missing_ok=True)
    paths = {"PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)]), LOG: str(log)}
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        env={**os.environ, **paths, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    lines = [line.split("\t") for line in log.read_text().splitlines()]
    starts = sum(what == "started" for what, _ in lines)
    return Watched(
        done.returncode, done.stdout, starts, frozenset(where for what, where in lines if what != "started")
    )
