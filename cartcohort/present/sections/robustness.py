"""How firm the headline comparisons are, as a reviewer asks of a small study."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from cartcohort.estimate.results import Result, ResultSet
from cartcohort.present.display import Figure, Notice, Sentence, Table
from cartcohort.present.figures.threshold_scan import plot_threshold_scan
from cartcohort.present.format import format_number, format_p, format_p_clause
from cartcohort.present.narrative import count_noun
from cartcohort.present.sections.naming import abbreviate, label_of, parts_after, within_sentence
from cartcohort.present.tables import table_grid

_SECTION = "risk_factors"
_P_COLUMNS = ("p", "Smallest p,\none left out", "Largest p,\none left out", "Permutation p")


def table_robustness(
    results: ResultSet, *, endpoints: Sequence[str], labels: Mapping[str, str], p_style: str
) -> Table | Notice:
    """Tabulate, for each headline comparison, p with a patient left out, by permutation, and its fragility."""
    rows: dict[str, dict[str, Mapping[str, Result | None]]] = {}
    for name in endpoints:
        prefix = f"{_SECTION}/{name}/robustness"
        rows[""] = rows.get("", {}) | {
            f"{abbreviate(name)} by {within_sentence(label_of(factor, labels))}": _line(results, f"{prefix}/{factor}")
            for factor in parts_after(results, prefix)
            if factor != "threshold"
        }
    return table_grid(
        rows,
        id="risk-robustness",
        caption="How firm the comparisons are",
        first_column="Comparison",
        p_columns=_P_COLUMNS,
        counts=False,
        p_style=p_style,
        notes=[*_drivers(results), "Fragility: the fewest patients whose changed outcome moves p across 0.05."],
    )


def _line(results: ResultSet, prefix: str) -> dict[str, Result | None]:
    left_out = results.get(f"{prefix}/leave_one_out")
    return {
        "p": left_out,
        "Smallest p,\none left out": left_out and replace(left_out, p_value=left_out.conf_low),
        "Largest p,\none left out": left_out and replace(left_out, p_value=left_out.conf_high),
        "Permutation p": results.get(f"{prefix}/permutation"),
        "Fragility": results.get(f"{prefix}/fragility"),
    }


def _drivers(results: ResultSet) -> list[str]:
    return [
        f"{result.label.split(':')[0]}: {result.note}."
        for result in results.select(f"{_SECTION}/*/robustness/*/leave_one_out").values()
        if result.note
    ]


def describe_robustness(results: ResultSet, *, labels: Mapping[str, str], p_style: str) -> Sentence:
    """Say for each headline comparison whether one patient decides on which side of 0.05 it falls."""
    said = []
    for name, result in results.select(f"{_SECTION}/*/robustness/*/leave_one_out").items():
        changed = results.get(name.replace("/leave_one_out", "/fragility"))
        if result.conf_high is None or result.p_value is None:
            continue
        decides = (result.conf_low < 0.05) != (result.conf_high < 0.05)
        low, high = (format_p(p, p_style=p_style) for p in (result.conf_low, result.conf_high))
        observed = format_p_clause(result.p_value, p_style=p_style)
        _, endpoint, _, factor, _ = name.split("/")
        comparison = f"{abbreviate(endpoint)} by {within_sentence(label_of(factor, labels))}"
        text = f"{comparison}: {observed}, between {low} and {high} with one patient left out"
        text += ", so a single patient decides on which side of 0.05 it falls" if decides else ""
        if changed is not None and changed.estimate is not None:
            text += f"; {count_noun(int(changed.estimate), 'changed outcome')} would carry it across"
        said.append(f"{text}.")
    return Sentence(" ".join(said) or "There is no comparison of two groups to probe.")


def plot_scans(
    scans: Mapping[str, Mapping[str, Any]],
    *,
    labels: Mapping[str, str],
    thresholds: Mapping[str, float],
    p_style: str,
) -> list[Figure | Notice]:
    """Draw the p-value over all thresholds of each number that a factor cuts in two.

    Parameters
    ----------
    scans : mapping of str to mapping of str to ThresholdScan
        By column and by the name of the endpoint.
    labels : mapping of str to str
        Words for columns.
    thresholds : mapping of str to float
        Thresholds in use, by column.
    p_style : {"journal", "four_decimals"}
    """
    return [
        plot_threshold_scan(
            {abbreviate(name): scan for name, scan in by_endpoint.items()},
            id=f"risk-threshold-{column}",
            title=f"Log-rank p-value over the thresholds of {within_sentence(label_of(column, labels))}",
            x_label=label_of(column, labels),
            chosen=thresholds.get(column),
            p_style=p_style,
        )
        for column, by_endpoint in scans.items()
    ]


def describe_scans(results: ResultSet, *, labels: Mapping[str, str], p_style: str) -> Sentence:
    """Give the smallest p-value over all thresholds and say over how many it was found."""
    said = []
    for name, result in results.select(f"{_SECTION}/*/robustness/threshold/*").items():
        if result.estimate is not None:
            _, endpoint, _, _, column = name.split("/", 4)
            said.append(
                f"{abbreviate(endpoint)} over {within_sentence(label_of(column, labels))}: "
                f"{format_p_clause(result.p_value, p_style=p_style)} at {format_number(result.estimate)}, the "
                f"{result.method}."
            )
    warning = " A threshold chosen because its p-value is small has no valid p-value." if said else ""
    return Sentence(" ".join(said) + warning or "No factor is defined by a threshold of a number.")
