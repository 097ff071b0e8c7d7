"""Finding a browser, and printing with false ones: those that hang, die, or leave nothing."""

import os
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from cartcohort.errors import OutputError
from cartcohort.render.exports.browser import Browser, BrowserError, find_browser
from cartcohort.render.exports.make import check_tools, make_exports
from tests.unit.render.exports.browsers import DYING, EMPTY, HANGING, HELPFUL, write_browser

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the false browsers are shell scripts")


@pytest.fixture
def nowhere(tmp_path, monkeypatch):
    """A machine without any browser."""
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "playwright"))
    monkeypatch.setattr(sys, "platform", "linux")
    return tmp_path


def test_the_browser_that_the_environment_names_comes_first(nowhere, monkeypatch):
    write_browser(nowhere / "bin/chromium", HELPFUL)
    named = write_browser(nowhere / "mine", HELPFUL)
    assert find_browser() == nowhere / "bin/chromium"
    monkeypatch.setenv("CHROMIUM", str(named))
    assert find_browser() == named


def test_a_browser_named_but_not_there_is_an_error_rather_than_another_browser(nowhere, monkeypatch):
    write_browser(nowhere / "bin/chromium", HELPFUL)
    monkeypatch.setenv("CHROMIUM", "/none/such")
    with pytest.raises(OutputError, match="CHROMIUM names no program that can be started"):
        find_browser()


@pytest.mark.parametrize("name", ["google-chrome-stable", "msedge"])
def test_relatives_of_chromium_will_do(nowhere, name):
    browser = write_browser(nowhere / "bin" / name, HELPFUL)
    assert find_browser() == browser


def test_playwrights_own_browser_comes_last(nowhere):
    for version in ("chromium-1100", "chromium-1200"):
        write_browser(nowhere / "playwright" / version / "chrome-linux" / "chrome", HELPFUL)
    assert find_browser() == nowhere / "playwright/chromium-1200/chrome-linux/chrome"


def test_no_browser_is_an_error_that_says_what_was_looked_for_and_the_remedy(nowhere):
    with pytest.raises(OutputError, match="No browser was found") as raised:
        check_tools(["docx", "pdf"])
    assert "chromium-browser, google-chrome" in str(raised.value)
    assert "environment variable CHROMIUM" in str(raised.value)


def test_a_missing_library_is_an_error_that_says_so(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(OutputError, match="resvg_py is not installed, without which there is no --png"):
        check_tools(["png"])


def print_with(folder: Path, script: str, seconds: float = 20.0) -> None:
    folder.mkdir(exist_ok=True)
    page = folder / "page.html"
    page.write_text("<p>1</p>")
    Browser(write_browser(folder / "browser", script), seconds=seconds).print_page(page, folder / "page.pdf")


def test_a_browser_that_ends_where_it_could_not_name_its_socket_is_told_with_the_remedy(tmp_path):
    with pytest.raises(BrowserError, match=r"signal \d+, the folder for temporary files .*TMPDIR=/tmp"):
        print_with(tmp_path / (80 * "a"), DYING)


def test_a_browser_is_asked_for_a_pdf_with_an_outline_and_without_talking_to_anyone(tmp_path):
    print_with(tmp_path, HELPFUL)
    asked = (tmp_path / "asked").read_text().split("\n")
    for option in ("--headless", "--disable-background-networking", "--generate-pdf-document-outline"):
        assert option in asked
    assert f"--user-data-dir={tmp_path / 'profile'}" in asked
    assert (tmp_path / "page.html").as_uri() in asked
    assert ("--no-sandbox" in asked) == (os.geteuid() == 0)


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        (DYING, "the browser ended by signal 11"),
        ("exit 3", "the browser ended with exit code 3"),
        (EMPTY, "the browser left no PDF"),
        (HANGING, "the browser took longer than 1 seconds"),
    ],
)
def test_a_browser_that_fails_is_told_and_ended(tmp_path, script, reason):
    with pytest.raises(BrowserError, match=reason):
        print_with(tmp_path, script, seconds=1 if script == HANGING else 20)
    assert still_running(tmp_path / "pids") == []


def still_running(path: Path) -> list[int]:
    pids = [int(line) for line in path.read_text().split()] if path.exists() else []
    deadline = time.monotonic() + 5
    while any(map(is_alive, pids)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return list(filter(is_alive, pids))


def is_alive(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def test_closing_ends_what_is_being_printed_and_nothing_is_printed_afterwards(tmp_path):
    browser = Browser(write_browser(tmp_path / "browser", HANGING), seconds=60)
    said = []

    def attempt():
        try:
            browser.print_page(tmp_path / "page.html", tmp_path / "page.pdf")
        except BrowserError as error:
            said.append(str(error))

    thread = threading.Thread(target=attempt)
    thread.start()
    while not (tmp_path / "pids").exists():
        time.sleep(0.02)
    browser.close()
    thread.join(10)
    attempt()
    assert said == ["the browser ended by signal 9 (often for lack of memory)", "it was not printed any more"]
    assert still_running(tmp_path / "pids") == []


def test_each_page_that_cannot_be_printed_is_named_and_the_others_are_printed(tmp_path, monkeypatch):
    script = 'case "$*" in */1/page.html*) exit 1;; esac\n' + HELPFUL
    monkeypatch.setenv("CHROMIUM", str(write_browser(tmp_path / "browser", script)))
    sources = {}
    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.html").write_text("<p>1</p>")
        sources[f"{name}.pdf"] = f"{name}.html"
    failures = make_exports(sources, tmp_path, pages=(), jobs=2)
    assert failures == {"b.pdf": "the browser ended with exit code 1"}
    assert sorted(path.name for path in tmp_path.glob("*.pdf")) == ["a.pdf", "c.pdf"]


def test_a_pdf_that_ends_early_is_none(tmp_path, monkeypatch):
    monkeypatch.setenv("CHROMIUM", str(write_browser(tmp_path / "browser", HELPFUL.replace("%%%%EOF", ""))))
    (tmp_path / "a.html").write_text("<p>1</p>")
    failures = make_exports({"a.pdf": "a.html"}, tmp_path, pages=(), jobs=1)
    assert failures == {"a.pdf": "what the browser left is no whole PDF"}


def test_a_drawing_or_document_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "a.svg").write_text("no drawing")
    (tmp_path / "a.ipynb").write_text("{")
    failures = make_exports({"a.png": "a.svg", "a.docx": "a.ipynb", "b.png": "none.svg"}, tmp_path, pages=(), jobs=1)
    assert list(failures) == ["a.png", "a.docx", "b.png"]
    assert failures["a.png"].startswith("ValueError: ")
    assert failures["b.png"] == "No such file or directory"
