"""An executed notebook as a page: one HTML file that needs nothing else and asks nobody for anything."""

from __future__ import annotations

import functools
import re
from html import escape
from pathlib import Path
from urllib.parse import quote

import nbformat
from nbconvert.exporters import TemplateExporter
from nbformat import NotebookNode
from traitlets import default
from traitlets.config import Config

from cartcohort.render import collect
from cartcohort.render.assets import TEMPLATES, read_assets
from cartcohort.render.direction import isolate_names
from cartcohort.render.links import SECTIONS_MARKER
from cartcohort.render.notebook import Section
from cartcohort.render.origin import Origin
from cartcohort.render.prose import Prose, render_prose

_SAFE_IN_ADDRESS = ",:;/()+=!*$@"
_VIEW_WIDTH = re.compile(r'<svg\b[^>]*\bviewBox="[-\d.]+ [-\d.]+ ([\d.]+) ')
_USUAL_WIDTH = "600"
_UNCOLOURED = re.compile(r'<span class="(?:n|o|p|w|nb|nn|mi|mf)">([^<]*)</span>')
_MIME = {name: getattr(collect, name) for name in ("TABLE", "FIGURE", "RESULTS", "PAGE", "SUMMARY")}


class PageExporter(TemplateExporter):
    """nbconvert's exporter with the report's own template, which needs neither require.js nor MathJax."""

    output_mimetype = "text/html"

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".html"

    @property
    def default_config(self) -> Config:
        """Show our own mime types first, then what a notebook usually holds."""
        usual = ["text/html", "image/svg+xml", "image/png", "text/plain"]
        ours = [_MIME[name] for name in ("FIGURE", "RESULTS", "PAGE", "SUMMARY")]
        config = Config({"NbConvertBase": {"display_data_priority": [*ours, *usual]}})
        config.merge(super().default_config)
        return config


def export_page(
    notebook: NotebookNode,
    *,
    section: Section,
    collected: collect.Collected,
    prose: Prose,
    origin: Origin | None = None,
) -> str:
    """Return the page of a section.

    Parameters
    ----------
    notebook : NotebookNode
        Executed; every cell has an id.
    section : Section
    collected : Collected
        What the notebook hands over; its header and summary stand at the top of the page.
    prose : Prose
        The notebook's words.
    origin : Origin, optional
        What the page was made from; stands at its foot.
    """
    resources = {
        "section": section,
        "page": collected.page,
        "summary": collected.summary,
        "origin": origin,
        "prose": prose,
        "assets": read_assets(of_section=True),
        "mime": _MIME,
        "sections_marker": SECTIONS_MARKER,
    }
    page, _ = _exporter().from_notebook_node(_without_records(notebook), resources)
    return isolate_names(page)


def prepare() -> None:
    """Compile the template and load what a page needs, for the processes that will be forked from this one."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1"), nbformat.v4.new_markdown_cell("# 1")])
    section = Section("prepared", "", "", 0, Path(), {})
    empty = collect.Collected((), {}, {}, {})
    export_page(notebook, section=section, collected=empty, prose=render_prose(notebook))


@functools.cache
def _exporter() -> PageExporter:
    exporter = PageExporter(template_name="cartreport", extra_template_basedirs=[str(TEMPLATES)])
    exporter.environment.autoescape = True
    for function in (plain_names, csv_uri, scroll_region, inline_svg, svg_width, collect.file_stem):
        exporter.register_filter(function.__name__, function)
    return exporter


def _without_records(notebook: NotebookNode) -> NotebookNode:
    """Return the notebook without the results, which the page does not show: nbconvert copies every one, twice."""
    cells = [
        NotebookNode(cell, outputs=[*map(_without, cell.outputs)]) if "outputs" in cell else cell
        for cell in notebook.cells
    ]
    return NotebookNode(notebook, cells=cells)


def _without(output: NotebookNode) -> NotebookNode:
    if collect.RESULTS not in output.get("data", ()):
        return output
    return NotebookNode(output, data=NotebookNode(output.data, **{collect.RESULTS: NotebookNode()}))


def plain_names(code: str) -> str:
    """Take the marks off names, numbers and punctuation in highlighted code, which have no colour of their own.

    They are nine tenths of the marks and most of the length.
    """
    return _UNCOLOURED.sub(r"\1", code)


def csv_uri(csv: str) -> str:
    """Return CSV text as an address that holds it, for a link that works without a network.

    Only what an address cannot hold is escaped: of a long table of numbers that spares a third.
    """
    return f"data:text/csv;charset=utf-8,{quote(csv, safe=_SAFE_IN_ADDRESS)}"


def scroll_region(html: str, label: str) -> str:
    """Let a wide table be scrolled by keyboard, and say what it is."""
    region = f'<div class="table-scroll" tabindex="0" role="group" aria-label="{escape(label)}">'
    html = html.replace('<div class="table-scroll">', region)
    # The words of a caption stay in view while the table below them is scrolled.
    return html.replace("<caption>", "<caption><span>").replace("</caption>", "</span></caption>")


def inline_svg(svg: str | list[str]) -> str:
    """Return the `<svg>` element alone, without the declarations of a file."""
    text = collect.as_text(svg)
    return re.sub(r"^.*?(?=<svg\b)", "", text, count=1, flags=re.DOTALL)


def svg_width(svg: str | list[str]) -> str:
    """Return the width of an SVG in its own units, so that the text of all figures is shown at one size."""
    found = _VIEW_WIDTH.search(collect.as_text(svg))
    return found[1] if found else _USUAL_WIDTH
