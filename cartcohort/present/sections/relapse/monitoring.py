"""What the relapse section shows of monitoring: markers over time, and their last values before relapse."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from cartcohort.estimate.results import ResultSet
from cartcohort.present.display import Figure, Notice, Sentence, Table
from cartcohort.present.figures import plot_marker_curves
from cartcohort.present.format import EN_DASH, format_days, format_measured_together, format_whole
from cartcohort.present.narrative import join_words
from cartcohort.present.sections.naming import parts_after
from cartcohort.present.tables import Cell, Column, Heading, Row, build_table

_STEM = "relapse/monitoring"
_GROUPS = {"no_relapse": "No relapse so far: last value", "relapse": "Relapse later: last value before it"}
_NOTHING = (
    "Not shown: the study has no measurements of MRD, B cells or CAR transgene (assays mrd, b_cell and car_transgene "
    "of the table assessments) in patients in remission before relapse, transplant and new therapy."
)


def present_markers(
    values: pd.DataFrame, results: ResultSet, *, units: Mapping[str, str]
) -> tuple[Figure | Table | Sentence | Notice, ...]:
    """Return the curves of the markers and their last values, tabulated and said, or one notice without any.

    Parameters
    ----------
    values : DataFrame
        One row a measurement: `subject`, `day`, `value`, `marker`, `group`.
    results : ResultSet
        With `relapse/monitoring/<assay>/<group>/{median,minimum,maximum}`.
    units : mapping of str to str
        Unit by marker.
    """
    if values.empty:
        return (Notice(_NOTHING),)
    figure = plot_marker_curves(
        values, id="relapse-markers", title="Markers in remission, by whether relapse followed", units=units
    )
    return figure, _table_markers(results), _describe_last_values(results)


def _table_markers(results: ResultSet) -> Table | Notice:
    rows: list[Row | Heading] = []
    for assay in parts_after(results, _STEM):
        medians = {group: results.get(f"{_STEM}/{assay}/{group}/median") for group in _GROUPS}
        known = {group: median for group, median in medians.items() if median}
        first = next(iter(known.values()))
        name = first.label.partition(", ")[0]
        rows.append(Heading(f"{name} ({first.unit})" if first.unit else name))
        rows += [_group_row(results, f"{_STEM}/{assay}/{group}", _GROUPS[group]) for group in known]
    columns = [
        Column("Marker and group", csv=("label",)),
        Column("Patients", number=True, csv=("n",)),
        Column("Median (range)", number=True, csv=("median", "minimum", "maximum")),
        Column("Days before relapse,\nmedian", number=True, csv=("days_before",)),
    ]
    return build_table(
        id="relapse-markers",
        caption="Last value of each marker in remission",
        columns=columns,
        rows=rows,
        notes=[
            "Only values before relapse, transplant and new therapy count. Groups are known only afterwards and "
            "their last values lie at different times, so no test compares them.",
            "Values below a limit of detection are as the study enters them: see the source of the data below.",
        ],
    )


def _group_row(results: ResultSet, stem: str, label: str) -> Row:
    median, low, high = (results[f"{stem}/{name}"] for name in ("median", "minimum", "maximum"))
    values = (median.estimate, low.estimate, high.estimate)
    text = format_measured_together(*values)
    before = results.get(f"{stem}/days_before")
    return Row(
        (
            Cell(label),
            Cell(format_whole(median.n), (median.n,)),
            Cell(f"{text[0]} ({text[1]}{EN_DASH}{text[2]})", values),
            Cell(format_days(before.estimate), (before.estimate,)) if before else Cell("", (None,)),
        ),
        level=1,
    )


def _describe_last_values(results: ResultSet) -> Sentence:
    said = []
    for assay in parts_after(results, _STEM):
        before, without = (results.get(f"{_STEM}/{assay}/{group}/median") for group in ("relapse", "no_relapse"))
        if before and without:
            name, unit = before.label.partition(", ")[0], f" {before.unit}" if before.unit else ""
            values = " against ".join(format_measured_together(before.estimate, without.estimate)) + unit
            said.append(f"{name} {values}")
    if not said:
        return Sentence("No marker was measured both in patients who relapsed later and in patients who did not.")
    return Sentence(
        f"The median last value before relapse, against that of patients without relapse, was {join_words(said)}. "
        "The groups are told apart by what came later, so these values describe and do not predict."
    )
