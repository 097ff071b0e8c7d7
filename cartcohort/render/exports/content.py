"""What a section's Word document holds, in the order of its page: read from the executed notebook."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lxml import html as parser

from cartcohort.harmless import show_ordering
from cartcohort.render.collect import FIGURE, PAGE, SUMMARY, SVG, TABLE, as_text, collect

_HEADING = re.compile(r"^(#{1,6})\s+(.+?)\s*#*$")
_FENCE = re.compile(r"^\s*(```|~~~)")
_MARKUP = re.compile(r"\[([^\]]*)\]\([^)]*\)|[*_`]{1,2}(\S(?:[^*_`]*\S)?)[*_`]{1,2}")
_SENTENCES = ("finding", "notice")
_CONTROL = re.compile(r"(?<!\\)((?:\\\\)*)\\(?:u00(?:0[0-8bcef]|1[0-9a-f])|[bf])")  # as JSON writes them


@dataclass(frozen=True)
class Heading:
    """A heading of the page, of level 2 or more."""

    level: int
    text: str


@dataclass(frozen=True)
class Sentences:
    """What the page says in words of a result."""

    text: str


@dataclass(frozen=True)
class Table:
    """A table as the page shows it: caption and HTML; `numbered` as most are, or under a heading of its own."""

    caption: str
    html: str
    numbered: bool


@dataclass(frozen=True)
class Figure:
    """A figure: title, drawing, description in words, and the note beneath it."""

    title: str
    svg: str
    description: str
    note: str


@dataclass(frozen=True)
class Content:
    """The content of a document.

    Attributes
    ----------
    title, question : str
        Of the section.
    page, summary : mapping
        Fields of the page's head, and its key results with the paragraph.
    blocks : list
        Headings, sentences, tables and figures.
    """

    title: str
    question: str
    page: Mapping[str, Any]
    summary: Mapping[str, Any]
    blocks: list[Heading | Sentences | Table | Figure] = field(default_factory=list)


def read_content(path: Path) -> Content:
    """Read an executed notebook."""
    text = _CONTROL.sub(r"\1", path.read_text(encoding="utf-8"))  # XML bears no control characters
    notebook = json.loads(show_ordering(text, backslash=r"\\"))
    section = notebook.get("metadata", {}).get("cartcohort", {})
    collected = collect(notebook, path.stem)
    blocks = [block for cell in notebook["cells"] for block in _read_cell(cell)]
    title = section.get("title") or path.stem
    return Content(title, section.get("question", ""), collected.page, collected.summary, _drop_idle(blocks))


def _read_cell(cell: Mapping[str, Any]) -> Iterator[Heading | Sentences | Table | Figure]:
    if cell["cell_type"] == "markdown":
        yield from _read_headings(as_text(cell["source"]))
        return
    about = "about" in cell.get("metadata", {}).get("tags", ())
    for output in cell.get("outputs", ()):
        yield from _read_bundle(output.get("data", {}), about=about)


def _read_headings(text: str) -> Iterator[Heading]:
    """Find the headings of a Markdown cell; its first of level 1 is the page's title, which stands at the top."""
    fenced = False
    for line in text.splitlines():
        fenced ^= bool(_FENCE.match(line))
        found = _HEADING.match(line)
        if found and not fenced and len(found[1]) > 1:
            yield Heading(len(found[1]), _MARKUP.sub(lambda m: m[1] or m[2] or "", found[2]))


def _read_bundle(bundle: Mapping[str, Any], *, about: bool) -> Iterator[Heading | Sentences | Table | Figure]:
    if TABLE in bundle:
        caption = bundle[TABLE]["caption"]
        if about:
            yield Heading(2, caption)
        yield Table(caption, as_text(bundle["text/html"]), numbered=not about)
    elif FIGURE in bundle:
        figure = bundle[FIGURE]
        parts = (figure.get(name) or "" for name in ("description", "note"))
        yield Figure(figure["title"], as_text(bundle[SVG]), *parts)
    elif "text/html" in bundle and PAGE not in bundle and SUMMARY not in bundle:
        wanted = _SENTENCES[:1] if about else _SENTENCES  # that the study names no published figure is no finding
        for element in parser.fragments_fromstring(as_text(bundle["text/html"]), no_leading_text=True):
            if element.tag == "p" and element.get("class") in wanted:
                yield Sentences(" ".join(element.text_content().split()))


def _drop_idle(blocks: list) -> list:
    """Leave out headings with nothing beneath them, such as that of the methods, which a manuscript words itself."""
    kept = []
    for block in reversed(blocks):
        under = kept[-1] if kept else Heading(0, "")
        if not (isinstance(block, Heading) and isinstance(under, Heading) and under.level <= block.level):
            kept.append(block)
    return kept[::-1]
