"""The Markdown cells of a notebook as HTML, with a table of contents made from their headings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import Any

from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode

from cartcohort.render.collect import TABLE

_TAG = re.compile(r"<[^>]+>")
_TAKEN = ("main", "code-switch", "about-this-report", "rerun")  # ids of the page's own frame


@dataclass(frozen=True)
class Heading:
    """A heading of the page: its level, words and anchor."""

    level: int
    text: str
    id: str


@dataclass(frozen=True)
class Prose:
    """The words of a page.

    Attributes
    ----------
    html : dict of str to str
        The Markdown cells as HTML, by cell id.
    exhibits : dict of str to Heading
        Headings of the tables that stand for themselves at the end of the page, by table id.
    contents : tuple of Heading
        All headings in order.
    anchors : dict of str to (str, str)
        Id and words of the first heading of each Markdown cell that has one, by cell id.
    """

    html: dict[str, str]
    exhibits: dict[str, Heading]
    contents: tuple[Heading, ...]
    anchors: dict[str, tuple[str, str]]


def render_prose(notebook: NotebookNode, *, question: str = "") -> Prose:
    """Render the Markdown cells of a notebook.

    The page has its title and its question from the notebook's metadata, so the notebook's first heading of level 1
    is left out, and a first paragraph that is the question; a further heading of level 1 becomes level 2. Every
    heading gets an id that is unique on the page. The tables of a cell tagged `about` (published figures,
    parameters) have no Markdown before them: their captions become headings.
    """
    renderer, html, exhibits, anchors = _Renderer(), {}, {}, {}
    asked = f"\n\n{question}\n\n"
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            renderer.attachments = cell.get("attachments", {})  # pictures that were pasted into the cell
            before = len(renderer.headings)
            html[cell.id] = MarkdownWithMath(renderer=renderer).render(cell.source.replace(asked, "\n\n", 1))
            if len(renderer.headings) > before:
                first = renderer.headings[before]
                anchors[cell.id] = (first.id, first.text)
        elif "about" in cell.metadata.get("tags", ()):
            tables = [output.data[TABLE] for output in cell.outputs if TABLE in output.get("data", ())]
            exhibits |= {table["id"]: renderer.add(2, table["caption"]) for table in tables}
    return Prose(html, exhibits, tuple(renderer.headings), anchors)


class _Renderer(IPythonRenderer):
    """nbconvert's Markdown renderer with our headings."""

    def __init__(self) -> None:
        super().__init__(escape=False)
        self.headings: list[Heading] = []
        self._ids = set(_TAKEN)
        self._title_seen = False

    def heading(self, text: str, level: int, **attrs: Any) -> str:
        """Return a heading with an id of its own."""
        if level == 1 and not self._title_seen:
            self._title_seen = True
            return ""
        words = unescape(_TAG.sub("", text)).strip()
        heading = self.add(max(level, 2), words)
        return f'<h{heading.level} id="{heading.id}">{text}</h{heading.level}>\n'

    def add(self, level: int, words: str) -> Heading:
        """Enter a heading into the contents."""
        heading = Heading(level, words, self._unique_id(words))
        self.headings.append(heading)
        return heading

    def _unique_id(self, words: str) -> str:
        base = re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-") or "part"
        name, number = base, 2
        while name in self._ids:
            name, number = f"{base}-{number}", number + 1
        self._ids.add(name)
        return name
