"""Making exports from the files of a run: pages by browsers, all else in processes beside this one."""

from __future__ import annotations

import importlib.util
from collections.abc import Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from cartcohort.errors import OutputError, Problem
from cartcohort.render.apart import map_apart
from cartcohort.render.exports.browser import Browser, BrowserError, find_browser
from cartcohort.render.exports.pdf import print_pdf
from cartcohort.render.folder import open_scratch
from cartcohort.render.processes import ENDING, ignore_interrupts

_SECONDS = 120.0
_LIBRARIES = {"docx": ("docx", "resvg_py"), "png": ("resvg_py",)}


def check_tools(kinds: Iterable[str]) -> None:
    """Check that what makes these kinds of exports is there.

    Raises
    ------
    OutputError
        Where a browser or a library is missing.
    """
    for kind in kinds:
        if kind == "pdf":
            find_browser()
        missing = [name for name in _LIBRARIES.get(kind, ()) if importlib.util.find_spec(name) is None]
        if missing:
            what = f"The library {missing[0]} is not installed, without which there is no --{kind}."
            raise OutputError(Problem(what, remedy="Run `make env` once, or install what pyproject.toml names."))


def make_exports(
    sources: Mapping[str, str], folder: Path, *, pages: Iterable[str], jobs: int, seconds: float | None = None
) -> dict[str, str]:
    """Make exports.

    Parameters
    ----------
    sources : mapping of str to str
        What each is made from, by its own path inside the folder.
    folder : Path
        Holds the sources and gets the exports.
    pages : iterable of str
        The HTML files whose links to each other become links between PDFs.
    jobs : int
        How many to make at once.
    seconds : float, optional
        How long a browser may take over a page.

    Returns
    -------
    dict of str to str
        Why those that could not be made were not, by path.
    """
    printed = {name: source for name, source in sources.items() if name.endswith(".pdf")}
    drawn = {name: source for name, source in sources.items() if name not in printed}
    failures = _print_pages(printed, folder, set(pages), jobs, seconds or _SECONDS) if printed else {}
    return failures | (_draw(drawn, folder, jobs) if drawn else {})


def print_beside(page: Path) -> str:
    """Print one page as a PDF of its name beside it; returns why it cannot be printed, if so."""
    name = f"{page.stem}.pdf"
    return make_exports({name: page.name}, page.parent, pages=(), jobs=1).get(name, "")


def _print_pages(
    sources: Mapping[str, str], folder: Path, pages: set[str], jobs: int, seconds: float
) -> dict[str, str]:
    with open_scratch() as scratch:
        browser, pool = Browser(find_browser(), seconds=seconds), ThreadPoolExecutor(jobs)
        calls = [
            (browser, folder / source, folder / name, pages, scratch / str(number))
            for number, (name, source) in enumerate(sources.items())
        ]
        try:
            with ignore_interrupts(ENDING):  # else a thread would hear what this one holds back below
                calls = [pool.submit(_print_one, *call) for call in calls]
            said = [call.result() for call in calls]
        finally:
            with ignore_interrupts(ENDING):
                browser.close()
                pool.shutdown(cancel_futures=True)
    return {name: reason for name, reason in zip(sources, said, strict=True) if reason}


def _print_one(browser: Browser, page: Path, pdf: Path, pages: Collection[str], scratch: Path) -> str:
    try:
        scratch.mkdir()
        print_pdf(browser, page, pdf, pages=pages, scratch=scratch)
    except BrowserError as error:
        return str(error)
    except OSError as error:
        return error.strerror or str(error)
    return ""


def _draw(sources: Mapping[str, str], folder: Path, jobs: int) -> dict[str, str]:
    calls = [(folder / source, folder / name) for name, source in sources.items()]
    try:
        said = map_apart(make_one, calls, jobs=jobs)
    except OSError as error:
        said = [error.strerror or str(error)] * len(calls)
    return {name: reason for name, reason in zip(sources, said, strict=True) if reason}


def make_one(source: Path, target: Path) -> str:
    """Make a Word document from an executed notebook, or a PNG from an SVG; returns why it cannot be made, if so."""
    try:
        target.write_bytes(_make(source, target.suffix))
    except OSError as error:
        return error.strerror or str(error)
    except Exception as error:  # a notebook may hand over anything, and the others are made all the same
        return f"{type(error).__name__}: {error}"
    return ""


def _make(source: Path, suffix: str) -> bytes:
    if suffix == ".png":
        from cartcohort.render.exports.png import draw_png

        return draw_png(source.read_text(encoding="utf-8"))
    from cartcohort.render.exports.word import write_document

    return write_document(source)
