"""When CRS and ICANS began, how long they lasted, and what was given against them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import pandas as pd

from cartcohort.estimate.results import Result, ResultSet
from cartcohort.present.display import Figure, Notice, Sentence, Table
from cartcohort.present.figures import plot_timeline
from cartcohort.present.format import format_conf_level, format_count, format_estimate, format_interval, format_whole
from cartcohort.present.narrative import capitalise, count_noun, join_words, say_estimate, say_number, say_share
from cartcohort.present.sections.naming import parts_after
from cartcohort.present.sections.safety.words import (
    abbreviate,
    ask_for,
    cell_with_range,
    present_syndromes,
    say_range,
)
from cartcohort.present.tables import Cell, Column, Row, build_table, methods

_NEEDED = (
    "rows of adverse_events with the term CRS or ICANS, their onset and resolution, and in subjects the day of the "
    "first tocilizumab and corticosteroid"
)
_DRUGS = ("tocilizumab", "corticosteroid")
_FIELDS = ("value", "low", "high")


class Timeline(Protocol):
    """Episodes and marks to draw, and how many dated episodes are not among them."""

    episodes: pd.DataFrame
    marks: pd.DataFrame
    n_ungraded: int
    n_later: int


def plot_course(timeline: Timeline, *, window_days: int = 28) -> Figure | Notice:
    """Draw the episodes of each patient in the first weeks, with first doses and deaths."""
    if timeline.episodes.empty and not (timeline.n_later or timeline.n_ungraded):
        return ask_for(_NEEDED)
    left_out = [count_noun(timeline.n_later, "later episode")] if timeline.n_later else []
    left_out += [f"{count_noun(timeline.n_ungraded, 'episode')} without a grade"] if timeline.n_ungraded else []
    without = f"; without {join_words(left_out)}" if left_out else ""
    return plot_timeline(
        timeline.episodes,
        id="safety-timeline",
        title="CRS and ICANS of each patient",
        marks=timeline.marks,
        note=f"Episodes begun by day {window_days}{without}.",
    )


def table_course(results: ResultSet) -> Table | Notice:
    """Tabulate onset, duration and resolution of the first episode, a column a syndrome."""
    syndromes = present_syndromes(results)
    if not syndromes:
        return ask_for(_NEEDED)
    level = _level(results)
    lines = {
        "Patients with the event": [_count_cell(results[f"safety/{name}/any"]) for name in syndromes],
        "Day of onset, median (range)": [_range_cell(results, f"safety/{name}/onset") for name in syndromes],
        f"Days from onset to resolution, median ({level} CI)": [
            _interval_cell(results[f"safety/{name}/duration"]) for name in syndromes
        ],
        "The same where an end is recorded, median (range)": [
            _resolved_cell(results, f"safety/{name}/duration") for name in syndromes
        ],
        f"Day of resolution, median ({level} CI)": [
            _interval_cell(results[f"safety/{name}/resolution"]) for name in syndromes
        ],
        "Without a recorded end": [_share_cell(results[f"safety/{name}/unresolved"]) for name in syndromes],
    }
    columns = [Column("First episode", csv=("what",))]
    columns += [
        Column(abbreviate(name), number=True, csv=tuple(f"{name}_{field}" for field in _FIELDS)) for name in syndromes
    ]
    notes = [
        "Days are counted from day 0. Rows of the same event that overlap or follow on the next day are one episode.",
        "Medians with an interval are Kaplan-Meier estimates: an episode without a recorded end is censored at the "
        "patient's death or last follow-up.",
        *methods([results[f"safety/{name}/{part}"] for name in syndromes for part in ("duration", "resolution")]),
    ]
    rows = [Row((what, *cells)) for what, cells in lines.items()]
    return build_table(
        id="safety-course", caption="Onset and duration of CRS and ICANS", columns=columns, rows=rows, notes=notes
    )


def table_treatment(results: ResultSet) -> Table | Notice:
    """Tabulate who was given tocilizumab and corticosteroids, and when."""
    given = _given(results)
    columns = [
        Column("Given", csv=("drug",)),
        Column("All treated\nn/N (%)", number=True, csv=("n_given", "n")),
        Column("With CRS\nn/N (%)", number=True, csv=("crs_n_given", "crs_n")),
        Column("CRS grade ≥3\nn/N (%)", number=True, csv=("crs_grade_3_n_given", "crs_grade_3_n")),
        Column("Day of first dose\nmedian (range)", number=True, csv=("day", "day_minimum", "day_maximum")),
        Column(
            "Days from onset of CRS\nmedian (range)",
            number=True,
            csv=("from_onset", "from_onset_minimum", "from_onset_maximum"),
        ),
    ]
    rows = [_treatment_row(results, drug) for drug in given]
    notes = ["Given: a first dose is dated, or the drug is named as treatment of CRS or ICANS."]
    notes += _dose_notes(results, given)
    empty = (
        "Treatment is not shown: the study holds no tocilizumab_day and no corticosteroid_day, and names no "
        "treatment of CRS or ICANS."
    )
    return build_table(
        id="safety-treatment",
        caption="Anti-inflammatory treatment",
        columns=columns,
        rows=rows,
        notes=notes,
        empty=empty,
    )


def describe_course(results: ResultSet) -> Sentence:
    """State onset, duration and treatment."""
    said = [part for name in present_syndromes(results) for part in say_course(results, name)]
    said += [say_treatment(results, drug) for drug in _given(results)]
    return Sentence(" ".join(said) or "When CRS and ICANS occurred cannot be told from these data.")


def say_course(results: ResultSet, syndrome: str, *, with_censored: bool = True) -> list[str]:
    """State when a syndrome began and how long it lasted; nothing where nobody had it on a known day."""
    onset, duration = (results.get(f"safety/{syndrome}/{part}") for part in ("onset", "duration"))
    if onset is None or onset.estimate is None:
        return []
    name, spread = abbreviate(syndrome), say_range(results, f"safety/{syndrome}/onset")
    if onset.n == 1:
        said = [f"{name} began on day {format_estimate(onset)} (1 patient)."]
    else:
        patients = count_noun(onset.n or 0, "patient")
        said = [f"{name} began on day {format_estimate(onset)} in the median ({spread}; {patients})."]
    if duration is None or duration.estimate is None:
        return [*said, f"How long it lasted is {say_estimate(duration)}."] if duration else said
    unresolved = results[f"safety/{syndrome}/unresolved"]
    censored = ""
    if unresolved.n_event and with_censored:
        count = f"{format_whole(unresolved.n_event)} of {count_noun(unresolved.n or 0, 'episode')}"
        censored = f"; {count} had no recorded end and {'is' if unresolved.n_event == 1 else 'are'} censored"
    return [*said, f"It lasted a median of {say_estimate(duration)}{censored}."]


def say_treatment(results: ResultSet, drug: str) -> str:
    """State who was given a drug and when first."""
    share, from_onset = results[f"safety/treatment/{drug}"], results.get(f"safety/treatment/{drug}/from_onset")
    words = {"tocilizumab": "Tocilizumab was", "corticosteroid": "Corticosteroids were"}[drug]
    said = f"{words} given to {say_share(share.n_event, share.n)}"
    if from_onset is not None and from_onset.estimate is not None:
        spread = say_range(results, f"safety/treatment/{drug}/from_onset")
        said += f", first a median of {say_estimate(from_onset)} after the onset of CRS ({spread})"
    return f"{said}."


def say_treatment_shortly(results: ResultSet) -> str:
    """State in one sentence to how many each drug was given; "" where the study holds none."""
    shares = {drug: results[f"safety/treatment/{drug}"] for drug in _given(results)}
    words = {"tocilizumab": "tocilizumab was given to", "corticosteroid": "corticosteroids were given to"}
    said = [f"{words[drug]} {say_share(share.n_event, share.n)}" for drug, share in shares.items()]
    if len(said) == len(_DRUGS):
        steroid = shares["corticosteroid"]
        said[1] = f"corticosteroids to {say_number(steroid.n_event)} ({format_estimate(steroid)})"
    return f"{capitalise(join_words(said))}." if said else ""


def _given(results: ResultSet) -> list[str]:
    return [drug for drug in parts_after(results, "safety/treatment") if drug in _DRUGS]


def _treatment_row(results: ResultSet, drug: str) -> Row:
    stem = f"safety/treatment/{drug}"
    shares = [results.get(f"{stem}{part}") for part in ("", "/crs", "/crs_grade_3_or_higher")]
    days = [cell_with_range(results, f"{stem}/{part}") for part in ("day", "from_onset")]
    name = {"tocilizumab": "Tocilizumab", "corticosteroid": "Corticosteroid"}[drug]
    return Row((name, *map(_pair_cell, shares), *(Cell(text, numbers) for text, numbers in days)))


def _dose_notes(results: ResultSet, drugs: Sequence[str]) -> list[str]:
    notes = {drug: results[f"safety/treatment/{drug}/day"].note for drug in drugs}
    return [f"{drug.capitalize()}: {note}." for drug, note in notes.items() if note]


def _pair_cell(share: Result | None) -> Cell:
    if share is None:
        return Cell("", (None, None))
    return Cell(format_count(share.n_event or 0, share.n or 0), (share.n_event, share.n))


def _count_cell(share: Result) -> Cell:
    return Cell(format_whole(share.n_event), (share.n_event, None, None))


def _share_cell(share: Result) -> Cell:
    return Cell(format_count(share.n_event or 0, share.n or 0), (share.estimate, share.conf_low, share.conf_high))


def _range_cell(results: ResultSet, stem: str) -> Cell:
    text, numbers = cell_with_range(results, stem)
    return Cell(text, numbers, note=_left_out(results.get(stem)))


def _resolved_cell(results: ResultSet, stem: str) -> Cell:
    named = {
        "": results[f"{stem}/resolved"],
        "/minimum": results[f"{stem}/minimum"],
        "/maximum": results[f"{stem}/maximum"],
    }
    text, numbers = cell_with_range(ResultSet(named), "")
    return Cell(text, numbers)


def _interval_cell(result: Result) -> Cell:
    note = result.note if result.estimate is None and "not estimable" in result.note else ""
    return Cell(format_interval(result), (result.estimate, result.conf_low, result.conf_high), note=note)


def _left_out(result: Result | None) -> str:
    return result.note if result and "left out" in result.note else ""


def _level(results: ResultSet) -> str:
    levels = [result.conf_level for result in results.values() if result.conf_level is not None]
    return format_conf_level(levels[0]) if levels else ""
