"""A comparison as JSON: every number with all its digits, an entry a line."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from cartcohort.render.compare_inputs import NOT_THERE, Difference, InputDifferences
from cartcohort.render.compare_measures import THRESHOLD, Record
from cartcohort.render.compare_read import Run
from cartcohort.render.compare_results import NUMBERS, Differences, Flip, Move

_FIELDS = (*NUMBERS, "conf_level", "unit")
_MEANING = {
    "shift": "change of the estimate in half-widths of the interval of run a, for ratios on the log scale",
    "flipped": f"a p-value passed {THRESHOLD}, or an interval 1 (ratios) or 0 (differences)",
    "printed": "false where nothing that a page prints reads differently",
}


def write_comparison(
    names: tuple[str, str], runs: Sequence[Run], differences: Differences, inputs: InputDifferences, shown: Any
) -> str:
    """Return the JSON of a comparison.

    Parameters
    ----------
    names : (str, str)
        What the runs are called.
    runs : sequence of Run
    differences : Differences
    inputs : InputDifferences
    shown : object
        With `counts` (a dataclass) and `seen`, the ids of the results that read differently.
    """
    content = {
        "a": _describe_run(names[0], runs[0]),
        "b": _describe_run(names[1], runs[1]),
        "counts": asdict(shown.counts),
        "meaning": _MEANING,
        "sections": {"both": inputs.sections, "only_a": inputs.only_before, "only_b": inputs.only_after},
        "parameters": [_describe_input(item) for item in inputs.parameters],
        "data": [_describe_input(item) for item in inputs.data],
        "code": [_describe_input(item) for item in inputs.code],
        "versions": [_describe_input(item) for item in inputs.versions],
        "methods": [{"a": a, "b": b, "results": n} for (a, b), n in differences.methods.items()],
        "flipped": [_describe_flip(flip) for flip in differences.flips],
        "moved": [_describe_move(move, printed=move.id in shown.seen) for move in differences.moved],
        "appeared": [_describe_record(record) for record in differences.appeared],
        "vanished": [_describe_record(record) for record in differences.vanished],
    }
    return "{\n" + ",\n".join(f"{_dump(key)}: {_lines(value)}" for key, value in content.items()) + "\n}\n"


def _lines(value: Any) -> str:
    """Return JSON with each entry of a list on a line of its own."""
    if not isinstance(value, list) or not value:
        return _dump(value)
    return "[\n" + ",\n".join(map(_dump, value)) + "\n]"


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _describe_run(name: str, run: Run) -> dict[str, Any]:
    kept = ("study_title", "n", "population", "data_cutoff_date")
    return {"name": name, **{key: run.page.get(key) for key in kept}, "synthetic": run.synthetic}


def _describe_input(item: Difference) -> dict[str, Any]:
    """Return a difference; a value that a run does not have is left out, which null would not say."""
    values = {run: value for run, value in (("a", item.before), ("b", item.after)) if value != NOT_THERE}
    return {"name": item.name, **values, **({"sections": item.sections} if item.sections else {})}


def _describe_flip(flip: Flip) -> dict[str, Any]:
    move = flip.moves[0]
    crossings = [
        {"of": crossing.field, "null": crossing.null, "a": crossing.before, "b": crossing.after}
        for crossing in move.crossings
    ]
    ids = [other.id for other in flip.moves]
    return {"ids": ids, "label": move.before.get("label"), "direction": flip.direction, "crossings": crossings}


def _describe_move(move: Move, *, printed: bool) -> dict[str, Any]:
    changed = {
        name: [move.before.get(name), move.after.get(name)]
        for name in _FIELDS
        if move.before.get(name) != move.after.get(name)
    }
    estimates = (move.before.get("estimate"), move.after.get("estimate"))
    change = None if None in estimates else estimates[1] - estimates[0]
    entry: dict[str, Any] = {"id": move.id, "label": move.before.get("label"), **changed}
    entry |= {"change": change, "shift": move.shift, "printed": printed}
    return entry | ({"outside": True} if move.outside else {}) | ({"answer": move.answer} if move.answer else {})


def _describe_record(record: Record) -> Mapping[str, Any]:
    return {"id": record["id"], "label": record.get("label"), **{name: record.get(name) for name in _FIELDS}}
