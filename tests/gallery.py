"""The pictures of the README: the top of each page of the default study, and a record of what was on it.

`python -m tests.gallery` takes them anew (`make pictures`). A test compares the record with the pages as they are
now: their style, and the words and marks down to the first figure's end. Geometry is left out, since its last digits
may differ between machines, and so is the code, which is hidden.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from cartcohort.render.notebook import discover_sections
from cartcohort.render.plan import Request
from cartcohort.render.runner import run_suite
from tests.browser.conftest import CHROMIUM, ROOT

PICTURES = ROOT / "docs"
RECORD = PICTURES / "pictures.json"
SECTIONS = [section.name for section in discover_sections(ROOT / "notebooks")]
VIEW = {"width": 1280, "height": 1500}
_COLOURS = 48  # enough for a page, and a third of the bytes
_UNSEEN = re.compile(r'<div class="code".*?</div>', re.DOTALL)
_GEOMETRY = re.compile(r' (?:d|x|y|points|transform|viewBox|data-panels|style)="[^"]*"')


def digest_page(page: str) -> str:
    """Return the SHA-256 of what a picture of a page depends on."""
    style = "".join(re.findall(r"<style>.*?</style>", page, re.DOTALL))
    shown = page[page.index("<body>") : page.index("</figure>")]
    return hashlib.sha256((style + _GEOMETRY.sub("", _UNSEEN.sub("", shown))).encode()).hexdigest()


def digest_run(folder: Path) -> dict[str, str]:
    """Return the digest of each section's page of a run."""
    return {name: digest_page((folder / f"{name}.html").read_text(encoding="utf-8")) for name in SECTIONS}


def take_pictures() -> None:
    """Run the default study and take a picture of the top of each page."""
    with tempfile.TemporaryDirectory() as folder:
        request = Request(study=ROOT / "data/car1922", notebooks=ROOT / "notebooks", output=Path(folder))
        run_suite(request)
        _photograph(request.run_folder)
        RECORD.write_text(json.dumps(digest_run(request.run_folder), indent=2) + "\n", encoding="utf-8")


def _photograph(folder: Path) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport=VIEW, color_scheme="light")
        for name in SECTIONS:
            page.goto((folder / f"{name}.html").as_uri())
            picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
            picture.quantize(_COLOURS, dither=Image.Dither.NONE).save(PICTURES / f"{name}.png", optimize=True)
        browser.close()


if __name__ == "__main__":
    take_pictures()
