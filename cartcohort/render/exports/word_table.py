"""A table in Word in the style of journals: three rules and no boxes, its head repeated on every page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from docx.document import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Pt
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph

from cartcohort.render.exports.table_grid import Cell, Grid, Run
from cartcohort.render.exports.table_widths import DIGIT, GAP, SIZES, STEP, choose_widths, is_broken

STYLE = "Table text"
"""Name of the style of its paragraphs, which the document has to have."""

_WHOLE = 14  # rows up to which a table is kept on one page
_THICK, _THIN = "8", "4"  # in eighths of a point


def add_table(document: Document, grid: Grid, *, caption: str, width: float) -> None:
    """Write a table into a document, `width` points wide at most."""
    rows = (*grid.head, *grid.body)
    table = document.add_table(rows=len(rows), cols=grid.n_columns)
    size, widths = choose_widths(grid, width)
    _set_looks(table, caption, sum(widths))
    for column, one in zip(table.columns, widths, strict=True):
        column.width = Pt(one)
    for number, (row, cells) in enumerate(zip(table.rows, rows, strict=True)):
        is_head, is_group = number < len(grid.head), number - len(grid.head) in grid.groups
        _set_row(row, head=is_head)
        for place, cell, room in _place_cells(row, cells, widths):
            place.width = Pt(room)
            _fill_cell(place, _break_line(cell, room, size), size, bold=is_head or is_group)
        if is_head or is_group or _is_joined(number, len(rows), noted=bool(grid.notes)):
            _keep_with_next(row)
    if grid.head:
        _rule_below(table.rows[len(grid.head) - 1])


def add_runs(paragraph: Paragraph, runs: Sequence[Run], *, bold: bool = False, size: float | None = None) -> None:
    """Write pieces of text into a paragraph, by default in the size of its style."""
    for one in runs:
        run = paragraph.add_run(one.text)
        run.bold = True if bold or one.bold else None
        run.font.size = Pt(size) if size else None
        run.font.superscript = True if one.raised else None


def _is_joined(number: int, n_rows: int, *, noted: bool) -> bool:
    """Say whether a row shall be on the page of what follows: in a short table, and at the end before notes."""
    return noted if number == n_rows - 1 else n_rows <= _WHOLE


def _place_cells(row: _Row, cells: Sequence[Cell], widths: Sequence[float]) -> list[tuple[_Cell, Cell, float]]:
    """Return the place of each cell in the row, joined where it spans columns, and its width."""
    placed, position, places = [], 0, row.cells
    for cell in cells:
        end = position + cell.span
        place = places[position].merge(places[end - 1]) if cell.span > 1 else places[position]
        placed.append((place, cell, sum(widths[position:end])))
        position = end
    return placed


def _break_line(cell: Cell, width: float, size: float) -> Cell:
    """Put limits on a line of their own where they do not fit behind their estimate: Word would break within them."""
    if not is_broken(cell, width, size):
        return cell
    runs = list(cell.runs)
    for number, run in enumerate(runs[1:], start=1):
        if run.whole and runs[number - 1].text.endswith(" "):
            runs[number - 1] = replace(runs[number - 1], text=runs[number - 1].text[:-1] + "\n")
    return replace(cell, runs=tuple(runs))


def _fill_cell(place: _Cell, cell: Cell, size: float, *, bold: bool) -> None:
    paragraph = place.paragraphs[0]
    paragraph._p.style = STYLE.replace(" ", "")  # by its id: the library looks a name up among all, each time
    indent = cell.level * STEP + cell.pad * DIGIT * size
    if indent:
        paragraph.paragraph_format.left_indent = Pt(indent)
    add_runs(paragraph, cell.runs, bold=bold, size=None if size == SIZES[0] else size)


def _keep_with_next(row: _Row) -> None:
    for cell in row._tr.tc_lst:
        cell.p_lst[0].get_or_add_pPr().get_or_add_keepNext()


def _set_row(row: _Row, *, head: bool) -> None:
    """Keep a row whole, and repeat one of the head on every page."""
    properties = row._tr.get_or_add_trPr()
    properties.append(_make("w:cantSplit"))
    if head:
        properties.append(_make("w:tblHeader"))


def _set_looks(table: Table, caption: str, width: float) -> None:
    """Set how the whole table looks, in the order in which Word wants it."""
    properties = table._tbl.tblPr
    properties.clear()
    parts = {"firstRow": "1", "lastRow": "0", "firstColumn": "1", "lastColumn": "0", "noHBand": "1", "noVBand": "1"}
    properties.extend(
        [
            _make("w:tblW", w=str(round(width * 20)), type="dxa"),
            _make_borders("w:tblBorders", {"w:top": _THICK, "w:bottom": _THICK}),
            _make("w:tblLayout", type="fixed"),
            _make_margins(),
            _make("w:tblLook", val="04A0", **parts),
            _make("w:tblCaption", val=caption),  # read out in place of a title
        ]
    )


def _rule_below(row: _Row) -> None:
    for cell in row._tr.tc_lst:
        cell.get_or_add_tcPr().append(_make_borders("w:tcBorders", {"w:bottom": _THIN}))


def _make_borders(name: str, sides: Mapping[str, str]) -> BaseOxmlElement:
    borders = OxmlElement(name)
    borders.extend(_make(side, val="single", sz=size, space="0", color="000000") for side, size in sides.items())
    return borders


def _make_margins() -> BaseOxmlElement:
    margins = OxmlElement("w:tblCellMar")
    margins.extend(_make(side, w=str(round(GAP * 20)), type="dxa") for side in ("w:left", "w:right"))
    return margins


def _make(name: str, **attributes: str) -> BaseOxmlElement:
    element = OxmlElement(name)
    for key, value in attributes.items():
        element.set(qn(f"w:{key}"), value)
    return element
