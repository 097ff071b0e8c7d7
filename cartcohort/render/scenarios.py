"""A file of scenarios: named runs of a study that differ in their parameters.

    base:                      # what all scenarios share; it is a run of its own, which the others are compared with
      study: data/car1922
      population: infused
    runs:                      # a name, and what differs from the base
      earlier_cutoff: {data_cutoff_date: 2022-02-28}
    grids:                     # a run for every combination of the values
      burden: {tumor_burden_threshold_pct: [25, 75]}

All three parts may be left out. A value is written as in a parameter file.
"""

from __future__ import annotations

import itertools
import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cartcohort.errors import ParameterError, Problem, did_you_mean
from cartcohort.parameters import hide_redacted, is_masked, list_redacted
from cartcohort.render.assignments import read_names
from cartcohort.render.request import STUDY

BASE = "base"
STUDY_KEY = "study"
"""Names the study of a scenario, among its parameters."""

MOST = 500
"""More scenarios than anyone would look at are a slip of the pen."""

_PARTS = (BASE, "runs", "grids")
_TAKEN = (BASE, "comparisons", "index")
_FORM = "Write `base:`, `runs:` or `grids:`, and below it names with values; scenarios.yaml is an example."


@dataclass(frozen=True)
class Scenario:
    """One run of a batch.

    Attributes
    ----------
    name : str
        Names the run's folder.
    study : str or None
        The study's folder or URL, where the file names one.
    parameters : mapping of str to object
        Values by parameter name, those of the base included.
    """

    name: str
    study: str | None
    parameters: Mapping[str, Any]

    def differ_from(self, base: Scenario) -> dict[str, Any]:
        """Return what this scenario asks for that the base does not, the study among it, as it may be told."""
        asked, before = ({STUDY_KEY: one.study, **one.parameters} for one in (self, base))
        told = hide_redacted(asked)
        return {name: told[name] for name, value in asked.items() if name not in before or before[name] != value}


def read_scenarios(file: str, given: Mapping[str, Any], study: str | None = None) -> list[Scenario]:
    """Read a file of scenarios.

    Parameters
    ----------
    file : str
        Path of the YAML file.
    given : mapping of str to object
        Parameter values from the command line; they replace those of the base. What a run says of its own stays.
    study : str, optional
        The study from the command line, which replaces that of the base.

    Returns
    -------
    list of Scenario
        The base, then the runs, then the grids, in the order of the file. Whether the values are allowed is not
        looked at: a scenario that asks for what cannot be is refused alone.

    Raises
    ------
    ParameterError
        With every problem of form: unknown parts, names that cannot be those of folders, a grid without values.
    """
    content, problems = read_names(file, "scenario"), []
    for part in content.keys() - _PARTS:
        what = f"A scenario file has no part `{part}`.{did_you_mean(part, _PARTS)}"
        problems.append(Problem(what, file, _FORM))
    parts = {part: _read_part(content, part, file, problems) for part in _PARTS}
    base = {**parts[BASE], **given} | ({} if study is None else {STUDY_KEY: study})
    found = {BASE: base}
    for name, values in [*_read_runs(parts["runs"], file, problems), *_read_grids(parts["grids"], file, problems)]:
        problems += _find_unfit_name(name, found, file)
        found[name] = base | values
    if len(found) > 1 and any(map(is_masked, found.values())):
        what = "Scenarios cannot withhold small counts (`min_cell_count`): those of two runs could be subtracted."
        problems.append(Problem(what, file, "Make one run with it, outside the scenarios, and share that one alone."))
    problems += _find_telling_grids(parts["grids"], base, file)
    if len(found) > MOST:
        problems.append(Problem(f"These are more than {MOST} scenarios.", file, "Make several files of them."))
    if problems:
        raise ParameterError(problems)
    return [_make_scenario(name, values) for name, values in found.items()]


def _read_part(content: Mapping[str, Any], part: str, file: str, problems: list[Problem]) -> Mapping[str, Any]:
    value = content.get(part) or {}
    if isinstance(value, dict):
        return value
    problems.append(Problem(f"`{part}` must hold names with values.", file, _FORM))
    return {}


_Found = Iterator[tuple[str, Mapping[str, Any]]]


def _read_runs(runs: Mapping[str, Any], file: str, problems: list[Problem]) -> _Found:
    for name, values in runs.items():
        if isinstance(values, dict | None):
            yield name, values or {}
        else:
            what = f"The run `{name}` must hold parameters with their values."
            problems.append(Problem(what, f"{file}: runs", "Such as: {conf_level: 0.9}"))


def _read_grids(grids: Mapping[str, Any], file: str, problems: list[Problem]) -> _Found:
    for name, grid in grids.items():
        if not _is_grid(grid):
            what = f"The grid `{name}` must hold parameters, each with a list of values."
            problems.append(Problem(what, f"{file}: grids", "Such as: {conf_level: [0.9, 0.99]}"))
        elif math.prod(map(len, grid.values())) > MOST:
            what = f"The grid `{name}` makes more than {MOST} scenarios."
            problems.append(Problem(what, f"{file}: grids", "Leave values out."))
        else:
            for values in itertools.product(*grid.values()):
                yield "-".join([name, *map(_shorten, values)]), dict(zip(grid, values, strict=True))


def _find_telling_grids(grids: Mapping[str, Any], base: Mapping[str, Any], file: str) -> list[Problem]:
    """Refuse grids over what is redacted, since their values become names of folders."""
    remedy = "Write its runs out under `runs`, with names that do not tell."
    return [
        Problem(f"The grid `{name}` would tell values of `{key}`, which is redacted.", f"{file}: grids", remedy)
        for name, grid in grids.items()
        if isinstance(grid, dict)
        for key in grid
        if (STUDY if key == STUDY_KEY else key) in list_redacted(base)
    ]


def _is_grid(grid: Any) -> bool:
    return isinstance(grid, dict) and bool(grid) and all(isinstance(one, list) and one for one in grid.values())


def _shorten(value: Any) -> str:
    """Return a value as a part of a folder's name."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return re.sub(r"[^\w.]+", "_", text).strip("_")[:60] or "none"


def _find_unfit_name(name: str, found: Mapping[str, Any], file: str) -> list[Problem]:
    if not isinstance(name, str) or not re.fullmatch(r"\w[\w.-]{0,99}", name) or name in _TAKEN:
        remedy = f"Use letters, digits, hyphens and underscores, and none of {', '.join(_TAKEN)}."
        return [Problem(f"A scenario cannot be named `{name}`: its folder bears the name.", file, remedy)]
    if name.casefold() in map(str.casefold, found):
        remedy = "Give each a name of its own; values of a grid must differ in letters or digits."
        return [Problem(f"Two scenarios would be named `{name}`.", file, remedy)]
    return []


def _make_scenario(name: str, values: Mapping[str, Any]) -> Scenario:
    study = values.get(STUDY_KEY)
    return Scenario(
        name, None if study is None else str(study), {key: value for key, value in values.items() if key != STUDY_KEY}
    )
