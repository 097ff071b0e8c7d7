"""Reading a run folder to compare it with another: its results, its curves, what it was made from."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

from cartcohort.errors import Problem, ReportError
from cartcohort.render.collect import read_collected
from cartcohort.render.manifest import FILE_NAME, Entry, Manifest, find_damage, read_manifest

RESULTS = "results.json"

_FROM_SECTION = "Name a folder that run_reports.py has written, such as reports/car1922."
_AGAIN = "Make the run again with --force."
_CURVE_COLUMNS = {"time", "group", "n_at_risk", "events_so_far", "censored_so_far", "conf_low", "conf_high"}
_TITLE = re.compile(r"<title\b[^>]*>([^<]+)</title>")
_CURVE_VALUES = {"survival", "incidence"}


@dataclass(frozen=True)
class Run:
    """A finished run.

    Attributes
    ----------
    folder : Path
    manifest : Manifest
    records : tuple of mapping
        Its results, as in `results.json`.
    page : mapping
        Head of its first section: study, patients, data cut-off.
    synthetic : bool
        Whether any of its sections is of made-up data.
    """

    folder: Path
    manifest: Manifest
    records: tuple[Mapping[str, Any], ...]
    page: Mapping[str, Any]
    synthetic: bool


def read_run(folder: Path) -> Run | Problem:
    """Read a run, or say why the folder is none that could be compared."""
    problem = _find_problem(folder)
    if problem:
        return problem
    manifest = read_manifest(folder)
    found = manifest.damage or (f"{FILE_NAME} names no {RESULTS}" if RESULTS not in manifest.outputs else "")
    found = found or find_damage({RESULTS: manifest.outputs.get(RESULTS, "")}, folder)
    if found:
        return Problem("The run is damaged.", f"{folder}: {found}.", _AGAIN)
    try:
        records = _read_records(folder / RESULTS)
        pages = _read_pages(folder, manifest)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, ReportError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "it cannot be read"
        return Problem("The run is damaged.", f"{folder}: {reason}.", _AGAIN)
    synthetic = any(page.get("synthetic") for page in pages)
    return Run(folder, manifest, records, next(iter(pages), {}), synthetic)


def read_curves(before: Run, after: Run) -> dict[str, tuple[str, str, str]] | Problem:
    """Return title and CSV in both runs of each figure of curves that differs, by name, or what is damaged."""
    names = [name for name in _figure_hashes(before) if name in _figure_hashes(after)]
    curves = {}
    for name in names:
        digests = [_figure_hashes(run)[name] for run in (before, after)]
        if digests[0] == digests[1]:
            continue
        for run, digest in zip((before, after), digests, strict=True):
            damage = find_damage({name: digest}, run.folder)
            if damage:
                return Problem("The run is damaged.", f"{run.folder}: {damage}.", _AGAIN)
        texts = [(run.folder / name).read_text(encoding="utf-8") for run in (before, after)]
        if all(map(_holds_curves, texts)):
            curves[Path(name).stem] = (_read_title(before.folder / name), texts[0], texts[1])
    return curves


def _find_problem(folder: Path) -> Problem | None:
    try:
        if not folder.exists():
            return Problem("There is no such run folder.", str(folder), _FROM_SECTION)
        if not folder.is_dir():
            return Problem("The run is not a folder.", str(folder), _FROM_SECTION)
        missing = [name for name in (FILE_NAME, RESULTS) if not (folder / name).is_file()]
    except OSError as error:
        return Problem("The run cannot be read.", f"{folder}: {error.strerror}.", "Get the right to read it.")
    if len(missing) == 2:
        return Problem("The folder is no run.", f"{folder}: it has no {FILE_NAME} and no {RESULTS}.", _FROM_SECTION)
    return Problem("The run is damaged.", f"{folder}: {missing[0]} is missing.", _AGAIN) if missing else None


def _read_records(path: Path) -> tuple[Mapping[str, Any], ...]:
    records = json.loads(path.read_text(encoding="utf-8"))
    for record in records:
        if not isinstance(record["id"], str):
            raise TypeError
    return tuple(records)


def _read_pages(folder: Path, manifest: Manifest) -> list[Mapping[str, Any]]:
    """Return the head of one section for each version of the data: it says whether they are made up."""
    chosen: dict[str, tuple[str, Entry]] = {}
    for name, entry in manifest.sections.items():
        if entry.inputs and entry.outputs:
            chosen.setdefault(json.dumps(entry.inputs.get("data"), sort_keys=True), (name, entry))
    pages = []
    for name, _ in chosen.values():
        page = read_collected(folder / "notebooks" / f"{name}.ipynb").page
        pages += [page] if page else []
    return pages


def _figure_hashes(run: Run) -> dict[str, str]:
    hashes = {name: digest for entry in run.manifest.sections.values() for name, digest in entry.outputs.items()}
    return {name: digest for name, digest in hashes.items() if name.startswith("figures/") and name.endswith(".csv")}


def _read_title(path: Path) -> str:
    """Return the title of a figure, which its drawing holds; its name in words where that is gone."""
    with suppress(OSError, ValueError):
        found = _TITLE.search(path.with_suffix(".svg").read_text(encoding="utf-8"))
        if found:
            return unescape(found[1])
    return path.stem.replace("-", " ").capitalize()


def _holds_curves(text: str) -> bool:
    columns = set(text.partition("\n")[0].split(","))
    return columns >= _CURVE_COLUMNS and bool(columns & _CURVE_VALUES)
