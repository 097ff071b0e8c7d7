"""A section as a Word document for a manuscript: its sentences, tables and figures, to be cut and edited."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import docx
from docx.document import Document
from docx.enum.section import WD_SECTION
from docx.shared import Cm, Inches, Length
from docx.text.paragraph import Paragraph

from cartcohort.render.exports.content import Content, Figure, Heading, Sentences, Table, read_content
from cartcohort.render.exports.png import DPI, draw_png, read_size
from cartcohort.render.exports.table_grid import read_table
from cartcohort.render.exports.table_widths import is_wide
from cartcohort.render.exports.word_looks import (
    SYNTHETIC,
    pack,
    set_frame,
    set_page,
    set_properties,
    set_styles,
    text_width,
)
from cartcohort.render.exports.word_table import add_runs, add_table

_TALLEST = Cm(21.5)


def write_document(notebook: Path) -> bytes:
    """Return the Word document of a section, from its executed notebook."""
    content = read_content(notebook)
    document = docx.Document()
    set_styles(document)
    set_page(document.sections[0], wide=False)
    set_frame(document.sections[0], synthetic=bool(content.page.get("synthetic")))
    set_properties(document, title=content.title, study=str(content.page.get("study_title") or ""))
    _add_head(document, content)
    writer = _Writer(document)
    for block in content.blocks:
        writer.add(block)
    return pack(document)


class _Writer:
    """Writes blocks in their order, counts tables and figures as the page does, and turns pages for wide tables."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._numbers = {"Table": 0, "Figure": 0}
        self._wide = False

    def add(self, block: Heading | Sentences | Table | Figure) -> None:
        """Write one block."""
        if isinstance(block, Table):
            self._add_table(block)
            return
        self._turn(wide=False)
        if isinstance(block, Heading):
            self._document.add_heading(block.text, level=min(block.level - 1, 4))
        elif isinstance(block, Figure):
            self._add_figure(block)
        else:
            self._document.add_paragraph(block.text)

    def _add_table(self, block: Table) -> None:
        grid = read_table(block.html)
        self._turn(wide=is_wide(grid, text_width(wide=False).pt))
        if block.numbered:
            self._add_caption("Table", block.caption).paragraph_format.keep_with_next = True
        add_table(self._document, grid, caption=block.caption, width=text_width(wide=self._wide).pt)
        for note in grid.notes:
            add_runs(self._document.add_paragraph(style="Note"), note)
        if not grid.notes:
            self._document.add_paragraph(style="Note")  # or Word would join two tables

    def _add_figure(self, block: Figure) -> None:
        picture = draw_png(block.svg)
        width, height = (Inches(pixels / DPI) for pixels in read_size(picture))
        scale = min(1, text_width(wide=False) / width, _TALLEST / height)
        paragraph = self._document.add_paragraph()
        paragraph.paragraph_format.keep_with_next = True
        shape = paragraph.add_run().add_picture(io.BytesIO(picture), width=Length(round(width * scale)))
        shape._inline.docPr.set("descr", block.description or block.title)
        caption = self._add_caption("Figure", block.title)
        if block.note:
            caption.paragraph_format.keep_with_next = True
            self._document.add_paragraph(block.note, style="Note")

    def _add_caption(self, kind: str, text: str) -> Paragraph:
        self._numbers[kind] += 1
        caption = self._document.add_paragraph(style="Caption")
        caption.add_run(f"{kind} {self._numbers[kind]}. ").bold = True
        caption.add_run(text)
        return caption

    def _turn(self, *, wide: bool) -> None:
        if wide != self._wide:
            set_page(self._document.add_section(WD_SECTION.NEW_PAGE), wide=wide)
            self._wide = wide


def _add_head(document: Document, content: Content) -> None:
    page, summary = content.page, content.summary
    document.add_paragraph(content.title, style="Title")
    if page.get("study_title"):
        document.add_paragraph(str(page["study_title"]))
    if page.get("synthetic"):
        text = " These patients are made up; nothing here is evidence about a treatment."
        paragraph = document.add_paragraph()
        paragraph.add_run(SYNTHETIC).bold = True
        paragraph.add_run(text)
    for line in _list_facts(page):
        document.add_paragraph(line)
    if summary.get("warning"):
        document.add_paragraph().add_run(f"Warning: {summary['warning']}").bold = True
    if summary.get("paragraph"):
        document.add_paragraph(summary["paragraph"])


def _list_facts(page: Mapping[str, Any]) -> list[str]:
    facts = []
    if page.get("n") is not None:
        facts.append(f"Patients: {page['n']}" + (f" ({page['population']})" if page.get("population") else ""))
    facts += [f"Data cut-off: {page['data_cutoff_date']}"] if page.get("data_cutoff_date") else []
    facts += [f"Report date: {page['report_date']}"] if page.get("report_date") else []
    changed = [f"{one['name']} = {one['value']} (default {one['default']})" for one in page.get("changed", ())]
    return ["; ".join(facts)] * bool(facts) + [f"Differs from the defaults: {', '.join(changed)}"] * bool(changed)
