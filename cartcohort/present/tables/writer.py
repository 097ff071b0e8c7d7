"""The anatomy of a table and its one writer: HTML for the page, text for a terminal, CSV with unrounded numbers."""

from __future__ import annotations

import math
import numbers
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

import numpy as np
import pandas as pd

from cartcohort import spreadsheet
from cartcohort.present.abbreviations import spell_out_used
from cartcohort.present.display import Notice, Table, as_html

_LIMITS = re.compile(r" (\([^()]*\))")
_SHORT = 16
_WHOLE_PART = re.compile(r"[<>]?−?[\d\u202f]+")


@dataclass(frozen=True)
class Column:
    """A column: its heading, whether its numbers are aligned at the point, and its names in the CSV.

    A heading may have two lines, parted by a line break. `csv` names as many columns as its cells have values.
    """

    header: str
    number: bool = False
    csv: tuple[str, ...] = ()

    @property
    def csv_names(self) -> tuple[str, ...]:
        """Return the names in the CSV, by default the heading."""
        return self.csv or (self.header.replace("\n", " "),)


@dataclass(frozen=True)
class Cell:
    """A cell: its text, the unrounded values behind it (by default the text), emphasis, and a footnote."""

    text: str
    values: tuple[Any, ...] = ()
    strong: bool = False
    note: str = ""

    @property
    def csv_values(self) -> tuple[Any, ...]:
        """Return what goes into the CSV."""
        return self.values or (self.text,)


@dataclass(frozen=True)
class Row:
    """A row: its cells, the first of which heads it, and how far that one is indented (a level below a factor)."""

    cells: tuple[Cell | str, ...]
    level: int = 0

    @property
    def all_cells(self) -> tuple[Cell, ...]:
        """Return the cells, plain text wrapped."""
        return tuple(Cell(cell) if isinstance(cell, str) else cell for cell in self.cells)


@dataclass(frozen=True)
class Heading:
    """A line that heads the rows below it, up to the next heading.

    `cells` stand in its last columns: what is true of all the rows below, such as a test of a factor. The CSV, which
    has no such line, has them beside the first of those rows.
    """

    text: str
    cells: tuple[Cell, ...] = ()


@dataclass
class _Footnotes:
    """Letters for footnotes in the order of their first appearance; equal texts share a letter."""

    texts: list[str] = field(default_factory=list)

    def letter(self, text: str) -> str:
        if text not in self.texts:
            self.texts.append(text)
        return _letter(self.texts.index(text))


def build_table(
    *,
    id: str,
    caption: str,
    columns: Sequence[Column],
    rows: Iterable[Row | Heading],
    notes: Sequence[str] = (),
    empty: str = "",
) -> Table | Notice:
    """Write a table.

    Parameters
    ----------
    id, caption : str
        Name of the CSV file and anchor; title in words.
    columns : sequence of Column
    rows : iterable of Row or Heading
        Each row with as many cells as there are columns.
    notes : sequence of str
        Sentences under the table: method and convention. The abbreviations used are spelt out after them.
    empty : str
        What to say where there is no row; by default that there is nothing to show.

    Returns
    -------
    Table, or Notice where there is no row
    """
    rows = list(rows)
    if not any(isinstance(row, Row) for row in rows):
        return Notice(empty or f"{caption}: there is nothing to show.")
    footnotes = _Footnotes()
    body = _body(rows, columns, footnotes)
    notes = [*notes, *_spell_out(caption, columns, rows, notes)]
    html = (
        f'<div class="table-scroll" role="group" aria-label="{escape(caption)}" tabindex="0"><table class="data">'
        f"<caption>{as_html(caption)}</caption>{_head(columns)}{body}</table></div>{_foot(notes, footnotes)}"
    )
    return Table(id=id, caption=caption, html=html, text=_text(caption, columns, rows), csv=_csv(columns, rows))


def _spell_out(
    caption: str, columns: Sequence[Column], rows: Sequence[Row | Heading], notes: Sequence[str]
) -> list[str]:
    headers = [column.header for column in columns]
    cells = [[cell.text for cell in row.all_cells] for row in rows if isinstance(row, Row)]
    headings = [row.text for row in rows if isinstance(row, Heading)]
    cells += [["", *(cell.text for cell in row.cells)] for row in rows if isinstance(row, Heading)]
    labelled = [texts[0] for texts in cells if "% CI)" in texts[0]]
    numbers = [*headers, *labelled, *(text for texts in cells for text in texts[1:])]
    words = [caption, *headers, *headings, *(text for texts in cells for text in texts)]
    return spell_out_used(words, numbers=numbers, said=notes)


def safe_cell(value: Any) -> Any:
    """Return a value for a CSV: numbers in full, nothing for what is missing, text that no spreadsheet runs.

    Text that starts like a formula gets a leading apostrophe; numbers, negative ones too, are left alone.
    """
    if value is None or pd.isna(value):
        return ""
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, numbers.Real):
        number = float(value)
        if math.isinf(number):
            return ""
        return int(number) if isinstance(value, numbers.Integral) else repr(number)
    return spreadsheet.keep_from_formula(str(value))


def write_csv(header: Sequence[str], lines: Iterable[Sequence[Any]]) -> str:
    """Return CSV text of which every cell is safe to open in a spreadsheet."""
    return spreadsheet.write_csv(header, lines, make_safe=safe_cell)


def _head(columns: Sequence[Column]) -> str:
    cells = []
    for column in columns:
        aligned = ' class="num"' if column.number else ""
        lines = "<br>".join(as_html(line) for line in column.header.split("\n"))
        # A heading without words would be read out as one: an empty corner is a plain cell.
        cells.append(f'<th scope="col"{aligned}>{lines}</th>' if lines else "<td></td>")
    return f"<thead><tr>{''.join(cells)}</tr></thead>"


