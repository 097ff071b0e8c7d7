"""What a cell of a notebook shows: finished tables, figures, sentences and notices, each as a mime bundle.

The mime types are the whole protocol between a notebook and the renderer. All HTML made here is escaped where text
enters it, so a bundle can be put on a page as it is.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from html import escape
from typing import Any

from IPython.display import display

from cartcohort.estimate.results import ResultSet
from cartcohort.parameters import PARAMETERS, hide_redacted
from cartcohort.present.format import bind_statistics, format_whole

MIME_TABLE = "application/vnd.cartcohort.table+json"
MIME_FIGURE = "application/vnd.cartcohort.figure+json"
MIME_RESULTS = "application/vnd.cartcohort.results+json"
MIME_PAGE = "application/vnd.cartcohort.page+json"
MIME_SUMMARY = "application/vnd.cartcohort.summary+json"

SHOWN_ELSEWHERE = ("study_path", "report_date")
"""Parameters that a page shows in its header whether they were changed or not."""


@dataclass(frozen=True)
class Table:
    """A finished table.

    Attributes
    ----------
    id : str
        Name of its CSV file and anchor.
    caption, html, text, csv : str
        Title in words; the table as escaped HTML, as plain text, and as CSV with unrounded numbers.
    """

    id: str
    caption: str
    html: str
    text: str
    csv: str

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {
            MIME_TABLE: {"id": self.id, "caption": self.caption, "csv": self.csv},
            "text/html": self.html,
            "text/plain": self.text,
        }


@dataclass(frozen=True)
class Figure:
    """A finished figure.

    Attributes
    ----------
    id, title : str
        Name of its SVG file and anchor; title in words.
    svg : str
        One `<svg>` element to be put into a page, text kept as text.
    description : str
        What the figure shows, from its data, for those who do not see it.
    csv, table_html : str
        The numbers drawn.
    note : str
        Method and conventions, said beneath the figure.
    """

    id: str
    title: str
    svg: str
    description: str
    csv: str
    table_html: str
    note: str = ""

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        fields = asdict(self)
        return {
            MIME_FIGURE: {name: fields[name] for name in ("id", "title", "description", "csv", "table_html", "note")},
            "image/svg+xml": self.svg,
            "text/plain": "\n".join(part for part in (self.title, self.description, self.note) if part),
        }


@dataclass(frozen=True)
class Sentence:
    """One or more sentences that state a finding."""

    text: str

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/html": f'<p class="finding">{escape(bind_statistics(self.text))}</p>', "text/plain": self.text}


@dataclass(frozen=True)
class Notice:
    """A remark in place of something that cannot be shown, with the reason."""

    text: str

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/html": f'<p class="notice" role="note">{escape(self.text)}</p>', "text/plain": self.text}


@dataclass(frozen=True)
class PageHeader:
    """The head of a page: which study, which patients, and what was asked for other than the defaults.

    Attributes
    ----------
    study_title, source : str
        From the study.
    n, population : int, str
        Patients analysed, and how they were chosen ("infused").
    synthetic : bool
        Whether the page must say SYNTHETIC DATA.
    data_cutoff_date, report_date : str or None
        ISO dates.
    parameters : mapping of str to object
        Values in force; those that differ from their default are named on the page.
    """

    study_title: str
    n: int
    population: str
    synthetic: bool
    data_cutoff_date: str | None
    source: str
    report_date: str | None
    parameters: Mapping[str, Any]

    @property
    def changed(self) -> list[dict[str, str]]:
        """Return name, value and default of each parameter that differs from its default and is not shown anyway."""
        told = hide_redacted(self.parameters)
        return [
            {"name": name, "value": say_value(told[name]), "default": say_value(PARAMETERS[name].default)}
            for name, value in self.parameters.items()
            if value != PARAMETERS[name].default and name not in SHOWN_ELSEWHERE
        ]

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        page = {
            "study_title": self.study_title,
            "synthetic": self.synthetic,
            "data_cutoff_date": self.data_cutoff_date,
            "n": self.n,
            "n_text": format_whole(self.n),
            "population": self.population,
            "source": self.source,
            "report_date": self.report_date,
            "changed": self.changed,
        }
        return {MIME_PAGE: page, "text/html": self._html(), "text/plain": "\n".join(self._lines())}

    def _lines(self) -> list[str]:
        patients = "1 patient" if self.n == 1 else f"{format_whole(self.n)} patients"
        cutoff = f", data cut-off {self.data_cutoff_date}" if self.data_cutoff_date else ""
        return [
            *(["SYNTHETIC DATA"] if self.synthetic else []),
            self.study_title,
            f"{patients} ({self.population}){cutoff}",
            *(f"{item['name']} = {item['value']} (default {item['default']})" for item in self.changed),
        ]

    def _html(self) -> str:
        lines = "".join(f"<p>{escape(line)}</p>" for line in self._lines())
        return f'<div class="page-header">{lines}</div>'


@dataclass(frozen=True)
class KeyResult:
    """One figure of the strip at the top of a page: label, value, interval and a note, all as text."""

    label: str
    value: str
    interval: str = ""
    note: str = ""


@dataclass(frozen=True)
class Summary:
    """The key results of a section, its paragraph for the abstract, and the figure that stands for it.

    `warning` says why none of it should be relied on; the page and the overview have it at their top.
    """

    key_results: Sequence[KeyResult]
    paragraph: str
    thumbnail: str = ""
    warning: str = ""

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        summary = {
            "key_results": [asdict(item) for item in self.key_results],
            "paragraph": bind_statistics(self.paragraph),
            "thumbnail": self.thumbnail,
            "warning": self.warning,
        }
        text = "\n".join(part for part in (self.warning, self.paragraph) if part)
        return {MIME_SUMMARY: summary, "text/html": self._html(), "text/plain": text}

    def _html(self) -> str:
        items = "".join(
            f"<div><dt>{escape(item.label)}</dt>"
            f"<dd><strong>{escape(item.value)}</strong> {escape(item.interval)} {escape(item.note)}</dd></div>"
            for item in self.key_results
        )
        warning = f'<p class="notice" role="note"><strong>{escape(self.warning)}</strong></p>' if self.warning else ""
        paragraph = escape(bind_statistics(self.paragraph))
        return f'{warning}<dl class="key-results">{items}</dl><p class="finding">{paragraph}</p>'


@dataclass(frozen=True)
class Records:
    """Results as the records of `results.json`."""

    results: ResultSet

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        records = self.results.to_records()
        return {MIME_RESULTS: {"records": records}, "text/plain": f"{len(records)} results recorded."}


def show(*items: Any, needs: Sequence[str] = ()) -> None:
    """Show items in a notebook, or say which columns they would need.

    Parameters
    ----------
    *items : Table, Figure, Sentence, Notice, PageHeader or Summary
        Shown in this order; a notice that says the same as one before it is left out.
    needs : sequence of str
        Names of columns that the study lacks (`study.lacking(...)`). Unless empty, one notice naming them takes the
        place of all items; sentences alone give way without one, since the exhibit before them has said it.
    """
    if needs:
        items = () if items and all(isinstance(item, Sentence) for item in items) else (_missing_columns(needs),)
    said: list[Notice] = []
    for item in items:
        if isinstance(item, Notice):
            if item in said:
                continue
            said.append(item)
        display(item)


def show_results(results: ResultSet) -> None:
    """Hand results to the renderer, which collects them in `results.json`."""
    display(Records(results))


def say_value(value: Any) -> str:
    """Return the value of a parameter in words: a list with commas, nothing as "none"."""
    if isinstance(value, list | tuple):
        return ", ".join(map(say_value, value))
    return "none" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def make_id(text: str) -> str:
    """Return a name that is safe as an HTML id and a file name: lower-case letters, digits and hyphens.

    Text of which more is lost than punctuation (Chinese, accents) keeps a digest, so that two such names differ.
    """
    name = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "item"
    if text.isascii():
        return name
    return f"{name}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def _missing_columns(names: Sequence[str]) -> Notice:
    listed = ", ".join(names[:-1]) + (" and " if len(names) > 1 else "") + names[-1]
    noun = "column" if len(names) == 1 else "columns"
    return Notice(
        f"Not shown: the study lacks the {noun} {listed}, or leaves {'it' if len(names) == 1 else 'them'} empty."
    )
