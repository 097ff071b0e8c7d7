"""What is shown of grades and responses that are computed from their components; nothing where there are none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from cartcohort.estimate.results import Result, ResultSet
from cartcohort.present.display import Notice, Sentence, Table
from cartcohort.present.format import format_whole
from cartcohort.present.narrative import capitalise, count_noun, describe_proportion
from cartcohort.present.tables import Cell, Column, Row, build_table, table_results

Shown = list[Table | Notice | Sentence]

_EVENTS = "by the consensus of the ASTCT (Lee et al., Biol Blood Marrow Transplant 2019; 25: 625-638)"
_RESPONSES = {
    "eln": "by the criteria of the European LeukemiaNet (Gökbuget et al., Blood 2024; 143: 1891-1902)",
    "cibmtr": "by the criteria of the CIBMTR (Forms Instruction Manual, ALL Response Criteria)",
}
_INCOMPLETE = "A CR with partial recovery of counts (CRh) and a leukaemia-free state are CRi here."
_ICAHT = (
    "Graded by the EHA/EBMT consensus (Rejeski et al., Blood 2023; 142: 865-877): early ICAHT by the longest "
    "neutropenia of day 0 to 30, late ICAHT by the lowest neutrophil count of day 31 to 100 before relapse, "
    "progression or further therapy, and as a whole by the worse of the two. Up to seven days without a count are "
    "bridged by a straight line; a grade that was recorded stays."
)
_LEFT_OUT = (
    "Left out: {} whose neutrophils were counted too seldom, or who were alive and followed for less than 30 "
    "days. Those counted seldom are often the patients who were well, so that the shares may be too high."
)
_PARTS = {"icaht": "ICAHT", "icaht/early": "Early, day 0 to 30", "icaht/late": "Late, day 31 to 100"}
_ORDER = ("any", "grade/1", "grade/2", "grade/3", "grade/4", "grade/5", "grade/not_recorded", "grade_3_or_higher")
_MOST_LISTED = 50


def show_graded_events(graded: pd.DataFrame) -> Shown:
    """Say how many grades of CRS and ICANS are computed, and list the recorded ones that differ.

    Parameters
    ----------
    graded : DataFrame
        `subject_id`, `term`, `onset_day`, `recorded` and `computed` (0 where the components do not make the event):
        the events of which any component is recorded.
    """
    if graded.empty:
        return []
    headers = {"subject_id": "Patient", "term": "Event", "onset_day": "Onset, day", **_COMPARED}
    listed = _list_differences(
        graded, headers, id="safety-grading", caption="Grades that differ from their components"
    )
    events = count_noun(len(graded), "event of CRS or ICANS", "events of CRS or ICANS")
    return [Sentence(f"The components of {events} are recorded. {_say_use(graded, 'grade', _EVENTS)}"), *listed]


def show_judged_responses(judged: pd.DataFrame, *, criteria: str) -> Shown:
    """Say how many responses are judged from their components, and list the recorded ones that differ.

    Parameters
    ----------
    judged : DataFrame
        `subject_id`, `recorded` and `computed`: the patients of whose response any component is recorded.
    criteria : str
        The parameter `response_criteria`.
    """
    if judged.empty:
        return []
    headers = {"subject_id": "Patient", **_COMPARED}
    caption = "Responses that differ from their components"
    listed = _list_differences(judged, headers, id="efficacy-response-grading", caption=caption)
    said = f"The components of the response of {count_noun(len(judged), 'patient')} are recorded."
    return [Sentence(f"{said} {_say_use(judged, 'response', _RESPONSES[criteria])} {_INCOMPLETE}"), *listed]


def show_icaht(results: ResultSet, icaht: pd.DataFrame) -> Shown:
    """Tabulate ICAHT by worst grade, say how often it was severe, and list recorded grades that differ.

    Parameters
    ----------
    results : ResultSet
        `safety/icaht/...`.
    icaht : DataFrame, one row a patient
        `subject_id`, `recorded`, `computed` and `known`.
    """
    if icaht.empty:
        return []
    unknown = int((~icaht["known"].astype(bool)).sum())
    counted = icaht[["early", "late"]].notna().to_numpy().any()
    notes = [
        _ICAHT if counted else "Grades are as recorded.",
        *([_LEFT_OUT.format(count_noun(unknown, "patient"))] if unknown else []),
    ]
    overall, severe = results["safety/icaht/any"], results["safety/icaht/grade_3_or_higher"]
    said = [describe_proportion(overall, had="had ICAHT").text]
    if severe.estimate is not None:
        said.append(describe_proportion(severe, had="had ICAHT of grade 3 or higher").text)
    headers = {"subject_id": "Patient", **_COMPARED}
    caption = "Grades of ICAHT that differ from the neutrophil counts"
    listed = _list_differences(icaht, headers, id="safety-icaht-grading", caption=caption)
    return [_table_icaht(results, notes), Sentence(" ".join(said)), *listed]


_COMPARED = {"recorded": "Recorded", "computed": "By the components"}


def _say_use(graded: pd.DataFrame, what: str, source: str) -> str:
    """State by what they are computed, how many are used, and how many cannot be."""
    missing = graded["recorded"].isna()
    none = missing & (graded["computed"].astype(object) == 0).fillna(False)
    unknown = int((missing & graded["computed"].isna()).sum())
    used = int((missing & ~none).sum()) - unknown
    differing = int(_differ(graded).sum())
    said = [
        f"The {what} that they make {source} "
        + (
            f"is used for {format_whole(used)} without a recorded one." if used else "stands beside the recorded one."
        ),
        f"{capitalise(count_noun(unknown, what))} cannot be told, since components are missing." if unknown else "",
        f"{capitalise(count_noun(int(none.sum()), 'event'))} without a recorded grade did not meet the definition; "
        "no grade is counted."
        if none.any()
        else "",
        f"{capitalise(count_noun(differing, f'recorded {what}'))} {'differs' if differing == 1 else 'differ'}, and "
        f"{'stays' if differing == 1 else 'stay'}."
        if differing
        else "",
    ]
    return " ".join(part for part in said if part)


def _differ(graded: pd.DataFrame) -> pd.Series:
    recorded, computed = graded["recorded"].astype(object), graded["computed"].astype(object)
    both = recorded.notna() & computed.notna()
    return both & (recorded.where(both, 0) != computed.where(both, 0))


def _list_differences(graded: pd.DataFrame, headers: Mapping[str, str], *, id: str, caption: str) -> Shown:
    differing = graded[_differ(graded)]
    if differing.empty:
        return []
    left = len(differing) - _MOST_LISTED
    notes = ["What was recorded is counted."]
    notes += [f"{format_whole(left)} more are not shown; the data check lists their rows."] if left > 0 else []
    rows = [
        Row(tuple(Cell(_text(value), (value,)) for value in record))
        for record in differing[[*headers]].head(_MOST_LISTED).itertuples(index=False)
    ]
    columns = [Column(header, csv=(name,)) for name, header in headers.items()]
    return [build_table(id=id, caption=caption, columns=columns, rows=rows, notes=notes)]


def _text(value: object) -> str:
    if pd.isna(value):
        return ""
    return "none" if value == 0 else str(value)


def _table_icaht(results: ResultSet, notes: list[str]) -> Table | Notice:
    headings = {
        heading: [f"safety/{part}/{name}" for name in _ORDER if f"safety/{part}/{name}" in results]
        for part, heading in _PARTS.items()
    }
    named = {name: _without_term(results[name]) for names in headings.values() for name in names}
    return table_results(
        ResultSet(named),
        id="safety-icaht",
        caption="Immune effector cell-associated hematotoxicity (ICAHT) by worst grade",
        first_column="Worst grade",
        headings={heading: names for heading, names in headings.items() if names},
        notes=notes,
    )


def _without_term(result: Result) -> Result:
    return replace(result, label=capitalise(result.label.partition(": ")[2]))
