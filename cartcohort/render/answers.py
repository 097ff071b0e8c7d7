"""What the command line answers, in words for a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cartcohort.errors import CartCohortError, ReportError
from cartcohort.parameters import PARAMETERS
from cartcohort.render.exports.plan import summarise
from cartcohort.render.request import STUDY
from cartcohort.render.run import Standing
from cartcohort.render.runner import Ending


def exit_code_of(endings: Sequence[Ending]) -> int:
    """Return the exit code of a batch: the highest of what ended runs, of failed sections and of exports, or 0."""
    codes = [ending.error.exit_code for ending in endings if ending.error is not None]
    codes += [ending.unexported.exit_code for ending in endings if ending.unexported is not None]
    codes += [ReportError.exit_code for ending in endings for standing in ending.standings if standing.failure]
    return max(codes, default=0)


def describe_parameters() -> str:
    """List every report parameter with what may be given."""
    lines = []
    for name, parameter in PARAMETERS.items():
        if name == STUDY:
            continue  # given by --study
        notes = [f"default {parameter.default}", parameter.unit, parameter.allowed]
        lines.append(f"{name}: {parameter.help}\n    {parameter.type_name}; {'; '.join(filter(None, notes))}")
    return "\n".join(lines)


def describe_preview(ending: Ending) -> str:
    """Say for each section of a run whether it would be made, and why, and which exports would."""
    if ending.error is not None:
        return f"{ending.request.scenario}: could not be made: {_in_one_line(ending.error)}"
    lines = [
        f"{ending.request.name_task(standing.name)}: "
        + (f"would be made, {standing.reason}" if standing.reason else "up to date")
        for standing in ending.standings
    ]
    if ending.request.exports:
        made = f"would be made, {summarise(ending.exports)}" if ending.exports else "up to date"
        lines.append(f"{ending.request.name_task('exports')}: {made}")
    return "\n".join(lines)


def describe_ending(ending: Ending) -> str:
    """Say how each section of a run went, where the report lies, and what to do next."""
    folder = ending.request.run_folder
    width = max(len(standing.name) for standing in ending.standings)
    lines = [f"{standing.name:<{width}}  {_describe_standing(standing, folder)}" for standing in ending.standings]
    failed = [standing.name for standing in ending.standings if standing.failure]
    lines += _describe_exports(ending)
    lines += ["", f"Report: {folder / 'index.html'}"]
    if failed:
        again = " ".join(f"--section {name}" for name in failed)
        lines.append(f"Next: read what went wrong, mend it, and run again with {again}.")
    else:
        lines.append("Next: open it in a browser (--open), or change a parameter (--list-parameters names them).")
    return "\n".join(lines)


def _describe_exports(ending: Ending) -> list[str]:
    if not ending.request.exports:
        return []
    if not ending.exports:
        return ["exports: NONE MADE" if ending.unexported else "exports: up to date"]
    return [f"exports: {'NOT ALL ' if ending.unexported else ''}made, {summarise(ending.exports)}"]


def describe_batch(endings: Sequence[Ending], scenarios: Sequence[Mapping[str, Any]], output: Path) -> str:
    """Say how each scenario went, and where the overview lies.

    Parameters
    ----------
    endings : sequence of Ending
    scenarios : sequence of mapping
        As `batch.publish_batch` returns them, in the same order.
    output : Path
        Folder that holds the folders of the runs.
    """
    width = max(len(one["name"]) for one in scenarios)
    lines = [
        f"{one['name']:<{width}}  {_describe_run(ending, one['comparison'])}"
        for ending, one in zip(endings, scenarios, strict=True)
    ]
    return "\n".join([*lines, "", f"Scenarios side by side: {output / 'index.html'}"])


def _describe_run(ending: Ending, comparison: Mapping[str, Any] | None) -> str:
    if ending.error is not None:
        return f"NOT MADE    {_in_one_line(ending.error)}"
    failed = [standing for standing in ending.standings if standing.failure]
    if failed:
        return "FAILED      " + "; ".join(f"{one.name}: {one.failure.told}" for one in failed)
    made = sum(standing.seconds is not None for standing in ending.standings)
    state = f"made {made} of {len(ending.standings)}" if made else "up to date"
    if comparison is None:
        return state
    flipped, moved = comparison["flipped"], comparison["moved"]
    conclusions = f"{flipped or 'no'} conclusion{'s' if flipped > 1 else ''} changed"
    return f"{state}   {conclusions}, {moved} result{'' if moved == 1 else 's'} moved"


def _in_one_line(error: CartCohortError) -> str:
    return " ".join(str(error).split())


def _describe_standing(standing: Standing, folder: Path) -> str:
    if standing.failure:
        return f"FAILED        {folder / f'{standing.name}.error.html'}: {standing.failure.told}"
    state = "up to date" if standing.seconds is None else f"done in {standing.seconds:.1f} s"
    return f"{state:<12}  {folder / f'{standing.name}.html'}"
