"""A table of a page, read from its HTML: rows of cells, each of pieces of text with their looks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import html as parser
from lxml.html import HtmlElement

_LEVEL = re.compile(r"level-(\d+)")
_PAD = re.compile(r"pad-(\d+)")


@dataclass(frozen=True)
class Run:
    """A piece of text with its looks; before a `whole` one a line may end, but not within it."""

    text: str
    bold: bool = False
    raised: bool = False
    whole: bool = False


@dataclass(frozen=True)
class Cell:
    """A cell: its pieces of text, and how far it is moved to the right, in levels and in digits."""

    runs: tuple[Run, ...]
    span: int = 1
    level: int = 0
    pad: int = 0

    @property
    def text(self) -> str:
        """Return the text alone; a line may be broken in it."""
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True)
class Grid:
    """A table as it was read: rows of the head, rows of the body, those of them that head a group, and notes."""

    head: tuple[tuple[Cell, ...], ...]
    body: tuple[tuple[Cell, ...], ...]
    groups: frozenset[int]
    notes: tuple[tuple[Run, ...], ...]

    @property
    def n_columns(self) -> int:
        """Return the number of columns of the widest row."""
        return max(sum(cell.span for cell in row) for row in (*self.head, *self.body))


def read_table(html: str) -> Grid:
    """Read a table and the notes beneath it."""
    root = parser.fragment_fromstring(html, create_parent="div")
    rows = root.findall(".//tr")
    head = tuple(_read_row(row) for row in rows if row.getparent().tag == "thead")
    body = [row for row in rows if row.getparent().tag != "thead"]
    groups = frozenset(number for number, row in enumerate(body) if row.find("th[@scope='rowgroup']") is not None)
    notes = tuple(tuple(_read_runs(note, Run(""))) for note in root.iter("p"))
    return Grid(head, tuple(_read_row(row) for row in body), groups, notes)


def _read_row(row: HtmlElement) -> tuple[Cell, ...]:
    return tuple(_read_cell(cell) for cell in row if cell.tag in ("th", "td"))


def _read_cell(cell: HtmlElement) -> Cell:
    level = _LEVEL.search(cell.get("class", ""))
    pad = next((found for span in cell.iter("span") if (found := _PAD.search(span.get("class", "")))), None)
    runs = tuple(_read_runs(cell, Run("")))
    return Cell(runs, int(cell.get("colspan", 1)), int(level[1]) if level else 0, int(pad[1]) if pad else 0)


def _read_runs(element: HtmlElement, looks: Run) -> Iterator[Run]:
    """Take an element's text apart into pieces, which look as those around them unless the marks say otherwise."""
    if element.text:
        yield Run(element.text, looks.bold, looks.raised, looks.whole)
    for child in element:
        if child.tag == "br":
            yield Run("\n", looks.bold, looks.raised)
        else:
            bold = looks.bold or child.tag in ("strong", "b")
            whole = looks.whole or (child.tag == "span" and not child.get("class"))
            yield from _read_runs(child, Run("", bold, looks.raised or child.tag == "sup", whole))
        if child.tail:
            yield Run(child.tail, looks.bold, looks.raised, looks.whole)
