"""What went with severe CRS: factors known before infusion, and peaks of markers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from cartcohort.estimate.results import Result, ResultSet
from cartcohort.present.display import Figure, Notice, Table
from cartcohort.present.figures import plot_grade_bars, plot_values_by_group
from cartcohort.present.format import (
    EN_DASH,
    MINUS,
    format_conf_level,
    format_count,
    format_measured_together,
    format_p,
    format_p_clause,
    format_whole,
)
from cartcohort.present.narrative import join_words
from cartcohort.present.sections.naming import label_of, levels_after, parts_after, within_sentence
from cartcohort.present.sections.response_by_factor import in_points
from cartcohort.present.sections.safety.words import ask_for, say_points, say_shift
from cartcohort.present.tables import REFERENCE, Cell, Column, Row, build_table, methods, table_grid

_NEEDED = "graded rows of CRS in adverse_events, and factors with at least two levels among the patients"
_FACTORS, _PEAKS = "safety/crs/severity", "safety/crs/peak"
_NO_PEAKS = (
    "Peaks of markers are not shown: they need graded rows of CRS in adverse_events, and assessments such as il6, "
    "ferritin and crp within four weeks of day 0."
)
_MOST_LEVELS = 4
_P_COLUMNS = ("Fisher p", "p\n(Holm)", "p\n(BH)", "Rank p")


def plot_severity(counts: pd.DataFrame) -> Figure | Notice:
    """Draw the worst grades of CRS in each level of each factor."""
    if counts.empty:
        return ask_for(_NEEDED)
    return plot_grade_bars(
        counts, id="safety-severity", title="Worst grade of CRS by factor", x_label="Share of the patients"
    )


def table_severity(results: ResultSet, *, labels: Mapping[str, str], p_style: str) -> Table | Notice:
    """Tabulate the share with CRS of grade 3 or higher by factor, the differences and the tests."""
    shares = results.select(f"{_FACTORS}/*").values()
    level = next((format_conf_level(share.conf_level) for share in shares if share.conf_level), "")
    rows = {}
    for factor in parts_after(results, f"{_FACTORS}/test"):
        levels = levels_after(results, f"{_FACTORS}/{factor}")
        rows[label_of(factor, labels)] = {
            name: _level_statistics(results, factor, name, first=not position, conf_level=level)
            for position, name in enumerate(levels)
        }
    if not rows:
        return ask_for(_NEEDED)
    notes = [
        "Percentages and differences (in points, against the first level) are of patients with CRS of grade 3 or "
        "higher. Fisher p tests that share by Fisher's exact test; Holm and BH (Benjamini and Hochberg) adjust it "
        "over the factors; rank p tests the worst grade from 0 to 5 by Wilcoxon's rank sum test, or between more "
        "than two levels by that of Kruskal and Wallis."
    ]
    return table_grid(
        rows,
        id="safety-severity",
        caption="CRS of grade 3 or higher by what was known beforehand",
        first_column="Factor",
        p_columns=_P_COLUMNS,
        head_columns=_P_COLUMNS,
        p_style=p_style,
        notes=notes,
    )


def plot_peaks(values: pd.DataFrame, results: ResultSet, *, p_style: str) -> Figure | Notice:
    """Draw the peak of each marker by worst grade of CRS, with the comparison at grade 3."""
    if values.empty:
        return Notice(_NO_PEAKS)
    tests = {test.label: test for test in results.select(f"{_PEAKS}/*/test").values()}
    lines = {label: _annotate(test, p_style) for label, test in tests.items() if test.p_value is not None}
    first = values.drop_duplicates("panel")
    units = dict(zip(first["panel"].astype(str), first["unit"], strict=True))
    return plot_values_by_group(
        values.assign(series=values["series"].cat.rename_categories(str.capitalize)),
        id="safety-peaks",
        title="Peak of each marker within four weeks, by worst grade of CRS",
        x_label="Worst grade of CRS (patients)",
        units=units,
        annotations=lines,
        annotated=[test for test in tests.values() if test.p_value is not None],
    )


def table_peaks(results: ResultSet, *, mixed_units: Sequence[str] = (), p_style: str) -> Table | Notice:
    """Tabulate the peaks of markers with and without CRS of grade 3 or higher.

    Parameters
    ----------
    results : ResultSet
    mixed_units : sequence of str
        Markers left out as their values have several units.
    p_style : {"journal", "four_decimals"}
    """
    tests = {name: results[f"{_PEAKS}/{name}/test"] for name in parts_after(results, _PEAKS)}
    level = next((format_conf_level(test.conf_level) for test in tests.values() if test.conf_level), "")
    columns = [
        Column("Marker", csv=("marker", "unit", "note")),
        Column("N", number=True, csv=("below_n",)),
        Column("CRS below grade 3\nmedian (range)", number=True, csv=("below", "below_low", "below_high")),
        Column("N", number=True, csv=("severe_n",)),
        Column("CRS grade ≥3\nmedian (range)", number=True, csv=("severe", "severe_low", "severe_high")),
        Column(f"Shift\n({level} CI)", number=True, csv=("shift", "shift_low", "shift_high")),
        Column("p", number=True, csv=("p_value",)),
        Column("p\n(Holm)", number=True, csv=("p_holm",)),
    ]
    rows = [_peak_row(results, f"{_PEAKS}/{name}", test, p_style) for name, test in tests.items()]
    notes = [
        "Peak, the highest value from day 0 to day 28; patients without CRS are below grade 3. Shift, "
        "the median of all differences between a patient with and one without grade 3 or higher (Hodges and "
        "Lehmann). p is also adjusted over the markers by Holm.",
        *methods(list(tests.values())),
    ]
    if "il6" in tests:
        notes.append(
            "Tocilizumab itself raises interleukin-6, so that treated patients peak higher: see the sensitivity "
            "analysis."
        )
    notes += [f"Left out since their values have several units: {join_words(mixed_units)}."] if mixed_units else []
    return build_table(
        id="safety-peaks",
        caption="Peaks of markers by severity of CRS",
        columns=columns,
        rows=rows,
        notes=notes,
        empty=_NO_PEAKS,
    )


def say_severity(results: ResultSet, *, labels: Mapping[str, str], p_style: str) -> list[str]:
    """State severe CRS by the factor with the smallest p-value, burden first where it is among the factors."""
    tests = {factor: results[f"{_FACTORS}/test/{factor}"] for factor in parts_after(results, f"{_FACTORS}/test")}
    tests = {factor: test for factor, test in tests.items() if test.p_value is not None}
    if not tests:
        return []
    first = "tumor_burden" if "tumor_burden" in tests else min(tests, key=lambda factor: tests[factor].p_value or 0)
    said = [f"{_say_factor(results, first, label_of(first, labels), tests[first], p_style)}."]
    if len(tests) > 1:
        low = [factor for factor, test in tests.items() if factor != first and (test.p_holm or 1) < 0.05]
        named = join_words([within_sentence(label_of(factor, labels)) for factor in low])
        said.append(
            f"Of the other factors, {named} had a p-value below 0.05 after Holm's adjustment."
            if low
            else "No other factor had a p-value below 0.05 after Holm's adjustment."
        )
    return said


def say_peaks(results: ResultSet, *, p_style: str) -> list[str]:
    """State the peaks of the markers with and without severe CRS, the shift before its p-value."""
    said = []
    for name in parts_after(results, _PEAKS):
        test = results[f"{_PEAKS}/{name}/test"]
        if test.p_value is None:
            continue
        severe, below = (results[f"{_PEAKS}/{name}/{group}"] for group in ("grade_3_or_higher", "below_grade_3"))
        both = " and ".join(format_measured_together(severe.estimate, below.estimate))
        medians = f"{both} {test.unit}".rstrip()
        said.append(f"{within_sentence(test.label)} {medians} ({say_shift(test, p_style)})")
    if not said:
        return []
    start = "The median peak with and without CRS of grade 3 or higher was, for"
    return [f"{start} {'; '.join(said)}."]


def _level_statistics(
    results: ResultSet, factor: str, level: str, *, first: bool, conf_level: str
) -> dict[str, Result | None]:
    difference = results.get(f"{_FACTORS}/risk_difference/{factor}/{level}")
    compared = first and results.select(f"{_FACTORS}/risk_difference/{factor}/*")
    reference = REFERENCE if compared else None
    test, rank = (_test_only(results, f"{_FACTORS}/{kind}/{factor}") if first else None for kind in ("test", "rank"))
    return {
        f"Percentage\n({conf_level} CI)": results[f"{_FACTORS}/{factor}/{level}"],
        f"Difference, points\n({conf_level} CI)": in_points(difference) if difference else reference,
        "Fisher p": test,
        "p\n(Holm)": replace(test, p_value=test.p_holm) if test else None,
        "p\n(BH)": replace(test, p_value=test.p_bh) if test else None,
        "Rank p": rank,
    }


def _test_only(results: ResultSet, name: str) -> Result:
    """Return a test whose method the note under the table names; its own speaks of estimates not shown there."""
    return replace(results[name], method="")


def _peak_row(results: ResultSet, stem: str, test: Result, p_style: str) -> Row:
    note = test.note if test.p_value is None else ""
    label = f"{test.label} ({test.unit})" if test.unit else test.label
    return Row(
        (
            Cell(label, (test.label, test.unit, note), note=note),
            *_peak_cells(results, f"{stem}/below_grade_3"),
            *_peak_cells(results, f"{stem}/grade_3_or_higher"),
            Cell(_shift(test), (test.estimate, test.conf_low, test.conf_high)),
            Cell(format_p(test.p_value, p_style=p_style), (test.p_value,)),
            Cell(format_p(test.p_holm, p_style=p_style) if test.p_holm is not None else "", (test.p_holm,)),
        )
    )


def _peak_cells(results: ResultSet, stem: str) -> tuple[Cell, Cell]:
    found = [results[f"{stem}{part}"] for part in ("", "/minimum", "/maximum")]
    n, numbers = found[0].n or 0, tuple(result.estimate for result in found)
    median, low, high = format_measured_together(*numbers)
    return Cell(format_whole(n), (n,)), Cell(f"{median} ({low}{EN_DASH}{high})" if n else EN_DASH, numbers)


def _shift(test: Result) -> str:
    if test.estimate is None:
        return EN_DASH
    shift, low, high = format_measured_together(test.estimate, test.conf_low, test.conf_high)
    between = " to " if MINUS in low + high else EN_DASH
    return f"{shift} ({low}{between}{high})"


def _annotate(test: Result, p_style: str) -> str:
    return f"Shift {f'{_shift(test)} {test.unit}'.rstrip()}, {format_p_clause(test.p_value, p_style=p_style)}"


def _say_factor(results: ResultSet, factor: str, label: str, test: Result, p_style: str) -> str:
    shares = levels_after(results, f"{_FACTORS}/{factor}")
    counts = [f"{level} {format_count(share.n_event or 0, share.n or 0)}" for level, share in shares.items()]
    by_level = join_words(counts[:_MOST_LEVELS]) + (" among others" if len(counts) > _MOST_LEVELS else "")
    differences = list(results.select(f"{_FACTORS}/risk_difference/{factor}/*").values())
    effect = f"{say_points(differences[0])}; " if len(differences) == 1 else ""
    holm = f", {format_p(test.p_holm, p_style=p_style)} after Holm's adjustment" if test.p_holm is not None else ""
    p = format_p_clause(test.p_value, p_style=p_style)
    return f"CRS of grade 3 or higher by {within_sentence(label)}: {by_level} ({effect}{p}{holm})"
