"""What a report shows of the patients: their flow, and their characteristics before infusion."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import pandas as pd

from cartcohort.estimate.results import ResultSet
from cartcohort.present.display import Notice, Sentence, Table
from cartcohort.present.format import format_number, format_percent, format_whole
from cartcohort.present.narrative import capitalise, count_noun, join_words
from cartcohort.present.sections.naming import parts_after, treated, within_sentence
from cartcohort.present.tables import Cell, Column, Row, build_table, table_baseline

NON_RESPONSE = "A patient without an evaluable response counts as a non-responder."

_DETAILS = ("never_infused", "second_infusion", "died_before_assessment", "not_assessed")
_FEW = 10
"""A group of fewer patients is called small."""
_NOTABLE = 0.1
"""A standardised difference beyond which groups are often called unlike (Austin 2009)."""
_ENOUGH_TO_SHARE = 5
"""So many non-responders at least make it worth saying that all of them had something."""
_MOST_NAMED = 3


def table_patient_flow(
    flow: ResultSet, *, exclusions: Sequence[tuple[str, int]], population: str, day_zero: str = "infusion"
) -> Table | Notice:
    """Tabulate the way of the patients from the study's tables to the analysis.

    Parameters
    ----------
    flow : ResultSet
        `efficacy/flow/<step>`.
    exclusions : sequence of (str, int)
        Reasons for which patients of the tables are not among the enrolled ones here.
    population : str
        Name of the population analysed.
    day_zero : str
        What day 0 of the study is, which says what was done to the patients.
    """
    enrolled = flow["efficacy/flow/enrolled"].n_event or 0
    rows = []
    if exclusions:
        rows.append(_flow_row("Patients in the study", enrolled + sum(n for _, n in exclusions)))
        rows += [_flow_row(f"Left out: {reason}", n, level=1) for reason, n in exclusions]
    for step in parts_after(flow, "efficacy/flow"):
        result = flow[f"efficacy/flow/{step}"]
        label = f"{result.label} ({population})" if step == "analysed" else result.label
        label = capitalise(re.sub("infused", treated(day_zero), label, flags=re.IGNORECASE))
        share = format_percent(result.estimate) if step != "enrolled" else ""
        rows.append(_flow_row(label, result.n_event or 0, share, level=int(step in _DETAILS)))
    columns = [Column("Step"), Column("Patients", number=True), Column("% of enrolled", number=True)]
    return build_table(id="efficacy-flow", caption="Flow of patients", columns=columns, rows=rows)


def table_patients(baseline: pd.DataFrame, *, groups: Mapping[str, int]) -> Table | Notice:
    """Tabulate the characteristics before infusion, in all patients and by response."""
    compared = len(groups) > 1
    notes = ["Standardised differences are those of responders against non-responders."] if compared else []
    notes += [f"Responders had CR, CRi or PR. {NON_RESPONSE}"] if compared else []
    return table_baseline(
        baseline, id="efficacy-baseline", caption="Patients before treatment", groups=groups, notes=notes
    )


def describe_baseline(baseline: pd.DataFrame, *, groups: Mapping[str, int]) -> Sentence:
    """State in which characteristics responders and non-responders differed most, and what all non-responders had.

    Parameters
    ----------
    baseline : DataFrame
        Characteristics by column, level and group.
    groups : mapping of str to int
        All patients first; then, where there are both, responders and non-responders.
    """
    everybody, *compared = groups
    if baseline.empty:
        return Sentence("No characteristic known before treatment is recorded.")
    if not compared:
        patients = count_noun(groups[everybody], "patient")
        return Sentence(
            f"Without both responders and non-responders there is nothing to compare; the table describes {patients}."
        )
    responders, others = compared
    said = [_largest_differences(baseline[baseline["group"] == everybody], groups, responders, others)]
    said.append(_shared_by_all(baseline, responders, others))
    if min(groups[responders], groups[others]) < _FEW:
        said.append("With groups this small, large differences can arise by chance.")
    return Sentence(" ".join(part for part in said if part))


def _flow_row(label: str, n: int, share: str = "", *, level: int = 0) -> Row:
    return Row((Cell(label), Cell(format_whole(n), (n,)), Cell(share)), level=level)


def _largest_differences(everybody: pd.DataFrame, groups: Mapping[str, int], responders: str, others: str) -> str:
    differences = everybody.drop_duplicates("column").set_index("variable")["smd"].dropna().astype(float)
    if differences.empty:
        return ""
    who = f"The {format_whole(groups[responders])} responders and {format_whole(groups[others])} non-responders"
    notable = differences[differences.abs() > _NOTABLE].sort_values(key=abs, ascending=False, kind="stable")
    if notable.empty:
        return f"{who} differed in no characteristic by a standardised difference above {_NOTABLE:g}."
    named = [
        f"{_bare(label)} ({format_number(value, decimals=2)})" for label, value in notable.head(_MOST_NAMED).items()
    ]
    return f"{who} differed most, by standardised difference, in {join_words(named)}."


def _shared_by_all(baseline: pd.DataFrame, responders: str, others: str) -> str:
    """Name the levels that all non-responders, but not all responders, were in."""
    keys = ["column", "variable", "level"]
    counts = baseline[baseline["level"].notna()]
    both = counts[counts["group"] == others].merge(
        counts[counts["group"] == responders], on=keys, suffixes=("", "_responders")
    )
    shared = both[
        (both["n"] == both["total"])
        & (both["total"] >= _ENOUGH_TO_SHARE)
        & (both["n_responders"] < both["total_responders"])
    ]
    if shared.empty:
        return ""
    named = [
        f"{_bare(row.variable)} “{row.level}” ({format_whole(row.n)}/{format_whole(row.total)}, against "
        f"{format_whole(row.n_responders)}/{format_whole(row.total_responders)} responders)"
        for row in shared.itertuples()
    ]
    return f"All non-responders with a known value had {join_words(named)}."


def _bare(label: str) -> str:
    """Return a label as it stands within a sentence, without its unit."""
    return within_sentence(re.sub(r" \([^)]*\)$", "", label))
