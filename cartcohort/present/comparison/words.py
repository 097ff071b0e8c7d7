"""What a comparison says in sentences: conclusions that flipped, counts, and what the numbers mean."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from cartcohort.present.comparison.readings import Crossed, Moved, Reading, arrow, as_result, read_move
from cartcohort.present.display import KeyResult
from cartcohort.present.format import format_conf_level, format_number, format_p, format_whole
from cartcohort.present.narrative import capitalise, count_noun, join_words

_P_NAMES = {"p_value": "p", "p_holm": "p (Holm)", "p_bh": "p (BH)"}
_ABBREVIATED = frozenset(
    (
        "os",
        "pfs",
        "efs",
        "rfs",
        "dor",
        "cir",
        "nrm",
        "crs",
        "icans",
        "icaht",
        "orr",
        "cr",
        "cri",
        "pr",
        "nr",
        "ne",
        "mrd",
        "rmst",
    )
)

HEADINGS = {
    "lost": "Shown in A, not in B",
    "gained": "Shown in B, not in A",
    "reversed": "Shown in both, in opposite directions",
}
"""What the conclusions of each direction have in common."""

SHIFT = (
    "Shift: change of the estimate from A to B in half-widths of A's confidence interval, for ratios both on the "
    "log scale; where one limit is not reached, the distance from the estimate to the other stands for it. "
    "B in bold type lies outside A's interval. The shift is a yardstick, no test: the runs may share their patients."
)
CHANGE = (
    "Change: percentages in points, ratios and p-values as a factor, everything else as a difference; empty where "
    "the estimate is the same and only its limits, counts or p-value moved."
)
FLIP = (
    "A conclusion flips where a p-value, raw or adjusted, passes 0.05, or where the confidence interval of a "
    "ratio passes 1 or that of a difference 0. Such a step can be small: compare the numbers. Results that flip by "
    "the very same numbers are told once."
)


def say_crossing(crossing: Crossed, move: Moved) -> str:
    """Return how a conclusion flipped: "p 0.034 → 0.066", "95% CI includes 1 now"."""
    if crossing.field in _P_NAMES:
        texts = tuple(format_p(record.get(crossing.field)) for record in (move.before, move.after))
        return f"{_P_NAMES[crossing.field]} {arrow(texts)}"
    null = format_number(crossing.null, decimals=0)
    level = f"{format_conf_level(move.after.get('conf_level'))} CI".strip()
    said = f"{level} {'includes' if crossing.after == 'across' else 'excludes'} {null} in B"
    if move.before.get("conf_level") != move.after.get("conf_level"):
        said += f" ({format_conf_level(move.before.get('conf_level'))} CI in A)"
    return said if "across" in (crossing.before, crossing.after) else f"{level} on the other side of {null} in B"


def say_crossings(move: Moved) -> str:
    """Return all the ways in which a result's conclusion flipped."""
    return "; ".join(say_crossing(crossing, move) for crossing in move.crossings)


def say_flip(flip: Any) -> str:
    """Return a flip as one line: what, how, and how many other results flip by the same numbers."""
    move = flip.moves[0]
    reading = read_move(move)
    interval = any(crossing.field == "interval" for crossing in move.crossings)
    values = f": {arrow(reading.values)}" if interval else ""
    others = len(flip.moves) - 1
    more = f" (and {count_noun(others, 'result')} with the same numbers)" if others else ""
    return f"{reading.label}{values}: {say_crossings(move)}{more}"


def say_others(flip: Any) -> str:
    """Return the labels of other results with the same numbers, each with the section where it stands."""
    others = flip.moves[1:]
    labels: dict[str, list[str]] = {}
    for move in others:
        labels.setdefault(as_result(move.before).label or move.id, []).append(move.before["section"])
    return "; ".join(
        f"{label} ({join_words([words_of(name) for name in dict.fromkeys(sections)])})"
        for label, sections in labels.items()
    )


def words_of(part: str) -> str:
    """Return a part of a result's id in words: "OS", "Landmark strip"."""
    if part in _ABBREVIATED:
        return part.upper()
    words = " ".join(word.upper() if word in _ABBREVIATED else word for word in part.split("_"))
    return words[:1].upper() + words[1:]


def key_results(counts: Any) -> list[KeyResult]:
    """Return the strip at the top of the page: how many results there are of each kind."""
    told = f"told by {count_noun(counts.flipped_results, 'result')}"
    unseen = f"and {format_whole(counts.unseen)} below the last printed digit" if counts.unseen else ""
    answers = f"{format_whole(counts.gained)} only in B, {format_whole(counts.lost)} only in A"
    only = f"{format_whole(counts.appeared)} only in B, {format_whole(counts.vanished)} only in A"
    either, alone = counts.gained + counts.lost, counts.appeared + counts.vanished
    return [
        KeyResult("Conclusions that flipped", format_whole(counts.flipped), note=told if counts.flipped else ""),
        KeyResult(f"Results that moved, of {format_whole(counts.compared)}", format_whole(counts.moved), note=unseen),
        KeyResult("Estimable in one run only", format_whole(either), note=answers if either else ""),
        KeyResult("Results of one run only", format_whole(alone), note=only if alone else ""),
    ]


def say_summary(counts: Any, names: tuple[str, str]) -> str:
    """Return the paragraph at the top of the page.

    Parameters
    ----------
    counts : Counts
    names : (str, str)
    """
    if not (counts.moved or counts.unseen or counts.appeared or counts.vanished):
        return f"Nothing moved: {count_noun(counts.compared, 'result')} of both runs are the same to the last digit."
    flipped = f"{count_noun(counts.flipped, 'conclusion')} flipped"
    if counts.flipped_results > counts.flipped:
        flipped += f", told by {count_noun(counts.flipped_results, 'result')}"
    said = [
        f"From A ({names[0]}) to B ({names[1]}) {flipped}.",
        f"Of {count_noun(counts.compared, 'result')} that both runs have, {_moved(counts)}.",
        _answers(counts),
        f"{capitalise(count_noun(counts.appeared, 'result'))} appeared and {counts.vanished or 'none'} vanished."
        if counts.appeared or counts.vanished
        else "None appeared and none vanished.",
    ]
    return " ".join(filter(None, said))


def _moved(counts: Any) -> str:
    read = f"{counts.moved or 'none'} {'reads' if counts.moved == 1 else 'read'} differently"
    if not counts.unseen:
        return read
    return f"{read} and {counts.unseen} more moved only below the last printed digit"


def _answers(counts: Any) -> str:
    said = [
        f"{count_noun(number, 'estimate')} {verb} in B"
        for number, verb in ((counts.gained, "can be given only"), (counts.lost, "can no longer be given"))
        if number
    ]
    return f"{capitalise(join_words(said))}." if said else ""


def besides(readings: Sequence[Reading]) -> dict[str, str]:
    """Return the rest of the id of each reading whose label another one in the same table has too."""
    times = Counter(reading.label for reading in readings)
    return {reading.id: "/".join(reading.id.split("/")[2:]) for reading in readings if times[reading.label] > 1}
