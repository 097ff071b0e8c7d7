"""What two runs were made from, where that differs: parameters, data, code and versions, section by section."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cartcohort.parameters import REDACTED
from cartcohort.render.manifest import Manifest

NOT_THERE = "(not there)"
"""Stands for a parameter, file or library that only the other run has."""


@dataclass(frozen=True)
class Difference:
    """One thing that two runs were made from and that differs.

    Attributes
    ----------
    name : str
    before, after : object
        Its value in each run; `NOT_THERE` where a run has none.
    sections : tuple of str
        The sections in which it differs so; empty where it is all that have it.
    """

    name: str
    before: Any
    after: Any
    sections: tuple[str, ...] = ()


@dataclass(frozen=True)
class InputDifferences:
    """What differs between what two runs were made from.

    Attributes
    ----------
    parameters, data, versions, code : tuple of Difference
        Values; SHA-256 of files; versions; SHA-256 of the package, of notebooks, and SOURCE_DATE_EPOCH.
    sections : tuple of str
        Sections that both runs have.
    only_before, only_after : tuple of str
        Sections that one run lacks.
    failed_before, failed_after : tuple of str
        Sections that failed when they were last made; what a run has of them is of an earlier report.
    """

    parameters: tuple[Difference, ...]
    data: tuple[Difference, ...]
    versions: tuple[Difference, ...]
    code: tuple[Difference, ...]
    sections: tuple[str, ...]
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]
    failed_before: tuple[str, ...] = ()
    failed_after: tuple[str, ...] = ()


def compare_inputs(before: Manifest, after: Manifest) -> InputDifferences:
    """Compare what the sections of two runs were made from."""
    old, new = _reported(before), _reported(after)
    both = [name for name in old if name in new]
    pairs = {name: (old[name], new[name]) for name in both}
    return InputDifferences(
        parameters=_differing(pairs, "parameters"),
        data=_differing(pairs, "data"),
        versions=_differing(pairs, "versions"),
        code=_differing({name: tuple(map(_code, pair)) for name, pair in pairs.items()}, "code"),
        sections=tuple(both),
        only_before=tuple(name for name in old if name not in new),
        only_after=tuple(name for name in new if name not in old),
        failed_before=_failed(before),
        failed_after=_failed(after),
    )


def _reported(manifest: Manifest) -> dict[str, Mapping[str, Any]]:
    """Return the inputs of each section that has a report."""
    return {name: entry.inputs for name, entry in manifest.sections.items() if entry.inputs and entry.outputs}


def _failed(manifest: Manifest) -> tuple[str, ...]:
    return tuple(name for name, entry in manifest.sections.items() if entry.failure)


def _code(inputs: Mapping[str, Any]) -> dict[str, Any]:
    parts = {"cartcohort": inputs.get("code"), "notebook": inputs.get("notebook")}
    return {"code": parts | {"SOURCE_DATE_EPOCH": inputs.get("source_date_epoch")}}


def _differing(pairs: Mapping[str, tuple[Mapping, Mapping]], part: str) -> tuple[Difference, ...]:
    """Return what differs in a part of the inputs, sections that agree on both values told together."""
    values: dict[str, dict[str, tuple[Any, Any]]] = {}
    for section, inputs in pairs.items():
        old, new = (dict(one.get(part) or {}) for one in inputs)
        for name in {**old, **new}:
            values.setdefault(name, {})[section] = (old.get(name, NOT_THERE), new.get(name, NOT_THERE))
    return tuple(difference for name, found in values.items() for difference in _differences_of(name, found))


def _differences_of(name: str, found: Mapping[str, tuple[Any, Any]]) -> list[Difference]:
    joined: list[tuple[tuple[Any, Any], list[str]]] = []
    for section, pair in found.items():
        group = next((sections for known, sections in joined if _same(known, pair)), None)
        if group is None:
            joined.append((pair, [section]))
        else:
            group.append(section)
    everywhere = len(joined) == 1
    return [
        Difference(name, *pair, () if everywhere else tuple(sections))
        for pair, sections in joined
        if REDACTED in pair or not _same(pair[:1], pair[1:])  # what is redacted in both may differ
    ]


def _same(one: tuple, other: tuple) -> bool:
    """Compare as JSON does: 1 and true are not the same, 1 and 1.0 are."""
    return one == other and [isinstance(value, bool) for value in one] == [isinstance(v, bool) for v in other]
