"""What `check` answers, in words for a terminal, and the list of queries that it writes."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from cartcohort.errors import Problem
from cartcohort.render.places import Places
from cartcohort.render.queries import PAGE, TABLE, refuse_inside, write_queries


class Examination(Protocol):
    """What was found in a study (`cartcohort.study.doctor.examine.Examination`)."""

    title: str
    synthetic: bool
    errors: Sequence[Problem]
    warnings: Sequence[Problem]
    summary: Sequence[str]


def describe_examination(found: Examination, study: Path, *, listed: bool) -> str:
    """Say what was read and found, and what to do next.

    Parameters
    ----------
    found : Examination
    study : Path
        Where the study is.
    listed : bool
        Whether a list of queries is being written, so that it need not be offered.
    """
    errors, warnings = len(found.errors), len(found.warnings)
    state = f"{errors} error{_s(errors)}" if errors else "the study is sound"
    if warnings:
        state += f", with {warnings} thing{_s(warnings)} worth a look"
    lines = [f"{found.title}: {state}.", *(f"  {line}" for line in found.summary)]
    lines += _list("Errors, to be mended before there can be a report:", found.errors)
    lines += _list("Worth a look, though nothing of it prevents a report:", found.warnings)
    return "\n".join([*lines, "", *_next(found, shlex.quote(str(study)), listed)])


def _list(heading: str, problems: Sequence[Problem]) -> list[str]:
    if not problems:
        return []
    return ["", heading, *("\n  " + str(problem).replace("\n", "\n    ") for problem in problems)]


def _next(found: Examination, place: str, listed: bool) -> list[str]:
    lines = []
    if (found.errors or found.warnings) and not listed:
        lines.append(f"As a list to send to the data manager: python run_reports.py check {place} --queries FOLDER")
    if found.errors:
        return [*lines, "Next: mend the errors, and check again."]
    return [*lines, f"Next: python run_reports.py --study {place}"]


def _s(count: int) -> str:
    return "" if count == 1 else "s"


def write_list(asked: str | None, study: Path, places: Places) -> Callable[[Examination], str] | None:
    """Return what writes the list of queries and says where it lies; None where none is asked for.

    Raises
    ------
    OutputError
        Where the list would get into the study's folder.
    """
    if asked is None:
        return None
    folder = places.output(asked, [TABLE, PAGE])
    refuse_inside(folder, study)

    def write(found: Examination) -> str:
        problems = {"error": found.errors, "warning": found.warnings}
        n = write_queries(folder, title=found.title, problems=problems, synthetic=found.synthetic, show=places.show)
        places.take_back()
        return places.show(f"Queries, {n} line{_s(n)}: {folder / PAGE} and {TABLE} beside it")

    return write
