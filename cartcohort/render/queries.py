"""The query list: what was found in a study, one line a row and finding, for whoever keeps the data.

It names files, rows and columns, never what a cell holds.
"""

from __future__ import annotations

import functools
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cartcohort.errors import OutputError, Problem
from cartcohort.render.assets import PAGE_TEMPLATES, read_assets
from cartcohort.render.direction import isolate_names
from cartcohort.render.folder import real_path
from cartcohort.spreadsheet import write_csv

TABLE, PAGE = "queries.csv", "queries.html"
HEADER = ("number", "severity", "file", "row", "column", "finding", "remedy", "answer")
_LINE = re.compile(r"(?P<file>.*): (?P<row>line \d+)")
_NAME = re.compile("`([^`]+)`")
_MOST_ROWS = 200
"""Rows of one finding that the page lists; the table lists all."""


@dataclass(frozen=True)
class Finding:
    """One finding with its rows, numbered on through the list."""

    severity: str
    file: str
    rows: Sequence[int | str]
    columns: str
    what: str
    remedy: str
    first: int

    @property
    def lines(self) -> Sequence[tuple[int, int | str]]:
        """Return the number and the row of each line."""
        return list(enumerate(self.rows, self.first))


def write_queries(
    folder: Path,
    *,
    title: str,
    problems: Mapping[str, Sequence[Problem]],
    synthetic: bool = False,
    show: Callable[[str], str] = str,
) -> int:
    """Write `queries.csv` and `queries.html` into a folder, whole or not at all; return how many lines there are.

    Parameters
    ----------
    folder : Path
        Made where it is not there.
    title : str
        Of the study.
    problems : mapping of str to sequence of Problem
        By severity; a `where` with `file`, `rows` and `columns` gives one line a row.
    synthetic : bool
        Whether the data are made up, which the page then says.
    show : callable
        Turns the name of a temporary folder into that of the place it stands for.

    Raises
    ------
    OutputError
        Where the folder cannot be written.
    """
    findings = list(_number(problems, show))
    header = {"title": title, "synthetic": synthetic}
    # The mark at the start tells spreadsheets that the text is UTF-8.
    texts = {TABLE: "\ufeff" + write_csv(HEADER, _lines(findings)), PAGE: _render(findings, header)}
    try:
        _replace(folder, texts)
    except OSError as error:
        where = f"{folder}: {error.strerror or error}."
        remedy = "Name another folder by --queries, or make room or give the right to write there."
        raise OutputError(Problem("The query list cannot be written.", where, remedy)) from error
    return sum(len(finding.rows) for finding in findings)


def refuse_inside(folder: Path, study: Path) -> None:
    """Refuse a folder inside the study's own: the list would be taken for a part of the study.

    Raises
    ------
    OutputError
        With the remedy.
    """
    if real_path(folder).is_relative_to(real_path(study)):
        what = "The query list would be written into the study's own folder."
        raise OutputError(Problem(what, str(folder), "Name another folder by --queries."))


def _number(problems: Mapping[str, Sequence[Problem]], show: Callable[[str], str]) -> Iterator[Finding]:
    first = 1
    for severity, group in problems.items():
        for problem in group:
            where, columns = show(str(getattr(problem.where, "file", problem.where))), ""
            rows: Sequence[int | str] = getattr(problem.where, "rows", ()) or ("",)
            columns = ", ".join(getattr(problem.where, "columns", ()))
            if line := _LINE.fullmatch(where):
                where, rows = line["file"], (line["row"],)
            yield Finding(severity, where, rows, columns, problem.what, problem.remedy, first)
            first += len(rows)


def _lines(findings: Sequence[Finding]) -> Iterator[tuple[object, ...]]:
    for one in findings:
        for number, row in one.lines:
            yield number, one.severity, one.file, row, one.columns, one.what, one.remedy, ""


def _render(findings: Sequence[Finding], header: Mapping[str, Any]) -> str:
    page = _template().render(
        assets=read_assets(of_section=False),
        page=header,
        findings=findings,
        n_lines=sum(len(finding.rows) for finding in findings),
        most=_MOST_ROWS,
        table=TABLE,
    )
    return isolate_names(page)


@functools.cache
def _template() -> Any:
    # Imported here: a study is mostly checked without a list.
    from jinja2 import Environment, FileSystemLoader

    environment = Environment(loader=FileSystemLoader(PAGE_TEMPLATES), autoescape=True, trim_blocks=True)
    environment.filters["coded"] = _mark_names
    return environment.get_template("queries.html.j2")


def _mark_names(text: str) -> Any:
    """Return a text as HTML, what stands between backticks as code."""
    from markupsafe import Markup, escape

    return Markup(_NAME.sub(r"<code>\1</code>", str(escape(text))))


def _replace(folder: Path, texts: Mapping[str, str]) -> None:
    """Write the texts beside their places first, so that a reader never meets half a file."""
    folder.mkdir(parents=True, exist_ok=True)
    blocked = [name for name in texts if (folder / name).is_dir()]
    if blocked:
        raise OSError(None, f"{blocked[0]} is a folder, and a file is to be written there")
    staging = Path(tempfile.mkdtemp(prefix=".queries-", dir=folder))
    try:
        for name, text in texts.items():
            (staging / name).write_text(text, encoding="utf-8", newline="\n")
        for name in texts:
            (staging / name).replace(folder / name)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
