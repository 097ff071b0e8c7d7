"""Chromium, or a browser made from it, as the printer of pages: found on this machine, started anew for each page."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cartcohort.errors import OutputError, Problem
from cartcohort.render.folder import LONGEST_SOCKET
from cartcohort.render.processes import kill_group
from cartcohort.render.tasks import describe_end

VARIABLE = "CHROMIUM"
"""Names the executable of a browser, before all others."""

_COMMANDS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "microsoft-edge-stable",
    "msedge",
)
_MACOS = (
    "Google Chrome.app/Contents/MacOS/Google Chrome",
    "Chromium.app/Contents/MacOS/Chromium",
    "Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
_WINDOWS = ("Google/Chrome/Application/chrome.exe", "Microsoft/Edge/Application/msedge.exe")
_PLAYWRIGHT = (
    "chromium*/chrome-*/chrome",
    "chromium*/chrome-*/headless_shell",
    "chromium*/chrome-*/chrome-headless-shell",
    "chromium*/chrome-*/*.app/Contents/MacOS/*",
    "chromium*/chrome-*/chrome.exe",
)
_OPTIONS = (
    "--headless",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-extensions",
    "--no-first-run",
    "--no-pdf-header-footer",
    "--generate-pdf-document-outline",
    "--user-agent=cart-reports",  # which a PDF names as its creator, in place of system and version
)
_SOCKET = "/org.chromium.Chromium.123456/SingletonSocket"
_DUMPS = "BREAKPAD_DUMP_LOCATION"
"""Where Chromium writes down its memory, which holds a page, when it crashes; else below the user's own folder."""


def find_browser() -> Path:
    """Return the executable of a browser that prints PDFs.

    Raises
    ------
    OutputError
        Where there is none, or the environment names one that is not there.
    """
    named = os.environ.get(VARIABLE)
    if named:
        found = shutil.which(named)
        if found is None:
            what = f"The environment variable {VARIABLE} names no program that can be started."
            raise OutputError(Problem(what, named, "Correct it, or unset it to have a browser looked for."))
        return Path(found)
    found = next(_candidates(), None)
    if found is None:
        looked = (
            f"Looked for on PATH: {', '.join(_COMMANDS)}; in the usual places of this system; and Playwright's own."
        )
        remedy = f"Install Chromium or Google Chrome, or name one by the environment variable {VARIABLE}."
        raise OutputError(Problem("No browser was found that could print PDFs.", looked, remedy))
    return found


def _candidates() -> Iterator[Path]:
    for command in _COMMANDS:
        found = shutil.which(command)
        if found:
            yield Path(found)
    yield from (path for path in (*_usual_places(), *_of_playwright()) if os.access(path, os.X_OK) and path.is_file())


def _usual_places() -> list[Path]:
    if sys.platform == "darwin":
        return [folder / name for folder in (Path("/Applications"), Path.home() / "Applications") for name in _MACOS]
    folders = [os.environ.get(name) for name in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")]
    return [Path(folder) / name for folder in folders if folder for name in _WINDOWS]


def _of_playwright() -> list[Path]:
    """Return the browsers that Playwright has installed, newest first, where that package is installed."""
    if importlib.util.find_spec("playwright") is None:
        return []
    named = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    usual = {"darwin": "~/Library/Caches", "win32": os.environ.get("LOCALAPPDATA", "~")}.get(sys.platform, "~/.cache")
    folder = Path(named) if named and named != "0" else Path(os.path.expanduser(usual)) / "ms-playwright"  # noqa: PTH111
    return [path for pattern in _PLAYWRIGHT for path in sorted(folder.glob(pattern), reverse=True)]


class BrowserError(Exception):
    """A browser did not print a page; says why."""


class Browser:
    """Prints pages, several at once if called from several threads, each by a process of its own.

    Parameters
    ----------
    executable : Path
    seconds : float
        How long a page may take.
    """

    def __init__(self, executable: Path, *, seconds: float) -> None:
        self._executable = executable
        self._seconds = seconds
        self._running: set[subprocess.Popen] = set()
        self._closed = False
        self._lock = threading.Lock()

    def print_page(self, page: Path, pdf: Path) -> None:
        """Print an HTML page; the browser keeps its own files in the folder of the PDF.

        Raises
        ------
        BrowserError
            Where the browser takes too long, fails, or leaves no PDF. No process of it remains.
        """
        with self._started(page, pdf) as process:
            try:
                code = process.wait(self._seconds)
            except subprocess.TimeoutExpired:
                raise BrowserError(f"the browser took longer than {self._seconds:g} seconds") from None
        if code != 0:
            raise BrowserError(f"the browser {describe_end(code)}{_say_too_long(pdf.parent)}")
        if not pdf.is_file():
            raise BrowserError("the browser left no PDF")

    @contextmanager
    def _started(self, page: Path, pdf: Path) -> Iterator[subprocess.Popen]:
        own = pdf.parent
        command = [str(self._executable), *_OPTIONS, *_without_sandbox()]
        command += [f"--user-data-dir={own / 'profile'}", f"--print-to-pdf={pdf}", page.as_uri()]
        with self._lock:
            if self._closed:
                raise BrowserError("it was not printed any more")
            silent = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
            # A group of its own, so that Ctrl-C does not reach it and all of it can be ended; `open_scratch` ends
            # what has left the group, by the folder for temporary files.
            environment = os.environ | dict.fromkeys(("TMPDIR", _DUMPS), str(own))
            process = subprocess.Popen(command, **silent, cwd=own, env=environment, start_new_session=True)
            self._running.add(process)
        try:
            yield process
        finally:
            with self._lock:
                self._end(process)

    def close(self) -> None:
        """End every browser that runs, and start none any more."""
        with self._lock:
            self._closed = True
            for process in list(self._running):
                self._end(process)

    def _end(self, process: subprocess.Popen) -> None:
        kill_group(process.pid)
        process.wait()
        self._running.discard(process)


def _say_too_long(folder: Path) -> str:
    """Say that Chromium could not name its socket in a folder, in which case it aborts."""
    if len(os.fsencode(folder)) + len(_SOCKET) <= LONGEST_SOCKET:
        return ""
    return (
        ", the folder for temporary files having too long a name for it: name another by TMPDIR, such as TMPDIR=/tmp"
    )


def _without_sandbox() -> list[str]:
    """Return the option without which Chromium refuses to be started by root; the pages are our own."""
    return ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
