"""Tables of what moved, written tightly: a page may hold two thousand rows.

Ends of rows and cells, and quotes around plain attributes, are left out as HTML allows; they would be a fifth of the
page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape

from cartcohort.present.comparison.readings import Reading, arrow

_WHOLE_PART = re.compile(r"[<>×+−]*[\d\u202f]+")
_CELLS = {
    "Events/N": lambda reading: arrow(reading.counts),
    "A": lambda reading: reading.values[0],
    "B": lambda reading: reading.values[1],
    "Change": lambda reading: reading.change,
    "Shift": lambda reading: reading.shift,
    "p": lambda reading: "; ".join(filter(None, (arrow(reading.p), reading.adjusted))),
}
_ALIGNED = ("A", "B", "Change", "Shift")


def write_table(caption: str, head: Sequence[str], body: str, *, style: str = "", hidden: bool = False) -> str:
    """Return a table that scrolls inside itself.

    Parameters
    ----------
    caption : str
    head : sequence of str
        Headings of the columns.
    body : str
        Its `<tbody>` elements, escaped.
    style : str
        Class of its own.
    hidden : bool
        Whether the caption is for screen readers alone, since a heading before the table says it.
    """
    words = f"<span{' class=unseen' if hidden else ''}>{escape(caption)}</span>"
    columns = "".join(f"<th scope=col>{escape(name)}</th>" if name else "<td></td>" for name in head)
    return (
        f'<div class="table-scroll {style}" role="group" aria-label="{escape(caption)}" tabindex="0">'
        f'<table class="data"><caption>{words}</caption><thead><tr>{columns}</tr></thead>{body}</table></div>'
    )


def write_moves(
    caption: str, groups: Mapping[str, Sequence[Reading]], *, names: Mapping[str, str] | None = None
) -> str:
    """Return the table of moved results.

    Parameters
    ----------
    caption : str
    groups : mapping of str to sequence of Reading
        By the heading above them; one without words has none.
    names : mapping of str to str, optional
        What is to be said besides the label, by the result's id.
    """
    readings = [reading for group in groups.values() for reading in group]
    columns = [name for name, text in _CELLS.items() if any(text(reading) for reading in readings)]
    texts = {reading.id: [_CELLS[name](reading) for name in columns] for reading in readings}
    widths = [_widest(texts.values(), place) if name in _ALIGNED else 0 for place, name in enumerate(columns)]
    parts = []
    for heading, group in groups.items():
        parts.append("<tbody>")
        if heading:
            parts.append(f"<tr><th scope=rowgroup colspan={len(columns) + 1}>{escape(heading)}")
        for reading in group:
            cells = _cells(reading, texts[reading.id], columns, widths)
            parts.append(f"<tr>{_label(reading, (names or {}).get(reading.id, ''))}{cells}")
        parts.append("</tbody>")
    return write_table(caption, ["Result", *columns], "".join(parts), style="moves", hidden=True)


def write_rows(rows: Iterable[Sequence[str]]) -> str:
    """Return rows of plain text as one `<tbody>`; the first cell of each heads it."""
    written = [
        f"<tr><th scope=row>{escape(first)}{''.join(f'<td>{escape(cell)}' for cell in others)}"
        for first, *others in rows
    ]
    return f"<tbody>{''.join(written)}</tbody>"


def _label(reading: Reading, besides: str) -> str:
    notes = ", ".join(filter(None, (reading.unit, besides)))
    return f"<th scope=row>{escape(reading.label)}{f' <i>{escape(notes)}</i>' if notes else ''}"


def _cells(reading: Reading, texts: Sequence[str], columns: Sequence[str], widths: Sequence[int]) -> str:
    written = []
    for text, name, width in zip(texts, columns, widths, strict=True):
        pad = width - _whole_digits(text) if text else 0
        content = f"<b>{escape(text)}</b>" if name == "B" and reading.outside else escape(text)
        written.append(f"<td class=pad-{min(pad, 8)}>{content}" if pad > 0 else f"<td>{content}")
    return "".join(written)


def _whole_digits(text: str) -> int:
    found = _WHOLE_PART.match(text)
    return len(found[0]) if found else min(len(text), 2)


def _widest(texts: Iterable[Sequence[str]], place: int) -> int:
    return max(_whole_digits(row[place]) for row in texts)
