"""The lock: what is installed, by name and version."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

LOCK = Path(__file__).resolve().parents[2] / "requirements.lock"
_PINNED = re.compile(r"^([\w.-]+)==([\w.!+-]+)(?: ; (.*?))? \\$", re.MULTILINE)


@dataclass(frozen=True)
class Pin:
    """A locked distribution: name, version, and where it is installed (an environment marker; empty everywhere)."""

    name: str
    version: str
    marker: str = ""


def read_lock(text: str | None = None) -> list[Pin]:
    """Return what is locked, in the order of the file."""
    text = LOCK.read_text(encoding="utf-8") if text is None else text
    return [Pin(name, version, marker or "") for name, version, marker in _PINNED.findall(text)]
