"""What moved between the results of two runs, and which conclusions flipped.

A result is the same result where its id is. It moved where any of its numbers is another one; how far is told against
its own interval. Nothing is rounded here, and nothing is tested: two runs share most of their patients.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cartcohort.render.compare_measures import (
    P_VALUES,
    THRESHOLD,
    Record,
    lies_outside,
    measure_limit_shift,
    measure_shift,
    null_value,
    p_ratio,
    relative_change,
    side_of_interval,
    side_of_p,
)

NUMBERS = ("estimate", "conf_low", "conf_high", "n", "n_event", "statistic", "df", "p_value", "p_holm", "p_bh")
INTERVAL = "interval"

_COMPARED = (*NUMBERS, "unit")
_SECOND_ROUTE = "self_check"
_VERDICTS = ("checked", "agreeing")


@dataclass(frozen=True)
class Crossing:
    """A p-value across 0.05, or an interval across the value of no effect.

    Attributes
    ----------
    field : str
        "p_value", "p_holm", "p_bh" or "interval".
    null : float
        What was crossed: 0.05; for an interval 1 (a ratio) or 0 (a difference).
    before, after : str
        The side: "below", "above", and "across" for an interval that holds the null.
    """

    field: str
    null: float
    before: str
    after: str

    @property
    def direction(self) -> str:
        """Say whether a conclusion was lost from the first run to the second, gained, or reversed."""
        decisive = [self._decides(side) for side in (self.before, self.after)]
        return "reversed" if all(decisive) else "lost" if decisive[0] else "gained"

    def _decides(self, side: str) -> bool:
        return side != "across" if self.field == INTERVAL else side == "below"


@dataclass(frozen=True)
class Move:
    """A result whose numbers differ between two runs.

    Attributes
    ----------
    before, after : mapping
        Its record in the first run and in the second.
    shift : float or None
        Change of the estimate in half-widths of the first run's interval, for ratios both on the log scale. Where one
        limit is missing, the distance from the estimate to the other stands for the half-width; None where there is
        no interval.
    outside : bool
        Whether the second estimate lies outside the first interval.
    crossings : tuple of Crossing
        The conclusions that flipped.
    answer : str
        "gained" where there is an estimate now and was none (a median that is reached), "lost" where it is the other
        way round, else empty.
    """

    before: Record
    after: Record
    shift: float | None
    outside: bool
    crossings: tuple[Crossing, ...]
    answer: str

    @property
    def id(self) -> str:
        """Return the name of the result."""
        return self.before["id"]

    @property
    def size(self) -> tuple[float, float]:
        """Return how far it moved, to sort by: by its interval first, what has none by its p-value or its value."""
        if self.shift is not None:
            return abs(self.shift), measure_limit_shift(self.before, self.after)
        return -1.0, max(p_ratio(self.before, self.after), relative_change(self.before, self.after))


@dataclass(frozen=True)
class Flip:
    """Results whose conclusion flipped by the same numbers; most stand alone."""

    moves: tuple[Move, ...]

    @property
    def direction(self) -> str:
        """Return "lost", "gained" or "reversed"."""
        return self.moves[0].crossings[0].direction


@dataclass(frozen=True)
class Differences:
    """What differs between the results of two runs.

    Attributes
    ----------
    n_compared : int
        Results that both runs have.
    moved : tuple of Move
        In the order of the first run.
    flips : tuple of Flip
        The farthest first.
    appeared, vanished : tuple of mapping
        Records that only the second run has, and only the first.
    methods : mapping of (str, str) to int
        How many results were estimated by another method, by the methods of both runs.
    n_second_route : int
        Results of either run that repeat another one by a second route, which are left out.
    """

    n_compared: int
    moved: tuple[Move, ...]
    flips: tuple[Flip, ...]
    appeared: tuple[Record, ...]
    vanished: tuple[Record, ...]
    methods: Mapping[tuple[str, str], int]
    n_second_route: int


def compare_records(before: Sequence[Record], after: Sequence[Record]) -> Differences:
    """Compare the records of two runs.

    Parameters
    ----------
    before, after : sequence of mapping
        Records as in `results.json`.
    """
    old, new = _first_route(before), _first_route(after)
    both = [(record, new[name]) for name, record in old.items() if name in new]
    moved = tuple(_move(*pair) for pair in both if any(pair[0].get(f) != pair[1].get(f) for f in _COMPARED))
    methods: dict[tuple[str, str], int] = {}
    for one, other in both:
        pair = (one.get("method", ""), other.get("method", ""))
        if pair[0] != pair[1]:
            methods[pair] = methods.get(pair, 0) + 1
    return Differences(
        n_compared=len(both),
        moved=moved,
        flips=_join_flips(moved),
        appeared=tuple(record for name, record in new.items() if name not in old),
        vanished=tuple(record for name, record in old.items() if name not in new),
        methods=dict(sorted(methods.items(), key=lambda item: (-item[1], item[0]))),
        n_second_route=len(before) + len(after) - len(old) - len(new),
    )


def _first_route(records: Sequence[Record]) -> dict[str, Record]:
    """Return records by id, without those that repeat another one; whether the two agree is kept."""
    kept = {}
    for record in records:
        parts = record["id"].split("/")
        if len(parts) < 2 or parts[1] != _SECOND_ROUTE or parts[-1] in _VERDICTS:
            kept[record["id"]] = record
    return kept


def _move(before: Record, after: Record) -> Move:
    alike = before.get("unit") == after.get("unit")
    return Move(
        before,
        after,
        shift=measure_shift(before, after) if alike else None,
        outside=alike and lies_outside(before, after),
        crossings=tuple(_crossings(before, after, alike=alike)),
        answer=_answer(before, after),
    )


def _crossings(before: Record, after: Record, *, alike: bool) -> list[Crossing]:
    found = []
    sides = {name: (side_of_p(before.get(name)), side_of_p(after.get(name))) for name in P_VALUES}
    nulls = dict.fromkeys(P_VALUES, THRESHOLD)
    null = null_value(before, after) if alike else None
    if null is not None:
        sides[INTERVAL] = (side_of_interval(before, null), side_of_interval(after, null))
        nulls[INTERVAL] = null
    for name in ("p_value", INTERVAL, "p_holm", "p_bh"):
        old, new = sides.get(name, ("", ""))
        if old and new and old != new:
            found.append(Crossing(name, nulls[name], old, new))
    return found


def _answer(before: Record, after: Record) -> str:
    """Say whether an estimate came or went; of a test without one whether its p-value did."""
    fields = ("estimate", "p_value") if before.get("unit") or after.get("unit") else ("p_value", "estimate")
    for name in fields:
        had, has = before.get(name) is not None, after.get(name) is not None
        if had != has:
            return "gained" if has else "lost"
        if had:
            return ""
    return ""


def _join_flips(moved: Sequence[Move]) -> tuple[Flip, ...]:
    """Put flips by the same numbers together: one test that stands in two sections is one conclusion."""
    joined: dict[tuple, list[Move]] = {}
    for move in moved:
        if move.crossings:
            joined.setdefault(_evidence(move), []).append(move)
    # The one that says most comes first: a ratio with its interval before a test.
    flips = [Flip(tuple(sorted(moves, key=lambda move: -len(move.crossings)))) for moves in joined.values()]
    return tuple(sorted(flips, key=lambda flip: -_flip_size(flip.moves[0])))


def _evidence(move: Move) -> tuple:
    """Return the numbers by which a result flipped, without their noise."""
    field = move.crossings[0].field
    names = ("conf_low", "conf_high") if field == INTERVAL else (field,)
    values = [record.get(name) for name in names for record in (move.before, move.after)]
    return (field, *(None if value is None else f"{value:.9g}" for value in values))


def _flip_size(move: Move) -> float:
    return max(p_ratio(move.before, move.after), abs(move.shift or 0.0))
