"""The pages of a run that are no section: the overview, and the page of a failure."""

from __future__ import annotations

import base64
import functools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from jinja2 import Environment, FileSystemLoader

from cartcohort.render.assets import PAGE_TEMPLATES, read_assets
from cartcohort.render.collect import Collected, file_stem
from cartcohort.render.direction import isolate_names
from cartcohort.render.guideline import map_answers, read_guideline
from cartcohort.render.notebook import Section
from cartcohort.render.tasks import Failure

_GROUPS = (
    ("Pages and results", ""),
    ("Tables", "tables/"),
    ("Figures", "figures/"),
    ("Notebooks, as executed", "notebooks/"),
)
_LEVEL = re.compile(r"[\d.]+% CI, ")
_FIRST_PANEL = re.compile(r'^(<svg [^>]*?)viewBox="[^"]*"([^>]*?)data-panels="([^";]*)')
"""Of a figure of several panels, the first is picture enough."""

_ABOUT = {
    ".pdf": "the page on paper",
    ".docx": "tables and figures to be edited",
    "results.json": "every number with all its digits",
    "manifest.json": "what each page was made from, and the hash of every file",
    "ro-crate-metadata.json": "the same for archives and journals, as an RO-Crate",
    "timings.json": "how long each section took",
}


@dataclass(frozen=True)
class Report:
    """How one section stands in a run.

    Attributes
    ----------
    section : Section
    collected : Collected or None
        What its page shows; None where there is no page.
    state : str
        "fresh", "older" (made from other inputs than this run's) or "failed".
    reason : str
        Why it is not fresh.
    """

    section: Section
    collected: Collected | None
    state: str
    reason: str = ""


def render_overview(reports: Sequence[Report], files: Iterable[str], run: str) -> str:
    """Return `index.html` of a run.

    Parameters
    ----------
    reports : sequence of Report
        In the order of the suite.
    files : iterable of str
        Every file of the run, by path inside its folder.
    run : str
        Name of the run, its title where no section tells the study's.
    """
    page = choose_page(reports)
    return _render(
        "run.html.j2",
        title=page.get("study_title") or run,
        page=page,
        cards=[_card(report) for report in reports],
        groups=_group(files),
        guideline=read_guideline(),
        answered=map_answers(
            [(r.section.name, r.section.title, r.collected.answers) for r in reports if r.collected]
        ),
    )


def choose_page(reports: Sequence[Report]) -> Mapping[str, Any]:
    """Return the head of the page that speaks for the run, an empty one where there is no page.

    The newest reports do: an older one may have other patients or another cut-off.
    """
    pages = [report.collected.page for report in reports if report.collected and report.collected.page]
    fresh = [r.collected.page for r in reports if r.state == "fresh" and r.collected and r.collected.page]
    return (fresh or pages or [{}])[0]


def prepare() -> None:
    """Compile the template of the overview, while there is nothing else to do."""
    _environment().get_template("run.html.j2")


def render_failure(section: Section, failure: Failure, study: str, *, older: bool) -> str:
    """Return the page that says why a section failed; `older` says whether an earlier report of it is kept."""
    return _render("error.html.j2", section=section, failure=failure, study=study, older=older)


def render_scenarios(scenarios: Sequence[Mapping[str, Any]], files: Sequence[str]) -> str:
    """Return the overview over scenarios.

    Parameters
    ----------
    scenarios : sequence of mapping
        As `scenarios.json` holds them, the base first.
    files : sequence of str
        Files beside the page that hold its numbers.
    """
    shown = [section["page"] for one in scenarios for section in one["sections"].values() if section["page"]]
    page = (shown or [{}])[0]
    return _render(
        "scenarios.html.j2",
        title=page.get("study_title") or "Scenarios",
        page={"synthetic": any(one.get("synthetic") for one in shown), "source": page.get("source")},
        rows=[_scenario_row(one) for one in scenarios],
        tables=_tabulate(scenarios),
        files=files,
    )


