"""Everything on the page of a comparison that holds a number, ready to be put into the renderer's template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cartcohort.parameters import REDACTED
from cartcohort.present.comparison import words
from cartcohort.present.comparison.appendix import (
    name_sections,
    say_unseen,
    tabulate_inputs,
    tabulate_methods,
    tabulate_records,
    value_of,
)
from cartcohort.present.comparison.curves import CurvePair, read_pairs
from cartcohort.present.comparison.exhibits import (
    SectionMoves,
    split_sections,
    tabulate_answers,
    tabulate_flips,
    tabulate_top,
)
from cartcohort.present.comparison.figure import choose_pairs, plot_pairs
from cartcohort.present.comparison.readings import read_move
from cartcohort.present.display import Figure, KeyResult
from cartcohort.present.narrative import count_noun, join_words

_MOST_ALONE = 6
_MOST_GROUPED = 4


@dataclass(frozen=True)
class Counts:
    """How many results there are of each kind.

    Attributes
    ----------
    compared, moved, unseen : int
        Results of both runs; those that read differently; those that moved below the last printed digit.
    flipped, flipped_results : int
        Conclusions that flipped, and the results that tell them.
    gained, lost : int
        Estimates that only the second run has, or only the first, of results that both have.
    appeared, vanished : int
        Results that only the second run has, or only the first.
    """

    compared: int
    moved: int
    unseen: int
    flipped: int
    flipped_results: int
    gained: int
    lost: int
    appeared: int
    vanished: int


@dataclass(frozen=True)
class Shown:
    """What a page of a comparison shows; every text in `html` fields is escaped.

    Attributes
    ----------
    counts : Counts
    seen : frozenset of str
        Ids of the results that read differently.
    flips : tuple of str
        Each conclusion that flipped, in one line.
    key_results, summary : tuple of KeyResult, str
        Strip and paragraph at the top.
    changed : tuple of str
        Parameters that differ, "conf_level 0.95 → 0.9".
    flips_html, answers_html, inputs_html, top_html, methods_html, appeared_html, vanished_html : str
        Tables; empty where there is nothing to show.
    n_methods : int
        Results estimated by another method.
    unseen : str
        Sentence on what moved below the last printed digit.
    figures : tuple of Figure
    figures_note : str
        Which curves are not drawn.
    sections : tuple of SectionMoves
    """

    counts: Counts
    seen: frozenset[str]
    flips: tuple[str, ...]
    key_results: tuple[KeyResult, ...]
    summary: str
    changed: tuple[str, ...]
    flips_html: str
    answers_html: str
    inputs_html: str
    top_html: str
    methods_html: str
    n_methods: int
    appeared_html: str
    vanished_html: str
    unseen: str
    figures: tuple[Figure, ...]
    figures_note: str
    sections: tuple[SectionMoves, ...]
    flip_note: str = words.FLIP
    shift_note: str = words.SHIFT
    change_note: str = words.CHANGE


def present_comparison(
    differences: Any, inputs: Any, figures: Mapping[str, tuple[str, str, str]], names: tuple[str, str]
) -> Shown:
    """Put a comparison into words, tables and figures.

    Parameters
    ----------
    differences : cartcohort.render.compare_results.Differences
    inputs : cartcohort.render.compare_inputs.InputDifferences
    figures : mapping of str to (str, str, str)
        Title of each figure of curves and its CSV in both runs, by name.
    names : (str, str)
        What the runs are called.
    """
    readings = {move.id: read_move(move) for move in differences.moved}
    seen = [move for move in differences.moved if readings[move.id].seen]
    hidden = [move for move in differences.moved if not readings[move.id].seen]
    counts = _count(differences, len(seen), len(hidden))
    drawn, note = _draw(figures, names)
    return Shown(
        counts=counts,
        seen=frozenset(move.id for move in seen),
        flips=tuple(map(words.say_flip, differences.flips)),
        key_results=tuple(words.key_results(counts)),
        summary=words.say_summary(counts, names),
        changed=tuple(map(_say_parameter, inputs.parameters)),
        flips_html=tabulate_flips(differences.flips),
        answers_html=tabulate_answers(seen, readings),
        inputs_html=tabulate_inputs(inputs),
        top_html=tabulate_top(seen, readings),
        methods_html=tabulate_methods(differences.methods),
        n_methods=sum(differences.methods.values()),
        appeared_html=tabulate_records("Results only in B", differences.appeared),
        vanished_html=tabulate_records("Results only in A", differences.vanished),
        unseen=say_unseen(hidden),
        figures=drawn,
        figures_note=note,
        sections=split_sections(seen, readings),
    )


def _count(differences: Any, n_seen: int, n_hidden: int) -> Counts:
    answers = [move.answer for move in differences.moved]
    return Counts(
        compared=differences.n_compared,
        moved=n_seen,
        unseen=n_hidden,
        flipped=len(differences.flips),
        flipped_results=sum(len(flip.moves) for flip in differences.flips),
        gained=answers.count("gained"),
        lost=answers.count("lost"),
        appeared=len(differences.appeared),
        vanished=len(differences.vanished),
    )


def _say_parameter(item: Any) -> str:
    where = f" ({name_sections(item.sections)})" if item.sections else ""
    if item.before == item.after == REDACTED:
        return f"{item.name} perhaps, redacted in both{where}"
    return f"{item.name} {value_of(item.before)} → {value_of(item.after)}{where}"


def _draw(figures: Mapping[str, tuple[str, str, str]], names: tuple[str, str]) -> tuple[tuple[Figure, ...], str]:
    pairs, n_unchanged = read_pairs(figures)
    alone = [pair for pair in pairs if len(pair.before) == 1]
    grouped = [pair for pair in pairs if len(pair.before) > 1]
    drawn, said = [], _say_limits(n_unchanged, any_drawn=bool(pairs))
    for found, most, id, title in (
        (alone, _MOST_ALONE, "comparison-all", "Curves of all patients in both runs"),
        (grouped, _MOST_GROUPED, "comparison-groups", "Curves of groups in both runs"),
    ):
        chosen, same = choose_pairs(found, most=most)
        if chosen:
            drawn.append(plot_pairs(chosen, id=id, title=title, names=names))
            said += _say_same(same)
            said += _say_left(found, chosen, same)
    return tuple(figure for figure in drawn if isinstance(figure, Figure)), " ".join(said)


def _say_limits(n_panels: int, *, any_drawn: bool) -> list[str]:
    if not n_panels:
        return []
    if not any_drawn:
        return ["The curves themselves are the same in both runs; only their confidence limits differ."]
    return [f"In {count_noun(n_panels, 'more panel')} only the confidence limits differ."]


def _say_same(same: Mapping[str, Sequence[str]]) -> list[str]:
    others = {name: [one for one in dict.fromkeys(found) if one != name] for name, found in same.items()}
    return [f"{name}: the same curves as {join_words(found)}." for name, found in others.items() if found]


def _say_left(
    found: Sequence[CurvePair], chosen: Sequence[CurvePair], same: Mapping[str, Sequence[str]]
) -> list[str]:
    left = len(found) - len(chosen) - sum(map(len, same.values()))
    if not left:
        return []
    return [f"Of {len(found)} panels that differ the {len(chosen)} are drawn whose curves lie farthest apart."]
