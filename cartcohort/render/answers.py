"""What the command line answers, in words for a terminal."""

from __future__ import annotations

from pathlib import Path

from cartcohort.errors import ReportError
from cartcohort.parameters import PARAMETERS
from cartcohort.render.request import STUDY
from cartcohort.render.run import Standing
from cartcohort.render.runner import Ending


def exit_code_of(ending: Ending) -> int:
    """Return the exit code of a run: that of the error that ended it, of failed sections, or 0."""
    if ending.error is not None:
        return ending.error.exit_code
    return max((ReportError.exit_code for standing in ending.standings if standing.failure), default=0)


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
    """Say for each section of a run whether it would be made, and why."""
    return "\n".join(
        f"{ending.request.name_task(standing.name)}: "
        + (f"would be made, {standing.reason}" if standing.reason else "up to date")
        for standing in ending.standings
    )


def describe_ending(ending: Ending) -> str:
    """Say how each section of a run went, where the report lies, and what to do next."""
    folder = ending.request.run_folder
    width = max(len(standing.name) for standing in ending.standings)
    lines = [f"{standing.name:<{width}}  {_describe_standing(standing, folder)}" for standing in ending.standings]
    failed = [standing.name for standing in ending.standings if standing.failure]
    lines += ["", f"Report: {folder / 'index.html'}"]
    if failed:
        again = " ".join(f"--section {name}" for name in failed)
        lines.append(f"Next: read what went wrong, mend it, and run again with {again}.")
    else:
        lines.append("Next: open it in a browser (--open), or change a parameter (--list-parameters names them).")
    return "\n".join(lines)


def _describe_standing(standing: Standing, folder: Path) -> str:
    if standing.failure:
        return f"FAILED        {folder / f'{standing.name}.error.html'}: {standing.failure.headline}"
    state = "up to date" if standing.seconds is None else f"done in {standing.seconds:.1f} s"
    return f"{state:<12}  {folder / f'{standing.name}.html'}"
