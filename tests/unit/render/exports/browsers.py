"""False browsers: shell scripts that are called like Chromium."""

from __future__ import annotations

from pathlib import Path

HELPFUL = """for word; do case $word in
  --print-to-pdf=*) printf '%%PDF-1.4\\nprinted\\n%%%%EOF\\n' > "${word#*=}"; printf '%s\\n' "$@" > "$TMPDIR/asked";;
esac; done"""
EMPTY = "exit 0"
DYING = "kill -SEGV $$"
HANGING = """sleep 600 &
printf '%s %s\\n' $$ $! > "$(dirname "$0")/pids"
wait"""
"""Tells in the file `pids` beside itself which processes must be gone in the end."""


def write_browser(path: Path, script: str) -> Path:
    """Write a shell script that may be started, and return where it is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return path
