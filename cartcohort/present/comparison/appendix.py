"""What stands behind a comparison: what the runs were made from, their methods, and results that only one has."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from cartcohort.present.comparison import words
from cartcohort.present.comparison.readings import Moved, as_result, counts_text, value_text
from cartcohort.present.comparison.tables import write_rows, write_table
from cartcohort.present.format import NOT_ESTIMABLE, format_p, format_power, format_whole
from cartcohort.present.narrative import capitalise, count_noun, join_words

_SHORT_HASH = 12
_NOISE = 1e-6
_PRINTED = ("estimate", "conf_low", "conf_high", "p_value", "p_holm", "p_bh")


def tabulate_inputs(inputs: Any) -> str:
    """Return the table of parameters, data, code and versions that differ; empty where none does."""
    kinds = {
        "Parameters": [(item, value_of(item.before), value_of(item.after)) for item in inputs.parameters],
        "Data files (SHA-256)": [(item, _hash(item.before), _hash(item.after)) for item in inputs.data],
        "Code (SHA-256)": [(item, _hash(item.before), _hash(item.after)) for item in inputs.code],
        "Versions": [(item, str(item.before), str(item.after)) for item in inputs.versions],
    }
    bodies = []
    for kind, items in kinds.items():
        if items:
            rows = [(item.name, old, new, name_sections(item.sections)) for item, old, new in items]
            heading = f"<tbody><tr><th scope=rowgroup colspan=4>{escape(kind)}</th></tr></tbody>"
            bodies.append(heading.removesuffix("</tbody>") + write_rows(rows).removeprefix("<tbody>"))
    head = ["Made from", "A", "B", "Sections"]
    return (
        write_table("What the runs were made from", head, "".join(bodies), style="inputs", hidden=True)
        if bodies
        else ""
    )


def value_of(value: Any) -> str:
    """Return a parameter as it is written on the command line, or as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _hash(value: Any) -> str:
    return str(value)[:_SHORT_HASH] if value else "none"


def name_sections(names: Sequence[str]) -> str:
    """Return names of sections in words; none stands for all."""
    return join_words([name.replace("_", " ") for name in names]) if names else "all that read it"


def tabulate_methods(methods: Mapping[tuple[str, str], int]) -> str:
    """Return the table of methods that differ, with how many results each pair has."""
    rows = [(old or "none", new or "none", format_whole(n)) for (old, new), n in methods.items()]
    head = ["Method in A", "Method in B", "Results"]
    return write_table("Methods that differ", head, write_rows(rows), style="methods", hidden=True) if rows else ""


def tabulate_records(caption: str, records: Sequence[Mapping[str, Any]]) -> str:
    """Return the table of results that only one run has."""
    by_section: dict[str, list[Mapping[str, Any]]] = {}
    for record in records:
        by_section.setdefault(str(record.get("section") or ""), []).append(record)
    bodies = []
    for section, found in by_section.items():
        heading = f"<tbody><tr><th scope=rowgroup colspan=4>{escape(words.words_of(section))}</th></tr>"
        bodies.append(heading + write_rows(map(_record_cells, found)).removeprefix("<tbody>"))
    head = ["Result", "Events/N", "Estimate", "p"]
    return write_table(caption, head, "".join(bodies), style="moves", hidden=True) if records else ""


def _record_cells(record: Mapping[str, Any]) -> tuple[str, str, str, str]:
    result = as_result(record)
    p = "" if result.p_value is None else format_p(result.p_value)
    value = value_text(result) or ("" if p else NOT_ESTIMABLE)
    return result.label or record["id"], counts_text(result), value, p


def say_unseen(moves: Sequence[Moved]) -> str:
    """Say how many results moved unseen, and by how much at most."""
    if not moves:
        return ""
    steps = [
        abs(new - old) / max(abs(old), abs(new))
        for move in moves
        for name, old in move.before.items()
        if name in _PRINTED
        and isinstance(old, float)
        and isinstance(new := move.after.get(name), float)
        and old != new
    ]
    said = "none of their estimates, limits and p-values moved by more than"
    # Other versions of a library, or another processor, do no more than this.
    noise = f"; {said} {format_power(max(steps))} of itself" if steps and max(steps) < _NOISE else ""
    have = "has" if len(moves) == 1 else "have"
    return (
        f"{capitalise(count_noun(len(moves), 'more result'))} {have} moved below the last printed digit, or in a "
        f"number that is not printed (a test statistic){noise}. The JSON file names them."
    )
