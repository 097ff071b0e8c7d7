"""Taking results, tables, figures and headings out of executed notebooks.

A notebook hands them over as mime bundles in its outputs (`cartcohort.present` makes them); nothing else passes
between a notebook and the renderer.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cartcohort.errors import Problem, ReportError

RESULTS = "application/vnd.cartcohort.results+json"
TABLE = "application/vnd.cartcohort.table+json"
FIGURE = "application/vnd.cartcohort.figure+json"
PAGE = "application/vnd.cartcohort.page+json"
SUMMARY = "application/vnd.cartcohort.summary+json"
SVG = "image/svg+xml"

ANSWERS = "answers"
"""Where an executed notebook's metadata keep the places that answer items of the reporting guideline."""

KEY_RESULTS = "key_results"
_FORMS = {"study_title": str, "changed": list, KEY_RESULTS: list, "thumbnail": str, "paragraph": str, "warning": str}

_FILE_ID = re.compile(r"\w[\w-]*")


@dataclass(frozen=True)
class Collected:
    """What a section handed over.

    Attributes
    ----------
    records : tuple of dict
        Results, in the order shown.
    files : mapping of str to str
        Content of the tables (CSV) and figures (SVG, CSV), by path inside the run folder: `tables/survival-flow.csv`.
    page : mapping
        Fields of the page header, empty where the notebook shows none.
    summary : mapping
        Key results, paragraph and thumbnail, empty where the notebook shows none.
    answers : mapping of str to list
        Places of the page that answer items of the reporting guideline, by item (`guideline.find_answers`).
    """

    records: tuple[Mapping[str, Any], ...]
    files: Mapping[str, str]
    page: Mapping[str, Any]
    summary: Mapping[str, Any]
    answers: Mapping[str, Sequence[Sequence[str]]] = field(default_factory=dict)


def read_collected(path: Path) -> Collected:
    """Collect from an executed notebook on disk; raises ReportError where it is damaged."""
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        return collect(notebook, path.stem)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise ReportError(Problem("An executed notebook cannot be read.", path.name)) from error


def collect(notebook: Mapping[str, Any], section: str) -> Collected:
    """Collect what the outputs of an executed notebook hand over.

    Parameters
    ----------
    notebook : mapping
        The notebook as JSON.
    section : str
        Name of its section.

    Raises
    ------
    ReportError
        Where a result, table or figure has no usable id, or an id occurs twice.
    """
    bundles = list(_bundles(notebook))
    records = tuple(record for bundle in bundles for record in bundle.get(RESULTS, {}).get("records", ()))
    refuse_repeated("result", [_record_id(record) for record in records])
    files = [file for bundle in bundles for file in _files(bundle, section)]
    refuse_repeated("table or figure", [name for name, _ in files])
    answers = notebook.get("metadata", {}).get("cartcohort", {}).get(ANSWERS, {})
    return Collected(records, dict(files), _last(bundles, PAGE), _last(bundles, SUMMARY), answers)


def join_records(collected: Iterable[Collected]) -> str:
    """Return `results.json`: the records of all sections in their order, a line each, with every digit.

    Raises
    ------
    ReportError
        Where two sections hand over a result of the same name, or a number is none (NaN, infinite).
    """
    records = [record for one in collected for record in one.records]
    refuse_repeated("result", [record["id"] for record in records])
    try:
        lines = [json.dumps(record, ensure_ascii=False, allow_nan=False) for record in records]
    except ValueError as error:
        raise ReportError("A result holds NaN or an infinite number; what cannot be estimated is null.") from error
    return "[\n" + ",\n".join(lines) + "\n]\n"


def refuse_repeated(what: str, names: Iterable[str]) -> None:
    """Raise ReportError where a name occurs more than once."""
    repeated = [name for name, count in Counter(names).items() if count > 1]
    if not repeated:
        return
    said = f"The {what} `{repeated[0]}` is handed over twice"
    said += f", as are {len(repeated) - 1} more." if len(repeated) > 1 else "."
    remedy = "Give it another name; or remove the notebook, if it is a copy of another."
    raise ReportError(Problem(said, remedy=remedy))


def file_stem(name: str, section: str) -> str:
    """Return the name of the file of a table or figure: its id, after its section's name.

    Ids are unique in a section only (each may show a table `flow`); one that tells the section already is kept.
    """
    prefix = section.replace("_", "-") + "-"
    return name if name.startswith(prefix) else prefix + name


def as_text(value: Any) -> str:
    """Return mime data as text, which a notebook file holds as one string or as a list of lines."""
    return value if isinstance(value, str) else "".join(value)


def _bundles(notebook: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for cell in notebook["cells"]:
        for output in cell.get("outputs", ()):
            if "data" in output:
                yield output["data"]


def _record_id(record: Any) -> str:
    if not isinstance(record, dict) or not isinstance(record.get("id"), str) or not record["id"]:
        raise ReportError("A result is handed over without an id.")
    return record["id"]


def _files(bundle: Mapping[str, Any], section: str) -> Iterator[tuple[str, str]]:
    if TABLE in bundle:
        yield f"tables/{file_stem(_file_id(bundle[TABLE]), section)}.csv", bundle[TABLE]["csv"]
    if FIGURE in bundle:
        name = file_stem(_file_id(bundle[FIGURE]), section)
        yield f"figures/{name}.svg", as_text(bundle[SVG])
        yield f"figures/{name}.csv", bundle[FIGURE]["csv"]


def _file_id(content: Mapping[str, Any]) -> str:
    """Return an id that may become a file name: no separators, no dots."""
    name = content.get("id")
    if not isinstance(name, str) or not _FILE_ID.fullmatch(name):
        raise ReportError(f"A table or figure has no usable id (letters, digits, hyphens and underscores): {name!r}.")
    return name


def _last(bundles: Iterable[Mapping[str, Any]], mime: str) -> Mapping[str, Any]:
    """Return what was handed over last; refused here where the overview over all sections could not show it."""
    found = next((bundle[mime] for bundle in reversed(list(bundles)) if mime in bundle), {})
    if not isinstance(found, dict):
        raise ReportError(Problem("The page's header or summary is no mapping.", mime))
    wrong = [name for name, kind in _FORMS.items() if not isinstance(found.get(name) or kind(), kind)]
    wrong += [KEY_RESULTS for one in found.get(KEY_RESULTS) or () if not isinstance(one, dict)]
    if wrong:
        raise ReportError(Problem(f"The page's `{wrong[0]}` cannot be shown.", mime))
    return found
