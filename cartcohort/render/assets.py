"""The style and the script of every page, and the templates, as they lie in the package."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path

TEMPLATES = Path(__file__).parent / "templates"
PAGE_TEMPLATES = TEMPLATES / "cartreport"


_SECTION = ("page", "rerun"), ("save", "page", "figures", "rerun")
_OVERVIEW = ("page", "overview"), ("save", "page", "figures")
_LAST = "print"


@dataclass(frozen=True)
class Assets:
    """What is put into each page: its style, its script, and the hash that permits this script and no other."""

    style: str
    script: str
    script_hash: str


def read_assets(*, of_section: bool) -> Assets:
    """Read style and script of the page of a section, or of any other page, from the package."""
    styles, scripts = _SECTION if of_section else _OVERVIEW
    style = "\n".join(_read(f"{name}.css") for name in (*styles, _LAST))
    script = "\n".join(_read(f"{name}.js") for name in scripts)
    digest = hashlib.sha256(script.encode()).digest()
    return Assets(style, script, base64.b64encode(digest).decode())


def _read(name: str) -> str:
    """Return a file without indentation, blank lines and lines that are comments, which are a sixth of it."""
    lines = [line.strip() for line in (PAGE_TEMPLATES / name).read_text(encoding="utf-8").splitlines()]
    return "\n".join(line for line in lines if line and not line.startswith(("//", "/*")))