def _scenario_row(scenario: Mapping[str, Any]) -> dict[str, Any]:
    sections = scenario["sections"]
    page = next((one["page"] for one in sections.values() if one["page"]), {})
    failures = [f"{name}: {one['failure']}" for name, one in sections.items() if one["failure"]]
    return {**scenario, "n": page.get("n"), "made": len(sections) - len(failures), "failures": failures}


def _tabulate(scenarios: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return a table a section: a row a scenario, a column a key result, what differs from the base marked."""
    names = dict.fromkeys(name for one in scenarios for name in one["sections"])
    return [_tabulate_section(name, scenarios) for name in names]


def _tabulate_section(section: str, scenarios: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    found = {
        one["name"]: {result["label"]: result for result in one["sections"].get(section, {}).get("key_results", ())}
        for one in scenarios
    }
    labels = list(dict.fromkeys(label for results in found.values() for label in results))
    base = next(iter(found.values()), {})
    levels = {level[0] for one in base.values() if (level := _LEVEL.match(one.get("interval") or ""))}
    rows = [
        {"name": name, "cells": [_cell(results.get(label), base.get(label)) for label in labels]}
        for name, results in found.items()
        if results
    ]
    return {
        "section": section,
        "title": section.replace("_", " ").capitalize(),
        "labels": labels,
        "rows": rows,
        "level": levels.pop().removesuffix(", ") if len(levels) == 1 else "confidence interval",
    }


def _cell(result: Mapping[str, Any] | None, base: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """Return value and interval, each with whether it differs from the base's; the level only where it does."""
    pairs = [((result or {}).get(part) or "", (base or {}).get(part) or "") for part in ("value", "interval")]
    level = _LEVEL.match(pairs[1][1])
    prefix = level[0] if level else ""
    return [{"text": shown.removeprefix(prefix), "moved": shown != before} for shown, before in pairs if shown]


def _render(template: str, **content: Any) -> str:
    return isolate_names(
        _environment().get_template(template).render(assets=read_assets(of_section=False), **content)
    )


@functools.cache
def _environment() -> Environment:
    """Return the templates, which are compiled once for all runs of a batch."""
    return Environment(loader=FileSystemLoader(PAGE_TEMPLATES), autoescape=True)


def _card(report: Report) -> dict[str, Any]:
    section, collected = report.section, report.collected
    summary = collected.summary if collected else {}
    key_results = summary.get("key_results") or [None]
    return {
        "name": section.name,
        "title": section.title,
        "question": section.question,
        "link": f"{section.name}.html" if collected else "",
        "error_link": f"{section.name}.error.html" if report.state == "failed" else "",
        "state": report.state,
        "reason": report.reason,
        "paragraph": summary.get("paragraph", ""),
        "warning": summary.get("warning", ""),
        "key_result": key_results[0],
        "thumbnail": _thumbnail(collected, section.name) if collected else "",
    }


def _thumbnail(collected: Collected, section: str) -> str:
    stem = file_stem(collected.summary.get("thumbnail", ""), section)
    svg = _FIRST_PANEL.sub(
        r'\1viewBox="\3"\2data-panels="\3', collected.files.get(f"figures/{stem}.svg", ""), count=1
    )
    return base64.b64encode(svg.encode()).decode()


def _group(files: Iterable[str]) -> list[dict[str, Any]]:
    names = sorted(files)
    return [
        {"title": title, "files": [_file(name, folder) for name in names if _folder(name) == folder]}
        for title, folder in _GROUPS
    ]


def _file(name: str, folder: str) -> dict[str, str]:
    about = _ABOUT.get(name) or _ABOUT.get(PurePosixPath(name).suffix, "")
    return {"path": name, "name": name.removeprefix(folder), "about": about}


def _folder(name: str) -> str:
    folder, slash, _ = name.rpartition("/")
    return folder + slash
