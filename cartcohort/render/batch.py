"""Scenarios side by side: the overview over a batch of runs, and what each of them changes in the base's answers."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from cartcohort.parameters import list_redacted
from cartcohort.render.collect import read_collected
from cartcohort.render.exchange import replace_files
from cartcohort.render.folder import as_output_error, hold_folder, open_staging, real_path
from cartcohort.render.hide import hide_folders
from cartcohort.render.manifest import FILE_NAME, find_damage, hash_file, read_manifest
from cartcohort.render.plan import name_study
from cartcohort.render.runner import Ending
from cartcohort.render.scenarios import BASE, STUDY_KEY
from cartcohort.render.terminal import tell
from cartcohort.spreadsheet import write_csv

MEMORY = "scenarios.json"
TABLE = "scenarios.csv"
INDEX = "index.html"

Compare = Callable[[Path, Path, Path], Mapping[str, Any]]


def publish_batch(
    endings: Sequence[Ending], changes: Mapping[str, Mapping[str, Any]], output: Path, *, compare: Compare, jobs: int
) -> list[dict[str, Any]]:
    """Write the overview over scenarios: `index.html`, `scenarios.csv`, `scenarios.json`, and the comparisons.

    Nothing is written, and nothing heavy imported, where all of it is up to date.

    Parameters
    ----------
    endings : sequence of Ending
        How the runs ended, that of the base among them.
    changes : mapping of str to mapping
        By the scenario's name, what it asks for that the base does not.
    output : Path
        Folder that holds the folders of the runs.
    compare : callable
        Called in another process with the folders of two runs and `output`; writes how they differ, and returns the
        page's path inside `output` ("page") and the numbers of "flipped" conclusions and "moved" results.
    jobs : int
        Comparisons made at once.

    Returns
    -------
    list of dict
        How each scenario stands, as `scenarios.json` holds it.

    Raises
    ------
    OutputError
        Where the folder cannot be written.
    """
    place = output / "overview"  # names the lock and the staging folder, and is never made
    with hold_folder(place, tell):
        before = _read_memory(output)
        known = {scenario["name"]: scenario for scenario in before.get("scenarios", ())}
        with as_output_error(output):
            scenarios = [_describe(ending, changes, known.get(ending.request.scenario, {})) for ending in endings]
            _compare_all(scenarios, known, output, compare, jobs)
            if before.get("scenarios") == scenarios and not find_damage(before["outputs"], output):
                return scenarios
        with open_staging(place) as staging, as_output_error(output):
            _write_files(scenarios, staging)
            replace_files(staging, output, (), held=place)
    return scenarios


def _read_memory(output: Path) -> dict[str, Any]:
    """Return what the last batch wrote down, nothing where that cannot be read."""
    try:
        memory = json.loads((output / MEMORY).read_text(encoding="utf-8"))
        return memory if memory.pop("seal") == _seal(memory) else {}
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return {}


def _seal(memory: Mapping[str, Any]) -> str:
    """Return the SHA-256 of what is written down, by which it is known again."""
    return hashlib.sha256(json.dumps(memory, sort_keys=True).encode()).hexdigest()


def _describe(ending: Ending, changes: Mapping[str, Mapping[str, Any]], known: Mapping[str, Any]) -> dict[str, Any]:
    """Return how a scenario stands; what its pages say is read from them only where they changed."""
    folder, name = ending.request.run_folder, ending.request.scenario
    made = ending.error is None
    digest = hash_file(folder / FILE_NAME) if made else ""
    selected = [standing.name for standing in ending.standings] if made else []
    kept = known.get("sections", {}) if made and known.get("manifest") == digest else {}
    return {
        "name": name,
        "changes": changes[name] | ({STUDY_KEY: name_study(ending.request)} if STUDY_KEY in changes[name] else {}),
        "manifest": digest or "none",
        "error": "" if made else _tell_error(ending),
        "sections": {section: kept.get(section) or _describe_section(folder, section) for section in selected},
        "comparison": None,
    }


def _tell_error(ending: Ending) -> str:
    """Say why a run was not made, but neither where folders and files lie nor what is redacted."""
    request = ending.request
    if list_redacted(request.parameters):
        return "It could not be made; the reason was told where it was tried, since it could tell what is redacted."
    around = [request.study_folder.parent, Path(os.path.abspath(request.output)), Path(tempfile.gettempdir())]  # noqa: PTH100 - links are kept
    folders = {path for one in around for path in (one, real_path(one)) if len(path.parts) > 1}
    text = hide_folders(str(ending.error), folders)
    for path in (request.study, request.run_folder):
        text = text.replace(str(path), path.name) if path.name else text
    return text


def _describe_section(folder: Path, section: str) -> dict[str, Any]:
    failure = read_manifest(folder).sections[section].failure
    if failure:
        return {"failure": failure, "page": {}, "key_results": []}
    collected = read_collected(folder / "notebooks" / f"{section}.ipynb")
    return {"failure": "", "page": dict(collected.page), "key_results": collected.summary.get("key_results", [])}


def _compare_all(
    scenarios: Sequence[dict[str, Any]],
    known: Mapping[str, Mapping[str, Any]],
    output: Path,
    compare: Compare,
    jobs: int,
) -> None:
    """Compare each scenario that was made with the base, and write down what was found, where it is not known yet."""
    base = next(one for one in scenarios if one["name"] == BASE)
    outdated = []
    for one in scenarios:
        if one is base or one["error"] or base["error"]:
            continue
        between = [base["manifest"], one["manifest"]]
        old = known.get(one["name"], {}).get("comparison") or {}
        if old.get("between") == between and not find_damage(old.get("outputs", {}), output):
            one["comparison"] = old
        else:
            one["comparison"] = {"between": between}
            outdated.append(one)
    if not outdated:
        return
    from cartcohort.render.apart import map_apart  # a batch with nothing to do needs no processes

    calls = [(output / BASE, output / one["name"], output) for one in outdated]
    for one, found in zip(outdated, map_apart(compare, calls, jobs=jobs), strict=True):
        one["comparison"] |= found | {"outputs": {found["page"]: hash_file(output / found["page"])}}


def _write_files(scenarios: Sequence[Mapping[str, Any]], folder: Path) -> None:
    from cartcohort.render.index import render_scenarios  # a batch with nothing to do needs no templates

    texts = {INDEX: render_scenarios(scenarios, [TABLE, MEMORY]), TABLE: _write_table(scenarios)}
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    memory = {"scenarios": scenarios, "outputs": {name: hash_file(folder / name) for name in texts}}
    text = json.dumps(memory | {"seal": _seal(memory)}, indent=2, ensure_ascii=False)
    (folder / MEMORY).write_text(text + "\n", encoding="utf-8", newline="\n")


def _write_table(scenarios: Sequence[Mapping[str, Any]]) -> str:
    """Return the key results of all scenarios as CSV, one row a result."""
    lines = []
    for scenario in scenarios:
        for section, found in scenario["sections"].items():
            for result in found["key_results"]:
                cells = [result.get(key) or "" for key in ("label", "value", "interval", "note")]
                lines.append([scenario["name"], section, *cells])
    return write_csv(["scenario", "section", "result", "value", "interval", "note"], lines)
