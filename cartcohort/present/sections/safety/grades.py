"""How often CRS and ICANS occurred and how severe they were."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from cartcohort.estimate.results import Result, ResultSet
from cartcohort.present.display import Figure, Notice, Sentence, Table
from cartcohort.present.figures import plot_grade_bars
from cartcohort.present.format import format_estimate, format_interval_clause
from cartcohort.present.narrative import count_noun, describe_proportion, say_number
from cartcohort.present.sections.safety.words import abbreviate, ask_for, present_syndromes, spell_out
from cartcohort.present.tables import table_results

_NEEDED = "rows of adverse_events with the term CRS or ICANS, and their grade"
_ORDER = ("any", "grade/1", "grade/2", "grade/3", "grade/4", "grade/5", "grade/not_recorded", "grade_3_or_higher")
CAVEAT = (
    "A patient counts once, at the worst grade of all episodes; grades of CRS and ICANS are those of the ASTCT. The "
    "denominator is everybody treated."
)


def plot_grades(counts: pd.DataFrame) -> Figure | Notice:
    """Draw the share of patients by worst grade of CRS and of ICANS."""
    if counts.empty:
        return ask_for(_NEEDED)
    return plot_grade_bars(
        counts, id="safety-grades", title="Worst grade of CRS and ICANS", x_label="Share of the treated patients"
    )


def table_grades(results: ResultSet) -> Table | Notice:
    """Tabulate the patients by worst grade with exact limits."""
    headings: dict[str, list[str]] = {}
    named: dict[str, Result] = {}
    for syndrome in present_syndromes(results):
        names = [f"safety/{syndrome}/{part}" for part in _ORDER if f"safety/{syndrome}/{part}" in results]
        headings[abbreviate(syndrome)] = names
        named |= {name: _without_term(results[name]) for name in names}
    if not headings:
        return ask_for(_NEEDED)
    return table_results(
        ResultSet(named),
        id="safety-grades",
        caption="CRS and ICANS by worst grade",
        first_column="Worst grade",
        headings=headings,
        notes=[CAVEAT],
    )


def describe_grades(results: ResultSet) -> Sentence:
    """State how many had CRS and ICANS, and how many of grade 3 or higher."""
    said = [say_occurrence(results, syndrome) for syndrome in present_syndromes(results)]
    return Sentence(" ".join(said) or "How often CRS and ICANS occurred cannot be told from these data.")


def say_occurrence(results: Mapping[str, Result], syndrome: str) -> str:
    """State any grade and grade 3 or higher of one syndrome, and what is remarkable about the counts."""
    name = abbreviate(syndrome)
    overall, severe = results[f"safety/{syndrome}/any"], results[f"safety/{syndrome}/grade_3_or_higher"]
    said = [describe_proportion(overall, had=f"had {name}").text]
    if not overall.n_event:
        return " ".join([*said, f"{_sentence(overall.note)}"]).strip()
    if severe.estimate is None:
        return " ".join([*said, f"How severe it was cannot be told: {severe.note.removeprefix('not estimable: ')}."])
    said.append(describe_proportion(severe, had=f"had {name} of grade 3 or higher").text)
    return " ".join([*said, _sentence(severe.note)]).strip()


def say_shortly(results: Mapping[str, Result], syndrome: str) -> str:
    """State any grade and grade 3 or higher of one syndrome, its name spelt out, in one sentence."""
    overall, severe = results[f"safety/{syndrome}/any"], results[f"safety/{syndrome}/grade_3_or_higher"]
    counts = f"{say_number(overall.n_event)} of {count_noun(overall.n or 0, 'patient')} {_inside(overall)}"
    said = f"{spell_out(syndrome)} occurred in {counts}"
    if overall.n_event and severe.estimate is not None:
        said += f", of grade 3 or higher in {say_number(severe.n_event)} {_inside(severe)}"
    return f"{said}."


def _inside(share: Result) -> str:
    limits = format_interval_clause(share).strip("()")
    return f"({'; '.join(part for part in (format_estimate(share), limits) if part)})"


def _without_term(result: Result) -> Result:
    label = result.label.partition(": ")[2]
    return replace(result, label=f"{label[:1].upper()}{label[1:]}")


def _sentence(note: str) -> str:
    return f"{note[:1].upper()}{note[1:]}." if note else ""
