"""CRS and ICANS under other readings: each infusion, other denominators and grades, peaks before treatment."""

from __future__ import annotations

from cartcohort.estimate.results import Result, ResultSet
from cartcohort.present.display import Notice, Sentence, Table
from cartcohort.present.format import (
    format_conf_level,
    format_estimate,
    format_measured,
    format_percent,
    format_whole,
)
from cartcohort.present.narrative import capitalise, count_noun, join_words, say_number
from cartcohort.present.sections.naming import parts_after
from cartcohort.present.sections.safety.words import SYNDROMES, abbreviate, ask_for, cell_with_range, say_shift
from cartcohort.present.tables import Cell, Column, Heading, Row, build_table, methods, table_grid

_STEM = "safety/sensitivity"
_BEFORE = f"{_STEM}/crs/peak_before_tocilizumab/il6"
_INFUSIONS = {"first_infusion": "After the first infusion", "second_infusion": "After the second infusion"}


def table_readings(results: ResultSet) -> Table | Notice:
    """Tabulate any grade and grade 3 or higher under each reading of event, grade and denominator."""
    rows: dict[str, dict[str, dict[str, Result | None]]] = {}
    for syndrome in SYNDROMES:
        stem = f"{_STEM}/{syndrome}"
        for reading in parts_after(results, stem):
            overall = results.get(f"{stem}/{reading}/any")
            if overall is None:
                continue
            words = capitalise(overall.label.partition(", ")[2].partition(": ")[0])
            severe = results[f"{stem}/{reading}/grade_3_or_higher"]
            lines = rows.setdefault(abbreviate(syndrome), {})
            level = format_conf_level(overall.conf_level)
            lines[words] = {f"Any grade\n({level} CI)": overall, f"Grade ≥3\n({level} CI)": severe}
    if not rows:
        return ask_for("rows of adverse_events with the term CRS or ICANS")
    return table_grid(
        rows, id="safety-readings", caption="CRS and ICANS under other readings", first_column="Reading"
    )


def table_by_infusion(results: ResultSet) -> Table | Notice:
    """Tabulate onset and duration after each infusion, in days from that infusion."""
    rows: list[Row | Heading] = []
    for syndrome in SYNDROMES:
        stem = f"{_STEM}/{syndrome}"
        found = [name for name in _INFUSIONS if f"{stem}/{name}/onset" in results]
        rows += [Heading(abbreviate(syndrome))] if found else []
        rows += [_infusion_row(results, f"{stem}/{name}", _INFUSIONS[name]) for name in found]
    durations = results.select(*(f"{_STEM}/*/{name}/duration" for name in _INFUSIONS))
    columns = [
        Column("First episode", csv=("infusion",)),
        Column("Patients", number=True, csv=("n",)),
        Column("Day of onset\nmedian (range)", number=True, csv=("onset", "onset_minimum", "onset_maximum")),
        Column("Duration, days\nmedian (range)", number=True, csv=("duration", "shortest", "longest")),
    ]
    return build_table(
        id="safety-by-infusion",
        caption="Onset and duration after each infusion",
        columns=columns,
        rows=rows,
        notes=["Days are counted from the infusion named.", *methods(list(durations.values()))],
        empty="Onset after each infusion is not shown: no event names the infusion that it followed.",
    )


def describe_readings(results: ResultSet, *, p_style: str) -> Sentence:
    """State each infusion beside the other, how far other readings move severity, and peaks before treatment."""
    said = [
        text for syndrome in SYNDROMES for text in (_say_infusions(results, syndrome), _say_others(results, syndrome))
    ]
    test = results.get(f"{_BEFORE}/test")
    if test is not None and test.p_value is not None:
        severe, below = (results[f"{_BEFORE}/{group}"] for group in ("grade_3_or_higher", "below_grade_3"))
        said.append(
            "Counting only values up to the day of the first tocilizumab, median peak interleukin-6 was "
            f"{format_measured(severe.estimate)} {test.unit} with and {format_measured(below.estimate)} {test.unit} "
            f"without CRS of grade 3 or higher ({say_shift(test, p_style)})."
        )
    return Sentence(" ".join(filter(None, said)) or "There is no CRS or ICANS to read in other ways.")


def _say_infusions(results: ResultSet, syndrome: str) -> str:
    """State what happened after each of two infusions; nothing where they cannot be told apart."""
    said = []
    for reading, words in _INFUSIONS.items():
        overall, severe = (
            results.get(f"{_STEM}/{syndrome}/{reading}/{part}") for part in ("any", "grade_3_or_higher")
        )
        if overall is None or severe is None or not overall.n:
            return ""
        counts = f"{say_number(overall.n_event)} of {count_noun(overall.n, 'patient')} ({format_estimate(overall)}"
        some = overall.n_event and severe.estimate is not None
        graded = f"; {say_number(severe.n_event)} of grade 3 or higher" if some else ""
        said.append(f"{words.lower()} in {counts}{graded})")
    return f"{abbreviate(syndrome)} occurred {join_words(said)}."


def _say_others(results: ResultSet, syndrome: str) -> str:
    """Say between which shares of grade 3 or higher the readings lie that count both infusions together."""
    stem = f"{_STEM}/{syndrome}"
    readings = [
        name for name in parts_after(results, stem) if f"{stem}/{name}/any" in results and name not in _INFUSIONS
    ]
    shares = [results[f"{stem}/{name}/grade_3_or_higher"].estimate for name in readings]
    known = [share for share in shares if share is not None]
    if len(known) < 2:
        return ""
    low, high = format_percent(min(known)), format_percent(max(known))
    what = f"{abbreviate(syndrome)} of grade 3 or higher"
    if low == high:
        return f"The other readings leave {what} at {low}."
    return f"Over the other readings, {what} lies between {low} and {high}."


def _infusion_row(results: ResultSet, stem: str, label: str) -> Row:
    onset, duration = (cell_with_range(results, f"{stem}/{part}") for part in ("onset", "duration"))
    n = results[f"{stem}/onset"].n
    return Row((label, Cell(format_whole(n), (n,)), Cell(*onset), Cell(*duration)), level=1)
