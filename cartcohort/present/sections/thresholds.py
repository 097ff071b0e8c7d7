"""How much a factor that cuts a number in two rests on where it cuts, as figures, a table and in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from cartcohort.estimate.results import Result, ResultSet
from cartcohort.present.display import Figure, Notice, Sentence, Table
from cartcohort.present.figures.threshold_scan import Scan, plot_threshold_scan
from cartcohort.present.format import (
    EN_DASH,
    format_interval,
    format_measured,
    format_p,
    format_p_clause,
    format_whole,
)
from cartcohort.present.narrative import count_noun, join_words
from cartcohort.present.sections.naming import abbreviate, label_of, within_sentence
from cartcohort.present.tables import Cell, Column, Row, build_table
from cartcohort.present.tables.conventions import limits, methods

_LEVEL = 0.05


class Scanned(Protocol):
    """The test at each threshold, and the p-value that allows for the choice of the best."""

    scan: Scan
    selected: Result


def plot_scans(
    scans: Mapping[str, Mapping[str, Scanned]],
    *,
    labels: Mapping[str, str],
    thresholds: Mapping[str, float],
    p_style: str,
) -> list[Figure | Notice]:
    """Draw the p-value over all thresholds of each number that a factor cuts in two.

    Parameters
    ----------
    scans : mapping of str to mapping of str to Scanned
        By column and by the name of the endpoint.
    labels : mapping of str to str
        Words for columns.
    thresholds : mapping of str to float
        Thresholds in use, by column.
    p_style : {"journal", "four_decimals"}
    """
    return [
        plot_threshold_scan(
            {abbreviate(name): scanned.scan for name, scanned in by_endpoint.items()},
            id=f"risk-threshold-{column}",
            title=f"Log-rank p-value over the thresholds of {within_sentence(label_of(column, labels))}",
            x_label=label_of(column, labels),
            chosen=thresholds.get(column),
            p_style=p_style,
        )
        for column, by_endpoint in scans.items()
    ]


def table_scans(
    scans: Mapping[str, Mapping[str, Scanned]], *, labels: Mapping[str, str], p_style: str
) -> Table | Notice:
    """Tabulate the smallest p-value of each scan, how many thresholds were looked at, and p allowing for that."""
    columns = [
        Column("Number that is cut", csv=("label",)),
        Column("Thresholds\nlooked at", number=True, csv=("n_thresholds",)),
        Column("Smallest p,\nunadjusted", number=True, csv=("p_value",)),
        Column("at", number=True, csv=("threshold",)),
        Column(
            "p adjusted for the choice\n(Monte Carlo CI)", number=True, csv=("adjusted p", "conf_low", "conf_high")
        ),
    ]
    every = [
        (f"{abbreviate(name)}, {within_sentence(label_of(column, labels))}", scanned)
        for column, by_endpoint in scans.items()
        for name, scanned in by_endpoint.items()
        if len(scanned.scan.threshold)
    ]
    rows = [_row(label, scanned, p_style) for label, scanned in every]
    used = [scanned.selected for _, scanned in every if scanned.selected.estimable]
    notes = [*methods(used), *limits(used)]
    return build_table(
        id="risk-thresholds",
        caption="The smallest p-value over all thresholds of a number",
        columns=columns,
        rows=rows,
        notes=notes,
        empty="No factor is defined by a threshold of a number.",
    )


def _cut(smallest: Result) -> str:
    return EN_DASH if smallest.estimate is None else format_measured(smallest.estimate, round_whole=False)


def _row(label: str, scanned: Scanned, p_style: str) -> Row:
    smallest, selected = scanned.scan.result(), scanned.selected
    n = len(scanned.scan.threshold)
    return Row(
        (
            Cell(label),
            Cell(format_whole(n), (n,)),
            Cell(format_p(smallest.p_value, p_style=p_style), (smallest.p_value,), note=smallest.note),
            Cell(_cut(smallest), (smallest.estimate,)),
            Cell(
                format_interval(selected),
                (selected.p_value, selected.conf_low, selected.conf_high),
                note="" if selected.estimable else selected.note,
            ),
        )
    )


def describe_scans(results: ResultSet, *, labels: Mapping[str, str], p_style: str) -> Sentence:
    """Say which smallest p-values below 0.05 stay there once the choice among thresholds is allowed for."""
    kept, lost, never = [], [], []
    for key, smallest in results.select("risk_factors/*/robustness/threshold/*").items():
        selected = results[key.replace("/threshold/", "/threshold_selected/")]
        if smallest.p_value is None or selected.p_value is None:
            continue
        name = f"{abbreviate(key.split('/')[1])} over {within_sentence(label_of(key.split('/')[-1], labels))}"
        adjusted = format_p_clause(selected.p_value, p_style=p_style)
        found = f"{name} ({format_p(smallest.p_value, p_style=p_style)}, adjusted {adjusted})"
        if smallest.p_value >= _LEVEL:
            never.append(name)
        else:
            (kept if selected.p_value < _LEVEL else lost).append(found)
    said = [f"No threshold gives a p-value below 0.05 for {join_words(never)}."] if never else []
    if lost:
        said.append(
            f"The smallest p-value over all thresholds is below 0.05 only as long as the choice among them is not "
            f"allowed for in {count_noun(len(lost), 'scan')}: {join_words(lost)}."
        )
    if kept:
        said.append(f"It stays below 0.05 with the choice allowed for: {join_words(kept)}.")
    if results.select("risk_factors/*/robustness/threshold/marrow_blasts_pct"):
        said.append("Tumour burden also counts as high with extramedullary disease, which the cuts leave aside.")
    return Sentence(" ".join(said) or "No factor is defined by a threshold of a number.")
