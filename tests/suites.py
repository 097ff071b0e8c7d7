"""Small suites of notebooks, which show what the real ones show, for the tests of the renderer."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

STUDY = """title: Four patients & a <tag>
data_cutoff_date: 2023-02-28
synthetic: true
source: made by hand
"""
SUBJECTS = """subject_id,infusion_date,death_date,last_contact_date,age_years,sex,best_response,response_date
S1,2021-01-10,2021-06-10,,31,female,CR,2021-02-07
S2,2021-02-01,,2023-01-20,44,male,CR,2021-03-01
S3,2021-03-05,2021-04-02,,52,female,NR,
S4,2021-05-20,,2023-02-10,28,male,PR,2021-06-17
"""

DISPLAY = "from IPython.display import display"

HEADER = """display({"application/vnd.cartcohort.page+json": {
    "study_title": "Four patients & a <tag>", "synthetic": True, "data_cutoff_date": "2023-02-28", "n": 4,
    "population": "infused", "source": "made by hand", "report_date": None,
    "changed": [{"name": "conf_level", "value": 0.9, "default": 0.95}] if conf_level != 0.95 else []},
    "text/plain": "header"}, raw=True)"""

SUMMARY = """display({"application/vnd.cartcohort.summary+json": {
    "key_results": [
        {"label": "Median overall survival", "value": "12.2 months", "interval": "7.5 to NR", "note": ""},
        {"label": "Overall response", "value": "3/4 (75.0%)", "interval": "19.4 to 99.4", "note": "exact"}],
    "paragraph": "Of 4 patients, 3 responded (75.0%).", "thumbnail": "NAME-curve"},
    "text/plain": "summary"}, raw=True)"""

RESULTS = """display({"application/vnd.cartcohort.results+json": {"records": [
    {"id": "NAME/orr", "section": "NAME", "label": "Response", "estimate": 0.1 + 0.2, "conf_low": None,
     "conf_level": conf_level},
    {"id": "NAME/os/median", "section": "NAME", "label": "Median", "estimate": 12.2, "conf_low": 7.5}]},
    "text/plain": "2 results recorded."}, raw=True)"""

TABLE = """display({"application/vnd.cartcohort.table+json": {"id": "NAME-response", "caption": "Response",
    "csv": "response,n\\nCR,2\\n\\"a,b\\",1\\n"},
    "text/html": '<div class="table-scroll"><table class="data"><caption>Response</caption><thead><tr>'
    '<th scope="col">Response</th><th scope="col" class="num">n (%)</th>'
    + "".join(f'<th scope="col" class="num">Column {i}</th>' for i in range(12)) + '</tr></thead><tbody>'
    + "".join(f'<tr><th scope="row">{row}</th>' + 13 * '<td class="num">2 (50.0)</td>' + '</tr>' for row in
    ("CR", "CRi", "PR", "NR")) + '</tbody></table></div><p class="note">Exact limits.</p>',
    "text/plain": "table"}, raw=True)"""

FIGURE = """display({"application/vnd.cartcohort.figure+json": {"id": "NAME-curve", "title": "Overall survival",
    "description": "4 patients, 2 deaths, median 12.2 months.", "csv": "time,survival\\n0,1\\n5,0.75\\n",
    "table_html": '<div class="table-scroll"><table class="data"><caption>Numbers</caption><thead><tr>'
    '<th scope="col">Time</th></tr></thead><tbody><tr><td>5</td></tr></tbody></table></div>'},
    "image/svg+xml": '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="700" height="300" '
    'viewBox="0 0 700 300" role="img" aria-labelledby="NAME-t NAME-d"><title id="NAME-t">Overall survival</title>'
    '<desc id="NAME-d">4 patients</desc><path d="M40 20H200V90H420V180H680" fill="none" stroke="#0b4f74" '
    'stroke-width="3"/><text x="40" y="280" font-size="14">Months since infusion</text></svg>',
    "text/plain": "figure"}, raw=True)"""

SENTENCE = """display({"text/html": '<p class="finding">Three of four patients responded.</p>',
    "text/plain": "sentence"}, raw=True)"""

WHOLE_SECTION = (
    HEADER,
    SUMMARY,
    RESULTS,
    "## Response\n\nCounted with [exact limits](https://example.org/limits).",
    TABLE,
    FIGURE,
    SENTENCE,
    "## Response\n\n### Methods\n\nBy hand.",
)


def write_suite(folder: Path, **sections: Sequence[str]) -> Path:
    """Write a notebook for each keyword: its cells after the usual first ones; return the folder.

    A cell that starts with `#` or a letter and a space is Markdown where it says so by a leading `## `.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for order, (name, cells) in enumerate(sections.items(), start=1):
        write_notebook(folder / f"{name}.ipynb", cells, order=order)
    return folder


def write_notebook(path: Path, cells: Sequence[str], *, order: int = 1, reads: str = "conf_level") -> None:
    """Write one notebook; cells that start with `## ` are Markdown."""
    name = path.stem
    defaults = {
        "conf_level": "conf_level: float = 0.95",
        "ties": 'ties: str = "efron"',
        "min_cell_count": "conf_level: float = 0.95\nmin_cell_count: int = 0",
        "redact": "conf_level: float = 0.95\nsubset: str | None = None\nredact: list[str] | None = None",
    }[reads]
    parameters = f'study_path: str = "data/car1922"\n{defaults}'
    content = {
        "cells": [
            _cell(f"# {name.title()}\n\nOf the whole cohort.", 0),
            _cell(parameters, 1, "parameters"),
            _cell(DISPLAY, 2, "setup"),
            *(_cell(text.replace("NAME", name), number) for number, text in enumerate(cells, start=3)),
        ],
        "metadata": {
            "cartcohort": {"order": order, "title": name.title(), "question": f"What of {name}?"},
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    path.write_text(json.dumps(content), encoding="utf-8")


def write_study(folder: Path) -> Path:
    """Write a sound study of four patients and return its folder."""
    folder.mkdir(parents=True)
    (folder / "study.yaml").write_text(STUDY, encoding="utf-8")
    (folder / "subjects.csv").write_text(SUBJECTS, encoding="utf-8")
    return folder


def _cell(source: str, number: int, *tags: str) -> dict:
    cell = {"id": f"c{number}", "metadata": {"tags": list(tags)}, "source": source}
    if source.startswith("#"):
        return cell | {"cell_type": "markdown"}
    return cell | {"cell_type": "code", "execution_count": None, "outputs": []}


def executed_notebook(name: str = "response", cells: Sequence[str] = WHOLE_SECTION) -> dict:
    """Return a notebook as if it had been executed: what its cells display stands in their outputs."""
    cells = [
        {**_cell(text.replace("NAME", name), number), "outputs": _displayed(text.replace("NAME", name))}
        for number, text in enumerate((f"# {name.title()}\n\nOf the whole cohort.", *cells), start=1)
    ]
    for cell in cells:
        if cell["cell_type"] == "markdown":
            del cell["outputs"]
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def _displayed(source: str) -> list[dict]:
    bundles = []
    if not source.startswith("#"):
        exec(source, {"display": lambda bundle, raw: bundles.append(bundle), "conf_level": 0.95})
    return [{"output_type": "display_data", "metadata": {}, "data": bundle} for bundle in bundles]
