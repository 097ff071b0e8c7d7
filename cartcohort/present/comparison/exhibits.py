"""The tables of a comparison: conclusions that flipped, what came and went, what moved farthest, and every move."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from cartcohort.present.comparison import words
from cartcohort.present.comparison.readings import Moved, Reading, read_move
from cartcohort.present.comparison.tables import write_moves, write_table
from cartcohort.present.display import make_id
from cartcohort.present.format import format_whole
from cartcohort.present.narrative import count_noun

_MOST_AT_TOP = 15
_FEW_ROWS = 12
_FEW_A_HEADING = 3


@dataclass(frozen=True)
class Family:
    """A table of moved results that belong together, folded on the page."""

    title: str
    size: str
    html: str


@dataclass(frozen=True)
class SectionMoves:
    """The moved results of one section, by family."""

    id: str
    title: str
    size: str
    families: tuple[Family, ...]


def tabulate_flips(flips: Sequence[Any]) -> str:
    """Return the table of conclusions that flipped, those lost first; empty where none did."""
    bodies = []
    for direction, heading in words.HEADINGS.items():
        found = [flip for flip in flips if flip.direction == direction]
        if not found:
            continue
        bodies.append(f"<tbody><tr><th scope=rowgroup colspan=5>{escape(heading)} ({len(found)})</th></tr>")
        bodies += [f"<tr>{_flip_cells(flip)}</tr>" for flip in found]
        bodies.append("</tbody>")
    head = ["Result", "What flipped", "A", "B", "Shift"]
    return write_table("Conclusions that flipped", head, "".join(bodies), style="flips", hidden=True) if flips else ""


def _flip_cells(flip: Any) -> str:
    move = flip.moves[0]
    reading = read_move(move)
    where = words.words_of(move.before["section"])
    notes = ", ".join(filter(None, (where, reading.unit)))
    others = words.say_others(flip)
    more = f"<p><i>The same numbers: {escape(others)}</i></p>" if others else ""
    cells = [words.say_crossings(move), *reading.values, reading.shift]
    written = "".join(f"<td>{escape(text)}</td>" for text in cells)
    return f"<th scope=row>{escape(reading.label)} <i>{escape(notes)}</i>{more}</th>{written}"


def tabulate_answers(seen: Sequence[Moved], readings: Mapping[str, Reading]) -> str:
    """Return the table of results that have an estimate in one run only, with the reason."""
    titles = {"gained": "Only in B", "lost": "Only in A"}
    groups = {title: [readings[move.id] for move in seen if move.answer == key] for key, title in titles.items()}
    groups = {title: found for title, found in groups.items() if found}
    if not groups:
        return ""
    notes = {
        move.id: ", ".join(filter(None, (words.words_of(move.before["section"]), _reason(move)))) for move in seen
    }
    return write_moves("Reached or estimable in one run only", groups, names=notes)


def _reason(move: Moved) -> str:
    missing = move.before if move.answer == "gained" else move.after
    return missing.get("note", "")


def tabulate_top(seen: Sequence[Moved], readings: Mapping[str, Reading]) -> str:
    """Return the results that moved farthest by their own interval, those of the same numbers told once."""
    told: dict[tuple, list[Moved]] = {}
    for move in sorted((move for move in seen if move.shift), key=lambda move: move.size, reverse=True):
        reading = readings[move.id]
        told.setdefault((reading.values, reading.shift), []).append(move)
    chosen = list(told.values())[:_MOST_AT_TOP]
    if not chosen:
        return ""
    notes = {}
    for moves in chosen:
        more = f"and {len(moves) - 1} with the same numbers" if len(moves) > 1 else ""
        notes[moves[0].id] = ", ".join(filter(None, (words.words_of(moves[0].before["section"]), more)))
    return write_moves("Results that moved farthest", {"": [readings[m[0].id] for m in chosen]}, names=notes)


def split_sections(seen: Sequence[Moved], readings: Mapping[str, Reading]) -> tuple[SectionMoves, ...]:
    """Return every moved result by section and family, the farthest first."""
    tree: dict[str, dict[str, list[Moved]]] = {}
    for move in seen:
        parts = move.id.split("/")
        families = tree.setdefault(str(move.before.get("section") or parts[0]), {})
        families.setdefault(parts[1] if len(parts) > 2 else "", []).append(move)
    sections = []
    for name, families in tree.items():
        title = words.words_of(name)
        written = tuple(_family(title, part, moves, readings) for part, moves in families.items())
        size = count_noun(sum(map(len, families.values())), "result")
        sections.append(SectionMoves(f"moved-{make_id(name)}", title, size, written))
    return tuple(sections)


def _family(section: str, part: str, moves: Sequence[Moved], readings: Mapping[str, Reading]) -> Family:
    title = words.words_of(part) or "Others"
    groups: dict[str, list[Moved]] = {}
    for move in moves:
        groups.setdefault(move.id.split("/")[2] if move.id.count("/") > 1 else "", []).append(move)
    if len(moves) <= _FEW_ROWS or len(moves) < _FEW_A_HEADING * len(groups):
        groups = {"": list(moves)}
    sorted_groups = {
        words.words_of(name): [readings[m.id] for m in sorted(group, key=lambda move: move.size, reverse=True)]
        for name, group in groups.items()
    }
    notes = words.besides([readings[move.id] for move in moves])
    html = write_moves(f"{section}, {title}: results that moved", sorted_groups, names=notes)
    return Family(title, format_whole(len(moves)), html)
