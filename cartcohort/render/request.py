"""What a run is asked for: parameter values as given, checked and resolved for each section."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cartcohort.errors import ParameterError, Problem
from cartcohort.parameters import CONVENTIONS, PARAMETERS, check_parameters, find_unmasked
from cartcohort.render.notebook import Section

STUDY = "study_path"
"""The parameter that names the study; the runner sets it."""

_PROMISES = {"min_cell_count": "show every count", "redact": "tell every value"}
"""Parameters that promise something of every page, and what a section does that does not read them."""


def check_request(given: Mapping[str, Any], selected: Sequence[Section], sections: Sequence[Section]) -> dict:
    """Check parameter values before anything runs.

    Parameters
    ----------
    given : mapping of str to object
        Values by parameter name.
    selected, sections : sequence of Section
        The sections to run, and all of the suite.

    Returns
    -------
    dict
        The values in canonical form.

    Raises
    ------
    ParameterError
        With every problem: unknown names, values not allowed, names that no selected section reads, a value that
        contradicts the convention given with it.
    """
    problems = []
    if STUDY in given:
        problems.append(Problem(f"`{STUDY}` cannot be given as a parameter.", remedy="Name the study by --study."))
    given = {name: value for name, value in given.items() if name != STUDY}
    checked = {}
    try:
        checked = check_parameters(given)
    except ParameterError as error:
        problems += error.problems
    read = set().union(*(section.defaults for section in selected))
    problems += [_unread(name, sections) for name in given if name in PARAMETERS and name not in read]
    problems += _find_contradictions(checked)
    problems += find_unmasked(checked)
    problems += [
        _unkept(section, name)
        for name in _PROMISES
        for section in selected
        if checked.get(name) and name not in section.defaults
    ]
    if problems:
        raise ParameterError(problems)
    return checked


def resolve_parameters(section: Section, given: Mapping[str, Any], study_name: str) -> dict[str, Any]:
    """Return the value of every parameter that the section reads.

    A value given equal to the notebook's own is the notebook's own, so that saying a default aloud changes nothing.
    """
    values = {
        name: default if given.get(name, default) == default else given[name]
        for name, default in section.defaults.items()
    }
    return values | {STUDY: study_name} if STUDY in values else values


def _find_contradictions(checked: Mapping[str, Any]) -> list[Problem]:
    convention = checked.get("convention")
    return [
        Problem(
            f"`{name}={checked[name]}` contradicts `convention={convention}`, which sets it to {value}.",
            remedy="Leave out one of the two.",
        )
        for name, value in CONVENTIONS.get(convention, {}).items()
        if checked.get(name, value) != value
    ]


def _unkept(section: Section, name: str) -> Problem:
    return Problem(
        f"The section {section.name} does not read `{name}`, so it would {_PROMISES[name]}.",
        remedy="Name the other sections by --section, or let its notebook read the parameter as the others do.",
    )


def _unread(name: str, sections: Sequence[Section]) -> Problem:
    readers = [section.name for section in sections if name in section.defaults]
    remedy = f"It is read by: {', '.join(readers)}." if readers else "No section reads it yet."
    return Problem(f"No selected section reads the parameter `{name}`.", remedy=remedy)
