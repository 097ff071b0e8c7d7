"""Pages of a real run printed by a real browser: tagged, with an outline, and the same wherever they are printed."""

import os
import re
import shutil
import subprocess

import pytest

from cartcohort.render.exports.make import make_exports
from cartcohort.render.publish import INDEX
from tests.browser.conftest import CHROMIUM

SECTIONS = ["efficacy", "survival", "risk_factors", "safety", "relapse"]
PAGES = [INDEX, *(f"{name}.html" for name in SECTIONS)]


@pytest.fixture(scope="module")
def printed(runs, tmp_path_factory):
    """Folders in which a run's overview and two of its pages were printed, one with a longer name than the other."""
    folders = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CHROMIUM", CHROMIUM)
        for name in ("a", "a-folder-of-patients"):
            folder = tmp_path_factory.mktemp(name)
            for page in PAGES:
                shutil.copy(runs["car1922"] / page, folder)
            sources = {f"{one}.pdf": f"{one}.html" for one in ("index", "survival", "safety")}
            assert make_exports(sources, folder, pages=PAGES, jobs=2) == {}
            folders.append(folder)
    return folders


every_page = pytest.mark.parametrize("name", ["index", "survival", "safety"])


@every_page
def test_a_pdf_is_the_same_in_another_folder_at_another_time(printed, name):
    first, second = ((folder / f"{name}.pdf").read_bytes() for folder in printed)
    assert first == second


@every_page
def test_a_pdf_holds_neither_clock_nor_path_nor_machine(printed, name):
    content = (printed[0] / f"{name}.pdf").read_bytes()
    for word in (b"Date", b"file:", b"/tmp", b"cart-reports:", b"Linux", b"Mozilla"):
        assert word not in content, word


@every_page
def test_a_pdf_is_tagged_has_an_outline_and_pages_of_a4(printed, name):
    content = (printed[0] / f"{name}.pdf").read_bytes()
    assert b"/MarkInfo" in content and b"/StructTreeRoot" in content and b"/Lang" in content
    assert b"/Outlines" in content
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", content)
    assert boxes and {(round(float(width)), round(float(height))) for width, height in boxes} == {(595, 842)}


def test_links_lead_to_the_files_beside(printed):
    links = re.findall(rb"/URI \(([^)]*)\)", (printed[0] / "index.pdf").read_bytes())
    assert b"survival.pdf" in links
    assert {link for link in links if b":" in link} == set()


@pytest.mark.skipif(
    shutil.which("pdftotext") is None and os.environ.get("CI") != "true", reason="poppler is not installed"
)
def test_words_of_the_page_are_in_the_pdf(printed):
    command = ["pdftotext", "-layout", printed[0] / "survival.pdf", "-"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "SYNTHETIC DATA" in text
    assert "Figure 1." in text and "Median overall survival" in text


def test_a_browser_leaves_nothing_of_its_own_in_the_users_folder(runs, tmp_path, monkeypatch):
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("CHROMIUM", CHROMIUM)
    monkeypatch.setenv("HOME", str(home))
    for name in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "BREAKPAD_DUMP_LOCATION"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "run"
    folder.mkdir()
    shutil.copy(runs["car1922"] / "index.html", folder)
    assert make_exports({"index.pdf": "index.html"}, folder, pages=["index.html"], jobs=1) == {}
    assert [path for path in home.rglob("*") if "hromium" in path.name] == []
