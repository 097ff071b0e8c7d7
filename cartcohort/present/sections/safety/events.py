"""All adverse events by term and worst grade, and markers over time."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from cartcohort.estimate.results import ResultSet
from cartcohort.present.abbreviations import spell_out_used
from cartcohort.present.display import Figure, Notice, Sentence, Table
from cartcohort.present.figures import plot_grade_bars, plot_marker_curves
from cartcohort.present.format import format_count
from cartcohort.present.narrative import capitalise, describe_proportion, join_words
from cartcohort.present.sections.naming import parts_after, within_sentence
from cartcohort.present.tables import table_events

_MOST_NAMED = 3


def plot_events(counts: pd.DataFrame) -> Figure | Notice:
    """Draw the worst grades of the commonest terms."""
    return plot_grade_bars(
        counts.rename(index=capitalise),
        id="safety-events",
        title="The commonest events by worst grade",
        x_label="Share of the treated patients",
    )


def table_all_events(counts: pd.DataFrame, *, n: int) -> Table | Notice:
    """Tabulate the patients by term and worst grade, without columns that want of grades would leave at zero.

    Parameters
    ----------
    counts : DataFrame
        `term`, `any`, `grade_1` to `grade_5`, `grade_3_or_higher` and `not_recorded`: numbers of patients.
    n : int
        Patients infused.
    """
    shown = counts.assign(term=counts["term"].map(capitalise))
    notes = [
        "Events are counted over the whole follow-up, also after later therapy; those begun before day 0 are not "
        "counted."
    ]
    if not counts["not_recorded"].any():
        shown = shown.drop(columns="not_recorded")
    elif (counts["not_recorded"] == counts["any"]).all():
        shown = shown[["term", "any", "not_recorded"]]
        notes.append("No event has a recorded grade, so that nothing can be said of severity.")
    else:
        notes.append("A patient whose event was never graded stands in the last column and in none of a grade.")
    return table_events(shown, id="safety-events", caption="All events by worst grade", n=n, notes=notes)


def describe_events(results: ResultSet) -> Sentence:
    """State how many had any event, a severe and a fatal one, and which were commonest."""
    overall = results.get("safety/any_event/any")
    if overall is None:
        return Sentence("No adverse event is recorded for these patients.")
    said = [describe_proportion(overall, had="had at least one recorded event").text]
    severe = results.get("safety/any_event/grade_3_or_higher")
    if severe is not None and severe.estimate is not None:
        said.append(describe_proportion(severe, had="had an event of grade 3 or higher").text)
        said += _name_commonest(results, "grade_3_or_higher", "The commonest of grade 3 or higher")
    else:
        said += ["No grade was recorded.", *_name_commonest(results, "any", "The commonest")]
    said.append(say_fatal(results))
    return Sentence(" ".join(part for part in [*said, *spell_out_used(said)] if part))


def say_fatal(results: ResultSet) -> str:
    """State how many had a fatal event; "" where no event has a recorded grade."""
    fatal = results.get("safety/any_event/fatal")
    if fatal is None or fatal.estimate is None:
        return ""
    return describe_proportion(fatal, had="had a fatal adverse event (grade 5)").text


def plot_markers(values: pd.DataFrame, *, mixed_units: Sequence[str] = ()) -> Figure | Notice:
    """Draw markers over the first four weeks, by severity of CRS where that is known."""
    if values.empty:
        left_out = (
            f" Left out since their values have several units: {join_words(mixed_units)}." if mixed_units else ""
        )
        return Notice(
            "Markers are not shown: the study holds no assessments of such as il6, ferritin and crp within four "
            f"weeks of day 0.{left_out}"
        )
    by_severity = ", by severity of CRS" if "group" in values else ""
    first = values.drop_duplicates("marker")
    units = dict(zip(first["marker"].astype(str), first["unit"], strict=True))
    return plot_marker_curves(
        values, id="safety-markers", title=f"Markers in the first four weeks{by_severity}", units=units
    )


def _name_commonest(results: ResultSet, part: str, start: str) -> list[str]:
    """Name the terms with the most patients, with their counts."""
    found = {name: results[f"safety/ae/{name}/{part}"] for name in parts_after(results, "safety/ae")}
    had = sorted((item for item in found.items() if item[1].n_event), key=lambda item: -(item[1].n_event or 0))
    named = [
        f"{within_sentence(share.label.rpartition(': ')[0])} {format_count(share.n_event or 0, share.n or 0)}"
        for _, share in had[:_MOST_NAMED]
    ]
    if not named:
        return []
    return [f"{start} {'was' if len(named) == 1 else 'were'} {join_words(named)}."]
