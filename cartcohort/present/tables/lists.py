"""Tables of published figures, parameters, adverse events, and of a data frame as it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import pandas as pd

from cartcohort.estimate.results import Result, ResultSet
from cartcohort.parameters import PARAMETERS, hide_redacted
from cartcohort.present.display import SHOWN_ELSEWHERE, Notice, Table, say_value
from cartcohort.present.format import (
    NOT_ESTIMABLE,
    format_estimate,
    format_like,
    format_n_percent,
    format_p,
    format_value,
    format_whole,
)
from cartcohort.present.narrative import join_words
from cartcohort.present.tables.writer import Cell, Column, Row, build_table

_SHOWN_ONLY = ("p_style", "min_at_risk", "redact")
"""Parameters that change no number."""


class Published(Protocol):
    """A published figure: what is claimed, which field of which result it compares with, and its printed text."""

    claim: str
    result: str
    field: str
    published: str

    def compare(self, value: float | None) -> bool:
        """Tell whether a computed value prints to the published digits."""


def table_published(
    figures: Sequence[Published],
    results: ResultSet,
    *,
    id: str,
    parameters: Mapping[str, Any] | None = None,
    caption: str = "Published figures",
) -> Table | Notice:
    """Set published figures beside the computed ones and say, in a word, whether they agree.

    Parameters
    ----------
    figures : sequence of PublishedFigure
        With claim, result (name of a record), field, published (text) and compare(value).
    results : ResultSet
        A figure whose result is not in it, or has no estimate, counts as not computed.
    id, caption : str
    parameters : mapping of str to object, optional
        In force; those that set this run apart from what was published are named.
    """
    columns = [
        Column("Claim", csv=("claim",)),
        Column("Published", number=True, csv=("published",)),
        Column("Computed", number=True, csv=("computed",)),
        Column("Agree", csv=("agree",)),
    ]
    rows = [_published_row(figure, results) for figure in figures]
    notes = ["Figures agree where the computed value, rounded half away from zero, prints to the published digits."]
    notes += _say_differs(parameters or {})
    empty = "The study names no published figure that belongs here."
    return build_table(id=id, caption=caption, columns=columns, rows=rows, notes=notes, empty=empty)


def table_parameters(parameters: Mapping[str, Any], *, id: str = "parameters") -> Table | Notice:
    """Tabulate every parameter in force, those that differ from their default in bold and marked as changed."""
    columns = [Column(name) for name in ("Parameter", "Value", "Default", "Meaning")]
    told, rows = hide_redacted(parameters), []
    for name, value in parameters.items():
        parameter = PARAMETERS[name]
        changed = _is_changed(name, value)
        value_text = _value_text(told[name]) + (" (changed)" if changed else "")
        meaning = ", ".join(part for part in (parameter.help, parameter.unit) if part)
        cells = (Cell(name, strong=changed), Cell(value_text, (_value_text(told[name]),), strong=changed))
        rows.append(Row((*cells, _value_text(parameter.default), meaning)))
    return build_table(id=id, caption="Parameters", columns=columns, rows=rows)


def table_events(events: pd.DataFrame, *, id: str, caption: str, n: int, notes: Sequence[str] = ()) -> Table | Notice:
    """Tabulate adverse events: patients by term and worst grade.

    Parameters
    ----------
    events : DataFrame
        One row a term in the order of the table, with the columns `term`, `any` and, where wanted, `grade_1` to
        `grade_5`, `grade_3_or_higher` and `not_recorded` (of unknown grade): numbers of patients.
    id, caption : str
    n : int
        Patients at risk, the denominator of all percentages.
    notes : sequence of str
    """
    grades = [name for name in (f"grade_{grade}" for grade in range(1, 6)) if name in events]
    shown = ["any", *grades, *(name for name in ("grade_3_or_higher", "not_recorded") if name in events)]
    words = {"any": "Any grade", "grade_3_or_higher": "Grade ≥3", "not_recorded": "Grade not recorded"}
    columns = [Column("Event", csv=("term",))]
    columns += [
        Column(words.get(name, name.replace("_", " ").capitalize()), number=True, csv=(name,)) for name in shown
    ]
    rows = []
    for record in events.to_dict("records"):
        cells = [Cell(format_n_percent(record[name], n), (record[name],)) for name in shown]
        rows.append(Row((str(record["term"]), *cells)))
    explained = f"Patients with the event (% of {format_whole(n)}), each counted once a term at the worst grade."
    return build_table(id=id, caption=caption, columns=columns, rows=rows, notes=[explained, *notes])


def table_values(
    frame: pd.DataFrame,
    *,
    id: str,
    caption: str,
    headers: Mapping[str, str],
    formats: Mapping[str, Callable[[Any], str]] | None = None,
    notes: Sequence[str] = (),
) -> Table | Notice:
    """Tabulate columns of a data frame as they are: text as text, numbers through the format of their column.

    Parameters
    ----------
    frame : DataFrame
    id, caption : str
    headers : mapping of str to str
        Columns to show, in order, with their headings.
    formats : mapping of str to callable, optional
        Formatter of a column, from `present.format`; a column without one is text.
    notes : sequence of str
    """
    formats = formats or {}
    columns = [Column(header, number=name in formats, csv=(name,)) for name, header in headers.items()]
    rows = []
    for record in frame.to_dict("records"):
        cells = [
            Cell(formats[name](record[name]), (record[name],)) if name in formats else Cell(_value_text(record[name]))
            for name in headers
        ]
        rows.append(Row(tuple(cells)))
    return build_table(id=id, caption=caption, columns=columns, rows=rows, notes=notes)


def _published_row(figure: Published, results: ResultSet) -> Row:
    result = results.get(figure.result)
    value = None if result is None else getattr(result, figure.field)
    text = _computed_text(figure, result, value)
    agrees = figure.compare(value)
    said = "Yes" if agrees else "Not computed" if text == NOT_ESTIMABLE else "No"
    caveat = result.note if result and figure.field == "p_value" else ""
    computed = Cell(text, (value,), note=caveat)
    return Row((figure.claim, Cell(figure.published), computed, Cell(said, strong=said == "No")))


def _computed_text(figure: Published, result: Result | None, value: float | None) -> str:
    """Return a value in the digits of the published one, or beside a bound, such as >0.9, as it is printed anyhow."""
    if result is None or value is None:
        return format_estimate(result) if result and figure.field == "estimate" else NOT_ESTIMABLE
    if not figure.published.startswith(("<", ">")):
        return format_like(value, figure.published)
    return format_p(value) if figure.field.startswith("p_") else format_value(value, result.unit)


def _say_differs(parameters: Mapping[str, Any]) -> list[str]:
    changed = [name for name, value in parameters.items() if _is_changed(name, value) and name not in _SHOWN_ONLY]
    return [f"This run is not the published analysis: it changes {join_words(changed)}."] if changed else []


def _is_changed(name: str, value: Any) -> bool:
    return value != PARAMETERS[name].default and name not in SHOWN_ELSEWHERE


def _value_text(value: Any) -> str:
    return "none" if pd.api.types.is_scalar(value) and pd.isna(value) else say_value(value)
