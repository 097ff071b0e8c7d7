"""The Markdown cells of a notebook as HTML, with a table of contents made from their headings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import Any

from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode

_TAG = re.compile(r"<[^>]+>")
_TAKEN = ("main", "code-switch")  # ids of the page's own frame


@dataclass(frozen=True)
class Heading:
    """A heading of the page: its level, words and anchor."""

    level: int
    text: str
    id: str


@dataclass(frozen=True)
class Prose:
    """The Markdown cells as HTML by cell id, and the headings of all of them in order."""

    html: dict[str, str]
    contents: tuple[Heading, ...]


def render_prose(notebook: NotebookNode) -> Prose:
    """Render the Markdown cells of a notebook.

    The page has its title from the notebook's metadata, so the notebook's first heading of level 1 is left out, and
    a further one becomes level 2. Every heading gets an id that is unique on the page.
    """
    renderer = _Renderer()
    html = {
        cell.id: MarkdownWithMath(renderer=renderer).render(cell.source)
        for cell in notebook.cells
        if cell.cell_type == "markdown"
    }
    return Prose(html, tuple(renderer.headings))


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
        heading = Heading(max(level, 2), words, self._unique_id(words))
        self.headings.append(heading)
        return f'<h{heading.level} id="{heading.id}">{text}</h{heading.level}>\n'

    def _unique_id(self, words: str) -> str:
        base = re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-") or "part"
        name, number = base, 2
        while name in self._ids:
            name, number = f"{base}-{number}", number + 1
        self._ids.add(name)
        return name
