"""An executed notebook as a page: one HTML file that needs nothing else and asks nobody for anything."""

from __future__ import annotations

import re
from html import escape
from urllib.parse import quote

from nbconvert.exporters import TemplateExporter
from nbformat import NotebookNode
from traitlets import default
from traitlets.config import Config

from cartcohort.render import collect
from cartcohort.render.assets import TEMPLATES, read_assets
from cartcohort.render.links import SECTIONS_MARKER
from cartcohort.render.notebook import Section
from cartcohort.render.prose import render_prose

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


def export_page(notebook: NotebookNode, *, section: Section, collected: collect.Collected) -> str:
    """Return the page of a section.

    Parameters
    ----------
    notebook : NotebookNode
        Executed; every cell has an id.
    section : Section
    collected : Collected
        What the notebook hands over; its header and summary stand at the top of the page.
    """
    exporter = PageExporter(template_name="cartreport", extra_template_basedirs=[str(TEMPLATES)])
    exporter.environment.autoescape = True
    for function in (csv_uri, scroll_region, inline_svg, collect.file_stem):
        exporter.register_filter(function.__name__, function)
    resources = {
        "section": section,
        "collected": collected,
        "prose": render_prose(notebook),
        "assets": read_assets(),
        "mime": _MIME,
        "sections_marker": SECTIONS_MARKER,
    }
    page, _ = exporter.from_notebook_node(notebook, resources)
    return page


def csv_uri(csv: str) -> str:
    """Return CSV text as an address that holds it, for a link that works without a network."""
    return f"data:text/csv;charset=utf-8,{quote(csv)}"


def scroll_region(html: str, label: str) -> str:
    """Let a wide table be scrolled by keyboard, and say what it is."""
    region = f'<div class="table-scroll" tabindex="0" role="group" aria-label="{escape(label)}">'
    return html.replace('<div class="table-scroll">', region)


def inline_svg(svg: str | list[str]) -> str:
    """Return the `<svg>` element alone, without the declarations of a file."""
    text = collect.as_text(svg)
    return re.sub(r"^.*?(?=<svg\b)", "", text, count=1, flags=re.DOTALL)
