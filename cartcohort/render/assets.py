"""The style and the script of every page, and the templates, as they lie in the package."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path

TEMPLATES = Path(__file__).parent / "templates"
PAGE_TEMPLATES = TEMPLATES / "cartreport"


@dataclass(frozen=True)
class Assets:
    """What is put into each page: its style, its script, and the hash that permits this script and no other."""

    style: str
    script: str
    script_hash: str


def read_assets() -> Assets:
    """Read style and script from the package."""
    style, script = (
        "".join((PAGE_TEMPLATES / f"{name}.{kind}").read_text(encoding="utf-8") for name in ("page", "rerun"))
        for kind in ("css", "js")
    )
    digest = hashlib.sha256(script.encode()).digest()
    return Assets(style, script, base64.b64encode(digest).decode())