def _body(rows: Sequence[Row | Heading], columns: Sequence[Column], footnotes: _Footnotes) -> str:
    widths = [_whole_width(rows, position) if column.number else 0 for position, column in enumerate(columns)]
    parts = ["<tbody>"]
    for position, row in enumerate(rows):
        if isinstance(row, Heading):
            parts.append("</tbody><tbody>" if position else "")
            parts.append(_heading(row, columns, widths, footnotes))
        else:
            parts.append(_row(row, columns, widths, footnotes))
    return "".join([*parts, "</tbody>"])


def _heading(heading: Heading, columns: Sequence[Column], widths: Sequence[int], footnotes: _Footnotes) -> str:
    first = len(columns) - len(heading.cells)
    cells = [f'<th scope="rowgroup" colspan="{first}">{as_html(heading.text)}</th>']
    for cell, width in zip(heading.cells, widths[first:], strict=True):
        cells.append(_number_cell(cell, _content(cell, footnotes), width))
    return f"<tr>{''.join(cells)}</tr>"


def _row(row: Row, columns: Sequence[Column], widths: Sequence[int], footnotes: _Footnotes) -> str:
    first, *others = row.all_cells
    indent = f' class="level-{row.level}"' if row.level else ""
    cells = [f'<th scope="row"{indent}>{_content(first, footnotes)}</th>']
    for cell, column, width in zip(others, columns[1:], widths[1:], strict=True):
        content = _content(cell, footnotes)
        cells.append(_number_cell(cell, content, width) if column.number else _text_cell(cell, content))
    return f"<tr>{''.join(cells)}</tr>"


def _content(cell: Cell, footnotes: _Footnotes) -> str:
    text = as_html(cell.text)
    mark = f"<sup>{footnotes.letter(cell.note)}</sup>" if cell.note else ""
    return f"<strong>{text}</strong>{mark}" if cell.strong else text + mark


def _text_cell(cell: Cell, content: str) -> str:
    """Write a cell of words; a short one without a blank, such as "13.1–59.5", is kept whole."""
    whole = 0 < len(cell.text) <= _SHORT and " " not in cell.text
    return f'<td class="whole">{content}</td>' if whole else f"<td>{content}</td>"


def _number_cell(cell: Cell, content: str, width: int) -> str:
    """Write a cell whose padding, in digits, puts its decimal point under those above."""
    pad = width - _whole_digits(cell.text)
    # Where room is scarce a line may break before limits, never within them.
    content = _LIMITS.sub(r" <span>\1</span>", content)
    first = cell.values[0] if cell.values else None
    # Rows are sorted by this value; the CSV has all its digits.
    sort = f' data-value="{first:.7g}"' if isinstance(first, numbers.Real) and math.isfinite(first) else ""
    inner = f'<span class="pad-{pad}">{content}</span>' if pad > 0 and cell.text else content
    return f'<td class="num"{sort}>{inner}</td>'


def _whole_digits(text: str) -> int:
    """Count the characters before the decimal point; "NR" and "NE" stand under the last two digits."""
    found = _WHOLE_PART.match(text)
    return len(found[0]) if found else min(len(text), 2)


def _whole_width(rows: Sequence[Row | Heading], position: int) -> int:
    return max(_whole_digits(text) for text in _texts_at(rows, position))


def _texts_at(rows: Sequence[Row | Heading], position: int) -> list[str]:
    """Return what stands in a column, in the lines that head rows too."""
    n_columns = next(len(row.cells) for row in rows if isinstance(row, Row))
    headings = [row for row in rows if isinstance(row, Heading) and n_columns - len(row.cells) <= position]
    heads = [row.cells[position - n_columns].text for row in headings]
    return heads + [row.all_cells[position].text for row in rows if isinstance(row, Row)]


def _foot(notes: Sequence[str], footnotes: _Footnotes) -> str:
    parts = [as_html(note) for note in notes]
    parts += [
        f"<sup>{_letter(position)}</sup> {as_html(text.rstrip('.'))}."
        for position, text in enumerate(footnotes.texts)
    ]
    return f'<p class="note">{" ".join(parts)}</p>' if parts else ""


def _letter(position: int) -> str:
    before, letter = divmod(position, 26)
    return (_letter(before - 1) if before else "") + "abcdefghijklmnopqrstuvwxyz"[letter]


def _text(caption: str, columns: Sequence[Column], rows: Sequence[Row | Heading]) -> str:
    lines = [[column.header.replace("\n", " ") for column in columns]]
    for row in rows:
        if isinstance(row, Heading):
            blank = [""] * (len(columns) - 1 - len(row.cells))
            lines.append([row.text, *blank, *(cell.text for cell in row.cells)])
        else:
            first, *others = (cell.text for cell in row.all_cells)
            lines.append(["  " * row.level + first, *others])
    widths = [max(len(line[position]) for line in lines) for position in range(len(columns))]
    written = ["  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)) for line in lines]
    return "\n".join([caption, *(line.rstrip() for line in written)])


def _csv(columns: Sequence[Column], rows: Sequence[Row | Heading]) -> str:
    grouped = any(isinstance(row, Heading) for row in rows)
    header = [*(["group"] if grouped else []), *(name for column in columns for name in column.csv_names)]
    lines, heading = [], ""
    for row in rows:
        if isinstance(row, Heading):
            heading = row.text
            continue
        values = [value for cell in row.all_cells for value in cell.csv_values]
        lines.append([*([heading] if grouped else []), *values])
    return write_csv(header, lines)
