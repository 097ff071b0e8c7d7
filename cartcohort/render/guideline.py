"""The map from a reporting guideline (STROBE) to the places of a report that answer its items.

The items are data (`guideline.yaml`). A cell of a notebook names in its metadata those that its block answers:
`cartcohort: {answers: [13a, 13b]}`. A block that could only say what is lacking answers nothing.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from nbformat import NotebookNode

from cartcohort.errors import Problem, ReportError
from cartcohort.render.collect import FIGURE, TABLE, as_text

_FILE = Path(__file__).with_name("guideline.yaml")
_FINDING = re.compile(r'<p class="finding">[^<]*\d')

Place = tuple[str, str]
"""An anchor of a page, and what stands there in words."""
Pages = Sequence[tuple[str, str, Mapping[str, Sequence[Place]]]]
"""Name and title of each section, and the places of its page by item."""


@dataclass(frozen=True)
class Item:
    """An item of the guideline.

    Attributes
    ----------
    id, asks : str
        Its number, and what it asks for in short words.
    overview : str
        Anchor of the overview that answers it, where one does.
    missing : str
        What is said where no page answers it.
    note : str
        What is left to the authors where one does: it is answered in part.
    """

    id: str
    asks: str
    overview: str = ""
    missing: str = "Not in this report."
    note: str = ""


@dataclass(frozen=True)
class Guideline:
    """A reporting guideline: its name, what it is, the paper it comes from, and its items by part of a paper."""

    title: str
    about: str
    reference: str
    groups: Mapping[str, tuple[Item, ...]]

    @property
    def items(self) -> tuple[Item, ...]:
        """Return all items in order."""
        return tuple(item for items in self.groups.values() for item in items)


@functools.cache
def read_guideline() -> Guideline:
    """Read the guideline from the package."""
    content = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    groups = {group["title"]: tuple(Item(**item) for item in group["items"]) for group in content.pop("groups")}
    return Guideline(**content, groups=groups)


def find_answers(notebook: NotebookNode, anchors: Mapping[str, Place]) -> dict[str, list[Place]]:
    """Return the places of a page that answer items, by item.

    Parameters
    ----------
    notebook : NotebookNode
        Executed; every cell has an id.
    anchors : mapping of str to Place
        First heading of each Markdown cell, by cell id.

    Raises
    ------
    ReportError
        Where a cell names an item that the guideline does not have.
    """
    known = {item.id for item in read_guideline().items}
    found: dict[str, list[Place]] = {}
    for block in _blocks(notebook):
        names = block[0].metadata.get("cartcohort", {}).get("answers", ())
        for name in names:
            if name not in known:
                remedy = f"Items: {', '.join(sorted(known))}."
                raise ReportError(Problem(f"{read_guideline().title} has no item `{name}`.", "cell metadata", remedy))
            if _is_answered(block):
                found.setdefault(name, []).append(_place(block[0], anchors))
    return found


def map_answers(pages: Pages) -> list[dict[str, Any]]:
    """Return the map for the overview: each part's items with links; empty where no page answers any."""
    if not any(answers for _, _, answers in pages):
        return []
    return [_map_group(title, items, pages) for title, items in read_guideline().groups.items()]


def _map_group(title: str, items: Sequence[Item], pages: Pages) -> dict[str, Any]:
    rows = [{"item": item, "places": _places(item, pages)} for item in items]
    answered = [row["item"] for row in rows if row["places"]]
    return {
        "title": title,
        "items": rows,
        "n_whole": sum(not item.note for item in answered),
        "n_part": sum(bool(item.note) for item in answered),
    }


def _places(item: Item, pages: Pages) -> list[Place]:
    own = [(f"#{item.overview}", f"{item.overview.capitalize()} on this page")] if item.overview else []
    return own + [
        (f"{name}.html#{anchor}", f"{title}: {words}")
        for name, title, answers in pages
        for anchor, words in answers.get(item.id, ())
    ]


def _blocks(notebook: NotebookNode) -> Iterator[list[NotebookNode]]:
    """Give each cell that answers something with the code cells that follow it, up to the next that is no code."""
    for start, cell in enumerate(notebook.cells):
        stop = start + 1
        while cell.cell_type == "markdown" and stop < len(notebook.cells) and _is_code(notebook.cells[stop]):
            stop += 1
        yield notebook.cells[start:stop]


def _is_code(cell: NotebookNode) -> bool:
    return cell.cell_type == "code"


def _is_answered(block: Sequence[NotebookNode]) -> bool:
    """Tell whether a block shows an exhibit, or a sentence with a number; words alone answer by themselves.

    A sentence without a number says only that there is nothing to show.
    """
    shown = [output.get("data", {}) for cell in block if _is_code(cell) for output in cell.outputs]
    return not any(map(_is_code, block)) or any(
        TABLE in data or FIGURE in data or _FINDING.search(as_text(data.get("text/html", ""))) for data in shown
    )


def _place(cell: NotebookNode, anchors: Mapping[str, Place]) -> Place:
    """Return the heading of a block, else its first table, else the top of the page."""
    if cell.id in anchors:
        return anchors[cell.id]
    tables = [output.data[TABLE] for output in cell.get("outputs", ()) if TABLE in output.get("data", ())]
    return (f"table-{tables[0]['id']}", tables[0]["caption"]) if tables else ("main", "head of the page")
