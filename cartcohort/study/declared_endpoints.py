"""What study.yaml says under `endpoints`: its form, its names, and the days that it leads to."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from cartcohort.errors import ParameterError, Problem, did_you_mean
from cartcohort.study.declared_days import OfSubjects, as_day
from cartcohort.study.description import FILE
from cartcohort.study.endpoint_definitions import ENDPOINTS
from cartcohort.study.own_endpoints import BY_RESPONSE, OwnEndpoint, mark_patients
from cartcohort.study.schema import SUBJECTS
from cartcohort.study.subset import names_in

_TEXTS = ("label", "abbreviation", "origin", "patients", "time", "status")
_LISTS = ("events", "competing", "censors")
_KEYS = ("label", "abbreviation", "origin", *_LISTS, "patients", "time", "status")
_EXAMPLE = "ttnt: {label: Time to next therapy, events: [new_therapy, death]}"

_TAKEN = frozenset(
    {"self_check", "never_infused", "transplant"}
    | {name.removesuffix("_day") for column in SUBJECTS.columns for name in column.names}
)
"""Names of results beside those of endpoints, and of the data dictionary."""
_SPOKEN = (
    "ci",
    "cr",
    "cri",
    "crs",
    "gvhd",
    "hr",
    "icaht",
    "icans",
    "iqr",
    "mrd",
    "ne",
    "nr",
    "or",
    "orr",
    "pr",
    "rmst",
    "sd",
    "shr",
    "smd",
)
"""Abbreviations that mean something else on a page."""


def read_endpoints(
    declared: Mapping[str, Any], of: OfSubjects, *, subjects: pd.DataFrame, problems: list[Problem]
) -> dict[str, OwnEndpoint]:
    """Check what a study declares, and resolve its names.

    Parameters
    ----------
    declared : mapping of str to object
        By name of the endpoint, as study.yaml has it.
    of : OfSubjects
        The days of the subjects, and how their file calls them.
    subjects : DataFrame
        The same with the derived columns, for `patients`.
    problems : list of Problem
        Gathers what is wrong.

    Returns
    -------
    dict of str to OwnEndpoint
        Those of which nothing is wrong.
    """
    own: dict[str, OwnEndpoint] = {}
    said = {word.casefold(): f"`{name}`" for name, one in ENDPOINTS.items() for word in (one.label, one.abbreviation)}
    said |= dict.fromkeys(_SPOKEN, "another word of the pages")
    for name, content in declared.items():
        reader = _Reader(name, of, subjects)
        endpoint = reader.read(content, said)
        problems.extend(reader.problems)
        if endpoint is not None and not reader.problems:
            own[name] = endpoint
    return own


def list_named_days(declared: Mapping[str, Any]) -> set[str]:
    """Return the columns of days that declarations name, as `peak_day`, whether or not they are there."""
    found = [one.get(key, ()) for one in declared.values() if isinstance(one, dict) for key in ("origin", *_LISTS)]
    names = [name for value in found for name in ([value] if isinstance(value, str) else value or ())]
    return {as_day(name.strip()) for name in names if isinstance(name, str)}


class _Reader:
    """Reads one declaration and gathers what is wrong with it."""

    def __init__(self, name: str, of: OfSubjects, subjects: pd.DataFrame) -> None:
        self.name = name
        self.of = of
        self.subjects = subjects
        self.problems: list[Problem] = []

    def read(self, content: Any, said: dict[str, str]) -> OwnEndpoint | None:
        """Return the endpoint; it is whole only where no problem was found."""
        self._check_name()
        if not isinstance(content, dict):
            self._report(f"`endpoints: {self.name}` must hold pairs of name and value.", f"Such as {_EXAMPLE}.")
            return None
        given = self._read_form(content)
        label, abbreviation = (
            given.get("label", ""),
            given.get("abbreviation") or self.name.upper().strip("_").replace("_", "-"),
        )
        self._check_words(label, abbreviation, said)
        origin, since = self._find_origin(given.get("origin", ""))
        roles = {role: self._find_days(role, given.get(role, ())) for role in _LISTS}
        self._check_roles(given, roles)
        endpoint = OwnEndpoint(
            name=self.name,
            label=label,
            abbreviation=abbreviation,
            origin=origin,
            since=since,
            patients=given.get("patients", ""),
            words={column: self.of.say(column) for found in roles.values() for column in found},
            **roles,
        )
        self._check_patients(endpoint)
        self._check_columns()
        if self.problems:
            return None
        if "time" in given:
            return self.of.record(endpoint, given["time"], given["status"], self.problems)
        self.of.check(endpoint, self.problems)
        return endpoint

    def _report(self, what: str, remedy: str) -> None:
        self.problems.append(Problem(what, FILE, remedy))

    def _check_name(self) -> None:
        if self.name in ENDPOINTS:
            what = f"`endpoints` declares `{self.name}`, which is an endpoint of the suite."
            self._report(what, "Give yours another name; the suite's stay what they are.")
        elif not re.fullmatch(r"[a-z][a-z0-9_]{0,29}", self.name) or self.name in _TAKEN:
            what = f"`endpoints` declares `{self.name}`, which is no name for an endpoint of your own."
            remedy = "Take small letters, digits and underscores, such as `ttnt`, and no name of the data dictionary."
            self._report(what, remedy)

    def _read_form(self, content: Mapping[str, Any]) -> dict[str, Any]:
        """Return the texts and lists that have their form; an empty one is as if it were not there."""
        given: dict[str, Any] = {}
        for key, value in content.items():
            if key not in _KEYS:
                what = f"There is no key `{key}` under `endpoints: {self.name}`.{did_you_mean(key, _KEYS)}"
                self._report(what, f"Keys are: {', '.join(_KEYS)}.")
            elif value in ("", []):
                continue
            elif key in _TEXTS and not isinstance(value, str):
                what = f"`endpoints: {self.name}: {key}` must be one text."
                self._report(what, "Quote it if it holds a colon or brackets.")
            elif key in _TEXTS:
                given[key] = value.strip()
            else:
                given |= self._read_list(key, value)
        return given

    def _read_list(self, key: str, value: Any) -> dict[str, tuple[str, ...]]:
        items = [value] if isinstance(value, str) else value
        if isinstance(items, list) and all(isinstance(item, str) and item.strip() for item in items):
            return {key: tuple(item.strip() for item in items)}
        self._report(f"`endpoints: {self.name}: {key}` must be a list of names.", "Such as [new_therapy, death].")
        return {}

    def _check_words(self, label: str, abbreviation: str, said: dict[str, str]) -> None:
        if not label:
            remedy = "Add words for a reader, such as `label: Time to next therapy`."
            self._report(f"`endpoints: {self.name}` lacks `label`.", remedy)
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]{0,14}", abbreviation):
            what = f"`endpoints: {self.name}` has no fit abbreviation."
            self._report(what, "Give `abbreviation: TTNT`, of at most 15 letters, digits and hyphens.")
        for key, word in {"label": label, "abbreviation": abbreviation}.items():
            if word.casefold() in said:
                what = f"The {key} of `endpoints: {self.name}` is that of {said[word.casefold()]}."
                self._report(what, f"Give it another `{key}`, so that a reader can tell them apart.")
        said.update({word.casefold(): f"`{self.name}`" for word in (label, abbreviation) if word})

    def _find_origin(self, name: str) -> tuple[str, str]:
        """Return the origin and what it is in words."""
        if name in ("", "infusion"):
            return name, name
        column = self.of.find(name)
        if column in (None, "death_day", "last_contact_day"):
            offered = ["infusion", *(one for one in self.of.bare_names if one not in ("death", "last_contact"))]
            hint = did_you_mean(name, offered)
            what = f"`endpoints: {self.name}: origin` names `{name}`, which is no day of the subjects table.{hint}"
            self._report(what, f"Days to name are: {', '.join(offered)}.")
            return "", ""
        return ("enrollment", "enrollment") if column == "enrollment_day" else (column, self.of.say_origin(column))

    def _find_days(self, role: str, names: Sequence[str]) -> tuple[str, ...]:
        found = {name: name if name in BY_RESPONSE else self.of.find(name, ends=True) for name in names}
        offered = [name for name in self.of.bare_names if name not in ("enrollment", "last_contact")]
        offered += BY_RESPONSE if self.of.has_responses else []
        for name, column in found.items():
            if column is None or (name in BY_RESPONSE and not self.of.has_responses):
                hint = did_you_mean(name, offered)
                what = (
                    f"`endpoints: {self.name}: {role}` names `{name}`, which is no day of the subjects table.{hint}"
                )
                self._report(what, f"Days to name are: {', '.join(offered)}.")
        return tuple(column for column in found.values() if column is not None)

    def _check_roles(self, given: Mapping[str, Any], roles: Mapping[str, tuple[str, ...]]) -> None:
        recorded = {"time", "status"} & set(given)
        if recorded and set(_LISTS) & set(given):
            what = f"`endpoints: {self.name}` gives both `{min(recorded)}` and days that end the time."
            self._report(what, "Give `time` and `status`, or `events` with `competing` and `censors`.")
        elif len(recorded) == 1:
            absent = ({"time", "status"} - recorded).pop()
            self._report(f"`endpoints: {self.name}` lacks `{absent}`.", "`time` and `status` go together.")
        elif not recorded and "events" not in given:
            remedy = f"Name at least one under `events`, such as {_EXAMPLE}."
            self._report(f"`endpoints: {self.name}` names no event.", remedy)
        named = [column for found in roles.values() for column in found]
        for column in dict.fromkeys(column for column in named if named.count(column) > 1):
            what = f"`endpoints: {self.name}` names `{column.removesuffix('_day')}` twice."
            self._report(what, "Keep one: what is an event neither competes nor censors.")

    def _check_columns(self) -> None:
        for column in (f"{self.name}_{role}" for role in ("at_risk", "origin_day", "event_day", "censored_day")):
            if column in self.subjects:
                what = f"`{column}` is a name that the suite gives itself for `endpoints: {self.name}`."
                self._report(what, "Give the column of the file, or the endpoint, another name.")

    def _check_patients(self, endpoint: OwnEndpoint) -> None:
        if not endpoint.patients:
            return
        where = f"`endpoints: {self.name}: patients`"
        try:
            if "age_group" in names_in(endpoint.patients) and not self.of.has("age_group"):
                what = f"{where} names `age_group`, which a parameter of the report moves."
                self._report(what, "Name the age itself, such as age_years >= 40.")
                return
            mark_patients(self.subjects, {self.name: endpoint})
        except ParameterError as error:
            for problem in error.problems:
                self._report(problem.what.replace("`subset`", where, 1), problem.remedy)
